/**
 * The match stage of both engines side by side: compiles `match-entry.ts` and hands
 * texts, normalized by the reference, to either.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openNormalizer } from '../../../models/rules/compile.ts';
import type { RuleHit } from '../../../src/engine/engine.ts';
import { type Budget, createMatcher } from '../../../src/engine/reference/match.ts';
import { tokenize } from '../../../src/engine/reference/tokenize.ts';
import { newView, type View } from '../../../src/engine/reference/view.ts';
import { createFold, type Fold } from '../../../src/scan/rules/fold.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

interface Exports {
  readonly memory: WebAssembly.Memory;
  reserve(bytes: number): number;
  initRules(pack: number, section: number, length: number): number;
  ruleFamily(pack: number, rule: number): number;
  ruleSeverity(pack: number, rule: number): number;
  hitsPtr(): number;
  hitCount(): number;
  resetHits(): void;
  literalScan(text: number, length: number): number;
  setBudget(base: number, perByte: number): void;
  textPtr(): number;
  textStart(): number;
  textEnd(): number;
  runMatch(pack: number, shift: number, length: number, channels: number): void;
}

const normalize = openNormalizer();
export const fold: Fold = createFold(normalize);

/** A view of a text as the reference engine reads it, every byte mapped to its code point. */
export function viewOf(text: string): View {
  const view = newView();
  const encoder = new TextEncoder();
  view.rawLen = encoder.encodeInto(text, view.raw).written;
  let byte = 0;
  let unit = 0;
  for (const character of text) {
    const end = Math.min(view.rawLen, byte + encoder.encode(character).length);
    for (; byte < end; byte++) {
      view.rawStart[byte] = unit;
      view.rawEnd[byte] = unit + character.length;
    }
    unit += character.length;
  }
  normalize(view);
  tokenize(view);
  return view;
}

let binary: Uint8Array<ArrayBuffer> | undefined;

export function compileMatch(): Uint8Array<ArrayBuffer> {
  if (binary) return binary;
  const folder = mkdtempSync(join(tmpdir(), 'match-'));
  const out = join(folder, 'match.wasm');
  const flags = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--use', 'abort='];
  const asc = spawnSync(
    process.execPath,
    [join(root, 'node_modules/assemblyscript/bin/asc.js'), 'test/engine/harness/match-entry.ts', ...flags, '-o', out],
    { cwd: root, encoding: 'utf8' },
  );
  if (asc.status !== 0) throw new Error(`asc: ${asc.stderr}`);
  binary = new Uint8Array(readFileSync(out));
  rmSync(folder, { recursive: true });
  return binary;
}

export interface MatchEngine {
  readonly exports: Exports;
  /** Copies bytes into memory reserved for them, zeros behind. */
  put(bytes: Uint8Array): number;
  /** Hits of a view; `shift` moves the text so that vectors meet every alignment. */
  match(view: View, channels: number, shift?: number): RuleHit[];
}

/** The match stage in WebAssembly with a section loaded as the built-in pack. */
export function openWasm(section: Uint8Array): MatchEngine {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(compileMatch()), {});
  const exports = instance.exports as unknown as Exports;
  const put = (bytes: Uint8Array) => {
    const at = exports.reserve(bytes.length + 64);
    new Uint8Array(exports.memory.buffer, at, bytes.length).set(bytes);
    return at;
  };
  if (exports.initRules(0, put(section), section.length) !== 1) throw new Error('initRules refused the section');
  return {
    exports,
    put,
    match(view, channels, shift = 0) {
      const { buffer } = exports.memory;
      new Uint8Array(buffer, exports.textPtr() + shift, view.textLen).set(view.text.subarray(0, view.textLen));
      new Uint16Array(buffer, exports.textStart(), view.textLen).set(view.textStart.subarray(0, view.textLen));
      new Uint16Array(buffer, exports.textEnd(), view.textLen).set(view.textEnd.subarray(0, view.textLen));
      exports.resetHits();
      exports.runMatch(0, shift, view.textLen, channels);
      const data = new DataView(buffer, exports.hitsPtr());
      return Array.from({ length: exports.hitCount() }, (_, i) => ({
        rule: data.getUint16(i * 12, true),
        pack: data.getUint8(i * 12 + 2),
        view: data.getUint8(i * 12 + 3),
        start: data.getUint16(i * 12 + 4, true),
        end: data.getUint16(i * 12 + 6, true),
        startByte: data.getUint16(i * 12 + 8, true),
        endByte: data.getUint16(i * 12 + 10, true),
      }));
    },
  };
}

/** The same in the reference engine. */
export function openReference(section: Uint8Array, budget?: Budget): (view: View, channels: number) => RuleHit[] {
  const matcher = createMatcher(new DataView(section.buffer, section.byteOffset, section.byteLength), 0, budget);
  return (view, channels) => {
    const hits: RuleHit[] = [];
    matcher.match(view, 0, channels, hits);
    return hits;
  };
}
