"""Injected instructions in documents of every kind, at every place, with the span they stand at; and the same
documents without them; conversations; quoted attacks.

    python compose.py ROWS.jsonl TEXTS.jsonl OUT.jsonl

ROWS are those of tier 1 (`rows.py`), TEXTS those of `texts.py`. A composed row is left out with the source of its
attack and never trained on in the fold of its document. New fields: `spans`, code point offsets of the injected text
([] in a harmless row).
"""
from __future__ import annotations

import html
import json
import random
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from rows import FOLDS, Row, chance, read_rows, write_rows  # noqa: E402

COUNTS = {"composed": 20_000, "clean": 12_000, "quoted": 4_000, "talked": 9_000}

ATTACK_WEIGHT, HARMLESS_WEIGHT = 2.0, 4.0
"""Of all rows of one text written by hand; the sources have few harmless texts that look like attacks."""

NAMES = ("Anna Keller", "J. Okafor", "Priya N.", "Marco", "Lena Vogt", "support", "noreply", "Tom Baker", "Yuki", "HR Team", "Samira", "D. Novak")
DOMAINS = ("example.com", "example.org", "acme.test", "corp.example", "mail.example.net")
SUBJECTS = ("Invoice", "Re: meeting", "Update", "Your order", "Weekly report", "Question", "Fwd: notes", "Reminder", "Travel plans", "Contract draft")


def number(draw: random.Random, low: int = 1, high: int = 99_999) -> str:
    return str(draw.randint(low, high))


def email(draw: random.Random, body: str) -> str:
    name, domain = draw.choice(NAMES), draw.choice(DOMAINS)
    address = re.sub(r"\W+", ".", name.lower()).strip(".") + "@" + domain
    head = [f"From: {name} <{address}>", f"To: me@{draw.choice(DOMAINS)}", f"Subject: {draw.choice(SUBJECTS)}"]
    if draw.random() < 0.5:
        head.insert(2, f"Date: 2025-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}")
    return "\n".join(head) + "\n\n" + body + draw.choice(("", f"\n\nBest regards,\n{name}", f"\n-- \n{name}", f"\n\nThanks\n{name}"))


def escaped_json(draw: random.Random, body: str) -> str:
    text = json.dumps(body, ensure_ascii=False)
    key = draw.choice(("content", "body", "text", "description", "snippet", "message", "comment", "notes", "review", "summary"))
    form = draw.randrange(5)
    if form == 0:
        return f'{{"id": {number(draw)}, "status": "ok", "{key}": {text}}}'
    if form == 1:
        return f'{{"results": [{{"title": "{draw.choice(SUBJECTS)}", "url": "https://{draw.choice(DOMAINS)}/{number(draw)}", "{key}": {text}, "score": 0.{number(draw, 10, 99)}}}]}}'
    if form == 2:
        return f'[{{"author": "{draw.choice(NAMES)}", "{key}": {text}, "likes": {number(draw, 0, 300)}}}, {{"author": "{draw.choice(NAMES)}", "{key}": "Thanks, works for me."}}]'
    if form == 3:
        return f"{{'{draw.choice(('emails', 'items', 'data', 'records'))}': [{{'id_': '{number(draw)}', 'sender': '{draw.choice(NAMES)}', '{key}': {text}, 'read': False}}]}}"
    return f'{{\n  "file": "/home/user/{draw.choice(("notes", "todo", "report"))}.txt",\n  "{key}": {text}\n}}'


def page(draw: random.Random, body: str) -> str:
    text = html.escape(body, quote=False)
    tag = draw.choice(("p", "div", "article", "li", "td", "span", "blockquote"))
    title = draw.choice(SUBJECTS)
    return draw.choice((
        f"<{tag}>{text}</{tag}>",
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1><{tag}>{text}</{tag}></body></html>",
        f'<div class="post"><h2>{title}</h2>\n<{tag}>{text}</{tag}>\n<footer>&copy; 2025</footer></div>',
    ))


def yaml_record(draw: random.Random, body: str) -> str:
    return f"- id: {number(draw)}\n  author: {draw.choice(NAMES)}\n  text: |\n" + "\n".join("    " + line for line in body.split("\n"))


def table(draw: random.Random, body: str) -> str:
    cell = body.replace("\n", " ").replace("|", "/")
    return f"| id | name | note |\n|---|---|---|\n| {number(draw)} | {draw.choice(NAMES)} | {cell} |\n| {number(draw)} | {draw.choice(NAMES)} | ok |"


def ticket(draw: random.Random, body: str) -> str:
    return f"Ticket #{number(draw)} [{draw.choice(('open', 'pending', 'closed'))}]\nCustomer: {draw.choice(NAMES)}\nPriority: {draw.choice(('low', 'normal', 'high'))}\n\n{body}"


