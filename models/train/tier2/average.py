"""The mean of two detectors' weights, which both went on from the same one.

    python average.py A.pt B.pt OUT.pt

What was learned from new texts and what was known before are kept both, better than by either alone (README.md; Wortsman
et al., "Robust fine-tuning of zero-shot models", 2022).
"""
from __future__ import annotations

import sys

import torch


def main() -> None:
    a, b, out = sys.argv[1:4]
    first, second = (torch.load(path, weights_only=True) for path in (a, b))
    if first["shape"] != second["shape"]:
        raise SystemExit(f"average: expected two detectors of one shape; got {first['shape']} and {second['shape']}. Average models of one training line.")
    state = {name: (value.float() + second["state"][name].float()) / 2 if value.is_floating_point() else value for name, value in first["state"].items()}
    torch.save({**second, "state": state}, out)


if __name__ == "__main__":
    main()
