"""Fine-tuning: an encoder and the rows become a detector.

    python tune.py EXAMPLES.npz VOCAB.txt START.pt OUT.pt --fold F --tokens MILLIONS

Fold F (its sources, and whatever stands in its documents) is never trained on; -1 trains on everything. Rows are drawn
by weight, attacks at 0.45 of the draws, and cut to windows of at most 128 tokens: around the injected span where one
is known, or past it, and then the window is harmless. Goes on from OUT.state where it was stopped.
Under `torchrun --nproc-per-node 2` two processes share the work.
"""
from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from encoder import Detector, Shape, save
from together import FIRST, RANK, WORLD, average, join, leave

WINDOW = 128
BATCH_TOKENS = 4096
ATTACK_SHARE = 0.45
COMPOSED, COMPOSED_WEIGHT = 4, 1.8
"""Rows of `compose.py` count for more than in tier 1: only they say where an instruction stands."""
TOKEN_LOSS = 0.5
MEET = 16
SAVE_SECONDS = 180


class Rows:
    """The arrays of `examples.py`, and windows drawn from them."""

    def __init__(self, path: Path, vocabulary: list[str]):
        with np.load(path, allow_pickle=False) as arrays:
            for key in arrays.files:
                setattr(self, key, arrays[key])
        self.cls, self.sep, self.mask = (vocabulary.index(name) for name in ("[CLS]", "[SEP]", "[MASK]"))
        self.size = len(vocabulary)

    def trainable(self, fold: int) -> np.ndarray:
        there = (self.user_weight > 0) | (self.data_weight > 0)
        return there if fold < 0 else there & (self.fold != fold) & (self.carrier != fold)

    def chances(self, usable: np.ndarray) -> np.ndarray:
        weight = np.maximum(self.user_weight, self.data_weight).astype(np.float64) * usable
        weight[self.made == COMPOSED] *= COMPOSED_WEIGHT
        attack = ((self.user == 1) & (self.user_weight > 0)) | ((self.data == 1) & (self.data_weight > 0))
        for side, share in ((attack, ATTACK_SHARE), (~attack, 1 - ATTACK_SHARE)):
            weight[side] *= share / weight[side].sum()
        return weight

    def window(self, row: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, tuple[float, float], tuple[float, float]]:
        """ids, marks, labels and weights of the two heads (weight 0: not known)."""
        start, end = self.at[row], self.at[row + 1]
        ids, marks = self.ids[start:end], self.marks[start:end]
        labels = [float(self.user[row]), float(self.data[row])]
        top = max(self.user_weight[row], self.data_weight[row])
        weights = [self.user_weight[row] / top, self.data_weight[row] / top]
        room = WINDOW - 2
        injected = np.flatnonzero(marks == 1)
        if (len(injected) or labels[0] < 1 > labels[1]) and rng.random() < 0.5:
            # Where the label of a part is known, shorter parts say more per token.
            room = int(rng.integers(32, room))
        if len(ids) > room:
            spare = len(ids) - room
            if len(injected) and rng.random() < 0.85:
                # Somewhere in the window the span begins; long spans may be cut off.
                at = int(np.clip(injected[0] - rng.integers(0, room), 0, spare))
            elif labels[0] == 1 or labels[1] == 1:
                roll = rng.random()
                at = 0 if roll < 0.5 else spare if roll < 0.7 else int(rng.integers(0, spare + 1))
                if at:
                    weights = [w * 0.6 for w in weights]
            else:
                at = int(rng.integers(0, spare + 1)) if rng.random() < 0.7 else 0
            ids, marks = ids[at : at + room], marks[at : at + room]
            if len(injected):
                seen = (marks == 1).sum() / len(injected)
                if seen == 0:
                    labels = [0.0, 0.0]
                elif seen < 0.6:
                    weights = [w * 0.3 for w in weights]
        ids = ids.astype(np.int64)
        if rng.random() < 0.5 and len(ids) > 4:
            # Word dropout: no single word may carry the verdict.
            hit = rng.random(len(ids)) < 0.1
            ids[hit] = np.where(rng.random(hit.sum()) < 0.8, self.mask, rng.integers(5, self.size, hit.sum()))
        edge = np.array([255], np.uint8)
        return np.concatenate([[self.cls], ids, [self.sep]]), np.concatenate([edge, marks, edge]), tuple(labels), tuple(weights)


def batches(rows: Rows, chances: np.ndarray, rng: np.random.Generator) -> Iterator[list[tuple]]:
    numbers = np.flatnonzero(chances)
    p = chances[numbers] / chances[numbers].sum()
    while True:
        windows = [rows.window(row, rng) for row in rng.choice(numbers, 3000, p=p)]
        windows.sort(key=lambda one: len(one[0]))
        groups, group = [], []
        for one in windows:
            if group and len(one[0]) * (len(group) + 1) > BATCH_TOKENS:
                groups.append(group)
                group = []
            group.append(one)
        groups.append(group)
        rng.shuffle(groups)
        yield from groups


