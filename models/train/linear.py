"""The linear head: L2-regularized logistic regression on hashed n-grams, trained view by view.

    python linear.py --head user|data --rows rows.jsonl --views FOLDER --out FOLDER

Writes `linear-<head>.npz` (weights, bias, out-of-fold margins per view) and one `LIN` section per fold and for all
rows, laid out as models/FORMAT.md says.

An attack row says that one of its views is an attack, not which one. Every fold is trained twice: first on the
views as they stand, then, for attack rows, on the view that the first model scores highest. Views of harmless rows
are all harmless.
"""
from __future__ import annotations

import argparse
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from scipy.optimize import minimize

from rows import FOLDS, read_rows
from views import Views, read_views, row_maximum

L2 = 1e-6
"""Penalty per unit of total weight; chosen on left-out sources, see README.md."""

ATTACK_SHARE = 0.4
"""Total weight of attacks among all. Less than a half: false positives cost more."""

DECODED_WEIGHT = 0.5
"""Weight of a harmless row's decoded view; its text as it stands counts 1."""

LONG, KEPT = 1500, 0.4
"""Of harmless views with more n-grams than LONG, a share KEPT is trained on at 1/KEPT of the weight: they hold most of
the numbers and say little new."""

ITERATIONS = 60
"""Per round; the second goes on where the first stopped."""

CLIP_PERCENTILE = 99.95
LEVELS = 14
"""Largest quantized weight. Five bits of the eight: finer steps change hardly a verdict and cost a third of the download."""
DOUBT_MARGIN = 3.5
"""A source row is left out in the second round when its own fold's model disagrees with its label by more log-odds."""


def logistic_fit(x: sp.csr_matrix, y: np.ndarray, weight: np.ndarray, l2: float, start: np.ndarray | None = None,
                 iterations: int = ITERATIONS) -> np.ndarray:
    """Weights and, last, the bias. `y` in {0, 1}; `weight` sums to 1. Minimizes mean log loss + l2/2 |w|²."""
    columns = x.shape[1]
    turned = x.T.tocsr() if x.shape[0] > columns * 4 else x.T
    sign = np.where(y == 1, 1.0, -1.0)

    def loss(theta: np.ndarray) -> tuple[float, np.ndarray]:
        w = theta[:-1]
        margin = (x @ w.astype(np.float32)).astype(np.float64) + theta[-1]
        along = sign * margin
        value = float(weight @ np.logaddexp(0.0, -along)) + 0.5 * l2 * float(w @ w)
        pull = -sign * weight / (1.0 + np.exp(np.clip(along, -60, 60)))
        gradient = np.empty_like(theta)
        gradient[:-1] = turned @ pull.astype(np.float32) + l2 * w
        gradient[-1] = pull.sum()
        return value, gradient

    theta = np.zeros(columns + 1) if start is None else start
    return minimize(loss, theta, jac=True, method="L-BFGS-B", options={"maxiter": iterations, "maxcor": 8, "ftol": 1e-7}).x


def class_weights(y: np.ndarray, weight: np.ndarray, share: float = ATTACK_SHARE) -> np.ndarray:
    out = weight.astype(np.float64).copy()
    for label, mass in ((1, share), (0, 1.0 - share)):
        out[y == label] *= mass / out[y == label].sum()
    return out


def margins(x: sp.csr_matrix, theta: np.ndarray) -> np.ndarray:
    return (x @ theta[:-1].astype(np.float32)).astype(np.float64) + theta[-1]


def quantize(theta: np.ndarray, percentile: float = CLIP_PERCENTILE) -> tuple[np.ndarray, np.float32, np.float32]:
    """int8 weights, their scale and the bias; margin = bias + scale · Σq / sqrt(n)."""
    w = theta[:-1]
    used = np.abs(w[w != 0])
    limit = float(np.percentile(used, percentile)) if len(used) else 1.0
    scale = np.float32(limit / LEVELS)
    return np.clip(np.rint(w / scale), -LEVELS, LEVELS).astype(np.int8), scale, np.float32(theta[-1])


def write_section(path: Path, theta: np.ndarray) -> None:
    q, scale, bias = quantize(theta)
    path.write_bytes(struct.pack("<IffI", len(q), scale, bias, 0) + q.tobytes())


def restored(theta: np.ndarray) -> np.ndarray:
    """The weights as the engine will see them."""
    q, scale, bias = quantize(theta)
    return np.append(q.astype(np.float64) * float(scale), float(bias))


