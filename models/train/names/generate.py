"""Sentences with names and addresses, and sentences without: what the tagger is trained on.

    python generate.py OUT_DIR [--count N] [--seed N]

Writes `sentences.jsonl` (rows with `text`, `spans` [[start, end, "PER" | "ADR" | "OTH"]] in code points, `lang`, `part`
"train" or "valid") and `names.tsv` (word, kinds, pool). Carrier sentences are ours (`carriers/`, `facts.toml`); names,
streets and companies are Faker's and, of English ones, the census lists of the package `names`.

The parts share neither carriers nor names: a sixth of both is for validation alone.
"""

import argparse
import json
import random
import re
import tomllib
import zlib
from datetime import datetime
from pathlib import Path

import names as census
from faker import Faker
from faker.providers.date_time import Provider as Dates

HERE = Path(__file__).parent
FIRST, LAST, PLACE = 1, 2, 8
VALID_PART = 6

# Language -> the locales its names come from, the one of its addresses, its share of the sentences.
LANGUAGES = {
    "en": (["en_US", "en_GB", "en_IN", "en_IE", "en_AU"], ["en_US", "en_US", "en_GB", "en_AU", "en_CA", "en_IN"], 26),
    "de": (["de_DE", "de_AT", "de_CH"], ["de_DE", "de_AT", "de_CH"], 7),
    "fr": (["fr_FR", "fr_CH"], ["fr_FR", "fr_CH"], 7),
    "es": (["es_ES", "es_MX"], ["es_ES", "es_MX"], 7),
    "it": (["it_IT"], ["it_IT"], 5),
    "pt": (["pt_BR", "pt_PT"], ["pt_BR", "pt_PT"], 5),
    "nl": (["nl_NL"], ["nl_NL", "nl_BE"], 5),
    "pl": (["pl_PL"], ["pl_PL"], 4),
    "sv": (["sv_SE"], ["sv_SE"], 3),
    "da": (["da_DK"], ["da_DK"], 2),
    "no": (["no_NO"], ["no_NO"], 2),
    "fi": (["fi_FI"], ["fi_FI"], 2),
    "cs": (["cs_CZ", "sk_SK"], ["cs_CZ", "sk_SK"], 4),
    "ru": (["ru_RU"], ["ru_RU"], 5),
    "uk": (["uk_UA"], ["uk_UA"], 2),
    "tr": (["tr_TR"], [], 3),
    "hu": (["hu_HU"], ["hu_HU"], 2),
    "ro": (["ro_RO"], ["ro_RO"], 2),
    "el": (["el_GR"], ["el_GR"], 2),
    "zh": (["zh_CN"], ["zh_CN", "zh_TW"], 5),
    "ja": (["ja_JP"], ["ja_JP"], 5),
    "ko": (["ko_KR"], ["ko_KR"], 5),
    "ar": (["ar_AA"], [], 2),
    "hi": (["hi_IN"], ["hi_IN"], 1),
    "id": (["id_ID"], ["id_ID"], 2),
    "vi": (["vi_VN"], ["vi_VN"], 2),
    "he": (["he_IL"], ["he_IL"], 1),
}
# Names that turn up in texts of every language, and that the lists should know.
ELSEWHERE = ["bg_BG", "hr_HR", "sl_SI", "lt_LT", "lv_LV", "et_EE", "yo_NG", "ig_NG", "zu_ZA", "sw", "is_IS", "ga_IE",
             "az_AZ", "uz_UZ", "fa_IR", "bn_BD", "ta_IN", "hy_AM", "ka_GE"]
