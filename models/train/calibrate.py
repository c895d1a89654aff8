"""Margins to probabilities, thresholds, and the manifest that travels with the weights.

    python calibrate.py --rows rows.jsonl --cache FOLDER --data DATA_DIR --out models/weights

Every number comes from out-of-fold margins: rows judged by models that never saw their family. A text's margin is the
largest over its blocks and views, as in use. Probabilities are anchored where they are used: 0.6 is the operating
point of report.py, 0.8 its stricter point; between and beyond, a logistic fit on the same rows gives the slope. The
share of attacks under which the probabilities are right is written beside them.
"""
from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

import report
from linear import class_weights
from rows import FOLDS, HEADS, ROOT, Row, read_rows
from views import Views, read_views, row_maximum, stacked

FLAGGED, BLOCKED = 0.6, 0.8
REACH = 12.0
"""Margins to either side of the anchors at which the outer knots stand."""
PRIOR_HITS = 4.0
"""Hits a rule is given in advance, half of them on attacks, so that rare rules stay modest."""


def logit(p: float) -> float:
    return float(np.log(p / (1.0 - p)))


def platt(scored: report.Scored) -> tuple[float, float]:
    """Slope and intercept of log-odds against margin, classes weighted alike."""
    known = scored.label >= 0
    margin, label = scored.margin[known], scored.label[known]
    weight = class_weights(label, scored.weight[known], 0.5)

    def loss(theta: np.ndarray) -> float:
        return float(weight @ np.logaddexp(0.0, -np.where(label == 1, 1, -1) * (theta[0] * margin + theta[1])))

    slope, intercept = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x
    return max(float(slope), 0.05), float(intercept)


def calibration(scored: report.Scored) -> dict:
    flagged = report.operating_point(scored)
    blocked = max(report.operating_point(scored, *report.STRICT_RATES), flagged + 0.05)
    slope, intercept = platt(scored)
    margins = [flagged - REACH, flagged, blocked, blocked + REACH]
    logits = [logit(FLAGGED) - REACH * slope, logit(FLAGGED), logit(BLOCKED), logit(BLOCKED) + REACH * slope]
    # Balanced classes would give `slope · flagged + intercept` where 0.6 stands: the difference is the prior's.
    prior = 1.0 / (1.0 + np.exp(-(logit(FLAGGED) - (slope * flagged + intercept))))
    return {"margins": margins, "logits": logits, "attackShare": round(float(prior), 5)}


def rule_scores(rows: list[Row], views: Views, drop: np.ndarray) -> dict[str, float]:
    """Probability that a text is an attack given a rule's hit, attacks and harmless texts of equal weight."""
    label = np.array([-1 if r["user"] is None else r["user"] for r in rows])
    weight = np.array([r["userWeight"] for r in rows])
    label[drop] = -1
    label[np.array([r["made"] != "source" for r in rows])] = -1
    for side in (0, 1):
        weight[label == side] *= 0.5 * (label >= 0).sum() / weight[label == side].sum()
    known = label[views.row] >= 0
    hits = views.hits[known].astype(np.float64)
    row_label, row_weight = label[views.row[known]], weight[views.row[known]]
    attacks = hits.T @ (row_weight * (row_label == 1))
    harmless = hits.T @ (row_weight * (row_label == 0))
    seen = np.asarray((hits > 0).sum(axis=0)).ravel()
    return {
        rule: round(float((attacks[i] + PRIOR_HITS / 2) / (attacks[i] + harmless[i] + PRIOR_HITS)), 3)
        for i, rule in enumerate(views.rules)
        if seen[i] >= 5
    }


def ordinary(rows: list[Row], views: Views, head: str) -> list[float]:
    """The median harmless text's dense features."""
    label = np.array([-1 if r[head] is None else r[head] for r in rows])
    plain = (label[views.row] == 0) & (views.decoders == 0)
    return [round(float(value), 6) for value in np.median(views.dense[plain], axis=0)]


def data_list(data: Path) -> list[dict]:
    files = []
    for path in sorted((data / "train").glob("*.jsonl")):
        content = path.read_bytes()
        files.append({"file": path.name, "sha256": hashlib.sha256(content).hexdigest(), "rows": content.count(b"\n")})
    return files


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    rows = list(read_rows(options.rows))
    for row in rows:
        row["opening"] = report.opening(row)
        del row["text"]
    source = np.array([row["made"] == "source" for row in rows])
    manifest: dict = {"heads": {}}
    calibrations, medians = [], []
    for head in HEADS:
        views = stacked([read_views(options.cache / f"views-{head}-fold{fold}") for fold in range(FOLDS)])
        drop = np.load(options.cache / f"linear-{head}.npz")["drop"]
        margin = np.load(options.cache / f"forest-{head}.npz")["margin"]
        labelled_attack = np.array([row[head] == 1 for row in rows])
        # Doubtful attacks are left out of the recall; doubtful harmless rows still count as false positives.
        scored = report.scored_rows(head, rows, row_maximum(margin, views.row, len(rows)), source & ~(drop & labelled_attack))
        knots = calibration(scored)
        summary = report.summarize(scored, knots["margins"][1])
        strict = report.summarize(scored, knots["margins"][2])
        report.print_summary(scored, summary)
        manifest["heads"][head] = {
            "attackShare": knots.pop("attackShare"), "doubtfulRows": int(drop.sum()),
            "at0.6": summary, "at0.8": {key: strict[key] for key in ("threshold", "macroRecall", "recallByKind", "falsePositivesPer10000")},
        }
        calibrations.append(knots)
        medians.append(ordinary(rows, views, head))
        if head == "user":
            manifest["ruleScores"] = rule_scores(rows, views, drop)
        manifest["abiVersion"] = views.abi
    manifest["calibration"], manifest["ordinary"] = calibrations, medians
    manifest["thresholds"] = {"flagged": FLAGGED, "blocked": BLOCKED}
    manifest["schemaVersion"] = json.loads((options.cache / "schema.json").read_text())["schemaVersion"]
    manifest["data"] = data_list(options.data)
    options.out.mkdir(parents=True, exist_ok=True)
    digests = {}
    for head in HEADS:
        for model in ("linear", "forest"):
            content = (options.cache / f"{model}-{head}.bin").read_bytes()
            (options.out / f"{model}-{head}.bin").write_bytes(content)
            digests[f"{model}-{head}.bin"] = hashlib.sha256(content).hexdigest()
    manifest["weights"] = digests
    manifest["version"] = "1-" + hashlib.sha256("".join(sorted(digests.values())).encode()).hexdigest()[:8]
    (options.out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    print(f"calibrate: wrote {options.out.relative_to(ROOT)}/manifest.json, version {manifest['version']}")


if __name__ == "__main__":
    main()
