import { createFirewall } from 'edgeward';
import { names } from 'edgeward/names';
import { expect, inject, test } from 'vitest';
import { differences, judge, POLICY } from '../../conformance/run.ts';

const rows = inject('rows');
const expected = inject('expected');

test.each([
  ['wasm', 'wasm-simd'],
  ['reference', 'reference'],
] as const)('workerd judges like Node: %s', async (engine, name) => {
  const firewall = await createFirewall({ engine, policy: POLICY, names });
  expect(navigator.userAgent).toBe('Cloudflare-Workers');
  expect(firewall.engine.name).toBe(name);
  expect(rows.length).toBeGreaterThanOrEqual(200);
  expect(differences(expected, judge(firewall, rows))).toEqual([]);
});

test('names are looked for only with weights at hand', async () => {
  await expect(createFirewall({ policy: POLICY })).rejects.toThrow(/edgeward\/names/);
});
