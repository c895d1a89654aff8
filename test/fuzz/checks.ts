/**
 * What must hold of every input, whatever it is.
 *
 * @module
 */
import { HEAD_DATA } from '../../src/engine/abi.ts';
import type { Pack } from '../../src/engine/pack.ts';
import { CHANNEL_BITS, headOf, type ScannerModels, scanText, type Tier1 } from '../../src/scan/scanner.ts';
import { blockEnd, nextBlockStart } from '../../src/text/blocks.ts';
import type { Channel } from '../../src/types.ts';
import { answer, type Engines } from '../engine/harness/engines.ts';

const CHANNELS: readonly Channel[] = ['user', 'tool', 'retrieved', 'model'];

/** An input's channel, so that each is met with every kind of text. */
export function channelOf(i: number): Channel {
  return CHANNELS[i % CHANNELS.length]!;
}

export interface Checks {
  /** @returns what is wrong with the WebAssembly engine's scan of a text; `undefined` where nothing is */
  scan(text: string, channel: Channel): string | undefined;
  /** @returns where the engines' answers part, block by block; `undefined` where they do not */
  compare(text: string, channel: Channel): string | undefined;
}

function modelsOf(engine: Engines['wasm'], pack: Pack): ScannerModels {
  const { calibration, rules } = pack.meta;
  return { engine, calibration, rules: [rules, []], disabled: new Set() };
}

export function createChecks(engines: Engines): Checks {
  const models = modelsOf(engines.wasm, engines.pack);
  const memory = engines.memoryBytes();

  return {
    scan(text, channel) {
      const wrong = faultOf(scanText(models, text, channel), text.length);
      if (wrong !== undefined) return wrong;
      const now = engines.memoryBytes();
      return now === memory ? undefined : `memory grew from ${memory} to ${now} bytes`;
    },
    compare(text, channel) {
      for (let start = 0; ; ) {
        const end = blockEnd(text, start);
        const block = text.slice(start, end);
        const [head, channels] = [headOf(channel) ?? HEAD_DATA, CHANNEL_BITS[channel]];
        const ours = answer(engines.wasm, block, head, channels);
        const theirs = answer(engines.reference, block, head, channels);
        if (ours !== theirs) return firstDifference(ours, theirs, start);
        if (end === text.length) return undefined;
        start = nextBlockStart(text, end);
      }
    },
  };
}

function faultOf({ score, findings }: Tier1, length: number): string | undefined {
  if (!(score >= 0 && score <= 1)) return `score ${score}`;
  for (const { id, score: own, spans } of findings) {
    if (!(own >= 0 && own <= 1)) return `${id}: score ${own}`;
    if (spans.length === 0) return `${id}: no span`;
    let before = { start: 0, end: 0 };
    for (const span of spans) {
      const { start, end } = span;
      if (!(start >= 0 && start <= end && end <= length)) return `${id}: span ${start}..${end} of ${length}`;
      if (start < before.start || (start === before.start && end < before.end)) return `${id}: spans not sorted`;
      before = span;
    }
  }
  return undefined;
}

function firstDifference(ours: string, theirs: string, start: number): string {
  const [a, b] = [ours.split('\n'), theirs.split('\n')];
  const line = a.findIndex((text, i) => text !== b[i]);
  return `block at ${start}, line ${line}: wasm "${a[line]}", reference "${b[line]}"`;
}
