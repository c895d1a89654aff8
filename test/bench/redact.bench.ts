/**
 * Personal data taken out of a text: edgeward beside what JavaScript has else, on the same generated texts.
 *
 * The rivals are installed into `.cache/rivals` by the first run: too large to be a dependency of everybody's tests.
 * `@arcjet/analyze` only detects; what it denies is cut out here. A value counts as found when it no longer stands in the text, a look-alike as flagged when its text has changed.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createFirewall } from 'edgeward';
import { record, table } from './measure.ts';

const HOME = join(import.meta.dirname, '../../.cache/rivals');
const RIVALS = ['@arcjet/redact@1.12.0', '@arcjet/analyze@1.12.0', '@openai/guardrails@0.2.1'];
const PER_TYPE = 40;
const ROUNDS = 15;

let state = 20261122;
function below(limit: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 4294967296) * limit);
}
const pick = <T>(from: readonly T[]): T => from[below(from.length)]!;
const digits = (count: number): string => Array.from({ length: count }, () => below(10)).join('');

/** The digit that makes `body` pass Luhn's check. */
function luhn(body: string): number {
  const sum = [...body].reverse().reduce((total, digit, i) => {
    const twice = Number(digit) * (i % 2 === 0 ? 2 : 1);
    return total + (twice > 9 ? twice - 9 : twice);
  }, 0);
  return (10 - (sum % 10)) % 10;
}

function ibanCheck(country: string, account: string): string {
  const letters = [...`${account}${country}00`].map((c) => Number.parseInt(c, 36)).join('');
  return String(98n - (BigInt(letters) % 97n)).padStart(2, '0');
}

const grouped = (text: string): string => text.replace(/(.{4})(?=.)/g, '$1 ');
const NAMES = ['jane.doe', 'm_keller', 'info', 'priya.n', 'tom-baker'];

/** Values as people write them. */
const VALUES: Readonly<Record<string, () => string>> = {
  email: () => `${pick(NAMES)}${below(99)}@${pick(['mail.example.org', 'corp.example.net', 'shop.example.com'])}`,
  phone: () => `+1 (${pick(['212', '415', '308'])}) ${pick(['555', '738', '624'])}-${digits(4)}`,
  card: () => {
    const body = `4${digits(14)}`;
    return grouped(`${body}${luhn(body)}`);
  },
  ip: () => `${11 + below(180)}.${below(256)}.${below(256)}.${1 + below(254)}`,
  iban: () => {
    const account = `3704004405${digits(8)}`;
    return grouped(`DE${ibanCheck('DE', account)}${account}`);
  },
  ssn: () => `${pick(['219', '457', '536'])}-${10 + below(89)}-${1000 + below(8999)}`,
};
const CARRIERS: readonly ((value: string, type: string) => string)[] = [
  (value, type) => `Please update my ${type} to ${value}, thank you.`,
  (value, type) => `{"${type}": "${value}", "note": "as agreed"}`,
  (value, type) => `Hello, my ${type} is ${value} and I have been waiting since Monday. Could someone look into it?`,
  (value, type) => `Name: Jane\n${type}: ${value}\nTicket: open`,
];
/** Numbers that are no personal data. */
const LOOK_ALIKES: readonly (() => string)[] = [
  () => {
    const body = `4${digits(14)}`;
    return `Order ${body}${(luhn(body) + 1 + below(8)) % 10} has shipped.`;
  },
  () => `Upgrade to version ${1 + below(9)}.${below(20)}.${below(20)}.${300 + below(600)} of the driver.`,
  () => `The job ran at 2026-0${1 + below(9)}-1${below(9)} 04:${10 + below(49)}:00 and took ${digits(6)} ms.`,
  () => `Tracking number 1Z${digits(10)}, parcel ${digits(9)}, shelf ${digits(3)}-${digits(2)}.`,
  () => `Part no. 000-${10 + below(89)}-${1000 + below(8999)}, batch ${digits(7)}.`,
  () => `Send it to the @everyone channel, ratio ${below(9)}.${digits(3)}, hash ${digits(12)}.`,
];

