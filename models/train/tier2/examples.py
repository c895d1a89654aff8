"""Rows to tokens, once: everything training and scoring read.

    python examples.py VOCAB.txt OUT.npz DROP_CACHE ROWS.jsonl COMPOSED.jsonl

Arrays: `ids` and `marks` flat over all rows (marks: 1 part of an injected instruction, 0 not, 255 unknown), `at` row
borders, and per row `user`, `data` (1, 0, -1 no label), `user_weight`, `data_weight`, `fold`, `carrier`, `made`,
`kind`, `origin` (the file), `lang` (numbers into the `*_names` lists). A row tier 1 found doubtful has weight 0.
"""
from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from wordpiece import wordpiece

MAX_TOKENS = 1500
MADE = ("source", "generated", "augmented", "cropped", "composed", "written")
UNKNOWN = 255
WHOLE = ("direct_injection", "prompt_extraction", "jailbreak", "indirect_injection")
"""Kinds whose short rows, standing alone, are an injected instruction from the first to the last token."""


def marks_of(row: dict, offsets: list[tuple[int, int]]) -> np.ndarray:
    spans = row.get("spans")
    if row["user"] == 0 and row["data"] in (0, None):
        spans = []
    if spans is None:
        alone = row["made"] in ("generated", "written", "source") and row["kind"] in WHOLE and row["data"] == 1 and len(offsets) <= 60
        # Of a document with a planted instruction nobody said where it stands.
        alone = alone and (row["kind"] != "indirect_injection" or row["made"] == "generated")
        return np.full(len(offsets), 1 if alone else UNKNOWN, np.uint8)
    marks = np.zeros(len(offsets), np.uint8)
    for start, end in spans:
        for i, (a, b) in enumerate(offsets):
            if a < end and b > start:
                marks[i] = 1
    return marks


def main() -> None:
    vocabulary, out, drops = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
    tokenizer = wordpiece(vocabulary)
    doubtful = {head: np.load(drops / f"linear-{head}.npz")["drop"] for head in ("user", "data")}
    names: dict[str, dict[str, int]] = {"kind": {}, "origin": {}, "lang": {}}
    ids, marks, at, table = [], [], [0], []
    batch: list[tuple[dict, bool]] = []

    def flush() -> None:
        encoded = tokenizer.encode_batch([row["text"] for row, _ in batch], add_special_tokens=False)
        for (row, first), one in zip(batch, encoded, strict=True):
            these = np.array(one.ids[:MAX_TOKENS], np.uint16)
            ids.append(these)
            marks.append(marks_of(row, one.offsets[:MAX_TOKENS]))
            at.append(at[-1] + len(these))
            weight = {}
            for head in ("user", "data"):
                weight[head] = 0.0 if row[head] is None or (first and doubtful[head][row["id"]]) else row[head + "Weight"]
            table.append((
                -1 if row["user"] is None else row["user"], -1 if row["data"] is None else row["data"], weight["user"], weight["data"],
                row["fold"], row["carrier"], MADE.index(row["made"]),
                *(names[key].setdefault(row["file" if key == "origin" else key], len(names[key])) for key in names),
            ))
        batch.clear()

    for number, path in enumerate(sys.argv[4:]):
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                batch.append((json.loads(line), number == 0))
                if len(batch) == 2048:
                    flush()
    flush()
    columns = list(zip(*table, strict=True))
    keys = ("user", "data", "user_weight", "data_weight", "fold", "carrier", "made", "kind", "origin", "lang")
    kinds = (np.int8, np.int8, np.float32, np.float32, np.int8, np.int8, np.int8, np.int16, np.int16, np.int16)
    arrays = {key: np.array(column, kind) for key, column, kind in zip(keys, columns, kinds, strict=True)}
    lists = {f"{key}_names": np.array(list(values)) for key, values in names.items()}
    np.savez(out, ids=np.concatenate(ids), marks=np.concatenate(marks), at=np.array(at, np.int64), **arrays, **lists)
    print(f"examples: {len(table)} rows, {at[-1] / 1e6:.1f} M tokens")


if __name__ == "__main__":
    main()
