import { describe, expect, test } from 'vitest';
import { decide, isDoubt, mustWait, outcomeOf, outcomeUnqueued } from '../../src/decide/decide.ts';
import { createPolicy, type PolicyOptions, type PresetName } from '../../src/decide/policy.ts';
import type { Risk, Scan, Unverified, Verification } from '../../src/types.ts';

function scanOf(changes: Partial<Scan>): Scan {
  return { findings: [], score: 0, tier: 1, degraded: false, channel: 'user', timings: { tier1Ms: 0 }, ...changes };
}

type Row = readonly [
  what: string,
  policy: PresetName | PolicyOptions,
  scan: Partial<Scan>,
  action: string,
  reason: string,
  outcome: string,
];

const TOOL = { channels: { tool: { block: 0.3, verify: 0.2 } } } as const;

const DECISIONS: readonly Row[] = [
  ['nothing found', 'balanced', {}, 'allow', 'default/allow', 'allow'],
  ['just below doubt', 'balanced', { score: 0.5999999 }, 'allow', 'default/allow', 'allow'],
  ['at doubt', 'balanced', { score: 0.6 }, 'verify', 'threshold/verify', 'allow'],
  ['just below block', 'balanced', { score: 0.7999999 }, 'verify', 'threshold/verify', 'allow'],
  ['at block', 'balanced', { score: 0.8 }, 'block', 'threshold/block', 'block'],
  ['certain', 'balanced', { score: 1 }, 'block', 'threshold/block', 'block'],
  ['doubt blocks where strict', 'strict', { score: 0.4 }, 'verify', 'threshold/verify', 'block'],
  ['strict blocks earlier', 'strict', { score: 0.6 }, 'block', 'threshold/block', 'block'],
  ['a monitor says block and lets it pass', 'monitor', { score: 1 }, 'block', 'threshold/block', 'allow'],
  [
    'a monitor of a strict policy',
    { preset: 'strict', observe: true },
    { score: 0.5 },
    'verify',
    'threshold/verify',
    'allow',
  ],
  ['degraded counts as whole', 'balanced', { degraded: true }, 'allow', 'default/allow', 'allow'],
  ['degraded is doubt where closed', 'strict', { degraded: true }, 'verify', 'degraded/closed', 'block'],
  ['degraded and certain', 'strict', { degraded: true, score: 0.9 }, 'block', 'threshold/block', 'block'],
  ['allow list beats the score', 'balanced', { listed: 'allow', score: 1 }, 'allow', 'list/allow', 'allow'],
  ['allow list beats degraded', 'strict', { listed: 'allow', degraded: true }, 'allow', 'list/allow', 'allow'],
  ['deny list needs no score', 'balanced', { listed: 'deny' }, 'block', 'list/deny', 'block'],
  ['a channel of its own', TOOL, { channel: 'tool', score: 0.3 }, 'block', 'threshold/block', 'block'],
  ['a channel of its own, in doubt', TOOL, { channel: 'tool', score: 0.25 }, 'verify', 'threshold/verify', 'allow'],
  ['the other channels as ever', TOOL, { channel: 'retrieved', score: 0.3 }, 'allow', 'default/allow', 'allow'],
  ['doubt may be switched off', { verify: 0.8 }, { score: 0.79 }, 'allow', 'default/allow', 'allow'],
];

describe('decide', () => {
  test.each(DECISIONS)('%s', (_what, options, changes, action, reason, want) => {
    const policy = createPolicy(options);
    const scan = scanOf(changes);
    const decision = decide(scan, policy);
    expect(decision).toEqual({ action, reason, scan });
    const outcome = outcomeOf('the text', decision, policy);
    expect(outcome).toMatchObject({ action: want, text: want === 'block' ? '' : 'the text', decision });
  });
});

const CLOSED_TOOL = {
  channels: { tool: { verify: 0.6, block: 0.8, onDegraded: 'closed', onUnverified: 'open', onFull: 'closed' } },
} as const;

