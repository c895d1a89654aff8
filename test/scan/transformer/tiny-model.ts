/**
 * A model small enough to write in a test, with the contract of the real one: it knows a few words, each with its
 * logits, and what it says of a window is what its worst word says.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '../../../src/scan/transformer/manifest.ts';
import { writeClassifier, writeOwnModel } from './onnx-writer.ts';

const ROOT = join(import.meta.dirname, '../../..');

type Logits = readonly [user: number, data: number, token: number];

const PLAIN: Logits = [-6, -6, -5];
/** Words the models react to, wherever they stand. None of them means anything to tier 1. */
const WORDS: Readonly<Record<string, Logits>> = {
  zorbify: [6, 6, 5], // an attack on both heads
  blorpify: [11, 11, 5], // the same, beyond doubt
  quuxly: [6, -6, 5], // on the user's alone
  marked: [-6, -6, 5], // belongs to an injection, and is none by itself
};
const LETTERS = [...'abcdefghijklmnopqrstuvwxyz0123456789.,:;!?-\'"()=/+'];

export const VOCABULARY: readonly string[] = [
  ...['[PAD]', '[UNK]', '[CLS]', '[SEP]'],
  ...Object.keys(WORDS),
  ...['the', 'house', 'is', 'old', 'and', 'please', 'now'],
  ...LETTERS,
  ...LETTERS.map((letter) => `##${letter}`),
];

/** Everything is asked of tier 2, and its logit is the verdict's. */
export const TINY_MANIFEST: Manifest = {
  version: '2-tiny',
  window: 32,
  overlap: 8,
  heads: {
    user: {
      settle: { below: -100, above: 100 },
      combine: { tier1: 0.1, transformer: 1, bias: 0 },
      calibration: { margins: [-10, 10], logits: [-10, 10] },
    },
    data: {
      settle: { below: -100, above: 100 },
      combine: { tier1: 0.1, transformer: 1, bias: 0 },
      calibration: { margins: [-10, 10], logits: [-10, 10] },
    },
  },
  spans: { threshold: 0 },
};

/** The same with tier 1 settling what it is sure of. */
export const SETTLING: Manifest = {
  ...TINY_MANIFEST,
  heads: {
    user: { ...TINY_MANIFEST.heads.user, settle: { below: 0, above: 4 } },
    data: { ...TINY_MANIFEST.heads.data, settle: { below: 0, above: 4 } },
  },
};

export interface Folder {
  readonly path: string;
  remove(): void;
}

function temporary(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'edgeward-tier2-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A folder with `manifest.json`, `model.onnx`, `vocab.txt` and `tokenizer.bin`, as the package carries them. */
export function writeTinyModel(manifest: unknown = TINY_MANIFEST): Folder {
  const folder = temporary();
  const file = (name: string): string => join(folder.path, name);
  writeFileSync(file('manifest.json'), JSON.stringify(manifest));
  writeFileSync(file('model.onnx'), writeOwnModel(VOCABULARY.map((word) => WORDS[word] ?? PLAIN)));
  writeFileSync(file('vocab.txt'), `${VOCABULARY.join('\n')}\n`);
  const tables = ['models/tables/build-tokenizer.ts', file('vocab.txt'), file('tokenizer.bin')];
  execFileSync(process.execPath, ['--import', 'tsx', ...tables], { cwd: ROOT });
  return folder;
}

/** A folder in the layout of `@xenova/transformers`: a classifier with the labels SAFE and INJECTION. */
export function writeTinyClassifier(): Folder {
  const folder = temporary();
  mkdirSync(join(folder.path, 'onnx'));
  const json = (name: string, value: unknown): void => writeFileSync(join(folder.path, name), JSON.stringify(value));
  const rows = VOCABULARY.map((word) => [0, WORDS[word]?.[0] ?? PLAIN[0]]);
  writeFileSync(join(folder.path, 'onnx/model_quantized.onnx'), writeClassifier(rows));
  json('config.json', {
    model_type: 'bert',
    architectures: ['BertForSequenceClassification'],
    id2label: { 0: 'SAFE', 1: 'INJECTION' },
    label2id: { SAFE: 0, INJECTION: 1 },
    max_position_embeddings: 64,
  });
  json('tokenizer_config.json', { tokenizer_class: 'BertTokenizer', do_lower_case: true, model_max_length: 64 });
  json('tokenizer.json', {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: VOCABULARY.slice(0, 4).map((content, id) => ({ id, content, special: true })),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [
        { SpecialToken: { id: '[CLS]', type_id: 0 } },
        { Sequence: { id: 'A', type_id: 0 } },
        { SpecialToken: { id: '[SEP]', type_id: 0 } },
      ],
      pair: [],
      special_tokens: {
        '[CLS]': { id: '[CLS]', ids: [2], tokens: ['[CLS]'] },
        '[SEP]': { id: '[SEP]', ids: [3], tokens: ['[SEP]'] },
      },
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(VOCABULARY.map((word, id) => [word, id])),
    },
  });
  return folder;
}
