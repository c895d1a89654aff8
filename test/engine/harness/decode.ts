/**
 * The stages unwrap and transform in both engines: compiles `decode-entry.ts`, copies reference views into its
 * memory and reads what it makes of them.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  DECODER_LEET,
  DECODER_REVERSED,
  DECODER_ROT13,
  DECODER_SPREAD,
  DECODER_TAGS,
  DECODER_VARIATION,
  MAX_DEPTH,
  STAT_COUNT,
} from '../../../src/engine/abi.ts';
import { createNormalizer } from '../../../src/engine/reference/normalize.ts';
import { createSuspect, createTransform } from '../../../src/engine/reference/transform.ts';
import { unwrap } from '../../../src/engine/reference/unwrap.ts';
import { newView, type View } from '../../../src/engine/reference/view.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

function weights(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(root, 'models/weights', name)));
}

const trig = weights('plausibility.bin');
export const normalize = createNormalizer(new DataView(weights('fold.bin').buffer));
export const transform = createTransform(new DataView(trig.buffer));
export const suspect = createSuspect(new DataView(trig.buffer));

export const TRANSFORMS = [
  DECODER_ROT13,
  DECODER_REVERSED,
  DECODER_TAGS,
  DECODER_VARIATION,
  DECODER_LEET,
  DECODER_SPREAD,
] as const;

/** A view of a text as the engine's entry makes it: raw bytes with their spans, normalized. */
export function viewOf(text: string): View {
  const view = newView();
  let unit = 0;
  for (const char of text) {
    for (const byte of new TextEncoder().encode(char)) {
      view.raw[view.rawLen] = byte;
      view.rawStart[view.rawLen] = unit;
      view.rawEnd[view.rawLen] = unit + char.length;
      view.rawLen += 1;
    }
    unit += char.length;
  }
  normalize(view);
  return view;
}

export function textOf(view: View): string {
  return new TextDecoder().decode(view.text.subarray(0, view.textLen));
}

/** The text, what it unwraps to, and what the last of those transforms to: as the engine's entry does. */
export function viewsOf(text: string): View[] {
  let last = viewOf(text);
  const views = [last];
  while (last.depth < MAX_DEPTH) {
    const next = newView();
    if (!unwrap(last, next)) break;
    normalize(next);
    views.push(next);
    last = next;
  }
  const kinds = suspect(last);
  for (const kind of TRANSFORMS) {
    const next = newView();
    if ((kinds & kind) !== 0 && transform(kind, last, next)) views.push(next);
  }
  return views;
}

interface Exports {
  readonly memory: WebAssembly.Memory;
  section(): number;
  init(length: number): number;
  view(index: number): number;
  unwrap(from: number, to: number): number;
  transform(kind: number, from: number, to: number): number;
  suspect(index: number): number;
}

/** Fields of a view in memory, in the order of `wasm/assembly/view.ts`. */
const RAW = 0;
const RAW_LEN = 1;
const RAW_START = 2;
const RAW_END = 3;
const TEXT = 4;
const TEXT_LEN = 5;
const TEXT_START = 6;
const TEXT_END = 7;
const STATS = 12;
const DECODERS = 13;
const DEPTH = 14;
const FIELDS = 15;

export interface DecodeStages {
  /** Names the first disagreement of the engines over a text and everything made from it; empty when there is none. */
  disagreement(text: string): string;
}

