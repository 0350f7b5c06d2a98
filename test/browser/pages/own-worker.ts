/** A person's own worker, which speaks to its page in its own way. */
import { compile, manualSeed, tensor } from '../../../src/tensor/index.js';
import { Linear, mseLoss } from '../../../src/nn/index.js';
import { SGD } from '../../../src/optim/index.js';

addEventListener('message', ({ data: steps }: MessageEvent<number>) => {
  manualSeed(1);
  const model = new Linear(1, 1);
  const optimizer = new SGD(model.parameters(), { lr: 0.1 });
  const [x, y] = [tensor([[0], [1], [2]]), tensor([[1], [3], [5]])];
  const step = compile(() => {
    optimizer.zeroGrad();
    const loss = mseLoss(model.forward(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  });
  for (let i = 0; i < steps; i++) step();
  postMessage([model.weight.item(), model.bias!.item()]);
});
