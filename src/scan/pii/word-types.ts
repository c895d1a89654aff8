/**
 * Personal data that mixes letters and digits: shape, check, words that go with it, confidence.
 *
 * A shape is tried where a word with a digit begins, or the word of capitals before
 * it. Separators are dropped before the check sees it.
 *
 * @module
 */
import * as check from './checksums.ts';
import type { Reading, Report } from './reading.ts';

export interface WordType {
  readonly type: string;
  readonly country?: string;
  /** Sticky. */
  readonly shape: RegExp;
  /** Least and most letters and digits of the word it begins with, up to a character that is neither. */
  readonly word: readonly [least: number, most: number];
  /** True where that word may be digits alone. */
  readonly digits?: true;
  /** @param compact the match in capitals, without blanks, dots and hyphens */
  readonly check?: (compact: string) => boolean;
  readonly words?: readonly string[];
  readonly near?: number;
  readonly alone?: number;
  /** As of `NumberType`. */
  readonly record?: { readonly score: number; check(compact: string): boolean };
}

/** What says that a number is a driving licence's, without a doubt. */
export const LICENSE_PHRASES = [
  ...[
    "driver's license",
    "driver's licence",
    'driver license',
    'drivers license',
    'driver’s license',
    'driving license',
  ],
  ...['driving licence', 'license number', 'licence number', 'license no', 'licence no', 'dl number', 'dl no', 'dl#'],
  ...['führerschein', 'führerscheinnummer', 'permis de conduire', 'permiso de conducir', 'carnet de conducir'],
  ...['licencia de conducir', 'patente di guida', 'rijbewijs', 'rijbewijsnummer', 'prawo jazdy', 'prawa jazdy', 'cnh'],
  ...['carteira de habilitação', 'carta de condução', 'körkort', 'kørekort', 'førerkort', 'ajokortti', 'ehliyet'],
  ...['řidičský průkaz', 'jogosítvány', 'водительск', '免許', '驾驶证', '運転免許', '운전면허'],
];
const LICENSE_WORDS = [
  ...LICENSE_PHRASES,
  ...['driver', "driver's", 'drivers', 'driving', 'licence', 'license', 'dl', 'permis', 'patente', 'licencia'],
];
export const PASSPORT_WORDS = [
  ...['passport', 'passports', 'reisepass', 'passnummer', 'pass-nr', 'passeport', 'pasaporte', 'passaporto'],
  ...['passaporte', 'paspoort', 'paspoortnummer', 'paszport', 'paszportu', 'pasaport', 'pašaport', 'cestovní pas'],
  ...['útlevél', 'διαβατήριο', 'паспорт', '护照', '護照', 'パスポート', '旅券', '여권', 'पासपोर्ट', 'جواز'],
];

