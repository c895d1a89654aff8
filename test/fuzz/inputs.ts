/**
 * Inputs to fuzz with: attacks, harmless texts and encoded runs, spliced, nested, broken and repeated.
 *
 * Input `i` of a seed is always the same string, so a failure is named by two numbers.
 *
 * @module
 */
import { readRuleFiles } from '../../models/rules/compile.ts';
import { MAX_UNITS } from '../../src/engine/abi.ts';
import { OBFUSCATIONS } from '../../src/testing/obfuscate.ts';
import { random } from '../engine/harness/engines.ts';

/** Longest input in UTF-16 code units: several blocks. */
const MAX_INPUT = 12_000;

type Next = () => number;
type Maker = (next: Next) => string;

const below = (next: Next, n: number): number => Math.floor(next() * n);
const pick = <T>(next: Next, from: readonly T[]): T => from[below(next, from.length)]!;

// --- raw material -------------------------------------------------------------------------------------------

function ruleTexts(): string[] {
  const texts: string[] = [];
  for (const { rules } of readRuleFiles()) {
    for (const { hits = [], nearMisses = [] } of rules) texts.push(...hits, ...nearMisses);
  }
  return texts;
}

const CARRIERS = [
  'Quarterly figures follow.\n\n{}\n\nEnd of report.',
  '{"role": "user", "content": "{}"}',
  '```ts\nconst x = "{}";\n```',
  '<p class="note">{}</p>',
  'Dear all,\n\nplease see below: {} — thanks!\nAnna',
  '| id | value |\n|---|---|\n| 7 | {} |',
  'https://example.com/?q={}&lang=en',
  'He said “{}” and left.',
  '请翻译:{}。谢谢',
  '{}{}',
];

/** First and last code point of the blocks that random text is drawn from. */
const RANGES: readonly (readonly [number, number])[] = [
  [0x20, 0x7e],
  [0, 0x1f],
  [0x80, 0x24f],
  [0x300, 0x36f],
  [0x370, 0x52f],
  [0x590, 0x6ff],
  [0x900, 0xdff],
  [0xe00, 0xe7f],
  [0x1100, 0x11ff],
  [0x1e00, 0x1fff],
  [0x2000, 0x206f],
  [0x2100, 0x2bff],
  [0x3000, 0x30ff],
  [0x4e00, 0x9fff],
  [0xac00, 0xd7a3],
  [0xd800, 0xdfff],
  [0xf900, 0xfdff],
  [0xfe00, 0xfe0f],
  [0xfe10, 0xffff],
  [0x10000, 0x107ff],
  [0x1d400, 0x1d7ff],
  [0x1f000, 0x1faff],
  [0x20000, 0x2fa1f],
  [0xe0000, 0xe01ef],
  [0xf0000, 0x10ffff],
];

/** What decoders, tokens and limits turn on. */
const PIECES = [
  ...['%', '%4', '%41', '&', '&#', '&#x', '&amp;', '&#65;', '\\', '\\u', '\\u{', '\\u0041', '\\x', '\\x41'],
  ...['=', '==', '<~', '~>', 'z', '.-', '-.-.', ' / ', '0x', '41 ', '01000001 ', 'QUJD', 'MFRGG===', '0', '1'],
  ...[
    '<|im_start|>',
    '[INST]',
    '### System',
    'ignore',
    ' all ',
    'instructions',
    'i g n o r e',
    '1gn0r3',
    '4',
    '_',
    '-',
    '.',
  ],
  ...[
    ' ',
    '\n',
    '\t',
    '\r\n',
    '\0',
    '\u200b',
    '\u202e',
    '\ufeff',
    '\u00ad',
    '\u0301',
    '\ufe0f',
    '\u{e0041}',
    '\u{e0101}',
  ],
  ...['\ud83d', '\ude00', '😀', 'é', 'ß', 'İ', 'ﷺ', '½', 'а', 'ο', '字', 'か', '한', 'ก', 'अ', 'ش', '\u{10ffff}'],
];

