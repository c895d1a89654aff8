/**
 * Sentences that hold generated secrets: ten carriers for each shape of a table of formats.
 *
 * Reads the table's expressions (RE2 syntax) as recipes: a class yields one of its
 * characters, a count a number in its range. Random, but the same for the same seed.
 *
 * @module
 */

interface SecretSentence {
  readonly id: string;
  readonly sentence: string;
  /** Where the secret stands, UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

/** What stands around a token that needs no name. */
const CARRIERS: readonly (readonly [before: string, behind: string])[] = [
  ['Here is my token: ', ' please keep it safe.'],
  ['export TOKEN=', '\n'],
  ['{"token": "', '"}'],
  ['Our old key was ', ', it has been rotated.'],
  ["config.set('auth', '", "');"],
  ['Authentication fails with `', '` since today.'],
  ['Ich benutze ', ' für den Zugang.'],
  ['token:\n  value: "', '"\n'],
  ['curl https://api.example.org/v1/items?auth=', ' | jq'],
  ['以下のキーを使ってください: ', ' よろしく。'],
];

/** What stands before and behind an assignment. */
const FRAMES: readonly (readonly [before: string, behind: string])[] = [
  ['', '\n'],
  ['Why does this fail? ', ' Thanks!'],
  ['export ', '\n'],
  ['const settings = {\n  ', ',\n};'],
  ['My .env file:\nDEBUG=1\n', '\nPORT=8080\n'],
  ['Ich habe das in der Konfiguration: ', ' – richtig?'],
  ['# production\n', '\n# end'],
  ['Log: ', ' (exit 1)'],
  ['Voici le fichier : ', ' merci'],
  ['設定は次の通りです。 ', ' です。'],
];

/** How a value is given to a name. */
const ASSIGNMENTS: readonly (readonly [joint: string, close: string])[] = [
  ['=', ''],
  [': "', '"'],
  [' = "', '"'],
  ["='", "'"],
  [': ', ''],
  [' := "', '"'],
  [' => "', '"'],
  ['=', ' '],
  [': ', ' '],
  [' = ', ' '],
];

function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

const NAMED: Readonly<Record<string, string>> = {
  d: '0123456789',
  w: 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_',
  S: 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789',
  s: ' ',
  t: '\t',
  n: '\n',
  r: '\r',
};

/** Stands where an expression wants a word to begin or end, until the text is whole. */
const BORDER = '\0';
/** A border inside a word: a blank makes it true. */
const BORDERS = /(\w)\0+(?=\w)/g;

/** Yields a text that an expression matches. Knows the part of RE2 that formats of tokens use. */
function generate(expression: string, random: () => number): string {
  let at = 0;
  const pick = <T>(from: ArrayLike<T>): T => from[Math.floor(random() * from.length)]!;

  function alternatives(): () => string {
    const branches = [sequence()];
    while (expression[at] === '|') {
      at++;
      branches.push(sequence());
    }
    return () => pick(branches)();
  }

  function sequence(): () => string {
    const parts: (() => string)[] = [];
    while (at < expression.length && expression[at] !== '|' && expression[at] !== ')') parts.push(repeated(atom()));
    return () => parts.map((part) => part()).join('');
  }

  function repeated(one: () => string): () => string {
    const match = /^(?:\{(\d+)(,?)(\d*)\}|([*+?]))\??/.exec(expression.slice(at));
    if (match === null) return one;
    at += match[0].length;
    const [, from, comma, to, sign] = match;
    const least = sign === undefined ? Number(from) : sign === '+' ? 1 : 0;
    const most =
      sign === undefined ? (comma === '' ? least : to === '' ? least + 10 : Number(to)) : sign === '?' ? 1 : least + 5;
    return () => {
      const count = least + Math.floor(random() * (most - least + 1));
      return Array.from({ length: count }, one).join('');
    };
  }

  function atom(): () => string {
    const char = expression[at++]!;
    if (char === '(') {
      const head = /^\?(?:P<\w+>|-?[a-z]+:|-?[a-z]+\)|:)/.exec(expression.slice(at));
      if (head !== null) at += head[0].length;
      if (head?.[0].endsWith(')')) return () => ''; // (?i)
      const inner = alternatives();
      at++;
      return inner;
    }
    if (char === '[') return set();
    if (char === '\\') {
      const escaped = expression[at++]!;
      if (escaped === 'b') return () => BORDER;
      if ('Bz'.includes(escaped)) return () => '';
      if (escaped === 'x') {
        at += 2;
        const code = String.fromCharCode(Number.parseInt(expression.slice(at - 2, at), 16));
        return () => code;
      }
      const named = NAMED[escaped];
      return named === undefined ? () => escaped : () => pick(named);
    }
    if (char === '^' || char === '$') return () => '';
    // One that is repeated stands for any text, a single one mostly for itself, unescaped.
    if (char === '.') return /^[*+{?]/.test(expression.slice(at)) ? () => pick(NAMED['S']!) : () => '.';
    return () => char;
  }

  function set(): () => string {
    let choice = '';
    if (expression.startsWith('[:alnum:]]', at)) {
      at += 10;
      return () => pick(NAMED['S']!);
    }
    const negated = expression[at] === '^';
    while (expression[at] !== ']') {
      let char = expression[at++]!;
      if (char === '\\') {
        const escaped = expression[at++]!;
        const named = NAMED[escaped];
        if (named !== undefined) {
          choice += named;
          continue;
        }
        char = escaped;
      }
      if (expression[at] === '-' && expression[at + 1] !== ']') {
        const last = expression[at + 1]!;
        at += 2;
        for (let code = char.charCodeAt(0); code <= last.charCodeAt(0); code++) choice += String.fromCharCode(code);
      } else choice += char;
    }
    at++;
    if (!negated) return () => pick(choice);
    const others = [...`${NAMED['S']} ;,`].filter((one) => !choice.includes(one));
    return () => pick(others);
  }

  return alternatives()().replace(BORDERS, '$1 ').replaceAll(BORDER, '');
}

const OPERATOR = '(?:=|>|:{1,3}=|\\|\\||:|=>|\\?=|,)[\\x60\'"\\s=]{0,5}';
const TERMINATOR = '(?:[\\x60\'"\\s;]|\\\\[nr]|$)';

/** @param table tab-separated: id, keywords, entropy, shape; a shape that is no expression of a text is left out */
export function secretSentences(table: string): SecretSentence[] {
  const random = randomOf(20261122);
  return table
    .split('\n')
    .slice(1)
    .flatMap((line): SecretSentence[] => {
      const [id, keywords, , shape] = line.split('\t');
      if (id === undefined || !shape) return [];
      return Array.from({ length: 10 }, (_, i) => {
        const [operatorAt, value] = expressionOf(shape);
        if (operatorAt < 0) {
          // What a terminator adds is no part of the secret.
          const secret = generate(value, random).trim();
          const words = keywords!.split(' ').sort((a, b) => b.length - a.length);
          if (!words.some((word) => secret.toLowerCase().includes(word) || secret.includes('://'))) {
            const named = `${words[0]!.toUpperCase()}_TOKEN=`;
            return { id, sentence: named + secret, start: named.length, end: named.length + secret.length };
          }
          const [before, behind] = CARRIERS[i]!;
          return { id, sentence: before + secret + behind, start: before.length, end: before.length + secret.length };
        }
        const secret = generate(value, random);
        const [before, behind] = FRAMES[i]!;
        const [joint, close] = ASSIGNMENTS[i]!;
        const start = before.length + nameOf(id, keywords!, shape).length + joint.length;
        const sentence = `${before}${nameOf(id, keywords!, shape)}${joint}${secret}${close}${behind}`;
        return { id, sentence, start, end: start + secret.length };
      });
    });
}

/** Where the operator stands in a shape (-1: nowhere), and the expression of the value alone. */
function expressionOf(shape: string): readonly [operatorAt: number, value: string] {
  const at = shape.indexOf(OPERATOR);
  const first = at < 0 ? shape : shape.slice(at + OPERATOR.length).split(`${TERMINATOR}|`)[0]!;
  const value = first.endsWith(TERMINATOR) ? first.slice(0, -TERMINATOR.length) : first;
  return [at, value];
}

/** The variable a person would give such a value: `DATADOG_ACCESS_TOKEN`. */
function nameOf(id: string, keywords: string, shape: string): string {
  const keyword = keywords.split(' ').find((word) => shape.toLowerCase().includes(word)) ?? '';
  const plain = id.replace(/-/g, '_');
  const named =
    plain.includes(keyword.replace(/[.-]/g, '_')) || /^(?:test_|live_|_pub)/.test(keyword)
      ? plain
      : `${keyword}_${plain}`;
  return named.toUpperCase();
}
