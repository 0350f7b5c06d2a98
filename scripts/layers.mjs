// The arrows between the folders of src (see "The layers" in the design notes): what each layer may
// import besides itself. Order matters only to the reader; cycles are checked file by file.

const engine = ['core', 'graph', 'ops', 'autograd', 'compiler', 'runtime', 'backends'].map(
  (name) => `engine/${name}`,
);
// What stands on tensors sees the engine's core (dtypes, shapes, errors) and none of its machinery.
const onTensor = ['engine/core', 'tensor'];
const library = ['nn', 'seeing', 'optim', 'gnn', 'sparse', 'metrics', 'data', 'io', 'text'];

export const layers = {
  ...Object.fromEntries(engine.map((name, i) => [name, engine.slice(0, i)])),
  tensor: engine,
  nn: onTensor,
  seeing: [...onTensor, 'nn', 'io'],
  optim: onTensor,
  sparse: onTensor,
  gnn: [...onTensor, 'nn', 'sparse', 'data'],
  metrics: onTensor,
  io: onTensor,
  data: [...onTensor, 'io'],
  text: [...onTensor, 'data', 'io'],
  train: [...onTensor, ...library],
  browser: [...engine, 'tensor', ...library, 'train'],
  cli: [...engine, 'tensor', ...library, 'train', 'entry'],
  // The entries directly in src.
  entry: [...engine, 'tensor', ...library, 'train'],
};

const entries = ['src/index.ts', 'src/native.ts'];

/** The layer a source file belongs to, or undefined if it lies outside the plan. */
export function layerOf(path) {
  if (entries.includes(path)) return 'entry';
  return Object.keys(layers).find((name) => path.startsWith(`src/${name}/`));
}

/**
 * True for the files that may use node:*; tsconfig.web.json excludes the same ones. Only the entries
 * of a folder count as such by name: src/engine/graph/node.ts is about the nodes of a graph.
 */
export function isNodeOnly(path) {
  return /^src\/(native\.ts|cli\/|engine\/backends\/native\/|[^/]+\/node(\.ts|\/))/.test(path);
}
