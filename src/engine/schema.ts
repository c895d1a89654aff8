/**
 * The dense features, by name, in the order in which both engines write them.
 *
 * Training, explanations and the forest's loader read this list; nothing else
 * knows what a column means. A change of meaning, order or hash raises
 * `SCHEMA_VERSION`.
 *
 * Units: `log2` is the piecewise-linear `log2(n + 1)` of a count; `share` lies in
 * [0, 1]; `count ≤ k` is cut off at k; `position` is 0 at the start and 1 at the
 * end; `margin` is in log-odds; `flag` is 0 or 1.
 *
 * @module
 */
export * from '../../wasm/assembly/features/schema-abi.ts';

export interface Feature {
  readonly name: string;
  readonly unit: string;
}

/** Word classes in the order of their bits, as the files in `models/lexicon` name them. */
export const CLASSES = [
  'second',
  'first',
  'override',
  'reveal',
  'instruction',
  'prior',
  'secret',
  'ai',
  'role',
  'unrestricted',
  'negation',
  'modal',
  'always',
  'question',
  'polite',
  'onward',
  'authority',
  'action',
  'urgency',
  'encode',
  'harm',
  'discuss',
  'code',
  'everyday',
  'task',
  'fiction',
  'all',
  'speaker',
  'url',
] as const;

export type WordClass = (typeof CLASSES)[number];

/** Rule families in the order of their numbers. Hits of `context` tell that a text quotes or teaches; they are no findings. */
export const FAMILIES = [
  'override',
  'jailbreak',
  'extraction',
  'delimiter',
  'exfiltration',
  'tool-abuse',
  'authority',
  'encoding',
  'suppression',
  'splitting',
  'many-shot',
  'indirect',
  'context',
  'custom',
] as const;

/** Decoders in the order of their DECODER_* bits. */
export const DECODERS = [
  'base64',
  'base32',
  'hex',
  'binary',
  'percent',
  'entity',
  'escape',
  'morse',
  'ascii85',
  'rot13',
  'reversed',
  'tags',
  'variation',
  'leet',
  'spread',
] as const;

/** Scripts in the order of STAT_LATIN … STAT_OTHER_LETTER. */
const SCRIPTS = [
  'latin-extended',
  'cyrillic',
  'greek',
  'arabic',
  'hebrew',
  'indic',
  'han',
  'kana',
  'hangul',
  'thai',
  'other',
] as const;

/** Classes whose first word's position is a feature. */
export const FIRSTS: readonly WordClass[] = [
  'override',
  'reveal',
  'instruction',
  'secret',
  'role',
  'ai',
  'second',
  'authority',
];

/** `[a, b]`: a word of class `a`, then within reach one of class `b`. */
export const PAIRS: readonly (readonly [WordClass, WordClass])[] = [
  ['override', 'instruction'],
  ['override', 'prior'],
  ['override', 'all'],
  ['reveal', 'instruction'],
  ['reveal', 'secret'],
  ['reveal', 'prior'],
  ['role', 'ai'],
  ['role', 'unrestricted'],
  ['second', 'unrestricted'],
  ['second', 'modal'],
  ['second', 'role'],
  ['negation', 'unrestricted'],
  ['onward', 'second'],
  ['action', 'secret'],
  ['action', 'url'],
  ['ai', 'unrestricted'],
];

const LOG2 = 'log2';
const SHARE = 'share';
const FLAG = 'flag';
const POSITION = 'position';
const MARGIN = 'margin';

function group(prefix: string, names: readonly string[], unit: string): Feature[] {
  return names.map((name) => ({ name: `${prefix}/${name}`, unit }));
}

/** Every dense feature, shape [DENSE_COUNT]. */
export const FEATURES: readonly Feature[] = [
  ...group('size', ['bytes', 'words', 'lines'], LOG2),
  { name: 'size/word-length-mean', unit: 'bytes' },
  { name: 'size/word-length-max', unit: 'bytes ≤ 64' },
  ...group('size', ['line-length-mean', 'line-length-max'], LOG2),
  ...group('size', ['punctuation-tokens', 'solo-words'], SHARE),

  { name: 'chars/upper', unit: 'share of cased letters' },
  ...group('chars', ['digit', 'punctuation', 'space', 'newline', 'symbol', 'folded'], SHARE),
  ...group('chars', ['invisible', 'bidi', 'tag', 'variation', 'mark', 'folded-count', 'control', 'replacement'], LOG2),
  ...group('chars', ['mixed-words', 'longest-run'], LOG2),
  ...group('script', SCRIPTS, SHARE),
  { name: 'script/count', unit: 'count' },

  { name: 'repetition/collision', unit: 'probability that two bytes are equal' },
  { name: 'repetition/bytes', unit: 'distinct byte values' },
  { name: 'repetition/ngrams', unit: 'distinct n-grams, share of all' },

  ...group('words', CLASSES, 'count ≤ 8'),
  ...group('words-share', CLASSES, SHARE),
  { name: 'words-share/known', unit: SHARE },
  ...group('words-first', FIRSTS, POSITION),
  ...group(
    'pair',
    PAIRS.map(([a, b]) => `${a}-${b}`),
    'count ≤ 4',
  ),

  ...group('sentence', ['starts-imperative', 'starts-question', 'ends-question'], FLAG),
  { name: 'sentence/count', unit: LOG2 },
  { name: 'sentence/imperatives', unit: 'count ≤ 8' },
  { name: 'sentence/imperative-share', unit: SHARE },
  ...group('sentence', ['question-marks', 'exclamation-marks'], 'count ≤ 8'),

  { name: 'structure/quotes', unit: 'count ≤ 8' },
  ...group('structure', ['quoted', 'code-punctuation'], SHARE),
  ...group('structure', ['backticks', 'pipes', 'at-signs'], LOG2),
  ...group(
    'structure',
    [
      'fences',
      'rulers',
      'tags',
      'links',
      'headings',
      'list-lines',
      'quote-lines',
      'key-value-lines',
      'colon-lines',
      'speaker-lines',
      'tagged-speakers',
    ],
    'count ≤ 8',
  ),

  ...group('rules', FAMILIES, 'count ≤ 4'),
  { name: 'rules/severity-max', unit: '0 none, 1 low … 4 critical' },
  { name: 'rules/severity-sum', unit: 'sum ≤ 32' },
  { name: 'rules/distinct', unit: 'count ≤ 16' },
  { name: 'rules/first', unit: POSITION },
  { name: 'rules/last', unit: POSITION },
  { name: 'rules/quoted', unit: 'share of hits' },

  { name: 'linear/margin', unit: MARGIN },
  { name: 'linear/ngrams', unit: LOG2 },
  ...group('linear', ['window-max', 'window-second', 'window-mean', 'window-first', 'window-last'], MARGIN),
  { name: 'linear/window-positive', unit: 'share of windows' },
  { name: 'linear/window-max-at', unit: POSITION },

  { name: 'decoder/steps', unit: 'count' },
  { name: 'decoder/depth', unit: 'count' },
  ...group('decoder', DECODERS, FLAG),
];