LATIN = [lang for lang in LANGUAGES if lang not in ("ru", "uk", "el", "zh", "ja", "ko", "ar", "hi", "he")]
SURNAME_FIRST = {"zh", "ja", "ko", "hu"}
TURKISH_STREETS = ["Atatürk", "İstiklal", "Cumhuriyet", "Bağdat", "Gazi", "İnönü", "Fatih", "Menekşe", "Lale", "Barış"]
TURKISH_CITIES = ["İstanbul", "Ankara", "İzmir", "Bursa", "Antalya", "Konya", "Adana"]
ARABIC_STREETS = ["شارع الملك فهد", "شارع التحرير", "شارع الجمهورية", "شارع النيل", "شارع الأمير سلطان"]
ARABIC_CITIES = ["القاهرة", "الرياض", "جدة", "دبي", "عمان", "بيروت"]
STREETS = {
    "en": ["Street", "St", "St.", "Avenue", "Ave", "Road", "Rd", "Lane", "Ln", "Drive", "Dr", "Boulevard", "Blvd",
           "Court", "Ct", "Way", "Place", "Terrace", "Parkway", "Close", "Crescent", "Square"],
    "names": ["Oak", "Maple", "Cedar", "Elm", "Pine", "Park", "Main", "High", "Church", "Mill", "Lake", "Hill", "River",
              "Washington", "Lincoln", "Sunset", "Spring", "Station", "Victoria", "Kings", "Queens", "Walnut", "2nd",
              "5th", "42nd", "Birch", "Willow", "Meadow", "Forest", "Valley", "Magnolia", "Chestnut", "Baker"],
}

# Faker draws days up to now, so each second would have other months and weekdays
END = datetime(2027, 1, 1)
Dates.date = lambda self, pattern="%Y-%m-%d", end_datetime=None: self.date_time(end_datetime=END).strftime(pattern)


def part_of(text):
    return "valid" if zlib.crc32(text.encode()) % VALID_PART == 0 else "train"


class Pool:
    """The names of one language by part: given names, surnames and, where they are used, patronymics."""

    def __init__(self, lang, locales, facts, rng):
        first, last = set(), set()
        for locale in locales:
            fake = Faker(locale)
            fake.seed_instance(rng.random())
            for _ in range(4000):
                first.add(fake.first_name())
                last.add(fake.last_name())
        if lang == "zh":
            letters = facts["chinese_given"]
            last = set(facts["chinese_surnames"]) | {"欧阳", "司马", "上官", "诸葛"}
            first |= {a + b for a in letters for b in rng.sample(letters, 24)} | set(letters)
        if lang == "ko":
            last = set(facts["korean_surnames"])
            first |= {a + b for a in facts["korean_given"] for b in facts["korean_given"] if a != b}
        if lang == "ja":
            last |= set(facts["japanese_surnames"])
            first |= set(facts["japanese_given"])
        if lang == "vi":
            last, first = set(facts["vietnamese_last"]), set(facts["vietnamese_first"])
        if lang == "en":
            first |= {line.split()[0].title() for line in census_rows("dist.male.first", 1000)}
            first |= {line.split()[0].title() for line in census_rows("dist.female.first", 3000)}
            last |= {title(line.split()[0]) for line in census_rows("dist.all.last", 12000)}
        self.lang = lang
        self.facts = facts
        self.first = {part: sorted(n for n in first if usable(n) and self.fits(n, part)) for part in ("train", "valid")}
        self.last = {part: sorted(n for n in last if usable(n) and self.fits(n, part)) for part in ("train", "valid")}

    def fits(self, name, part):
        # So few surnames that both parts need them all
        if self.lang in ("zh", "ko", "vi") and len(name) < 9 and part == "valid":
            return part_of(name) == part or self.lang == "vi" or len(name) == 1 and self.lang != "ja"
        return part_of(name) == part or (part == "train" and self.lang in ("zh", "ko", "vi") and len(name) == 1)


def census_rows(name, count):
    return (Path(census.__file__).parent / name).read_text().splitlines()[:count]


def title(name):
    name = name.title()
    return re.sub(r"^(Mc|O')(\w)", lambda m: m[1] + m[2].upper(), name)


def usable(name):
    return "." not in name and not re.search(r"\d|\(", name)


