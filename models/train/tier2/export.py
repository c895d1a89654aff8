"""A detector as ONNX: `ids` int32 [1, n] in, `heads` float [1, 2] and `tokens` float [1, n] out.

    python export.py MODEL.pt OUT.onnx [--float]

Matrix weights are int8, symmetric, a scale per column; their inputs are quantised at run time. Word vectors are int8
with a scale per row. Everything else stays float. The graph is written node by node: one product for query, key and
value, the score scale folded into the query, no mask and no padding, since a call carries one window.
"""
from __future__ import annotations

import argparse
import math
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from encoder import Shape

OPSET = 20


class Graph:
    def __init__(self, quantized: bool):
        self.quantized = quantized
        self.nodes: list[onnx.NodeProto] = []
        self.values: list[onnx.TensorProto] = []
        self.count = 0

    def name(self, hint: str) -> str:
        self.count += 1
        return f"{hint}_{self.count}"

    def constant(self, array: np.ndarray, hint: str) -> str:
        name = self.name(hint)
        self.values.append(numpy_helper.from_array(np.asarray(array, order="C"), name))
        return name

    def node(self, kind: str, inputs: list[str], hint: str = "", outputs: int = 1, **attributes: object) -> str | list[str]:
        names = [self.name(hint or kind.lower()) for _ in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, names, **attributes))
        return names[0] if outputs == 1 else names

    def words(self, ids: str, table: np.ndarray) -> str:
        if not self.quantized:
            return self.node("Gather", [self.constant(table, "words"), ids])
        scale = np.maximum(np.abs(table).max(1, keepdims=True), 1e-8) / 127
        rows = self.node("Gather", [self.constant(np.rint(table / scale).astype(np.int8), "words"), ids])
        scales = self.node("Gather", [self.constant(scale.astype(np.float32), "scales"), ids])
        return self.node("Mul", [self.node("Cast", [rows], to=TensorProto.FLOAT), scales])

    def quantize(self, x: str) -> list[str]:
        return self.node("DynamicQuantizeLinear", [x], outputs=3)

    def linear(self, x: str, weight: np.ndarray, bias: np.ndarray, exact: bool = False) -> str:
        """x · weightᵀ + bias, weight [out, in]."""
        matrix = weight.T
        if exact or not self.quantized:
            product = self.node("MatMul", [x, self.constant(matrix, "weight")])
        else:
            scale = np.maximum(np.abs(matrix).max(0), 1e-8) / 127
            whole, step, zero = self.quantize(x)
            exactly = self.node("MatMulInteger", [whole, self.constant(np.rint(matrix / scale).astype(np.int8), "weight"), zero])
            factor = self.node("Mul", [step, self.constant(scale.astype(np.float32), "scale")])
            product = self.node("Mul", [self.node("Cast", [exactly], to=TensorProto.FLOAT), factor])
        return self.node("Add", [product, self.constant(bias, "bias")])

    def norm(self, x: str, weight: np.ndarray, bias: np.ndarray) -> str:
        return self.node("LayerNormalization", [x, self.constant(weight, "gain"), self.constant(bias, "shift")], axis=-1, epsilon=1e-12)


def build(state: dict[str, np.ndarray], shape: Shape, quantized: bool) -> onnx.ModelProto:
    g = Graph(quantized)
    at = lambda name: (state[f"{name}.weight"], state[f"{name}.bias"])  # noqa: E731
    whole = lambda *numbers: g.constant(np.array(numbers, np.int64), "shape")  # noqa: E731
    each = shape.width // shape.heads
    length = g.node("Shape", ["ids"], start=1, end=2)
    places = g.node("Slice", [g.constant(state["encoder.places.weight"], "places"), whole(0), length, whole(0)])
    x = g.norm(g.node("Add", [g.words("ids", state["encoder.words.weight"]), places]), *at("encoder.norm"))
    split, merged = whole(1, -1, 3 * shape.heads, each), whole(1, -1, shape.width)
    for number in range(shape.layers):
        p = f"encoder.layers.{number}."
        weight, bias = (part.copy() for part in at(p + "qkv"))
        weight[: shape.width] /= math.sqrt(each)
        bias[: shape.width] /= math.sqrt(each)
        parts = g.node("Transpose", [g.node("Reshape", [g.linear(x, weight, bias), split])], perm=[0, 2, 1, 3])
        q, k, v = g.node("Split", [parts, whole(*[shape.heads] * 3)], outputs=3, axis=1)
        scores = g.node("Softmax", [g.node("MatMul", [q, g.node("Transpose", [k], perm=[0, 1, 3, 2])])], axis=-1)
        mixed = g.node("Transpose", [g.node("MatMul", [scores, v])], perm=[0, 2, 1, 3])
        x = g.norm(g.node("Add", [x, g.linear(g.node("Reshape", [mixed, merged]), *at(p + "out"))]), *at(p + "norm1"))
        inner = g.node("Gelu", [g.linear(x, *at(p + "up"))])
        x = g.norm(g.node("Add", [x, g.linear(inner, *at(p + "down"))]), *at(p + "norm2"))
    first = g.node("Gather", [x, g.constant(np.array(0, np.int64), "first")], axis=1)
    mean = g.node("ReduceMean", [x, whole(1)], keepdims=0)
    text = g.node("Tanh", [g.linear(g.node("Concat", [first, mean], axis=-1), *at("mix"))])
    heads = g.linear(text, *at("heads"), exact=True)
    tokens = g.linear(x, *at("token"), exact=True)
    g.nodes.append(helper.make_node("Identity", [heads], ["heads"]))
    g.nodes.append(helper.make_node("Squeeze", [tokens, whole(2)], ["tokens"]))
    graph = helper.make_graph(
        g.nodes, "edgeward", [helper.make_tensor_value_info("ids", TensorProto.INT32, [1, "n"])],
        [helper.make_tensor_value_info("heads", TensorProto.FLOAT, [1, 2]), helper.make_tensor_value_info("tokens", TensorProto.FLOAT, [1, "n"])],
        g.values,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="edgeward", ir_version=9)
    onnx.checker.check_model(model)
    return model


def main() -> None:
    parse = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parse.add_argument("model", type=Path)
    parse.add_argument("out", type=Path)
    parse.add_argument("--float", action="store_true", help="no quantisation, to measure what it costs")
    options = parse.parse_args()
    loaded = torch.load(options.model, weights_only=True)
    shape = Shape(**loaded["shape"])
    model = build({key: value.float().numpy() for key, value in loaded["state"].items()}, shape, not options.float)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, options.out)
    print(f"export: {options.out.stat().st_size / 1e6:.2f} MB, {shape}")


if __name__ == "__main__":
    main()
