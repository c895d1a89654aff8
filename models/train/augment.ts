/**
 * More rows from the rows there are: disguised, put after small talk, put into documents, cut out of documents.
 *
 *     tsx models/train/augment.ts SOURCES.jsonl GENERATED.jsonl OUT.jsonl
 *
 * Writes all rows of both inputs and the new ones, numbered anew. A made row keeps the fold of its parent, so that it
 * is left out together with it; where it has two parents the second one's fold goes into `carrier`. The same inputs
 * give the same output.
 *
 * @module
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { OBFUSCATIONS } from '../../src/testing/obfuscate.ts';

interface Row {
  id: number;
  text: string;
  kind: string;
  lang: string;
  file: string;
  source: string;
  group: string;
  fold: number;
  carrier: number;
  made: string;
  user: 0 | 1 | null;
  data: 0 | 1 | null;
  userWeight: number;
  dataWeight: number;
}

/** How many rows each kind of change makes. */
const COUNTS = {
  disguisedAttacks: 7000,
  disguisedHarmless: 7000,
  afterTalk: 4000,
  retyped: 2500,
  composed: 6000,
  cut: 6000,
};
/** Weight of a made row against its parent. */
const WEIGHT = 0.6;

const OPENINGS = [
  'Thanks for the help.',
  'Thank you, that was useful.',
  'Great, now',
  'Hi there!',
  'Ok.',
  'Hello, how are you?',
  'One more thing:',
  'Danke!',
  'Thanks!',
  'I have a question.',
  'That is all clear.',
  'Good morning.',
  'Perfect.',
  'Super, danke für die Hilfe.',
  'Gracias.',
  'Merci beaucoup.',
  'Let us continue.',
  'Nice weather today.',
  'By the way,',
  'Last question:',
];
const CLOSINGS = [
  'Thanks!',
  'Thank you.',
  'Please.',
  'I am waiting.',
  'Regards, Tom',
  'Okay?',
  'Danke.',
  ':)',
  'Can you do that?',
  'It is urgent.',
];

/** A seeded generator of numbers in [0, 1): mulberry32. */
function createDraw(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function readRows(path: string): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    rows.push(JSON.parse(line) as Row);
  }
  return rows;
}

const draw = createDraw(20_26);

function pick<T>(from: readonly T[]): T {
  const found = from[Math.floor(draw() * from.length)];
  if (found === undefined) throw new Error('augment: expected rows to draw from; got none. Prepare the sources first.');
  return found;
}

/** Rows drawn so that every file has a like chance: first a file, then one of its rows. */
function createSampler(rows: readonly Row[]): () => Row {
  const files = new Map<string, Row[]>();
  for (const row of rows) {
    const list = files.get(row.file) ?? [];
    files.set(row.file, list);
    list.push(row);
  }
  // The root of its size is a file's chance: between one share each and one share per row.
  const tickets = [...files.values()].flatMap((list) =>
    Array.from({ length: Math.ceil(Math.sqrt(list.length)) }, () => list),
  );
  return () => pick(pick(tickets));
}

function child(parent: Row, text: string, change: Partial<Row> & { made: string }): Row {
  return {
    ...parent,
    text,
    source: `${parent.source} ${change.made}`,
    userWeight: parent.userWeight * WEIGHT,
    dataWeight: parent.dataWeight * WEIGHT,
    ...change,
  };
}

/** Every disguise in turn, the first row plain attack after attack: as many attacks as harmless texts per disguise. */
function* disguised(sample: () => Row, count: number, kind: string): Generator<Row> {
  for (let made = 0; made < count; made++) {
    const obfuscation = OBFUSCATIONS[made % OBFUSCATIONS.length];
    const parent = sample();
    if (obfuscation === undefined) continue;
    const text = obfuscation.apply(parent.text);
    if (text !== parent.text)
      yield child(parent, text, { made: 'augmented', kind, source: `${parent.source} ${obfuscation.name}` });
  }
}

function* afterTalk(attacks: () => Row, harmless: () => Row, count: number): Generator<Row> {
  for (let made = 0; made < count; made++) {
    const attack = attacks();
    const roll = draw();
    if (roll < 0.4) yield child(attack, `${pick(OPENINGS)} ${attack.text}`, { made: 'augmented' });
    else if (roll < 0.55) yield child(attack, `${attack.text} ${pick(CLOSINGS)}`, { made: 'augmented' });
    else {
      const talk = harmless();
      const gap = pick([' ', '. ', '\n', '\n\n']);
      const text = roll < 0.85 ? `${talk.text}${gap}${attack.text}` : `${attack.text}${gap}${talk.text}`;
      yield child(attack, text, { made: 'augmented', carrier: talk.fold });
    }
  }
}

