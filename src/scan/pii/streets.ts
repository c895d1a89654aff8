/**
 * Words that streets are made of, in small letters: the search of addresses reads them, and so does the stream, which
 * must hold an address back before its number has come.
 *
 * @module
 */
export const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** Kinds of streets behind their name, in English. */
export const BEHIND_NAME = set(
  'street st str avenue ave av road rd lane ln drive dr boulevard blvd court ct circle cir way place pl terrace ter ' +
    'parkway pkwy highway hwy square sq close crescent cres grove gardens gdns row mews alley trail trl loop plaza ' +
    'walk quay parade esplanade wharf hill rise crossing turnpike expressway heights',
);

/** Kinds of streets before their name that are seldom anything else in small letters too. */
export const BEFORE_NAME_SMALL = set(
  'rue avenue boulevard bd chemin allée impasse quai calle c/ avda ul ulica ул улица пр вул οδός λεωφόρος',
);

/** Small words within names. */
export const JOINERS = set(
  "de del della dell delle dei degli di da do dos das du des la las le les el los e y et en d l san sant santa saint ste sur aux à lo na in 't van der den ten ter am im",
);

/** Kinds of streets behind their name, as words of their own, elsewhere. */
export const LAST_WORDS = set(
  'straße strasse str weg allee platz gasse damm ufer chaussee straat laan plein gracht kade utca u út útja tér tere ' +
    'körút rkp rakpart fasor sétány kapu sokak sokağı sk caddesi cd bulvarı ulica cesta trg tänav puiestee põik maantee ' +
    'gatvė prospektas vei allé terrasse torg',
);
/** Such words that are others too: an address only where more says so. */
export const SOFT_LAST_WORDS = set('gate tee put sor köz');
/** Ends of street names that are one word with their kind, and hardly anything else, in small letters too. */
export const SURE_ENDINGS: readonly string[] =
  'straße strasse gasse straat gracht gatan vägen veien vegen vej stræde stræti chaussee utca'.split(' ');
/** Behind these in Hungarian a house's number is an ordinal: `Rákóczi út 41.` */
export const DOTTED = set('utca u út útja tér tere körút rkp rakpart fasor sétány kapu');

/** What French counts house numbers with: 12 bis. */
export const COUNTED = set('bis ter quater');

/** Words that end as streets do and are none. */
export const NO_STREETS = set(
  'brigade renegade arbeitsplatz sitzplatz stehplatz stellplatz parkplatz schlafplatz liegeplatz speicherplatz ' +
    'spielplatz sportplatz flugplatz startplatz tabellenplatz listenplatz studienplatz ausbildungsplatz kitaplatz ' +
    'bahnsteig bürgersteig radweg fußweg fussweg gehweg umweg heimweg ausweg rechtsweg arbeitsweg',
);
/** Words with a capital that a number counts and that name no street. */
export const NO_NAMES = set(
  'january february march april may june july august september october november december jan feb mar apr jun jul aug ' +
    'sep sept oct nov dec januar februar märz mai juni juli oktober dezember janvier février mars avril juin juillet ' +
    'août septembre octobre novembre décembre enero febrero marzo abril mayo junio julio agosto septiembre octubre ' +
    'noviembre diciembre chapter section page part volume vol figure fig table appendix article step level version ' +
    'release update phase stage round task question exercise example case item line row column block day week month ' +
    'year grade class room floor unit suite apt apartment flat box gate terminal platform track seat exit zone sector ' +
    'district group team player number no nr num kapitel seite abschnitt teil band tabelle abbildung schritt klasse ' +
    'zimmer etage stock tag woche capítulo página sección parte tabla chapitre section partie tableau étape articolo ' +
    'capitolo pagina parte windows iphone ios android python java node version psalm genesis exodus usb port ipv http ' +
    'mobile phone tel fax telefon handy dieser jeder hinter immer über unser aber oder',
);

/** Words that say an address follows. */
export const ADDRESS_WORDS = [
  ...['address', 'addresses', 'addr', 'lives at', 'live at', 'living at', 'lived at', 'located at'],
  ...['residing at', 'resides at', 'reside at', 'resident at', 'residence', 'ship to', 'deliver to', 'delivered to'],
  ...['mail to', 'moved to'],
  ...['adresse', 'anschrift', 'wohnhaft', 'wohnt', 'wohne', 'wohnen', 'lieferadresse'],
  ...[
    'rechnungsadresse',
    'habite',
    'demeurant',
    'domicilié',
    'domiciliée',
    'réside',
    'dirección',
    'domicilio',
    'vive en',
  ],
  ...['vivo en', 'reside en', 'indirizzo', 'residente', 'abita', 'abito', 'endereço', 'morada', 'mora na', 'moro na'],
  ...[
    'adres',
    'woont',
    'woonachtig',
    'wonende',
    'zamieszkały',
    'zamieszkała',
    'mieszka',
    'mieszkam',
    'adress',
    'bor på',
  ],
  ...['bopæl', 'osoite', 'asuu', 'adresa', 'bydliště', 'bytem', 'bydlí', 'lakcím', 'lakcíme', 'lakik', 'domiciliat'],
  ...[
    'domiciliată',
    'adresi',
    'ikamet',
    'адрес',
    'проживает',
    'проживающий',
    'адреса',
    'διεύθυνση',
    'κατοικεί',
    'aadress',
  ],
  ...['naslov', 'adrese', 'adresas', 'heimilisfang'],
];
