/**
 * The rule author's tool: compiles rules, runs their `hits` and `nearMisses`, and on request counts hits on labeled texts.
 *
 *     npx tsx models/rules/check.ts [FILE.yaml …] [--data DIR] [--per-file N] [--show RULE]
 *
 * Without files: all of this folder. `--data` takes a folder of JSONL files with
 * `text`, `label` (1 attack, 0 harmless) and perhaps `channel`; at most N rows
 * (default 400, evenly spread) of each are read, and at most MAX_UNITS of a text.
 * `--show` prints the harmless texts that one rule hits. Exit status 1 on any fault.
 *
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { MAX_RAW, MAX_UNITS } from '../../src/engine/abi.ts';
import type { RuleHit } from '../../src/engine/engine.ts';
import { createMatcher, type Matcher } from '../../src/engine/reference/match.ts';
import { tokenize } from '../../src/engine/reference/tokenize.ts';
import { newView } from '../../src/engine/reference/view.ts';
import { compileSection } from '../../src/scan/rules/compile.ts';
import { RuleError } from '../../src/scan/rules/errors.ts';
import { createFold } from '../../src/scan/rules/fold.ts';
import { CHANNEL_BITS, DEFAULT_CHANNELS } from '../../src/scan/rules/source.ts';
import type { RuleSource } from '../../src/scan/rules/types.ts';
import { openNormalizer, RULES_DIRECTORY, type RuleFile, readRuleFile } from './compile.ts';

const ALL_CHANNELS = 31;

const normalize = openNormalizer();
const fold = createFold(normalize);
const view = newView();
const encoder = new TextEncoder();

/** Hits of one text, which is cut to one block. */
function hitsOf(matcher: Matcher, text: string, channels: number): RuleHit[] {
  const hits: RuleHit[] = [];
  const block = text.slice(0, MAX_UNITS);
  view.rawLen = encoder.encodeInto(block, view.raw.subarray(0, MAX_RAW)).written;
  let at = 0;
  let unit = 0;
  for (const character of block) {
    const end = at + encoder.encode(character).length;
    for (; at < end; at++) {
      view.rawStart[at] = unit;
      view.rawEnd[at] = unit + character.length;
    }
    unit += character.length;
  }
  normalize(view);
  tokenize(view);
  matcher.match(view, 0, channels, hits);
  return hits;
}

function open(section: Uint8Array): Matcher {
  return createMatcher(new DataView(section.buffer, section.byteOffset, section.byteLength), 0);
}

interface Fault {
  readonly rule: string;
  readonly what: string;
}

/** Faults of the rules' own texts: a hit that is none, a near miss that is one, fewer than two of either. */
function selfTest(files: readonly RuleFile[], good: readonly RuleSource[], matcher: Matcher): Fault[] {
  const faults: Fault[] = [];
  good.forEach((rule, index) => {
    const channels = (rule.channels ?? DEFAULT_CHANNELS).reduce((bits, channel) => bits | CHANNEL_BITS[channel], 0);
    const hits = (text: string) => hitsOf(matcher, text, channels).some((hit) => hit.rule === index);
    for (const text of rule.hits ?? [])
      if (!hits(text)) faults.push({ rule: rule.id, what: `expected a hit: ${text}` });
    for (const text of rule.nearMisses ?? [])
      if (hits(text)) faults.push({ rule: rule.id, what: `expected none: ${text}` });
    if ((rule.hits?.length ?? 0) < 2) faults.push({ rule: rule.id, what: 'expected at least two hits' });
    if ((rule.nearMisses?.length ?? 0) < 2) faults.push({ rule: rule.id, what: 'expected at least two nearMisses' });
  });
  if (files.length > 0 && good.length === 0) faults.push({ rule: 'rules', what: 'expected at least one rule' });
  return faults;
}

/** Compiles each rule alone, so that one fault does not hide the others. */
function compileEach(files: readonly RuleFile[], shared: ReadonlyMap<string, string>) {
  const good: RuleSource[] = [];
  const faults: Fault[] = [];
  const partsOf = new Map<RuleSource, ReadonlyMap<string, string>>();
  const seen = new Set<string>();
  for (const file of files) {
    const parts = new Map([...shared, ...file.parts]);
    for (const rule of file.rules) {
      partsOf.set(rule, parts);
      try {
        compileSection([rule], { fold, parts });
        if (seen.has(rule.id)) faults.push({ rule: rule.id, what: `${file.name}: expected a unique id; got it twice` });
        else good.push(rule);
        seen.add(rule.id);
      } catch (error) {
        if (!(error instanceof RuleError)) throw error;
        faults.push({ rule: error.rule, what: `${file.name}: ${error.message}` });
      }
    }
  }
  return { good, faults, partsOf: (rule: RuleSource) => partsOf.get(rule) ?? shared };
}

interface Row {
  readonly text: string;
  readonly label: 0 | 1;
  readonly channel: number;
}

