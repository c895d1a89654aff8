"""A model with another vocabulary: known pieces keep their vectors, new ones begin as the mean of their old parts.

    python start.py MODEL.pt VOCAB.txt OUT.pt [OLD_VOCAB.txt]

MODEL is an encoder or a detector; its vocabulary is the pretrained one unless OLD_VOCAB says otherwise.
"""
from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import torch

from encoder import Detector, Encoder, Shape, save
from pretrained import pretrained
from wordpiece import wordpiece


def main() -> None:
    path, now, out = (Path(argument) for argument in sys.argv[1:4])
    before = Path(sys.argv[4]) if len(sys.argv) > 4 else pretrained() / "vocab.txt"
    loaded = torch.load(path, weights_only=True)
    kind, key = (Detector, "encoder.words.weight") if "heads.weight" in loaded["state"] else (Encoder, "words.weight")
    words = loaded["state"][key]
    tokens = now.read_text(encoding="utf-8").rstrip("\n").split("\n")
    known = {token: i for i, token in enumerate(before.read_text(encoding="utf-8").rstrip("\n").split("\n"))}
    tokenizer = wordpiece(before)
    draw = torch.Generator().manual_seed(1)
    typical, spread = words[1000:].mean(0), words[1000:].std(0)
    rows = torch.empty(len(tokens), words.shape[1])
    for i, token in enumerate(tokens):
        if token in known:
            rows[i] = words[known[token]]
            continue
        parts = tokenizer.encode(token.removeprefix("##"), add_special_tokens=False).ids
        if token.startswith("##") and parts:
            parts = [known.get("##" + tokenizer.id_to_token(part), part) for part in parts]
        parts = [part for part in parts if part != known["[UNK]"]]
        noise = torch.randn(words.shape[1], generator=draw) * spread
        rows[i] = words[parts].mean(0) + 0.1 * noise if parts else typical + 0.7 * noise
    model = kind(replace(Shape(**loaded["shape"]), vocabulary=len(tokens)))
    model.load_state_dict({**loaded["state"], key: rows})
    save(out, model)
    print(f"start: {sum(token not in known for token in tokens)} of {len(tokens)} pieces are new")


if __name__ == "__main__":
    main()
