/** Graphs, and networks on them: data, transforms, message passing, layers and pooling. */
export { EdgeIndex, type EdgeEnds } from './edge-index.js';
export { Graph, type EdgeTensors, type GraphParts, type NodeTensors } from './graph.js';
export type { Aggregation } from './aggregate.js';
export { APPNP, type APPNPOptions } from './appnp.js';
export { AttentionLayer, type AttentionOptions, type EdgeAttention } from './attention-layer.js';
export { ChebConv, type ChebConvOptions, type LaplacianNormalization } from './cheb-conv.js';
export { GATConv } from './gat-conv.js';
export { GATv2Conv, type GATv2Options } from './gatv2-conv.js';
export { GCNConv, type GCNConvOptions } from './gcn-conv.js';
export { gcnPropagate, type GcnPropagateOptions } from './gcn-propagate.js';
export { GINConv, type GINConvOptions } from './gin-conv.js';
export type { GraphLayerOptions } from './glorot.js';
export { GraphConv, type GraphConvOptions } from './graph-conv.js';
export { MessagePassing, type MessagePassingOptions, type Named } from './message-passing.js';
export { SAGEConv, type SAGEConvOptions } from './sage-conv.js';
export { segmentSoftmax } from './segment-softmax.js';
export { SGConv, type SGConvOptions } from './sg-conv.js';
export {
  AttentionalAggregation,
  globalAddPool,
  globalMaxPool,
  globalMeanPool,
} from './global-pool.js';
export { GraphBatch } from './graph-batch.js';
export { GraphNorm, type GraphNormOptions } from './graph-norm.js';
export { JumpingKnowledge, type JumpingKnowledgeOptions } from './jumping-knowledge.js';
export { TopKPooling, type Pooled, type TopKPoolingOptions } from './top-k-pooling.js';
export { connectedComponents, largestConnectedComponent } from './transforms/components.js';
export { dropoutEdge, type DropoutEdgeOptions } from './transforms/dropout-edge.js';
export { gcnNorm } from './transforms/gcn-norm.js';
export { kHopSubgraph, type KHopSubgraph } from './transforms/k-hop-subgraph.js';
export {
  randomLinkSplit,
  type LinkSplit,
  type RandomLinkSplitOptions,
} from './transforms/random-link-split.js';
export { randomNodeSplit, type RandomNodeSplitOptions } from './transforms/random-node-split.js';
export { addRandomWalkPE } from './transforms/random-walk-pe.js';
export { addSelfLoops, removeSelfLoops, type SelfLoopOptions } from './transforms/self-loops.js';
export { subgraph } from './transforms/subgraph.js';
export { coalesce, toUndirected } from './transforms/to-undirected.js';
export { parseGraphFiles, type GraphFiles, type GraphFilesOptions } from './graph-files.js';
export { karateClub } from './karate-club.js';
export { readEdgeList, type EdgeListOptions } from './read-edge-list.js';
