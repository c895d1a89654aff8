/**
 * How often a few bytes occur in ordinary text, roughly: enough to choose the rarer of two literals.
 *
 * @module
 */

/** Letters per thousand in European prose. */
const PER_THOUSAND: Readonly<Record<string, number>> = {
  e: 115,
  t: 82,
  a: 80,
  o: 72,
  i: 70,
  n: 70,
  s: 65,
  r: 62,
  h: 45,
  l: 42,
  d: 40,
  c: 30,
  u: 30,
  m: 26,
  p: 22,
  g: 18,
  f: 20,
  y: 16,
  w: 18,
  b: 15,
  v: 11,
  k: 8,
  x: 3,
  j: 3,
  q: 2,
  z: 2,
};

/** Words that prose and documentation are full of, the most frequent first. */
const FREQUENT = (
  'the and that for you with this are have not but from your can will was what which when there their they would about ' +
  'all one has been more were out other into than some time only then them also make like how these first two may any ' +
  'such new use must using used prompt output system mode input user file code data name should model system value list text function please write ' +
  'answer question here need want tell following give example information people work number between language because ' +
  'should could after before where every each most very just over same many does even know well back good much way say ' +
  'help think great right still through long find own state part place case while under last might never against again ' +
  'content message response order line word type test set get add see run call left point change important ' +
  'provide create default server request result return string class error version support based different available ' +
  'sentence context instruction instructions describe explain story access account email address website public ' +
  'sure start without within however below above always something anything everything nothing question task step ' +
  'que para una con los por como del las est des les dans pour qui par pas sur une die der und das ist mit von nicht ' +
  'den ein eine che non per della sono'
).split(' ');

/**
 * The expected number of occurrences per thousand bytes of ordinary text.
 *
 * @param literal bytes as Latin-1, so that a multi-byte character counts as several rare ones
 */
export function frequency(literal: string): number {
  let probability = 1000;
  // Literals are words, not chance: even rare ones turn up.
  const floor = 0.03;
  for (const character of literal) {
    // A letter is likelier after its usual neighbors than on its own: the root stands for that.
    probability *= Math.sqrt((PER_THOUSAND[character] ?? 1.5) / 1000) * 0.55;
  }
  FREQUENT.forEach((word, rank) => {
    if (word.includes(literal)) probability += 12 / (rank + 6);
  });
  return probability + floor;
}
