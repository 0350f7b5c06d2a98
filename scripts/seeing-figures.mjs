// Draws the figures of docs/seeing.md with a LeNet trained on drawn digits, which takes half a minute:
// `npm run build && node scripts/seeing-figures.mjs`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './prepare.mjs';

const load = (entry) => import(new URL(`../dist/${entry}index.js`, import.meta.url));
const { fromData, manualSeed, tensor, zeros, Generator, stack } = await load('');
const { DataLoader, DIGITS_NORMALIZATION, digits } = await load('data/');
const { encodePng } = await load('io/');
const { crossEntropy, Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential } = await load('nn/');
const { Adam } = await load('optim/');
const seeing = await load('seeing/');
const { evaluate, fit } = await load('train/');

const folder = join(root, 'docs', 'seeing');
mkdirSync(folder, { recursive: true });
const write = (name, picture) => writeFileSync(join(folder, `${name}.png`), encodePng(picture));

const raw = digits({ count: 1000, part: 'test' });
const test = raw.normalized('x', DIGITS_NORMALIZATION);
manualSeed(0);
const model = new Sequential({
  conv1: new Conv2d(1, 6, 5, { padding: 2 }),
  act1: new ReLU(),
  pool1: new MaxPool2d(2),
  conv2: new Conv2d(6, 16, 5),
  act2: new ReLU(),
  pool2: new MaxPool2d(2),
  flatten: new Flatten(),
  fc1: new Linear(400, 84),
  act3: new ReLU(),
  fc2: new Linear(84, 10),
});
const part = digits({ count: 6000 }).normalized('x', DIGITS_NORMALIZATION);
await fit({
  model,
  optimizer: new Adam(model.parameters(), { lr: 2e-3 }),
  loss: crossEntropy,
  train: new DataLoader(part, { batchSize: 64, shuffle: true, seed: 0 }),
  epochs: 3,
});
const { accuracy } = await evaluate(model, new DataLoader(test, { batchSize: 500 }));
console.log(`test accuracy ${accuracy}`);

const labels = raw.column('y').values;
const firstOf = (digit) => labels.indexOf(digit);
const inputOf = (index) => {
  const { values, shape } = test.batch(Int32Array.from(index)).x;
  return fromData(values, shape);
};
const imageOf = (i) => {
  const { values, shape, dtype } = raw.batch(Int32Array.of(i)).x;
  return { dtype, shape: shape.slice(1), values };
};
/** Pictures [3, H, W] of bytes side by side. */
const sideBySide = (pictures, columns) =>
  seeing.tile(
    stack(pictures.map(({ values, shape }) => tensor(Float32Array.from(values), { shape }))),
    {
      columns,
      gap: 4,
      range: [0, 255],
    },
  );

write('filters', seeing.tile(seeing.filters(model.at(0)), { columns: 6, scale: 16, gap: 6 }));

const five = inputOf([firstOf(5)]);
for (const [name, scale] of [
  ['act1', 4],
  ['act2', 8],
]) {
  const [{ output }] = seeing.featureMaps(model, five, { layers: [name] });
  const [, channels, ...size] = output.shape;
  write(name, seeing.tile(output.reshape([channels, 1, ...size]), { columns: 8, scale, gap: 4 }));
}

const black = tensor(
  new Float32Array(784).fill(-DIGITS_NORMALIZATION.mean / DIGITS_NORMALIZATION.std),
  {
    shape: [1, 28, 28],
  },
);
const explained = {
  saliency: (x, target) => seeing.saliency(model, x, { target }),
  smoothGrad: (x, target) =>
    seeing.smoothGrad(model, x, { target, generator: new Generator(0) }).abs(),
  integratedGradients: (x, target) =>
    seeing.integratedGradients(model, x, { target, baseline: black, steps: 100 }),
  occlusion: (x, target) => seeing.occlusion(model, x, { target, window: 4, stride: 2 }),
  gradCam: (x, target) => seeing.gradCam(model, x, { target }),
};
const rows = [2, 5, 8].flatMap((digit) => {
  const i = firstOf(digit);
  const plain = seeing.overlay(imageOf(i), zeros([28, 28]), { opacity: 0, scale: 4 });
  const maps = Object.values(explained).map((of) => of(inputOf([i]), digit));
  return [
    plain,
    ...maps.map((map) => seeing.overlay(imageOf(i), map, { scale: 4, opacity: 0.75 })),
  ];
});
write('methods', sideBySide(rows, 6));

const each = Array.from({ length: 10 }, (_, digit) => firstOf(digit));
write(
  'grad-cam',
  sideBySide(
    each.map((i, target) =>
      seeing.overlay(imageOf(i), seeing.gradCam(model, inputOf([i]), { target }), { scale: 3 }),
    ),
    5,
  ),
);

/** Colours that are distinct for every kind of sight (Okabe and Ito), and shapes for more classes. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000'];

function markOf(x, y, label) {
  const fill = `fill="${COLOURS[label % 7]}" fill-opacity="0.8"`;
  const [cx, cy] = [x.toFixed(1), y.toFixed(1)];
  if (label < 7) return `<circle cx="${cx}" cy="${cy}" r="3" ${fill}/>`;
  return `<path d="M${cx} ${(y - 4).toFixed(1)}l4 7h-8z" ${fill}/>`;
}

function scatter(title, points, left) {
  const [xs, ys] = [0, 1].map((axis) => points.map((p) => p[axis]));
  const scale = (v, all, from, to) =>
    from + ((v - Math.min(...all)) / (Math.max(...all) - Math.min(...all))) * (to - from);
  const marks = points.map(([x, y], i) =>
    markOf(scale(x, xs, left + 10, left + 330), scale(y, ys, 330, 34), shown[i]),
  );
  return `<text x="${left + 10}" y="18" font-size="14">${title}</text>${marks.join('\n')}`;
}

const index = Array.from({ length: 500 }, (_, i) => i);
const shown = index.map((i) => labels[i]);
const points = seeing.embeddings(model, inputOf(index));
const principal = seeing.pca(points).transform(points).tolist();
const { embedding, klDivergence } = seeing.tSne(points);
console.log(`KL divergence ${klDivergence}`);
const legend = Array.from({ length: 10 }, (_, label) => {
  const x = 24 + 60 * label;
  return `${markOf(x, 356, label)}<text x="${x + 8}" y="361" font-size="13">${label}</text>`;
});
writeFileSync(
  join(folder, 'embeddings.svg'),
  `<svg xmlns="http://www.w3.org/2000/svg" width="680" height="372" font-family="sans-serif">
<rect width="680" height="372" fill="#fff"/>
${scatter('PCA', principal, 0)}
${scatter('t-SNE', embedding.tolist(), 340)}
${legend.join('\n')}
</svg>
`,
);
