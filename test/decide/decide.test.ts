import { describe, expect, test } from 'vitest';
import { decide, outcomeOf } from '../../src/decide/decide.ts';
import { createPolicy, type PolicyOptions, type PresetName } from '../../src/decide/policy.ts';
import type { Scan } from '../../src/types.ts';

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
    expect(outcome).toEqual({ action: want, text: want === 'block' ? '' : 'the text', decision });
  });
});
