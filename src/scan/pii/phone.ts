/**
 * Telephone numbers: international by calling code and length, national by layout or by the words beside them.
 *
 * @module
 */
import { type Cluster, isDigit, isLetter } from './numbers.ts';
import { PHONE_LENGTHS } from './phone-plan.ts';
import type { Reading, Report } from './reading.ts';

const WORDS: readonly string[] = [
  ...[
    'phone',
    'phones',
    'telephone',
    'tel',
    'tel.',
    'call',
    'called',
    'calling',
    'mobile',
    'cell',
    'cellphone',
    'contact',
    'fax',
  ],
  ...[
    'office',
    'answering',
    'telefonum',
    'whatsapp',
    'sms',
    'text me',
    'dial',
    'hotline',
    'reach',
    'ring',
    'ph',
    'phone_number',
  ],
  ...[
    'telefon',
    'telefonnummer',
    'handy',
    'handynummer',
    'mobil',
    'rufnummer',
    'anruf',
    'erreichbar',
    'téléphone',
    'portable',
  ],
  ...['appelez', 'teléfono', 'móvil', 'celular', 'llámame', 'llame', 'telefone', 'telemóvel', 'telefono', 'cellulare'],
  ...['telefoon', 'telefoonnummer', 'mobiel', 'bel', 'zadzwoń', 'puhelin', 'puhelinnumero', 'telefonszám', 'ring'],
  ...[
    'тел',
    'телефон',
    'звони',
    '电话',
    '手机',
    '電話',
    '携帯',
    '전화',
    '휴대폰',
    'फ़ोन',
    'मोबाइल',
    'هاتف',
    'جوال',
    'טלפון',
    'τηλέφωνο',
    'điện thoại',
  ],
];

/** Words of any number at all: what else it is called says more. */
const NUMBER_WORDS = ['number is', 'my number', 'numéro', 'numer'];

/** Digits of any number at all: five behind a calling code of one. */
const DIGITS_MIN = 6;
/** Digits of a national number without a calling code. */
const NATIONAL_MIN = 7;
const NATIONAL_MAX = 13;
/** How far behind its first digit a number may reach. */
const REACH = 29;
/** Dates and IP addresses are digits and dots too. */
const DATE = /^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2}))(?!\d)/;
const NANP = /^(?:1[-. ])?\(?[2-9]\d{2}\)?[-. ]{0,2}[2-9]\d{2}[-. ]\d{4}(?:$|\D)/;
/** In numbers of North America, their calling code not counted. */
const NANP_DIGITS = 10;
const FRENCH = /^0[1-9](?:[ .-]?\d{2}){4}$/;

/** @param cluster digits without `+` before their calling code; brackets and double blanks may lie beyond it */
export function findPhone(reading: Reading, cluster: Cluster, report: Report): number {
  const { text } = reading;
  const first = cluster.starts[0]!;
  let start = first;
  while (start > 0 && start > first - 3 && isLead(text.charCodeAt(start - 1))) start--;
  // The digits, blanks and brackets from here on, as far as the last digit or closing bracket.
  let digits = 0;
  let end = first;
  for (let at = first; at < first + REACH; at++) {
    const unit = text.charCodeAt(at);
    if (isDigit(unit)) digits++;
    else if (!isInside(unit)) break;
    if (isDigit(unit) || unit === 0x29) end = at + 1;
  }
  if (digits < DIGITS_MIN) return first;
  const lead = text.slice(start, first);
  const plus = lead.lastIndexOf('+');
  const before = reading.before(plus >= 0 ? start + plus : first);
  if (isLetter(before) || before === 0x5f || before === 0x24) return first;
  const run = text.slice(first, end);
  const doubleZero = plus < 0 && run.startsWith('00');
  if (plus >= 0 || doubleZero) {
    const stop = international(text, first + (doubleZero ? 2 : 0), end);
    if (stop < 0) return first;
    report('phone', plus >= 0 ? start + plus : first, stop, plus >= 0 ? 0.9 : 0.7);
    return stop;
  }
  return national(reading, first, lead.includes('('), run, report);
}