class Writer:
    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.facts = tomllib.loads((HERE / "facts.toml").read_text())
        self.pools, self.fakes, self.carriers = {}, {}, {}
        for lang, (locales, addresses, _) in LANGUAGES.items():
            self.pools[lang] = Pool(lang, locales, self.facts, self.rng)
            self.fakes[lang] = [Faker(locale) for locale in addresses or locales[:1]]
            for fake in self.fakes[lang]:
                fake.seed_instance(self.rng.random())
            groups = tomllib.loads((HERE / "carriers" / f"{lang}.toml").read_text())
            self.carriers[lang] = {
                part: {kind: [c for c in rows if part_of(c) == part] or rows for kind, rows in groups.items()}
                for part in ("train", "valid")
            }
        self.american = Faker("en_US")
        self.american.seed_instance(self.rng.random())
        self.elsewhere = Pool("elsewhere", ELSEWHERE, self.facts, self.rng)

    # Names

    def pool(self, lang):
        draw = self.rng.random()
        if lang in LATIN and draw < 0.26:
            if draw < 0.04:
                return self.pools[self.rng.choice(list(LANGUAGES))]
            return self.pools[self.rng.choice(LATIN)] if draw < 0.2 else self.elsewhere
        if lang not in LATIN and draw < 0.06:
            return self.pools["en"]
        return self.pools[lang]

    def first(self, lang, part):
        return self.rng.choice(self.pool(lang).first[part])

    def last(self, lang, part):
        return self.rng.choice(self.pool(lang).last[part])

    def person(self, lang, part):
        rng = self.rng
        pool = self.pool(lang)
        first, last = rng.choice(pool.first[part]), rng.choice(pool.last[part])
        draw = rng.random()
        if pool.lang in ("zh", "ja", "ko"):
            if draw < 0.06 or (lang in LATIN and draw < 0.5):
                return f"{first} {last}" if rng.random() < 0.5 else f"{last} {first}"
            return last + (" " if pool.lang == "ja" and draw < 0.25 else "") + first
        if pool.lang == "vi":
            return f"{last} {rng.choice(self.facts['vietnamese_middle'])} {first}" if draw < 0.7 else f"{last} {first}"
        if pool.lang == "hu" and draw < 0.8:
            return f"{last} {first}"
        if pool.lang in ("ru", "uk"):
            if draw < 0.25:
                return f"{last} {first} {self.patronymic(part)}"
            if draw < 0.4:
                return f"{first} {self.patronymic(part)} {last}"
            if draw < 0.55:
                return f"{last} {first}"
            if draw < 0.65:
                return f"{last} {first[0]}. {self.patronymic(part)[0]}."
            return f"{first} {last}"
        if pool.lang in ("es", "pt") and draw < 0.35:
            joint = rng.choice([" ", " ", " de ", " y "]) if pool.lang == "es" else rng.choice([" ", " da ", " dos "])
            return f"{first} {last}{joint}{rng.choice(pool.last[part])}"
        if draw < 0.06:
            return f"{first} {rng.choice(pool.first[part])[0]}. {last}"
        if draw < 0.09:
            return f"{first[0]}. {last}"
        if draw < 0.11:
            return f"{first[0]}.{rng.choice(pool.first[part])[0]}. {last}"
        if draw < 0.16:
            return f"{first} {rng.choice(pool.first[part])} {last}"
        if draw < 0.19:
            return f"{first}-{rng.choice(pool.first[part])} {last}"
        if draw < 0.22:
            return f"{first} {last}-{rng.choice(pool.last[part])}"
        if draw < 0.24:
            return f"{first} {rng.choice(['van', 'de', 'von', 'van der', 'di', 'del', 'van den', 'al-', 'bin', 'ter', 'le', 'St.'])} {last}".replace("- ", "-")
        if draw < 0.25:
            return f"{first} {last} {rng.choice(['Jr.', 'III', 'Sr.', 'II'])}"
        if draw < 0.29:
            return first
        return f"{first} {last}"

    def patronymic(self, part):
        name = self.rng.choice(self.pools["ru"].first[part])
        stem = name[:-1] if name[-1] in "аяйь" else name
        return stem + self.rng.choice(["ович", "овна", "евич", "евна"])

    def inflected(self, name, lang):
        """A name in another case, roughly as the language does it."""
        endings = {
            "pl": [("ski", ["skiego", "skiemu", "skim"]), ("cki", ["ckiego", "ckim"]), ("ska", ["ską", "skiej"]),
                   ("a", ["y", "ę", "ą", "ie"]), ("", ["a", "owi", "em"])],
            "cs": [("á", ["é", "ou"]), ("a", ["u", "ovi", "ou"]), ("ý", ["ého", "ému"]), ("", ["a", "ovi", "em"])],
            "ru": [("ая", ["ой", "ую"]), ("а", ["ы", "е", "у", "ой"]), ("я", ["и", "е", "ю"]), ("й", ["я", "ю", "ем"]),
                   ("", ["а", "у", "ом"])],
            "fi": [("nen", ["sen", "selle", "sta"]), ("", ["n", "lle", "lta", "a"])],
        }
        endings["uk"] = endings["ru"]
        words = []
        for word in name.split(" "):
            for ending, others in endings[lang]:
                if word.endswith(ending) and not word.endswith("."):
                    words.append(word[: len(word) - len(ending)] + self.rng.choice(others))
                    break
            else:
                words.append(word)
        return " ".join(words)

    # Places

    def street(self, lang, part):
        rng = self.rng
        if lang == "tr":
            return f"{rng.choice(TURKISH_STREETS)} {rng.choice(['Caddesi', 'Cad.', 'Sokak', 'Sk.'])} No: {rng.randint(1, 200)}"
        if lang == "ar":
            return f"{rng.randint(1, 200)} {rng.choice(ARABIC_STREETS)}"
        if lang == "en" and rng.random() < 0.5:
            name = rng.choice(STREETS["names"] + [self.last("en", part)])
            unit = rng.choice(self.facts["units"]).format(n=rng.randint(1, 999)) if rng.random() < 0.2 else ""
            line = f"{rng.randint(1, 9999)} {name} {rng.choice(STREETS['en'])}"
            return f"{line}, {unit}" if unit and rng.random() < 0.5 else f"{line} {unit}".strip()
        fake = rng.choice(self.fakes[lang])
        line = fake.address().split("\n")[0].split(", ")[0] if lang in ("zh", "ja", "ko") else fake.street_address()
        return line.replace("\n", ", ")

    def address(self, lang, part):
        rng = self.rng
        draw = rng.random()
        if draw < 0.12:
            return self.street(lang, part)
        if lang == "tr":
            return f"{self.street(lang, part)}, {rng.randint(10000, 81999)} {rng.choice(TURKISH_CITIES)}"
        if lang == "ar":
            return f"{self.street(lang, part)}، {rng.choice(ARABIC_CITIES)}"
        fake = rng.choice(self.fakes[lang])
        if lang == "en" and draw < 0.55:
            city = rng.choice(self.facts["cities"] + [fake.city()])
            return f"{self.street(lang, part)}, {city}, {self.american.state_abbr()} {rng.randint(1000, 99999):05d}"
        if lang in LATIN and draw < 0.25:
            city = rng.choice(self.facts["cities"])
            return f"{self.street(lang, part)}, {fake.postcode()} {city}"
        joint = "\n" if draw > 0.65 else ", "
        if lang in LATIN and draw < 0.45:
            return self.foreign_address(lang, part)
        text = fake.address()
        text = re.sub(r",?\n", joint, text)
        if draw > 0.9 and lang in LATIN:
            text += joint + self.country()
        return text

    def foreign_address(self, lang, part):
        """Street, town and code in the orders that people write them in, whatever the country."""
        rng = self.rng
        street = self.street(rng.choice([lang, lang, rng.choice([one for one in LATIN if one not in ("tr", "vi")])]), part)
        if rng.random() < 0.12:
            street = f"{rng.randint(1, 9999)} {street}"
        if rng.random() < 0.2:
            street += rng.choice([" ", ", "]) + rng.choice(self.facts["units"]).format(n=rng.randint(1, 999))
        code = rng.choice([str(rng.randint(1000, 99999)), f"{rng.randint(10, 99)}-{rng.randint(100, 999)}",
                           f"{rng.randint(1000, 9999)} {rng.choice('ABCDEHJKLMNPRST')}{rng.choice('ABCDEHJKLMNPRST')}",
                           f"{rng.randint(100, 999)} {rng.randint(10, 99)}"])
        fake = rng.choice(self.fakes[lang])
        city = rng.choice([rng.choice(self.facts["cities"]), fake.city(), fake.city()]).replace("\n", " ")
        if rng.random() < 0.1:
            city = city.upper()
        joint = rng.choice([", ", ", ", "\n", "\n", " "])
        town = rng.choice([f"{code} {city}", f"{city}, {code}", f"{city} {code}", city])
        country = rng.choice([", ", "\n"]) + self.country() if rng.random() < 0.2 else ""
        return street + joint + town + country

    def city(self, lang):
        fakes = self.fakes[lang]
        if self.rng.random() < 0.5 and (lang in LATIN):
            return self.rng.choice(self.facts["cities"])
        return self.rng.choice(fakes).city().replace("\n", " ")

    def country(self):
        return self.rng.choice(["Germany", "France", "Spain", "Italy", "USA", "Canada", "Japan", "China", "India",
                                "Brazil", "Mexico", "Turkey", "Poland", "Norway", "Georgia", "Jordan", "Chad", "Peru"])

    # What is nobody's

    def thing(self, lang):
        rng, facts = self.rng, self.facts
        if lang in ("zh", "ja", "ko") or (lang != "en" and rng.random() < 0.7):
            words = self.fakes[lang][0].words(rng.randint(1, 3))
            return ("" if lang in ("zh", "ja") else " ").join(w if lang == "ko" else w.capitalize() for w in words)
        draw = rng.random()
        if draw < 0.15:
            return rng.choice(facts["adjectives"]) + rng.choice(["", " "]) + rng.choice(facts["nouns"])
        if draw < 0.3:
            return f"The {rng.choice(facts['nouns'])} of {rng.choice(facts['nouns'])}"
        if draw < 0.45:
            return f"{rng.choice(facts['nouns'])} {rng.choice(facts['nouns'])}"
        if draw < 0.55:
            return rng.choice(facts["nouns"]) + "".join(rng.choice(facts["nouns"]).split()[:1])
        return f"{rng.choice(facts['adjectives'])} {rng.choice(facts['nouns'])}"

    def number(self):
        rng = self.rng
        return rng.choice([str(rng.randint(1, 99)), str(rng.randint(100, 99999)), f"{rng.randint(1, 999)}.{rng.randint(0, 99):02d}",
                           f"{rng.randint(0, 23)}:{rng.randint(0, 59):02d}", f"{rng.randint(100000, 99999999)}",
                           f"{rng.choice('ABCXRT')}{rng.choice('ABCNDP')}-{rng.randint(1000, 99999)}"])

    def date(self, fake):
        rng = self.rng
        y, m, d = rng.randint(1940, 2027), rng.randint(1, 12), rng.randint(1, 28)
        return rng.choice([f"{y}-{m:02d}-{d:02d}", f"{d}.{m}.{y}", f"{m}/{d}/{y}", f"{d} {fake.month_name()} {y}",
                           f"{fake.month_name()} {d}, {y}", f"{d:02d}/{m:02d}/{y}", f"{y}-{m:02d}-{d:02d}T{m:02d}:{d:02d}:00Z"])

    def slot(self, key, lang, part):
        """What stands in a place, and the label of it."""
        rng = self.rng
        fake = rng.choice(self.fakes[lang])
        if key[0] == "P":
            name = self.person(lang, part)
            if key == "Pl":
                name = name.lower()
            elif key == "PU":
                name = name.upper()
            elif key == "Pi" and lang in ("pl", "cs", "ru", "uk", "fi"):
                name = self.inflected(name, lang)
            return name, "PER"
        if key[0] == "F":
            name = self.first(lang, part)
            if key == "Fi" and lang in ("pl", "cs", "ru", "uk", "fi"):
                name = self.inflected(name, lang)
            return (name.lower() if key == "Fl" else name), "PER"
        if key == "L":
            return self.last(lang, part), "PER"
        if key == "M1":
            return self.patronymic(part), "PER"
        if key[0] == "A":
            text = self.address(lang, part)
            return (text.lower() if key == "Al" else text), "ADR"
        if key == "S":
            return self.street(lang, part), "ADR"
        if key == "C":
            return self.city(lang), "OTH"
        if key == "K":
            return self.country(), "OTH"
        if key == "O":
            return (fake.company() if rng.random() < 0.7 else f"{self.thing('en')} {rng.choice(['Inc', 'Ltd', 'GmbH', 'LLC', 'Corp', 'Group', 'AG'])}"), "OTH"
        if key == "B":
            return rng.choice(self.facts["brands"]), "OTH"
        if key == "X":
            return self.thing(lang), "OTH"
        if key == "J":
            return (fake.job() if rng.random() < 0.6 else self.american.job().lower()), None
        if key == "M":
            return fake.month_name(), None
        if key == "W":
            return fake.day_of_week(), None
        if key == "D":
            return self.date(fake), None
        if key == "E":
            return f"{rng.choice(self.pools['en'].first[part]).lower()}{rng.choice(['.', '_', ''])}{rng.choice(self.pools['en'].last[part]).lower()}{rng.choice(['', str(rng.randint(1, 99))])}@{rng.choice(['mail.example', 'example.com', 'firm.example', 'example.org'])}", None
        if key == "T":
            return rng.choice([f"+{rng.randint(1, 99)} {rng.randint(100, 999)} {rng.randint(100000, 9999999)}", f"+{rng.randint(1, 999)} {rng.randint(10, 99)} {rng.randint(10, 99)} {rng.randint(100, 999)} {rng.randint(100, 999)}", f"+1 ({rng.randint(200, 999)}) {rng.randint(200, 999)}-{rng.randint(1000, 9999)}", f"({rng.randint(200, 999)}) {rng.randint(200, 999)}-{rng.randint(1000, 9999)}", f"0{rng.randint(10, 999)}/{rng.randint(10000, 9999999)}"]), None
        if key == "I":
            return ".".join(str(rng.randint(1, 250)) for _ in range(4)), None
        if key == "Y":
            return str(rng.randint(1850, 2027)), None
        return self.number(), None

    # Records

    def record(self, lang, part):
        """Fields with values, in one of the forms that programs and forms write them in."""
        rng, facts = self.rng, self.facts
        rows = []
        for _ in range(rng.randint(2, 7)):
            kind = rng.choices(["person", "other", "address", "number"], [30, 36, 10, 24])[0]
            if kind == "person":
                value, label = self.slot(rng.choice(["P", "P", "P", "P", "P", "F", "L"]), lang, part)
                if rng.random() < 0.12:
                    value, label = (value, rng.choice(facts["titles"]) + " "), label
                rows.append((rng.choice(facts["person_fields"]), value, label))
            elif kind == "address":
                value, label = self.slot(rng.choice("AAAS"), lang, part)
                rows.append((rng.choice(facts["address_fields"]), value.replace("\n", ", "), label))
            elif kind == "number":
                field = rng.choice(facts["numbers_fields"])
                value = self.slot(rng.choice("TEDNI"), lang, part)[0]
                if field in ("SSN", "MRN", "Policy", "Case", "ID") and rng.random() < 0.6:
                    value = rng.choice([f"{rng.randint(100, 999)}-{rng.randint(10, 99)}-{rng.randint(1000, 9999)}",
                                        f"{field}-{rng.randint(10000, 9999999)}"])
                rows.append((field, value, None))
            else:
                draw = rng.random()
                value = rng.choice(facts["other_values"]) if draw < 0.5 else self.slot(rng.choice("OOBXCJK"), lang, part)[0]
                rows.append((rng.choice(facts["other_fields"]), value, "OTH"))
        form = rng.choice(["lines", "lines", "lines", "bars", "inline", "inline", "prose", "json", "xml", "table", "csv", "pairs", "log"])
        before, after = {"json": ("{", "}"), "log": (f"[{self.date(self.american)}] ", "")}.get(form, ("", ""))
        text, spans = before, []
        if form == "csv":
            divider = rng.choice([",", ";", "\t", "|"])
            if rng.random() < 0.6:
                text += divider.join(field for field, _, _ in rows) + "\n"
        for i, (field, value, label) in enumerate(rows):
            title_before = ""
            if isinstance(value, tuple):
                value, title_before = value
            open_, close = {
                "lines": (f"{field}: ", "\n"), "bars": (f"{field}: ", " | "), "inline": (f"{field} ", ", "),
                "prose": ("", rng.choice([" (", "), ", " - ", ", "])), "json": (f'"{field}": "', '", '), "xml": (f"<{field.replace(' ', '')}>", f"</{field.replace(' ', '')}>\n"),
                "table": (f"| {field} | ", " |\n"), "csv": ("", divider if form == "csv" else ""), "pairs": (f"{field}=", rng.choice(["&", " ", "; "])),
                "log": (rng.choice(["", f"{field.lower()} "]), rng.choice([" ", ": ", " - "])),
            }[form]
            if form == "inline" and i == 0 and rng.random() < 0.5:
                open_ = ""
            if form == "table" and rng.random() < 0.02:
                open_ = "| **" + field + "** | "
            if i == len(rows) - 1:
                close = {"json": '"', "xml": f"</{field.replace(' ', '')}>", "table": " |"}.get(form, "")
            text += open_ + title_before
            if label is not None:
                spans.append([len(text), len(text) + len(value), label])
            text += value + close
        return text + after, spans

    # Sentences

    def sentence(self, lang, part, kind):
        carrier = self.rng.choice(self.carriers[lang][part][kind])
        text, spans, repeated = "", [], {}
        for piece in re.split(r"(\{[A-Z][a-z1U]?\})", carrier):
            match = re.fullmatch(r"\{([A-Z][a-z1U]?)\}", piece)
            if match is None:
                text += piece
                continue
            filled, label = self.slot(match[1], lang, part)
            if match[1] == "P" and lang in LATIN and self.rng.random() < 0.08:
                text += self.rng.choice(self.facts["titles"]) + " "
            if label is not None:
                spans.append([len(text), len(text) + len(filled), label])
            text += filled
        return text, joined(text, spans)

    def row(self, lang, part):
        rng = self.rng
        text, spans = "", []
        for i in range(rng.choice([1, 1, 1, 2, 2, 3])):
            kind = rng.choices(["people", "streets", "other"], [55, 17, 28])[0]
            if rng.random() < 0.25 and lang in LATIN:
                more, found = self.record(lang, part)
            else:
                more, found = self.sentence(lang, part, kind)
            if i > 0:
                text += rng.choice([" ", "\n", "\n", "\n\n"]) if lang not in ("zh", "ja") else rng.choice(["", "\n", "\n"])
            spans += [[s + len(text), e + len(text), label] for s, e, label in found]
            text += more
        draw = rng.random()
        if draw < 0.05 and len(text.lower()) == len(text):
            text = text.lower()
        elif draw < 0.08 and len(text.upper()) == len(text):
            text = text.upper()
        return {"text": text, "spans": spans, "lang": lang, "part": part}


