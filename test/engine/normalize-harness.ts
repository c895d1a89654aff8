/**
 * The text stages of the wasm engine on their own: compiled from source, one view, nothing else.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { STAT_COUNT } from '../../src/engine/abi.ts';
import { newView, type View } from '../../src/engine/reference/view.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const ENTRY = 'wasm/assembly/text/harness.ts';
const SOURCE = `
import { newView, reserve } from '../view';
import { fillIdentitySpans, initNormalize, normalize } from './normalize';
import { tokenize } from './tokenize';
const view = newView();
let section: usize = 0;
export function room(bytes: i32): usize { section = reserve(bytes); return section; }
export function init(bytes: i32): bool { return initNormalize(section, bytes); }
export function field(i: i32): usize { return load<usize>(changetype<usize>(view) + (<usize>i << 2)); }
export function setRawLen(bytes: i32): void { view.rawLen = bytes; }
export function identity(): void { fillIdentitySpans(view); }
export function text(): void { normalize(view); }
export function tokens(): void { tokenize(view); }
export function repeat(times: i32, stage: i32): void {
  for (let i = 0; i < times; i++) {
    if (stage == 0) fillIdentitySpans(view);
    else if (stage == 1) normalize(view);
    else tokenize(view);
  }
}
`;

interface Exports {
  readonly memory: WebAssembly.Memory;
  room(bytes: number): number;
  init(bytes: number): number;
  field(index: number): number;
  setRawLen(bytes: number): void;
  identity(): void;
  text(): void;
  tokens(): void;
  repeat(times: number, stage: number): void;
}

/** Word offsets of the fields in `wasm/assembly/view.ts`. */
const FIELD = {
  raw: 0,
  rawStart: 2,
  rawEnd: 3,
  text: 4,
  textLen: 5,
  textStart: 6,
  textEnd: 7,
  tokenStart: 8,
  tokenEnd: 9,
  tokenKind: 10,
  tokenCount: 11,
  stats: 12,
} as const;

/** A stage engine over one view: put bytes in, run, read the view back. */
export interface TextStages {
  /** Runs all three stages over `raw`; spans are the identity ones unless given. */
  run(raw: Uint8Array, spans?: { start: Uint16Array; end: Uint16Array }): View;
  /** Runs one stage (0 identity spans, 1 normalize, 2 tokenize) again and again, for timing. */
  repeat(times: number, stage: number): void;
  /** Bytes of the text buffer behind the text, which must be zero. */
  padding(bytes: number): Uint8Array;
}

export async function compileTextStages(section: Uint8Array): Promise<TextStages> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      ENTRY,
      '--baseDir',
      root,
      '-O3',
      '--noAssert',
      '--runtime',
      'stub',
      '--enable',
      'simd',
      '--use',
      'abort=',
      '-o',
      'x',
    ],
    {
      readFile: (name, base) => (name === ENTRY ? SOURCE : readFile(join(base, name), 'utf8').catch(() => null)),
      writeFile: (_name, contents) => {
        if (typeof contents !== 'string') binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error || !binary) throw new Error(`asc failed: ${stderr.toString()}`);
  const { instance } = await WebAssembly.instantiate(binary.slice(), {});
  const wasm = instance.exports as unknown as Exports;
  const at = wasm.room(section.length);
  new Uint8Array(wasm.memory.buffer, at, section.length).set(section);
  if (!wasm.init(section.length)) throw new Error('initNormalize refused the section');

  const bytes = (field: number, length: number): Uint8Array =>
    new Uint8Array(wasm.memory.buffer, wasm.field(field), length);
  const units = (field: number, length: number): Uint16Array =>
    new Uint16Array(wasm.memory.buffer, wasm.field(field), length);

  return {
    run(raw, spans) {
      // Whatever a former scan left behind the end must not matter.
      bytes(FIELD.raw, raw.length + 64).fill(0x61);
      bytes(FIELD.raw, raw.length).set(raw);
      wasm.setRawLen(raw.length);
      if (spans) {
        units(FIELD.rawStart, raw.length).set(spans.start);
        units(FIELD.rawEnd, raw.length).set(spans.end);
      } else {
        wasm.identity();
      }
      wasm.text();
      wasm.tokens();
      const view = newView();
      view.raw.set(raw);
      view.rawLen = raw.length;
      view.rawStart.set(units(FIELD.rawStart, raw.length));
      view.rawEnd.set(units(FIELD.rawEnd, raw.length));
      view.textLen = wasm.field(FIELD.textLen);
      view.text.set(bytes(FIELD.text, view.textLen));
      view.textStart.set(units(FIELD.textStart, view.textLen));
      view.textEnd.set(units(FIELD.textEnd, view.textLen));
      view.tokenCount = wasm.field(FIELD.tokenCount);
      view.tokenStart.set(units(FIELD.tokenStart, view.tokenCount));
      view.tokenEnd.set(units(FIELD.tokenEnd, view.tokenCount));
      view.tokenKind.set(bytes(FIELD.tokenKind, view.tokenCount));
      view.stats.set(new Uint32Array(wasm.memory.buffer, wasm.field(FIELD.stats), STAT_COUNT));
      return view;
    },
    repeat: (times, stage) => wasm.repeat(times, stage),
    padding: (length) => new Uint8Array(wasm.memory.buffer, wasm.field(FIELD.text) + wasm.field(FIELD.textLen), length),
  };
}
