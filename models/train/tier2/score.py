"""A detector's opinion of rows: the largest logit over a row's windows, as in use.

    python score.py EXAMPLES.npz VOCAB.txt MODEL.pt OUT.npz --fold F

MODEL is the exported `.onnx`, as it ships, or the `.pt` before it: what the quantisation costs is the difference.
Scores the rows of the fold (those the model never saw), at most LIMIT of one file, kind and language. Writes `row`,
`user`, `data` (logits) and, over composed rows with a known span, the shares of injected and of clean tokens marked at
each of `thresholds`.
"""
from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from onnxruntime import InferenceSession

from encoder import Detector, Shape
from tune import COMPOSED, WINDOW, Rows

sys.path.insert(0, str(Path(__file__).parents[1]))
from rows import chance  # noqa: E402

OVERLAP = 32
LIMIT = 100
BATCH_TOKENS = 8192
THRESHOLDS = np.arange(-4.0, 4.01, 0.25)
SOURCE, WRITTEN = 0, 5


def validated(rows: Rows, fold: int) -> np.ndarray:
    """Numbers of the rows to score: a sample that does not depend on the model."""
    there = (rows.fold == fold) & np.isin(rows.made, (SOURCE, COMPOSED, WRITTEN))
    groups: dict[tuple, list[int]] = {}
    for row in np.flatnonzero(there):
        groups.setdefault((rows.made[row], rows.origin[row], rows.kind[row], rows.lang[row], rows.user[row], rows.data[row]), []).append(row)
    chosen = []
    for members in groups.values():
        chosen += sorted(members, key=lambda row: chance("validate", row))[:LIMIT]
    return np.array(sorted(chosen))


def windows_of(length: int) -> list[tuple[int, int]]:
    """As `src/scan/transformer/windows.ts` cuts: the last one ends with the text."""
    room = WINDOW - 2
    found = [(at, at + room) for at in range(0, max(length - room, 0), room - OVERLAP)]
    return [*found, (max(0, length - room), length)]


Judge = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
"""ids and padding [windows, n] to logits of the heads [windows, 2] and of the tokens [windows, n]."""


def judge_of(path: Path) -> Judge:
    if path.suffix == ".onnx":
        session = InferenceSession(path)

        def quantized(ids: np.ndarray, padding: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            heads, marks = np.empty((len(ids), 2), np.float32), np.full(ids.shape, -np.inf, np.float32)
            for i, used in enumerate(~padding):
                head, mark = session.run(None, {"ids": ids[i, used][None].astype(np.int32)})
                heads[i], marks[i, : mark.shape[1]] = head[0], mark[0]
            return heads, marks

        return quantized
    loaded = torch.load(path, weights_only=True)
    model = Detector(Shape(**loaded["shape"]))
    model.load_state_dict(loaded["state"])
    model.eval()

    def judge(ids: np.ndarray, padding: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
            heads, marks = model(torch.from_numpy(ids), torch.from_numpy(padding))
        return heads.float().numpy(), marks.float().numpy()

    return judge


def logits(judge: Judge, rows: Rows, numbers: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
    """[rows, 2] largest logits, and each row's token logits (the largest of overlapping windows)."""
    jobs = [(i, a, b) for i, row in enumerate(numbers) for a, b in windows_of(int(rows.at[row + 1] - rows.at[row]))]
    jobs.sort(key=lambda job: job[2] - job[1])
    best = np.full((len(numbers), 2), -np.inf, np.float32)
    tokens = [np.full(int(rows.at[row + 1] - rows.at[row]), -np.inf, np.float32) for row in numbers]
    at = 0
    while at < len(jobs):
        end = at + 1
        while end < len(jobs) and (jobs[end][2] - jobs[end][1] + 2) * (end + 1 - at) <= BATCH_TOKENS:
            end += 1
        group = jobs[at:end]
        width = group[-1][2] - group[-1][1] + 2
        ids = np.zeros((len(group), width), np.int64)
        padding = np.ones((len(group), width), bool)
        for j, (i, a, b) in enumerate(group):
            begin = rows.at[numbers[i]]
            ids[j, : b - a + 2] = [rows.cls, *rows.ids[begin + a : begin + b], rows.sep]
            padding[j, : b - a + 2] = False
        heads, marks = judge(ids, padding)
        for j, (i, a, b) in enumerate(group):
            best[i] = np.maximum(best[i], heads[j])
            tokens[i][a:b] = np.maximum(tokens[i][a:b], marks[j, 1 : b - a + 1])
        at = end
    return best, tokens


def main() -> None:
    parse = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name in ("examples", "vocab", "model", "out"):
        parse.add_argument(name, type=Path)
    parse.add_argument("--fold", type=int, required=True)
    options = parse.parse_args()
    torch.set_num_threads(1)
    rows = Rows(options.examples, options.vocab.read_text(encoding="utf-8").rstrip("\n").split("\n"))
    numbers = validated(rows, options.fold)
    best, tokens = logits(judge_of(options.model), rows, numbers)
    hit, clean = np.zeros(len(THRESHOLDS)), np.zeros(len(THRESHOLDS))
    injected_total = clean_total = 0
    for row, values in zip(numbers, tokens, strict=True):
        if rows.made[row] != COMPOSED:
            continue
        marks = rows.marks[rows.at[row] : rows.at[row + 1]]
        injected_total += (marks == 1).sum()
        clean_total += (marks == 0).sum()
        over = values[:, None] > THRESHOLDS
        hit += over[marks == 1].sum(0)
        clean += over[marks == 0].sum(0)
    np.savez(
        options.out, row=numbers, user=best[:, 0], data=best[:, 1], thresholds=THRESHOLDS,
        injected=hit / max(injected_total, 1), clean=clean / max(clean_total, 1),
    )
    print(f"score: fold {options.fold}, {len(numbers)} rows")


if __name__ == "__main__":
    main()
