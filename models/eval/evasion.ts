/**
 * How much of the recall is left when every attack is disguised.
 *
 *   npm run eval:evasion -- [--data DIR] [--train-sample N] [--policy NAME] [--only NAME,…] [--json]
 *
 * Takes the attack rows of `DIR/bench/*.jsonl` under the given policy (flagged: `verify`
 * or `block`). `kept` is the share of the attacks flagged plain that are flagged
 * disguised too; `read` is the share of them of which some view shows the plain text's
 * letters again, whatever the models think of it: a low `read` is the decoders' fault,
 * a high one with a low `kept` the models'. Texts of which the disguise takes more than
 * one block count for `kept` alone.
 *
 * To develop, `--train-sample N` takes N attack rows from `DIR/train` instead: the bench
 * sets are for the final measurement.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { SingleBar } from 'cli-progress';
import { type Channel, createFirewall, type Firewall, type PresetName } from 'edgeward';
import { OBFUSCATIONS, type Obfuscation } from 'edgeward/testing';
import { MAX_UNITS } from '../../src/engine/abi.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Rows whose views are looked at; explaining is slow. */
const READ_ROWS = 60;
/** What the issue of evasion asks for. */
const TARGET = 0.9;

interface Attack {
  readonly text: string;
  readonly channel: Channel;
}

export interface EvasionRow {
  readonly disguise: string;
  /** Attacks flagged plain. */
  readonly plain: number;
  /** Of those, flagged disguised. */
  readonly flagged: number;
  readonly kept: number;
  /** `null` where no disguised text fits one block. */
  readonly read: number | null;
}

function readAttacks(folder: string): Attack[] {
  if (!existsSync(folder)) {
    throw new Error(
      `evasion: expected a folder of JSONL files at ${folder}; there is none. Name the data folder with --data.`,
    );
  }
  const attacks: Attack[] = [];
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()) {
    for (const line of readFileSync(join(folder, file), 'utf8').split('\n')) {
      if (line === '') continue;
      const { text, label, channel } = JSON.parse(line) as { text: string; label: unknown; channel?: Channel | null };
      if (label === 1) attacks.push({ text, channel: channel ?? 'user' });
    }
  }
  return attacks;
}

/** Every `n`th, so that every file has its share. */
function spacedSample<T>(rows: readonly T[], count: number): T[] {
  const step = Math.max(1, rows.length / count);
  return Array.from({ length: Math.min(count, rows.length) }, (_, i) => rows[Math.floor(i * step)]!);
}

function flags(firewall: Firewall, text: string, channel: Channel): boolean {
  const { action } = firewall.decide(firewall.scan(text, { channel }));
  return action === 'verify' || action === 'block';
}

/** What every disguise should leave readable: digits fall to leetspeak, punctuation to Morse, marks to normalization. */
function letters(text: string): string {
  return text.replace(/[^\p{L}]/gu, '');
}

async function views(firewall: Firewall, text: string): Promise<string[]> {
  return (await firewall.explain(text)).views.map((view) => letters(view.text));
}

async function readShare(firewall: Firewall, { apply }: Obfuscation, plain: readonly Attack[]): Promise<number | null> {
  let tried = 0;
  let read = 0;
  for (const { text } of plain) {
    const disguised = apply(text);
    if (disguised.length > MAX_UNITS) continue;
    const wanted = (await views(firewall, text))[0];
    if (wanted === undefined || wanted === '') continue;
    tried++;
    if ((await views(firewall, disguised)).some((seen) => seen.includes(wanted))) read++;
    if (tried === READ_ROWS) break;
  }
  return tried === 0 ? null : read / tried;
}

async function measure(
  firewall: Firewall,
  attacks: readonly Attack[],
  disguises: readonly Obfuscation[],
): Promise<EvasionRow[]> {
  const plain = attacks.filter(({ text, channel }) => flags(firewall, text, channel));
  const bar = new SingleBar({
    format: '{bar} {value}/{total} disguises  {name}',
    stream: process.stderr,
    clearOnComplete: true,
  });
  bar.start(disguises.length, 0, { name: '' });
  const rows: EvasionRow[] = [];
  for (const disguise of disguises) {
    bar.update(rows.length, { name: disguise.name });
    const flagged = plain.filter(({ text, channel }) => flags(firewall, disguise.apply(text), channel)).length;
    rows.push({
      disguise: disguise.name,
      plain: plain.length,
      flagged,
      kept: flagged / plain.length,
      read: await readShare(firewall, disguise, plain.length > 0 ? plain : attacks),
    });
  }
  bar.stop();
  return rows;
}

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: join(ROOT, '../shared/data') },
    'train-sample': { type: 'string' },
    policy: { type: 'string', default: 'balanced' },
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const sample = values['train-sample'] === undefined ? undefined : Number(values['train-sample']);
if (sample !== undefined && !(Number.isInteger(sample) && sample > 0)) {
  throw new Error(`evasion: --train-sample must be a whole number above 0; got "${values['train-sample']}"`);
}
const names = values.only?.split(',');
const disguises = OBFUSCATIONS.filter(({ name }) => names === undefined || names.includes(name));
if (disguises.length === 0) throw new Error(`evasion: --only must name disguises such as base64; got "${values.only}"`);

const data = resolve(values.data);
const attacks =
  sample === undefined ? readAttacks(join(data, 'bench')) : spacedSample(readAttacks(join(data, 'train')), sample);
const firewall = await createFirewall({ policy: values.policy as PresetName });
const rows = await measure(firewall, attacks, disguises);
const plain = rows[0]!.plain;
const failing = rows.filter(({ kept }) => !(kept >= TARGET));

if (values.json) {
  console.log(
    JSON.stringify({
      policy: firewall.policy.name,
      from: sample === undefined ? 'bench' : 'train',
      attacks: attacks.length,
      plain,
      rows,
    }),
  );
} else {
  const percent = (share: number | null): string =>
    (share === null || Number.isNaN(share) ? '-' : (share * 100).toFixed(1)).padStart(7);
  console.log(
    `${attacks.length} attacks from ${sample === undefined ? 'bench' : 'train'}, ${plain} flagged plain (${percent(plain / attacks.length).trim()} %), policy ${firewall.policy.name}\n`,
  );
  console.log(`${'disguise'.padEnd(22)} flagged  kept %  read %`);
  for (const { disguise, flagged, kept, read } of rows) {
    console.log(
      `${disguise.padEnd(22)} ${String(flagged).padStart(7)} ${percent(kept)} ${percent(read)}${kept >= TARGET ? '' : '  <'}`,
    );
  }
  console.log(`\n${rows.length - failing.length} of ${rows.length} keep at least ${TARGET * 100} %`);
}
