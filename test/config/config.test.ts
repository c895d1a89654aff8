import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkConfig } from '../../src/config/check.ts';
import { findConfig, readConfig, watchFile } from '../../src/config/file.ts';
import { jsonSchema } from '../../src/config/schema.ts';
import { createPolicy, PRESETS } from '../../src/decide/policy.ts';

const VALID: readonly object[] = [
  {},
  { policy: 'strict' },
  { policy: { preset: 'strict', channels: { tool: { verify: 0.3, block: 0.5, onFull: 'closed' } } } },
  { policy: { sensitive: 'redact', output: { leaks: 'block', hosts: ['*.example.com'] } } },
  { policy: { sensitive: { pii: 'redact', types: { ipv4: 'report' }, channels: { user: { secrets: 'block' } } } } },
  {
    rules: [
      { id: 'custom/ticket', severity: 'high', match: 'close ..4.. ticket*', near: [{ pattern: 'a', within: 'text' }] },
    ],
  },
  { engine: 'reference', transformer: 'off', verifier: 'deep', $schema: './config.schema.json' },
  { transformer: { backend: 'wasm', workers: 2, labels: ['BAD'], model: 'm' } },
  { verifier: { llm: { baseUrl: 'http://x/v1', model: 'm', apiKey: { env: 'K' }, budget: { tokens: 9, perMs: 1 } } } },
  { verifier: { transformers: { model: 'm', labels: ['BAD'], threshold: 0.4 } } },
  {
    judgement: {
      ...{ store: 'redis://localhost', key: { env: 'K' }, subject: 'claim:sub', workers: 0, onUnreachable: 'closed' },
      terms: {
        banAt: 2.5,
        ladder: [
          { kind: 'shadow', banMs: 1000 },
          { kind: 'refuse', banMs: 'forever' },
        ],
      },
      webhooks: [{ url: 'https://x', secret: { env: 'S' }, events: ['struck', 'banned'] }],
    },
    audit: { path: 'a.jsonl', keep: 0, textKey: { env: 'T' } },
    routes: [
      { path: '/a/*', risk: 'high', policy: 'strict', places: [{ path: 'a.b', channel: 'tool' }], subject: 'key' },
    ],
  },
  { judgement: { store: { env: 'REDIS_URL' } } },
];

const MISTAKES: readonly (readonly [value: unknown, message: string])[] = [
  [[], 'the configuration must be an object; got "[]"'],
  ['strict', 'the configuration must be an object; got "strict"'],
  [{ polcy: 'strict' }, 'the configuration has no key "polcy"'],
  [{ policy: 'lax' }, 'policy must be one of "strict", "balanced", "monitor", or an object; got "lax"'],
  [{ policy: { block: 1.5 } }, 'policy.block must be at most 1; got 1.5'],
  [{ policy: { block: '0.5' } }, 'policy.block must be a number; got "0.5"'],
  [{ policy: { blok: 0.5 } }, 'policy has no key "blok"'],
  [{ policy: { onGrey: 'maybe' } }, 'policy.onGrey must be one of "allow", "block"; got "maybe"'],
  [{ policy: { channels: { tools: { verify: 0, block: 1 } } } }, 'policy.channels has no key "tools"'],
  [{ policy: { channels: { tool: { verify: 0.1 } } } }, 'policy.channels.tool.block must be a number; got nothing'],
  [
    { policy: { sensitive: { types: { email: 'hide' } } } },
    'policy.sensitive.types.email must be one of "off", "report", "redact", "verify", "block"; got "hide"',
  ],
  [{ policy: { deny: [''] } }, 'policy.deny[0] must be a string that is not empty; got ""'],
  [{ rules: [{ id: 'a/b', severity: 'high' }] }, 'rules[0].match must be a string, or an array; got nothing'],
  [{ transformer: { workers: 1.5 } }, 'transformer.workers must be a whole number; got 1.5'],
  [{ verifier: 'llm' }, 'verifier must be "deep", or an object; got "llm"'],
  [{ verifier: { llm: { baseUrl: 'x' } } }, 'verifier.llm.model must be a string; got nothing'],
  [
    { verifier: { llm: { baseUrl: 'x', model: 'm', apiKey: 'secret' } } },
    'verifier.llm.apiKey must be an object; got "secret"',
  ],
  [{ judgement: {} }, 'judgement.store must be a string, or an object; got nothing'],
  [{ judgement: { store: 'mysql://x' } }, 'judgement.store must be memory, sqlite:path or redis://…; got "mysql://x"'],
  [
    { judgement: { store: 'memory', subject: 'ip' } },
    'judgement.subject must be key, header:NAME or claim:NAME; got "ip"',
  ],
  [{ judgement: { store: 'memory', terms: { banAt: 0 } } }, 'judgement.terms.banAt must be above 0; got 0'],
  [
    { judgement: { store: 'memory', terms: { ladder: [{ kind: 'mute', banMs: 1 }] } } },
    'judgement.terms.ladder[0].kind must be one of "refuse", "shadow"; got "mute"',
  ],
  [
    { judgement: { store: 'memory', terms: { ladder: [] } } },
    'judgement.terms.ladder must be an array that is not empty; got "[]"',
  ],
  [
    { judgement: { store: 'memory', webhooks: [{ url: 'x', secret: { env: 'S' } }] } },
    'judgement.webhooks[0].url must be an http(s) URL; got "x"',
  ],
  [{ judgement: { store: 'memory', bans: 1 } }, 'judgement has no key "bans"'],
  [{ audit: { keep: 1 } }, 'audit.path must be a string; got nothing'],
  [{ routes: [{ path: 'v1' }] }, 'routes[0].path must be a path, with * at most at its end; got "v1"'],
  [{ routes: [{ path: '/v1', risk: 'mid' }] }, 'routes[0].risk must be one of "low", "high"; got "mid"'],
  [
    { engine: 7, verifier: 'x' },
    'engine must be one of "auto", "wasm", "reference"; got 7; verifier must be "deep", or an object; got "x"',
  ],
];

