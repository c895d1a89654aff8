"""The pretrained six layers into fewer: the smaller encoder learns to end in the same hidden states.

    python shrink.py TEXTS.jsonl LAYERS[,LAYERS...] OUT.pt [MINUTES]

Needs texts, no labels.
Run under `torchrun --nproc-per-node 2` to use two cores.
"""
from __future__ import annotations

import json
import math
import sys
import time
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from wordpiece import wordpiece
from torch import nn

from encoder import Shape, from_bert, save
from pretrained import pretrained
from together import FIRST, RANK, WORLD, average, join, leave

WINDOW = 128
BATCH_TOKENS = 4096
RATE = 3e-4
MEET = 16


def windows(texts: Path, vocabulary: Path) -> list[np.ndarray]:
    """Windows of 8 to 128 tokens, special tokens included; at most three of one text."""
    tokenizer = wordpiece(vocabulary)
    chosen: list[str] = []
    with open(texts, encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number % WORLD == RANK:
                row = json.loads(line)
                if row["made"] == "source":
                    chosen.append(row["text"][:3000])
    found = []
    rng = np.random.default_rng(1 + RANK)
    rng.shuffle(chosen)
    for encoded in tokenizer.encode_batch(chosen[:70_000], add_special_tokens=False):
        ids = encoded.ids
        for at in range(0, min(len(ids), 3 * (WINDOW - 2)), WINDOW - 2):
            part = ids[at : at + WINDOW - 2]
            if len(part) >= 6:
                found.append(np.array([101, *part, 102], np.int64))
    return found


def batches(found: list[np.ndarray], rng: np.random.Generator):
    """Batches of windows of about equal length, endlessly: ids and padding."""
    while True:
        order = rng.permutation(len(found))
        for chunk in np.array_split(order, max(1, len(order) // 4096)):
            chunk = sorted(chunk, key=lambda i: len(found[i]))
            groups, group = [], []
            for i in chunk:
                if group and len(found[i]) * (len(group) + 1) > BATCH_TOKENS:
                    groups.append(group)
                    group = []
                group.append(i)
            groups.append(group)
            rng.shuffle(groups)
            for group in groups:
                width = max(len(found[i]) for i in group)
                ids = np.zeros((len(group), width), np.int64)
                for row, i in enumerate(group):
                    ids[row, : len(found[i])] = found[i]
                yield torch.from_numpy(ids), torch.from_numpy(ids == 0)


def main() -> None:
    texts, keep, out = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    minutes = float(sys.argv[4]) if len(sys.argv) > 4 else 13
    join()
    torch.manual_seed(1)
    state = load_file(pretrained() / "model.safetensors")
    words = state["embeddings.word_embeddings.weight"].float()
    kept = [int(number) for number in keep.split(",")]
    teacher = from_bert(state, Shape(len(words), layers=6), list(range(6)), words).eval()
    student = from_bert(state, Shape(len(words), layers=len(kept)), kept, words)
    found = windows(texts, pretrained() / "vocab.txt")
    if FIRST:
        print(f"shrink: {len(found)} windows a process, mean length {np.mean([len(w) for w in found]):.0f}", flush=True)
    optimizer = torch.optim.AdamW(student.parameters(), lr=RATE, weight_decay=0.01, betas=(0.9, 0.98), fused=True)
    began, step, shown = time.time(), 0, 0.0
    for ids, padding in batches(found, np.random.default_rng(7 + RANK)):
        spent = (time.time() - began) / (60 * minutes)
        # Time decides, not steps: the machine may be shared. All processes agree at the meeting below.
        rate = RATE * min(1, (step + 1) / 50) * 0.5 * (1 + math.cos(math.pi * min(1, spent)))
        for group in optimizer.param_groups:
            group["lr"] = rate
        with torch.autocast("cpu", dtype=torch.bfloat16):
            with torch.no_grad():
                wanted = teacher(ids, padding)
            got = student(ids, padding)
        there = ~padding
        loss = nn.functional.mse_loss(got.float()[there], wanted.float()[there])
        pooled = [((x.float() * there[:, :, None]).sum(1)) for x in (got, wanted)]
        cosine = 1 - nn.functional.cosine_similarity(*pooled).mean()
        (loss * 10 + cosine).backward()
        nn.utils.clip_grad_norm_(student.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step += 1
        shown = 0.95 * shown + 0.05 * cosine.item() if step > 1 else cosine.item()
        if step % MEET == 0:
            average(student)
            done = torch.tensor([float(spent >= 1)])
            if WORLD > 1:
                torch.distributed.all_reduce(done)
            if FIRST and step % 48 == 0:
                print(f"shrink: step {step} {spent:.0%} mse {loss.item():.4f} 1-cos {shown:.4f}", flush=True)
            if done.item() > 0:
                break
    if FIRST:
        save(out, student, kept=kept)
    leave()


if __name__ == "__main__":
    main()
