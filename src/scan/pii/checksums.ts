/**
 * Check digits and what else a number says of itself.
 *
 * Every function takes digits (or capitals) without separators and answers whether
 * they hold together. Weights are public facts of the issuing authorities.
 *
 * @module
 */
import { luhn } from './card.ts';

export { card, luhn } from './card.ts';

const ZERO = 48;

function digit(digits: string, at: number): number {
  return digits.charCodeAt(at) - ZERO;
}

/** Σ digit × weight over as many digits as there are weights. */
export function weighted(digits: string, weights: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += digit(digits, i) * weights[i]!;
  return sum;
}

/** Remainder of a long decimal number; letters count 10 to 35, as in ISO 13616. */
export function mod97(text: string): number {
  let rest = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    rest = code < 58 ? (rest * 10 + code - ZERO) % 97 : (rest * 100 + code - 55) % 97;
  }
  return rest;
}

const VERHOEFF_TIMES: readonly string[] = [
  ...['0123456789', '1234067895', '2340178956', '3401289567', '4012395678'],
  ...['5987604321', '6598710432', '7659821043', '8765932104', '9876543210'],
];
const VERHOEFF_TURN: readonly string[] = [
  ...['0123456789', '1576283094', '5803796142', '8916043527'],
  ...['9453126870', '4286573901', '2793806415', '7046913258'],
];

/** Verhoeff's dihedral check digit, as Aadhaar has it. */
export function verhoeff(digits: string): boolean {
  let check = 0;
  for (let i = 0; i < digits.length; i++) {
    const turned = digit(VERHOEFF_TURN[i % 8]!, digit(digits, digits.length - 1 - i));
    check = digit(VERHOEFF_TIMES[check]!, turned);
  }
  return check === 0;
}

/** ISO 7064 mod 11, 10: the check digit of the German tax number. */
export function iso7064Mod11x10(digits: string): boolean {
  let product = 10;
  for (let i = 0; i < digits.length - 1; i++) {
    const sum = (digit(digits, i) + product) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return (11 - product) % 10 === digit(digits, digits.length - 1);
}

/** True of eight digits, year, month and day, that are a day between 1900 and 2099. */
export function isDay(yyyymmdd: string): boolean {
  const year = Number(yyyymmdd.slice(0, 4));
  const month = Number(yyyymmdd.slice(4, 6));
  const day = Number(yyyymmdd.slice(6, 8));
  if (year < 1900 || year > 2099 || month < 1 || month > 12 || day < 1) return false;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return day <= days;
}

/** The same of six digits whose century is not written. */
export function isShortDay(yymmdd: string): boolean {
  return isDay(`19${yymmdd}`) || isDay(`20${yymmdd}`);
}

/** Two check digits of weights that fall to 2, modulo 11, as CPF and CNPJ have them. */
function fallingMod11(digits: string, length: number, top: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) {
    const fromEnd = length - 1 - i;
    sum += digit(digits, i) * (2 + (fromEnd % (top - 1)));
  }
  const rest = sum % 11;
  return rest < 2 ? 0 : 11 - rest;
}

function allSame(digits: string): boolean {
  return digits.split('').every((one) => one === digits[0]);
}

export function cpf(digits: string): boolean {
  return (
    !allSame(digits) &&
    fallingMod11(digits, 9, 11) === digit(digits, 9) &&
    fallingMod11(digits, 10, 12) === digit(digits, 10)
  );
}

export function cnpj(digits: string): boolean {
  return (
    !allSame(digits) &&
    fallingMod11(digits, 12, 9) === digit(digits, 12) &&
    fallingMod11(digits, 13, 9) === digit(digits, 13)
  );
}

/** Numbers printed in advertisements and forms, never given to a person. */
const SPECIMEN_SSN: ReadonlySet<string> = new Set(['078051120', '219099999', '123456789', '111111111', '987654321']);

