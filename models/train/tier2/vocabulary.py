"""The vocabulary: of the pretrained one what our texts use, and pieces of the languages it cannot spell.

    python vocabulary.py TEXTS.jsonl OUT.txt

The pretrained vocabulary is English: most Chinese characters are unknown to it, other languages fall into letters.
"""
from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

from wordpiece import wordpiece

from pretrained import pretrained

SIZE = 30_000
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
ADDED = 5_500
"""Pieces learned from texts in other languages."""
PER_LANGUAGE = 1_500_000
"""Characters of one language the pieces are learned from."""


def main() -> None:
    texts, out = Path(sys.argv[1]), Path(sys.argv[2])
    before = pretrained() / "vocab.txt"
    base = before.read_text(encoding="utf-8").rstrip("\n").split("\n")
    tokenizer = wordpiece(before)
    counts: Counter = Counter()
    other: list[str] = []
    length: Counter = Counter()
    batch: list[str] = []

    def count() -> None:
        for encoded in tokenizer.encode_batch(batch, add_special_tokens=False):
            counts.update(encoded.ids)
        batch.clear()

    with open(texts, encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            text = row["text"][:1500]
            batch.append(text)
            if len(batch) == 4096:
                count()
            lang = row["lang"] or "en"
            if lang != "en" and row["made"] != "augmented" and length[lang] < PER_LANGUAGE:
                length[lang] += len(text)
                other.append(text)
    count()
    learned = wordpiece()
    learned.train_from_iterator(other, vocab_size=14_000, min_frequency=6, limit_alphabet=3_500, special_tokens=SPECIAL, show_progress=False)
    known = set(base)
    pieces = [token for token, _ in sorted(learned.get_vocab().items(), key=lambda item: item[1]) if token not in known]
    # Characters first, in the order of their ids, then whole words and pieces, most frequent merges first.
    pieces = pieces[:ADDED]
    unused = {token for token in base if token.startswith("[")}
    ranked = sorted((i for i, token in enumerate(base) if token not in unused), key=lambda i: (-(len(base[i].removeprefix("##")) == 1), -counts[i], i))
    kept = sorted(ranked[: SIZE - len(SPECIAL) - len(pieces)])
    tokens = SPECIAL + [base[i] for i in kept] + pieces
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("\n".join(tokens) + "\n", encoding="utf-8")
    dropped = sum(counts[i] for i in ranked[SIZE - len(SPECIAL) - len(pieces) :])
    print(
        f"vocabulary: {len(tokens)} tokens, {len(kept)} kept of {len(base)} ({dropped / counts.total():.2%} of their uses dropped), "
        f"{len(pieces)} added; unknown before: {counts[base.index('[UNK]')] / counts.total():.2%}"
    )


if __name__ == "__main__":
    main()
