import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createJsonGuard, guardJsonValue } from '../../src/stream/json-text.ts';
import type { TextGuard } from '../../src/stream/text-guard.ts';
import { guarded, openTinyGuard, RESTORED } from './tiny-guard.ts';

function through(text: string, at: readonly number[] = [], open: () => TextGuard = openTinyGuard): string {
  const guard = createJsonGuard(open);
  const places = [...new Set(at.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
  const parts = [0, ...places].map((from, i) => text.slice(from, places[i] ?? text.length));
  let out = parts.map((part) => guard.push(part).text).join('');
  out += guard.end().text;
  return out;
}

const inEveryString = (value: unknown): unknown => {
  if (typeof value === 'string') return guarded(value);
  if (Array.isArray(value)) return value.map(inEveryString);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inEveryString(one)]));
};

describe('arguments that grow', () => {
  test.each([
    ['harmless, as they stand', '{ "a" : "caf\\u00e9 \\/ \\n", "b":[1,-2.5e3,true,null] }', undefined],
    ['a value', '{"to":"jane@x.example"}', '{"to":"[MAIL]"}'],
    ['a value beside escapes', '{"to":"\\njane@x.example\\"\\u00e9"}', '{"to":"\\n[MAIL]\\"é"}'],
    ['a value written in escapes', '{"to":"\\u006aane@x.example"}', '{"to":"[MAIL]"}'],
    ['what comes back is escaped', '{"name":"[NAME_1]"}', JSON.stringify({ name: RESTORED })],
    ['a name', '{"jane@x.example":1}', '{"[MAIL]":1}'],
    ['no JSON', 'to=jane@x.example', '[MAIL]'.replace(/^/, 'to=')],
    ['JSON that breaks off', '{"to":"jane@x.example', '{"to":"[MAIL]'],
    ['JSON that breaks off in an escape', '{"to":"a\\u00', undefined],
    ['words that are none of JSON', '{to: jane@x.example}', '{to: [MAIL]}'],
    ['nothing', '', undefined],
  ])('%s', (_what, text, want) => {
    expect(through(text)).toBe(want ?? text);
    for (let at = 0; at <= text.length; at++) expect(through(text, [at])).toBe(want ?? text);
  });

  test('a cut leaves nothing behind it', () => {
    expect(through('{"a":"so far FORBIDDEN","b":"jane@x.example"}')).toBe('{"a":"so far ');
  });

  test('any JSON, however it is cut, reads as each of its strings guarded', () => {
    const word = fc.constantFrom(
      'jane@x.example',
      '[NAME_1]',
      'plain',
      '"',
      '\\',
      '\n',
      'é',
      '😀',
      ' ',
      ': ',
      '\u0000',
    );
    const text = fc.array(word).map((words) => words.join(''));
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        text,
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.boolean(),
        fc.constant(null),
        tie('list'),
        tie('object'),
      ),
      list: fc.array(tie('value'), { maxLength: 3 }),
      object: fc.dictionary(fc.constantFrom('a', 'b', 'to'), tie('value'), { maxKeys: 3 }),
    })).value;
    const property = fc.property(value, fc.constantFrom(0, 2), fc.array(fc.nat()), (one, indent, at) => {
      const json = JSON.stringify(one, null, indent);
      const out = through(json, at);
      expect(JSON.parse(out)).toEqual(inEveryString(JSON.parse(json)));
      expect(out).toBe(through(json));
    });
    fc.assert(property, { numRuns: 1000 });
  });

  test('a value is judged with its name', () => {
    const seen: string[] = [];
    const open = (): TextGuard => {
      let all = '';
      return {
        push(text) {
          all += text;
          return { text, findings: [] };
        },
        end() {
          seen.push(all);
          return { text: '', findings: [] };
        },
      };
    };
    expect(through('{"password":"hunter2","pins":[1234]}', [], open)).toBe('{"password":"hunter2","pins":[1234]}');
    expect(seen).toEqual(['password', 'password: hunter2', 'pins', 'pins: 1234']);
  });

  test('numbers that change become strings', () => {
    const open = (): TextGuard => {
      let all = '';
      return {
        push(text) {
          all += text;
          return { text: '', findings: [] };
        },
        end: () => ({ text: all.replace('4111', '[CARD]'), findings: [] }),
      };
    };
    expect(through('{"card":4111,"n":12}', [], open)).toBe('{"card":"[CARD]","n":12}');
  });
});

test('a value that is whole', () => {
  const same = { a: ['x', 1] };
  expect(guardJsonValue(same, openTinyGuard).value).toBe(same);
  expect(guardJsonValue({ a: 'jane@x.example' }, openTinyGuard).value).toEqual({ a: '[MAIL]' });
  expect(guardJsonValue({ a: 'FORBIDDEN' }, openTinyGuard).value).toBeUndefined();
  expect(guardJsonValue(undefined, openTinyGuard).value).toBeUndefined();
});