def joined(text, spans):
    """Given name and patronymic are one name."""
    out = []
    for span in spans:
        if out and span[2] == out[-1][2] == "PER" and text[out[-1][1] : span[0]] == " ":
            out[-1][1] = span[1]
        else:
            out.append(span)
    return out


def lists(writer):
    """Every name with what it may be and which part it belongs to, and the places."""
    kinds = {}
    for pool in [*writer.pools.values(), writer.elsewhere]:
        for kind, names in ((FIRST, pool.first), (LAST, pool.last)):
            for part, words in names.items():
                for name in words:
                    for word in {name, *name.split(" "), *name.split("-")}:
                        if len(word) > 1 or not word.isascii():
                            known = kinds.get(word.lower(), (0, part))
                            kinds[word.lower()] = (known[0] | kind, "train" if "train" in (known[1], part) else part)
    for word in {w.lower() for city in writer.facts["cities"] for w in city.split()}:
        known = kinds.get(word, (0, "train"))
        kinds[word] = (known[0] | PLACE, known[1])
    return kinds


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=130_000)
    parser.add_argument("--seed", type=int, default=20261122)
    options = parser.parse_args()
    writer = Writer(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    shares = [share for _, _, share in LANGUAGES.values()]
    with open(options.out / "sentences.jsonl", "w") as file:
        for i in range(options.count):
            lang = writer.rng.choices(list(LANGUAGES), shares)[0]
            file.write(json.dumps(writer.row(lang, "valid" if i % 12 == 0 else "train"), ensure_ascii=False) + "\n")
    with open(options.out / "names.tsv", "w") as file:
        for word, (kind, part) in sorted(lists(writer).items()):
            file.write(f"{word}\t{kind}\t{part}\n")


if __name__ == "__main__":
    main()