function* readRows(path: string, most: number): Generator<Row> {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  const step = Math.max(1, lines.length / most);
  for (let at = 0; at < lines.length; at += step) {
    const row = JSON.parse(lines[Math.floor(at)] ?? '{}') as { text?: unknown; label?: unknown; channel?: unknown };
    const bits = CHANNEL_BITS[row.channel as keyof typeof CHANNEL_BITS] ?? CHANNEL_BITS.user;
    if (typeof row.text === 'string' && (row.label === 0 || row.label === 1))
      yield { text: row.text, label: row.label, channel: bits };
  }
}

/** Hits of every rule on attacks and on harmless texts, and where the harmless ones are. */
function measure(
  directory: string,
  most: number,
  rules: readonly RuleSource[],
  matcher: Matcher,
  show: string | undefined,
): void {
  const attacks = new Uint32Array(rules.length);
  const harmless = rules.map(() => new Map<string, number>());
  const rows = [0, 0];
  const flagged = [0, 0];
  for (const name of readdirSync(directory)
    .filter((file) => file.endsWith('.jsonl'))
    .sort()) {
    for (const row of readRows(join(directory, name), most)) {
      rows[row.label] = (rows[row.label] ?? 0) + 1;
      const hits = new Set(
        hitsOf(matcher, row.text, show === undefined ? row.channel : ALL_CHANNELS).map((hit) => hit.rule),
      );
      const isFlagged = [...hits].some(
        (rule) => !rules[rule]?.id.startsWith('context/') && rules[rule]?.severity !== 'low',
      );
      if (isFlagged) flagged[row.label] = (flagged[row.label] ?? 0) + 1;
      for (const rule of hits) {
        if (row.label === 1) attacks[rule] = (attacks[rule] ?? 0) + 1;
        else harmless[rule]?.set(name, (harmless[rule]?.get(name) ?? 0) + 1);
        if (row.label === 0 && rules[rule]?.id === show) printHit(name, row.text, rule, matcher);
      }
    }
  }
  const share = (label: 0 | 1) =>
    `${flagged[label]}/${rows[label]} (${((100 * (flagged[label] ?? 0)) / Math.max(1, rows[label] ?? 0)).toFixed(2)} %)`;
  console.log(`attacks with a finding above low: ${share(1)}; harmless texts: ${share(0)}`);
  const table = rules.map((rule, index) => {
    const where = [...(harmless[index] ?? [])].sort((a, b) => b[1] - a[1]);
    const bad = where.reduce((sum, [, count]) => sum + count, 0);
    return {
      rule,
      good: attacks[index] ?? 0,
      bad,
      where: where
        .slice(0, 3)
        .map(([name, count]) => `${name} ${count}`)
        .join(', '),
    };
  });
  const worst = table
    .filter(({ bad }) => bad > 0)
    .sort((a, b) => b.bad / (b.good + b.bad) - a.bad / (a.good + a.bad) || b.bad - a.bad);
  console.log('\nrules with hits on harmless texts, least precise first (harmless, attacks):');
  for (const { rule, good, bad, where } of worst) {
    console.log(
      `${String(bad).padStart(6)} ${String(good).padStart(6)}  ${rule.severity.padEnd(8)} ${rule.id}  [${where}]`,
    );
  }
  const silent = table.filter(({ good, bad }) => good + bad === 0).map(({ rule }) => rule.id);
  console.log(`\n${silent.length} rules hit nothing: ${silent.join(' ')}`);
}

function printHit(name: string, text: string, rule: number, matcher: Matcher): void {
  const hit = hitsOf(matcher, text, ALL_CHANNELS).find((one) => one.rule === rule);
  if (!hit) return;
  const around = text.slice(Math.max(0, hit.start - 60), hit.end + 60).replace(/\s+/g, ' ');
  console.log(`  ${name}: …${around}…`);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { data: { type: 'string' }, 'per-file': { type: 'string', default: '400' }, show: { type: 'string' } },
});
const all = readdirSync(RULES_DIRECTORY)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => join(RULES_DIRECTORY, name));
const paths = positionals.length > 0 ? positionals.map((path) => resolve(path)) : all;
const faults: Fault[] = [];
const files: RuleFile[] = [];
for (const path of paths) {
  try {
    files.push(readRuleFile(path));
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    faults.push({ rule: error.rule, what: error.message });
  }
}
const shared = readRuleFile(join(RULES_DIRECTORY, 'parts.yaml')).parts;
const { good, faults: uncompiled, partsOf } = compileEach(files, shared);
faults.push(...uncompiled);
const { section, size } = compileSection(good, { fold, partsOf });
const matcher = open(section);
faults.push(...selfTest(files, good, matcher));
for (const { rule, what } of faults) console.log(`${rule}: ${what}`);
console.log(
  `${good.length} rules compile: ${size.patterns} patterns, ${size.states} states, ${size.literals} literals, ${section.length} bytes; ${faults.length} faults`,
);
if (values.data !== undefined) measure(resolve(values.data), Number(values['per-file']), good, matcher, values.show);
process.exitCode = faults.length > 0 ? 1 : 0;
