/**
 * Joins the sections under `models/weights/` and the compiled rules to one `tier1.bin`.
 *
 *   npx tsx models/build-pack.ts [OUT]      default dist/tier1.bin
 *
 * `models/FORMAT.md` has the bytes.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ABI_VERSION, NGRAM_BUCKETS } from '../src/engine/abi.ts';
import { FORMS, toColumns, toDifference, toHashes, toTrees } from '../src/engine/compact.ts';
import { type Calibration, type PackMeta, writePack } from '../src/engine/pack.ts';
import { sectionCounts, sectionLayout } from '../src/engine/rule-section.ts';
import { DENSE_COUNT } from '../src/engine/schema.ts';
import { compileRules } from './rules/compile.ts';

const WEIGHTS = join(import.meta.dirname, 'weights');

/** Tables and trained weights by section; both come from `weights/`. */
const TABLES = { FOLD: 'fold.bin', TRIG: 'plausibility.bin', LEXI: 'lexicon.bin' } as const;
const MODELS = {
  LIN0: 'linear-user.bin',
  LIN1: 'linear-data.bin',
  GBM0: 'forest-user.bin',
  GBM1: 'forest-data.bin',
} as const;

/** What training says of its weights; the part the pack carries. */
export interface Manifest {
  readonly version: string;
  readonly abiVersion: number;
  readonly calibration: readonly [Calibration, Calibration];
  readonly ordinary: PackMeta['ordinary'];
  /** Probability of an attack given a rule's hit, by rule id. */
  readonly ruleScores: Readonly<Record<string, number>>;
}

/** What a hit is worth until training has measured it. */
const SEVERITY_SCORE = { low: 0.1, medium: 0.4, high: 0.7, critical: 0.9 } as const;

/** What training makes: a manifest and the four models. */
export interface Trained {
  readonly manifest: Manifest;
  readonly models: Readonly<Record<keyof typeof MODELS, Uint8Array>>;
}

/** The weights as committed. */
export function readTrained(): Trained {
  return {
    manifest: JSON.parse(readFileSync(join(WEIGHTS, 'manifest.json'), 'utf8')) as Manifest,
    models: {
      LIN0: readFileSync(join(WEIGHTS, MODELS.LIN0)),
      LIN1: readFileSync(join(WEIGHTS, MODELS.LIN1)),
      GBM0: readFileSync(join(WEIGHTS, MODELS.GBM0)),
      GBM1: readFileSync(join(WEIGHTS, MODELS.GBM1)),
    },
  };
}

/** Models that say nothing: what training starts from. */
export function untrained(): Trained {
  const linear = new Uint8Array(16 + NGRAM_BUCKETS);
  const linearHeader = new DataView(linear.buffer);
  linearHeader.setUint32(0, NGRAM_BUCKETS, true);
  const forest = new Uint8Array(24);
  new DataView(forest.buffer).setUint32(8, DENSE_COUNT, true);
  const identity: Calibration = { margins: [-1, 1], logits: [-1, 1] };
  const zeros = new Array<number>(DENSE_COUNT).fill(0);
  return {
    manifest: {
      version: 'untrained',
      abiVersion: ABI_VERSION,
      calibration: [identity, identity],
      ordinary: [zeros, zeros],
      ruleScores: {},
    },
    models: { LIN0: linear, LIN1: linear, GBM0: forest, GBM1: forest },
  };
}

/** @throws Error when the weights were trained for another ABI */
export function buildPack({ manifest, models }: Trained): Uint8Array {
  if (manifest.abiVersion !== ABI_VERSION) {
    throw new Error(
      `build-pack: expected weights of ABI version ${ABI_VERSION}; got ${manifest.abiVersion}. Run npm run train.`,
    );
  }
  for (const row of manifest.ordinary) {
    if (row.length !== DENSE_COUNT)
      throw new Error(`build-pack: expected ${DENSE_COUNT} ordinary features; got ${row.length}. Run npm run train.`);
  }
  const compiled = compileRules();
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
  const { LIN0, LIN1, GBM0, GBM1 } = models;
  const table = (code: keyof typeof TABLES): Uint8Array => readFileSync(join(WEIGHTS, TABLES[code]));
  const lexicon = table('LEXI');
  const compact: Readonly<Record<string, readonly [form: Uint8Array, plain: Uint8Array]>> = {
    RULT: [toColumns(compiled.section, tablesOf(compiled.section)), compiled.section],
    LEXD: [toHashes(lexicon), lexicon],
    DIF1: [toDifference(LIN1, LIN0), LIN1],
    GBT0: [toTrees(GBM0), GBM0],
    GBT1: [toTrees(GBM1), GBM1],
  };
  const sections = new Map([
    ['META', new TextEncoder().encode(JSON.stringify(meta))],
    ['FOLD', table('FOLD')],
    ['TRIG', table('TRIG')],
    ['LIN0', LIN0],
  ]);
  for (const [code, [form, plain]] of Object.entries(compact)) {
    const restored = FORMS[code]!.restore(form, sections);
    // Trees of random numbers, say, have no smaller form.
    const isWhole = restored.length === plain.length && plain.every((byte, i) => byte === restored[i]);
    sections.set(...(isWhole ? ([code, form] as const) : ([FORMS[code]!.plain, plain] as const)));
  }
  return writePack([...sections]);
}

/** Tables of a `RULE` section whose rows are of one width. */
function tablesOf(rules: Uint8Array) {
  const counts = sectionCounts(new DataView(rules.buffer, rules.byteOffset, rules.byteLength));
  const layout = sectionLayout(counts);
  const [wordCount = 0] = [counts[10]];
  return [
    { from: layout.words, to: layout.words + wordCount * 2, width: 2 },
    { from: layout.patterns, to: layout.steps, width: 8 },
    { from: layout.steps, to: layout.conditions, width: 4 },
    { from: layout.conditions, to: layout.rules, width: 8 },
    { from: layout.rules, to: layout.literals, width: 8 },
    { from: layout.literals, to: layout.entries, width: 16 },
  ];
}

if (process.argv[1] === import.meta.filename) {
  const out = process.argv[2] ?? join(import.meta.dirname, '../dist/tier1.bin');
  if (!existsSync(dirname(out))) mkdirSync(dirname(out), { recursive: true });
  const pack = buildPack(readTrained());
  writeFileSync(out, pack);
  console.log(`${out}: ${pack.byteLength} bytes`);
}
