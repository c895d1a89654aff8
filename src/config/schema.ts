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

const positive = z.number().positive();
const natural = z.number().min(0);
/** Secrets stay out of files. */
const secret = z.strictObject({ env: z.string().min(1).describe('Name of the environment variable that holds it.') });

const verifier = z.union([
  z.literal('deep'),
  z.strictObject({
    llm: z
      .strictObject({
        baseUrl: z.string().min(1).describe('Up to and without /chat/completions.'),
        model: z.string().min(1),
        apiKey: secret.optional(),
        timeoutMs: positive.optional(),
        concurrency: whole.optional(),
        maxWaiting: whole.optional(),
        maxUnits: whole.optional(),
        breaker: z.strictObject({ failures: whole, restMs: positive }).optional(),
        budget: z.strictObject({ tokens: whole, perMs: positive }).optional(),
        jsonMode: z.boolean().optional(),
      })
      .describe('A language model behind an API like that of OpenAI.'),
  }),
  z.strictObject({
    transformers: z
      .strictObject({
        model: z.string().min(1),
        labels: texts.optional(),
        workers: whole.optional(),
        maxQueue: whole.optional(),
        threshold: unit.optional(),
        maxPieces: whole.optional(),
      })
      .describe('A text classifier of your own, run by @xenova/transformers.'),
  }),
]);

const subject = z
  .string()
  .regex(/^(?:key|(?:header|claim):[^\s:]+)$/, 'key, header:NAME or claim:NAME')
  .describe('Who asks, as the proxy tells it: key, header:NAME or claim:NAME.');

const EVENTS = ['verified', 'struck', 'banned', 'lifted', 'buried', 'unreachable', 'reachable'] as const;

const judgement = z.strictObject({
  store: z
    .union([z.string().regex(/^(?:memory$|sqlite:.|rediss?:\/\/.)/, 'memory, sqlite:path or redis://…'), secret])
    .describe('Where strikes, bans and waiting texts lie: memory, sqlite:path or redis://…'),
  key: secret
    .describe('Subjects are hashed and texts sealed with it; at least 16 characters. EDGEWARD_KEY where absent.')
    .optional(),
  subject: subject.optional(),
  terms: z
    .strictObject({
      halfLifeMs: positive.describe('A strike counts half after this long.').optional(),
      banAt: positive.describe('Points that ban.').optional(),
      ladder: z
        .array(
          z.strictObject({
            kind: z.enum(['refuse', 'shadow']),
            banMs: z.union([positive, z.literal('forever')]),
          }),
        )
        .min(1)
        .describe('First ban, second ban, and so on; the last one repeats.')
        .optional(),
      forgetMs: positive.describe('Quiet time after a ban until the ladder begins anew.').optional(),
    })
    .describe('When strikes become bans.')
    .optional(),
  onUnreachable: failing.describe('What it means when the store cannot say who is banned.').optional(),
  staleMs: natural.describe('A ban made in another process holds here after at most so long.').optional(),
  shadowDelayMs: natural.describe('Before a subject under a shadow ban is answered.').optional(),
  maxQueued: whole.optional(),
  workers: z.number().int().min(0).describe('Texts that one process verifies at once.').optional(),
  verifyTimeoutMs: positive.optional(),
  leaseMs: positive.optional(),
  maxAttempts: whole.optional(),
  retryMs: positive.optional(),
  pollMs: positive.optional(),
  storeTimeoutMs: positive.optional(),
  webhooks: z
    .array(
      z.strictObject({
        url: z.string().regex(/^https?:\/\/./, 'an http(s) URL'),
        secret,
        events: z.array(z.enum(EVENTS)).describe('Defaults to banned and lifted.').optional(),
        attempts: whole.optional(),
        retryMs: positive.optional(),
        timeoutMs: positive.optional(),
      }),
    )
    .describe('Who is told, signed with HMAC.')
    .optional(),
});

const audit = z.strictObject({
  path: z.string().min(1).describe('The file to append to, JSONL.'),
  maxBytes: whole.optional(),
  keep: z.number().int().min(0).optional(),
  maxWaiting: whole.optional(),
  hashKey: secret.describe('At least 32 hexadecimal digits: hashes of texts are keyed with it.').optional(),
  textKey: secret.describe('32 or 64 hexadecimal digits: texts are kept, encrypted with it.').optional(),
});

const route = z.strictObject({
  path: z.string().regex(/^\/[^*]*\*?$/, 'a path, with * at most at its end'),
  mode: z.enum(['guard', 'pass', 'refuse']).optional(),
  api: z.enum(['openai', 'anthropic', 'gemini', 'ollama', 'plain']).optional(),
  places: z
    .array(z.strictObject({ path: z.string(), channel }))
    .describe('Where texts stand that no known shape has.')
    .optional(),
  policy: preset.optional(),
  risk: z.enum(['low', 'high']).describe('How much hangs on texts in doubt.').optional(),
  trustRoles: z.boolean().optional(),
  subject: subject.optional(),
  upstream: z.string().optional(),
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
    verifier: verifier
      .describe('Settles doubt: texts of high risk wait for it, and a judgement asks it about what has passed.')
      .optional(),
    judgement: judgement.describe('Remembers who attacks, and bans.').optional(),
    audit: audit.describe('Writes down what was decided.').optional(),
    routes: z.array(route).describe('What differs by path; edgeward proxy. The first that fits counts.').optional(),
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
