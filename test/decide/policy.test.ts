import { describe, expect, test } from 'vitest';
import { createPolicy, type PolicyOptions, PRESETS } from '../../src/decide/policy.ts';

describe('presets', () => {
  test.each([
    ['strict', { block: 0.6, verify: 0.4, onGrey: 'block', onDegraded: 'closed', observe: false }],
    ['balanced', { block: 0.8, verify: 0.6, onGrey: 'allow', onDegraded: 'open', observe: false }],
    ['monitor', { block: 0.8, verify: 0.6, onGrey: 'allow', onDegraded: 'open', observe: true }],
  ] as const)('%s', (name, want) => {
    expect(createPolicy(name)).toMatchObject({ name, ...want, channels: {}, allow: [], deny: [], disable: [] });
  });

  test('balanced is the default, alone and under changes', () => {
    expect(createPolicy()).toEqual(PRESETS.balanced);
    expect(createPolicy({})).toEqual(PRESETS.balanced);
    expect(createPolicy({ block: 0.9 })).toEqual({ ...PRESETS.balanced, block: 0.9 });
  });
});

describe('changes', () => {
  const CHANGES: readonly (readonly [what: string, options: PolicyOptions, want: object])[] = [
    ['a preset and a threshold', { preset: 'strict', block: 0.7 }, { name: 'strict', block: 0.7, verify: 0.4 }],
    ['undefined changes nothing', { preset: 'strict', observe: undefined } as object, { observe: false }],
    ['the limits themselves', { block: 1, verify: 0 }, { block: 1, verify: 0 }],
    ['block and verify may be one', { block: 0.5, verify: 0.5 }, { block: 0.5, verify: 0.5 }],
    [
      'a channel',
      { channels: { tool: { block: 0.5, verify: 0.3 } } },
      { channels: { tool: { block: 0.5, verify: 0.3 } } },
    ],
    ['lists', { allow: ['a'], deny: ['b c'], disable: ['patterns/x/y'] }, { allow: ['a'], deny: ['b c'] }],
  ];
  test.each(CHANGES)('%s', (_what, options, want) => {
    expect(createPolicy(options)).toMatchObject(want);
  });

  test('the options are left as they were', () => {
    const options = Object.freeze({ preset: 'strict', deny: Object.freeze(['x']) } as const);
    expect(createPolicy(options).deny).toEqual(['x']);
  });
});

describe('mistakes', () => {
  const KEYS =
    'preset, block, verify, onGrey, onDegraded, onUnverified, onFull, verifyTimeoutMs, observe, channels, allow, deny, disable, sensitive, output';
  const MISTAKES: readonly (readonly [options: unknown, message: string])[] = [
    [7, 'policy must be a preset name or an object; got 7'],
    [null, 'policy must be a preset name or an object; got null'],
    ['lax', `policy.preset must be one of 'strict', 'balanced', 'monitor'; got "lax"`],
    ['constructor', `policy.preset must be one of 'strict', 'balanced', 'monitor'; got "constructor"`],
    [{ preset: 'lax' }, `policy.preset must be one of 'strict', 'balanced', 'monitor'; got "lax"`],
    [{ blok: 0.5 }, `policy must be keys among ${KEYS}; got "blok"`],
    [{ name: 'mine' }, `policy must be keys among ${KEYS}; got "name"`],
    [{ block: 1.5 }, 'policy.block must be a number in [0, 1]; got 1.5'],
    [{ block: '0.5' }, 'policy.block must be a number in [0, 1]; got "0.5"'],
    [{ block: Number.NaN }, 'policy.block must be a number in [0, 1]; got NaN'],
    [{ verify: -0.1 }, 'policy.verify must be a number in [0, 1]; got -0.1'],
    [{ verify: 0.9 }, 'policy.verify must be at most policy.block (0.8); got 0.9'],
    [{ onGrey: 'maybe' }, `policy.onGrey must be one of 'allow', 'block'; got "maybe"`],
    [{ onDegraded: 'ajar' }, `policy.onDegraded must be one of 'open', 'closed'; got "ajar"`],
    [{ onUnverified: 'allow' }, `policy.onUnverified must be one of 'open', 'closed'; got "allow"`],
    [{ onFull: true }, `policy.onFull must be one of 'open', 'closed'; got true`],
    [{ verifyTimeoutMs: -1 }, 'policy.verifyTimeoutMs must be a number of milliseconds from 0 to 86400000; got -1'],
    [{ verifyTimeoutMs: '2s' }, 'policy.verifyTimeoutMs must be a number of milliseconds from 0 to 86400000; got "2s"'],
    [
      { channels: { tool: { verify: 0.3, block: 0.5, onFul: 'open' } } },
      'policy.channels.tool must be keys among verify, block, onDegraded, onUnverified, onFull; got "onFul"',
    ],
    [
      { channels: { tool: { verify: 0.3, block: 0.5, onFull: 'shut' } } },
      `policy.channels.tool.onFull must be one of 'open', 'closed'; got "shut"`,
    ],
    [{ observe: 'yes' }, 'policy.observe must be a boolean; got "yes"'],
    [{ allow: 'all' }, 'policy.allow must be an array of non-empty strings; got "all"'],
    [{ deny: [''] }, 'policy.deny must be an array of non-empty strings; got '],
    [{ deny: [' '] }, 'policy.deny must be an array of non-empty strings; got  '],
    [{ disable: [1] }, 'policy.disable must be an array of non-empty strings; got 1'],
    [
      { channels: { tools: { block: 1, verify: 1 } } },
      'policy.channels must be keys among user, system, tool, retrieved, model; got "tools"',
    ],
    [{ channels: { tool: { block: 2, verify: 0 } } }, 'policy.channels.tool.block must be a number in [0, 1]; got 2'],
    [{ channels: null }, 'policy.channels must be an object of thresholds by channel; got null'],
    [{ channels: { tool: null } }, 'policy.channels.tool must be an object with verify and block; got null'],
    [{ channels: { tool: { block: 0.5 } } }, 'policy.channels.tool.verify must be a number in [0, 1]; got undefined'],
    [
      { channels: { user: { block: 0.5, verify: 0.6 } } },
      'policy.channels.user.verify must be at most policy.channels.user.block (0.5); got 0.6',
    ],
  ];
  test.each(MISTAKES)('%j', (options, message) => {
    const full = `createFirewall: ${message}. Fix the option named in the message. [FW_OPTIONS]`;
    expect(() => createPolicy(options as PolicyOptions)).toThrow(
      expect.objectContaining({ code: 'FW_OPTIONS', message: full }),
    );
  });
});
