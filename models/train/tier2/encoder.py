"""The encoder: a BERT of any depth with three heads, written out so that it is fast on a CPU and exports small.

No dropout (word dropout of the input does its work), no token types (folded into the positions), no pooler: the text's
heads read a learned mixture of the first token and the strongest features of all tokens.
"""
from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True)
class Shape:
    vocabulary: int
    layers: int = 4
    width: int = 384
    heads: int = 12
    inner: int = 1536
    positions: int = 128


class Layer(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.heads = shape.heads
        self.qkv = nn.Linear(shape.width, 3 * shape.width)
        self.out = nn.Linear(shape.width, shape.width)
        self.norm1 = nn.LayerNorm(shape.width, eps=1e-12)
        self.up = nn.Linear(shape.width, shape.inner)
        self.down = nn.Linear(shape.inner, shape.width)
        self.norm2 = nn.LayerNorm(shape.width, eps=1e-12)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        batch, tokens, width = x.shape
        each = width // self.heads
        q, k, v = self.qkv(x).view(batch, tokens, 3, self.heads, each).permute(2, 0, 3, 1, 4)
        scores = q @ k.transpose(-1, -2) * (1 / math.sqrt(each))
        if mask is not None:
            scores = scores + mask
        mixed = (torch.softmax(scores, -1) @ v).transpose(1, 2).reshape(batch, tokens, width)
        x = self.norm1(x + self.out(mixed))
        return self.norm2(x + self.down(F.gelu(self.up(x))))


class Encoder(nn.Module):
    """ids int64 [B, T], lengths int64 [B] or None (all full) -> hidden states [B, T, width]"""

    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        self.words = nn.Embedding(shape.vocabulary, shape.width)
        self.places = nn.Embedding(shape.positions, shape.width)
        self.norm = nn.LayerNorm(shape.width, eps=1e-12)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))

    def forward(self, ids: Tensor, padding: Tensor | None = None) -> Tensor:
        x = self.norm(self.words(ids) + self.places(torch.arange(ids.shape[1])))
        mask = None
        if padding is not None:
            mask = torch.zeros(padding.shape, dtype=torch.bfloat16).masked_fill_(padding, -30000.0)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, mask)
        return x


class Detector(nn.Module):
    """Logits of the text's two heads [B, 2] and of each token being part of an injected instruction [B, T]."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.encoder = Encoder(shape)
        self.mix = nn.Linear(2 * shape.width, shape.width)
        self.heads = nn.Linear(shape.width, 2)
        self.token = nn.Linear(shape.width, 1)

    def forward(self, ids: Tensor, padding: Tensor | None = None) -> tuple[Tensor, Tensor]:
        hidden = self.encoder(ids, padding)
        if padding is None:
            mean = hidden.mean(1)
        else:
            there = (~padding).to(hidden.dtype)[:, :, None]
            mean = (hidden * there).sum(1) / there.sum(1)
        text = torch.tanh(self.mix(torch.cat([hidden[:, 0], mean], -1)))
        return self.heads(text), self.token(hidden)[:, :, 0]


def from_bert(state: dict[str, Tensor], shape: Shape, keep: list[int], rows: Tensor) -> Encoder:
    """An encoder from a BERT checkpoint: layers `keep`, word vectors `rows` [vocabulary, width]."""
    model = Encoder(shape)
    p = {k.removeprefix("bert."): v.float() for k, v in state.items()}
    with torch.no_grad():
        model.words.weight.copy_(rows)
        kinds = p["embeddings.token_type_embeddings.weight"][0]
        model.places.weight.copy_(p["embeddings.position_embeddings.weight"][: shape.positions] + kinds)
        copy(model.norm, p, "embeddings.LayerNorm")
        for layer, number in zip(model.layers, keep, strict=True):
            at = f"encoder.layer.{number}."
            for kind in ("weight", "bias"):
                parts = [p[f"{at}attention.self.{name}.{kind}"] for name in ("query", "key", "value")]
                getattr(layer.qkv, kind).copy_(torch.cat(parts))
            copy(layer.out, p, at + "attention.output.dense")
            copy(layer.norm1, p, at + "attention.output.LayerNorm")
            copy(layer.up, p, at + "intermediate.dense")
            copy(layer.down, p, at + "output.dense")
            copy(layer.norm2, p, at + "output.LayerNorm")
    return model


def copy(module: nn.Module, state: dict[str, Tensor], name: str) -> None:
    module.weight.copy_(state[name + ".weight"])
    module.bias.copy_(state[name + ".bias"])


def save(path: Path, model: Encoder | Detector, **more: object) -> None:
    shape = model.shape if isinstance(model, Encoder) else model.encoder.shape
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    torch.save({"shape": asdict(shape), "state": model.state_dict(), **more}, partial)
    partial.replace(path)