/** Case, doubled and swapped letters, missing punctuation: as people type. */
function retype(text: string): string {
  const roll = draw();
  if (roll < 0.25) return text.toLowerCase();
  if (roll < 0.4) return text.toUpperCase();
  if (roll < 0.5) return text.replace(/[.,!?;:'"]/g, '');
  return text.replace(/\p{L}{4,}/gu, (word) => {
    if (draw() > 0.2) return word;
    const at = 1 + Math.floor(draw() * (word.length - 2));
    const way = draw();
    if (way < 0.35) return word.slice(0, at) + word.slice(at + 1);
    if (way < 0.7) return word.slice(0, at) + (word[at + 1] ?? '') + (word[at] ?? '') + word.slice(at + 2);
    return word.slice(0, at) + (word[at] ?? '') + word.slice(at);
  });
}

/** An attack at the beginning, between two paragraphs or at the end of a document. */
function compose(document: string, attack: string): string {
  const gap = pick(['\n', '\n\n', ' ']);
  const roll = draw();
  if (roll < 0.25) return `${attack}${gap}${document}`;
  if (roll < 0.55) return `${document}${gap}${attack}`;
  const breaks = [...document.matchAll(/\n+|[.!?] /g)].map((found) => found.index + found[0].length);
  const at = breaks.length > 0 ? pick(breaks) : Math.floor(document.length / 2);
  return `${document.slice(0, at)}${attack}${gap}${document.slice(at)}`;
}

function* composed(attacks: () => Row, documents: () => Row, count: number): Generator<Row> {
  for (let made = 0; made < count; made++) {
    const attack = attacks();
    const document = documents();
    const change = { made: 'augmented', kind: 'indirect_injection', carrier: document.fold, user: 1, data: 1 } as const;
    const weights = { userWeight: attack.userWeight * WEIGHT * 0.35, dataWeight: attack.dataWeight * WEIGHT };
    yield child(attack, compose(document.text.slice(0, 3000), attack.text), { ...change, ...weights });
  }
}

function* cut(documents: () => Row, count: number): Generator<Row> {
  for (let made = 0; made < count; made++) {
    const document = documents();
    const length = 60 + Math.floor(draw() ** 2 * 700);
    const start = Math.floor(draw() * Math.max(1, document.text.length - length));
    yield child(document, document.text.slice(start, start + length), { made: 'cropped' });
  }
}

const [sources, generated, out] = process.argv.slice(2);
if (sources === undefined || generated === undefined || out === undefined) {
  throw new Error(
    'augment: expected SOURCES.jsonl GENERATED.jsonl OUT.jsonl; got fewer arguments. See the file header.',
  );
}
const rows = [...(await readRows(sources)), ...(await readRows(generated))];
const short = (row: Row): boolean => row.text.length >= 12 && row.text.length <= 500;
const worded = (row: Row): boolean =>
  row.user === 1 && ['direct_injection', 'prompt_extraction', 'jailbreak'].includes(row.kind) && short(row);
const shortAttacks = createSampler(rows.filter(worded));
const injections = createSampler(
  rows
    .filter((row) => worded(row) || (row.file === 'generated_document' && short(row)))
    .filter((row) => row.data === 1 && row.kind !== 'jailbreak'),
);
const harmless = createSampler(rows.filter((row) => row.user === 0 && short(row)));
const documents = createSampler(
  rows.filter(
    (row) =>
      row.data === 0 &&
      ['document', 'code', 'benign', 'hard_negative'].includes(row.kind) &&
      row.text.length > 250 &&
      row.dataWeight > 0.2,
  ),
);

const output = createWriteStream(out);
let count = 0;
function write(all: Iterable<Row>): void {
  for (const row of all) output.write(`${JSON.stringify({ ...row, id: count++ })}\n`);
}
write(rows);
write(disguised(shortAttacks, COUNTS.disguisedAttacks, 'obfuscated'));
write(disguised(harmless, COUNTS.disguisedHarmless, 'hard_negative'));
write(afterTalk(shortAttacks, harmless, COUNTS.afterTalk));
write(
  Array.from({ length: COUNTS.retyped }, shortAttacks).map((row) =>
    child(row, retype(row.text), { made: 'augmented' }),
  ),
);
write(composed(injections, documents, COUNTS.composed));
write(cut(documents, COUNTS.cut));
output.end(() => process.stderr.write(`augmented: ${count} rows, ${rows.length} of them as they came\n`));