def search(draw: random.Random, body: str) -> str:
    return f"[{number(draw, 1, 9)}] {draw.choice(SUBJECTS)} - https://{draw.choice(DOMAINS)}/{number(draw)}\n{body}"


CONTAINERS = (email, escaped_json, page, yaml_record, table, ticket, search)

BEFORE_AFTER = (
    ("", ""), ("", ""), ("", ""), ("", ""), ("", ""), ("\n", "\n"), ("\n\n", "\n\n"), ("<!-- ", " -->"), ("<!--", "-->"), ("[", "]"), ("(", ")"),
    ("// ", ""), ("# ", ""), ("/* ", " */"), ("Note: ", ""), ("NOTE: ", ""), ("P.S. ", ""), ("PS: ", ""), ("- ", ""), ("* ", ""), ('<span style="display:none">', "</span>"),
    ('<p style="font-size:0">', "</p>"), ("> ", ""), ("**", "**"), ("\n---\n", "\n---\n"), ("\n\n\n", ""), ('"', '"'), ("Comment: ", ""), ("TODO: ", ""), ("Review: ", ""),
    ("<important>", "</important>"), ("<INFORMATION>\n", "\n</INFORMATION>"), ("### ", ""), ("System: ", ""), ("User: ", ""), ("===\n", "\n==="), ("\t", ""), ("alt=\"", "\""),
)

QUOTES = (
    'The message read: "{}" Our filter stopped it and the case was closed.',
    'A well-known example of prompt injection is "{}". Models should not follow it when it stands in a document.',
    "In our red-team exercise the tester planted the sentence “{}” on a page; the assistant reported it instead of obeying.",
    'Test case {n}: input = "{}", expected = blocked.',
    'Users have reported e-mails that contain text such as "{}". If you receive one, delete it.',
    "The log shows one attempt (\"{}\") from the same address; no action was needed.",
    "assert detector.classify({!r}) == 'injection'",
    "Chapter 3 explains why a chatbot that reads '{}' may be fooled, and how to separate data from instructions.",
    "| {n} | {} | injection | detected |",
    "Why it is harmful: a text like \"{}\" tries to replace the instructions of the developer.",
    'The reviewer quoted the attack ("{}") and asked that the parser treat it as data.',
    "Annotators labeled \"{}\" as malicious with full agreement.",
)


def sampler(rows: list[Row], draw: random.Random):
    """Draws a file by the root of its size, then a row of it."""
    files: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        files[row["file"]].append(row)
    lists = list(files.values())
    weights = [len(one) ** 0.5 for one in lists]
    return lambda: draw.choice(draw.choices(lists, weights)[0])


def excerpt(draw: random.Random, text: str) -> str:
    """A part of a document, at line or sentence borders where there are some."""
    length = int(120 + 1500 * draw.random() ** 1.7)
    if len(text) <= length:
        return text
    start = draw.randrange(len(text) - length) if draw.random() < 0.6 else 0
    if start:
        border = re.search(r"\n|[.!?。] ?", text[start : start + 200])
        start += border.end() if border else 0
    return text[start : start + length].strip()


def places(text: str) -> list[int]:
    return [found.end() for found in re.finditer(r"\n+|[.!?] |[。！？]|; ", text)]


def insert(draw: random.Random, document: str, attack: str) -> tuple[str, str]:
    """The document with a mark where the attack will stand, so that containers may escape it; and the attack."""
    before, after = draw.choice(BEFORE_AFTER)
    roll = draw.random()
    if before == "" and roll < 0.5:
        before = draw.choice(("\n", " ", "\n\n"))
        after = draw.choice(("\n", " ", "\n\n"))
    borders = places(document)
    if roll < 0.2:
        at = 0
    elif roll < 0.45 or not borders:
        at = len(document)
    else:
        at = draw.choice(borders)
    return document[:at] + before + MARK + after + document[at:], attack


MARK = "\ue0f0"

OWN_LANGUAGE = 0.6
"""Share of the payloads that stand in a document of their own language, where there are ten."""

REPLIES = ("benign_oasst_en_replies", "benign_medquad", "benign_pubmedqa", "benign_nltk_public_domain", "benign_site_policy")
"""Files whose texts read like answers."""


def contained(draw: random.Random, document: str) -> str:
    return draw.choice(CONTAINERS)(draw, document) if draw.random() < 0.5 else document


