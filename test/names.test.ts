import { createFirewall, type PolicyOptions } from 'edgeward';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const LETTER = 'Dear Ms. Bergström, John Miller will call you. Regards, John Miller (john@mail.example)';

async function open(sensitive: NonNullable<PolicyOptions['sensitive']>) {
  return createFirewall({ transformer: 'off', policy: { sensitive } });
}

describe('names of people', () => {
  test('are nobody’s business until a policy names them', async () => {
    const firewall = await open('redact');
    expect((await firewall.guard(LETTER)).text).toBe(LETTER.replace('john@mail.example', '[EMAIL_1]'));
    expect((await firewall.redact(LETTER)).text).toContain('John Miller');
  });

  test('become placeholders, the same for the same name, and come back', async () => {
    const firewall = await open({ pii: 'redact', types: { 'person-name': 'redact' } });
    const { text, vault } = await firewall.guard(LETTER);
    expect(text).toBe('Dear Ms. [PERSON_NAME_1], [PERSON_NAME_2] will call you. Regards, [PERSON_NAME_2] ([EMAIL_1])');
    expect(vault!.restore(text)).toBe(LETTER);
    expect(vault!.restoreIn({ to: '[PERSON_NAME_2]' })).toEqual({ to: 'John Miller' });
    expect((await firewall.redact(LETTER)).text).toBe(text);
  });

  test('have an action and a threshold of their own', async () => {
    const blocked = await open({ types: { 'person-name': 'block' } });
    expect((await blocked.guard(LETTER)).action).toBe('block');
    const sure = await open({ types: { 'person-name': 'report' }, thresholds: { 'person-name': 1 } });
    expect(sure.scan(LETTER).findings.filter(({ id }) => id === 'pii/person-name')).toEqual([]);
  });

  test('hold on the channels that name them', async () => {
    const firewall = await open({ pii: 'report', channels: { tool: { types: { 'person-name': 'report' } } } });
    const ids = (channel: 'user' | 'tool') => firewall.scan(LETTER, { channel }).findings.map(({ id }) => id);
    expect(ids('tool')).toContain('pii/person-name');
    expect(ids('user')).not.toContain('pii/person-name');
  });

  test('get placeholders where a pseudonym is asked for', async () => {
    const firewall = await open({ types: { 'person-name': 'redact' }, strategy: 'pseudonym' });
    expect((await firewall.guard('My name is John Miller.')).text).toBe('My name is [PERSON_NAME_1].');
  });

  test('in a growing answer: however it is cut, and the user’s own name passes', async () => {
    const firewall = await open({ types: { 'person-name': 'redact' } });
    const { vault } = await firewall.guard('My name is John Miller.');
    const answer = 'Hello [PERSON_NAME_1]! Your agent is Jane Walker. Please call Jane Walker on Monday.\nRegards';
    async function guarded(pieces: readonly string[]): Promise<string> {
      const guard = await firewall.openTextGuard({ vault: vault! });
      return [...pieces.map((piece) => guard.push(piece)), guard.end()].map(({ text }) => text).join('');
    }
    const whole = await guarded([answer]);
    expect(whole).toContain('Hello John Miller!');
    expect(whole).not.toContain('Jane Walker');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: answer.length }), { maxLength: 8 }), async (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), answer.length];
        expect(await guarded(at.slice(1).map((end, i) => answer.slice(at[i], end)))).toBe(whole);
      }),
      { numRuns: 40 },
    );
  });

  test('weights that are none fail the start, and say what was expected', async () => {
    const policy = { sensitive: { types: { 'person-name': 'redact' } } } as const;
    await expect(createFirewall({ policy, names: new Uint8Array(3) })).rejects.toThrow(/names\.bin.*FW_PACK/);
  });
});
