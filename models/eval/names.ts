/**
 * The tagger of names: precision and recall of people and streets, by language and by source.
 *
 *   npm run eval:names -- --help
 *
 * On generated sentences whose carriers and names were left out of training (`--generated`, as `models/train/names`
 * writes them), on the labeled files of `DIR/pii`, none of which was trained on, and on harmless texts of sources left
 * out. A find counts when its span is the labeled one, to the character; `touched` counts labels that one overlaps.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { hashWord } from '../../src/scan/pii/names/lexicon.ts';
import { createTagger, type Tagged } from '../../src/scan/pii/names/tagger.ts';

const ROOT = join(import.meta.dirname, '../..');

interface Row {
  readonly text: string;
  readonly spans: readonly { readonly start: number; readonly end: number; readonly type: string }[];
  readonly lang: string;
}

/** As `models/train/names/rows.ts` leaves sources out. */
const HELD_OUT = 5;

interface Counts {
  labels: number;
  found: number;
  touched: number;
  predicted: number;
  right: number;
  /** Finds that overlap no label of their kind. */
  stray: number;
}

const LABELED: Readonly<Record<Tagged['kind'], readonly string[]>> = {
  person: ['PER', 'PERSON', 'PERSON_NAME'],
  address: ['ADR', 'STREET_ADDRESS', 'ADDRESS'],
};

interface Options {
  readonly data: string;
  readonly weights: string;
  readonly generated?: string;
  readonly threshold: string;
  readonly only?: string;
  readonly show?: Tagged['kind'];
  readonly benign: boolean;
}

function linesOf(path: string): string[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}

/** Rows with spans in UTF-16 units. */
function inUnits(row: Row): Row {
  const at: number[] = [];
  let unit = 0;
  for (const point of row.text) {
    at.push(unit);
    unit += point.length;
  }
  at.push(unit);
  return { ...row, spans: row.spans.map(({ start, end, type }) => ({ start: at[start]!, end: at[end]!, type })) };
}

const overlaps = (a: { start: number; end: number }, b: { start: number; end: number }): boolean =>
  a.start < b.end && b.start < a.end;

const program = new Command('npm run eval:names --')
  .description('Precision and recall of names of people and of streets.')
  .option('--data <folder>', 'folder with pii/*.jsonl and train/*.jsonl', join(ROOT, '../shared/data'))
  .option('--weights <file>', 'the tagger', join(ROOT, 'models/weights/names/names.bin'))
  .option('--generated <file>', 'sentences of models/train/names, of which the part "valid" is read')
  .option('--threshold <number>', 'confidence from which a find counts', '0.5')
  .option('--only <part>', 'only labeled files whose name holds this')
  .option('--show <kind>', 'print what was missed and what was wrong: person or address')
  .option('--no-benign', 'leave harmless texts out')
  .parse();
const options = program.opts<Options>();
const tag = createTagger(readFileSync(options.weights));
const threshold = Number(options.threshold);
const find = (text: string): Tagged[] => tag(text).filter(({ score }) => score >= threshold);

function count(rows: readonly Row[], kind: Tagged['kind']): Counts {
  const counts: Counts = { labels: 0, found: 0, touched: 0, predicted: 0, right: 0, stray: 0 };
  for (const row of rows) {
    const labels = row.spans.filter(({ type }) => LABELED[kind].includes(type));
    const found = find(row.text).filter((one) => one.kind === kind);
    counts.labels += labels.length;
    counts.predicted += found.length;
    const show = (what: string, { start, end }: { start: number; end: number }): void => {
      if (options.show !== kind) return;
      const around = row.text.slice(Math.max(0, start - 40), end + 30).replaceAll('\n', '⏎');
      console.log(`${what} ${JSON.stringify(row.text.slice(start, end))} in …${around}…`);
    };
    for (const label of labels) {
      if (found.some(({ start, end }) => start === label.start && end === label.end)) counts.found++;
      if (found.some((one) => overlaps(one, label))) counts.touched++;
      else show('missed', label);
    }
    for (const one of found) {
      if (labels.some(({ start, end }) => start === one.start && end === one.end)) counts.right++;
      else show('wrong ', one);
      if (!labels.some((label) => overlaps(label, one))) counts.stray++;
    }
  }
  return counts;
}

const percent = (part: number, whole: number): string =>
  (whole === 0 ? '-' : ((100 * part) / whole).toFixed(1)).padStart(6);

function table(title: string, groups: ReadonlyMap<string, readonly Row[]>): void {
  for (const kind of ['person', 'address'] as const) {
    console.log(`\n${title}, ${kind}\n\n${'group'.padEnd(32)} labels  precision %  recall %  touched %  stray`);
    for (const [name, rows] of groups) {
      const { labels, found, touched, predicted, right, stray } = count(rows, kind);
      if (labels + predicted === 0) continue;
      console.log(
        `${name.padEnd(32)} ${String(labels).padStart(6)}  ${percent(right, predicted).padStart(11)}  ${percent(found, labels).padStart(8)}  ${percent(touched, labels).padStart(9)}  ${String(stray).padStart(5)}`,
      );
    }
  }
}

function grouped(rows: readonly Row[], key: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(key(row), [...(groups.get(key(row)) ?? []), row]);
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}

if (options.generated !== undefined) {
  const rows = linesOf(options.generated)
    .map((line) => JSON.parse(line) as { text: string; lang: string; part: string; spans: [number, number, string][] })
    .filter(({ part }) => part === 'valid')
    .map((row) => inUnits({ ...row, spans: row.spans.map(([start, end, type]) => ({ start, end, type })) }));
  table(
    'generated sentences left out',
    grouped(rows, ({ lang }) => lang),
  );
}
const folder = resolve(options.data, 'pii');
if (existsSync(folder)) {
  const files = readdirSync(folder).filter(
    (name) => name.endsWith('.jsonl') && name.includes(options.only ?? '') && !name.startsWith('secrets'),
  );
  const byFile = new Map(
    files.map((file) => [file, linesOf(join(folder, file)).map((line) => inUnits(JSON.parse(line) as Row))]),
  );
  table('labeled files', byFile);
}
const train = resolve(options.data, 'train');
if (options.benign && existsSync(train)) {
  console.log(`\nharmless texts of sources left out\n\n${'source'.padEnd(40)}  texts  with a person  with an address`);
  for (const file of readdirSync(train).filter(
    (name) => name.startsWith('benign_') && hashWord(name) % HELD_OUT === 0,
  )) {
    const rows = linesOf(join(train, file))
      .filter((_, i) => i % 10 === 0)
      .map((line) => (JSON.parse(line) as Row).text.slice(0, 2000));
    let [people, addresses] = [0, 0];
    for (const text of rows) {
      const found = find(text);
      if (found.some(({ kind }) => kind === 'person')) people++;
      if (found.some(({ kind }) => kind === 'address')) addresses++;
      if (options.show !== undefined)
        for (const one of found)
          if (one.kind === options.show)
            console.log(
              `  ${JSON.stringify(text.slice(one.start, one.end))} ${one.score.toFixed(2)} in …${text.slice(Math.max(0, one.start - 30), one.end + 20).replaceAll('\n', '⏎')}…`,
            );
    }
    console.log(
      `${file.padEnd(40)} ${String(rows.length).padStart(6)}  ${percent(people, rows.length).padStart(13)}  ${percent(addresses, rows.length).padStart(15)}`,
    );
  }
}
