/**
 * Personal data that is digits: layouts, check, words that go with it, confidence.
 *
 * A layout is the number of digits in each group and what stands between: `3-2-4`,
 * `4 4 4 4`, `16`. A blank stands for any of the blanks, a hyphen for any of the
 * dashes. Layouts of all rows form one tree (`numbers.ts`), so the number of rows
 * costs nothing.
 *
 * @module
 */
import * as check from './checksums.ts';
import { KNOWN_ROUTING_NUMBERS } from './routing-numbers.ts';
import { LICENSE_PHRASES, PASSPORT_WORDS } from './word-types.ts';

export interface NumberType {
  /** Id of the type; several rows may share one. */
  readonly type: string;
  /** ISO 3166 country that issues it; absent when none does. */
  readonly country?: string;
  readonly layouts: readonly string[];
  readonly check?: (digits: string) => boolean;
  /** Words of several languages, in small letters. */
  readonly words?: readonly string[];
  /** Confidence with one of the words beside it; falls by up to a tenth with the distance. */
  readonly near?: number;
  /** Confidence as a whole field of a record, between bars, tabs or commas, that holds somebody's number too. */
  readonly record?: { readonly score: number; check(digits: string): boolean };
  /** Confidence without; 0, the default, is not reported. */
  readonly alone?: number;
}

const CARD_WORDS = [
  'card',
  'visa',
  'mastercard',
  'amex',
  'credit',
  'debit',
  'karte',
  'carte',
  'tarjeta',
  'cartão',
  'carta',
  '卡',
];
const SSN_WORDS = ['ssn', 'social security', 'social', 'soc sec', 'socialsecurity', 'seguro social', 'ss#'];
const TAX_WORDS = ['tax', 'taxpayer', 'tin', 'itin', 'ein', 'fein', 'employer id', 'employer identification', 'irs'];
const BIRTH_WORDS = [
  ...[
    'birth date',
    'born on',
    'geb',
    'geb.-datum',
    'geburtstag',
    'né',
    'née',
    'date de naissance',
    'fecha de nacimiento',
  ],
  ...['data di nascita', 'data de nascimento', 'geboren op', 'data urodzenia', 'ur.', 'fødselsdato', 'syntymäaika'],
  ...['datum narození', 'születési', 'doğum tarihi', 'дата рождения', 'д.р.', 'ημερομηνία γέννησης', 'ngày sinh'],
  ...['born', 'birth', 'birthday', 'birthdate', 'dob', 'd.o.b', 'date of birth', 'geboren', 'geburtsdatum', 'geb.'],
  ...['naissance', 'né le', 'née le', 'nacimiento', 'nacido', 'nacida', 'nascita', 'nato il', 'nata il', 'nascimento'],
  ...[
    'geboortedatum',
    'urodzenia',
    'urodzony',
    'født',
    'född',
    'födelsedatum',
    'syntymä',
    'doğum',
    'рождения',
    'родился',
  ],
  ...['出生', '生年月日', '生日', '생년월일', 'जन्म', 'ميلاد', 'γέννησης', 'narození', 'született'],
];
const ACCOUNT_WORDS = [
  ...['account', 'acct', 'a/c', 'account no', 'account number', 'bank account', 'konto', 'kontonummer', 'compte'],
  ...['account holder', 'bankkonto', 'kontonr', 'n° de compte', 'numer konta', 'rekeningnummer', 'kontonummer'],
  ...['cuenta', 'conto', 'conta', 'rekening', 'счет', '账号', '账户', '口座', '계좌'],
];

const LICENSE_LAYOUTS = ['7', '8', '9', '10', '12', '2 2 6', '4-2-4', '3 3 3', '3-3-3'];

