"""Fits the tagger: a linear chain (CRF) over hashed features, with partial labels, sentence by sentence.

    python train.py FOLDER [--epochs N]

Reads what `rows.ts` wrote; writes `emissions.i8` (shape [labels, 2 ** bits], label by label) and `chain.json`
(transitions, starts, and the unit: log-odds of a weight of 1).

The loss is the log-probability of all label sequences that a row allows. At run time only integers are added.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
from numba import njit

BITS = 16
UNIT = 1 / 16
RATE = 0.15
# Features left out of a token now and then, so that none of them is leaned on alone; and whole groups of them: what the
# word is, the words before it, those behind it. Numbers are the order in which `features.ts` writes them.
DROPPED = 0.1
GROUP_DROPPED = 0.16
GROUPS = np.zeros(64, np.int64)
GROUPS[[0, 1, 15, 16]] = 1
GROUPS[[8, 10, 12, 14, 17, 19, 27, 29, 30, 33, 34]] = 2
GROUPS[[9, 11, 13, 18, 28, 31]] = 3
# Shrinks every weight that is used, per use: what is seldom right goes
SHRINK = 2e-5
NEVER = -1e9


@njit(cache=True, fastmath=True)
def marginals(scores, steps, begin, allowed, out):
    """Probabilities of each label at each token, of the sequences that are allowed; returns their log-sum.

    scores [T, L], steps [L, L], begin [L], allowed [T] bits, out [T, L]
    """
    count, labels = scores.shape
    alpha = np.empty((count, labels))
    beta = np.empty((count, labels))
    for t in range(count):
        bits = allowed[t]
        for to in range(labels):
            if not (bits >> to) & 1:
                alpha[t, to] = NEVER
                continue
            if t == 0:
                alpha[t, to] = begin[to] + scores[t, to]
                continue
            most = NEVER
            for f in range(labels):
                most = max(most, alpha[t - 1, f] + steps[f, to])
            if most <= NEVER / 2:
                alpha[t, to] = NEVER
                continue
            total = 0.0
            for f in range(labels):
                total += np.exp(alpha[t - 1, f] + steps[f, to] - most)
            alpha[t, to] = most + np.log(total) + scores[t, to]
    for t in range(count - 1, -1, -1):
        for f in range(labels):
            if t == count - 1:
                beta[t, f] = 0.0
                continue
            bits = allowed[t + 1]
            most = NEVER
            for to in range(labels):
                if (bits >> to) & 1:
                    most = max(most, steps[f, to] + scores[t + 1, to] + beta[t + 1, to])
            if most <= NEVER / 2:
                beta[t, f] = NEVER
                continue
            total = 0.0
            for to in range(labels):
                if (bits >> to) & 1:
                    total += np.exp(steps[f, to] + scores[t + 1, to] + beta[t + 1, to] - most)
            beta[t, f] = most + np.log(total)
    most = NEVER
    for label in range(labels):
        most = max(most, alpha[count - 1, label])
    total = 0.0
    for label in range(labels):
        total += np.exp(alpha[count - 1, label] - most)
    log_sum = most + np.log(total)
    for t in range(count):
        for label in range(labels):
            out[t, label] = np.exp(min(0.0, alpha[t, label] + beta[t, label] - log_sum))
    return log_sum, alpha, beta


@njit(cache=True, fastmath=True)
def epoch(features, allowed, starts, lengths, order, weights, squares, steps, step_squares, begin, begin_squares, legal, groups, rate, seed):
    np.random.seed(seed)
    labels = weights.shape[1]
    width = features.shape[1]
    everything = (1 << labels) - 1
    loss = 0.0
    tokens = 0
    for row in order:
        first, count = starts[row], lengths[row]
        scores = np.zeros((count, labels))
        keep = np.empty((count, width), np.bool_)
        dropped = np.zeros(4, np.bool_)
        for t in range(count):
            kept = 0
            for group in range(1, 4):
                dropped[group] = np.random.random() < GROUP_DROPPED
            for k in range(width):
                keep[t, k] = not dropped[groups[k]] and np.random.random() >= DROPPED
                kept += keep[t, k]
                if keep[t, k]:
                    feature = features[first + t, k]
                    for label in range(labels):
                        scores[t, label] += weights[feature, label]
            for label in range(labels):
                scores[t, label] *= width / max(1, kept)
        bits = np.full(count, everything, np.int64)
        these = np.empty((count, labels))
        all_of = np.empty((count, labels))
        moves = steps + legal
        opening = begin.copy()
        for label in range(2, labels, 2):
            opening[label] = NEVER
        total, alpha, beta = marginals(scores, moves, opening, bits, all_of)
        for t in range(count):
            bits[t] = allowed[first + t]
        right, alpha2, beta2 = marginals(scores, moves, opening, bits, these)
        loss += total - right
        tokens += count
        for t in range(count):
            worst = 0.0
            for label in range(labels):
                worst = max(worst, abs(these[t, label] - all_of[t, label]))
            if worst < 1e-3:
                continue
            for k in range(width):
                if not keep[t, k]:
                    continue
                feature = features[first + t, k]
                for label in range(labels):
                    slope = these[t, label] - all_of[t, label]
                    if abs(slope) < 1e-4:
                        continue
                    squares[feature, label] += slope * slope
                    weight = weights[feature, label] + rate * slope / np.sqrt(squares[feature, label])
                    weights[feature, label] = weight * (1 - SHRINK)
        for label in range(labels):
            slope = these[0, label] - all_of[0, label]
            if label % 2 == 1 or label == 0:
                begin_squares[label] += slope * slope
                begin[label] += rate * slope / np.sqrt(begin_squares[label])
        for f in range(labels):
            for to in range(labels):
                if legal[f, to] < 0:
                    continue
                slope = 0.0
                for t in range(1, count):
                    if (bits[t] >> to) & 1:
                        slope += np.exp(min(0.0, alpha2[t - 1, f] + moves[f, to] + scores[t, to] + beta2[t, to] - right))
                    slope -= np.exp(min(0.0, alpha[t - 1, f] + moves[f, to] + scores[t, to] + beta[t, to] - total))
                step_squares[f, to] += slope * slope
                steps[f, to] += rate * slope / np.sqrt(step_squares[f, to])
    return loss / tokens


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--epochs", type=int, default=5)
    options = parser.parse_args()
    shape = json.loads((options.folder / "shape.json").read_text())
    labels = shape["labels"]
    features = np.fromfile(options.folder / "features.u16", np.uint16).reshape(-1, shape["features"])
    allowed = np.fromfile(options.folder / "allowed.u8", np.uint8)
    lengths = np.fromfile(options.folder / "lengths.u16", np.uint16).astype(np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    weights = np.zeros((1 << BITS, labels), np.float32)
    squares = np.full_like(weights, 0.05)
    steps, step_squares = np.zeros((labels, labels)), np.full((labels, labels), 10.0)
    begin, begin_squares = np.zeros(labels), np.full(labels, 10.0)
    legal = np.zeros((labels, labels))
    for to in range(2, labels, 2):
        legal[:, to] = NEVER
        legal[to, to] = legal[to - 1, to] = 0.0
    rng = np.random.default_rng(1)
    for number in range(options.epochs):
        began = time.time()
        order = rng.permutation(len(lengths))
        rate = RATE * (1 - number / options.epochs) ** 0.5
        loss = epoch(features, allowed, starts, lengths, order, weights, squares, steps, step_squares, begin, begin_squares, legal, GROUPS, rate, number + 1)
        print(f"epoch {number + 1}: {loss:.4f} nats a token, {time.time() - began:.0f} s", flush=True)
    packed = np.clip(np.rint(weights / UNIT), -127, 127).astype(np.int8)
    packed.T.copy().tofile(options.folder / "emissions.i8")
    integers = lambda values: np.clip(np.rint(values / UNIT), -4096, 4096).astype(int).tolist()
    chain = {"unit": UNIT, "transitions": integers(steps), "starts": integers(begin)}
    (options.folder / "chain.json").write_text(json.dumps(chain))
    print(f"{(packed != 0).mean():.1%} of the weights are not zero, {(abs(packed) == 127).sum()} are cut")


if __name__ == "__main__":
    main()