describe('check', () => {
  test.each(VALID)('%j', (value) => {
    expect(checkConfig('file.json', value)).toEqual(value);
  });

  test.each(MISTAKES)('%j', (value, message) => {
    const full = `file.json: ${message}. Correct the file`;
    expect(() => checkConfig('file.json', value)).toThrow(full);
    expect(() => checkConfig('file.json', value)).toThrow(expect.objectContaining({ code: 'FW_CONFIG' }));
  });

  test('every key of a policy can stand in a file, and every value of a preset', () => {
    for (const { name: _, ...preset } of Object.values(PRESETS)) {
      const { policy } = checkConfig('file.json', { policy: { ...preset } });
      expect(createPolicy(policy as object)).toMatchObject(preset);
    }
  });
});

test('the published JSON Schema says yes and no to the same files', () => {
  const isValid = new Ajv2020({ strict: true }).compile(jsonSchema());
  for (const value of VALID) expect([value, isValid(value)]).toEqual([value, true]);
  for (const [value] of MISTAKES) expect([value, isValid(value)]).toEqual([value, false]);
});

describe('files', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'edgeward-config-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const write = async (name: string, text: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, text);
    return path;
  };

  test.each([
    ['edgeward.config.json', '{"policy": {"preset": "strict", "block": 0.7}}'],
    ['edgeward.config.yaml', 'policy:\n  preset: strict\n  block: 0.7 # a comment\n'],
    ['edgeward.config.mjs', 'export default { policy: { preset: "strict", block: 0.7 } };'],
  ])('%s', async (name, text) => {
    const path = await write(name, text);
    expect(await findConfig(folder)).toBe(path);
    expect(await readConfig(path)).toEqual({ policy: { preset: 'strict', block: 0.7 } });
  });

  test('a module is read again when it has changed', async () => {
    const path = await write('edgeward.config.mjs', 'export default { policy: "strict" };');
    expect(await readConfig(path)).toEqual({ policy: 'strict' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    await write('edgeward.config.mjs', 'export default { policy: "monitor" };');
    expect(await readConfig(path)).toEqual({ policy: 'monitor' });
  });

  test.each([
    ['a.json', '{', 'a.json: expected JSON; '],
    ['a.yaml', 'a: [', 'a.yaml: expected YAML; '],
    ['a.toml', '', 'a.toml: expected a file ending in .ts, .mjs, .js, .json, .yaml, .yml; got ".toml"'],
    [
      'a.mjs',
      'throw new Error("no")',
      'a.mjs: expected a module that exports a configuration as default; it failed: no',
    ],
    ['b.mjs', 'export const a = 1', 'b.mjs: the configuration must be an object; got nothing'],
  ])('%s with %j', async (name, text, message) => {
    await expect(readConfig(await write(name, text))).rejects.toThrow(message);
  });

  test('no file', async () => {
    expect(await findConfig(folder)).toBeUndefined();
    await expect(readConfig(join(folder, 'a.json'))).rejects.toThrow('there is none to read');
    await expect(readConfig(join(folder, 'a.mjs'))).rejects.toThrow('there is none to read');
  });

  test('a change is seen, also when another file takes the place', async () => {
    const path = await write('edgeward.config.json', '{}');
    let seen = 0;
    const end = watchFile(path, () => seen++);
    try {
      await write('edgeward.config.json', '{"policy": "strict"}');
      await expect.poll(() => seen, { timeout: 20_000 }).toBeGreaterThan(0);
      const before = seen;
      await write('next.json', '{"policy": "monitor"}');
      await rename(join(folder, 'next.json'), path);
      await expect.poll(() => seen, { timeout: 20_000 }).toBeGreaterThan(before);
    } finally {
      end();
    }
  });
});
