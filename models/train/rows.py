"""Rows: the unit every training step passes on, kept as JSON lines under the cache folder.

A row is a dict with

- `id`      position in `rows.jsonl`, the key of every other file
- `text`, `kind`, `lang`, `file` (stem, without `.jsonl`), `source`
- `group`   the source family that is held out together
- `fold`    0..FOLDS-1: the fold that validates the row; -1: trained in every fold, never validated
- `carrier` fold of the document an attack stands in, or -1: the row is not trained on there either
- `made`    how the row was made: "source", "augmented", "generated" or "cropped"
- `user`, `data`               label of each head: 1, 0 or null (not trained, still scored)
- `userWeight`, `dataWeight`   weight before the balancing of the classes, > 0
"""
from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Iterable, Iterator

FOLDS = 5
HEADS = ("user", "data")
ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "train"
WEIGHTS = ROOT / "models" / "weights"

Row = dict


def read_rows(path: Path) -> Iterator[Row]:
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def write_rows(path: Path, rows: Iterable[Row]) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with open(path, "w", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
            count += 1
    return count


def chance(*parts: object) -> float:
    """A number in [0, 1) that depends on `parts` alone: sampling that does not change when rows are added."""
    digest = hashlib.blake2b("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little") / 2.0**64
