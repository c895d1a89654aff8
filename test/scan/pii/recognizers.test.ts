/** What each recognizer finds, and what looks like it and is not. Candidates come from the reference engine's stage. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type CandidateView, candidateView } from '../../../src/engine/candidate.ts';
import { findCandidates } from '../../../src/engine/reference/candidates.ts';
import { TYPES } from '../../../src/scan/pii/catalog.ts';
import { createSearch } from '../../../src/scan/pii/search.ts';

/** The plain text alone, as both engines see it. */
function candidates(block: string): CandidateView[] {
  const raw = new TextEncoder().encode(block);
  const start = new Uint16Array(raw.length);
  const end = new Uint16Array(raw.length);
  let byte = 0;
  let unit = 0;
  for (const point of block) {
    const size = new TextEncoder().encode(point).length;
    start.fill(unit, byte, byte + size);
    end.fill(unit + point.length, byte, byte + size);
    byte += size;
    unit += point.length;
  }
  return [candidateView(block, { decoders: 0, raw, start, end, rows: findCandidates(raw) })];
}

const search = createSearch({ candidates }, { pii: true, secrets: true });
const found = (text: string): string[] =>
  search(text)
    .filter(({ score }) => score >= 0.5)
    .map(({ type, start, end }) => `${type} ${text.slice(start, end)}`);

