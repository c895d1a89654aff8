/**
 * Personal data and secrets: precision, recall and F1 by type on labeled spans.
 *
 *   npm run eval:pii -- --help
 *
 * Reads `DIR/pii/*.jsonl` (rows with `text` and `spans` in code points). A finding counts
 * when its span is the labeled one, to the character (of an address that a set labels part by part: from the first
 * part to the end of a later one); `touched` counts labels that some finding
 * of the type at least overlaps. Labels whose value is not what it
 * says (a card that fails its check digit, an IBAN of the wrong length, a number in a
 * range that is never issued) are counted apart: finding them is neither right nor wrong.
 * `--benign` also says how many harmless texts of `DIR/train` hold something taken for a
 * secret, and `secret_formats.tsv` becomes ten sentences for each shape.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { readPack } from '../../src/engine/pack.ts';
import { createWasmEngine } from '../../src/engine/wasm.ts';
import * as check from '../../src/scan/pii/checksums.ts';
import { PHONE_LENGTHS } from '../../src/scan/pii/phone-plan.ts';
import { createSearch, type Search, type Sighting } from '../../src/scan/pii/search.ts';
import { secretSentences } from './secret-sentences.ts';

const ROOT = join(import.meta.dirname, '../..');
const DATA = join(ROOT, '../shared/data');
const THRESHOLD = 0.5;
const FIELD = /(?:Phone|MAC|Email|SSN|IP|DOB): $/;

interface Span {
  readonly start: number;
  readonly end: number;
  readonly type: string;
}

interface Row {
  readonly text: string;
  readonly spans: readonly Span[];
}

/** A type as the table shows it: labels of the data sets, types of ours, and when a label's value is valid. */
interface Family {
  readonly labels: readonly string[];
  readonly types: readonly string[];
  readonly valid?: (value: string) => boolean;
  /** Labels that say something wider: finding one of these is neither right nor wrong. */
  readonly wider?: readonly string[];
  /** Labels of places, for what some sets label part by part: `[3482] [Via Franscini 71] [Suite 838], [Ravecchia]`. */
  readonly places?: readonly string[];
}

const digitsOf = (value: string): string => value.replace(/\D/g, '');
const compact = (value: string): string => value.replace(/[\s.-]/g, '').toUpperCase();

function isPhone(value: string): boolean {
  const digits = digitsOf(value);
  if (!value.trim().startsWith('+')) return digits.length >= 7 && digits.length <= 13;
  for (let length = 3; length >= 1; length--) {
    const lengths = PHONE_LENGTHS.get(digits.slice(0, length));
    if (lengths === undefined) continue;
    const rest = digits.slice(length);
    return lengths.has(rest.length) || (rest.startsWith('0') && lengths.has(rest.length - 1));
  }
  return false;
}

const PLACES = ['GPE', 'LOCATION', 'ZIP_CODE'];

/** No address is a street without a number, a crossing (`the corner of A and B`), what a generator wrote for nothing. */
function isPostalAddress(value: string): boolean {
  const named = value.replace(/\b(?:Suite|Apt|Unit)\b/gi, '');
  return /\d/.test(value) && /\p{L}{3}/u.test(named) && !/ (?:and|nan)\b/.test(value);
}

