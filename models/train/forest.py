"""The forest head: gradient-boosted trees over the dense features, the linear margins among them.

    python forest.py --head user|data --rows rows.jsonl --views FOLDER [FOLDER …] --out FOLDER

The folders are traces of the rows of each fold, made with linear weights that never saw them. Writes
`forest-<head>.bin` (section `GBM0` or `GBM1` of models/FORMAT.md) and `forest-<head>.npz` with out-of-fold margins.

Trees are trained like the linear head: twice, the second time on the view of each attack row that the first model
scores highest. A feature that reads margins may only raise the verdict.
"""
from __future__ import annotations

import argparse
import struct
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import lightgbm as lgb
import numpy as np

from linear import class_weights
from rows import FOLDS, read_rows
from views import Views, read_views, row_maximum, stacked

PARAMETERS = {
    "objective": "binary", "learning_rate": 0.06, "num_leaves": 24, "min_data_in_leaf": 60, "min_sum_hessian_in_leaf": 1e-4,
    "feature_fraction": 0.5, "bagging_fraction": 0.7, "bagging_freq": 1, "lambda_l2": 2.0, "max_bin": 127, "verbosity": -1,
    "num_threads": 1, "seed": 7, "deterministic": True, "force_row_wise": True,
}
TREES = 200
FIRST_TREES = 60
"""Trees of the first round, which only chooses views."""

ATTACK_SHARE = 0.35
GENERATED_WEIGHT = 0.8
"""Of generated rows, against the linear head's: the left-out models know sister templates, so their margins flatter."""
RISING = ("linear/margin", "linear/window-max", "linear/window-second", "rules/severity-max", "rules/severity-sum")
"""Features of which more never means less of an attack."""


def largest_float32(threshold: float) -> np.float32:
    """The largest f32 ≤ `threshold`: every f32 compares with both alike."""
    near = np.float32(threshold)
    return np.nextafter(near, np.float32(-np.inf)) if float(near) > threshold else near


def fit(x: np.ndarray, y: np.ndarray, weight: np.ndarray, features: list[str], trees: int = TREES) -> lgb.Booster:
    rising = [1 if name in RISING else 0 for name in features]
    data = lgb.Dataset(x, y, weight=weight * len(y), free_raw_data=False)
    return lgb.train({**PARAMETERS, "monotone_constraints": rising}, data, num_boost_round=trees)


def section(model: lgb.Booster, feature_count: int) -> bytes:
    """The model as models/FORMAT.md lays it out; leaves are f32, trees add up in order, the bias is inside the leaves."""
    roots: list[int] = []
    feature: list[int] = []
    value: list[float] = []
    left: list[int] = []
    right: list[int] = []

    def walk(node: dict, root: int) -> int:
        at = len(feature)
        feature.append(-1)
        value.append(0.0)
        left.append(0)
        right.append(0)
        if "leaf_value" in node:
            value[at] = np.float32(node["leaf_value"])
            return at - root
        if node["decision_type"] != "<=":
            raise ValueError(f"forest: expected numerical splits; got {node['decision_type']}")
        feature[at] = node["split_feature"]
        value[at] = largest_float32(node["threshold"])
        left[at] = walk(node["left_child"], root)
        right[at] = walk(node["right_child"], root)
        return at - root

    for tree in model.dump_model()["tree_info"]:
        roots.append(len(feature))
        walk(tree["tree_structure"], len(feature))
    nodes = len(feature)
    out = struct.pack("<IIIId", len(roots), nodes, feature_count, 0, 0.0)
    out += np.array(roots, "<u4").tobytes()
    out += np.array(feature, "<i2").tobytes() + b"\0" * (2 * nodes % 4)
    out += np.array(value, "<f4").tobytes()
    return out + np.array(left, "<u2").tobytes() + np.array(right, "<u2").tobytes()