def tensors(group: list[tuple]) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    # Few widths: every new one costs memory that is never given back.
    width = -(-max(len(one[0]) for one in group) // 16) * 16
    ids = np.zeros((len(group), width), np.int64)
    marks = np.full((len(group), width), 255, np.uint8)
    padding = np.ones((len(group), width), bool)
    for i, (these, those, _, _) in enumerate(group):
        ids[i, : len(these)], marks[i, : len(these)], padding[i, : len(these)] = these, those, False
    labels, weights = np.array([one[2] for one in group], np.float32), np.array([one[3] for one in group], np.float32)
    return tuple(torch.from_numpy(x) for x in (ids, padding, marks, labels, weights))


def losses(model: Detector, group: list[tuple]) -> tuple[Tensor, Tensor]:
    ids, padding, marks, labels, weights = tensors(group)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        heads, tokens = model(ids, padding)
    text = F.binary_cross_entropy_with_logits(heads.float(), labels.clamp(0, 1), weight=weights * (labels >= 0), reduction="sum") / len(ids)
    known = marks != 255
    each = F.binary_cross_entropy_with_logits(tokens.float()[known], marks[known].float(), reduction="sum") / max(1, int(known.sum()))
    return text, each


def main() -> None:
    parse = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name in ("examples", "vocab", "start", "out"):
        parse.add_argument(name, type=Path)
    parse.add_argument("--fold", type=int, default=-1)
    parse.add_argument("--tokens", type=float, default=6.0, help="millions, all processes together")
    parse.add_argument("--rate", type=float, default=1.5e-4)
    parse.add_argument("--seed", type=int, default=1)
    options = parse.parse_args()
    join()
    torch.manual_seed(options.seed)
    vocabulary = options.vocab.read_text(encoding="utf-8").rstrip("\n").split("\n")
    rows = Rows(options.examples, vocabulary)
    loaded = torch.load(options.start, weights_only=True)
    model = Detector(Shape(**loaded["shape"]))
    # An encoder, or a detector to be trained further.
    (model if "heads.weight" in loaded["state"] else model.encoder).load_state_dict(loaded["state"])
    new = [p for name, p in model.named_parameters() if not name.startswith("encoder.")]
    old = [p for name, p in model.named_parameters() if name.startswith("encoder.")]
    optimizer = torch.optim.AdamW(
        [{"params": old, "peak": options.rate}, {"params": new, "peak": options.rate * 4}], betas=(0.9, 0.98), weight_decay=0.01, fused=True
    )
    usable = rows.trainable(options.fold)
    total, seen, step, shown = options.tokens * 1e6 / WORLD, 0, 0, [0.0, 0.0]
    state = options.out.with_suffix(f".state{RANK}")
    if state.exists():
        saved = torch.load(state, weights_only=True)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        seen, step = saved["seen"], saved["step"]
    if FIRST:
        print(f"tune: fold {options.fold}, {usable.sum()} rows, from token {seen / 1e6:.2f} M of {total / 1e6:.2f} M a process", flush=True)
    began = saved_at = time.time()
    first = seen
    for group in batches(rows, rows.chances(usable), np.random.default_rng((options.seed, RANK, step))):
        done = seen / total
        for one in optimizer.param_groups:
            one["lr"] = one["peak"] * min(1, (done + 1e-4) / 0.06, max(0.0, (1 - done) / 0.94))
        text, each = losses(model, group)
        (text + TOKEN_LOSS * each).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        seen += sum(len(one[0]) for one in group)
        step += 1
        keep = 0.98 if step > 20 else 0.8
        shown = [keep * shown[0] + (1 - keep) * text.item(), keep * shown[1] + (1 - keep) * each.item()]
        if step % MEET == 0:
            average(model)
            stop = torch.tensor([float(seen >= total)])
            if WORLD > 1:
                torch.distributed.all_reduce(stop)
            if FIRST and step % 64 == 0:
                speed = (seen - first) / (time.time() - began)
                print(f"tune: step {step} {seen / total:.0%} text {shown[0]:.4f} token {shown[1]:.4f} {speed:.0f} tokens/s", flush=True)
            if stop.item() > 0:
                break
            if time.time() - saved_at > SAVE_SECONDS:
                saved_at = time.time()
                torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "seen": seen, "step": step}, state)
    if FIRST:
        save(options.out, model, fold=options.fold, tokens=options.tokens)
    state.unlink(missing_ok=True)
    leave()


if __name__ == "__main__":
    main()