class Problem:
    """One head's rows and views as arrays."""

    def __init__(self, head: str, rows_path: Path, views: Views) -> None:
        rows = [
            (-1 if r[head] is None else r[head], r[head + "Weight"], r["fold"], r["carrier"], r["made"] == "source")
            for r in read_rows(rows_path)
        ]
        label, weight, fold, carrier, source = (np.array(column) for column in zip(*rows))
        self.rows = len(label)
        self.label, self.weight, self.fold, self.carrier = label, weight, fold, carrier
        self.source = source
        self.views = views
        self.plain = (views.decoders == 0).astype(np.float64)
        blocks = np.bincount(views.row[views.decoders == 0], minlength=self.rows)
        lengths = np.diff(views.grams.indptr)
        thinned = (lengths > LONG) & (self.label[views.row] == 0)
        self.sampled = ~thinned | (np.random.default_rng(5).random(views.count) < KEPT)
        self.view_weight = np.where(thinned, 1.0 / KEPT, 1.0)
        self.block_share = 1.0 / np.sqrt(np.maximum(blocks[views.row], 1))

    def rows_of(self, fold: int) -> np.ndarray:
        """Mask of the rows that train the model of `fold`; all labelled rows for -1."""
        used = self.label >= 0
        return used if fold < 0 else used & (self.fold != fold) & (self.carrier != fold)

    def train(self, rows: np.ndarray, chosen: np.ndarray | None, l2: float, share: float,
              start: np.ndarray | None = None) -> np.ndarray:
        """Fit on the views of `rows`; `chosen` masks the views that stand for attack rows (None: the plain ones)."""
        view_label = self.label[self.views.row]
        speaks = self.plain > 0 if chosen is None else chosen
        use = rows[self.views.row] & self.sampled & ((view_label == 0) | ((view_label == 1) & speaks))
        harmless_weight = self.view_weight * self.block_share * np.where(self.plain > 0, 1.0, DECODED_WEIGHT)
        weight = self.weight[self.views.row] * np.where(view_label == 0, harmless_weight, 1.0)
        at = np.flatnonzero(use)
        return logistic_fit(self.views.grams[at], view_label[at], class_weights(view_label[at], weight[at], share), l2, start)

    def best_views(self, margin: np.ndarray) -> np.ndarray:
        """Mask of the view with the largest margin of each row."""
        best = row_maximum(margin, self.views.row, self.rows)
        return margin >= best[self.views.row]


def out_of_fold(problem: Problem, l2: float = L2, share: float = ATTACK_SHARE, workers: int = 2,
                log: bool = True) -> tuple[np.ndarray, list[np.ndarray], np.ndarray]:
    """Margins per view from models that never saw the row's family, those models, and the mask of doubtful rows."""
    views = problem.views

    def one(fold: int, drop: np.ndarray, chosen: np.ndarray | None, start: np.ndarray | None) -> np.ndarray:
        began = time.time()
        theta = problem.train(problem.rows_of(fold) & ~drop, chosen, l2, share, start)
        if log:
            print(f"  fold {fold}: {time.time() - began:.0f} s, bias {theta[-1]:.2f}", flush=True)
        return theta

    def score(models: list[np.ndarray]) -> np.ndarray:
        margin = np.empty(views.count)
        fold = problem.fold[views.row]
        for f, theta in enumerate(models):
            mine = np.flatnonzero((fold == f) | ((fold < 0) & (f == 0)))
            margin[mine] = margins(views.grams[mine], restored(theta))
        return margin

    drop = np.zeros(problem.rows, bool)
    with ThreadPoolExecutor(workers) as pool:
        first = list(pool.map(lambda f: one(f, drop, None, None), range(FOLDS)))
        margin = score(first)
        best = row_maximum(margin, views.row, problem.rows)
        drop = doubtful(problem, best)
        chosen = problem.best_views(margin)
        second = list(pool.map(lambda f: one(f, drop, chosen, first[f]), range(FOLDS)))
    return score(second), second, drop


def doubtful(problem: Problem, best: np.ndarray) -> np.ndarray:
    """Rows from sources whose label their left-out model contradicts strongly: label noise, mostly."""
    wrong = ((problem.label == 1) & (best < -DOUBT_MARGIN)) | ((problem.label == 0) & (best > DOUBT_MARGIN))
    return wrong & problem.source & (problem.fold >= 0)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--head", choices=("user", "data"), required=True)
    parser.add_argument("--rows", type=Path, required=True)
    parser.add_argument("--views", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    problem = Problem(options.head, options.rows, read_views(options.views))
    margin, models, drop = out_of_fold(problem)
    chosen = problem.best_views(margin)
    final = problem.train(problem.rows_of(-1) & ~drop, chosen, L2, ATTACK_SHARE, np.mean(models, axis=0))
    options.out.mkdir(parents=True, exist_ok=True)
    for fold, theta in enumerate(models):
        write_section(options.out / f"linear-{options.head}-fold{fold}.bin", theta)
    write_section(options.out / f"linear-{options.head}.bin", final)
    np.savez(options.out / f"linear-{options.head}.npz", theta=final, margin=margin, drop=drop)
    print(f"linear {options.head}: {problem.rows} rows, {drop.sum()} doubtful rows left out")


if __name__ == "__main__":
    main()
