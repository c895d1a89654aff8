"""Attacks and harmless texts written by hand, from `texts/*.toml`: whole sentences, letters, documents and transcripts.

    python texts.py OUT.jsonl      rows {text, label, channel, kind, lang, template, spans}
    python texts.py --check        validates every entry and prints counts
    python texts.py --eval OUT.jsonl FILE [FILE ...]    a row per text and channel of these files, for `edgeward eval`

Notation inside `text`: `{name}` is a value of the slot `name`, the same one everywhere in one text; `{name2}` is another
value of that slot; `{a|b|}` is one of the alternatives. Slots stand in the file's `[slots]`, else in `slots.toml`; their
values may name slots. `{{name}}` and `${name}` are left as they are. `[defaults]` gives what entries leave out; a
`[[group]]` is many texts with the same label, channel and kind. In a document with a planted instruction ⦃ and ⦄ stand
around the instruction: they are taken out and give `spans`. Where `bare = true`, all of an attack is the instruction.
Every choice is a hash of template and round, so a new entry changes no other entry's rows.
"""
from __future__ import annotations

import hashlib
import json
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TEXTS = Path(__file__).parent / "texts"
SHARED = "slots.toml"
MOST = 12
"""Rows of one template at most."""

KINDS = {
    "attack": {"direct_injection", "prompt_extraction", "jailbreak", "indirect_injection"},
    "harmless": {"benign", "hard_negative", "document", "code", "system_prompt", "support"},
}
CHANNELS = {"user", "data", "both"}
FIELDS = ("label", "channel", "kind", "lang", "text")
MARKS = re.compile(r"⦃([^⦃⦄]+)⦄")
PLACE = re.compile(r"(?<![{$])\{(?:([a-z_]+)([2-9]?)|([^{}\"\n|]*(?:\|[^{}\"\n|]*)+))\}(?!\})")

Slots = dict[str, list[str]]


class TextsError(ValueError):
    """An entry that cannot be expanded; the message says which, what was expected, what came and how to fix it."""


@dataclass(frozen=True)
class Template:
    """One `[[text]]` entry with its file's defaults filled in."""

    id: str
    label: str
    channel: str
    kind: str
    lang: str
    text: str
    slots: Slots
    bare: bool = False

    def places(self) -> list[re.Match[str]]:
        """The distinct places to fill."""
        return list({match[0]: match for match in PLACE.finditer(self.text)}.values())

    def rows(self) -> Iterator[dict]:
        places = self.places()
        wanted = min(MOST, 2 + 3 * len(places)) if places else 1
        seen: set[str] = set()
        for round_ in range(4 * wanted):
            text, spans = unmarked(self.expand(self.text, f"{self.id}/{round_}"))
            if text not in seen:
                seen.add(text)
                spans = spans or ([[0, len(text)]] if self.bare and self.label == "attack" else None)
                yield {"text": text, "label": self.label, "channel": self.channel, "kind": self.kind, "lang": self.lang, "template": self.id, "spans": spans}
            if len(seen) == wanted:
                return

    def expand(self, text: str, key: str, depth: int = 0) -> str:
        if depth > 4:
            raise TextsError(f"{self.id}: expected slots nested at most 4 deep; got a circle at {text[:60]!r}. Let no slot name itself.")

        def fill(match: re.Match[str]) -> str:
            name, ordinal, options = match.groups()
            if name is None:
                return chosen(options.split("|"), f"{key}/{match[0]}")
            if name not in self.slots:
                raise TextsError(f"{self.id}: expected a slot of this file or of {SHARED}; got {{{name}}}. Define it under [slots].")
            values = self.slots[name]
            first = pick(f"{key}/{name}", len(values))
            # The second value of a slot never equals its first.
            at = (first + int(ordinal) - 1) % len(values) if ordinal else first
            return self.expand(values[at], f"{key}/{name}{ordinal}", depth + 1)

        return PLACE.sub(fill, text)


