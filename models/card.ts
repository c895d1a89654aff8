/**
 * Writes the tables of `models/README.md` from `weights/manifest.json`, between its markers.
 *
 *   npx tsx models/card.ts
 *
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs';
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

const CARD = join(import.meta.dirname, 'README.md');
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

const manifest = JSON.parse(readFileSync(join(import.meta.dirname, 'weights/manifest.json'), 'utf8')) as Manifest;
const card = readFileSync(CARD, 'utf8');
const [before, rest] = card.split(BEGIN);
const after = rest?.split(END)[1];
if (before === undefined || after === undefined) throw new Error(`card: expected ${BEGIN} and ${END} in ${CARD}`);
const body = `Weights ${manifest.version}.\n\n${section('user', manifest.heads.user)}\n${section('data', manifest.heads.data)}`;
writeFileSync(CARD, `${before}${BEGIN}\n\n${body}\n${END}${after}`);
