import { ArgumentError } from '../engine/core/errors.js';
import type { EdgeIndex, Graph } from '../gnn/index.js';
import type { Module, StateDict } from '../nn/index.js';
import { crossEntropy } from '../nn/index.js';
import type { Optimizer } from '../optim/index.js';
import type { Tensor } from '../tensor/index.js';
import { compile, fromData, noGrad } from '../tensor/index.js';

/** A network that gives each node of a graph a score for each class. */
export type NodeClassifier = Module & {
  /** Scores [V, C] of features [V, F]; weights are [E], or null. */
  forward(x: Tensor, edges: EdgeIndex, edgeWeight: Tensor | null): Tensor;
};

/** Options of `fitNodes`. */
export interface FitNodesOptions {
  readonly optimizer: Optimizer;
  /** How often all nodes are gone through, at most. Default 200. */
  readonly epochs?: number;
  /** Stop after so many epochs without a better one on the nodes of `valMask`. Default: never. */
  readonly patience?: number;
  /** Use the graph's weights of edges. Default true. */
  readonly weighted?: boolean;
  /** Called behind each epoch. */
  readonly onEpoch?: (epoch: NodeEpoch) => void;
}

/** What an epoch came to. */
export interface NodeEpoch {
  /** From 1. */
  readonly epoch: number;
  /** The mean cross-entropy of the nodes trained on, before the step. */
  readonly loss: number;
  /** The share of the nodes of `valMask` that is right after the step. */
  readonly valAccuracy: number;
  /** The mean cross-entropy of these nodes. */
  readonly valLoss: number;
}

/** What `fitNodes` found. */
export interface FitNodesResult {
  readonly epochs: readonly NodeEpoch[];
  /** The epoch with the highest accuracy on `valMask`; of equal ones that with the least loss there. */
  readonly best: NodeEpoch;
  /** The share of the nodes of `testMask` that is right in that epoch; null without such nodes. */
  readonly testAccuracy: number | null;
}

/**
 * Trains a network to tell the classes of a graph's nodes, on the whole graph at each step: the loss is
 * that of the nodes of `trainMask`, the epoch is chosen on those of `valMask`, whose parameters the
 * model has in the end, in evaluation mode; those of `testMask` are looked at once, after that.
 *
 * @throws ArgumentError for a graph without x, y, trainMask or valMask.
 * @example
 * const optimizer = new Adam(model.parameters(), { lr: 0.01, weightDecay: 5e-4 });
 * fitNodes(model, graph, { optimizer, epochs: 200 }).testAccuracy;
 */
export function fitNodes(
  model: NodeClassifier,
  graph: Graph,
  options: FitNodesOptions,
): FitNodesResult {
  const { optimizer, epochs = 200, patience = Infinity, weighted = true, onEpoch } = options;
  if (!Number.isInteger(epochs) || epochs < 1) {
    throw new ArgumentError(`fitNodes: epochs is ${epochs}; use an integer of at least 1.`);
  }
  const { x, y } = requireParts(graph);
  const [train, val, test] = (['trainMask', 'valMask', 'testMask'] as const).map((name) =>
    membersOf(graph[name], y),
  );
  const weight = (weighted && graph.edgeWeight) || null;
  const scores = (): Tensor => model.forward(x, graph.edgeIndex, weight);
  const step = compile(function fitNodesStep() {
    optimizer.zeroGrad();
    const loss = crossEntropy(scores().indexSelect(0, train!.nodes), train!.labels);
    loss.backward();
    optimizer.step();
    return loss;
  });
  const look = compile(function fitNodesLook() {
    return noGrad(() => {
      const all = scores();
      const chosen = all.indexSelect(0, val!.nodes);
      return { classes: all.argmax(1), loss: crossEntropy(chosen, val!.labels) };
    });
  });
  const found: NodeEpoch[] = [];
  let best: NodeEpoch | undefined;
  let kept: StateDict = {};
  for (let epoch = 1; epoch <= epochs; epoch++) {
    model.train();
    const loss = step().item();
    model.eval();
    const seen = look();
    const valAccuracy = shareRight(seen.classes.dataSync(), val!);
    const now = { epoch, loss, valAccuracy, valLoss: seen.loss.item() };
    found.push(now);
    onEpoch?.(now);
    if (!best || isBetter(now, best)) {
      best = now;
      kept = model.stateDict();
    } else if (epoch - best.epoch >= patience) break;
  }
  model.loadStateDict(kept);
  const testAccuracy = test ? shareRight(look().classes.dataSync(), test) : null;
  return { epochs: found, best: best!, testAccuracy };
}

function isBetter(a: NodeEpoch, b: NodeEpoch): boolean {
  return (
    a.valAccuracy > b.valAccuracy || (a.valAccuracy === b.valAccuracy && a.valLoss < b.valLoss)
  );
}

interface Members {
  readonly nodes: Tensor;
  readonly labels: Tensor;
}

function membersOf(mask: Tensor | undefined, y: Tensor): Members | null {
  if (!mask) return null;
  const on = mask.dataSync();
  const nodes = Int32Array.from([...on.keys()].filter((v) => on[v]));
  const all = y.dataSync();
  const labels = nodes.map((v) => all[v]!);
  return { nodes: fromData(nodes, [nodes.length]), labels: fromData(labels, [labels.length]) };
}

function shareRight(classes: ArrayLike<number>, { nodes, labels }: Members): number {
  const [at, truth] = [nodes.dataSync(), labels.dataSync()];
  let right = 0;
  for (let i = 0; i < at.length; i++) if (classes[at[i]!] === truth[i]) right++;
  return right / at.length;
}

function requireParts(graph: Graph): { x: Tensor; y: Tensor } {
  const { x, y } = graph;
  const missing = (['x', 'y', 'trainMask', 'valMask'] as const).find((name) => !graph[name]);
  if (missing || !x || !y) {
    throw new ArgumentError(
      `fitNodes: the graph has no ${missing}; give features x, labels y, trainMask and valMask.`,
    );
  }
  return { x, y };
}