const FAMILIES: Readonly<Record<string, Family>> = {
  email: {
    labels: ['EMAIL_ADDRESS'],
    types: ['email'],
    wider: ['URL'],
    valid: (v) => /^\S+(?:@|%40)\S+\.\S+$/.test(v),
  },
  phone: { labels: ['PHONE_NUMBER'], types: ['phone'], valid: isPhone },
  card: { labels: ['CREDIT_CARD', 'CREDIT_CARD_NUMBER'], types: ['card'], valid: (v) => check.card(digitsOf(v)) },
  iban: { labels: ['IBAN', 'IBAN_CODE'], types: ['iban'], valid: (v) => check.iban(compact(v)) },
  'us-ssn, us-itin': {
    labels: ['SOCIAL_SECURITY_NUMBER', 'US_SSN'],
    types: ['us-ssn', 'us-itin'],
    valid: (v) => /^\d{3}-?\d{2}-?\d{4}$/.test(v) && (check.ssn(digitsOf(v)) || check.itin(digitsOf(v))),
  },
  'ipv4, ipv6': { labels: ['IP_ADDRESS'], types: ['ipv4', 'ipv6'] },
  mac: { labels: ['MAC_ADDRESS'], types: ['mac'] },
  crypto: { labels: ['CRYPTOCURRENCY_ADDRESS'], types: ['bitcoin-address', 'ethereum-address', 'solana-address'] },
  bic: { labels: ['SWIFT_CODE', 'SWIFT_BIC_CODE'], types: ['bic'] },
  'us-ein': { labels: ['TAX_ID'], types: ['us-ein'], valid: (v) => check.ein(digitsOf(v)) },
  'us-npi': { labels: ['NPI_NUMBER'], types: ['us-npi'], valid: (v) => check.npi(v) },
  'us-dea-number': { labels: ['DEA_NUMBER'], types: ['us-dea-number'], valid: (v) => check.dea(v) },
  'us-routing-number': {
    labels: ['BANK_ROUTING_NUMBER'],
    types: ['us-routing-number'],
    valid: (v) => check.routingNumber(v),
  },
  vin: { labels: ['VEHICLE_IDENTIFICATION_NUMBER'], types: ['vin'], valid: (v) => check.vin(v) },
  coordinates: { labels: ['LATITUDE_LONGITUDE'], types: ['coordinates'] },
  'date-of-birth': { labels: ['DATE_OF_BIRTH'], types: ['date-of-birth'], wider: ['DATE_TIME'] },
  'medical-record': { labels: ['MEDICAL_RECORD_NUMBER'], types: ['medical-record'] },
  'bank-account': { labels: ['BANK_ACCOUNT_NUMBER'], types: ['bank-account'] },
  passport: { labels: ['PASSPORT_NUMBER'], types: ['passport'] },
  'driving-license': { labels: ['DRIVER_LICENSE_NUMBER', 'US_DRIVER_LICENSE'], types: ['driving-license'] },
  'postal-address': {
    labels: ['STREET_ADDRESS'],
    types: ['postal-address'],
    wider: ['ADDRESS'],
    places: PLACES,
    valid: isPostalAddress,
  },
  // Two sets give whole addresses another name; their streets without numbers, and towns that only a blank divides
  // from the street, are hard.
  'postal-address, whole': {
    labels: ['ADDRESS'],
    types: ['postal-address'],
    wider: ['STREET_ADDRESS'],
    places: PLACES,
    valid: isPostalAddress,
  },
  password: { labels: ['PASSWORD'], types: ['password'] },
};

interface Tally {
  valid: number;
  found: number;
  /** Labels that a finding of the type overlaps. */
  touched: number;
  predicted: number;
  right: number;
  invalid: number;
  /** Findings that overlap no label of theirs: what is wrong and no matter of where a value ends. */
  stray: number;
  /** Found behind the name of its field where no label says so. */
  unlabeled: number;
}

/** Code point offsets as UTF-16 ones. */
function inUnits({ text, spans }: Row): Span[] {
  const at: number[] = [];
  let unit = 0;
  for (const point of text) {
    at.push(unit);
    unit += point.length;
  }
  at.push(unit);
  return spans.map(({ start, end, type }) => ({ start: at[start]!, end: at[end]!, type }));
}

function readRows(file: string): Row[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Row);
}

const overlaps = (a: { start: number; end: number }, b: { start: number; end: number }): boolean =>
  a.start < b.end && b.start < a.end;

/** A labeled value. */
interface Truth {
  readonly start: number;
  readonly end: number;
  /** Where a find that begins at `start` may end. */
  readonly ends: readonly number[];
}

const isExact = (one: Sighting, { start, ends }: Truth): boolean => one.start === start && ends.includes(one.end);

/** Labels of a family; those that divide a value into parts, with nothing but blanks and commas between, are one. */
function truthsOf(text: string, spans: readonly Span[], { labels, places, valid = () => true }: Family): Truth[] {
  const plain = spans.filter(({ type }) => labels.includes(type));
  if (places === undefined) return plain.map(({ start, end }) => ({ start, end, ends: [end] }));
  const runs: Span[][] = [];
  for (const span of spans.filter((one) => places.includes(one.type) || plain.includes(one))) {
    const last = runs.at(-1)?.at(-1);
    if (last !== undefined && /^[\s,>?]{0,10}$/.test(text.slice(last.end, span.start))) runs.at(-1)!.push(span);
    else runs.push([span]);
  }
  return runs.flatMap((run): Truth[] => {
    const first = run.findIndex((one) => plain.includes(one));
    if (first < 0) return [];
    const start = run[first]!.start;
    const ends = run.slice(first).map(({ end }) => end);
    const street = ends.findIndex((end) => valid(text.slice(start, end)));
    return [{ start, end: ends.at(-1)!, ends: ends.slice(Math.max(0, street)) }];
  });
}

