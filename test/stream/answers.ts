/**
 * Answers of a model, generated: prose, code and tables with personal data and secrets of every type at every kind of
 * border. Answer `i` of a seed is always the same string.
 *
 * @module
 */
import { secretSentences } from '../../models/eval/secret-sentences.ts';
import { ASSIGNED, TOKENS } from '../../src/scan/secrets/shapes.ts';

export type Next = (below: number) => number;

/** Numbers below a bound, the same for the same seed. */
export function randomFrom(seed: number): Next {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return Math.floor((((mixed ^ (mixed >>> 16)) >>> 0) / 4294967296) * below);
  };
}

const pick = <T>(next: Next, from: readonly T[]): T => from[next(from.length)]!;
const digits = (next: Next, count: number): string => Array.from({ length: count }, () => next(10)).join('');
const letters = (next: Next, count: number): string =>
  Array.from({ length: count }, () => String.fromCharCode(97 + next(26))).join('');

/** One of each type, with the words that some need; a recognizer's test has the same. */
const VALUES: readonly string[] = [
  'jane.doe+x@mail.example.co.uk',
  '请联系zhang@example.com谢谢',
  'josé.núñez@correo.example',
  '+44 20 7946 0958',
  'my number is (308) 738-1647.',
  'Meine Handynummer: 0171 2345678',
  'card 4111-1111-1111-1111',
  '4111 1111 1111 1111',
  '378282246310005',
  'card ４１１１ １１１１ １１１１ １１１１',
  '4111\u200b1111\u200b1111\u200b1111',
  'IBAN DE89 3704 0044 0532 0130 00, danke',
  'GB29 NWBK 6016 1331 9268 19',
  'SWIFT: DEUTDEFF',
  'SSN 536-90-4399',
  '536904399 is my SSN',
  'tax id 912-70-1234',
  'EIN 12-3456789',
  'routing number 021000021',
  'NPI: 1234567893',
  'NHS number 943 476 5919',
  'NI number AB 12 34 56 C',
  'SIN: 130-692-544',
  'Steuer-ID 86 095 742 719',
  'NIR 1 85 05 78 006 084 91',
  'DNI 12345678Z',
  '12345678 Z',
  'NIE X1234567L',
  'NIE X 1234567 L',
  'C.F. RSSMRA85T10A562S',
  'BSN 111222333',
  'PESEL 44051401359',
  'CPF 111.444.777-35',
  '11.222.333/0001-81',
  'Aadhaar 2341 2341 2346',
  'PAN ABCPE1234F',
  '身份证 11010519491231002X',
  'マイナンバー 123456789018',
  '주민등록번호 900101-1234567',
  'TFN 123 456 782',
  'Medicare 2123 45670 1',
  'NRIC S1234567D',
  'from 81.46.223.25 yesterday',
  '2001:db8:85a3::8a2e:370:7334',
  '3c:9f:9d:0d:f7:43',
  'IMEI 490154203237518',
  'VIN 1HGBH41JXMN109186',
  'DOB: 1990-02-11',
  'geboren am 3.7.1984',
  'at 7521 Main Avenue, Dover, TX 37221.',
  'at 12 N. Martin Luther King Boulevard, Apt 5B, San Francisco, CA 94107-1234 now',
  '12 Oak Crescent',
  '12 rue de la Paix',
  '12 bis, rue Victor Hugo, 75002 Paris',
  'Calle de la Paz 12',
  'Calle Mayor, nº 12',
  'ul. Długa 7',
  'улица Ленина 5',
  'Kossuth utca 5',
  'Unter den Linden 77, 10117 Berlin',
  'Hauptstraße 12, 10115 Berlin',
  'Apartado de Correos 1234',
  '12 High Street\nApt. 4\nDover, TX 37221\nUSA',
  '> 12 High Street,\n> London N1 9GU',
  'Komenského 605\nTelč, 588 56',
  'Tværgyden 40, Knebel, 8420, Denmark',
  'she lives at Tylova 285.',
  'ich wohne in der hauptstraße 12',
  '1 Infinite Loop, Cupertino, CA 95014',
  '100 Broadway Suite 310',
  'Rákóczi út 41.\nBudapest, 1088',
  'located at 48.8584, 2.2945',
  '48.8584° N, 2.2945° E',
  'postgres://admin:s3cr3tPa55@db.host/x',
  '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa',
  'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq',
  '0x52908400098527886E0F7030069857D2E4169EE7',
  `${'abandon '.repeat(11)}about`,
  'legal winner thank year wave sausage worth useful legal winner thank yellow',
  'passport N18892937',
  "driver's license D123-4567-8901",
  '756.1234.5678.97',
  'MRN-6158284',
  'DEA AB1234563',
  'A123456(3)',
  'the account number is 12345678',
];