export function ssn(digits: string): boolean {
  const area = digits.slice(0, 3);
  return (
    area !== '000' &&
    area !== '666' &&
    area < '900' &&
    digits.slice(3, 5) !== '00' &&
    digits.slice(5) !== '0000' &&
    !SPECIMEN_SSN.has(digits)
  );
}

export function itin(digits: string): boolean {
  const group = Number(digits.slice(3, 5));
  const given = (group >= 50 && group <= 65) || (group >= 70 && group <= 88) || (group >= 90 && group !== 93);
  return digits[0] === '9' && given;
}

const NO_EIN_PREFIX: ReadonlySet<string> = new Set('00 07 08 09 17 18 19 28 29 49 69 70 78 79 89 96 97'.split(' '));

export function ein(digits: string): boolean {
  return !NO_EIN_PREFIX.has(digits.slice(0, 2)) && !allSame(digits);
}

export function routingNumber(digits: string): boolean {
  const head = Number(digits.slice(0, 2));
  const known = head <= 12 || (head >= 21 && head <= 32) || (head >= 61 && head <= 72) || head === 80;
  return known && !allSame(digits) && weighted(digits, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0;
}

export function npi(digits: string): boolean {
  return (digits[0] === '1' || digits[0] === '2') && luhn(`80840${digits}`);
}

export function nhsNumber(digits: string): boolean {
  const check = (11 - (weighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
  return check !== 10 && check === digit(digits, 9) && !allSame(digits);
}

export function sin(digits: string): boolean {
  return digits[0] !== '0' && digits[0] !== '8' && luhn(digits) && !allSame(digits);
}

export function steuerId(digits: string): boolean {
  if (digits[0] === '0') return false;
  // Of the first ten digits one stands two or three times, and as many are missing.
  const counts = new Map<string, number>();
  for (const one of digits.slice(0, 10)) counts.set(one, (counts.get(one) ?? 0) + 1);
  const repeated = [...counts.values()].filter((count) => count > 1);
  return repeated.length === 1 && repeated[0]! <= 3 && iso7064Mod11x10(digits);
}

export function nir(digits: string): boolean {
  const month = Number(digits.slice(3, 5));
  if (!/^[1-478]/.test(digits) || month < 1 || (month > 12 && month < 20) || month > 99) return false;
  return 97 - mod97(digits.slice(0, 13)) === Number(digits.slice(13));
}

export function bsn(digits: string): boolean {
  return !allSame(digits) && weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0;
}

/** The century stands in the month: 81–92 is 18xx, 1–12 19xx, 21–32 20xx, … */
export function pesel(digits: string): boolean {
  const month = Number(digits.slice(2, 4));
  const plain = `${digits.slice(0, 2)}${String(month % 20).padStart(2, '0')}${digits.slice(4, 6)}`;
  return isShortDay(plain) && weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0;
}

export function aadhaar(digits: string): boolean {
  return digits[0]! > '1' && !allSame(digits) && verhoeff(digits);
}

/** @param id seventeen digits and a check character, `X` for ten */
export function chinaId(id: string): boolean {
  if (!isDay(id.slice(6, 14)) || !/^[1-8]/.test(id)) return false;
  const check = weighted(id, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11;
  return '10X98765432'[check] === id[17]?.toUpperCase();
}

export function myNumber(digits: string): boolean {
  const rest = weighted(digits, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  return !allSame(digits) && (rest <= 1 ? 0 : 11 - rest) === digit(digits, 11);
}

/** Numbers given since October 2020 carry no check digit, so the day and the sex digit must do. */
export function rrn(digits: string): boolean {
  const sex = digit(digits, 6);
  const century = sex === 9 || sex === 0 ? '18' : [1, 2, 5, 6].includes(sex) ? '19' : '20';
  return isDay(`${century === '18' ? '19' : century}${digits.slice(0, 6)}`);
}

export function tfn(digits: string): boolean {
  return !allSame(digits) && weighted(digits, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0;
}

export function auMedicare(digits: string): boolean {
  return /^[2-6]/.test(digits) && weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === digit(digits, 8);
}

/** EAN-13, with the prefix of Swiss social insurance numbers. */
export function ahv(digits: string): boolean {
  return digits.startsWith('756') && weighted(digits, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0;
}

export function belgianNumber(digits: string): boolean {
  const check = Number(digits.slice(9));
  const born = Number(digits.slice(0, 9));
  return isShortDay(digits.slice(0, 6)) && (97 - (born % 97) === check || 97 - ((2e9 + born) % 97) === check);
}

/** Ten digits, day first of the Luhn sum; twelve carry the century. */
export function personnummer(digits: string): boolean {
  const ten = digits.slice(-10);
  const coordination = Number(ten.slice(4, 6)) > 60;
  const day = coordination ? String(Number(ten.slice(4, 6)) - 60).padStart(2, '0') : ten.slice(4, 6);
  return isShortDay(`${ten.slice(0, 4)}${day}`) && luhn(ten);
}

export function norwegianNumber(digits: string): boolean {
  const born = `${digits.slice(4, 6)}${digits.slice(2, 4)}${digits.slice(0, 2)}`;
  return (
    isShortDay(born) &&
    weighted(digits, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 === 0 &&
    weighted(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0
  );
}

export function danishNumber(digits: string): boolean {
  return isShortDay(`${digits.slice(4, 6)}${digits.slice(2, 4)}${digits.slice(0, 2)}`);
}

export function southAfricanId(digits: string): boolean {
  return isShortDay(digits.slice(0, 6)) && /^.{10}[01]/.test(digits) && luhn(digits);
}

export function turkishId(digits: string): boolean {
  if (digits[0] === '0') return false;
  const odd = weighted(digits, [1, 0, 1, 0, 1, 0, 1, 0, 1]);
  const even = weighted(digits, [0, 1, 0, 1, 0, 1, 0, 1]);
  const tenth = (((odd * 7 - even) % 10) + 10) % 10;
  return tenth === digit(digits, 9) && weighted(digits, Array(10).fill(1)) % 10 === digit(digits, 10);
}

export function snils(digits: string): boolean {
  const rest = weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101;
  return (rest === 100 ? 0 : rest) === Number(digits.slice(9));
}

export function inn(digits: string): boolean {
  if (digits.length === 10) return (weighted(digits, [2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11) % 10 === digit(digits, 9);
  return (
    (weighted(digits, [7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11) % 10 === digit(digits, 10) &&
    (weighted(digits, [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11) % 10 === digit(digits, 11)
  );
}

/** Women's months are higher by fifty. */
export function czechNumber(digits: string): boolean {
  const month = Number(digits.slice(2, 4)) % 50;
  return (
    isShortDay(`${digits.slice(0, 2)}${String(month % 20).padStart(2, '0')}${digits.slice(4, 6)}`) &&
    Number(digits) % 11 === 0
  );
}

export function portugueseNif(digits: string): boolean {
  const rest = weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 11;
  return digits[0] !== '0' && (rest < 2 ? 0 : 11 - rest) === digit(digits, 8);
}

export function romanianCnp(digits: string): boolean {
  const rest = weighted(digits, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
  return isShortDay(digits.slice(1, 7)) && (rest === 10 ? 1 : rest) === digit(digits, 12);
}

export function amka(digits: string): boolean {
  return isShortDay(`${digits.slice(4, 6)}${digits.slice(2, 4)}${digits.slice(0, 2)}`) && luhn(digits);
}

/** District, birthday (women's days are higher by forty), serial number. */
export function nik(digits: string): boolean {
  const day = String(Number(digits.slice(6, 8)) % 40).padStart(2, '0');
  return /^[1-9]/.test(digits) && isShortDay(`${digits.slice(10, 12)}${digits.slice(8, 10)}${day}`);
}

/** Country -> length of its IBANs, SWIFT registry. */
const IBAN_ROWS =
  'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 ' +
  'FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 ' +
  'LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 ' +
  'RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30';
export const IBAN_LENGTHS: ReadonlyMap<string, number> = new Map(
  IBAN_ROWS.split(' ').map((row) => [row.slice(0, 2), Number(row.slice(2))]),
);

export function iban(compact: string): boolean {
  return (
    IBAN_LENGTHS.get(compact.slice(0, 2)) === compact.length && mod97(compact.slice(4) + compact.slice(0, 4)) === 1
  );
}

const DNI_LETTERS = 'TRWAGMYFPDXBNJZSQVHLCKE';

/** @param id eight digits and a letter; of an NIE the first digit is written X, Y or Z */
export function dni(id: string): boolean {
  const number = Number(id.slice(0, 8).replace(/^[XYZ]/, (letter) => String('XYZ'.indexOf(letter))));
  return DNI_LETTERS[number % 23] === id[8];
}

const FISCAL_ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

/** Characters in odd places count by a table of their own. */
export function codiceFiscale(code: string): boolean {
  let sum = 0;
  for (let i = 0; i < 15; i++) {
    const unit = code.charCodeAt(i);
    const value = unit < 58 ? unit - ZERO : unit - 65;
    sum += i % 2 === 0 ? FISCAL_ODD[value]! : value;
  }
  return code.charCodeAt(15) - 65 === sum % 26;
}

export function nric(id: string): boolean {
  const series = id[0]!;
  const offset = series === 'T' || series === 'G' ? 4 : series === 'M' ? 3 : 0;
  const rest = (weighted(id.slice(1), [2, 7, 6, 5, 4, 3, 2]) + offset) % 11;
  const letters = series === 'S' || series === 'T' ? 'JZIHGFEDCBA' : series === 'M' ? 'KLJNPQRTUWX' : 'XWUTRQPNMLK';
  return (series === 'M' ? letters[10 - rest] : letters[rest]) === id[8];
}

export function hetu(id: string): boolean {
  const born = `${id.slice(4, 6)}${id.slice(2, 4)}${id.slice(0, 2)}`;
  const number = Number(id.slice(0, 6) + id.slice(7, 10));
  return isShortDay(born) && '0123456789ABCDEFHJKLMNPRSTUVWXY'[number % 31] === id[10];
}

export function hongKongId(id: string): boolean {
  const letters = /^[A-Z]+/.exec(id)![0];
  const value = (unit: string): number => (unit >= 'A' ? unit.charCodeAt(0) - 55 : Number(unit));
  const padded = letters.length === 1 ? ` ${id}` : id;
  let sum = 0;
  for (let i = 0; i < 8; i++) sum += (padded[i] === ' ' ? 36 : value(padded[i]!)) * (9 - i);
  return (11 - (sum % 11)) % 11 === value(padded[8]!);
}

const CURP_ORDER = '0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ';

export function curp(id: string): boolean {
  let sum = 0;
  for (let i = 0; i < 17; i++) sum += CURP_ORDER.indexOf(id[i]!) * (18 - i);
  return isShortDay(id.slice(4, 10)) && (10 - (sum % 10)) % 10 === digit(id, 17);
}

const VIN_VALUES = '0123456789.ABCDEFGH..JKLMN.P.R..STUVWXYZ';

/** ISO 3779 with the check digit of North America. */
export function vin(id: string): boolean {
  const weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
  let sum = 0;
  for (let i = 0; i < 17; i++) sum += (VIN_VALUES.indexOf(id[i]!) % 10) * weights[i]!;
  return '0123456789X'[sum % 11] === id[8];
}

export function dea(id: string): boolean {
  const digits = id.slice(2);
  return (weighted(digits, [1, 0, 1, 0, 1]) + 2 * weighted(digits, [0, 1, 0, 1, 0, 1])) % 10 === digit(digits, 6);
}
