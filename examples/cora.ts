/**
 * Papers told apart by words and citations: GCN, GAT, SGC and APPNP on Cora, the public split, over
 * several seeds. The epoch is chosen on the validation nodes, the test nodes are read once.
 *
 *     npm run example cora -- --data-dir FOLDER --seeds 10 gcn gat sgc appnp
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { manualSeed, type Tensor } from 'gradus';
import {
  APPNP,
  GATConv,
  GCNConv,
  gcnPropagate,
  parseGraphFiles,
  type EdgeIndex,
  type Graph,
} from 'gradus/graph';
import { Dropout, elu, Linear, Module } from 'gradus/nn';
import { Adam } from 'gradus/optim';
import { fitNodes } from 'gradus/train';

class GCN extends Module {
  readonly dropout = new Dropout(0.5);
  readonly first: GCNConv;
  readonly second: GCNConv;
  constructor(features: number, classes: number) {
    super();
    this.first = new GCNConv(features, 16);
    this.second = new GCNConv(16, classes);
  }
  forward(x: Tensor, edges: EdgeIndex): Tensor {
    const h = this.first.forward(this.dropout.forward(x), edges).relu();
    return this.second.forward(this.dropout.forward(h), edges);
  }
}

class GAT extends Module {
  readonly dropout = new Dropout(0.6);
  readonly first: GATConv;
  readonly second: GATConv;
  constructor(features: number, classes: number) {
    super();
    this.first = new GATConv(features, 8, { heads: 8, dropout: 0.6 });
    this.second = new GATConv(64, classes, { concat: false, dropout: 0.6 });
  }
  forward(x: Tensor, edges: EdgeIndex): Tensor {
    const h = elu(this.first.forward(this.dropout.forward(x), edges));
    return this.second.forward(this.dropout.forward(h), edges);
  }
}

class PersonalizedPageRank extends Module {
  readonly dropout = new Dropout(0.5);
  readonly first: Linear;
  readonly second: Linear;
  readonly spread = new APPNP(10, 0.1, { dropout: 0.5 });
  constructor(features: number, classes: number) {
    super();
    this.first = new Linear(features, 64);
    this.second = new Linear(64, classes);
  }
  forward(x: Tensor, edges: EdgeIndex): Tensor {
    const h = this.first.forward(this.dropout.forward(x)).relu();
    return this.spread.forward(this.second.forward(this.dropout.forward(h)), edges);
  }
}

const { values, positionals } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  allowPositionals: true,
  options: { 'data-dir': { type: 'string' }, seeds: { type: 'string', default: '1' } },
});
const folder = join(values['data-dir'] ?? process.env['GRADUS_DATA'] ?? '.', 'planetoid-cora');
if (!existsSync(folder)) {
  console.log(`There is no folder ${folder}; pass --data-dir or set GRADUS_DATA.`);
  process.exit(0);
}
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const cora = parseGraphFiles({
  edges: read('edges.csv'),
  features: read('features.txt'),
  labels: read('labels.csv'),
  train: read('train.txt'),
  val: read('val.txt'),
  test: read('test.txt'),
});
const [features, classes] = [cora.numFeatures, 7];
// What SGC does to features that do not change, it does once; a linear layer is all that is trained.
const spread = (graph: Graph): Graph => {
  const twice = gcnPropagate(gcnPropagate(graph.x!, graph.edgeIndex), graph.edgeIndex);
  return graph.with({ x: twice.detach() });
};

// The settings of the papers; of APPNP those of PyTorch Geometric's benchmark.
const recipes = {
  gcn: { make: () => new GCN(features, classes), lr: 0.01, weightDecay: 5e-4, epochs: 200 },
  gat: { make: () => new GAT(features, classes), lr: 0.005, weightDecay: 5e-4, epochs: 300 },
  sgc: { make: () => new Linear(features, classes), lr: 0.2, weightDecay: 5e-6, epochs: 100 },
  appnp: {
    make: () => new PersonalizedPageRank(features, classes),
    lr: 0.01,
    weightDecay: 5e-4,
    epochs: 200,
  },
};

for (const name of Object.keys(recipes) as (keyof typeof recipes)[]) {
  if (!(positionals.length > 0 ? positionals : ['gcn']).includes(name)) continue;
  const { make, lr, weightDecay, epochs } = recipes[name];
  const graph = name === 'sgc' ? spread(cora) : cora;
  const accuracies: number[] = [];
  const start = performance.now();
  for (let seed = 0; seed < Number(values.seeds); seed++) {
    manualSeed(seed);
    const model = make();
    const optimizer = new Adam(model.parameters(), { lr, weightDecay });
    accuracies.push(100 * fitNodes(model, graph, { optimizer, epochs }).testAccuracy!);
  }
  const mean = accuracies.reduce((a, b) => a + b, 0) / accuracies.length;
  const squares = accuracies.reduce((sum, a) => sum + (a - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / Math.max(1, accuracies.length - 1));
  const seconds = (performance.now() - start) / 1000 / accuracies.length;
  console.log(
    `${name}: ${mean.toFixed(2)} ± ${deviation.toFixed(2)} % of the test nodes over ` +
      `${accuracies.length} seeds, ${seconds.toFixed(1)} s each`,
  );
}
