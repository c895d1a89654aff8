"""The rows the deep verifier learns from: those of one fold that tier 1 does not settle, with its out-of-fold log-odds.

    python doubts.py TIER1_CACHE OUT.jsonl [--fold F]

A row stands once per head that labels it. Harmless rows are taken whole; attacks up to LIMIT of one file and head, since
a source should not speak louder than another. Rows that tier 1 found doubtful are left out.
"""
from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "tier2"))
from rows import HEADS, WEIGHTS, chance, read_rows  # noqa: E402
from views import row_maximum  # noqa: E402
from weigh import LOGIT_BOUND, interpolated  # noqa: E402

LIMIT = 200


def main() -> None:
    parse = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parse.add_argument("cache", type=Path)
    parse.add_argument("out", type=Path)
    parse.add_argument("--fold", type=int, default=0)
    options = parse.parse_args()
    rows = list(read_rows(options.cache / "rows.jsonl"))
    tier1 = json.loads((WEIGHTS / "manifest.json").read_text())
    tier2 = json.loads((WEIGHTS / "tier2" / "manifest.json").read_text())
    chosen = []
    for position, head in enumerate(HEADS):
        margin = np.load(options.cache / f"forest-{head}.npz")
        logits = interpolated(tier1["calibration"][position], row_maximum(margin["margin"], margin["row"], len(rows)))
        doubtful = np.load(options.cache / f"linear-{head}.npz")["drop"]
        settle = tier2["heads"][head]["settle"]
        taken: dict[tuple, int] = {}
        order = sorted(range(len(rows)), key=lambda row: chance("deep", head, row))
        for number in order:
            row, logit = rows[number], float(np.clip(logits[number], -LOGIT_BOUND, LOGIT_BOUND))
            if row["made"] != "source" or row["fold"] != options.fold or row[head] is None or doubtful[number]:
                continue
            if not settle["below"] <= logit <= settle["above"]:
                continue
            key = (row["file"], row[head])
            if row[head] == 1 and taken.get(key, 0) >= LIMIT:
                continue
            taken[key] = taken.get(key, 0) + 1
            keep = ("id", "file", "kind", "lang", "group")
            chosen.append({**{name: row[name] for name in keep}, "head": head, "label": row[head], "tier1": logit, "text": row["text"]})
    chosen.sort(key=lambda row: (chance("deep", row["id"]), row["head"]))
    with open(options.out, "w", encoding="utf-8") as out:
        for row in chosen:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    print(f"doubts: {len(chosen)} rows, {sum(row['label'] for row in chosen)} attacks")


if __name__ == "__main__":
    main()
