/**
 * What personal data and secrets add to a scan: the same texts with the policy that looks for them and without.
 *
 * @module
 */
import { createFirewall, type Firewall } from 'edgeward';
import { measure, record, table } from './measure.ts';

const CALLS = 4000;

const PROSE =
  'The quarterly meeting moved to Thursday at ten, so please bring the printed reports for the whole team and tell Maria that the room on the second floor is booked until noon; we will need about twelve chairs. ';
const LETTER =
  'Hello, this is Jane. I ordered two lamps last week and one of them arrived broken. Please write to jane.doe@mail.example or call me at +44 20 7946 0958 any day after five, thank you very much for your help! ';
const LOG =
  '2026-03-12T14:04:00Z INFO request 8f3a served in 12 ms for 81.46.223.25\n2026-03-12T14:04:01Z WARN retry 3 of 5, status 503, bytes 10233\n2026-03-12T14:04:02Z INFO user 4411 logged in from 94.144.90.180 port 443\n ';
const DENSE =
  'jane.doe@mail.example, +1 (308) 738-1647, card 4111 1111 1111 1111, SSN 536-90-4399, IBAN DE89 3704 0044 0532 0130 00, IP 81.46.223.25, DOB: 1990-02-11, VIN 1HGBH41JXMN109186, CPF 111.444.777-35, DNI 12345678Z ';
const CODE =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code to be read, not run
  'export function add(items: readonly Item[], id = 0): Item[] {\n  const next = items.filter((item) => item.id !== id);\n  return next.length > 10 ? next.slice(0, 10) : [...next, { id, name: `item-${id}`, at: 1 }];\n}\n ';

/** Text -> what must be found in 200 units of it; the first answer is checked before anything is timed. */
const LOADS: readonly (readonly [name: string, text: string, findings: number])[] = [
  ['prose', PROSE, 0],
  ['code', CODE, 0],
  ['letter', LETTER, 2],
  ['log', LOG, 2],
  ['dense', DENSE, 9],
];

const plain = await createFirewall({ transformer: 'off' });
const sensitive = await createFirewall({ transformer: 'off', policy: { sensitive: 'report' } });

const found = (firewall: Firewall, text: string): number =>
  firewall.scan(text).findings.filter(({ category }) => category === 'pii' || category === 'secret').length;

const rows = [200, 2000].flatMap((units) =>
  LOADS.map(([name, text, least]) => {
    const texts = Array.from({ length: 50 }, (_, i) => {
      const start = units === 200 ? 0 : (i * 7) % 40;
      return text.repeat(Math.ceil((units + 40) / text.length)).slice(start, start + units);
    });
    const findings = found(sensitive, texts[0]!);
    if (findings < least || (least === 0 && findings > 0)) {
      throw new Error(`bench ${name}: expected ${least} findings in ${units} units; got ${findings}`);
    }
    const timings = measure([
      { name: 'without', calls: CALLS, run: (i) => plain.scan(texts[i % 50]!).findings.length },
      { name: 'with', calls: CALLS, run: (i) => sensitive.scan(texts[i % 50]!).findings.length },
    ]);
    return { load: name, units, findings, ...timings, adds: timings.with.median - timings.without.median };
  }),
);

const us = (value: number): string => value.toFixed(1);
console.log('scan; µs\n');
table([
  ['text', 'units', 'findings', 'without', 'with', 'adds', 'p99 with'],
  ...rows.map(({ load, units, findings, without, with: looked, adds }) => [
    load,
    String(units),
    String(findings),
    ...[us(without.median), us(looked.median), us(adds), us(looked.p99)],
  ]),
]);
record('sensitive', { calls: CALLS, microseconds: rows });
