/**
 * Writes the tables of the model cards, `README.md` (tier 1) and `TIER2.md`, from the manifests, between their markers.
 *
 *   npx tsx models/card.ts
 *
 * @module
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Rate {
  readonly n: number;
  readonly flagged: number;
}

interface Summary {
  readonly threshold: number;
  readonly macroRecall: number;
  readonly recallBySource: Readonly<Record<string, Rate>>;
  readonly recallByKind: Readonly<Record<string, Rate>>;
  readonly recallByLanguage: Readonly<Record<string, Rate>>;
  readonly worstSource: Rate & { readonly file: string };
  readonly falsePositivesPer10000: Readonly<Record<string, number>>;
  readonly falsePositivesBySource: Readonly<Record<string, Rate>>;
  readonly worstFalsePositives: Rate & { readonly file: string };
  readonly flaggedWithoutLabel: Readonly<Record<string, Rate>>;
}

interface Head {
  readonly attackShare: number;
  readonly doubtfulRows: number;
  readonly 'at0.6': Summary;
  readonly 'at0.8': Pick<Summary, 'macroRecall' | 'recallByKind' | 'falsePositivesPer10000'>;
}

interface Manifest {
  readonly version: string;
  readonly heads: Readonly<Record<'user' | 'data', Head>>;
}

interface Comparison {
  readonly macroRecallAt1Percent: number;
  readonly macroRecall: number;
  readonly hardNegativesFlaggedAt1Percent: number;
}

type Stage = 'tier 1' | 'tier 2' | 'together';

/** Texts written by hand whose templates neither tier saw. */
interface Written {
  readonly attacks: number;
  readonly harmless: number;
  readonly recall: number;
  readonly falsePositiveRate: number;
  readonly settledHarmless: number;
}

interface Validation {
  readonly heads: Readonly<
    Record<
      'user' | 'data',
      Readonly<Record<Stage, Comparison>> & {
        readonly cascade: Summary & { readonly settledHarmless: number };
        readonly written: Written;
      }
    >
  >;
  readonly spans: { readonly injectedTokensMarked: number; readonly cleanTokensMarked: number };
}

const BEGIN = '<!-- tables: npx tsx models/card.ts -->';
const END = '<!-- /tables -->';
/** Sources shown from either end. */
const SHOWN = 8;

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [
    `| ${head.join(' | ')} |`,
    `|${head.map(() => '---').join('|')}|`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n');

function rates(title: string, groups: Readonly<Record<string, Rate>>, cut?: number): string {
  const rows = Object.entries(groups)
    .sort(([, a], [, b]) => b.flagged - a.flagged)
    .map(([name, { n, flagged }]) => [name, n, percent(flagged)]);
  const shown =
    cut === undefined || rows.length <= 2 * cut ? rows : [...rows.slice(0, cut), ['…', '', ''], ...rows.slice(-cut)];
  return table([title, 'n', 'flagged'], shown);
}

function section(name: string, head: Head): string {
  const at = head['at0.6'];
  const strict = head['at0.8'];
  const kinds = Object.keys(at.falsePositivesPer10000);
  return `### Head \`${name}\`

Macro recall over left-out attack sources **${percent(at.macroRecall)}** at score 0.6, ${percent(strict.macroRecall)} at 0.8. Worst source: ${at.worstSource.file}, ${percent(at.worstSource.flagged)} of ${at.worstSource.n}. Most false positives: ${at.worstFalsePositives.file}, ${percent(at.worstFalsePositives.flagged)} of ${at.worstFalsePositives.n}. Probabilities are right where ${percent(head.attackShare)} of texts are attacks. ${head.doubtfulRows} rows whose label the left-out model contradicts strongly were not trained on.

${table(
  ['false positives per 10,000', ...kinds],
  [
    ['at 0.6', ...kinds.map((kind) => at.falsePositivesPer10000[kind]!)],
    ['at 0.8', ...kinds.map((kind) => strict.falsePositivesPer10000[kind] ?? 0)],
  ],
)}

${rates('recall by kind', at.recallByKind)}

${rates('recall by source', at.recallBySource)}

${rates('recall by language', at.recallByLanguage)}

${rates('false positives by source', at.falsePositivesBySource, SHOWN)}

${rates('rows without a label', at.flaggedWithoutLabel)}
`;
}

const STAGES: readonly Stage[] = ['tier 1', 'tier 2', 'together'];

function section2(name: 'user' | 'data', { heads }: Validation): string {
  const head = heads[name];
  const { cascade, written } = head;
  return `### Head \`${name}\`

${table(
  ['', 'macro recall at 1 % false positives', 'hard negatives flagged there', 'macro recall at the operating point'],
  STAGES.map((stage) => [
    stage,
    percent(head[stage].macroRecallAt1Percent),
    percent(head[stage].hardNegativesFlaggedAt1Percent),
    percent(head[stage].macroRecall),
  ]),
)}

The cascade at its operating point: macro recall **${percent(cascade.macroRecall)}**; tier 1 settles ${percent(cascade.settledHarmless)} of the harmless rows. Worst source: ${cascade.worstSource.file}, ${percent(cascade.worstSource.flagged)} of ${cascade.worstSource.n}. Most false positives: ${cascade.worstFalsePositives.file}, ${percent(cascade.worstFalsePositives.flagged)} of ${cascade.worstFalsePositives.n}.

Of texts written by hand whose templates neither tier saw, the cascade finds **${percent(written.recall)}** of ${written.attacks} attacks and flags ${percent(written.falsePositiveRate)} of ${written.harmless} harmless ones, most of which were written to look like attacks; tier 1 settles ${percent(written.settledHarmless)} of those.

${table(
  ['false positives per 10,000', ...Object.keys(cascade.falsePositivesPer10000)],
  [['cascade', ...Object.values(cascade.falsePositivesPer10000)]],
)}

${rates('recall by kind', cascade.recallByKind)}

${rates('recall by source', cascade.recallBySource)}

${rates('recall by language', cascade.recallByLanguage)}

${rates('false positives by source', cascade.falsePositivesBySource, SHOWN)}
`;
}

function write(file: string, body: string): void {
  const card = readFileSync(file, 'utf8');
  const [before, rest] = card.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`card: expected ${BEGIN} and ${END} in ${file}`);
  writeFileSync(file, `${before}${BEGIN}\n\n${body}\n${END}${after}`);
}

const at = (name: string): string => join(import.meta.dirname, name);
const read = <T>(name: string): T => JSON.parse(readFileSync(at(name), 'utf8')) as T;

const tier1 = read<Manifest>('weights/manifest.json');
write(
  at('README.md'),
  `Weights ${tier1.version}.\n\n${section('user', tier1.heads.user)}\n${section('data', tier1.heads.data)}`,
);
// Absent until a tier 2 is worth shipping.
if (existsSync(at('weights/tier2/manifest.json'))) {
  const tier2 = read<{ readonly version: string }>('weights/tier2/manifest.json');
  const validation = read<Validation>('weights/tier2/validation.json');
  const { injectedTokensMarked, cleanTokensMarked } = validation.spans;
  write(
    at('TIER2.md'),
    `Weights ${tier2.version}.\n\n${section2('user', validation)}\n${section2('data', validation)}
### Token head

On composed documents whose attack and carrier were left out: ${percent(injectedTokensMarked)} of injected tokens marked, ${percent(cleanTokensMarked)} of clean ones.
`,
  );
}