function tally(rows: readonly Row[], search: Search, show: string | undefined): Map<string, Tally> {
  const tallies = new Map<string, Tally>();
  for (const name of Object.keys(FAMILIES)) {
    tallies.set(name, { valid: 0, found: 0, touched: 0, predicted: 0, right: 0, invalid: 0, stray: 0, unlabeled: 0 });
  }
  for (const row of rows) {
    const truths = inUnits(row);
    const found = search(row.text).filter(({ score }) => score >= THRESHOLD);
    for (const [name, family] of Object.entries(FAMILIES)) {
      const { types, wider = [], valid = () => true } = family;
      const counts = tallies.get(name)!;
      const mine = found.filter(({ type }) => types.includes(type));
      const wanted = truthsOf(row.text, truths, family);
      const real = wanted.filter(({ start, end }) => valid(row.text.slice(start, end)));
      counts.valid += real.length;
      counts.invalid += wanted.length - real.length;
      for (const truth of real) {
        const hit = mine.some((one) => isExact(one, truth));
        if (hit) counts.found++;
        if (mine.some((one) => overlaps(one, truth))) counts.touched++;
        else if (name === show) report('missed', row.text, truth, found);
      }
      for (const one of mine) {
        const unreal =
          truths.some((truth) => overlaps(truth, one) && wider.includes(truth.type)) ||
          wanted.some((truth) => overlaps(truth, one) && !real.includes(truth));
        if (unreal) continue;
        // Some generators name a field and leave its label out: `Phone: +1 …` in a row whose other numbers have one.
        if (
          FIELD.test(row.text.slice(Math.max(0, one.start - 12), one.start)) &&
          !truths.some((t) => overlaps(t, one))
        ) {
          counts.unlabeled++;
          continue;
        }
        counts.predicted++;
        if (real.some((truth) => isExact(one, truth))) counts.right++;
        else if (name === show) report('wrong ', row.text, one, truths);
        if (!wanted.some((truth) => overlaps(truth, one))) counts.stray++;
      }
    }
  }
  return tallies;
}

function report(
  what: string,
  text: string,
  span: { start: number; end: number },
  others: readonly (Span | Sighting)[],
): void {
  const around = text.slice(Math.max(0, span.start - 50), span.end + 20).replaceAll('\n', '⏎');
  const also = others
    .filter((other) => overlaps(other, span))
    .map(({ type, start, end }) => `${type} ${text.slice(start, end)}`);
  console.log(`${what} ${JSON.stringify(text.slice(span.start, span.end))} in …${around}… ${also.join('; ')}`);
}

interface Options {
  readonly data: string;
  readonly engine: string;
  readonly only?: string;
  readonly files: boolean;
  readonly benign: boolean;
  readonly show?: string;
  readonly showSecrets: boolean;
  readonly json: boolean;
}

const percent = (part: number, whole: number): string => (whole === 0 ? '-' : ((100 * part) / whole).toFixed(1));

function print(title: string, tallies: ReadonlyMap<string, Tally>): void {
  console.log(`\n${title}\n`);
  console.log('type                  labeled  invalid  unlabeled  precision %  recall %     F1 %  touched %    stray');
  for (const [name, { valid, found, touched, predicted, right, invalid, stray, unlabeled }] of tallies) {
    if (valid + predicted === 0) continue;
    const f1 = percent(found + right, valid + predicted);
    const cells = [
      String(valid).padStart(8),
      String(invalid).padStart(8),
      String(unlabeled).padStart(10),
      percent(right, predicted).padStart(12),
    ];
    cells.push(
      percent(found, valid).padStart(9),
      f1.padStart(8),
      percent(touched, valid).padStart(10),
      String(stray).padStart(8),
    );
    console.log(`${name.padEnd(20)} ${cells.join(' ')}`);
  }
}