/** What may stand between `+` and the first digit, `+` too. */
function isLead(unit: number): boolean {
  return unit === 0x28 || unit === 0x20 || unit === 0x2b;
}

/** What may stand between digits: blanks, brackets, full stops, slashes and dashes. */
function isInside(unit: number): boolean {
  if (unit < 0x80) return unit === 0x20 || unit === 0x28 || unit === 0x29 || (unit >= 0x2d && unit <= 0x2f);
  return unit === 0xa0 || unit === 0x2009 || unit === 0x202f || (unit >= 0x2010 && unit <= 0x2013);
}

/** @returns the end of the longest run of whole groups whose length the calling code allows; -1 when there is none */
function international(text: string, start: number, limit: number): number {
  let digits = '';
  const ends: (readonly [end: number, count: number])[] = [];
  for (let i = start; i < limit; i++) {
    const unit = text.charCodeAt(i);
    if (isDigit(unit)) {
      digits += text[i];
      if (!isDigit(text.charCodeAt(i + 1))) ends.push([i + 1, digits.length]);
    }
  }
  let code = '';
  for (let length = 3; length >= 1 && code === ''; length--) {
    if (PHONE_LENGTHS.has(digits.slice(0, length))) code = digits.slice(0, length);
  }
  const lengths = PHONE_LENGTHS.get(code);
  if (lengths === undefined) return -1;
  for (const [end, count] of ends.reverse()) {
    const national = count - code.length;
    // Many write the trunk zero although the calling code stands before it.
    const trunk = digits[code.length] === '0' && lengths.has(national - 1);
    if ((lengths.has(national) || trunk) && national >= 5 && !isLetter(text.charCodeAt(end))) return end;
  }
  return -1;
}

function national(reading: Reading, first: number, bracket: boolean, run: string, report: Report): number {
  const { text } = reading;
  const start = bracket ? first - 1 : first;
  const whole = bracket ? `(${run}` : run;
  if (bracket && !run.includes(')')) return first;
  // A bracket that closes must have been opened: (0)20 7946 0958, not 20) 7946 0958.
  const close = run.indexOf(')');
  if (!bracket && close >= 0 && !run.slice(0, close).includes('(')) return first;
  const digits = run.replace(/\D/g, '');
  const end = first + run.length;
  const after = text.charCodeAt(end);
  if (isLetter(after) || after === 0x40 || after === 0x25) return first;
  const nanp = digits.length >= NANP_DIGITS ? NANP.exec(whole) : null;
  if (nanp !== null) {
    const stop = start + nanp[0].length - (/\D$/.test(nanp[0]) ? 1 : 0);
    const sure = /[-.)]/.test(whole) || reading.near(WORDS, start, stop) > 0;
    if (sure) {
      report('phone', start, stop, reading.near(WORDS, start, stop) > 0 ? 0.9 : 0.75);
      return stop;
    }
  }
  if (digits.length < NATIONAL_MIN || digits.length > NATIONAL_MAX || DATE.test(run)) return first;
  if ((run.includes('.') && /\d\.\d{1,3}\.\d{1,3}\.\d/.test(run)) || /^(\d)\1+$/.test(digits)) return first;
  const beforeUnit = text.charCodeAt(start - 1);
  if (beforeUnit === 0x2d || beforeUnit === 0x2e || beforeUnit === 0x2f || beforeUnit === 0x23) return first;
  if (run.startsWith('0') && FRENCH.test(run) && /\D/.test(run)) {
    report('phone', start, end, 0.75);
    return end;
  }
  const nearness = reading.near(WORDS, start, end);
  if (nearness > 0) {
    report('phone', start, end, 0.55 + 0.3 * nearness);
    return end;
  }
  if (reading.near(NUMBER_WORDS, start, end) > 0.85) {
    report('phone', start, end, 0.55);
    return end;
  }
  return first;
}
