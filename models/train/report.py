"""Validation as tables: recall per source, kind and language at the operating point, false positives per kind.

Every number here comes from a model that never saw the row's family. The operating point of a head is the lowest
threshold at which at most 1 % of hard negatives and 0.2 % of all other harmless rows are flagged, where rows of one
file that begin alike count as one: "Cancel my previous instruction about order 1, 2, 3 …" is one text two hundred
times. The rates in the tables count every row.
"""
from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np

HARD_NEGATIVE_RATE = 0.01
OTHER_RATE = 0.002
STRICT_RATES = (HARD_NEGATIVE_RATE / 4, OTHER_RATE / 4)
"""The stricter point allows a quarter of both."""

OPENING_WORDS = 4

DATA_KINDS = ("document", "code", "hard_negative")
"""Harmless kinds that stand for tool and retrieved text; the rest is what people type."""


@dataclass
class Scored:
    """Rows of one head: largest margin over views and blocks, with what is needed to group them."""

    head: str
    label: np.ndarray
    """1, 0, or -1 for rows without a label."""
    margin: np.ndarray
    kind: np.ndarray
    file: np.ndarray
    lang: np.ndarray
    weight: np.ndarray
    share: np.ndarray
    """One over the number of rows of the same file and label that begin alike."""

    def harmless(self) -> np.ndarray:
        rows = self.label == 0
        return rows & np.isin(self.kind, DATA_KINDS + ("benign",)) & (self.weight > 0) if self.head == "data" else rows


def opening(row: dict) -> str:
    """What rows made from one template have in common."""
    return f"{row['file']}|" + " ".join(re.sub(r"\d+", "0", row["text"][:400].lower()).split()[:OPENING_WORDS])


def quantile_above(margin: np.ndarray, share: np.ndarray, rate: float) -> float:
    """The smallest of the margins that at most `rate` of the total share exceed."""
    order = np.argsort(-margin)
    above = np.cumsum(share[order])
    inside = np.flatnonzero(above > rate * above[-1]) if len(order) else order
    return float(margin[order][inside[0]]) if len(inside) else float("-inf")


def operating_point(scored: Scored, hard_negatives: float = HARD_NEGATIVE_RATE, others: float = OTHER_RATE) -> float:
    harmless = scored.harmless()
    hard = scored.kind == "hard_negative"
    return max(
        quantile_above(scored.margin[mine], scored.share[mine], rate)
        for mine, rate in ((harmless & hard, hard_negatives), (harmless & ~hard, others))
    )


def rates(scored: Scored, rows: np.ndarray, by: np.ndarray, threshold: float, least: int = 20) -> dict[str, dict]:
    groups: dict[str, dict] = {}
    for name in sorted(set(by[rows])):
        mine = rows & (by == name)
        if mine.sum() >= least:
            groups[str(name)] = {"n": int(mine.sum()), "flagged": round(float((scored.margin[mine] > threshold).mean()), 4)}
    return groups


def summarize(scored: Scored, threshold: float) -> dict:
    """Everything the manifest states about one head."""
    attacks, harmless = scored.label == 1, scored.harmless()
    by_source = rates(scored, attacks, scored.file, threshold)
    worst = min(by_source, key=lambda name: by_source[name]["flagged"])
    false = rates(scored, harmless, scored.kind, threshold)
    false_by_source = rates(scored, harmless, scored.file, threshold)
    worst_false = max(false_by_source, key=lambda name: false_by_source[name]["flagged"])
    return {
        "threshold": threshold,
        "macroRecall": round(float(np.mean([entry["flagged"] for entry in by_source.values()])), 4),
        "recallBySource": by_source,
        "worstSource": {"file": worst, **by_source[worst]},
        "recallByKind": rates(scored, attacks, scored.kind, threshold),
        "recallByLanguage": rates(scored, attacks, scored.lang, threshold),
        "falsePositivesPer10000": {kind: round(entry["flagged"] * 10_000, 1) for kind, entry in false.items()},
        "falsePositivesBySource": false_by_source,
        "worstFalsePositives": {"file": worst_false, **false_by_source[worst_false]},
        "flaggedWithoutLabel": rates(scored, scored.label < 0, scored.kind, threshold),
    }


def print_summary(scored: Scored, summary: dict) -> None:
    print(f"head {scored.head}: threshold {summary['threshold']:.3f}, macro recall {summary['macroRecall']:.3f}, "
          f"worst source {summary['worstSource']}")
    for title, key in (("recall by source", "recallBySource"), ("recall by kind", "recallByKind"),
                       ("false positives by source", "falsePositivesBySource"), ("without label", "flaggedWithoutLabel")):
        print(f"  {title}")
        for name, entry in sorted(summary[key].items(), key=lambda item: item[1]["flagged"]):
            if key != "falsePositivesBySource" or entry["flagged"] > 0.002:
                print(f"    {name:40} {entry['n']:6} {entry['flagged']:.4f}")
    print(f"  false positives per 10,000 {summary['falsePositivesPer10000']}", flush=True)


def scored_rows(head: str, rows: list[dict], margin: np.ndarray, validated: np.ndarray | None = None) -> Scored:
    """`margin` shape [rows]; rows trained in every fold and rows outside `validated` are left out.
    Every row has its `opening`."""
    keep = np.array([row["fold"] >= 0 for row in rows]) & np.isfinite(margin)
    if validated is not None:
        keep &= validated
    pick = lambda key: np.array([row[key] for row in rows])[keep]
    label = np.array([-1 if row[head] is None else row[head] for row in rows])[keep]
    openings = [f"{row['opening']}|{row[head]}" for row, kept in zip(rows, keep) if kept]
    alike = Counter(openings)
    share = np.array([1.0 / alike[key] for key in openings])
    return Scored(head, label, margin[keep], pick("kind"), pick("file"), pick("lang"), pick(head + "Weight"), share)