export const NUMBER_TYPES: readonly NumberType[] = [
  {
    type: 'card',
    layouts: ['16', '4 4 4 4', '4-4-4-4', '4.4.4.4', '15', '4 6 5', '4-6-5', '14', '4 6 4', '4-6-4', '19', '4 4 4 4 3'],
    check: check.card,
    words: CARD_WORDS,
    near: 0.99,
    alone: 0.9,
  },
  {
    type: 'card',
    layouts: ['13', '4 3 3 3', '4-3-3-3', '12', '4 4 4', '17', '18'],
    check: check.card,
    words: CARD_WORDS,
    near: 0.95,
    alone: 0.55,
  },
  { type: 'us-ssn', country: 'US', layouts: ['3-2-4'], check: check.ssn, words: SSN_WORDS, near: 0.99, alone: 0.85 },
  { type: 'us-ssn', country: 'US', layouts: ['3 2 4', '3.2.4', '9'], check: check.ssn, words: SSN_WORDS, near: 0.9 },
  {
    type: 'us-itin',
    country: 'US',
    layouts: ['3-2-4'],
    check: check.itin,
    words: [...TAX_WORDS, ...SSN_WORDS],
    near: 0.97,
    alone: 0.8,
  },
  { type: 'us-itin', country: 'US', layouts: ['3 2 4', '9'], check: check.itin, words: ['itin'], near: 0.9 },
  { type: 'us-ein', country: 'US', layouts: ['2-7'], check: check.ein, words: TAX_WORDS, near: 0.95, alone: 0.55 },
  {
    type: 'us-routing-number',
    country: 'US',
    layouts: ['9', '4-4-1', '4 4 1'],
    check: check.routingNumber,
    words: ['routing', 'aba', 'rtn', 'transit', 'routing number', 'routing no', 'ach', 'wire'],
    near: 0.95,
  },
  {
    type: 'us-routing-number',
    country: 'US',
    layouts: ['9'],
    check: (digits) => KNOWN_ROUTING_NUMBERS.has(digits),
    alone: 0.75,
  },
  // Of nine digits at random one in twenty-six passes the check: without a word about banks they are none.
  {
    type: 'us-routing-number',
    country: 'US',
    layouts: ['9'],
    check: check.routingNumber,
    words: [
      'bank',
      'bank of',
      'direct deposit',
      'deposit',
      'checking',
      'savings',
      'credit union',
      'swift',
      'bic',
      'iban',
    ],
    near: 0.62,
  },
  {
    type: 'us-npi',
    country: 'US',
    layouts: ['10'],
    check: check.npi,
    words: ['npi', 'national provider', 'provider id'],
    near: 0.95,
  },
  {
    type: 'uk-nhs-number',
    country: 'GB',
    layouts: ['3 3 4', '3-3-4', '10'],
    check: check.nhsNumber,
    words: ['nhs', 'national health', 'health service', 'patient'],
    near: 0.95,
  },
  {
    type: 'ca-sin',
    country: 'CA',
    layouts: ['3-3-3'],
    check: check.sin,
    words: ['sin', 'social insurance', 'nas'],
    near: 0.97,
    alone: 0.6,
  },
  {
    type: 'ca-sin',
    country: 'CA',
    layouts: ['3 3 3', '9'],
    check: check.sin,
    words: ['sin', 'social insurance', 'assurance sociale', 'nas'],
    near: 0.95,
  },
  {
    type: 'de-tax-id',
    country: 'DE',
    layouts: ['11', '2 3 3 3'],
    check: check.steuerId,
    words: [
      'steuer',
      'steuer-id',
      'steuerid',
      'steuernummer',
      'idnr',
      'identifikationsnummer',
      'steueridentifikationsnummer',
      'tin',
      'tax',
    ],
    near: 0.95,
  },
  {
    type: 'fr-nir',
    country: 'FR',
    layouts: ['1 2 2 2 3 3 2', '13 2', '15'],
    check: check.nir,
    words: ['sécurité sociale', 'securite sociale', 'nir', 'insee', 'sécu', 'secu', 'social'],
    near: 0.99,
    alone: 0.85,
  },
  {
    type: 'nl-bsn',
    country: 'NL',
    layouts: ['9', '4.2.3', '3.3.3', '3 3 3', '4 2 3'],
    check: check.bsn,
    words: ['bsn', 'burgerservicenummer', 'sofinummer', 'sofi', 'burgerservice'],
    near: 0.97,
  },
  { type: 'pl-pesel', country: 'PL', layouts: ['11'], check: check.pesel, words: ['pesel'], near: 0.98 },
  { type: 'br-cpf', country: 'BR', layouts: ['3.3.3-2'], check: check.cpf, words: ['cpf'], near: 0.99, alone: 0.95 },
  {
    type: 'br-cpf',
    country: 'BR',
    layouts: ['11', '9-2'],
    check: check.cpf,
    words: ['cpf', 'contribuinte'],
    near: 0.95,
  },
  {
    type: 'br-cnpj',
    country: 'BR',
    layouts: ['2.3.3/4-2'],
    check: check.cnpj,
    words: ['cnpj'],
    near: 0.99,
    alone: 0.95,
  },
  { type: 'br-cnpj', country: 'BR', layouts: ['14'], check: check.cnpj, words: ['cnpj'], near: 0.95 },
  {
    type: 'in-aadhaar',
    country: 'IN',
    layouts: ['4 4 4', '4-4-4'],
    check: check.aadhaar,
    words: ['aadhaar', 'aadhar', 'uidai', 'uid', 'adhaar', 'आधार'],
    near: 0.98,
    alone: 0.6,
  },
  {
    type: 'in-aadhaar',
    country: 'IN',
    layouts: ['12'],
    check: check.aadhaar,
    words: ['aadhaar', 'aadhar', 'uidai', 'uid', 'आधार'],
    near: 0.97,
  },
  {
    type: 'cn-resident-id',
    country: 'CN',
    layouts: ['18', '6 8 4'],
    check: check.chinaId,
    words: ['身份证', 'id', 'resident'],
    near: 0.99,
    alone: 0.95,
  },
  {
    type: 'jp-my-number',
    country: 'JP',
    layouts: ['12', '4 4 4', '4-4-4'],
    check: check.myNumber,
    words: ['マイナンバー', '個人番号', 'my number', 'mynumber', 'individual number'],
    near: 0.97,
  },
  {
    type: 'kr-rrn',
    country: 'KR',
    layouts: ['6-7'],
    check: check.rrn,
    words: ['주민등록번호', '주민번호', 'rrn', 'resident'],
    near: 0.98,
    alone: 0.85,
  },
  {
    type: 'kr-rrn',
    country: 'KR',
    layouts: ['13'],
    check: check.rrn,
    words: ['주민등록번호', '주민번호', 'rrn', 'resident registration'],
    near: 0.9,
  },
  {
    type: 'au-tfn',
    country: 'AU',
    layouts: ['9', '3 3 3', '3-3-3'],
    check: check.tfn,
    words: ['tfn', 'tax file', 'tax file number'],
    near: 0.95,
  },
  {
    type: 'au-medicare',
    country: 'AU',
    layouts: ['10', '4 5 1', '11', '4 5 1 1', '4-5-1'],
    check: check.auMedicare,
    words: ['medicare'],
    near: 0.95,
  },
  {
    type: 'imei',
    layouts: ['15', '2-6-6-1', '6-2-6-1', '2 6 6 1'],
    check: check.luhn,
    words: ['imei', 'handset', 'device id'],
    near: 0.97,
  },
  {
    type: 'ch-ahv',
    country: 'CH',
    layouts: ['3.4.4.2', '13', '3 4 4 2'],
    check: check.ahv,
    words: ['ahv', 'avs'],
    near: 0.98,
    alone: 0.8,
  },
  { type: 'be-national-number', country: 'BE', layouts: ['2.2.2-3.2'], check: check.belgianNumber, alone: 0.95 },
  {
    type: 'be-national-number',
    country: 'BE',
    layouts: ['11', '6 3 2', '6-3-2'],
    check: check.belgianNumber,
    words: ['rijksregister', 'registre national', 'national number', 'insz', 'niss'],
    near: 0.95,
  },
  {
    type: 'se-personnummer',
    country: 'SE',
    layouts: ['6-4', '8-4'],
    check: check.personnummer,
    words: ['personnummer'],
    near: 0.97,
    alone: 0.6,
  },
  {
    type: 'se-personnummer',
    country: 'SE',
    layouts: ['10', '12'],
    check: check.personnummer,
    words: ['personnummer', 'personnr'],
    near: 0.9,
  },
  {
    type: 'no-national-id',
    country: 'NO',
    layouts: ['11', '6 5'],
    check: check.norwegianNumber,
    words: ['fødselsnummer', 'personnummer', 'fnr'],
    near: 0.95,
  },
  {
    type: 'dk-cpr',
    country: 'DK',
    layouts: ['6-4', '10'],
    check: check.danishNumber,
    words: ['cpr', 'personnummer', 'cpr-nummer'],
    near: 0.9,
  },
  {
    type: 'za-id',
    country: 'ZA',
    layouts: ['13', '6 4 3', '6 4 2 1'],
    check: check.southAfricanId,
    words: ['id', 'identity', 'south africa'],
    near: 0.9,
  },
  {
    type: 'tr-id',
    country: 'TR',
    layouts: ['11'],
    check: check.turkishId,
    words: ['tc', 't.c', 'kimlik', 'tckn'],
    near: 0.95,
  },
  {
    type: 'ru-snils',
    country: 'RU',
    layouts: ['3-3-3 2', '3-3-3-2'],
    check: check.snils,
    words: ['снилс', 'snils'],
    near: 0.99,
    alone: 0.8,
  },
  { type: 'ru-inn', country: 'RU', layouts: ['10', '12'], check: check.inn, words: ['инн', 'inn'], near: 0.95 },
  {
    type: 'cz-birth-number',
    country: 'CZ',
    layouts: ['6/4'],
    check: check.czechNumber,
    words: ['rodné číslo', 'r.č', 'rč'],
    near: 0.98,
    alone: 0.8,
  },
  {
    type: 'pt-nif',
    country: 'PT',
    layouts: ['9', '3 3 3'],
    check: check.portugueseNif,
    words: ['nif', 'contribuinte'],
    near: 0.95,
  },
  { type: 'ro-cnp', country: 'RO', layouts: ['13'], check: check.romanianCnp, words: ['cnp'], near: 0.95 },
  { type: 'gr-amka', country: 'GR', layouts: ['11'], check: check.amka, words: ['amka', 'αμκα'], near: 0.95 },
  { type: 'id-nik', country: 'ID', layouts: ['16'], check: check.nik, words: ['nik', 'ktp'], near: 0.95 },
  {
    type: 'bank-account',
    layouts: ['6', '7', '8', '9', '10', '11', '12', '13', '14', '15', '16', '17', '4-4', '4 4', '3-6', '3-7', '2-8'],
    words: ACCOUNT_WORDS,
    near: 0.65,
  },
  {
    type: 'passport',
    layouts: ['8', '9', '2 2 6', '4 6', '2 7'],
    words: PASSPORT_WORDS,
    near: 0.85,
  },
  {
    type: 'driving-license',
    layouts: LICENSE_LAYOUTS,
    words: LICENSE_PHRASES,
    near: 0.85,
  },
  {
    type: 'driving-license',
    layouts: LICENSE_LAYOUTS,
    words: ['driver', "driver's", 'drivers', 'driving', 'license', 'licence', 'permis', 'dl'],
    near: 0.6,
  },
  {
    type: 'medical-record',
    layouts: ['5', '6', '7', '8', '9', '10'],
    words: ['mrn', 'medical record', 'chart number', 'patient id'],
    near: 0.8,
  },
  {
    type: 'date-of-birth',
    layouts: ['4-2-2', '4/2/2', '4.2.2', '8'],
    check: check.isDay,
    words: BIRTH_WORDS,
    near: 0.9,
    record: { score: 0.6, check: (digits) => digits < '2013' },
  },
  {
    type: 'date-of-birth',
    layouts: [
      ...['2', '1'].flatMap((day) =>
        ['2', '1'].flatMap((month) => ['/', '-', '.'].map((sep) => `${day}${sep}${month}${sep}4`)),
      ),
      ...['2/2/2', '1/1/2', '1/2/2', '2/1/2', '2.2.2', '2-2-2'],
    ],
    words: BIRTH_WORDS,
    near: 0.9,
  },
];
