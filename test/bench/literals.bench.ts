/**
 * The literal stage on a megabyte: the built-in rules' literals by the engine, by one RegExp alternation, by indexOf
 * and by native Hyperscan, side by side. Hyperscan runs where libhyperscan-dev and a C compiler are.
 *
 * The engine looks for literals that begin a word at the starts of words only, as the rules mean them; its rivals look
 * anywhere, which is what they are quickest at. The answers are checked first.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileRules, openNormalizer } from '../../models/rules/compile.ts';
import { MAX_UNITS } from '../../src/engine/abi.ts';
import { newView } from '../../src/engine/reference/view.ts';
import { sectionCounts, sectionLayout } from '../../src/engine/rule-section.ts';
import { openWasm } from '../engine/harness/match.ts';

const MEGABYTE = 1_000_000;
const ROUNDS = 15;
const ROOT = join(import.meta.dirname, '../..');

/** A megabyte of the installed packages' READMEs, normalized. */
function readmeText(): Uint8Array {
  const normalize = openNormalizer();
  const view = newView();
  const encoder = new TextEncoder();
  const text = new Uint8Array(MEGABYTE);
  let length = 0;
  const packages = readdirSync(join(ROOT, 'node_modules')).filter((name) => !name.startsWith('.'));
  for (let lap = 0; length < MEGABYTE; lap++) {
    for (const name of packages) {
      let readme = '';
      try {
        readme = readFileSync(join(ROOT, 'node_modules', name, 'README.md'), 'utf8');
      } catch {
        continue; // a package without a README
      }
      for (let at = 0; at < readme.length && length < MEGABYTE; at += MAX_UNITS) {
        view.rawLen = encoder.encodeInto(readme.slice(at, at + MAX_UNITS), view.raw).written;
        normalize(view);
        const piece = view.text.subarray(0, Math.min(view.textLen, MEGABYTE - length));
        text.set(piece, length);
        length += piece.length;
      }
    }
    if (length === 0 || lap > 100) throw new Error('literals.bench: expected READMEs in node_modules; found none');
  }
  return text;
}

interface Literal {
  /** Latin-1: a character per byte. */
  readonly bytes: string;
  readonly anchored: boolean;
}

function literalsOf(section: Uint8Array): Literal[] {
  const data = new DataView(section.buffer, section.byteOffset, section.byteLength);
  const counts = sectionCounts(data);
  const first = sectionLayout(counts).literals;
  return Array.from({ length: counts[7] ?? 0 }, (_, i) => {
    const row = section.subarray(first + i * 16, first + i * 16 + 16);
    return { bytes: Buffer.from(row.subarray(0, row[8])).toString('latin1'), anchored: row[11] === 1 };
  });
}

/** Occurrences by indexOf: anywhere, and where the engine counts them. */
function countPlainly(text: string, literals: readonly Literal[]): { anywhere: number; expected: number } {
  const isWord = (character: string) => /[a-z0-9_\x80-\xff]/.test(character);
  let anywhere = 0;
  let expected = 0;
  const seen = new Set<string>();
  for (const { bytes, anchored } of literals) {
    for (let at = text.indexOf(bytes); at >= 0; at = text.indexOf(bytes, at + 1)) {
      if (!seen.has(bytes)) anywhere++;
      const before = at === 0 ? ' ' : text.charAt(at - 1);
      const begins = bytes >= '\xc0' || !isWord(before) || (before >= '\x80' && bytes < '\x80');
      if (!anchored || begins) expected++;
    }
    seen.add(bytes);
  }
  return { anywhere, expected };
}

/** Best processor seconds of some rounds: what the machine can do, whatever else runs on it. */
function best(run: () => number): number {
  let least = Infinity;
  for (let i = 0; i < ROUNDS; i++) {
    const began = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(began);
    least = Math.min(least, user + system);
  }
  return least / 1e6;
}

function hyperscan(literals: readonly string[], text: Uint8Array): { matches: number; seconds: number } | string {
  const folder = mkdtempSync(join(tmpdir(), 'literals-'));
  try {
    const program = join(folder, 'hyperscan');
    const built = spawnSync('cc', ['-O2', '-o', program, join(import.meta.dirname, 'hyperscan.c'), '-lhs'], {
      encoding: 'utf8',
    });
    if (built.status !== 0) return 'skipped: no C compiler or no libhyperscan-dev';
    writeFileSync(
      join(folder, 'literals'),
      literals.map((literal) => Buffer.from(literal, 'latin1').toString('hex')).join('\n'),
    );
    writeFileSync(join(folder, 'text'), text);
    const ran = spawnSync(program, [join(folder, 'literals'), join(folder, 'text'), String(ROUNDS)], {
      encoding: 'utf8',
    });
    if (ran.status !== 0) return `failed: ${ran.stderr}`;
    const [matches, seconds] = ran.stdout.trim().split(' ').map(Number);
    return { matches: matches ?? 0, seconds: seconds ?? Number.NaN };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const { section, rules } = compileRules();
const literals = literalsOf(section);
const distinct = [...new Set(literals.map(({ bytes }) => bytes))];
const text = readmeText();
const latin1 = Buffer.from(text).toString('latin1');
const engine = openWasm(section);
const at = engine.put(text);
const { anywhere, expected } = countPlainly(latin1, literals);

const ours = engine.exports.literalScan(at, text.length);
if (ours !== expected) throw new Error(`literals.bench: expected ${expected} literals; the engine found ${ours}`);
const pattern = new RegExp(distinct.map((literal) => literal.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|'), 'gi');
const native = hyperscan(distinct, text);
if (typeof native !== 'string' && native.matches !== anywhere)
  throw new Error(`literals.bench: expected ${anywhere} literals; Hyperscan found ${native.matches}`);

const engineSeconds = best(() => engine.exports.literalScan(at, text.length));
const regexpSeconds = best(() => {
  let count = 0;
  pattern.lastIndex = 0;
  while (pattern.exec(latin1)) count++;
  return count;
});
const rate = (seconds: number) => `${(MEGABYTE / 1e6 / seconds).toFixed(0).padStart(6)} MB/s`;
console.log(`${rules.length} rules, ${distinct.length} literals, ${text.length} bytes of READMEs, best of ${ROUNDS}`);
console.log(`engine, wasm SIMD      ${rate(engineSeconds)}   ${ours} hits`);
console.log(
  `one RegExp, /gi        ${rate(regexpSeconds)}   engine ${(regexpSeconds / engineSeconds).toFixed(1)} × (target ≥ 5)`,
);
if (typeof native === 'string') console.log(`native Hyperscan       ${native}`);
else
  console.log(
    `native Hyperscan       ${rate(native.seconds)}   engine ${(native.seconds / engineSeconds).toFixed(2)} × (target ≥ 0.6), ${native.matches} hits anywhere`,
  );
