/**
 * Both whole engines over one pack, made from the sources as they are: what `dist/` holds may be older.
 *
 * The pack's models are random and made from a seed, so that every feature and every
 * n-gram moves the margins, whatever training has or has not found worth a weight.
 * Binaries are kept in `.cache/` until a source is newer.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPack, readTrained, type Trained, untrained } from '../../../models/build-pack.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { type Pack, readPack } from '../../../src/engine/pack.ts';
import { createReferenceEngine } from '../../../src/engine/reference/engine.ts';
import { DENSE_COUNT } from '../../../src/engine/schema.ts';
import { createWasmEngine } from '../../../src/engine/wasm.ts';
import { type Assets, composeFirewall, type Firewall } from '../../../src/firewall.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const CACHE = join(ROOT, '.cache/engines');
const SEED = 20261121;

/** Uniform numbers in [0, 1), always the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

// --- a pack with random models ----------------------------------------------------------------------------

const TREES = 120;
const DEPTH = 5;

function linear(next: () => number): Uint8Array {
  const bytes = untrained().models.LIN0.slice();
  const header = new DataView(bytes.buffer);
  header.setFloat32(4, 0.02, true);
  header.setFloat32(8, -0.5, true);
  for (let i = 16; i < bytes.length; i++) bytes[i] = Math.floor(next() * 256);
  return bytes;
}

/** Complete trees, children behind their parents, thresholds where features usually lie. */
function forest(next: () => number): Uint8Array {
  const perTree = 2 ** (DEPTH + 1) - 1;
  const nodes = TREES * perTree;
  const featureAt = 24 + TREES * 4;
  const valueAt = featureAt + Math.ceil(nodes / 2) * 4;
  const leftAt = valueAt + nodes * 4;
  const rightAt = leftAt + nodes * 2;
  const data = new DataView(new ArrayBuffer(rightAt + nodes * 2));
  data.setUint32(0, TREES, true);
  data.setUint32(4, nodes, true);
  data.setUint32(8, DENSE_COUNT, true);
  data.setFloat64(16, 0.1, true);
  for (let tree = 0; tree < TREES; tree++) {
    data.setUint32(24 + tree * 4, tree * perTree, true);
    for (let own = 0; own < perTree; own++) {
      const node = tree * perTree + own;
      const leaf = own >= perTree >> 1;
      data.setInt16(featureAt + node * 2, leaf ? -1 : Math.floor(next() * DENSE_COUNT), true);
      data.setFloat32(valueAt + node * 4, leaf ? next() - 0.5 : next() < 0.5 ? next() : next() * 8 - 2, true);
      data.setUint16(leftAt + node * 2, leaf ? 0 : 2 * own + 1, true);
      data.setUint16(rightAt + node * 2, leaf ? 0 : 2 * own + 2, true);
    }
  }
  return new Uint8Array(data.buffer);
}

function randomlyTrained(seed: number): Trained {
  const next = random(seed);
  const models = { LIN0: linear(next), LIN1: linear(next), GBM0: forest(next), GBM1: forest(next) };
  return { ...untrained(), models };
}

// --- binaries, made when a source is newer ------------------------------------------------------------------

function newest(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

function cached(name: string, sources: readonly string[], make: (out: string) => void): Uint8Array<ArrayBuffer> {
  const file = join(CACHE, name);
  const stamp = Math.max(...sources.map((source) => newest(join(ROOT, source))));
  if (!existsSync(file) || statSync(file).mtimeMs < stamp) {
    mkdirSync(CACHE, { recursive: true });
    // Under a name of its own first: several test files may make it at the same time.
    const mine = `${file}.${process.pid}`;
    const began = new Date();
    make(mine);
    // A source saved meanwhile is newer than what was made.
    utimesSync(mine, began, began);
    renameSync(mine, file);
  }
  return new Uint8Array(readFileSync(file));
}

/** The WebAssembly engine compiled as the build compiles it. */
export function compileEngine(): Uint8Array<ArrayBuffer> {
  return cached('engine.wasm', ['wasm/assembly'], (out) => {
    const asc = join(ROOT, 'node_modules/assemblyscript/bin/asc.js');
    const flags = ['-O3', '--noAssert', '--converge', '--runtime', 'stub', '--enable', 'simd', '--use', 'abort='];
    const { status, stderr } = spawnSync(process.execPath, [asc, 'wasm/assembly/index.ts', ...flags, '-o', out], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`asc: ${stderr}`);
  });
}

const PACK_SOURCES = [
  'models/rules',
  'models/weights',
  'models/build-pack.ts',
  'src/scan/rules',
  'src/engine',
  'wasm/assembly',
  'test/engine/harness/engines.ts',
];

export function randomPack(): Uint8Array<ArrayBuffer> {
  return cached(`random-${SEED}.bin`, PACK_SOURCES, (out) => writeFileSync(out, buildPack(randomlyTrained(SEED))));
}

/** The pack as it is shipped. */
export function trainedPack(): Uint8Array<ArrayBuffer> {
  return cached('trained.bin', PACK_SOURCES, (out) => writeFileSync(out, buildPack(readTrained())));
}

// --- engines ------------------------------------------------------------------------------------------------

export interface Engines {
  readonly wasm: Engine;
  readonly reference: Engine;
  readonly pack: Pack;
  /** Bytes of the WebAssembly engine's linear memory as it is now. */
  memoryBytes(): number;
}

/** Runs `create` and tells the memory of the instance it made, which engines keep to themselves. */
function withMemory<T>(create: () => T): [made: T, memory: WebAssembly.Memory] {
  const { Instance } = WebAssembly;
  let memory: WebAssembly.Memory | undefined;
  WebAssembly.Instance = class extends Instance {
    constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
      super(module, imports);
      memory = this.exports['memory'] as WebAssembly.Memory;
    }
  };
  try {
    const made = create();
    if (memory === undefined) throw new Error('withMemory: nothing was instantiated');
    return [made, memory];
  } finally {
    WebAssembly.Instance = Instance;
  }
}

export function openEngines(bytes: Uint8Array = randomPack()): Engines {
  const pack = readPack(bytes);
  const module = new WebAssembly.Module(compileEngine());
  const [wasm, memory] = withMemory(() => createWasmEngine(module, pack));
  return { wasm, reference: createReferenceEngine(pack), pack, memoryBytes: () => memory.buffer.byteLength };
}

/** A firewall on the WebAssembly engine (or the reference), with the memory of the former. */
export async function openFirewall(engine: 'wasm' | 'reference', bytes: Uint8Array = randomPack()): Promise<Firewall> {
  const assets: Assets = {
    wasm: () => WebAssembly.compile(compileEngine()),
    pack: async () => bytes,
    transformer: async () => ({ absent: 'the engines alone are looked at here' }),
  };
  return composeFirewall(assets, { engine });
}

// --- comparing ----------------------------------------------------------------------------------------------

/** What one engine says of a block, in a form that compares exactly; NaN and −0 are told apart. */
export function answer(engine: Engine, block: string, head: number, channels: number): string {
  const { views, hits, truncated } = engine.scan(block, head, channels);
  const seen = views.map((v) => `${v.decoders} ${exact(v.linear)} ${exact(v.forest)} ${v.peakStart}..${v.peakEnd}`);
  const found = hits.map(
    (h) => `${h.pack}/${h.rule}@${h.view} ${h.start}..${h.end} bytes ${h.startByte}..${h.endByte}`,
  );
  return [...seen, ...found, `truncated ${truncated}`].join('\n');
}

function exact(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}