const base64 = (text: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
const hex = (text: string, joint: string): string =>
  [...new TextEncoder().encode(text)].map((byte) => byte.toString(16).padStart(2, '0')).join(joint);

/** Values made anew each time. */
const MADE: readonly ((next: Next) => string)[] = [
  (next) => `${letters(next, 5)}.${letters(next, 3)}${next(99)}@${letters(next, 4)}.example`,
  (next) => `${letters(next, 1 + next(80))}@${letters(next, 4)}.example`,
  (next) => `+1 (${2 + next(8)}${digits(next, 2)}) ${2 + next(8)}${digits(next, 2)}-${digits(next, 4)}`,
  (next) => `SSN ${1 + next(5)}${digits(next, 2)}-${1 + next(8)}1-${digits(next, 3)}1`,
  (next) => `${1 + next(200)}.${next(200)}.${next(200)}.${1 + next(200)}`,
  (next) =>
    `http://${letters(next, 3)}:${letters(next, 4)}${digits(next, 3)}@h.example/x?to=${letters(next, 4)}@x.example`,
  (next) => `{"card": 4111111111111111, "to": "${letters(next, 3)}@x.example"}`,
  (next) => base64(`please write to ${letters(next, 6)}@mail.example today`),
  (next) => hex(`mail ${letters(next, 6)}@mail.example`, pick(next, ['', ' ', ':'])),
  (next) => encodeURIComponent(`mail ${letters(next, 6)}@mail.example & pay, 100 %`),
  (next) => `DB_PASSWORD="${letters(next, 3)}${digits(next, 4)}!Z"`,
  (next) => `My password for the shop is ${letters(next, 4)}${digits(next, 3)}!K`,
  (next) => `curl -u ${letters(next, 5)}:${letters(next, 4)}${digits(next, 4)} https://h.example`,
  (next) => `Authorization: Bearer ${letters(next, 12)}${digits(next, 6)}${letters(next, 9)}`,
  (next) => armored(next, pick(next, ['RSA PRIVATE KEY', 'PRIVATE KEY', 'OPENSSH PRIVATE KEY', 'CERTIFICATE'])),
  (next) =>
    `{"version":3,"id":"x","crypto":{"cipher":"aes-128-ctr","ciphertext":"${hex(letters(next, 32), '')}","kdf":"scrypt","mac":"${hex(letters(next, 32), '')}"}}`,
  (next) => `<add key="ClearTextPassword" value="${letters(next, 5)} ${letters(next, 5)}${digits(next, 3)}" />`,
  (next) =>
    `\nkind: Secret\nmetadata:\n  name: x\ndata:\n  user: ${base64(letters(next, 9))}\n  word: ${base64(letters(next, 12))}\n---\n`,
];

function armored(next: Next, kind: string): string {
  const lines = Array.from({ length: 3 + next(8) }, () => base64(letters(next, 30) + digits(next, 18)));
  return `-----BEGIN ${kind}-----\n${lines.join('\n')}\n-----END ${kind}-----`;
}

const recipe = ({ source, flags }: RegExp): string => `${flags.includes('i') ? '(?i)' : ''}${source}`;

/** Ten sentences with each token shape, and ten assignments of each assigned one. */
const SECRETS: readonly string[] = [
  ...secretSentences(
    `\n${TOKENS.map(({ id, leads, shape }) => `${id}\t${leads.join(' ').toLowerCase()}\t\t${recipe(shape)}`).join('\n')}`,
  ),
  ...ASSIGNED.flatMap(({ id, keywords, shape }) =>
    secretSentences(`\nx\t://\t\t${recipe(shape)}`).map((made) => {
      const value = made.sentence.slice(made.start, made.end);
      return { sentence: `${keywords[0]!.toUpperCase()}_${id.replace(/-/g, '_').toUpperCase()} = "${value}"` };
    }),
  ),
].map(({ sentence }) => sentence);

const WORDS =
  'the a of to and in is was for that with this will require more time about able above absent abandon ability meeting quarterly Berlin Maria Google released report reports, chairs. tomorrow; (perhaps) don’t it’s “quoted” well-known and/or - — * # Ünïcode naïve grüße x y z I e.g. 1. 2) 10 1914 2024, 3.5 50% 12:30 12 000 a=b key: value: is true {x} [1] <b>bold</b> `code` C++ C# @user #tag ~5 $20 €30 v1.2.3 10.2.3.4 NASA DEUTSCHE'.split(
    ' ',
  );

/** What stands between, before and behind. */
const AROUND: readonly ((next: Next) => string)[] = [
  (next) => Array.from({ length: 1 + next(12) }, () => pick(next, WORDS)).join(' '),
  (next) => Array.from({ length: 1 + next(12) }, () => pick(next, WORDS)).join(' '),
  () => ' ',
  () => '\n',
  () => '\n\n- ',
  () => '\r\n',
  () => '\t',
  () => ', ',
  () => '. ',
  () => '',
  () => '👩‍👩‍👧‍👦🏳️‍🌈',
  () => '漢字かな交じり文、これは日本語です。「はい」と言った。',
  () => '今天的会议改到星期四上午十点，请带上打印好的报告。',
  () => 'این یک متن فارسی است و می‌خواهم',
  () => 'Zu\u0308rich e\u0301',
  () => '\u200b',
  () => '\ud83d',
  () => '\udc00',
  () => '| id | value |\n|---|---|\n| 7 | ',
  () => '```ts\nconst next = items.filter((item) => item.id !== id);\n```\n',
  () => '{"answer": {"text": "',
  () => '-----BEGIN ',
  () => '[',
  () => '"',
  () => '\\n',
  () => '.- -... ',
  (next) => ' '.repeat(next(40)),
  (next) => String.fromCharCode(next(65536)),
  (next) => letters(next, 1 + next(30)),
  (next) => digits(next, 1 + next(12)),
];

export function answer(next: Next): string {
  const parts = 1 + next(9);
  let text = '';
  for (let part = 0; part < parts; part++) {
    const kind = next(8);
    if (kind < 2) text += pick(next, VALUES);
    else if (kind === 2) text += pick(next, MADE)(next);
    else if (kind === 3) text += pick(next, SECRETS);
    else text += pick(next, AROUND)(next);
    if (next(2) === 0) text += ' ';
  }
  return text;
}

/** Cuts a text at random, now and then into single units. */
export function cutUp(text: string, next: Next): string[] {
  const most = pick(next, [1, 3, 8, 30, 200, 2000]);
  const chunks: string[] = [];
  for (let at = 0; at < text.length; ) {
    const size = 1 + next(most);
    chunks.push(text.slice(at, at + size));
    at += size;
  }
  return chunks;
}
