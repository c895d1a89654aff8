/**
 * What a configuration file may say, once: the check and the published JSON Schema are both made from it.
 *
 * @module
 */
import { z } from 'zod';

const unit = z.number().min(0).max(1);
const failing = z.enum(['open', 'closed']);
const texts = z.array(z.string().min(1));
const channelNames = ['user', 'system', 'tool', 'retrieved', 'model'] as const;
const channel = z.enum(channelNames);

const failures = {
  onDegraded: failing.describe('What a degraded scan means: open lets the text pass, closed does not.').optional(),
  onUnverified: failing
    .describe('What it means when a text of high risk is in doubt and no verifier gives a verdict.')
    .optional(),
  onFull: failing.describe('What it means when a text should be verified later and the queue has no place.').optional(),
};

const sensitiveAction = z.enum(['off', 'report', 'redact', 'verify', 'block']);
const strategy = z.enum(['placeholder', 'pseudonym', 'hash', 'mask', 'drop']);
const sensitiveActions = {
  pii: sensitiveAction.optional(),
  secrets: sensitiveAction.optional(),
  types: z.record(z.string(), sensitiveAction).describe('By type, such as email or github-pat.').optional(),
};
const sensitive = z.strictObject({
  ...sensitiveActions,
  threshold: unit.optional(),
  thresholds: z.record(z.string(), unit).optional(),
  allow: texts.optional(),
  countries: texts.optional(),
  strategy: strategy.optional(),
  strategies: z.record(z.string(), strategy).optional(),
  channels: z.partialRecord(channel, z.strictObject(sensitiveActions)).optional(),
});

const outputAction = z.enum(['off', 'report', 'redact', 'block']);
const output = z.strictObject({
  leaks: outputAction.optional(),
  translations: outputAction.describe('Protected texts in another language; off by default.').optional(),
  canaries: outputAction.optional(),
  links: outputAction.optional(),
  unsafe: outputAction.optional(),
  refusals: z.enum(['off', 'report']).optional(),
  goesTo: z.array(z.enum(['html', 'shell', 'sql', 'terminal', 'spreadsheet'])).optional(),
  hosts: texts.optional(),
});

const preset = z.enum(['strict', 'balanced', 'monitor']);
const policy = z.strictObject({
  preset: preset.optional(),
  block: unit.describe('Block at or above this score.').optional(),
  verify: unit.describe('Doubt at or above this score; at most block.').optional(),
  onGrey: z
    .enum(['allow', 'block'])
    .describe('What doubt means where a call states no risk: allow is low, block is high.')
    .optional(),
  ...failures,
  verifyTimeoutMs: z.number().min(0).max(86_400_000).optional(),
  observe: z.boolean().describe('Judge and report, never block.').optional(),
  channels: z
    .partialRecord(channel, z.strictObject({ verify: unit, block: unit, ...failures }))
    .describe('What differs on a channel.')
    .optional(),
  allow: texts.describe('Whole texts that are always allowed.').optional(),
  deny: texts.describe('Phrases that always block, in any disguise.').optional(),
  disable: texts.describe('Ids of rules to leave out.').optional(),
  sensitive: z.union([sensitiveAction, sensitive]).describe('Personal data and secrets.').optional(),
  output: z.union([outputAction, output]).describe('What answers must not hold.').optional(),
});

const patterns = z.union([z.string(), texts]);
const condition = z.union([
  z.string(),
  z.strictObject({ pattern: patterns, within: z.union([z.number(), z.literal('text')]).optional() }),
]);
const rule = z.strictObject({
  id: z.string(),
  severity: z.enum(['low', 'medium', 'high', 'critical']),
  lang: z.string().optional(),
  channels: z.array(channel).optional(),
  match: patterns,
  near: z.array(condition).optional(),
  unless: z.array(condition).optional(),
  hits: texts.optional(),
  nearMisses: texts.optional(),
});

const whole = z.number().int().min(1);
const transformer = z.strictObject({
  backend: z.enum(['auto', 'wasm', 'native']).optional(),
  workers: whole.optional(),
  threads: whole.optional(),
  maxQueue: whole.optional(),
  maxWindows: whole.optional(),
  model: z.string().min(1).optional(),
  labels: texts.optional(),
});

export const CONFIG = z
  .strictObject({
    $schema: z.string().optional(),
    policy: z.union([preset, policy]).describe('A preset, or a preset with changes.').optional(),
    rules: z.array(rule).describe('Rules of your own.').optional(),
    engine: z.enum(['auto', 'wasm', 'reference']).optional(),
    transformer: z
      .union([z.enum(['auto', 'off']), transformer])
      .describe('Tier 2.')
      .optional(),
    verifier: z.literal('deep').describe('Has texts of high risk wait for the embedded verifier.').optional(),
  })
  .describe('Configuration of edgeward.');

export type Config = z.infer<typeof CONFIG>;

/** The published JSON Schema, draft 2020-12. */
export function jsonSchema(): object {
  return {
    ...z.toJSONSchema(CONFIG),
    title: 'edgeward.config',
    $id: 'https://unpkg.com/edgeward/dist/config.schema.json',
  };
}
