/** Match: both engines alike on every text, at every alignment, and in linear time. */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { compileRules } from '../../models/rules/compile.ts';
import { MAX_HITS, MAX_HITS_PER_RULE } from '../../src/engine/abi.ts';
import type { RuleHit } from '../../src/engine/engine.ts';
import type { View } from '../../src/engine/reference/view.ts';
import { utf8 } from '../../src/engine/rule-bytes.ts';
import { FAMILIES } from '../../src/engine/schema.ts';
import { accepts, compileBytes } from '../../src/scan/rules/automaton.ts';
import { compileSection } from '../../src/scan/rules/compile.ts';
import { parsePattern } from '../../src/scan/rules/parser.ts';
import type { RuleSource } from '../../src/scan/rules/types.ts';
import { fold, type MatchEngine, openReference, openWasm, viewOf } from './harness/match.ts';

const ALL = 31;

const RULES: readonly RuleSource[] = [
  {
    id: 'override/a',
    severity: 'critical',
    match: ['(ignore|forget) ..4.. all (the|) ..2.. (rule?s|instruct*)', '(ignore|forget) ..3.. (rule?s|instruct*)'],
  },
  { id: 'override/b', severity: 'high', match: '(please|) ignore (this|that|)', unless: ['how to'] },
  {
    id: 'extraction/c',
    severity: 'medium',
    match: ['system ..2.. prompt', 'rules'],
    near: ['reveal', { pattern: 'now', within: 'text' }],
  },
  { id: 'delimiter/d', severity: 'low', match: ['<\\|im_start\\|>', '^system:', '={3,40} rules'] },
  { id: 'context/e', severity: 'low', match: '忽略 ..3.. 指令', channels: ['tool'] },
  { id: 'mine/f', severity: 'low', match: '*crypt* ..1.. key', channels: ['user'] },
];

const FRAGMENTS = [
  'ignore',
  'forget',
  'please',
  'all',
  'the',
  'rules',
  'ruls',
  'instructions',
  'instruct',
  'this',
  'that',
  'how',
  'to',
  'system',
  'prompt',
  'prompts',
  'reveal',
  'now',
  '<|im_start|>',
  'system:',
  '====',
  '===',
  '忽略',
  '之前',
  '指令',
  'encrypted',
  'crypt',
  'key',
  'é',
  '—',
  '"',
  '.',
  '\n',
  'ignore rules',
  'ig',
];

const SEPARATORS = [' ', ' ', ' ', '', '\n', ', ', '   ', ' -- ', '........'];

const texts = fc
  .array(fc.tuple(fc.constantFrom(...FRAGMENTS), fc.constantFrom(...SEPARATORS)), { maxLength: 60 })
  .map((pairs) => pairs.flat().join(''));

let section: Uint8Array;
let wasm: MatchEngine;
let reference: (view: View, channels: number) => RuleHit[];

beforeAll(() => {
  section = compileSection(RULES, { fold }).section;
  wasm = openWasm(section);
  reference = openReference(section);
});

describe('both engines', () => {
  test('agree on texts made of fragments of the rules, on every channel', () => {
    let hits = 0;
    fc.assert(
      fc.property(texts, fc.integer({ min: 0, max: 31 }), fc.integer({ min: 0, max: 16 }), (text, channels, shift) => {
        const view = viewOf(text);
        const expected = reference(view, channels);
        hits += expected.length;
        expect(wasm.match(view, channels, shift)).toEqual(expected);
      }),
      { numRuns: 3000, seed: 7 },
    );
    expect(hits).toBeGreaterThan(500);
  });

  test('agree with the built-in rules on texts made of their own hits and near misses', {
    timeout: 300_000,
  }, async () => {
    const { readRuleFiles } = await import('../../models/rules/compile.ts');
    const builtIn = compileRules();
    const own = readRuleFiles().flatMap((file) =>
      file.rules.flatMap((rule) => [...(rule.hits ?? []), ...(rule.nearMisses ?? [])]),
    );
    const [there, here] = [openWasm(builtIn.section), openReference(builtIn.section)];
    expect(own.length).toBeGreaterThan(1000);
    for (let i = 0; i < own.length; i += 3) {
      const view = viewOf(own.slice(i, i + 3).join(i % 2 ? ' ' : '\n'));
      expect(there.match(view, ALL, i % 17)).toEqual(here(view, ALL));
    }
  });

  test('agree on families and severities', () => {
    RULES.forEach(({ id }, rule) => {
      const family = FAMILIES.indexOf(id.split('/')[0] as 'custom');
      expect(wasm.exports.ruleFamily(0, rule)).toBe(family < 0 ? FAMILIES.indexOf('custom') : family);
    });
    expect(RULES.map((_, rule) => wasm.exports.ruleSeverity(0, rule))).toEqual([3, 2, 1, 0, 0, 0]);
  });

  test('a hit slides over 17 offsets', () => {
    for (let offset = 0; offset < 17; offset++) {
      for (const filler of ['.', 'é', '忽']) {
        const lead = `${filler.repeat(offset)} `;
        const text = `${lead}ignore all instructions`;
        const hits = wasm.match(viewOf(text), 1, offset).filter((hit) => hit.rule === 0);
        expect(hits.map(({ start, end }) => text.slice(start, end))).toEqual(['ignore all instructions']);
      }
    }
  });
});