export const WORD_TYPES: readonly WordType[] = [
  {
    type: 'iban',
    word: [4, 34],
    shape: /[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?/iy,
    check: check.iban,
    alone: 0.99,
  },
  {
    type: 'uk-nino',
    country: 'GB',
    word: [2, 9],
    shape: /(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][ -]?\d{2}[ -]?\d{2}[ -]?\d{2}[ -]?[A-D]/iy,
    words: ['nino', 'national insurance', 'ni number', 'ni no'],
    near: 0.98,
    alone: 0.8,
  },
  {
    type: 'es-dni',
    country: 'ES',
    word: [8, 9],
    digits: true,
    shape: /\d{8}[- ]?[A-HJ-NP-TV-Z]/iy,
    check: check.dni,
    words: ['dni', 'nif'],
    near: 0.99,
    alone: 0.85,
  },
  {
    type: 'es-dni',
    country: 'ES',
    word: [2, 2],
    digits: true,
    shape: /\d{2}\.\d{3}\.\d{3}[- ]?[A-HJ-NP-TV-Z]/iy,
    check: check.dni,
    alone: 0.95,
  },
  {
    type: 'es-nie',
    country: 'ES',
    word: [1, 9],
    shape: /[XYZ][- ]?\d{7}[- ]?[A-HJ-NP-TV-Z]/iy,
    check: check.dni,
    words: ['nie'],
    near: 0.99,
    alone: 0.9,
  },
  {
    type: 'it-fiscal-code',
    country: 'IT',
    word: [16, 16],
    shape: /[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]/iy,
    check: check.codiceFiscale,
    alone: 0.99,
  },
  {
    type: 'in-pan',
    country: 'IN',
    word: [10, 10],
    shape: /[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]/y,
    words: ['pan', 'permanent account', 'income tax'],
    near: 0.97,
    alone: 0.75,
  },
  {
    type: 'sg-nric',
    country: 'SG',
    word: [9, 9],
    shape: /[STFGM]\d{7}[A-Z]/y,
    check: check.nric,
    words: ['nric', 'fin'],
    near: 0.99,
    alone: 0.85,
  },
  {
    type: 'cn-resident-id',
    country: 'CN',
    word: [18, 18],
    shape: /[1-8]\d{16}[xX]/y,
    check: check.chinaId,
    alone: 0.97,
  },
  {
    type: 'fi-hetu',
    country: 'FI',
    word: [6, 11],
    digits: true,
    shape: /\d{6}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]/y,
    check: check.hetu,
    alone: 0.9,
  },
  {
    type: 'mx-curp',
    country: 'MX',
    word: [18, 18],
    shape: /[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d/y,
    check: check.curp,
    alone: 0.98,
  },
  {
    type: 'hk-id',
    country: 'HK',
    word: [7, 8],
    shape: /[A-Z]{1,2}\d{6}\([0-9A]\)/y,
    check: (id) => check.hongKongId(id.replace(/[()]/g, '')),
    alone: 0.95,
  },
  {
    type: 'us-mbi',
    country: 'US',
    word: [4, 11],
    shape:
      /[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-?[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-?[AC-HJKMNP-RT-Y]{2}\d{2}/y,
    words: ['mbi', 'medicare', 'beneficiary'],
    near: 0.97,
    alone: 0.75,
  },
  {
    type: 'us-dea-number',
    country: 'US',
    word: [9, 9],
    shape: /[ABCDEFGHJKLMPRSTUX][A-Z9]\d{7}/y,
    check: check.dea,
    words: ['dea', 'prescriber'],
    near: 0.97,
    alone: 0.6,
  },
  {
    type: 'vin',
    word: [17, 17],
    shape: /[A-HJ-NPR-Z0-9]{17}/y,
    check: check.vin,
    words: ['vin', 'vehicle', 'chassis'],
    near: 0.98,
    alone: 0.85,
  },
  {
    type: 'passport',
    word: [7, 11],
    shape: /[A-Z]{1,2}\d{6,9}|[A-Z]\d[A-Z]\d{6,7}|[A-Z]\d{3}[A-Z0-9]{5}|[A-Z0-9]{9}/y,
    words: PASSPORT_WORDS,
    near: 0.9,
    // Nine characters, as most states print them: C01X00T47 has too few digits to be told without a word.
    record: { score: 0.6, check: (number) => /^[A-Z](?:[A-Z]\d{7}|\d{8}|\d[A-Z]\d{6}|\d{6}[A-Z]{2})$/.test(number) },
  },
  {
    type: 'driving-license',
    word: [1, 19],
    digits: true,
    shape:
      /DL-[A-Z0-9]{4,8}-\d{2}|[A-Z]{2,5}9{0,3}\d{6}[A-Z9]{2}[A-Z0-9]{3}|[A-Z]{1,2}-?\d{3,4}(?:-\d{3,4}){1,3}|[A-Z]{1,2}-\d{5,8}|[A-Z]\d{5,14}|[A-Z]{1,5}\d{6}[A-Z0-9]{0,8}|\d{2,9}-?[A-Z]{2}\d{2,6}/y,
    words: LICENSE_WORDS,
    near: 0.85,
  },
  { type: 'medical-record', word: [3, 13], shape: /MRN[-:# ]{0,2}\d{5,10}/iy, alone: 0.95 },
  // Two letters that name what follows, as MRN does.
  { type: 'driving-license', word: [2, 2], shape: /DL[-:#]{1,2}[A-Z]{1,2}\d{4,8}(?:-\d{2,4})?/y, alone: 0.6 },
  {
    type: 'medical-record',
    word: [1, 13],
    shape: /[A-Z]{1,3}-?\d{5,10}/y,
    words: ['mrn', 'medical record', 'chart number', 'health id'],
    near: 0.85,
  },
  {
    type: 'health-insurance-id',
    word: [1, 15],
    shape: /[A-Z]{1,3}-?\d{7,12}/y,
    words: [
      'insurance id',
      'member id',
      'health insurance',
      'subscriber id',
      'policy id',
      'versichertennummer',
      'krankenkasse',
      'insurance',
    ],
    near: 0.75,
  },
  {
    type: 'national-id',
    word: [2, 15],
    shape: /[A-Z]{2,3}-?\d{6,12}/y,
    words: [
      'national id',
      'identity card',
      'id card',
      'personalausweis',
      'carte d’identité',
      "carte d'identité",
      'documento',
      'nid',
      'national identity',
    ],
    near: 0.75,
  },
  { type: 'employee-id', word: [3, 11], shape: /EMP-?\d{4,8}/y, alone: 0.6 },
];

/** Cyrillic, Greek and Latin letters are told from digits by case folding alone; a match ends at no letter or digit. */
function endsWord(text: string, end: number): boolean {
  const unit = text.charCodeAt(end);
  return !((unit >= 48 && unit <= 57) || ((unit | 32) >= 97 && (unit | 32) <= 122) || unit === 0x5f);
}

/**
 * @returns reports every word type whose shape, check and context hold where a word of some letters and digits begins,
 * and to `suspect` those that only their record tells
 */
export function createWords(
  types: readonly WordType[],
): (reading: Reading, start: number, length: number, isNumber: boolean, report: Report, suspect: Report) => void {
  // What may begin with a character in a word of a length is asked once: of the shape itself.
  const beginnings = new Map<number, readonly WordType[]>();
  const beginning = (unit: number, length: number, isNumber: boolean): readonly WordType[] => {
    const key = (unit * 64 + length) * 2 + Number(isNumber);
    let some = beginnings.get(key);
    if (some === undefined) {
      some = types.filter(
        ({ shape, word: [least, most], digits = false }) =>
          length >= least && length <= most && (digits || !isNumber) && mayBegin(shape, String.fromCharCode(unit)),
      );
      beginnings.set(key, some);
    }
    return some;
  };

  return function words(reading, start, length, isNumber, report, suspect) {
    for (const type of beginning(reading.text.charCodeAt(start), length, isNumber)) {
      type.shape.lastIndex = start;
      const match = type.shape.exec(reading.text);
      if (match === null) continue;
      let [found] = match;
      let compact = found.replace(/[ .-]/g, '').toUpperCase();
      if (type.type === 'iban') {
        // The shape runs on into the next word: cut it to what the country issues.
        const length = check.IBAN_LENGTHS.get(compact.slice(0, 2)) ?? 0;
        if (compact.length < length || length === 0) continue;
        let kept = 0;
        let at = 0;
        while (kept < length) if (!/[ .-]/.test(found[at++]!)) kept++;
        found = found.slice(0, at);
        compact = compact.slice(0, length);
      }
      const end = start + found.length;
      if (!endsWord(reading.text, end) && !found.endsWith(')')) continue;
      if (type.check !== undefined && !type.check(compact)) continue;
      let score = type.alone ?? 0;
      if (type.words !== undefined && type.near !== undefined) {
        const nearness = reading.near(type.words, start, end);
        if (nearness > 0) score = Math.max(score, type.near - 0.2 * (1 - nearness));
      }
      if (score > 0) report(type.type, start, end, score);
      else if (type.record?.check(compact)) suspect(type.type, start, end, type.record.score);
    }
  };
}

/** Whether a shape's alternatives, as they are written, can begin with a character. */
function mayBegin({ source, flags }: RegExp, first: string): boolean {
  const letter = flags.includes('i') ? first.toUpperCase() : first;
  return source.split('|').some((branch) => {
    const head = /^(?:\(\?![^)]*\))?(\[[^\]]*\]|\\d|.)/.exec(branch)?.[1] ?? '';
    if (head === '\\d') return letter >= '0' && letter <= '9';
    if (!head.startsWith('[')) return head === letter || !/[A-Za-z0-9]/.test(head);
    for (const [, from, to = from!] of head.slice(1, -1).matchAll(/(\w)(?:-(\w))?/g)) {
      if (letter >= from! && letter <= to) return true;
    }
    return false;
  });
}

const BIC_SHAPE = /[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?/y;
const BIC_WORDS = [
  ...[
    'bic',
    'swift',
    'swift code',
    'swift/bic',
    'bic/swift',
    'bank identifier',
    'bankleitzahl',
    'código swift',
    'codice bic',
  ],
];
/** Between an account's number and its bank's code: a blank, a comma, a bracket, "at". */
const BESIDE_IBAN = 6;
/** Countries with a BIC: those of the IBAN registry and the large ones outside it. */
const BIC_COUNTRIES = new Set([
  ...check.IBAN_LENGTHS.keys(),
  ...'US CA MX AR CL CO PE AU NZ JP CN HK SG KR IN ID TH MY PH VN ZA NG KE MA TW UY VE EC PY BO PA BD LK NP MM KH'.split(
    ' ',
  ),
]);

/**
 * A bank's code: eight or eleven capitals; only beside a word that says so or behind the number of an account, since
 * English has such words too.
 *
 * @param ibanEnd of the last IBAN before it; -1 when there is none
 */
export function findBic(reading: Reading, start: number, end: number, ibanEnd: number, report: Report): void {
  BIC_SHAPE.lastIndex = start;
  const match = BIC_SHAPE.exec(reading.text);
  if (match === null || start + match[0].length !== end) return;
  const known = BIC_COUNTRIES.has(match[0].slice(4, 6));
  if (reading.near(BIC_WORDS, start, end) > 0) report('bic', start, end, known ? 0.95 : 0.7);
  else if (known && ibanEnd > 0 && start - ibanEnd <= BESIDE_IBAN) report('bic', start, end, 0.85);
}
