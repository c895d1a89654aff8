/**
 * Node's verdicts, for the tests inside workerd: that runtime can read no rule files.
 *
 * @module
 */
import { createFirewall } from 'edgeward';
import type { TestProject } from 'vitest/node';
import { judge, type Row, type Verdict } from '../../conformance/run.ts';
import { conformanceTable } from '../../conformance/table.ts';

declare module 'vitest' {
  interface ProvidedContext {
    rows: readonly Row[];
    expected: readonly Verdict[];
  }
}

export default async function setup(project: TestProject): Promise<void> {
  const rows = conformanceTable();
  project.provide('rows', rows);
  project.provide('expected', judge(await createFirewall({ engine: 'wasm' }), rows));
}
