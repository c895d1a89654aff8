"""Views: what the engine's trace says about every reading of every row, as matrices.

`trace.ts` writes one folder of little-endian arrays, one entry per view unless said otherwise:

- `row.i32`       index of the row in `rows.jsonl`
- `block.i32`     block of the row
- `decoders.u32`  DECODER_* bits; 0 for the text as it stands
- `indptr.i64`    [views + 1], `indices.i32` [indptr[-1]]: distinct n-gram buckets
- `dense.f32`     [views × denseCount]
- `forest.f64`    margin of the forest, log-odds
- `hitptr.i64`    [views + 1], `hits.i32`: distinct rules that hit
- `shape.json`    `{"abi", "views", "denseCount", "buckets", "features", "rules"}`, features by name, rules by id

Views of one row stand together, rows ascend.
"""
from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.sparse as sp


@dataclass
class Views:
    row: np.ndarray
    block: np.ndarray
    decoders: np.ndarray
    grams: sp.csr_matrix
    """[views × buckets], 1/sqrt(n) in every stored place: the values of the linear model."""
    dense: np.ndarray
    forest: np.ndarray
    hits: sp.csr_matrix
    """[views × rules], 1 where the rule hit."""
    abi: int
    features: list[str]
    rules: list[str]

    @property
    def count(self) -> int:
        return len(self.row)


def read_views(folder: Path) -> Views:
    shape = json.loads((folder / "shape.json").read_text())
    count, buckets = shape["views"], shape["buckets"]
    indptr = np.fromfile(folder / "indptr.i64", "<i8")
    indices = np.fromfile(folder / "indices.i32", "<i4")
    if len(indptr) != count + 1 or indptr[-1] != len(indices):
        raise SystemExit(f"views: expected {count} views in {folder}; the arrays disagree. Run the trace again.")
    lengths = np.diff(indptr)
    hitptr, hits = np.fromfile(folder / "hitptr.i64", "<i8"), np.fromfile(folder / "hits.i32", "<i4")
    values = np.repeat((1.0 / np.sqrt(np.maximum(lengths, 1))).astype(np.float32), lengths)
    return Views(
        row=np.fromfile(folder / "row.i32", "<i4"),
        block=np.fromfile(folder / "block.i32", "<i4"),
        decoders=np.fromfile(folder / "decoders.u32", "<u4"),
        grams=sp.csr_matrix((values, indices, indptr), shape=(count, buckets), copy=False),
        dense=np.fromfile(folder / "dense.f32", "<f4").reshape(count, shape["denseCount"]),
        forest=np.fromfile(folder / "forest.f64", "<f8"),
        hits=sp.csr_matrix((np.ones(len(hits), np.int8), hits, hitptr), shape=(count, len(shape["rules"]))),
        abi=shape["abi"],
        features=shape["features"],
        rules=shape["rules"],
    )


def stacked(parts: list[Views]) -> Views:
    """Views of several traces one after another: the folds of one head."""
    first = parts[0]
    join = lambda name: np.concatenate([getattr(part, name) for part in parts])
    return Views(
        row=join("row"), block=join("block"), decoders=join("decoders"), dense=join("dense"), forest=join("forest"),
        grams=sp.vstack([part.grams for part in parts], format="csr"),
        hits=sp.vstack([part.hits for part in parts], format="csr"),
        abi=first.abi, features=first.features, rules=first.rules,
    )


def row_maximum(values: np.ndarray, row: np.ndarray, rows: int) -> np.ndarray:
    """Largest value per row, -inf for rows without a view. Shape [rows]."""
    best = np.full(rows, -np.inf)
    np.maximum.at(best, row, values)
    return best
