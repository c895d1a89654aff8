"""Both tiers weighed together on rows neither ever saw: thresholds, the bounds of the cascade, and tier 2's manifest.

    python weigh.py EXAMPLES.npz TIER1_CACHE ROWS.jsonl OUT_DIR SCORES.npz [SCORES.npz ...]

A SCORES file comes from `score.py`, one per rotation: its rows were judged by a model that saw no row of their source.
Tier 1's margins are out-of-fold as well. Tables are those of `report.py`.
"""
from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

sys.path.insert(0, str(Path(__file__).parents[1]))
import report  # noqa: E402
from calibrate import BLOCKED, FLAGGED, REACH, logit, platt  # noqa: E402
from rows import HEADS, WEIGHTS, read_rows  # noqa: E402
from views import row_maximum  # noqa: E402

LOSS = 0.005
"""Macro recall the cascade may lose against always asking tier 2."""
WRITTEN_LOSS = 0.02
"""The same over texts written by hand that neither tier saw: they come without the words tier 1 knows."""
LOGIT_BOUND = 12.0
RATIOS = (0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
"""Weights of tier 2's logit that are tried, tier 1's being 1."""
FLAGGED_RATES, BLOCKED_RATES = (0.015, 0.002), (0.005, 0.001)
"""False-positive rates of the operating points, of hard negatives and of other harmless rows. Wider than tier 1's: a
quarter of tier 1's rates would be less than one row of a rotation."""
GATE = 0.01
"""False-positive rate of the comparison table, over all harmless rows of the head."""
CLEAN_MARKED = 0.015
"""Share of clean tokens the token head may mark in validation."""


def interpolated(knots: dict, margin: np.ndarray) -> np.ndarray:
    """`src/scan/calibrate.ts` as log-odds, on arrays."""
    x, y = np.array(knots["margins"]), np.array(knots["logits"])
    at = np.clip(np.searchsorted(x, margin, side="left"), 1, len(x) - 1)
    return y[at - 1] + (y[at] - y[at - 1]) * (margin - x[at - 1]) / (x[at] - x[at - 1])


def stack(first: np.ndarray, second: np.ndarray, scored: report.Scored) -> np.ndarray:
    """Weights of tier 1's logit and of tier 2's, and a bias: the mixture that finds most over the operating points, on
    the scale of log-odds. The recall hardly changes over most of RATIOS, so that the choice fits no noise."""
    points = (FLAGGED_RATES, BLOCKED_RATES, (GATE, GATE))

    def found(ratio: float) -> float:
        judged = with_margin(scored, first + ratio * second)
        return sum(macro(judged.margin > report.operating_point(judged, *rates), scored, scored.label == 1) for rates in points)

    ratio = max(RATIOS, key=found)
    used = (scored.label == 1) | scored.harmless()
    mixed, sign = first[used] + ratio * second[used], np.where(scored.label[used] == 1, 1.0, -1.0)
    weight = by_source(scored.label[used], scored.file[used], scored.kind[used])

    def loss(theta: np.ndarray) -> float:
        return float(weight @ np.logaddexp(0.0, -sign * (theta[0] * mixed + theta[1])))

    scale, bias = minimize(loss, np.array([0.5, 0.0]), method="L-BFGS-B", bounds=[(0.01, 3), (-8, 8)]).x
    return np.array([scale, scale * ratio, bias])


def by_source(label: np.ndarray, files: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """Every attack source weighs alike, every harmless source and kind too, and both sides the same."""
    weight = np.zeros(len(label))
    for side in (0, 1):
        groups = np.char.add(np.char.add(files, "|"), kinds)[label == side]
        names, inverse, counts = np.unique(groups, return_inverse=True, return_counts=True)
        weight[label == side] = 0.5 / len(names) / counts[inverse]
    return weight


def macro(flagged: np.ndarray, scored: report.Scored, attacks: np.ndarray) -> float:
    rates = [flagged[attacks & (scored.file == name)].mean() for name in sorted(set(scored.file[attacks])) if (attacks & (scored.file == name)).sum() >= 20]
    return float(np.mean(rates))


def with_margin(scored: report.Scored, margin: np.ndarray) -> report.Scored:
    return report.Scored(scored.head, scored.label, margin, scored.kind, scored.file, scored.lang, scored.weight, scored.share)


def gate(scored: report.Scored, rate: float) -> float:
    harmless = scored.harmless()
    return report.quantile_above(scored.margin[harmless], scored.share[harmless], rate)


@dataclass
class Judged:
    """Rows with tier 1's logit and the margin of both tiers together."""

    scored: report.Scored
    first: np.ndarray
    combined: np.ndarray

    def lost(self, threshold: float, bound: float) -> float:
        """Macro recall that is lost when tier 1 answers alone below `bound`."""
        flagged, attacks = self.combined > threshold, self.scored.label == 1
        return macro(flagged, self.scored, attacks) - macro(flagged & (self.first >= bound), self.scored, attacks)


def settle(judged: Judged, written: Judged, threshold: float) -> dict:
    """Bounds on tier 1's logit outside of which it answers alone."""
    scored, first, flagged = judged.scored, judged.first, judged.combined > threshold
    harmless = scored.harmless()
    below = -LOGIT_BOUND
    for bound in np.arange(-8.0, logit(FLAGGED), 0.1):
        if judged.lost(threshold, bound) > LOSS or written.lost(threshold, bound) > WRITTEN_LOSS:
            break
        below = float(bound)
    above = LOGIT_BOUND
    for bound in np.arange(LOGIT_BOUND, logit(BLOCKED), -0.1):
        alone = harmless & (first > bound) & ~flagged
        if (scored.share[alone].sum() / scored.share[harmless].sum()) > 0.0002:
            break
        above = float(bound)
    return {"below": round(below, 2), "above": round(above, 2)}


def of_written(scored: report.Scored, first: np.ndarray, second: np.ndarray, combined: np.ndarray, threshold: float, bounds: dict) -> dict:
    """What becomes of texts written by hand whose templates neither tier saw."""
    attacks, harmless = scored.label == 1, scored.label == 0
    asked = (first >= bounds["below"]) & (first <= bounds["above"])
    cascade = np.where(asked, combined > threshold, first > 0)
    share = lambda mask, side: round(float(mask[side].mean()), 4)  # noqa: E731
    return {
        "attacks": int(attacks.sum()), "harmless": int(harmless.sum()),
        "recall": share(cascade, attacks), "falsePositiveRate": share(cascade, harmless), "recallAskingAlways": share(combined > threshold, attacks),
        "settledAttacks": share(~asked, attacks), "settledHarmless": share(~asked, harmless),
        "auc": {name: round(auc(values[attacks], values[harmless]), 4) for name, values in (("tier 1", first), ("tier 2", second), ("together", combined))},
    }


def auc(attacks: np.ndarray, harmless: np.ndarray) -> float:
    """Chance that an attack has more than a harmless text."""
    order = np.sort(harmless)
    return float((np.searchsorted(order, attacks, "left") + np.searchsorted(order, attacks, "right")).mean() / (2 * len(order)))


def main() -> None:
    examples, cache, rows_path, out = (Path(argument) for argument in sys.argv[1:5])
    scores = [np.load(path) for path in sys.argv[5:]]
    tier1 = json.loads((WEIGHTS / "manifest.json").read_text())
    rows = []
    for row in read_rows(rows_path):
        # Written texts stand before composed ones, here as in EXAMPLES; behind them the numbers differ.
        if row["made"] == "composed":
            break
        row["opening"] = report.opening(row)
        del row["text"]
        rows.append(row)
    made = np.array([row["made"] for row in rows])
    numbers = np.concatenate([part["row"] for part in scores])
    manifest: dict = {"window": 128, "overlap": 32, "heads": {}}
    tables: dict = {"heads": {}}
    for position, head in enumerate(HEADS):
        second_all = np.full(len(rows), np.nan)
        mine = numbers < len(rows)
        second_all[numbers[mine]] = np.concatenate([part[head] for part in scores])[mine]
        margin = np.load(cache / f"forest-{head}.npz")
        inside = margin["row"] < len(rows)
        first_all = interpolated(tier1["calibration"][position], row_maximum(margin["margin"][inside], margin["row"][inside], len(rows)))
        drop = np.load(cache / f"linear-{head}.npz")["drop"][: len(rows)] & np.array([row[head] == 1 for row in rows])
        known = np.isfinite(second_all) & np.isfinite(first_all)

        def those(mask: np.ndarray) -> tuple[report.Scored, np.ndarray, np.ndarray]:
            scored = report.scored_rows(head, rows, np.where(mask, 0.0, np.nan), mask)
            return scored, np.clip(first_all[mask], -LOGIT_BOUND, LOGIT_BOUND), second_all[mask]

        scored, first, second = those(known & (made == "source") & ~drop)
        theta = stack(first, second, scored)
        combined = theta[0] * first + theta[1] * second + theta[2]
        judged = with_margin(scored, combined)
        flagged = report.operating_point(judged, *FLAGGED_RATES)
        blocked = max(report.operating_point(judged, *BLOCKED_RATES), flagged + 0.05)
        slope, _ = platt(judged)
        knots = {
            "margins": [flagged - REACH, flagged, blocked, blocked + REACH],
            "logits": [logit(FLAGGED) - REACH * slope, logit(FLAGGED), logit(BLOCKED), logit(BLOCKED) + REACH * slope],
        }
        own, own_first, own_second = those(known & (made == "written"))
        own_combined = theta[0] * own_first + theta[1] * own_second + theta[2]
        bounds = settle(Judged(scored, first, combined), Judged(own, own_first, own_combined), flagged)
        # What the cascade says, as a margin on the combined scale.
        alone = (first < bounds["below"]) | (first > bounds["above"])
        cascade = np.where(alone, np.where(first > 0, blocked + 1, flagged - 1), combined)
        attacks, harmless = scored.label == 1, scored.harmless()
        manifest["heads"][head] = {
            "settle": bounds, "combine": {"tier1": round(float(theta[0]), 4), "transformer": round(float(theta[1]), 4), "bias": round(float(theta[2]), 4)},
            "calibration": {key: [round(value, 4) for value in values] for key, values in knots.items()},
        }
        tables["heads"][head] = {}
        print(f"head {head}: combine {np.round(theta, 3)}, settle {bounds}, tier 1 settles {alone[harmless].mean():.1%} of harmless rows")
        for name, values in (("tier 1", first), ("tier 2", second), ("together", combined)):
            one = with_margin(scored, values)
            at_gate, at_point = gate(one, GATE), report.operating_point(one, *FLAGGED_RATES)
            comparison = tables["heads"][head][name] = {
                "macroRecallAt1Percent": round(macro(values > at_gate, one, attacks), 4),
                "macroRecall": round(macro(values > at_point, one, attacks), 4),
                "hardNegativesFlaggedAt1Percent": round(float((values[harmless & (scored.kind == "hard_negative")] > at_gate).mean()), 4),
            }
            print(f"  {name:9} {comparison}")
        summary = report.summarize(with_margin(scored, cascade), flagged)
        tables["heads"][head]["written"] = of_written(own, own_first, own_second, own_combined, flagged, bounds)
        print(f"  written   {tables['heads'][head]['written']}")
        tables["heads"][head]["cascade"] = summary | {"settledHarmless": round(float(alone[harmless].mean()), 4)}
        report.print_summary(with_margin(scored, cascade), summary)
    injected = np.mean([part["injected"] for part in scores], 0)
    clean = np.mean([part["clean"] for part in scores], 0)
    thresholds = scores[0]["thresholds"]
    best = next((i for i in range(len(thresholds)) if clean[i] <= CLEAN_MARKED), len(thresholds) - 1)
    manifest["spans"] = {"threshold": float(thresholds[best])}
    tables["spans"] = {"injectedTokensMarked": round(float(injected[best]), 4), "cleanTokensMarked": round(float(clean[best]), 4)}
    print("spans", manifest["spans"], tables["spans"])
    out.mkdir(parents=True, exist_ok=True)
    model = out / "model.onnx"
    if model.exists():
        digest = hashlib.sha256(model.read_bytes()).hexdigest()
        manifest = {"version": f"2-{digest[:8]}", "sha256": digest, **manifest}
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    (out / "validation.json").write_text(json.dumps(tables, indent=1) + "\n")


if __name__ == "__main__":
    main()
