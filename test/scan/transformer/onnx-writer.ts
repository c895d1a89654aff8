/**
 * Writes small ONNX models: just enough of the protobuf to say which table answers which token.
 *
 * Field numbers are those of `onnx.proto`, IR version 8.
 *
 * @module
 */

const FLOAT = 1;
const INT32 = 6;
const INT64 = 7;

type Bytes = readonly number[];

function varint(value: number): Bytes {
  const out: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...out, rest];
    out.push((rest % 128) | 128);
  }
}

const integer = (field: number, value: number): Bytes => [...varint(field * 8), ...varint(value)];
const bytes = (field: number, value: Iterable<number>): Bytes => {
  const inside = [...value];
  return [...varint(field * 8 + 2), ...varint(inside.length), ...inside];
};
const text = (field: number, value: string): Bytes => bytes(field, new TextEncoder().encode(value));
const all = (...parts: readonly Bytes[]): Bytes => parts.flat();

interface Table {
  readonly name: string;
  readonly dims: readonly number[];
  readonly values: Float32Array;
}

const tensor = ({ name, dims, values }: Table): Bytes =>
  all(
    ...dims.map((dim) => integer(1, dim)),
    integer(2, FLOAT),
    text(8, name),
    bytes(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
  );

/** A size, or the name of one that varies. */
type Dim = number | string;

const port = (name: string, type: number, dims: readonly Dim[]): Bytes => {
  const shape = dims.map((dim) => bytes(1, typeof dim === 'number' ? integer(1, dim) : text(2, dim)));
  return all(text(1, name), bytes(2, bytes(1, all(integer(1, type), bytes(2, all(...shape))))));
};

const node = (op: string, inputs: readonly string[], output: string, attributes: readonly Bytes[] = []): Bytes =>
  all(
    ...inputs.map((name) => text(1, name)),
    text(2, output),
    text(3, output),
    text(4, op),
    ...attributes.map((attribute) => bytes(5, attribute)),
  );

const oneInteger = (name: string, value: number): Bytes => all(text(1, name), integer(3, value), integer(20, 2));
const integers = (name: string, values: readonly number[]): Bytes =>
  all(text(1, name), ...values.map((value) => integer(8, value)), integer(20, 7));

interface Graph {
  readonly nodes: readonly Bytes[];
  readonly tables: readonly Table[];
  readonly inputs: readonly Bytes[];
  readonly outputs: readonly Bytes[];
}

function model({ nodes, tables, inputs, outputs }: Graph): Uint8Array {
  const graph = all(
    ...nodes.map((one) => bytes(1, one)),
    text(2, 'graph'),
    ...tables.map((one) => bytes(5, tensor(one))),
    ...inputs.map((one) => bytes(11, one)),
    ...outputs.map((one) => bytes(12, one)),
  );
  const opset = all(text(1, ''), integer(2, 13));
  return Uint8Array.from(all(integer(1, 8), bytes(7, graph), bytes(8, opset)));
}

/**
 * This package's contract: `ids` int32 [1, n] to `heads` [1, 2] and `tokens` [1, n]. A head's logit is its largest over
 * the tokens, a token's is its own.
 *
 * @param rows by token id: logits of user, data and token
 */
export function writeOwnModel(rows: readonly (readonly [user: number, data: number, token: number])[]): Uint8Array {
  const heads = {
    name: 'head_table',
    dims: [rows.length, 2],
    values: Float32Array.from(rows.flatMap((row) => row.slice(0, 2))),
  };
  const tokens = { name: 'token_table', dims: [rows.length], values: Float32Array.from(rows.map(([, , t]) => t)) };
  return model({
    nodes: [
      node('Gather', ['head_table', 'ids'], 'by_token'),
      node('ReduceMax', ['by_token'], 'heads', [integers('axes', [1]), oneInteger('keepdims', 0)]),
      node('Gather', ['token_table', 'ids'], 'tokens'),
    ],
    tables: [heads, tokens],
    inputs: [port('ids', INT32, [1, 'n'])],
    outputs: [port('heads', FLOAT, [1, 2]), port('tokens', FLOAT, [1, 'n'])],
  });
}

/**
 * A text classifier as `@xenova/transformers` runs it: `input_ids` and `attention_mask` int64 to `logits`.
 *
 * @param rows by token id: the logit of each label, which is the largest over the tokens
 */
export function writeClassifier(rows: readonly (readonly number[])[]): Uint8Array {
  const labels = rows[0]!.length;
  return model({
    nodes: [
      node('Gather', ['table', 'input_ids'], 'by_token'),
      node('ReduceMax', ['by_token'], 'logits', [integers('axes', [1]), oneInteger('keepdims', 0)]),
    ],
    tables: [{ name: 'table', dims: [rows.length, labels], values: Float32Array.from(rows.flat()) }],
    inputs: [port('input_ids', INT64, ['b', 'n']), port('attention_mask', INT64, ['b', 'n'])],
    outputs: [port('logits', FLOAT, ['b', labels])],
  });
}