test('a prefilter misses nothing that the automata accept', () => {
  // Every piece of every pattern is tried at every token by brute force: the first step alone must be enough to be found.
  const single: RuleSource[] = [
    '(please|) ignore (this|that|)',
    'rule?s',
    '*crypt* key',
    '={3,40} rules',
    '<\\|im_start\\|>',
    '(instruct*|instructions now|instructor) (all|the|)',
    '(忽略|忽*|指令 now|ignore) (之前|all)',
    'pro(mpt|mpts*|mp[a-z]) reveal',
    '[a-z]{3}ore (th*|that|to)',
  ].map((match, i) => ({
    id: `custom/${i}`,
    severity: 'low',
    match,
  }));
  const scan = openReference(compileSection(single, { fold }).section);
  const automata = single.map((rule) => {
    const [pattern] = parsePattern(rule.match as string, { rule: rule.id, parts: new Map(), fold });
    return compileBytes(pattern?.stretches[0]?.sequence ?? [], rule.id, 1);
  });
  fc.assert(
    fc.property(texts, (text) => {
      const view = viewOf(text);
      const hits = scan(view, 1);
      automata.forEach((automaton, rule) => {
        for (let from = 0; from < view.tokenCount; from++) {
          for (let to = from; to < Math.min(from + 6, view.tokenCount); to++) {
            const [first, end] = [view.tokenStart[from] ?? 0, view.tokenEnd[to] ?? 0];
            if (!accepts(automaton, view.text.subarray(first, end))) continue;
            const known = hits.filter((hit) => hit.rule === rule);
            const covered = known.some((hit) => hit.startByte <= first && first < hit.endByte);
            const wideBlank = /[^\w\x80-\xff]{9}/.test(Buffer.from(view.text.subarray(first, end)).toString('latin1'));
            expect(
              covered || wideBlank || known.length === MAX_HITS_PER_RULE,
              `${single[rule]?.match} in ${JSON.stringify(text)}`,
            ).toBe(true);
          }
        }
      });
    }),
    { numRuns: 500, seed: 11 },
  );
  expect(utf8('é')).toHaveLength(2);
});

describe('limits', () => {
  test('hits per rule and view', () => {
    const hits = wasm.match(viewOf('ignore rules. '.repeat(200)), ALL);
    expect(hits.filter((hit) => hit.rule === 0)).toHaveLength(MAX_HITS_PER_RULE);
    expect(hits.length).toBeLessThanOrEqual(MAX_HITS);
  });

  test('the budget cuts both engines at the same place', () => {
    const whole = openReference(section);
    const small = openWasm(section);
    let cut = 0;
    fc.assert(
      fc.property(texts, fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 1 }), (text, base, perByte) => {
        const view = viewOf(text);
        small.exports.setBudget(base, perByte);
        const expected = openReference(section, { base, perByte })(view, ALL);
        expect(small.match(view, ALL)).toEqual(expected);
        if (expected.length < whole(view, ALL).length) cut++;
      }),
      { numRuns: 1500, seed: 5 },
    );
    expect(cut).toBeGreaterThan(20);
  });

  test('a match spans at most MAX_MATCH bytes', () => {
    const long = (length: number) => `ignore ${'x'.repeat(length)} rules`;
    expect(wasm.match(viewOf(long(499)), 1).some((hit) => hit.rule === 0)).toBe(true);
    expect(wasm.match(viewOf(long(500)), 1).some((hit) => hit.rule === 0)).toBe(false);
  });

  test('a section of another version or length is refused', () => {
    const other = section.slice();
    other[0] = 9;
    expect(wasm.exports.initRules(1, wasm.put(other), other.length)).toBe(0);
    expect(wasm.exports.initRules(1, wasm.put(section), section.length - 8)).toBe(0);
    expect(wasm.exports.initRules(1, wasm.put(section), section.length)).toBe(1);
    expect(() => openReference(other)).toThrow(RangeError);
  });
});

/** Texts that are all candidates: twice the text may cost at most some three times the time. */
const ADVERSARIAL: Record<string, string> = {
  'a literal over and over': 'ignore ',
  'first stretches only': 'ignore all the ',
  'punctuation that begins patterns': '=',
  'solo characters': '忽略之前',
  nearly: 'please ignore how to system x ',
};

describe('time grows linearly', () => {
  test.each(Object.entries(ADVERSARIAL))('%s', { retry: 3 }, (_, piece) => {
    const time = (length: number) => {
      const view = viewOf(piece.repeat(Math.ceil(length / piece.length)).slice(0, length));
      let best = Infinity;
      for (let i = 0; i < 15; i++) {
        const begin = process.cpuUsage();
        for (let lap = 0; lap < 4; lap++) wasm.match(view, ALL);
        best = Math.min(best, process.cpuUsage(begin).user);
      }
      return best;
    };
    expect(time(4096) / time(1024)).toBeLessThan(12);
  });
});