const HITS: readonly (readonly [text: string, type: string, value: string])[] = [
  ['Write to jane.doe+x@mail.example.co.uk today.', 'email', 'jane.doe+x@mail.example.co.uk'],
  ['请联系zhang@example.com谢谢', 'email', 'zhang@example.com'],
  ['josé.núñez@correo.example', 'email', 'josé.núñez@correo.example'],
  ['Call +44 20 7946 0958 now', 'phone', '+44 20 7946 0958'],
  ['my number is (308) 738-1647.', 'phone', '(308) 738-1647'],
  ['Meine Handynummer: 0171 2345678', 'phone', '0171 2345678'],
  ['card 4111-1111-1111-1111', 'card', '4111-1111-1111-1111'],
  ['378282246310005', 'card', '378282246310005'],
  ['IBAN DE89 3704 0044 0532 0130 00, danke', 'iban', 'DE89 3704 0044 0532 0130 00'],
  ['SWIFT: DEUTDEFF', 'bic', 'DEUTDEFF'],
  ['SSN 536-90-4399', 'us-ssn', '536-90-4399'],
  ['{"socialSecurityNumber": 536904399}', 'us-ssn', '536904399'],
  ['social_security: 536904399', 'us-ssn', '536904399'],
  ['tax id 912-70-1234', 'us-itin', '912-70-1234'],
  ['EIN 12-3456789', 'us-ein', '12-3456789'],
  ['routing number 021000021', 'us-routing-number', '021000021'],
  ['wired from 121000358 yesterday', 'us-routing-number', '121000358'],
  ['Our bank is a small one, 123456706.', 'us-routing-number', '123456706'],
  ['NPI: 1234567893', 'us-npi', '1234567893'],
  ['NHS number 943 476 5919', 'uk-nhs-number', '943 476 5919'],
  ['NI number AB 12 34 56 C', 'uk-nino', 'AB 12 34 56 C'],
  ['SIN: 130-692-544', 'ca-sin', '130-692-544'],
  ['Steuer-ID 86 095 742 719', 'de-tax-id', '86 095 742 719'],
  ['NIR 1 85 05 78 006 084 91', 'fr-nir', '1 85 05 78 006 084 91'],
  ['DNI 12345678Z', 'es-dni', '12345678Z'],
  ['NIE X1234567L', 'es-nie', 'X1234567L'],
  ['C.F. RSSMRA85T10A562S', 'it-fiscal-code', 'RSSMRA85T10A562S'],
  ['BSN 111222333', 'nl-bsn', '111222333'],
  ['PESEL 44051401359', 'pl-pesel', '44051401359'],
  ['CPF 111.444.777-35', 'br-cpf', '111.444.777-35'],
  ['11.222.333/0001-81', 'br-cnpj', '11.222.333/0001-81'],
  ['Aadhaar 2341 2341 2346', 'in-aadhaar', '2341 2341 2346'],
  ['PAN ABCPE1234F', 'in-pan', 'ABCPE1234F'],
  ['身份证 11010519491231002X', 'cn-resident-id', '11010519491231002X'],
  ['マイナンバー 123456789018', 'jp-my-number', '123456789018'],
  ['주민등록번호 900101-1234567', 'kr-rrn', '900101-1234567'],
  ['TFN 123 456 782', 'au-tfn', '123 456 782'],
  ['Medicare 2123 45670 1', 'au-medicare', '2123 45670 1'],
  ['NRIC S1234567D', 'sg-nric', 'S1234567D'],
  ['from 81.46.223.25 yesterday', 'ipv4', '81.46.223.25'],
  ['please update my ip to 81.46.223.25', 'ipv4', '81.46.223.25'],
  ['at 2001:db8:85a3::8a2e:370:7334', 'ipv6', '2001:db8:85a3::8a2e:370:7334'],
  ['MAC 3c:9f:9d:0d:f7:43', 'mac', '3c:9f:9d:0d:f7:43'],
  ['IMEI 490154203237518', 'imei', '490154203237518'],
  ['VIN 1HGBH41JXMN109186', 'vin', '1HGBH41JXMN109186'],
  ['DOB: 1990-02-11', 'date-of-birth', '1990-02-11'],
  ['geboren am 3.7.1984', 'date-of-birth', '3.7.1984'],
  ['at 7521 Main Avenue, Dover, TX 37221.', 'postal-address', '7521 Main Avenue, Dover, TX 37221'],
  ['I live at 10 Tottenham Court Road NW, thanks', 'postal-address', '10 Tottenham Court Road NW'],
  ['Flat: 22b Acacia Grove, London N1 9GU', 'postal-address', '22b Acacia Grove, London N1 9GU'],
  ['come to 45 Park Lane. Ask for Jo', 'postal-address', '45 Park Lane'],
  ['at 45 Elm St. now', 'postal-address', '45 Elm St.'],
  ['5 George Street, Sydney NSW 2000', 'postal-address', '5 George Street, Sydney NSW 2000'],
  ['habite au 12 bis rue de la Paix, 75002 Paris', 'postal-address', '12 bis rue de la Paix, 75002 Paris'],
  ['Rue de la Loi 16, 1000 Bruxelles', 'postal-address', 'Rue de la Loi 16, 1000 Bruxelles'],
  ['vivo en la Calle Mayor, nº 12, 28013 Madrid', 'postal-address', 'Calle Mayor, nº 12, 28013 Madrid'],
  ['abito in Via Garibaldi 7, 00184 Roma', 'postal-address', 'Via Garibaldi 7, 00184 Roma'],
  ['na Rua das Flores 150, 1200-195 Lisboa', 'postal-address', 'Rua das Flores 150, 1200-195 Lisboa'],
  ['wohnt Hauptstraße 12a, 10115 Berlin', 'postal-address', 'Hauptstraße 12a, 10115 Berlin'],
  ['in der Berliner Str. 5', 'postal-address', 'Berliner Str. 5'],
  ['an Unter den Linden 77, 10117 Berlin', 'postal-address', 'Unter den Linden 77, 10117 Berlin'],
  ['op Keizersgracht 123, 1015 CJ Amsterdam', 'postal-address', 'Keizersgracht 123, 1015 CJ Amsterdam'],
  ['mieszka na ul. Marszałkowska 12/4, 00-001 Warszawa', 'postal-address', 'ul. Marszałkowska 12/4, 00-001 Warszawa'],
  ['bor på Drottninggatan 5, 111 51 Stockholm', 'postal-address', 'Drottninggatan 5, 111 51 Stockholm'],
  ['Write to P.O. Box 4711 please', 'postal-address', 'P.O. Box 4711'],
  ['BP 12, 75002 Paris', 'postal-address', 'BP 12, 75002 Paris'],
  ['Postfach 1234, 53113 Bonn', 'postal-address', 'Postfach 1234, 53113 Bonn'],
  ['PSC 1234, Box 5678, APO AE 09123', 'postal-address', 'PSC 1234, Box 5678, APO AE 09123'],
  ['live at 742 evergreen terrace, thanks', 'postal-address', '742 evergreen terrace'],
  ['ich wohne in der hauptstraße 12 im Hof', 'postal-address', 'hauptstraße 12'],
  ['She lives at Tylova 285.', 'postal-address', 'Tylova 285'],
  ['street,address,town\nx,Tylova 285,Brno', 'postal-address', 'Tylova 285'],
  ['to Komenského 605\nTelč, 588 56', 'postal-address', 'Komenského 605\nTelč, 588 56'],
  ['to Tværgyden 40, Knebel, 8420, Denmark', 'postal-address', 'Tværgyden 40, Knebel, 8420, Denmark'],
  ['Gosposka ulica 47, 2317 Oplotnica', 'postal-address', 'Gosposka ulica 47, 2317 Oplotnica'],
  ['Rákóczi út 41.\nBudapest, 1088', 'postal-address', 'Rákóczi út 41.\nBudapest, 1088'],
  ['at Λεωφόρος Συγγρού 119, 117 45 Αθήνα', 'postal-address', 'Λεωφόρος Συγγρού 119, 117 45 Αθήνα'],
  ['au 5 place Bellecour, 69002 Lyon', 'postal-address', '5 place Bellecour, 69002 Lyon'],
  ['12 rue de la gare', 'postal-address', '12 rue de la gare'],
  ['an der Brucker Bundesstraße 31', 'postal-address', 'Brucker Bundesstraße 31'],
  ['12 High Street\nApt. 4\nDover, TX 37221\nUSA', 'postal-address', '12 High Street\nApt. 4\nDover, TX 37221\nUSA'],
  ['> 12 High Street\n> London N1 9GU', 'postal-address', '12 High Street\n> London N1 9GU'],
  ['"12 High Street\\nDover, TX 37221"', 'postal-address', '12 High Street\\nDover, TX 37221'],
  ['at 1 Infinite Loop, Cupertino, CA 95014.', 'postal-address', '1 Infinite Loop, Cupertino, CA 95014'],
  ['1915 rue Guy, Montreal, QC H3B 2M3, Canada', 'postal-address', '1915 rue Guy, Montreal, QC H3B 2M3, Canada'],
  ['100 Broadway Suite 310', 'postal-address', '100 Broadway Suite 310'],
  ['USS Nimitz, FPO AP 96620', 'postal-address', 'USS Nimitz, FPO AP 96620'],
  ['located at 48.8584, 2.2945', 'coordinates', '48.8584, 2.2945'],
  ['postgres://admin:s3cr3tPa55@db.host/x', 'url-credentials', 'admin:s3cr3tPa55'],
  ['1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', 'bitcoin-address', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa'],
  ['bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq', 'bitcoin-address', 'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq'],
  ['0x52908400098527886E0F7030069857D2E4169EE7', 'ethereum-address', '0x52908400098527886E0F7030069857D2E4169EE7'],
  [`Mine: ${'abandon '.repeat(11)}about, keep it`, 'seed-phrase', `${'abandon '.repeat(11)}about`],
  ['passport N18892937', 'passport', 'N18892937'],
  ['numer paszportu: AB1234567', 'passport', 'AB1234567'],
  ["my driver's license number is 12345678", 'driving-license', '12345678'],
  ['my number is 1234 5678', 'phone', '1234 5678'],
  ['DL-D12345-12', 'driving-license', 'DL-D12345-12'],
  ['MAC AB-9F-9D-0D-F7-43', 'mac', 'AB-9F-9D-0D-F7-43'],
  ['My password for shop24 is uPhaiz1iV', 'password', 'uPhaiz1iV'],
  ['pass := "RsKkykwP"', 'password', 'RsKkykwP'],
  ["IDENTIFIED BY 'qYEdgHaSL'", 'password', 'qYEdgHaSL'],
  ['DB_PASS = "$aQg7aT9"', 'password', '$aQg7aT9'],
  ["driver's license D123-4567-8901", 'driving-license', 'D123-4567-8901'],
  ['756.1234.5678.97', 'ch-ahv', '756.1234.5678.97'],
  ['MRN-6158284', 'medical-record', 'MRN-6158284'],
  ['DEA AB1234563', 'us-dea-number', 'AB1234563'],
];

/** Nothing at all is found in these. */
const NEAR_MISSES: readonly string[] = [
  'order 123456706 has shipped', // passes the check of a routing number
  'our bank: 121000359',
  'order 4111 1111 1111 1112', // a card but for its check digit
  'IBAN DE89 3704 0044 0532 0130 01',
  'version 10.2.3.4 is out',
  'at 12:30:45 and 1.2.3',
  'invoice 2024-000123 of 2024-01-15',
  'commit 9fceb02d0ae598e95dc970b74767f19372d61af8',
  'id 550e8400-e29b-41d4-a716-446655440000',
  '0x52908400098527886E0F7030069857D2E4169Ee7', // mixed case, wrong checksum
  `${'abandon '.repeat(12)}`, // wrong checksum
  'logo@2x.png and @mention',
  'a ratio of 3.14159, and 1,234,567 people',
  'AB 12 34 56 X is no insurance number',
  'ISBN 978-3-16-148410-0',
  'The DEUTSCHE bank closed at 12345678',
  'std::vector and a::b::c',
  'in 2019 Street View came to 12 Countries and 5 Places',
  'Route 66 runs via Chicago 5 times',
  'Spring 2024, Katie 5, Brigade 12, Gate 7',
  '3 cours de français, 1 place de parking',
  'on May 5, Paris, France, and Chapter 7, Berlin',
  'Bahnsteig 5, Parkplatz 12, Arbeitsplatz 3',
  'Tim wohnt 2 Meilen von hier, Copyright 2007 Adresse',
  'address the 3 issues; see Section 4 of the address book',
  'top 10\n#87 Frank Cicci Racing #38 Great Clips',
  '12 Angry Men, Chicago and 100 Years of Solitude, Bogota',
  'отель 12345678 открыт', // the hotel is no telephone
  'Vitals: BP 120/80, HR 72, BP 121 at noon',
  'password: "$DB_PASSWORD"',
  'const password = "%PASSWORD%"',
  'name,item,day\nJane,lamp,1990-02-11',
  '2026-01-01|1990-02-11|lamp',
];

describe('recognizers', () => {
  test('at least forty types have a hit here', () => {
    expect(new Set(HITS.map(([, type]) => type)).size).toBeGreaterThanOrEqual(40);
  });

  test.each(HITS)('%s', (text, type, value) => {
    expect(found(text)).toEqual([`${type} ${value}`]);
  });

  test.each(NEAR_MISSES)('nothing in: %s', (text) => {
    expect(found(text)).toEqual([]);
  });

  test('digits in disguise are covered whole', () => {
    const text = 'card ４１１１ １１１１ １１１１ １１１１ or 4111\u200b1111\u200b1111\u200b1111';
    expect(found(text)).toEqual([
      'card ４１１１ １１１１ １１１１ １１１１',
      'card 4111\u200b1111\u200b1111\u200b1111',
    ]);
  });

  test('what a column is called speaks of what is in it', () => {
    const text =
      'name,born,"id, passport",bank\nJane,1990-02-11,C01X00T47,12345678\nTom,1991-03-12,C01X00T48,23456789\n';
    expect(found(text.replace('bank', 'account'))).toEqual([
      'date-of-birth 1990-02-11',
      'passport C01X00T47',
      'bank-account 12345678',
      'date-of-birth 1991-03-12',
      'passport C01X00T48',
      'bank-account 23456789',
    ]);
  });

  test('a day in the record of a person is a day of birth', () => {
    expect(found('Jane|536-90-4399|1990-02-11|x')).toEqual(['us-ssn 536-90-4399', 'date-of-birth 1990-02-11']);
    expect(found('Jane|536-90-4399|2024-02-11|x')).toEqual(['us-ssn 536-90-4399']);
    expect(found('Jane|536-90-4399|x\nTom|1990-02-11|y')).toEqual(['us-ssn 536-90-4399']);
  });

  test('so is the number of a passport', () => {
    expect(found('Jane|536-90-4399|P5K125839|x')).toEqual(['us-ssn 536-90-4399', 'passport P5K125839']);
    expect(found('lamp|P5K125839|x')).toEqual([]);
    expect(found('Jane|536-90-4399|item P5K125839|x')).toEqual(['us-ssn 536-90-4399']);
  });

  test("a bank's code behind an account's number needs no word", () => {
    expect(found('to DE89 3704 0044 0532 0130 00 (COBADEFF), thanks')).toEqual([
      'iban DE89 3704 0044 0532 0130 00',
      'bic COBADEFF',
    ]);
  });

  test('a value across two blocks is found once', () => {
    const text = `${'word '.repeat(818)}jane.doe@example.com and on`;
    expect(found(text)).toEqual(['email jane.doe@example.com']);
  });

  test('only the countries asked for', () => {
    const some = createSearch({ candidates }, { pii: true, secrets: false, countries: new Set(['DE']) });
    expect(some('SSN 536-90-4399, Steuer-ID 86 095 742 719').map(({ type }) => type)).toEqual(['de-tax-id']);
  });
});

test('the catalog names every type that is reported', () => {
  const known = new Set([...TYPES.pii, ...TYPES.secret]);
  expect(HITS.map(([, type]) => type).filter((type) => !known.has(type))).toEqual([]);
  const folders = ['pii', 'secrets'].map((folder) => new URL(`../../../src/scan/${folder}/`, import.meta.url));
  const written = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => [
        ...readFileSync(new URL(file, folder), 'utf8').matchAll(
          /\b(?:report\(|findPassword\(.*,) *(?:[^',]*\? )?'([^']+)'(?: : '([^']+)')?/g,
        ),
      ])
      .flatMap(([, ...types]) => types.filter((type) => type !== undefined)),
  );
  expect(written.length).toBeGreaterThan(20);
  expect(written.filter((type) => !known.has(type))).toEqual([]);
});
