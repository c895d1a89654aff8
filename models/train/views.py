"""Views: what the engine's trace says about every reading of every row, as matrices.

`trace.ts` writes one folder of little-endian arrays, one entry per view unless said otherwise:

- `row.i32`       index of the row in `rows.jsonl`
- `block.i32`     block of the row
- `decoders.u32`  DECODER_* bits; 0 for the text as it stands
- `indptr.i64`    [views + 1], `indices.i32` [indptr[-1]]: distinct n-gram buckets
- `dense.f32`     [views × denseCount]
- `shape.json`    `{"abi", "views", "denseCount", "buckets", "features"}`, features by name

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
    abi: int
    features: list[str]

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
    values = np.repeat((1.0 / np.sqrt(np.maximum(lengths, 1))).astype(np.float32), lengths)
    return Views(
        row=np.fromfile(folder / "row.i32", "<i4"),
        block=np.fromfile(folder / "block.i32", "<i4"),
        decoders=np.fromfile(folder / "decoders.u32", "<u4"),
        grams=sp.csr_matrix((values, indices, indptr), shape=(count, buckets), copy=False),
        dense=np.fromfile(folder / "dense.f32", "<f4").reshape(count, shape["denseCount"]),
        abi=shape["abi"],
        features=shape["features"],
    )


def row_maximum(values: np.ndarray, row: np.ndarray, rows: int) -> np.ndarray:
    """Largest value per row, -inf for rows without a view. Shape [rows]."""
    best = np.full(rows, -np.inf)
    np.maximum.at(best, row, values)
    return best
