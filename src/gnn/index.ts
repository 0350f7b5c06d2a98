/** Graphs, and networks on them: data, transforms, message passing, layers and pooling. */
export { EdgeIndex, type EdgeEnds } from './edge-index.js';
export { Graph, type EdgeTensors, type GraphParts, type NodeTensors } from './graph.js';
