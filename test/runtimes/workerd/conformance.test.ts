import { createFirewall } from 'edgeward';
import { expect, inject, test } from 'vitest';
import { differences, judge } from '../../conformance/run.ts';

const rows = inject('rows');
const expected = inject('expected');

test.each(['wasm', 'reference'] as const)('workerd judges like Node: %s', async (engine) => {
  const firewall = await createFirewall({ engine });
  expect(navigator.userAgent).toBe('Cloudflare-Workers');
  expect(firewall.engine.name).toBe(engine);
  expect(rows.length).toBeGreaterThanOrEqual(200);
  expect(differences(expected, judge(firewall, rows))).toEqual([]);
});
