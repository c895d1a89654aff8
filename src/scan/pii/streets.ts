/**
 * Words that streets are made of, in small letters: the search of addresses reads them, and so does the stream, which
 * must hold an address back before its number has come.
 *
 * @module
 */
export const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** Kinds of streets behind their name, in English. */
export const BEHIND_NAME = set(
  'street st avenue ave av road rd lane ln drive dr boulevard blvd court ct circle cir way place pl terrace ter ' +
    'parkway pkwy highway hwy square sq close crescent cres grove gardens gdns row mews alley trail trl loop plaza ' +
    'walk quay parade esplanade wharf hill rise crossing turnpike expressway heights',
);

/** Kinds of streets before their name that are seldom anything else in small letters too. */
export const BEFORE_NAME_SMALL = set(
  'rue avenue boulevard bd chemin allée impasse quai calle c/ avda ul ulica ул улица пр вул',
);

/** Small words within names. */
export const JOINERS = set(
  "de del della dell delle dei degli di da do dos das du des la las le les el los e y et en d l san sant santa saint ste sur aux à lo na in 't van der den ten ter am im",
);

/** Kinds of streets behind their name, as words of their own, elsewhere. */
export const LAST_WORDS = set(
  'straße strasse str weg allee platz gasse damm ufer chaussee straat laan plein gracht kade utca u út útja tér körút sokak sk caddesi cd',
);

/** What French counts house numbers with: 12 bis. */
export const COUNTED = set('bis ter quater');
