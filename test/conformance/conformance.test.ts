import { createFirewall } from 'edgeward';
import { expect, test } from 'vitest';
import { differences, judge, POLICY } from './run.ts';
import { conformanceTable } from './table.ts';

const rows = conformanceTable();

test('the table is large, and covers every group by unique names', () => {
  expect(rows.length).toBeGreaterThanOrEqual(200);
  expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
  expect(rows.filter(({ name }) => name.startsWith('rule ')).length).toBeGreaterThanOrEqual(500);
});

test('the reference engine judges like the wasm engine', async () => {
  const wasm = await createFirewall({ engine: 'wasm', policy: POLICY });
  const reference = await createFirewall({ engine: 'reference', policy: POLICY });
  expect([wasm.engine.name, reference.engine.name]).toEqual(['wasm-simd', 'reference']);
  expect(differences(judge(wasm, rows), judge(reference, rows))).toEqual([]);
});

test('the table holds personal data and secrets of many types', async () => {
  const found = judge(await createFirewall({ policy: POLICY }), rows).flatMap(({ findings }) => findings);
  const types = found
    .map((finding) => /^(?:pii|secrets)\/[a-z0-9-]+/.exec(finding)?.[0])
    .filter((type) => type !== undefined);
  expect(new Set(types).size).toBeGreaterThanOrEqual(15);
  expect(types.filter((type) => type === 'pii/person-name').length).toBeGreaterThanOrEqual(8);
});

test('the table holds both verdicts, so that agreement means something', async () => {
  const actions = judge(await createFirewall(), rows).map(({ action }) => action);
  expect(actions.filter((action) => action === 'block').length).toBeGreaterThan(100);
  expect(actions.filter((action) => action === 'allow').length).toBeGreaterThan(100);
});

test('a verdict does not depend on what was scanned before', async () => {
  const firewall = await createFirewall();
  const forward = judge(firewall, rows);
  const backward = judge(firewall, rows.toReversed()).toReversed();
  expect(differences(forward, backward)).toEqual([]);
});
