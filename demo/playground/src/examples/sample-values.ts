/**
 * Made-up personal data and secrets, put together at run time: no file of this project holds anything that looks like one.
 *
 * @module
 */

const DIGITS = '0123456789';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();

/** @returns a whole number in [0, below) */
function random(below: number): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]! % below;
}

function some(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[random(alphabet.length)]).join('');
}

function oneOf<T>(values: readonly T[]): T {
  return values[random(values.length)]!;
}

export function email(): string {
  return `${oneOf(['jane', 'omar', 'mei', 'lucia', 'piotr'])}.${oneOf(['keller', 'haddad', 'lin', 'rossi', 'nowak'])}@${oneOf(['northwind', 'contoso', 'fabrikam'])}.example`;
}

/** A card number whose check digit is right (Luhn), in groups of four. */
export function card(): string {
  const body = `4${some(DIGITS, 14)}`;
  const sum = [...body].reduce((total, digit, i) => {
    const value = Number(digit) * (i % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return `${body}${(10 - (sum % 10)) % 10}`.replace(/\d{4}(?=\d)/g, '$& ');
}

/** A German IBAN whose check digits are right (ISO 7064, modulo 97). */
export function iban(): string {
  const account = `5001051${some(DIGITS, 11)}`;
  // D is 13 and E is 14; the two zeros hold the place of the check digits.
  const check = 98n - (BigInt(`${account}131400`) % 97n);
  return `DE${String(check).padStart(2, '0')}${account}`.replace(/.{4}(?=.)/g, '$& ');
}

export function phone(): string {
  return `+49 30 ${some('23456789', 1)}${some(DIGITS, 3)} ${some(DIGITS, 4)}`;
}

export function ssn(): string {
  return `${some('12345', 3)}-${some('123456789', 2)}-${some('123456789', 4)}`;
}

export function address(): string {
  return `${10 + random(180)} ${oneOf(['Maple', 'Cedar', 'Harbor', 'Mill'])} ${oneOf(['Street', 'Avenue', 'Lane'])}`;
}

export function ipv4(): string {
  return `81.${10 + random(200)}.${random(255)}.${1 + random(250)}`;
}

export function githubToken(): string {
  return `gh${'p'}_${some(DIGITS + LOWER + UPPER, 36)}`;
}

export function awsKeyId(): string {
  return `AK${'IA'}${some(`${UPPER}234567`, 16)}`;
}

export function awsSecret(): string {
  return some(DIGITS + LOWER + UPPER, 40);
}

export function stripeKey(): string {
  return `sk_${'live'}_${some(DIGITS + LOWER + UPPER, 24)}`;
}
