import { describe, expect, test } from 'vitest';
import { decide } from '../../src/decide/decide.ts';
import { createPolicy, type PolicyOptions } from '../../src/decide/policy.ts';
import { isAllowed } from '../../src/decide/sensitive.ts';
import type { Channel, Finding, Scan } from '../../src/types.ts';

function scanOf(ids: readonly string[], channel: Channel = 'user', score = 0): Scan {
  const findings = ids.map((id): Finding => {
    const category = id.startsWith('pii/') ? 'pii' : id.startsWith('secrets/') ? 'secret' : 'override';
    return { id, category, score: 0.9, spans: [{ start: 0, end: 1 }], decoders: [] };
  });
  return { findings, score, tier: 1, degraded: false, channel, timings: { tier1Ms: 0 } };
}

const CASES: readonly (readonly [
  name: string,
  sensitive: PolicyOptions['sensitive'],
  ids: readonly string[],
  want: string,
  channel: Channel,
])[] = [
  ['nothing is done by default', undefined, ['pii/email'], 'allow default/allow', 'user'],
  ['both kinds', 'redact', ['secrets/github-pat'], 'redact sensitive/redact', 'user'],
  ['one kind', { secrets: 'block' }, ['pii/email'], 'allow default/allow', 'user'],
  [
    'blocking outranks redacting',
    { pii: 'redact', secrets: 'block' },
    ['pii/email', 'secrets/jwt'],
    'block sensitive/block',
    'user',
  ],
  [
    'a type outranks its kind',
    { pii: 'block', types: { email: 'report' } },
    ['pii/email'],
    'allow default/allow',
    'user',
  ],
  [
    'a channel outranks both',
    { pii: 'block', channels: { model: { pii: 'redact' } } },
    ['pii/email'],
    'redact sensitive/redact',
    'model',
  ],
  ['attacks are another matter', 'block', ['patterns/override/x'], 'allow default/allow', 'user'],
];

describe('decide', () => {
  test.each(CASES)('%s', (_, sensitive, ids, want, channel) => {
    const policy = createPolicy(sensitive === undefined ? 'balanced' : { sensitive });
    const { action, reason } = decide(scanOf(ids, channel), policy);
    expect(`${action} ${reason}`).toBe(want);
  });

  test('an attack is blocked whatever else is in it', () => {
    expect(decide(scanOf(['pii/email'], 'user', 0.9), createPolicy({ sensitive: 'redact' })).reason).toBe(
      'threshold/block',
    );
  });
});

test('allow list', () => {
  const { sensitive } = createPolicy({ sensitive: { allow: ['info@acme.org', '*@acme.com'] } });
  expect(['INFO@acme.org', 'x@ACME.com', 'x@acme.org'].map((value) => isAllowed(value, sensitive))).toEqual([
    true,
    true,
    false,
  ]);
});

test.each([
  [{ pii: 'hide' }, /policy\.sensitive\.pii must be one of 'off'/],
  [{ threshold: 2 }, /policy\.sensitive\.threshold must be a number in \[0, 1\]; got 2/],
  [{ types: { email: 'no' } }, /policy\.sensitive\.types\.email/],
  [{ strategies: { email: 'no' } }, /policy\.sensitive\.strategies\.email/],
  [{ allow: [''] }, /policy\.sensitive\.allow/],
  [{ countries: ['DE', 'Germany'] }, /policy\.sensitive\.countries must be ISO 3166 codes.*got "Germany"/],
  [{ channels: { them: {} } }, /policy\.sensitive\.channels/],
  [{ what: 1 }, /policy\.sensitive must be keys among/],
])('%j is an error', (sensitive, message) => {
  expect(() => createPolicy({ sensitive } as unknown as PolicyOptions)).toThrowError(message);
});