def composed(draw: random.Random, attacks, documents, count: int):
    for _ in range(count):
        attack = attacks()
        document = documents(attack["lang"] if draw.random() < OWN_LANGUAGE else "")
        text, payload = insert(draw, excerpt(draw, document["text"].replace(MARK, "")), attack["text"].strip().replace(MARK, ""))
        form = contained(draw, text)
        # Written into JSON or HTML, the payload is escaped like the text around it.
        if form.startswith(("{", "[{")):
            payload = json.dumps(payload, ensure_ascii=False)[1:-1]
        elif form.startswith("| id"):
            payload = payload.replace("\n", " ")
        start = form.index(MARK) if MARK in form else form.index(json.dumps(MARK)[1:-1])
        whole = form.replace(MARK, payload)
        yield {
            **attack, "text": whole, "spans": [[start, start + len(payload)]], "kind": "indirect_injection", "carrier": document["fold"], "made": "composed",
            # A payload without any trigger is harmless in the mouth of a user.
            "user": 1 if attack["user"] == 1 else None, "data": 1, "userWeight": 0.2, "dataWeight": 0.6, "source": f"{attack['source']} in {document['source']}",
        }


def clean(draw: random.Random, documents, count: int):
    for _ in range(count):
        document = documents()
        yield {
            **document, "text": contained(draw, excerpt(draw, document["text"])), "spans": [], "made": "composed",
            "user": 0, "data": 0, "userWeight": 0.4, "dataWeight": 0.8,
        }


def quoted(draw: random.Random, attacks, documents, count: int):
    for _ in range(count):
        attack, document = attacks(), documents()
        if len(attack["text"]) > 160:
            continue
        said = draw.choice(QUOTES).replace("{n}", number(draw, 1, 99)).format(attack["text"].strip().replace('"', "'"))
        part = excerpt(draw, document["text"])[:600]
        text = draw.choice((said, f"{part}\n\n{said}", f"{said}\n{part}"))
        yield {
            **attack, "text": text, "spans": [], "kind": "hard_negative", "carrier": document["fold"], "made": "composed",
            "user": 0, "data": 0, "userWeight": 0.5, "dataWeight": 0.8, "source": f"{attack['source']} quoted",
        }


SPEAKERS = (
    ("user: ", "assistant: ", "\n"), ("User: ", "Assistant: ", "\n"), ("Human: ", "AI: ", "\n\n"), ("Q: ", "A: ", "\n"), ("Customer: ", "Agent: ", "\n"),
    ("### Instruction:\n", "### Response:\n", "\n\n"), ("<|user|>\n", "<|assistant|>\n", "\n"), ("[user] ", "[assistant] ", "\n"), ("> ", "", "\n\n"),
    ("me: ", "bot: ", "\n"), ("**User**: ", "**Assistant**: ", "\n\n"), ("client - ", "support - ", "\n"),
)


def transcript(draw: random.Random, turns: list[str]) -> str:
    """A conversation, the asker first, as text, as a list of messages or as code that makes one."""
    roll = draw.random()
    if roll < 0.6:
        asker, answerer, gap = draw.choice(SPEAKERS)
        return gap.join((answerer if i % 2 else asker) + turn for i, turn in enumerate(turns))
    roles = [{"role": "assistant" if i % 2 else "user", "content": turn} for i, turn in enumerate(turns)]
    if draw.random() < 0.4:
        roles.insert(0, {"role": "system", "content": draw.choice(("You are a helpful assistant.", "Answer briefly.", "You help customers of a shop."))})
    listed = json.dumps(roles, ensure_ascii=False, indent=draw.choice((None, 2)))
    return draw.choice((listed, f"messages = {listed}", f'{{"model": "gpt", "messages": {listed}}}', f"client.chat(messages={listed})"))


def talked(draw: random.Random, attacks, sides: list[tuple], count: int):
    """Conversations: two thirds harmless throughout, the others with an attack in one of the asker's turns.
    `sides` has requests and replies by fold: the harmless turns of one conversation are left out together."""
    for made in range(count):
        fold = draw.randrange(FOLDS)
        requests, replies = sides[fold]
        turns = []
        for _ in range(draw.randint(1, 3)):
            turns += [requests()["text"].strip()[:300], replies()["text"].strip()[:400]]
        if draw.random() < 0.5:
            turns.append(requests()["text"].strip()[:300])
        attack = attacks() if made % 3 == 0 else None
        if attack is None:
            base = requests()
            yield {
                **base, "text": transcript(draw, turns).replace(MARK, ""), "spans": [], "kind": "hard_negative", "carrier": -1, "made": "composed",
                "user": 0, "data": 0, "userWeight": 0.7, "dataWeight": 0.6, "source": f"{base['source']} talked",
            }
            continue
        turns[draw.randrange(0, len(turns), 2)] = MARK
        form = transcript(draw, turns)
        payload = attack["text"].strip().replace(MARK, "")
        if MARK not in form or form.lstrip().startswith(("[{", "messages", "{", "client", "[\n")):
            payload = json.dumps(payload, ensure_ascii=False)[1:-1]
        start = form.index(MARK)
        yield {
            **attack, "text": form.replace(MARK, payload), "spans": [[start, start + len(payload)]], "carrier": fold, "made": "composed",
            "user": 1 if attack["user"] == 1 else None, "data": 1, "userWeight": 0.7, "dataWeight": 0.4, "source": f"{attack['source']} talked",
        }


