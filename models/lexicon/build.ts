/**
 * Compiles the word classes in `*.yaml` to `../weights/lexicon.bin`, the pack's `LEXI` section.
 *
 * A file holds one language: per class of `CLASSES`, words in all the forms that
 * matter, divided by blanks. Words are folded by the engine's own normalizer, so
 * accents and case may be written or left out. An entry must be one word of the
 * tokenizer, or up to `SOLO_WORD_MAX` characters of a script without blanks.
 *
 * Run `npx tsx models/lexicon/build.ts`; `--check` fails when the file is out of date.
 *
 * @module
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { TOKEN_SOLO, TOKEN_WORD } from '../../src/engine/abi.ts';
import { hashWord } from '../../src/engine/reference/ngrams.ts';
import { createNormalizer } from '../../src/engine/reference/normalize.ts';
import { tokenize } from '../../src/engine/reference/tokenize.ts';
import { newView } from '../../src/engine/reference/view.ts';
import { CLASSES, SOLO_WORD_MAX, type WordClass } from '../../src/engine/schema.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const weights = fileURLToPath(new URL('../weights/', import.meta.url));

interface Entry {
  readonly hash: number;
  readonly folded: string;
  bits: number;
}

/** The words of all files by folded form. Throws with the file's name when a class or a word is not acceptable. */
function readEntries(): Map<string, Entry> {
  const fold = readFileSync(`${weights}fold.bin`);
  const normalize = createNormalizer(new DataView(fold.buffer, fold.byteOffset, fold.byteLength));
  const view = newView();
  const encoder = new TextEncoder();
  const entries = new Map<string, Entry>();

  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith('.yaml')) continue;
    const classes = parse(readFileSync(`${folder}${file}`, 'utf8')) as Record<string, unknown>;
    for (const [name, words] of Object.entries(classes)) {
      const index = CLASSES.indexOf(name as WordClass);
      if (index < 0) throw new Error(`models/lexicon/${file}: expected a class of src/engine/schema.ts; got ${name}`);
      if (typeof words !== 'string') throw new Error(`models/lexicon/${file}: ${name} must be words divided by blanks`);
      for (const word of words.split(/\s+/u)) {
        if (word === '') continue;
        view.rawLen = encoder.encodeInto(word, view.raw).written;
        normalize(view);
        tokenize(view);
        const kinds = view.tokenKind.subarray(0, view.tokenCount);
        const solo = kinds.length <= SOLO_WORD_MAX && kinds.every((kind) => kind === TOKEN_SOLO);
        if (kinds.length === 0 || !(solo || (kinds.length === 1 && kinds[0] === TOKEN_WORD))) {
          throw new Error(`models/lexicon/${file}: ${name}: ${word} is not one word of the tokenizer`);
        }
        const folded = new TextDecoder().decode(view.text.subarray(0, view.textLen));
        const entry = entries.get(folded) ?? { hash: hashWord(view.text, 0, view.textLen), folded, bits: 0 };
        entry.bits |= 1 << index;
        entries.set(folded, entry);
      }
    }
  }
  return entries;
}

/** The section's bytes, see `models/FORMAT.md`. */
export function buildLexicon(): Uint8Array {
  const entries = [...readEntries().values()].sort((a, b) => a.hash - b.hash);
  let capacity = 16;
  // At most half full: an unknown word then costs 1.5 probes on average.
  while (capacity < entries.length * 2) capacity *= 2;
  const section = new DataView(new ArrayBuffer(16 + capacity * 8));
  section.setUint32(0, capacity, true);
  section.setUint32(4, entries.length, true);
  const taken = new Map<number, string>();
  for (const { hash, folded, bits } of entries) {
    const rival = taken.get(hash);
    if (rival !== undefined) throw new Error(`models/lexicon: ${folded} and ${rival} have the same hash`);
    taken.set(hash, folded);
    let slot = hash & (capacity - 1);
    while (section.getUint32(16 + slot * 4, true) !== 0) slot = (slot + 1) & (capacity - 1);
    section.setUint32(16 + slot * 4, hash, true);
    section.setUint32(16 + (capacity + slot) * 4, bits >>> 0, true);
  }
  return new Uint8Array(section.buffer);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = `${weights}lexicon.bin`;
  const bytes = buildLexicon();
  if (process.argv.includes('--check')) {
    if (!readFileSync(path).equals(bytes))
      throw new Error('models/weights/lexicon.bin is out of date: run models/lexicon/build.ts');
  } else {
    writeFileSync(path, bytes);
    console.log(`${path}: ${new DataView(bytes.buffer).getUint32(4, true)} words, ${bytes.length} bytes`);
  }
}
