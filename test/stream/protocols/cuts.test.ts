import { describe, expect, test } from 'vitest';
import { guardedStream } from '../../../src/stream/guard-stream.ts';
import { createTextRelay } from '../../../src/stream/text-relay.ts';
import { guarded, openTinyGuard } from '../tiny-guard.ts';
import { bodyOf, played, WHOLE } from './play.ts';
import { RECORDED, type RecordedName, type Script } from './recorded.ts';

const NAMES = Object.keys(RECORDED) as RecordedName[];

const HARMLESS: Script = {
  thought: 'Where is the café? Ünïcode 😀 and\nlines.',
  text: 'The answer is 42, “quoted” — 日本語 🎉.\n\ndata: not an event\n\n[DONE] {"a": 1}',
  args: { to: 'nobody "quoted"', body: 'line\none \\ ü', count: 3, nested: { list: [true, null, 'x'] } },
};
const MAILS: Script = {
  thought: 'I should write to bob@x.example now',
  text: 'Write to jane@x.example today, or to bob@x.example and [NAME_1] says hello.',
  args: { to: 'jane@x.example', name: '[NAME_1]', count: 3 },
};
/** Every kind of event, and few of each: it is read once for each of its bytes. */
const SHORT: Script = { thought: 'a 😀', text: 'ü jane@x.example\n', args: { to: 'é' } };
const CUT: Script = {
  thought: 'Hm',
  text: 'This much is fine but the word is FORBIDDEN and never jane@x.example leaves',
  args: { to: 'x' },
};

/** A small seeded generator: splits are the same in every run. */
function lengths(seed: number): number[] {
  let state = seed;
  return Array.from({ length: 64 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return 1 + ((state >>> 16) % 40);
  });
}

describe.each(NAMES)('%s', (name) => {
  const recorded = RECORDED[name];

  test.each([
    ['harmless', HARMLESS],
    ['e-mail addresses', MAILS],
    ['cut', CUT],
  ])('%s: one byte at a time, or in any pieces, it leaves the same', async (_what, script) => {
    const body = recorded.body(script);
    const { text, report } = await played(recorded, body);
    for (const cuts of [[1], [2, 3], lengths(1), lengths(2), lengths(3)]) {
      const again = await played(recorded, body, cuts);
      expect(again.text).toBe(text);
      expect(again.report).toEqual(report);
    }
    expect(text).not.toContain('jane');
    expect(text).not.toContain('FORBIDDEN');
    expect(report.end).toBe(script === CUT ? 'cut' : 'complete');
  });

  test('cut in two at any byte it leaves the same', () => {
    const bytes = new TextEncoder().encode(recorded.body(SHORT));
    const run = (at: number): string => {
      const relay = createTextRelay(openTinyGuard, formOf(name));
      const decoder = new TextDecoder();
      const first = relay.push(decoder.decode(bytes.subarray(0, at), { stream: true }));
      return first + relay.push(decoder.decode(bytes.subarray(at))) + relay.finish();
    };
    const whole = run(0);
    const differing: number[] = [];
    for (let at = 1; at < bytes.length; at++) if (run(at) !== whole) differing.push(at);
    expect(differing).toEqual([]);
  });

  test('a cut ends the upstream', async () => {
    const { stream, state } = bodyOf(
      new TextEncoder().encode(recorded.body({ ...CUT, text: `${CUT.text} ${'x '.repeat(500)}` })),
      [64],
    );
    const guardedBody = guardedStream<Uint8Array>(stream, openTinyGuard, formOf(name));
    const text = await new Response(guardedBody as BodyInit).text();
    expect(text).not.toContain('FORB');
    expect(state.cancelled).toBe(true);
  });

  test('the client leaves: the upstream hears of it', async () => {
    const { stream, state } = bodyOf(new TextEncoder().encode(recorded.body(HARMLESS)), [64], 'hangs');
    const reader = guardedStream<Uint8Array>(stream, openTinyGuard, formOf(name)).getReader();
    await reader.read();
    await reader.cancel('bye');
    expect(state.cancelled).toBe(true);
  });

  test('no more is read than the client takes', async () => {
    const { stream, state } = bodyOf(new TextEncoder().encode(recorded.body(HARMLESS).repeat(2)), [512]);
    const reader = guardedStream<Uint8Array>(stream, openTinyGuard, formOf(name)).getReader();
    await reader.read();
    expect(state.pulled).toBeLessThanOrEqual(name === 'text' ? 1 : 3);
    await reader.cancel();
  });
});

test('plain text reads as the guarded whole', async () => {
  for (const { text } of [HARMLESS, MAILS, CUT]) {
    const body = RECORDED.text.body({ ...HARMLESS, text });
    expect((await played(RECORDED.text, body, [1])).text).toBe(guarded(text));
    expect((await played(RECORDED.text, body, WHOLE)).text).toBe(guarded(text));
  }
});

function formOf(name: RecordedName) {
  const { contentType } = RECORDED[name];
  return { contentType, ...(name === 'ai-data' && { protocol: 'ai-data' as const }) };
}
