"""What smaller encoders would cost in recall: the material of the curve in `models/TIER2.md`.

    python sizes.py cut START.pt OUT.pt --layers 0,1,3 [--inner 768]
    python sizes.py draw SIZES.json OUT.svg

`cut` keeps some layers of a detector, and of each the inner units that weigh most; `tune.py` then trains what is left.
`draw` draws rows {name, milliseconds, user, data, megabytes}: one window of 64 tokens on one thread of onnxruntime-web
against macro recall of tier 2 alone at 1 % false positives (`weigh.py`).
"""
from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from encoder import Detector, Shape, save

def cut(start: Path, out: Path, layers: list[int], inner: int | None) -> None:
    loaded = torch.load(start, weights_only=True)
    shape = Shape(**loaded["shape"])
    if not layers or max(layers) >= shape.layers or min(layers) < 0:
        raise SystemExit(f"sizes: --layers expected numbers from 0 to {shape.layers - 1}; got {layers}")
    smaller = replace(shape, layers=len(layers), inner=inner or shape.inner)
    if smaller.inner > shape.inner:
        raise SystemExit(f"sizes: --inner expected at most {shape.inner}; got {inner}")
    state = {key: value for key, value in loaded["state"].items() if not key.startswith("encoder.layers.")}
    for at, layer in enumerate(layers):
        prefix = f"encoder.layers.{layer}."
        parts = {key.removeprefix(prefix): value for key, value in loaded["state"].items() if key.startswith(prefix)}
        state |= {f"encoder.layers.{at}.{key}": value for key, value in narrowed(parts, smaller.inner).items()}
    model = Detector(smaller)
    model.load_state_dict(state)
    save(out, model)


def narrowed(parts: dict[str, Tensor], inner: int) -> dict[str, Tensor]:
    """A layer with the `inner` units whose weights, in and out, are largest."""
    weight = parts["up.weight"].norm(dim=1) * parts["down.weight"].norm(dim=0)
    kept = weight.topk(inner).indices.sort().values
    return parts | {"up.weight": parts["up.weight"][kept], "up.bias": parts["up.bias"][kept], "down.weight": parts["down.weight"][:, kept]}


def draw(path: Path, out: Path) -> None:
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams |= {"svg.hashsalt": "edgeward", "svg.fonttype": "none", "font.family": "sans-serif", "font.sans-serif": ["Helvetica", "Arial", "DejaVu Sans"]}
    from matplotlib import pyplot

    rows = sorted(json.loads(path.read_text()), key=lambda row: row["milliseconds"])
    figure, axes = pyplot.subplots(figsize=(7, 4.2), layout="constrained")
    for head, color, marker in (("user", "#2563eb", "o"), ("data", "#b45309", "s")):
        axes.plot([row["milliseconds"] for row in rows], [100 * row[head] for row in rows], color=color, marker=marker, label=head)
    for row in rows:
        axes.annotate(f"{row['name']}\n{row['megabytes']:.1f} MB", (row["milliseconds"], 100 * max(row["user"], row["data"])), xytext=(-6, 8), textcoords="offset points", ha="right", fontsize=8)
    axes.set(xlabel="one window of 64 tokens, one thread of onnxruntime-web, ms (median)", ylabel="macro recall at 1 % false positives, %")
    axes.set_xlim(0, 1.08 * rows[-1]["milliseconds"])
    axes.margins(y=0.2)
    axes.grid(alpha=0.25)
    axes.legend(title="head, tier 2 alone", loc="lower right", frameon=False)
    figure.savefig(out, metadata={"Date": None})


def main() -> None:
    parse = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parse.add_subparsers(dest="command", required=True)
    cutting = commands.add_parser("cut")
    cutting.add_argument("start", type=Path)
    cutting.add_argument("out", type=Path)
    cutting.add_argument("--layers", type=lambda text: [int(number) for number in text.split(",")], required=True)
    cutting.add_argument("--inner", type=int)
    drawing = commands.add_parser("draw")
    drawing.add_argument("rows", type=Path)
    drawing.add_argument("out", type=Path)
    options = parse.parse_args()
    if options.command == "cut":
        cut(options.start, options.out, options.layers, options.inner)
    else:
        draw(options.rows, options.out)


if __name__ == "__main__":
    main()
