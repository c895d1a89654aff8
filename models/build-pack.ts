/**
 * Joins the sections under `models/weights/` and the compiled rules to one `tier1.bin`.
 *
 *   npx tsx models/build-pack.ts [OUT]      default dist/tier1.bin
 *
 * `models/FORMAT.md` has the bytes.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ABI_VERSION } from '../src/engine/abi.ts';
import type { Calibration, PackMeta } from '../src/engine/pack.ts';
import { DENSE_COUNT } from '../src/engine/schema.ts';
import { compileRules } from './rules/compile.ts';

const MAGIC = 0x31505745; // "EWP1"
const WEIGHTS = join(import.meta.dirname, 'weights');

/** Where each section comes from. */
const FILES = {
  FOLD: 'fold.bin',
  TRIG: 'plausibility.bin',
  LEXI: 'lexicon.bin',
  LIN0: 'linear-user.bin',
  LIN1: 'linear-data.bin',
  GBM0: 'forest-user.bin',
  GBM1: 'forest-data.bin',
} as const;

/** What training says of its weights; the part the pack carries. */
interface Manifest {
  readonly version: string;
  readonly abiVersion: number;
  readonly calibration: readonly [Calibration, Calibration];
  readonly ordinary: PackMeta['ordinary'];
  /** Probability of an attack given a rule's hit, by rule id. */
  readonly ruleScores: Readonly<Record<string, number>>;
}

/** What a hit is worth until training has measured it. */
const SEVERITY_SCORE = { low: 0.1, medium: 0.4, high: 0.7, critical: 0.9 } as const;

/**
 * @param weights folder of the section files; files in `override` win over it
 * @throws Error when weights are missing or were trained for another ABI
 */
export function buildPack(weights = WEIGHTS, override?: Readonly<Partial<Record<keyof typeof FILES, Uint8Array>>>): Uint8Array {
  const manifest = JSON.parse(readFileSync(join(weights, 'manifest.json'), 'utf8')) as Manifest;
  if (manifest.abiVersion !== ABI_VERSION) {
    throw new Error(`build-pack: expected weights of ABI version ${ABI_VERSION}; ${weights} holds ${manifest.abiVersion}. Run npm run train.`);
  }
  for (const row of manifest.ordinary) {
    if (row.length !== DENSE_COUNT) throw new Error(`build-pack: expected ${DENSE_COUNT} ordinary features; got ${row.length}. Run npm run train.`);
  }
  const compiled = compileRules(join(import.meta.dirname, 'rules'));
  const meta: PackMeta = {
    version: manifest.version,
    rules: compiled.rules.map(({ id, family, severity, lang }) => ({
      id,
      family,
      severity,
      lang,
      score: manifest.ruleScores[id] ?? SEVERITY_SCORE[severity],
    })),
    calibration: manifest.calibration,
    ordinary: manifest.ordinary,
  };
  const sections: [code: string, bytes: Uint8Array][] = [
    ['META', new TextEncoder().encode(JSON.stringify(meta))],
    ['RULE', compiled.section],
  ];
  for (const [code, file] of Object.entries(FILES)) {
    sections.push([code, override?.[code as keyof typeof FILES] ?? readFileSync(join(weights, file))]);
  }
  return join16(sections);
}

function join16(sections: readonly (readonly [code: string, bytes: Uint8Array])[]): Uint8Array {
  const align = (n: number): number => (n + 15) & ~15;
  let end = align(16 + sections.length * 16);
  const offsets = sections.map(([, bytes]) => {
    const at = end;
    end = align(end + bytes.byteLength);
    return at;
  });
  const out = new Uint8Array(end);
  const data = new DataView(out.buffer);
  data.setUint32(0, MAGIC, true);
  data.setUint32(4, ABI_VERSION, true);
  data.setUint32(8, sections.length, true);
  sections.forEach(([code, bytes], i) => {
    const row = 16 + i * 16;
    for (let c = 0; c < 4; c++) out[row + c] = code.charCodeAt(c);
    data.setUint32(row + 4, offsets[i]!, true);
    data.setUint32(row + 8, bytes.byteLength, true);
    out.set(bytes, offsets[i]!);
  });
  return out;
}

if (process.argv[1] === import.meta.filename) {
  const out = process.argv[2] ?? join(import.meta.dirname, '../dist/tier1.bin');
  if (!existsSync(dirname(out))) mkdirSync(dirname(out), { recursive: true });
  const pack = buildPack();
  writeFileSync(out, pack);
  console.log(`${out}: ${pack.byteLength} bytes`);
}
