"""Tier 1's training rows: those from the sources and made of them, all texts written by hand, and some composed ones.

    python mix.py MADE.jsonl COMPOSED.jsonl OUT.jsonl
"""
from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from rows import chance, read_rows, write_rows

TAKEN = {"written": 1.0, "composed": 0.4}
"""Share of each kind that tier 1 reads."""
WEIGHT = {"written": 0.45, "composed": 0.5}
"""Against tier 2's, which learns more from one text than a linear model does."""
USER_COMPOSED = 0.6
"""Of that for head `user`: few people paste whole documents."""


def main() -> None:
    made, composed, out = (Path(argument) for argument in sys.argv[1:4])
    rows = list(read_rows(made))
    counts: Counter[str] = Counter()
    for position, row in enumerate(read_rows(composed)):
        kind = row["made"]
        if chance("mix", position) >= TAKEN[kind]:
            continue
        del row["spans"]
        row["userWeight"] *= WEIGHT[kind] * (USER_COMPOSED if kind == "composed" else 1.0)
        row["dataWeight"] *= WEIGHT[kind]
        # Weighs in the forest like other rows whose sisters the left-out models know.
        rows.append({**row, "id": len(rows), "group": "generated"})
        counts[kind] += 1
    print(f"mix: {write_rows(out, rows)} rows, of them {dict(counts)}", file=sys.stderr)


if __name__ == "__main__":
    main()
