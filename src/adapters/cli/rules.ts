/**
 * `edgeward rules`: what the firewall looks for, and a test bench for rules of your own.
 *
 * @module
 */
import { Command } from 'commander';
import { builtInRules } from './built-in-rules.ts';
import { CliError, EXIT } from './fault.ts';
import { colorsFor, columns, print, printable } from './terminal.ts';

const LIST_EXAMPLES = `
Examples:
  $ edgeward rules list
  $ edgeward rules list --family override
  $ edgeward rules list --json | jq -r .id`;

const TEST_EXAMPLES = `
The file holds a list of rules, or "parts" and "rules", as models/rules/README.md describes.
Every text in a rule's "hits" must be hit by that rule, and none in its "nearMisses".

Examples:
  $ edgeward rules test own-rules.yaml

Exit status: 0 all as expected, 1 some text was not, 2 wrong usage or a rule that does not compile.`;

export function rulesCommand(): Command {
  const list = new Command('list')
    .description('the rules the package brings')
    .option('--family <name>', 'only this family')
    .option('--json', 'one JSON object per rule')
    .addHelpText('after', LIST_EXAMPLES)
    .action(listRules);
  const test = new Command('test')
    .description('try the rules of a file on their own examples')
    .argument('<file>', 'YAML or JSON; - is standard input')
    .addHelpText('after', TEST_EXAMPLES)
    .action(testRules);
  return new Command('rules').description('list the rules, or test your own').addCommand(list).addCommand(test);
}

async function listRules({ family, json }: { readonly family?: string; readonly json?: boolean }): Promise<void> {
  const all = await builtInRules();
  const families = [...new Set(all.map((rule) => rule.family))];
  if (family !== undefined && !families.includes(family)) {
    throw new CliError(`rules list: --family must be one of ${families.join(', ')}; got ${JSON.stringify(family)}`);
  }
  const rules = all.filter((rule) => family === undefined || rule.family === family);
  if (json) {
    for (const rule of rules) await print(JSON.stringify(rule));
    return;
  }
  const head = ['id', 'severity', 'language', 'attack %'];
  const rows = rules.map(({ id, severity, lang, score }) => [id, severity, lang, (score * 100).toFixed(0)]);
  await print([...columns([head, ...rows], new Set([3])), '', `${rules.length} rules`].join('\n'));
}

async function testRules(path: string): Promise<void> {
  const [{ readRuleFile }, { tryRules }] = await Promise.all([import('./rule-file.ts'), import('./try-rules.ts')]);
  const { rules, texts, faults } = await tryRules(await readRuleFile('rules test', path));
  const { red, green } = colorsFor(process.stdout);
  for (const { rule, expected, text } of faults)
    await print(`${red('wrong')}  ${rule}: expected ${expected}: "${printable(text, 80)}"`);
  await print(
    `${faults.length === 0 ? green('ok') : red('failed')}  ${rules} rules, ${texts} texts, ${faults.length} not as expected`,
  );
  if (faults.length > 0) process.exitCode = EXIT.block;
}
