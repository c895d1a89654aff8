"""The shrunk encoder with our vocabulary: known words keep their vectors, new pieces begin as the mean of their old parts.

    python start.py SHRUNK.pt VOCAB.txt OUT.pt
"""
from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import torch
from tokenizers import BertWordPieceTokenizer

from encoder import Encoder, Shape, save
from pretrained import pretrained


def main() -> None:
    shrunk, now, out = (Path(argument) for argument in sys.argv[1:4])
    before = pretrained() / "vocab.txt"
    loaded = torch.load(shrunk, weights_only=True)
    old = Encoder(Shape(**loaded["shape"]))
    old.load_state_dict(loaded["state"])
    words = old.words.weight.detach()
    tokens = now.read_text(encoding="utf-8").rstrip("\n").split("\n")
    known = {token: i for i, token in enumerate(before.read_text(encoding="utf-8").rstrip("\n").split("\n"))}
    tokenizer = BertWordPieceTokenizer(str(before), lowercase=True)
    draw = torch.Generator().manual_seed(1)
    typical = words[1000:].mean(0)
    spread = words[1000:].std(0)
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
    model = Encoder(replace(old.shape, vocabulary=len(tokens)))
    state = dict(old.state_dict())
    state["words.weight"] = rows
    model.load_state_dict(state)
    save(out, model)


if __name__ == "__main__":
    main()