const texts = Object.entries(VALUES).flatMap(([type, make]) =>
  Array.from({ length: PER_TYPE }, (_, i) => {
    const value = make();
    return { type, value, text: CARRIERS[i % CARRIERS.length]!(value, type) };
  }),
);
const harmless = Array.from({ length: PER_TYPE * 3 }, (_, i) => LOOK_ALIKES[i % LOOK_ALIKES.length]!());

function install(): void {
  if (RIVALS.every((rival) => existsSync(join(HOME, 'node_modules', rival.slice(0, rival.lastIndexOf('@')))))) return;
  mkdirSync(HOME, { recursive: true });
  writeFileSync(join(HOME, 'package.json'), '{"private": true}\n');
  console.log(`installing ${RIVALS.join(', ')} into .cache/rivals`);
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...RIVALS], {
    cwd: HOME,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

interface Redactor {
  readonly name: string;
  redact(text: string): Promise<string>;
}

interface Analyze {
  detectSensitiveInfo(
    context: object,
    text: string,
    entities: { readonly tag: 'allow' | 'deny'; readonly val: readonly object[] },
    window: number,
  ): Promise<{ readonly denied: readonly { readonly start: number; readonly end: number }[] }>;
}

async function redactors(): Promise<Redactor[]> {
  const firewall = await createFirewall({ transformer: 'off' });
  const require = createRequire(join(HOME, 'package.json'));
  const load = (file: string): Promise<unknown> => import(pathToFileURL(join(HOME, 'node_modules', file)).href);
  const arcjet = (await load('@arcjet/redact/dist/index.js')) as {
    redact(text: string): Promise<readonly [string, unknown]>;
  };
  const analyze = (await load('@arcjet/analyze/dist/index.js')) as Analyze;
  // It allows nothing, so denies every type it knows.
  const quiet = { log: { debug() {}, info() {}, warn() {}, error() {} }, characteristics: [] };
  const { pii, PIIConfig } = require(join(HOME, 'node_modules/@openai/guardrails/dist/checks/pii.js')) as {
    pii(context: object, text: string, config: object): Promise<{ readonly info?: { readonly checked_text?: string } }>;
    readonly PIIConfig: { parse(from: object): object };
  };
  const config = PIIConfig.parse({}); // its defaults
  return [
    { name: 'edgeward', redact: async (text) => (await firewall.redact(text)).text },
    { name: '@arcjet/redact', redact: async (text) => (await arcjet.redact(text))[0] },
    {
      name: '@arcjet/analyze',
      redact: async (text) => {
        const { denied } = await analyze.detectSensitiveInfo(quiet, text, { tag: 'allow', val: [] }, 1);
        return denied.reduceRight((left, { start, end }) => left.slice(0, start) + left.slice(end), text);
      },
    },
    { name: '@openai/guardrails', redact: async (text) => (await pii({}, text, config)).info?.checked_text ?? text },
  ];
}

install();
const all = await redactors();
const types = Object.keys(VALUES);
const times = new Map(all.map(({ name }) => [name, [] as number[]]));
const results = new Map(all.map(({ name }) => [name, { found: {} as Record<string, number>, flagged: 0 }]));
for (let round = 0; round < ROUNDS; round++) {
  for (const { name, redact } of all) {
    const result = results.get(name)!;
    for (const { type, value, text } of texts) {
      const began = performance.now();
      const clean = await redact(text);
      if (round > 0) times.get(name)!.push((performance.now() - began) * 1000);
      else if (!clean.includes(value)) result.found[type] = (result.found[type] ?? 0) + 1;
    }
    if (round === 0) for (const text of harmless) result.flagged += Number((await redact(text)) !== text);
  }
}
const rows = all.map(({ name }) => {
  const sorted = times.get(name)!.sort((a, b) => a - b);
  const { found, flagged } = results.get(name)!;
  return { name, median: sorted[sorted.length >> 1]!, found, flagged };
});
const percent = (part: number, whole: number): string => ((100 * part) / whole).toFixed(0);
console.log(`${texts.length} texts with one value each, ${harmless.length} look-alikes; found and flagged in %\n`);
table([
  ['', ...types, 'look-alikes flagged', 'µs a text'],
  ...rows.map(({ name, median, found, flagged }) => [
    name,
    ...types.map((type) => percent(found[type] ?? 0, PER_TYPE)),
    percent(flagged, harmless.length),
    median.toFixed(1),
  ]),
]);
record('redact', rows);
