/**
 * Writes `src/scan/pii/phone-plan.ts`: which calling codes there are and how long their numbers may be, facts of
 * Google's libphonenumber as `libphonenumber-js` carries them. Run by hand when the package is updated:
 *
 *   npx tsx models/pii/build-phone-plan.ts
 *
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

interface Metadata {
  readonly country_calling_codes: Readonly<Record<string, readonly string[]>>;
  /** By country; index 3 holds the possible lengths of a national number. */
  readonly countries: Readonly<Record<string, readonly unknown[]>>;
  readonly nonGeographic?: Readonly<Record<string, readonly unknown[]>>;
}

const OUT = join(import.meta.dirname, '../../src/scan/pii/phone-plan.ts');
const path = createRequire(import.meta.url).resolve('libphonenumber-js/metadata.min.json');
const metadata = JSON.parse(readFileSync(path, 'utf8')) as Metadata;

function lengthsOf(row: readonly unknown[] | undefined): readonly number[] {
  const lengths = row?.[3];
  return Array.isArray(lengths) ? lengths.filter((length): length is number => typeof length === 'number') : [];
}

const plan = new Map<string, Set<number>>();
for (const [code, countries] of Object.entries(metadata.country_calling_codes)) {
  plan.set(code, new Set(countries.flatMap((country) => lengthsOf(metadata.countries[country]))));
}
for (const [code, row] of Object.entries(metadata.nonGeographic ?? {})) plan.set(code, new Set(lengthsOf(row)));

const rows = [...plan]
  .filter(([, lengths]) => lengths.size > 0)
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([code, lengths]) => `${code}:${[...lengths].sort((a, b) => a - b).join(',')}`);
const lines: string[] = [];
for (const row of rows) {
  const last = lines.at(-1);
  if (last !== undefined && last.length + row.length < 100) lines[lines.length - 1] = `${last} ${row}`;
  else lines.push(row);
}
writeFileSync(
  OUT,
  `/**
 * Calling codes and the lengths of their national numbers. Written by \`models/pii/build-phone-plan.ts\`; facts of
 * Google's libphonenumber (Apache-2.0).
 *
 * @module
 */
const ROWS = \`
${lines.join('\n')}
\`;

/** By calling code, how many digits may follow it. */
export const PHONE_LENGTHS: ReadonlyMap<string, ReadonlySet<number>> = new Map(
  ROWS.trim()
    .split(/\\s/)
    .map((row) => {
      const [code, lengths] = row.split(':') as [string, string];
      return [code, new Set(lengths.split(',').map(Number))];
    }),
);
`,
);
console.log(`${rows.length} calling codes`);