def unmarked(text: str) -> tuple[str, list[list[int]]]:
    """The text without its marks, and what they enclosed as [start, end]."""
    spans, taken = [], 0
    for match in MARKS.finditer(text):
        start = match.start() - taken
        spans.append([start, start + len(match[1])])
        taken += 2
    return MARKS.sub(r"\1", text), spans


def pick(key: str, size: int) -> int:
    """A number below `size`, the same for the same key on every machine."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") % size


def chosen(options: list[str], key: str) -> str:
    return options[pick(key, len(options))]


def tables(path: Path) -> dict:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise TextsError(f"{path.name}: expected TOML; got {error}. Texts stand in ''' … '''.") from error
    if unknown := document.keys() - {"defaults", "slots", "text", "group"}:
        raise TextsError(f"{path.name}: expected the tables defaults, slots, text and group; got {sorted(unknown)}. Rename or remove them.")
    for name, values in document.get("slots", {}).items():
        if not re.fullmatch(r"[a-z_]+", name):
            raise TextsError(f"{path.name}: expected slot names of a-z and _; got {name!r}. Rename it.")
        if not isinstance(values, list) or len(values) < 2 or len(set(values)) < len(values):
            raise TextsError(f"{path.name}: expected two or more distinct values in slot {name!r}; got {str(values)[:60]}. Add values or write the text out.")
    return document


def entries(document: dict, path: Path) -> Iterator[dict]:
    """The `[[text]]` entries, then those of the groups, each with the file's defaults."""
    defaults = document.get("defaults", {})
    for entry in document.get("text", []):
        yield {**defaults, **entry}
    for number, group in enumerate(document.get("group", []), 1):
        texts = group.get("texts")
        if not isinstance(texts, list) or not texts:
            raise TextsError(f"{path.name} group {number}: expected a list of texts; got {texts!r}. Write texts = [ … ].")
        for text in texts:
            yield {**defaults, **{field: value for field, value in group.items() if field != "texts"}, "text": text}


def templates(folder: Path = TEXTS) -> list[Template]:
    """All templates of a folder, in order of file and entry.

    Raises TextsError for an unknown key or value, an undefined or unused slot, or a text that stands there twice.
    """
    shared: Slots = tables(folder / SHARED)["slots"] if (folder / SHARED).exists() else {}
    found: list[Template] = []
    used_shared: set[str] = set()
    for path in sorted(folder.glob("*.toml")):
        if path.name == SHARED:
            continue
        document = tables(path)
        own: Slots = document.get("slots", {})
        used: set[str] = set()
        for number, entry in enumerate(entries(document, path), 1):
            template = checked(f"{path.stem} entry {number}", entry, path.stem, {**shared, **own})
            names = {name for text in (template.text, *(v for vs in own.values() for v in vs)) for name, _, _ in PLACE.findall(text) if name}
            if missing := names - template.slots.keys():
                raise TextsError(f"{path.stem} entry {number}: expected slots of this file or of {SHARED}; got {sorted(missing)}. Define them under [slots].")
            used |= names
            found.append(template)
        if unused := own.keys() - used:
            raise TextsError(f"{path.name}: expected every slot to be used; got {sorted(unused)} in no text. Use or remove them.")
        used_shared |= used
    if not found:
        raise TextsError(f"{folder}: expected *.toml files with [[text]] entries; got none. Check the path.")
    nested = {name for vs in shared.values() for v in vs for name, _, _ in PLACE.findall(v) if name}
    if unused := shared.keys() - used_shared - nested:
        raise TextsError(f"{SHARED}: expected every slot to be used; got {sorted(unused)} in no text. Use or remove them.")
    twice = [key for key, n in Counter(" ".join(MARKS.sub(r"\1", t.text).lower().split()) for t in found).items() if n > 1]
    if twice:
        raise TextsError(f"{folder.name}: expected every text once; got {len(twice)} twice, first {twice[0][:80]!r}. Remove one.")
    return found


