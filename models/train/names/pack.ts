/**
 * The trained tagger as one file: `names.bin` and what it is made of.
 *
 *   tsx models/train/names/pack.ts FOLDER OUT_DIR
 *
 * Writes `OUT_DIR/names.bin` and `manifest.json`, and `FOLDER/unlisted.bin`: the same weights with the lists of training
 * alone, to measure names that neither lists nor sentences have shown.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { FEATURE_BITS } from '../../../src/scan/pii/names/features.ts';
import { hashWord, packLexicon } from '../../../src/scan/pii/names/lexicon.ts';
import { LABELS, packWeights } from '../../../src/scan/pii/names/tagger.ts';

const [folder, out] = process.argv.slice(2);
if (folder === undefined || out === undefined) throw new Error('pack: expected FOLDER and OUT_DIR.');

const chain = JSON.parse(readFileSync(join(folder, 'chain.json'), 'utf8')) as {
  readonly unit: number;
  readonly transitions: readonly (readonly number[])[];
  readonly starts: readonly number[];
};
const lexicons = JSON.parse(readFileSync(join(folder, 'lexicon.json'), 'utf8')) as Record<
  'all' | 'train',
  readonly [string, number][]
>;
const emissions = new Int8Array(readFileSync(join(folder, 'emissions.i8')));
if (emissions.length !== LABELS.length << FEATURE_BITS)
  throw new Error(`pack: expected ${LABELS.length << FEATURE_BITS} weights; got ${emissions.length}`);

function packed(list: 'all' | 'train'): Uint8Array {
  const words = new Map(lexicons[list]);
  return packWeights({
    words: new Set([...words.keys()].map((word) => hashWord(word) >>> 8)).size,
    lexicon: packLexicon(words),
    transitions: Int16Array.from(chain.transitions.flat()),
    starts: Int16Array.from(chain.starts),
    emissions,
  });
}

const bytes = packed('all');
mkdirSync(out, { recursive: true });
writeFileSync(join(out, 'names.bin'), bytes);
writeFileSync(join(folder, 'unlisted.bin'), packed('train'));
const sha256 = createHash('sha256').update(bytes).digest('hex');
const manifest = {
  version: `n-${sha256.slice(0, 8)}`,
  sha256,
  bytes: bytes.length,
  gzip: gzipSync(bytes, { level: 9 }).length,
  unit: chain.unit,
  labels: LABELS,
  words: lexicons.all.length,
};
writeFileSync(join(out, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
console.error(`pack: ${bytes.length} bytes, ${manifest.gzip} after gzip, ${manifest.words} words`);
