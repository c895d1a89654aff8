/** A whole firewall on whole answers: the user's own values come back, other people's do not, a canary ends it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Firewall } from '../../../src/firewall.ts';
import type { Vault } from '../../../src/types.ts';
import { openFirewall } from '../open-firewall.ts';
import { bodyOf, type Cuts, responseOf } from './play.ts';
import { RECORDED, type RecordedName, type Script } from './recorded.ts';

const OWN = 'jane.doe@own.example';
const OTHER = 'bob.roe@other.example';
const CANARY = 'QX7KZ2MPVT9R';
const SCRIPT: Script = {
  thought: `She is [EMAIL_1], he is ${OTHER}.`,
  text: `I write to [EMAIL_1] and not to ${OTHER}, as you wish.`,
  args: { to: '[EMAIL_1]', cc: OTHER, count: 3 },
};

// Two choices side by side cannot be read as one text.
const NAMES = (Object.keys(RECORDED) as RecordedName[]).filter((name) => name !== 'openai-chat, choices');

describe.each(NAMES)('%s', (name) => {
  let firewall: Firewall;
  let vault: Vault;
  beforeAll(async () => {
    firewall = await openFirewall({ policy: { sensitive: 'redact', output: { canaries: 'block' } } });
    ({ vault } = (await firewall.guard(`I am ${OWN}`)) as { vault: Vault });
  });
  afterAll(() => firewall.dispose());

  async function through(script: Script, cuts: Cuts): Promise<string> {
    const recorded = RECORDED[name];
    const { stream } = bodyOf(new TextEncoder().encode(recorded.body(script)), cuts);
    const response = responseOf(recorded, stream);
    return (await firewall.guardResponse(response, { vault, canaries: [CANARY] })).text();
  }

  test('the own value comes back, the other does not', async () => {
    const whole = await through(SCRIPT, [1e9]);
    expect(whole.includes(OWN) || joined(whole).includes(OWN)).toBe(true);
    expect(joined(whole)).not.toContain('bob.roe');
    expect(joined(whole)).not.toContain('EMAIL_1');
    expect(await through(SCRIPT, [1])).toBe(whole);
    expect(await through(SCRIPT, [5, 70, 13])).toBe(whole);
  });

  test('a canary in pieces ends the answer', async () => {
    const text = `My secret word is ${CANARY}, and ${OWN} should never be read after it.`;
    const whole = joined(await through({ ...SCRIPT, text }, [17]));
    expect(whole).toContain('My secret word is ');
    expect(whole).not.toContain(CANARY.slice(0, 6));
    expect(whole).not.toContain('should never');
  });
});

describe('guardTransform', () => {
  const recorded = RECORDED['openai-chat'];
  const piped = async (firewall: Firewall, script: Script, after?: 'dies') => {
    const { stream, state } = bodyOf(new TextEncoder().encode(recorded.body(script)), [64], after);
    const guarded = stream.pipeThrough(await firewall.guardTransform<Uint8Array>({ ...recorded, canaries: [CANARY] }));
    return { text: await new Response(guarded as BodyInit).text(), state };
  };
  let firewall: Firewall;
  beforeAll(async () => {
    firewall = await openFirewall({ policy: { sensitive: 'redact', output: { canaries: 'block' } } });
  });
  afterAll(() => firewall.dispose());

  test('what is piped through leaves as from guardStream', async () => {
    const { stream } = bodyOf(new TextEncoder().encode(recorded.body(SCRIPT)), [64]);
    const guarded = await firewall.guardStream<Uint8Array>(stream, { ...recorded, canaries: [CANARY] });
    expect((await piped(firewall, SCRIPT)).text).toBe(await new Response(guarded as BodyInit).text());
  });

  test('a cut ends the answer and cancels what is piped', async () => {
    const long = { ...SCRIPT, text: `The word is ${CANARY}. ${'More follows. '.repeat(2000)}` };
    const { text, state } = await piped(firewall, long);
    expect(text).toContain('content_filter');
    expect(joined(text)).not.toContain('More');
    await expect.poll(() => state.cancelled).toBe(true);
  });

  test('an upstream that dies: what was safe, then an error', async () => {
    const { text } = await piped(firewall, SCRIPT, 'dies');
    expect(joined(text)).toContain('I write to ');
  });
});

/** All strings of a stream under which texts stand, one after the other. */
function joined(stream: string): string {
  const member =
    /"(?:content|text|delta|thinking|partial_json|reasoning_content|refusal|arguments|inputTextDelta|argsTextDelta|to)":"((?:[^"\\]|\\.)*)"|^[0g]:"((?:[^"\\]|\\.)*)"/gm;
  const pieces = [...stream.matchAll(member)].map(([, one, two]) => one ?? two);
  return pieces.length === 0 ? stream : pieces.join('');
}