def checked(where: str, entry: dict, stem: str, slots: Slots) -> Template:
    if unknown := entry.keys() - {*FIELDS, "bare"}:
        raise TextsError(f"{where}: expected the keys {', '.join(FIELDS)} and bare; got {sorted(unknown)}. Correct the spelling.")
    for field in FIELDS:
        if not isinstance(entry.get(field), str) or not entry[field].strip():
            raise TextsError(f"{where}: expected a string for {field}; got {entry.get(field)!r}. Set it here or in [defaults].")
    if entry["label"] not in KINDS:
        raise TextsError(f"{where}: expected label attack or harmless; got {entry['label']!r}. Correct it.")
    if entry["kind"] not in KINDS[entry["label"]]:
        raise TextsError(f"{where}: expected a kind of {sorted(KINDS[entry['label']])}; got {entry['kind']!r}. Correct kind or label.")
    if entry["channel"] not in CHANNELS:
        raise TextsError(f"{where}: expected channel user, data or both; got {entry['channel']!r}. Correct it.")
    if not re.fullmatch(r"[a-z]{2}", entry["lang"]):
        raise TextsError(f"{where}: expected an ISO 639-1 code; got {entry['lang']!r}. Use two letters such as en.")
    text = entry["text"].strip("\n")
    if broken := re.search(r"\{[^{}\"\n]*\|[^{}\"\n]*\{", text):
        raise TextsError(f"{where}: expected alternatives without slots inside; got {broken[0][:60]!r}. Move them into a slot.")
    plain, spans = unmarked(text)
    if "⦃" in plain or "⦄" in plain or (spans and entry["label"] == "harmless"):
        raise TextsError(f"{where}: expected ⦃ and ⦄ in pairs around what an attack's document has planted; got {text[:60]!r}. Pair or remove them.")
    # Of the plain text: marks set later move no template to another fold.
    digest = hashlib.sha256(plain.encode()).hexdigest()[:10]
    return Template(f"{stem}#{digest}", entry["label"], entry["channel"], entry["kind"], entry["lang"], text, slots, entry.get("bare", False))


def report(found: list[Template]) -> str:
    """Counts of templates and rows by label, channel, kind and language."""
    rows = [row for template in found for row in template.rows()]
    lines = [f"{len(found)} templates, {len(rows)} rows"]
    for field in ("label", "channel", "kind", "lang"):
        of_templates = Counter((t.label, getattr(t, field)) for t in found)
        of_rows = Counter((row["label"], row[field]) for row in rows)
        lines.append(f"{field}: " + ", ".join(f"{label + ' ' if field != 'label' else ''}{value} {of_templates[label, value]} ({n})" for (label, value), n in sorted(of_rows.items())))
    return "\n".join(lines)


def labeled(found: list[Template], files: list[str]) -> list[dict]:
    """Rows of `edgeward eval`: of each text of these files the first one, in every channel where its label holds."""
    if missing := set(files) - {template.id.split("#")[0] for template in found}:
        raise TextsError(f"--eval: expected names of files in {TEXTS.name}, without .toml; got {sorted(missing)}. Correct them.")
    channels = {"user": ("user",), "data": ("tool",), "both": ("user", "tool")}
    return [
        {"text": next(t.rows())["text"], "label": int(t.label == "attack"), "channel": channel, "kind": t.kind, "lang": t.lang, "source": t.id}
        for t in found if t.id.split("#")[0] in files for channel in channels[t.channel]
    ]


def main() -> None:
    command, *files = sys.argv[1:] or [""]
    if not command or (command == "--eval") != (len(files) > 1):
        raise SystemExit("usage: python texts.py OUT.jsonl | --check | --eval OUT.jsonl FILE [FILE ...]")
    try:
        found = templates()
        if command == "--eval":
            Path(files[0]).write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in labeled(found, files[1:])), encoding="utf-8")
            return
        if command == "--check":
            print(report(found))
            return
        rows = [row for template in found for row in template.rows()]
    except TextsError as error:
        raise SystemExit(str(error)) from error
    with open(command, "w", encoding="utf-8") as out:
        out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    print(f"wrote {len(rows)} rows of {len(found)} templates", file=sys.stderr)


if __name__ == "__main__":
    main()
