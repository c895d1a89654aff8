/**
 * Random texts with personal data and secrets: what `redact` takes out, `restore` puts back, to the last unit.
 *
 *   npm run fuzz:redact -- [--count N] [--seed N]
 *
 * Every hundred texts share a vault, as a conversation does. Prints the seed.
 *
 * @module
 */
import { parseArgs } from 'node:util';
import { createFirewall } from 'edgeward';
import { createVault } from 'edgeward/vault';

const { values } = parseArgs({
  options: { count: { type: 'string', default: '100000' }, seed: { type: 'string', default: '20261122' } },
});

let state = Number(values.seed) >>> 0;
function next(below: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 4294967296) * below);
}

const digits = (count: number): string => Array.from({ length: count }, () => next(10)).join('');
const letters = (count: number): string =>
  Array.from({ length: count }, () => String.fromCharCode(97 + next(26))).join('');

/** What should be found, most of the time. */
const VALUES: readonly (() => string)[] = [
  () => `${letters(5)}.${letters(3)}${next(99)}@${letters(4)}.example`,
  () => `${letters(3)}@例え.jp`,
  () => `+1 (${2 + next(8)}${digits(2)}) ${2 + next(8)}${digits(2)}-${digits(4)}`,
  () => `+44 20 ${digits(4)} ${digits(4)}`,
  () => '4111 1111 1111 1111',
  () => `SSN ${1 + next(5)}${digits(2)}-${1 + next(8)}1-${digits(3)}1`,
  () => `${1 + next(200)}.${next(200)}.${next(200)}.${1 + next(200)}`,
  () => `http://${letters(3)}:${letters(4)}${digits(3)}@${1 + next(200)}.2.3.4/x?to=${letters(4)}@x.example`,
  () => `{"card": 4111111111111111, "to": "${letters(3)}@x.example"}`,
  () => btoa(`please write to ${letters(6)}@mail.example today`),
  () => `DB_PASSWORD="${letters(3)}${digits(4)}!Z"`,
];

/** What must not be disturbed, or reads like a placeholder. */
const AROUND: readonly (() => string)[] = [
  () => ' ',
  () => '\n',
  () => ` ${letters(1 + next(8))} `,
  () => '👩‍👩‍👧‍👦🏳️‍🌈',
  () => '漢字かな交じり文',
  () => 'Zu\u0308rich e\u0301',
  () => '\u200b',
  () => `[EMAIL_${1 + next(3)}]`,
  () => `[ card ${1 + next(3)} ]`,
  () => `__IPV4_${1 + next(3)}__`,
  () => `\\[EMAIL\\_${1 + next(3)}\\]`,
  () => '[',
  () => ']',
  () => '\\',
  () => '"',
  () => '_',
  () => '\ud83d',
  () => String.fromCharCode(next(65536)),
];

const firewall = await createFirewall({ transformer: 'off' });
const count = Number(values.count);
console.log(`seed ${values.seed}, ${count} texts, engine ${firewall.engine.name}`);
let vault = createVault();
let redactions = 0;
for (let i = 0; i < count; i++) {
  if (i % 100 === 0) vault = createVault();
  let text = '';
  const parts = 2 + next(8);
  for (let part = 0; part < parts; part++) {
    const from = next(3) === 0 ? VALUES : AROUND;
    text += from[next(from.length)]!();
  }
  const { text: redacted, findings } = await firewall.redact(text, { vault });
  redactions += findings.length;
  const restored = vault.restore(redacted);
  if (restored !== text) {
    throw new Error(
      `round trip ${i}: ${JSON.stringify(text)} became ${JSON.stringify(redacted)}, then ${JSON.stringify(restored)}`,
    );
  }
  if ((i + 1) % 100_000 === 0) console.log(`${i + 1} texts, ${redactions} values`);
}
console.log(`${count} texts came back whole; ${redactions} values were taken out of them`);
