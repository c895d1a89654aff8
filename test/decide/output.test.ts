import { describe, expect, test } from 'vitest';
import { decide } from '../../src/decide/decide.ts';
import { CLOSED, createOutput, GUARDED, type OutputOptions, outputAction } from '../../src/decide/output.ts';
import { createPolicy, PRESETS } from '../../src/decide/policy.ts';
import type { Finding, Scan } from '../../src/types.ts';

const finding = (id: string): Finding => ({ id, category: 'extraction', score: 0.9, spans: [], decoders: [] });
const scan = (...ids: string[]): Scan => ({
  findings: ids.map(finding),
  score: 0,
  tier: 1,
  degraded: false,
  channel: 'model',
  timings: { tier1Ms: 0 },
});

describe('presets', () => {
  test('balanced redacts, strict blocks, canaries always block', () => {
    expect(PRESETS.balanced.output).toEqual(GUARDED);
    expect(PRESETS.monitor.output).toEqual(GUARDED);
    expect(PRESETS.strict.output).toEqual(CLOSED);
    expect(GUARDED).toMatchObject({
      leaks: 'redact',
      translations: 'off',
      canaries: 'block',
      links: 'redact',
      goesTo: [],
      refusals: 'off',
    });
    expect(CLOSED).toMatchObject({
      leaks: 'block',
      translations: 'off',
      canaries: 'block',
      links: 'block',
      unsafe: 'block',
    });
  });
});

describe('changes', () => {
  const CHANGES: readonly (readonly [options: OutputOptions, want: object])[] = [
    [{}, GUARDED],
    ['report', { ...GUARDED, leaks: 'report', canaries: 'report', links: 'report' }],
    ['off', { ...GUARDED, leaks: 'off', canaries: 'off', links: 'off' }],
    [{ links: 'block' }, { ...GUARDED, links: 'block' }],
    [{ translations: 'report' }, { ...GUARDED, translations: 'report' }],
    [{ links: undefined } as object, GUARDED],
    [{ hosts: ['example.com', '*.example.com'] }, { ...GUARDED, hosts: ['example.com', '*.example.com'] }],
    [
      { goesTo: ['html', 'sql'], unsafe: 'block' },
      { ...GUARDED, goesTo: ['html', 'sql'], unsafe: 'block' },
    ],
  ];
  test.each(CHANGES)('%j', (options, want) => {
    expect(createOutput(GUARDED, options)).toEqual(want);
    expect(createPolicy({ output: options }).output).toEqual(want);
  });
});

describe('mistakes', () => {
  test.each([
    [7, `policy.output must be an object, or one of 'off', 'report', 'redact', 'block'; got 7`],
    ['verify', `policy.output must be one of 'off', 'report', 'redact', 'block'; got "verify"`],
    [
      { leak: 'off' },
      'policy.output must be keys among leaks, translations, canaries, links, unsafe, refusals, goesTo, hosts; got "leak"',
    ],
    [{ leaks: 'cut' }, `policy.output.leaks must be one of 'off', 'report', 'redact', 'block'; got "cut"`],
    [{ refusals: 'block' }, `policy.output.refusals must be one of 'off', 'report'; got "block"`],
    [
      { goesTo: ['eval'] },
      `policy.output.goesTo[0] must be one of 'html', 'shell', 'sql', 'terminal', 'spreadsheet'; got "eval"`,
    ],
    [{ goesTo: 'html' }, 'policy.output.goesTo must be an array; got "html"'],
    [
      { hosts: ['https://example.com/'] },
      `policy.output.hosts[0] must be a host such as 'example.com' or '*.example.com'; got "https://example.com/"`,
    ],
    [{ hosts: 'example.com' }, 'policy.output.hosts must be an array; got "example.com"'],
  ])('%j', (options, message) => {
    expect(() => createPolicy({ output: options as OutputOptions })).toThrow(
      `createFirewall: ${message}. Fix the option named in the message. [FW_OPTIONS]`,
    );
  });
});

describe('decisions', () => {
  test.each([
    ['output/system-prompt', 'redact', 'output/redact'],
    ['output/translated-prompt', 'allow', 'default/allow'],
    ['output/canary', 'block', 'output/block'],
    ['output/link-data', 'redact', 'output/redact'],
    ['output/link-host', 'redact', 'output/redact'],
    ['output/html-active', 'allow', 'default/allow'],
    ['output/refusal', 'allow', 'default/allow'],
    ['patterns/override/x', 'allow', 'default/allow'],
  ])('%s alone: %s', (id, action, reason) => {
    expect(decide(scan(id), PRESETS.balanced)).toMatchObject({ action, reason });
  });

  test('the hardest action wins', () => {
    expect(decide(scan('output/link-data', 'output/canary'), PRESETS.balanced).action).toBe('block');
  });

  test('findings of other scanners are not its business', () => {
    expect(outputAction(finding('pii/email'), CLOSED)).toBe('off');
  });
});
