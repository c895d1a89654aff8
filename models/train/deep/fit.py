"""The deep verifier's weights, and what they are worth on sources that had no part in them.

    python fit.py STUDIES.jsonl [--write]

STUDIES comes from `study.ts`: rows whose source neither tier has seen. One logistic regression per head, weighted
towards the grey band (the cascade's score 0.6 to 0.8), where it is asked; no weight may be negative. Judged source by
source: each with weights fitted to the others. Those margins make the score a probability, half of the band's weight
being attacks, and set the score from which a text is called an attack: CALLED of the band's harmless rows reach it.
"""
from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

ROOT = Path(__file__).resolve().parents[3]
BAND = (0.6, 0.8)
CALLED = 0.1
L2 = 0.1
WIDTH = 2.0
"""Of the weight around the band, log-odds of the cascade's score."""
ELSEWHERE = 0.02
DRAWS = 1000


def features() -> list[str]:
    source = (ROOT / "src/scan/deep/study.ts").read_text(encoding="utf-8")
    return re.findall(r"^  '(\w+)',", source[source.index("FEATURES = [") : source.index("] as const")], re.M)


def auc(label: np.ndarray, score: np.ndarray) -> float:
    """Ties count half."""
    values, inverse, counts = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    ones, zeros = (label == 1).sum(), (label == 0).sum()
    return float((rank[label == 1].sum() - ones * (ones + 1) / 2) / max(ones * zeros, 1))


def interpolated(knots: dict, margin: np.ndarray) -> np.ndarray:
    x, y = np.array(knots["margins"]), np.array(knots["logits"])
    at = np.clip(np.searchsorted(x, margin, side="left"), 1, len(x) - 1)
    return y[at - 1] + (y[at] - y[at - 1]) * (margin - x[at - 1]) / (x[at] - x[at - 1])


def balanced(label: np.ndarray, files: np.ndarray, focus: np.ndarray) -> np.ndarray:
    """A source's weight grows with the root of its size; both labels weigh the same."""
    count = Counter(zip(files, label, strict=True))
    weight = focus * np.array([count[key] ** -0.5 for key in zip(files, label, strict=True)])
    for side in (0, 1):
        weight[label == side] *= 0.5 / weight[label == side].sum()
    return weight


def fit(x: np.ndarray, label: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Weights and, last, the bias."""
    middle, scale = x.mean(0), x.std(0) + 1e-6
    z, sign = (x - middle) / scale, np.where(label == 1, 1.0, -1.0)

    def loss(theta: np.ndarray) -> tuple[float, np.ndarray]:
        margin = sign * (z @ theta[:-1] + theta[-1])
        pull = -weight * sign / (1 + np.exp(np.clip(margin, -30, 30)))
        value = weight @ np.logaddexp(0, -margin) + L2 * theta[:-1] @ theta[:-1]
        return float(value), np.append(z.T @ pull + 2 * L2 * theta[:-1], pull.sum())

    bounds = [(0, None)] * x.shape[1] + [(None, None)]
    theta = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B", bounds=bounds).x
    weights = theta[:-1] / scale
    return np.append(weights, theta[-1] - weights @ middle)


def calibration(margin: np.ndarray, label: np.ndarray, weight: np.ndarray) -> tuple[float, float]:
    """Slope and shift that make margins log-odds."""
    sign = np.where(label == 1, 1.0, -1.0)
    found = minimize(lambda t: float(weight @ np.logaddexp(0, -sign * (t[0] * margin + t[1]))), [1.0, 0.0], method="L-BFGS-B", bounds=[(0.05, 50), (-20, 20)])
    return float(found.x[0]), float(found.x[1])


def gain(label: np.ndarray, cascade: np.ndarray, deep: np.ndarray) -> tuple[float, float]:
    """90 % interval of the difference of both AUCs, rows drawn again."""
    draw = np.random.default_rng(7)
    found = []
    for _ in range(DRAWS):
        rows = draw.integers(len(label), size=len(label))
        found.append(auc(label[rows], deep[rows]) - auc(label[rows], cascade[rows]))
    return float(np.quantile(found, 0.05)), float(np.quantile(found, 0.95))


def main() -> None:
    parse = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parse.add_argument("studies", type=Path)
    parse.add_argument("--write", action="store_true", help="write src/scan/deep/weights.ts")
    options = parse.parse_args()
    names = features()
    tier2 = json.loads((ROOT / "models/weights/tier2/manifest.json").read_text())
    every = [json.loads(line) for line in options.studies.read_text(encoding="utf-8").splitlines()]
    heads = {}
    for head in ("user", "data"):
        rows = [row for row in every if row["head"] == head and row["features"] is not None]
        x = np.array([row["features"] for row in rows])
        label, group, file, tier1 = (np.array([row[key] for row in rows]) for key in ("label", "group", "file", "tier1"))
        plan = tier2["heads"][head]
        mixture = plan["combine"]
        cascade = interpolated(plan["calibration"], mixture["tier1"] * tier1 + mixture["transformer"] * x[:, names.index("worst")] + mixture["bias"])
        low, high = (np.log(p / (1 - p)) for p in BAND)
        band = (cascade >= low) & (cascade < high)
        focus = np.exp(-(((cascade - (low + high) / 2) / WIDTH) ** 2)) + ELSEWHERE
        left_out = np.zeros(len(rows))
        for one in sorted(set(group)):
            there = group == one
            theta = fit(x[~there], label[~there], balanced(label[~there], file[~there], focus[~there]))
            left_out[there] = x[there] @ theta[:-1] + theta[-1]
        theta = fit(x, label, balanced(label, file, focus))
        reached = float(np.quantile(left_out[band & (label == 0)], 1 - CALLED))
        y, before, after = label[band], cascade[band], left_out[band]
        least, most = gain(y, before, after)
        print(
            f"head {head}: {len(rows)} rows in doubt, {band.sum()} in the band of which {y.sum()} attacks; AUC there {auc(y, before):.3f} by the "
            f"cascade, {auc(y, after):.3f} by the deep verifier (difference {least:+.3f} to {most:+.3f}); of all rows in doubt {auc(label, cascade):.3f} and "
            f"{auc(label, left_out):.3f}; called attacks in the band: {(after >= reached)[y == 1].mean():.1%} of attacks, {(after >= reached)[y == 0].mean():.1%} of harmless rows; "
            f"by the cascade's score at the same rate {(before > np.quantile(before[y == 0], 1 - CALLED))[y == 1].mean():.1%}"
        )
        print("  harmless in the band:", dict(Counter(file[band & (label == 0)]).most_common(8)))
        slope, shift = calibration(after, y, balanced(y, file[band], np.ones(len(y))))
        heads[head] = {
            "bias": round(float(slope * theta[-1] + shift), 4),
            "weights": {name: round(float(slope * value), 4) for name, value in zip(names, theta[:-1], strict=True)},
            "attack": round(float(1 / (1 + np.exp(-slope * reached - shift))), 4),
        }
    if options.write:
        path = ROOT / "src/scan/deep/weights.ts"
        text = path.read_text(encoding="utf-8")
        at = text.index("export const WEIGHTS")
        body = re.sub(r"(?<![,{])\n", ",\n", json.dumps(heads, indent=2).replace('"', ""))
        path.write_text(f"{text[:at]}export const WEIGHTS: Readonly<Record<HeadName, HeadWeights>> = {body};\n", encoding="utf-8")


if __name__ == "__main__":
    main()
