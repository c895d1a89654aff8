import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createFirewall } from 'edgeward';
import { expect, test } from 'vitest';
import { differences, type GoldenRow, inspectAll } from '../conformance/tier2.ts';

const WEIGHTS = join(import.meta.dirname, '../../models/weights/tier2');
const golden: readonly GoldenRow[] = JSON.parse(readFileSync(join(WEIGHTS, 'golden.json'), 'utf8'));

test.each([
  { workers: 1, threads: 1 },
  { workers: 1, threads: 2 },
  { workers: 2, threads: 1 },
])('golden rows: $workers workers with $threads threads say the same', async (how) => {
  const firewall = await createFirewall({ transformer: { backend: 'wasm', ...how } });
  await firewall.ready();
  expect(firewall.engine.transformer).toMatchObject({ state: 'ready', ...how });
  const got = await inspectAll(
    firewall,
    golden.map(({ text, channel }) => [text, channel]),
  );
  firewall.dispose();
  expect(golden.filter(({ verdict }) => verdict.tier === 2).length).toBeGreaterThanOrEqual(20);
  const want = golden.map(({ verdict }) => verdict);
  expect(differences(want, got)).toEqual([]);
});

test('the manifest names the model it travels with', () => {
  const { sha256, version } = JSON.parse(readFileSync(join(WEIGHTS, 'manifest.json'), 'utf8'));
  const digest = createHash('sha256')
    .update(readFileSync(join(WEIGHTS, 'model.onnx')))
    .digest('hex');
  expect(sha256).toBe(digest);
  expect(version).toBe(`2-${digest.slice(0, 8)}`);
});

test('model and vocabulary stay below 20 MB', () => {
  const bytes = ['model.onnx', 'vocab.txt'].map((name) => statSync(join(WEIGHTS, name)).size);
  expect(bytes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(20_000_000);
});
