/**
 * Numbers of payment cards, apart from the other checks because answers are searched for them under every policy.
 *
 * @module
 */

/** ISO/IEC 7812: the check digit of cards, IMEIs and many national numbers. */
export function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = digits.length - 1, double = false; i >= 0; i--, double = !double) {
    const value = double ? (digits.charCodeAt(i) - 48) * 2 : digits.charCodeAt(i) - 48;
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}

/** Issuer ranges of payment cards, each with the lengths it issues. */
const ISSUERS: readonly (readonly [from: string, to: string, lengths: readonly number[]])[] = [
  ['4', '4', [13, 16, 19]], // Visa
  ['51', '55', [16]], // Mastercard
  ['2221', '2720', [16]],
  ['34', '34', [15]], // American Express
  ['37', '37', [15]],
  ['6011', '6011', [16, 19]], // Discover
  ['644', '649', [16, 19]],
  ['65', '65', [16, 19]],
  ['300', '305', [14, 16]], // Diners
  ['3095', '3095', [14, 16]],
  ['36', '36', [14, 16]],
  ['38', '39', [14, 16]],
  ['3528', '3589', [16, 17, 18, 19]], // JCB
  ['1800', '1800', [15]],
  ['2131', '2131', [15]],
  ['62', '62', [16, 17, 18, 19]], // UnionPay
  ['2200', '2204', [16, 17, 18, 19]], // Mir
  ['50', '50', [12, 13, 14, 15, 16, 17, 18, 19]], // Maestro
  ['56', '58', [12, 13, 14, 15, 16, 17, 18, 19]],
  ['60', '63', [12, 13, 14, 15, 16, 17, 18, 19]],
  ['66', '69', [12, 13, 14, 15, 16, 17, 18, 19]],
  ['81', '82', [16]], // RuPay
  ['9792', '9792', [16]], // Troy
];

export function card(digits: string): boolean {
  const issued = ISSUERS.some(([from, to, lengths]) => {
    const head = digits.slice(0, from.length);
    return head >= from && head <= to && lengths.includes(digits.length);
  });
  return issued && luhn(digits) && !/0{9}/.test(digits.slice(4, -1));
}