/** Compiles the stages; takes some seconds. */
export async function compileDecodeStages(): Promise<DecodeStages> {
  const folder = mkdtempSync(join(tmpdir(), 'decode-'));
  const file = join(folder, 'decode.wasm');
  const asc = join(root, 'node_modules/assemblyscript/bin/asc.js');
  const flags = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--use', 'abort=', '-o', file];
  const run = spawnSync(process.execPath, [asc, 'test/engine/harness/decode-entry.ts', ...flags], {
    cwd: root,
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`asc failed: ${run.stderr}`);
  const { instance } = await WebAssembly.instantiate(readFileSync(file), {});
  rmSync(folder, { recursive: true });
  const wasm = instance.exports as unknown as Exports;
  new Uint8Array(wasm.memory.buffer).set(trig, wasm.section());
  if (wasm.init(trig.length) === 0) throw new Error('initTransform refused the section');

  const fields = (index: number) => new Uint32Array(wasm.memory.buffer, wasm.view(index), FIELDS);
  const field = (index: number, at: number): number => fields(index)[at] ?? 0;

  const put = (view: View): void => {
    const at = fields(0);
    const { buffer } = wasm.memory;
    at[RAW_LEN] = view.rawLen;
    at[TEXT_LEN] = view.textLen;
    at[DECODERS] = view.decoders;
    at[DEPTH] = view.depth;
    new Uint8Array(buffer, field(0, RAW), view.rawLen).set(view.raw.subarray(0, view.rawLen));
    new Uint16Array(buffer, field(0, RAW_START), view.rawLen).set(view.rawStart.subarray(0, view.rawLen));
    new Uint16Array(buffer, field(0, RAW_END), view.rawLen).set(view.rawEnd.subarray(0, view.rawLen));
    new Uint8Array(buffer, field(0, TEXT), view.textLen).set(view.text.subarray(0, view.textLen));
    new Uint16Array(buffer, field(0, TEXT_START), view.textLen).set(view.textStart.subarray(0, view.textLen));
    new Uint16Array(buffer, field(0, TEXT_END), view.textLen).set(view.textEnd.subarray(0, view.textLen));
    new Uint32Array(buffer, field(0, STATS), STAT_COUNT).set(view.stats);
  };
  /** Everything of the view the wasm engine wrote, beside the same of the reference. */
  const same = (view: View): boolean => {
    const { buffer } = wasm.memory;
    const head = [field(1, RAW_LEN), field(1, TEXT_LEN), field(1, DECODERS), field(1, DEPTH)];
    const theirs = [view.rawLen, view.textLen, view.decoders, view.depth];
    const parts = [
      [new Uint8Array(buffer, field(1, RAW), view.rawLen), view.raw.subarray(0, view.rawLen)],
      [new Uint16Array(buffer, field(1, RAW_START), view.rawLen), view.rawStart.subarray(0, view.rawLen)],
      [new Uint16Array(buffer, field(1, RAW_END), view.rawLen), view.rawEnd.subarray(0, view.rawLen)],
      [new Uint8Array(buffer, field(1, TEXT), view.textLen), view.text.subarray(0, view.textLen)],
      [new Uint16Array(buffer, field(1, TEXT_START), view.textLen), view.textStart.subarray(0, view.textLen)],
      [new Uint16Array(buffer, field(1, TEXT_END), view.textLen), view.textEnd.subarray(0, view.textLen)],
      [head, theirs],
    ] as const;
    return parts.every(([a, b]) => a.length === b.length && a.every((value, i) => value === b[i]));
  };

  return {
    disagreement(text) {
      let last: View | undefined = viewOf(text);
      while (last !== undefined) {
        put(last);
        const kinds = suspect(last);
        if (kinds !== wasm.suspect(0)) return `suspect: ${kinds}; got ${wasm.suspect(0)}`;
        for (const kind of TRANSFORMS) {
          const made = newView();
          const did = transform(kind, last, made);
          if (did !== (wasm.transform(kind, 0, 1) !== 0)) return `transform ${kind}: ${did}`;
          if (did && !same(made)) return `transform ${kind}: other bytes`;
          if (did && (kinds & kind) === 0) return `transform ${kind}: not suspected`;
        }
        const next = newView();
        const did = unwrap(last, next);
        if (did !== (wasm.unwrap(0, 1) !== 0)) return `unwrap: ${did}`;
        if (did && !same(next)) return 'unwrap: other bytes';
        if (did) normalize(next);
        last = did && next.depth < MAX_DEPTH ? next : undefined;
      }
      return '';
    },
  };
}
