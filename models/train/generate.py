"""Attacks and their harmless twins in our own words, from the grammars in `grammar/`.

    python generate.py OUT.jsonl

The training sources repeat a few thousand authors' wordings; a grammar repeats none of them. Every attack family has
twins that use the same words harmlessly, so that the models learn how words go together instead of which occur.
A template's rows are left out in one fold, so that forests see them with margins of models that never saw the
template; they are never validated: they would measure the grammar.
"""
from __future__ import annotations

import random
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from rows import FOLDS, Row, write_rows

GRAMMAR = Path(__file__).parent / "grammar"
SHARE = 0.4
"""Weight of a generated row against a source row of an equally large file."""

OF_DOCUMENTS = ("document", "indirect_injection")
SLOT = re.compile(r"\{([a-z]+)\}")


class Grammar:
    """Templates with `{slot}` and `(a|b|)`, nested; a backslash makes the next character literal."""

    def __init__(self, slots: dict[str, list[str]], seed: int) -> None:
        self.slots = slots
        self.random = random.Random(seed)

    def expand(self, template: str) -> str:
        text, end = self._sequence(template, 0, top=True)
        if end != len(template):
            raise ValueError(f"grammar: expected balanced parentheses; got {template[:60]!r}")
        return tidy(text)

    def _sequence(self, template: str, at: int, top: bool) -> tuple[str, int]:
        """Text up to `|` or `)` of the group around, or the end; and where it stopped."""
        out: list[str] = []
        while at < len(template):
            c = template[at]
            if c == "\\" and at + 1 < len(template):
                out.append(template[at + 1])
                at += 2
            elif c == "(":
                text, at = self._group(template, at)
                out.append(text)
            elif c in "|)" and not top:
                break
            elif c == "{" and (slot := SLOT.match(template, at)):
                chosen = self.random.choice(self.slots[slot[1]])
                out.append(self._sequence(chosen, 0, top=True)[0])
                at = slot.end()
            else:
                out.append(c)
                at += 1
        return "".join(out), at

    def _group(self, template: str, at: int) -> tuple[str, int]:
        options: list[int] = [at + 1]
        depth, scan = 1, at + 1
        while depth:
            c = template[scan]
            if c == "\\":
                scan += 1
            elif c == "(":
                depth += 1
            elif c == ")":
                depth -= 1
            elif c == "|" and depth == 1:
                options.append(scan + 1)
            scan += 1
        return self._sequence(template, self.random.choice(options), top=False)[0], scan


def tidy(text: str) -> str:
    text = text.replace("«", "(").replace("»", ")")
    text = re.sub(r" +([,.;!?])", r"\1", re.sub(r"[ \t]{2,}", " ", text))
    return re.sub(r"([.,;:!?])[.,]", r"\1", text).strip()


def varied(text: str, draw: random.Random) -> str:
    """How people really type: lower case, no final stop, a capital first, a slip of the finger."""
    roll = draw.random()
    if roll < 0.30:
        text = text[:1].upper() + text[1:]
    elif roll < 0.55:
        text = text.lower()
    elif roll < 0.60:
        text = text.upper()
    if draw.random() < 0.5:
        text = text.rstrip(".")
    if draw.random() < 0.10 and len(text) > 20:
        at = draw.randrange(1, len(text) - 2)
        text = draw.choice((text[:at] + text[at + 1:], text[:at] + text[at + 1] + text[at] + text[at + 2:], text[:at] + text[at] + text[at:]))
    return text


def families(path: Path, label: int, seed: int) -> Iterator[Row]:
    """Rows of one grammar file; a family may set `user` and `data`, the labels of the two heads, itself."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    for number, family in enumerate(document["family"]):
        slots = {**document["slots"], **family.get("slots", {})}
        user = family.get("user", label)
        grammar = Grammar(slots, seed + number)
        seen: set[str] = set()
        for attempt in range(family["count"] * 4):
            if len(seen) == family["count"]:
                break
            template = attempt % len(family["templates"])
            text = varied(grammar.expand(family["templates"][template]), grammar.random)
            if len(text) < 4 or text in seen:
                continue
            seen.add(text)
            kind = family.get("kind", "direct_injection" if user else "hard_negative")
            yield {
                "text": text, "kind": kind, "lang": family.get("lang", "en"), "file": f"generated_{family['name']}",
                "source": f"grammar/{path.name}#{family['name']}", "group": "generated", "fold": template % FOLDS, "carrier": -1,
                "made": "generated", "user": user, "data": family.get("data", user), "userWeight": 1.0, "dataWeight": 1.0,
            }


def main() -> None:
    rows = [*families(GRAMMAR / "attacks.toml", 1, 1), *families(GRAMMAR / "harmless.toml", 0, 2)]
    for path in sorted((GRAMMAR / "languages").glob("*.toml")):
        rows += families(path, 1, 3)
    brought = Counter((row["file"], row["lang"]) for row in rows)
    for number, row in enumerate(rows):
        row["id"] = number
        weight = (100.0 / max(brought[(row["file"], row["lang"])], 25)) ** 0.5
        row["userWeight"] = weight * SHARE
        row["dataWeight"] = weight * SHARE * (1.0 if row["kind"] in OF_DOCUMENTS or row["user"] else 0.5)
    print(f"generated {write_rows(Path(sys.argv[1]), rows)} rows", file=sys.stderr)


if __name__ == "__main__":
    main()
