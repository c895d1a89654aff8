/**
 * Node's verdicts, for the tests inside workerd: that runtime can read no rule files.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFirewall } from 'edgeward';
import type { TestProject } from 'vitest/node';
import { judge, POLICY, type Row, type Verdict } from '../../conformance/run.ts';
import { conformanceTable } from '../../conformance/table.ts';
import { inspectAll, type Verdict as Tier2Verdict } from '../../conformance/tier2.ts';
import { TINY_MANIFEST, writeTinyModel } from '../../scan/transformer/tiny-model.ts';

declare module 'vitest' {
  interface ProvidedContext {
    rows: readonly Row[];
    expected: readonly Verdict[];
    /** A small model's files, the binary ones in base64. */
    tier2: { readonly manifest: unknown; readonly model: string; readonly tables: string };
    tier2Expected: readonly Tier2Verdict[];
  }
}

export default async function setup(project: TestProject): Promise<void> {
  await provideTier2(project);
  const rows = conformanceTable();
  project.provide('rows', rows);
  project.provide('expected', judge(await createFirewall({ engine: 'wasm', policy: POLICY }), rows));
}

async function provideTier2(project: TestProject): Promise<void> {
  const folder = writeTinyModel();
  const base64 = (name: string): string => readFileSync(join(folder.path, name)).toString('base64');
  const firewall = await createFirewall({ transformer: { model: folder.path, backend: 'wasm', workers: 1 } });
  await firewall.ready();
  project.provide('tier2', { manifest: TINY_MANIFEST, model: base64('model.onnx'), tables: base64('tokenizer.bin') });
  project.provide('tier2Expected', await inspectAll(firewall));
  firewall.dispose();
  folder.remove();
}
