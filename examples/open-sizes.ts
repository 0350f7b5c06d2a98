/**
 * Graphs of any size up to a bound, one program: message passing that learns how many paths of two
 * edges end at each node.
 */
import { Parameter, compile, manualSeed, ones, randint, randn, zeros, type Tensor } from 'gradus';
import { relu } from 'gradus/nn';
import { Adam } from 'gradus/optim';

manualSeed(1);
const first = new Parameter(randn([1, 8]));
const second = new Parameter(randn([8, 8]).mul(0.3));
const last = new Parameter(randn([8, 1]).mul(0.3));
const optimizer = new Adam([first, second, last], { lr: 0.01 });

/** x [V, F] → [V, F]: at each node the sum over the edges that end there of what they come from. */
function sumOverEdges(x: Tensor, from: Tensor, to: Tensor): Tensor {
  const messages = x.indexSelect(0, from);
  return zeros(x.shape).scatterAdd(0, to.unsqueeze(1).expand(messages.shape), messages);
}

const step = compile(
  (x: Tensor, from: Tensor, to: Tensor) => {
    optimizer.zeroGrad();
    const hidden = relu(sumOverEdges(x, from, to).matmul(first));
    const predicted = relu(sumOverEdges(hidden, from, to).matmul(second)).matmul(last);
    const paths = sumOverEdges(sumOverEdges(x, from, to), from, to);
    const loss = predicted.sub(paths).pow(2).mean();
    loss.backward();
    optimizer.step();
    return loss.sqrt();
  },
  { bounds: [{ V: 60 }, { E: 240 }, { E: 240 }] },
);

for (let i = 0; i <= 600; i++) {
  const nodes = 10 + ((i * 7) % 51);
  const edges = nodes + ((i * 31) % (3 * nodes));
  const [from, to] = [randint(0, nodes, [edges]), randint(0, nodes, [edges])];
  const error = step(ones([nodes, 1]), from, to).item();
  if (i % 100 > 0) continue;
  console.log(`step ${i}: ${nodes} nodes, ${edges} edges, error ${error.toFixed(3)} paths`);
}
console.log(`programs compiled: ${step.compilations}`);