async function main(): Promise<void> {
  const program = new Command('npm run eval:pii --')
    .description('Precision, recall and F1 of personal data and secrets, by type, on labeled spans.')
    .option('--data <folder>', 'folder with pii/*.jsonl, pii/secret_formats.tsv and train/*.jsonl', DATA)
    .option('--engine <file>', 'the engine', join(ROOT, 'dist/engine.wasm'))
    .option('--only <part>', 'only files whose name holds this')
    .option('--files', 'a table for each file too', false)
    .option('--benign', 'also count harmless training texts in which something is found', false)
    .option('--show <type>', 'print what was missed and what was wrong of a row of the table, such as "bic"')
    .option('--show-secrets', 'print what was taken for a secret and which shapes got another id', false)
    .option('--json', 'one JSON object instead of tables', false)
    .allowExcessArguments(false)
    .showHelpAfterError()
    .parse();
  const values = program.opts<Options>();
  if (values.show !== undefined && FAMILIES[values.show] === undefined) {
    const names = Object.keys(FAMILIES).join('", "');
    program.error(`error: --show must be one of "${names}"; got "${values.show}".`);
  }
  const folder = resolve(values.data, 'pii');
  if (!existsSync(folder)) {
    program.error(`error: expected a folder of JSONL files at ${folder}; there is none. Name its parent with --data.`);
  }
  const pack = readPack(readFileSync(join(ROOT, 'dist/tier1.bin')));
  const engine = createWasmEngine(await WebAssembly.compile(readFileSync(values.engine)), pack);
  const search = createSearch(engine, { pii: true, secrets: true });
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl') && (values.only === undefined || name.includes(values.only)))
    .sort();
  const all: Row[] = [];
  const byFile: Record<string, ReadonlyMap<string, Tally>> = {};
  for (const file of files.filter((name) => name !== 'secrets_negatives.jsonl')) {
    const rows = readRows(join(folder, file));
    byFile[file] = tally(rows, search, values.show);
    all.push(...rows);
  }
  const total = tally(all, search, undefined);
  const flaggedRows = readRows(join(folder, 'secrets_negatives.jsonl')).map(({ text }) => ({
    text,
    found: search(text).filter(({ kind, score }) => kind === 'secret' && score >= THRESHOLD),
  }));
  const negatives = { rows: flaggedRows.length, flagged: flaggedRows.filter(({ found }) => found.length > 0).length };
  if (values.showSecrets) {
    for (const { text, found } of flaggedRows) {
      for (const { type, start, end } of found)
        console.log(`negative ${type} ${text.slice(start, end)} in ${text.slice(0, 160)}`);
    }
  }
  const formats = readFileSync(join(folder, 'secret_formats.tsv'), 'utf8');
  const shapes = secretSentences(formats).map(({ id, sentence, start, end }) => {
    const found = search(sentence).filter(({ score }) => score >= THRESHOLD);
    const hit = found.find((one) => one.kind === 'secret' && overlaps(one, { start, end }));
    if (values.showSecrets && hit?.type !== id)
      console.log(`shape ${id} became ${hit?.type} in ${sentence.slice(0, 200)}`);
    return { id, found: hit !== undefined, right: hit?.type === id };
  });
  const secrets = {
    shapes: new Set(shapes.map(({ id }) => id)).size,
    sentences: shapes.length,
    found: shapes.filter(({ found }) => found).length,
    right: shapes.filter(({ right }) => right).length,
  };
  const benign = values.benign ? harmless(resolve(values.data, 'train'), search, values.showSecrets) : undefined;
  if (values.json) {
    const plain = (tallies: ReadonlyMap<string, Tally>) => Object.fromEntries(tallies);
    console.log(
      JSON.stringify({
        total: plain(total),
        byFile: Object.fromEntries(Object.entries(byFile).map(([f, t]) => [f, plain(t)])),
        negatives,
        secrets,
        benign,
      }),
    );
    return;
  }
  if (values.files) for (const [file, tallies] of Object.entries(byFile)) print(file, tallies);
  print('all files', total);
  console.log(
    `\nsecrets_negatives: ${negatives.flagged} of ${negatives.rows} flagged (${percent(negatives.flagged, negatives.rows)} %)`,
  );
  console.log(
    `secret shapes: ${secrets.shapes}; of ${secrets.sentences} sentences ${percent(secrets.found, secrets.sentences)} % found, ${percent(secrets.right, secrets.sentences)} % with the right id`,
  );
  if (benign !== undefined) {
    console.log(
      `harmless training texts: ${benign.rows}; with a secret ${benign.secrets} (${percent(benign.secrets, benign.rows)} %), with personal data ${benign.pii}`,
    );
    const types = Object.entries(benign.types).sort(([, a], [, b]) => b - a);
    console.log(`personal data there: ${types.map(([type, count]) => `${type} ${count}`).join(', ')}`);
  }
}

interface Harmless {
  rows: number;
  secrets: number;
  pii: number;
  /** Findings of personal data by type. Harmless texts may well hold some. */
  readonly types: Record<string, number>;
}

/** Every fiftieth harmless training text. */
function harmless(folder: string, search: Search, show: boolean): Harmless {
  const counts: Harmless = { rows: 0, secrets: 0, pii: 0, types: {} };
  let line = 0;
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()) {
    for (const row of readFileSync(join(folder, file), 'utf8').split('\n')) {
      if (row === '' || line++ % 50 !== 0) continue;
      const { text, label } = JSON.parse(row) as { text: string; label: unknown };
      if (label !== 0) continue;
      const found = search(text).filter(({ score }) => score >= THRESHOLD);
      const secrets = found.filter(({ kind }) => kind === 'secret');
      counts.rows++;
      counts.secrets += Number(secrets.length > 0);
      counts.pii += Number(found.some(({ kind }) => kind === 'pii'));
      for (const { kind, type } of found) if (kind === 'pii') counts.types[type] = (counts.types[type] ?? 0) + 1;
      if (show) {
        for (const { type, start, end } of secrets) {
          console.log(
            `harmless ${type} ${text.slice(start, end).slice(0, 80)} in …${text
              .slice(Math.max(0, start - 60), end + 10)
              .slice(0, 160)
              .replaceAll('\n', '⏎')}`,
          );
        }
      }
    }
  }
  return counts;
}

await main();