def own_text(row: dict, position: int, brought: int) -> Row:
    """A row of `texts.py` as a training row; `brought` is the number of rows of its template."""
    attack = row["label"] == "attack"
    user = int(attack) if row["channel"] in ("user", "both") or not attack else None
    data = int(attack) if row["channel"] in ("data", "both") or attack else (0 if row["kind"] in ("document", "code") else None)
    if row["channel"] == "user" and not attack:
        data = 0 if row["kind"] == "hard_negative" else None
    weight = (ATTACK_WEIGHT if attack else HARMLESS_WEIGHT) / brought**0.5
    return {
        "text": row["text"], "kind": row["kind"], "lang": row["lang"], "file": f"texts_{row['channel']}_{row['kind']}_{row['lang']}",
        "source": f"texts#{row['template']}", "group": "texts", "fold": int(chance("texts", row["template"]) * FOLDS), "carrier": -1,
        "made": "written", "user": user, "data": data, "userWeight": weight, "dataWeight": weight, "id": position,
        "spans": [] if data == 0 else row["spans"],
    }


def main() -> None:
    rows_path, texts_path, out = (Path(argument) for argument in sys.argv[1:4])
    draw = random.Random(2026)
    rows = list(read_rows(rows_path))
    texts = list(read_rows(texts_path))
    brought = Counter(row["template"] for row in texts)
    written = [own_text(row, n, brought[row["template"]]) for n, row in enumerate(texts)]
    kinds = ("direct_injection", "prompt_extraction")
    fit = lambda row: 12 <= len(row["text"]) <= 500 and row["data"] == 1  # noqa: E731
    sources = sampler(
        [r for r in rows if fit(r) and ((r["made"] == "source" and r["kind"] in kinds) or r["file"] == "generated_document")], draw
    )
    payload = lambda row: row | {"text": row["text"][slice(*max(row["spans"], key=lambda span: span[1] - span[0]))]}  # noqa: E731
    planted = sampler([payload(r) for r in written if r["data"] == 1 and r["kind"] == "indirect_injection" and r["spans"]], draw)
    attacks = lambda: planted() if draw.random() < 0.5 else sources()  # noqa: E731
    papers = [r for r in rows if r["made"] == "source" and r["data"] == 0 and r["kind"] in ("document", "code", "benign") and len(r["text"]) > 150 and r["dataWeight"] > 0.05]
    from_sources = sampler(papers, draw)
    from_written = sampler([r for r in written if r["kind"] == "document" and r["data"] == 0], draw)
    by_language: dict[str, list[Row]] = defaultdict(list)
    for row in (*written, *papers):
        if row["kind"] == "document" and row["data"] == 0 and row["lang"] != "en":
            by_language[row["lang"]].append(row)
    in_language = {lang: sampler(own, draw) for lang, own in by_language.items() if len(own) >= 10}
    documents = lambda lang="": in_language[lang]() if lang in in_language else from_written() if draw.random() < 0.2 else from_sources()  # noqa: E731
    talk = [r for r in rows if r["made"] == "source" and r["user"] == 0 and 10 < len(r["text"]) < 600]
    asking = [r for r in talk if r["kind"] in ("benign", "support", "hard_negative")]
    answers = [r for r in rows if r["file"] in REPLIES and r["made"] == "source"]
    sides = []
    for fold in range(FOLDS):
        own = lambda some: [r for r in some if r["fold"] == fold]  # noqa: B023, E731
        sides.append((sampler(own(asking), draw), sampler(own(answers) or own(talk), draw)))
    made = [
        *composed(draw, attacks, documents, COUNTS["composed"]),
        *clean(draw, documents, COUNTS["clean"]),
        *quoted(draw, sources, documents, COUNTS["quoted"]),
        *talked(draw, sources, sides, COUNTS["talked"]),
    ]
    print(f"compose: {write_rows(out, [*written, *made])} rows, {len(written)} of them written texts", file=sys.stderr)


if __name__ == "__main__":
    main()