def margins_of_section(bytes_: bytes, x: np.ndarray) -> np.ndarray:
    """What the engine computes from a section; the test of `section`. Shape [len(x)]."""
    trees, nodes, _, _, bias = struct.unpack_from("<IIIId", bytes_, 0)
    at = 24
    take = lambda kind, n: np.frombuffer(bytes_, kind, n, at)
    roots = take("<u4", trees)
    at += 4 * trees
    feature = take("<i2", nodes)
    at += (2 * nodes + 3) & ~3
    value = take("<f4", nodes)
    at += 4 * nodes
    left = take("<u2", nodes)
    at += 2 * nodes
    right = take("<u2", nodes)
    total = np.full(len(x), bias)
    for root in roots:
        node = np.full(len(x), int(root))
        for _ in range(64):
            inner = feature[node] >= 0
            if not inner.any():
                break
            below = x[np.arange(len(x)), np.maximum(feature[node], 0)] <= value[node]
            node = np.where(inner, int(root) + np.where(below, left[node], right[node]), node)
        total += value[node]
    return total


class Problem:
    def __init__(self, head: str, rows_path: Path, views: Views, drop: np.ndarray) -> None:
        rows = list(read_rows(rows_path))
        self.rows = len(rows)
        self.label = np.array([-1 if r[head] is None else r[head] for r in rows])
        generated = np.array([r["group"] == "generated" for r in rows])
        self.weight = np.array([r[head + "Weight"] for r in rows]) * np.where(generated, GENERATED_WEIGHT, 1.0)
        self.fold = np.array([r["fold"] for r in rows])
        self.carrier = np.array([r["carrier"] for r in rows])
        self.label[drop] = -1
        self.views = views
        self.plain = views.decoders == 0
        margin = views.dense[:, views.features.index("linear/window-max")].astype(np.float64)
        self.first = margin

    def train(self, fold: int, score: np.ndarray, trees: int = TREES) -> lgb.Booster:
        row = self.views.row
        used = self.label[row] >= 0
        if fold >= 0:
            used &= (self.fold[row] != fold) & (self.carrier[row] != fold)
        best = score >= row_maximum(score, row, self.rows)[row]
        used &= (self.label[row] == 0) | best
        at = np.flatnonzero(used)
        weight = self.weight[row[at]] * np.where((self.label[row[at]] == 0) & ~self.plain[at], 0.5, 1.0)
        y = self.label[row[at]]
        return fit(self.views.dense[at], y, class_weights(y, weight, ATTACK_SHARE), self.views.features, trees)


def out_of_fold(problem: Problem) -> np.ndarray:
    """Margins per view from forests that never saw the row's family."""
    score = problem.first
    margin = score.copy()
    for trees in (FIRST_TREES, TREES):
        # One thread per forest: OpenMP's waiting threads stall each other on a busy machine.
        with ThreadPoolExecutor(2) as pool:
            models = list(pool.map(lambda fold: problem.train(fold, score, trees), range(FOLDS)))
        for fold, model in enumerate(models):
            mine = np.flatnonzero(problem.fold[problem.views.row] == fold)
            margin[mine] = model.predict(problem.views.dense[mine], raw_score=True)
        score = margin.copy()
    return margin


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--head", choices=("user", "data"), required=True)
    parser.add_argument("--rows", type=Path, required=True)
    parser.add_argument("--views", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    drop = np.load(options.out / f"linear-{options.head}.npz")["drop"]
    problem = Problem(options.head, options.rows, stacked([read_views(folder) for folder in options.views]), drop)
    margin = out_of_fold(problem)
    final = problem.train(-1, margin)
    written = section(final, problem.views.dense.shape[1])
    sample = problem.views.dense[:2000]
    error = np.abs(margins_of_section(written, sample) - final.predict(sample, raw_score=True)).max()
    if error > 1e-4:
        raise SystemExit(f"forest: expected the written trees to agree with the trained ones; they differ by {error}")
    (options.out / f"forest-{options.head}.bin").write_bytes(written)
    np.savez(options.out / f"forest-{options.head}.npz", margin=margin, row=problem.views.row)
    order = np.argsort(-final.feature_importance("gain"))[:25]
    print(f"forest {options.head}: {len(written)} bytes; most used: " + ", ".join(problem.views.features[i] for i in order))


if __name__ == "__main__":
    main()