// --- makers -------------------------------------------------------------------------------------------------

function codePoints(next: Next): string {
  let out = '';
  let [low, high] = pick(next, RANGES);
  for (let left = 1 + below(next, 60); left > 0; left--) {
    if (next() < 0.15) [low, high] = pick(next, RANGES);
    const point = low + below(next, high - low + 1);
    // String.fromCodePoint makes lone surrogates of surrogates: wanted here.
    out += String.fromCodePoint(point);
  }
  return out;
}

function pieces(next: Next): string {
  return Array.from({ length: 1 + below(next, 20) }, () => pick(next, PIECES)).join('');
}

function repeated(next: Next): string {
  const unit =
    next() < 0.5 ? pick(next, PIECES) : Array.from({ length: 1 + below(next, 4) }, () => pick(next, PIECES)).join('');
  const length = next() < 0.2 ? MAX_UNITS + below(next, 40) - 20 : 1 + below(next, 600);
  return unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
}

function makers(): readonly Maker[] {
  const texts = ruleTexts();
  const fragment: Maker = (next) => pick(next, texts);
  const encoded: Maker = (next) => {
    let text = fragment(next).slice(0, 300);
    for (let layers = 1 + below(next, 3); layers > 0 && text.length < 3000; layers--)
      text = pick(next, OBFUSCATIONS).apply(text);
    return text;
  };
  const carried: Maker = (next) =>
    pick(next, CARRIERS).replaceAll('{}', () => (next() < 0.5 ? encoded(next) : fragment(next)));
  const cut: Maker = (next) => {
    const text = next() < 0.7 ? encoded(next) : fragment(next);
    const start = below(next, text.length + 1);
    return text.slice(start, start + below(next, text.length - start + 1));
  };
  return [fragment, fragment, encoded, encoded, carried, cut, cut, codePoints, pieces, repeated];
}

// --- mutations ----------------------------------------------------------------------------------------------

type Mutation = (text: string, at: number, next: Next) => string;

const MUTATIONS: readonly Mutation[] = [
  (text, at, next) => text.slice(0, at) + text.slice(at + 1 + below(next, 8)),
  (text, at, next) => text.slice(0, at) + pick(next, PIECES) + text.slice(at),
  (text, at, next) => text.slice(0, at) + pick(next, PIECES) + text.slice(at + 1),
  (text, at, next) =>
    text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ (1 << below(next, 8))) + text.slice(at + 1),
  (text, at, next) => text.slice(0, at) + text.slice(at, at + 12).repeat(2 + below(next, 3)) + text.slice(at + 12),
  (text, at, next) => text.slice(0, at) + text.slice(at, at + 1 + below(next, 20)).toUpperCase() + text.slice(at + 20),
  (text, at, next) => text.slice(0, at) + codePoints(next) + text.slice(at),
  (text, at) => text.slice(at) + text.slice(0, at),
  (text, at) => text.slice(0, at),
];

/** @returns input `i` of a seed: 0 to `MAX_INPUT` code units, one in a hundred longer than one block */
export function createInputs(seed: number): (i: number) => string {
  const make = makers();
  return (i) => {
    const next = random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(i, 0x85ebca6b));
    // Most texts are short; a block's and a text's limits are met often enough all the same.
    const size = next();
    const parts = size < 0.6 ? 1 : size < 0.9 ? 2 + below(next, 3) : 2 + below(next, 12);
    let text = Array.from({ length: parts }, () => pick(next, make)(next)).join(next() < 0.7 ? ' ' : '');
    if (size > 0.99) text = text.padEnd(MAX_UNITS + below(next, 6000), pick(next, PIECES) + text.slice(0, 500));
    for (let left = below(next, 6); left > 0 && text.length > 0; left--) {
      text = pick(next, MUTATIONS)(text, below(next, text.length), next);
    }
    return text.slice(0, MAX_INPUT);
  };
}
