// Models of a few nodes in ONNX's format, a message of protocol buffers: onnx.proto has the numbers of
// its fields.

type Bytes = readonly number[];

/** An array that a model is given or gives: f32. */
export interface OnnxArray {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  /** A number, or a list of them. */
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>;
}

/** Nodes in their order; inputs and output by name. */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxArray[];
  readonly output: OnnxArray;
}

const IR_VERSION = 8;
const OPERATIONS_VERSION = 17;
const FLOAT = 1;
const [INT, INTS] = [2, 7];

function varint(value: number): Bytes {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest & 127) | 128);
  return [...bytes, rest];
}

const int = (field: number, value: number): Bytes => [...varint(8 * field), ...varint(value)];

function message(field: number, ...parts: readonly Bytes[]): Bytes {
  const bytes = parts.flat();
  return [...varint(8 * field + 2), ...varint(bytes.length), ...bytes];
}

const text = (field: number, value: string): Bytes =>
  message(field, [...new TextEncoder().encode(value)]);

function array(field: number, { name, shape }: OnnxArray): Bytes {
  const extents = message(2, ...shape.map((extent) => message(1, int(1, extent))));
  return message(field, text(1, name), message(2, message(1, int(1, FLOAT), extents)));
}

function attribute([name, value]: readonly [string, number | readonly number[]]): Bytes {
  return typeof value === 'number'
    ? message(5, text(1, name), int(3, value), int(20, INT))
    : message(5, text(1, name), ...value.map((v) => int(8, v)), int(20, INTS));
}

/** The bytes of a model. */
export function onnxModel({ nodes, inputs, output }: OnnxGraph): Uint8Array {
  const graph = message(
    7,
    ...nodes.map(({ op, attributes = {}, ...node }) =>
      message(
        1,
        ...node.inputs.map((name) => text(1, name)),
        text(2, node.output),
        text(4, op),
        ...Object.entries(attributes).map(attribute),
      ),
    ),
    text(2, 'graph'),
    ...inputs.map((input) => array(11, input)),
    array(12, output),
  );
  return Uint8Array.from([
    ...int(1, IR_VERSION),
    ...graph,
    ...message(8, int(2, OPERATIONS_VERSION)),
  ]);
}