describe('risk, and no verdict', () => {
  type RiskRow = readonly [
    what: string,
    policy: PresetName | PolicyOptions,
    scan: Partial<Scan>,
    risk: Risk | undefined,
    outcome: string,
    unverified: Unverified | undefined,
  ];
  const [SHUT, OPEN] = [
    { why: 'missing', fails: 'closed' },
    { why: 'missing', fails: 'open' },
  ] as const;
  const ROWS: readonly RiskRow[] = [
    ['low lets grey through', 'balanced', { score: 0.7 }, 'low', 'allow', undefined],
    ['and so does nobody saying', 'balanced', { score: 0.7 }, undefined, 'allow', undefined],
    ['high refuses', 'balanced', { score: 0.7 }, 'high', 'block', SHUT],
    ['high with an open policy', { onUnverified: 'open' }, { score: 0.7 }, 'high', 'allow', OPEN],
    ['strict is high', 'strict', { score: 0.5 }, undefined, 'block', SHUT],
    ['strict and low', 'strict', { score: 0.5 }, 'low', 'allow', undefined],
    ['below doubt no risk counts', 'balanced', { score: 0.5 }, 'high', 'allow', undefined],
    ['above block no risk counts', 'balanced', { score: 0.8 }, 'low', 'block', undefined],
    ['degraded and closed waits as well', 'strict', { degraded: true }, 'high', 'block', SHUT],
    ['a channel fails as it says', CLOSED_TOOL, { score: 0.7, channel: 'tool' }, 'high', 'allow', OPEN],
    ['and judges degraded scans as it says', CLOSED_TOOL, { degraded: true, channel: 'tool' }, 'high', 'allow', OPEN],
    ['while others do not', CLOSED_TOOL, { degraded: true, channel: 'user' }, 'high', 'allow', undefined],
    ['a monitor waits for nobody', 'monitor', { score: 0.7 }, 'high', 'allow', undefined],
  ];
  test.each(ROWS)('%s', (_what, options, changes, risk, want, unverified) => {
    const policy = createPolicy(options);
    const decision = decide(scanOf(changes), policy);
    const outcome = outcomeOf('the text', decision, policy, { risk });
    expect([outcome.action, outcome.unverified]).toEqual([want, unverified]);
    expect(mustWait(decision, policy, risk)).toBe(unverified !== undefined);
  });

  test('doubt that is no question of attacks is refused without one', () => {
    const policy = createPolicy({ sensitive: 'verify' });
    const email = { id: 'pii/email', category: 'pii', score: 1, spans: [], decoders: [] } as const;
    const decision = decide(scanOf({ findings: [email] }), policy);
    expect([decision.reason, isDoubt(decision), mustWait(decision, policy, 'high')]).toEqual([
      'sensitive/verify',
      false,
      false,
    ]);
    expect(outcomeOf('x', decision, policy, { risk: 'high' })).toMatchObject({ action: 'block' });
    expect(outcomeOf('x', decision, policy, { risk: 'low' })).toMatchObject({ action: 'allow' });
  });

  test.each([
    ['balanced', 'user', 'allow', 'open'],
    ['strict', 'user', 'block', 'closed'],
    [CLOSED_TOOL, 'tool', 'block', 'closed'],
    [CLOSED_TOOL, 'retrieved', 'allow', 'open'],
    [{ preset: 'monitor', onFull: 'closed' }, 'user', 'allow', 'closed'],
  ] as const)('no place in the queue: %j on %s', (options, channel, action, fails) => {
    const policy = createPolicy(options);
    const outcome = outcomeOf('the text', decide(scanOf({ score: 0.65, channel }), policy), policy, { risk: 'low' });
    const unqueued = outcomeUnqueued(outcome, policy);
    expect(unqueued).toMatchObject({ action, unverified: { why: 'full', fails } });
    expect(unqueued.text).toBe(action === 'block' ? '' : outcome.text);
  });
});

describe('a verdict', () => {
  const attack: Verification = { attack: true, score: 0.9, reason: 'test' };
  const harmless: Verification = { attack: false, score: 0.1, reason: 'test' };
  test.each([
    ['turns doubt into refusal', { score: 0.7 }, attack, 'block', 'verifier/attack'],
    ['ends doubt', { score: 0.7 }, harmless, 'allow', 'verifier/harmless'],
    ['stands in for what a degraded scan missed', { degraded: true }, harmless, 'allow', 'verifier/harmless'],
    ['changes nothing above the band', { score: 0.9 }, harmless, 'block', 'threshold/block'],
    ['nor against a list', { listed: 'allow', score: 0.7 }, attack, 'allow', 'list/allow'],
  ] as const)('%s', (_what, changes, verification, action, reason) => {
    const scan = scanOf(changes);
    expect(decide(scan, createPolicy(), verification)).toEqual({ action, reason, scan, verification });
  });

  test('personal data stays personal', () => {
    const email = { id: 'pii/email', category: 'pii', score: 1, spans: [], decoders: [] } as const;
    const scan = scanOf({ score: 0.7, findings: [email] });
    const decision = decide(scan, createPolicy({ sensitive: 'redact' }), harmless);
    expect([decision.action, decision.reason]).toEqual(['redact', 'sensitive/redact']);
  });
});
