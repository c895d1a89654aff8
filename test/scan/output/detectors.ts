/**
 * The detectors of answers as the tests use them, over the table that ships.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createOutputDetectors, type Known, type OutputKinds } from '../../../src/scan/output/module.ts';
import type { Finding } from '../../../src/types.ts';

const FOLD = new Uint8Array(readFileSync(join(import.meta.dirname, '../../../models/weights/fold.bin')));

export const EVERYTHING: OutputKinds = {
  leaks: true,
  canaries: true,
  links: true,
  unsafe: true,
  refusals: false,
  goesTo: [],
};

export function detectorsOf(known: Partial<Known>, kinds: Partial<OutputKinds> = {}) {
  return createOutputDetectors(FOLD, { ...EVERYTHING, ...kinds })({
    protect: [],
    canaries: [],
    conversation: [],
    ...known,
  });
}

/** Everything found in a text. */
export function findings(text: string, known: Partial<Known>, kinds: Partial<OutputKinds> = {}): Finding[] {
  return detectorsOf(known, kinds).flatMap((detector) => detector.find(text, 0));
}

/** `id text` of every finding. */
export function found(text: string, known: Partial<Known>, kinds: Partial<OutputKinds> = {}): string[] {
  return findings(text, known, kinds).map(({ id, spans: [span] }) => `${id} ${text.slice(span!.start, span!.end)}`);
}
