// What docs/language.md shows of a model in training: `node scripts/language-stages.mjs input.txt`.
// The model, recipe and seed are those of `gradus train char-lstm --schedule cosine --clip 1`.
import { readFileSync } from 'node:fs';
import '../dist/native.js';
import { manualSeed } from '../dist/index.js';
import { asArrays, DataLoader } from '../dist/data/index.js';
import { generate, RecurrentLanguageModel } from '../dist/nn/index.js';
import { Adam, CosineAnnealingLR } from '../dist/optim/index.js';
import { CharacterTokenizer } from '../dist/text/index.js';
import { fit, scheduled, StreamedModel, textStreams } from '../dist/train/index.js';

const text = readFileSync(process.argv[2], 'utf8');
const tokenizer = CharacterTokenizer.fromText(text);
const ids = tokenizer.encode(text);
manualSeed(0);
const model = new RecurrentLanguageModel(tokenizer.vocabularySize, {
  hiddenSize: 340,
  embeddingSize: 64,
  dropout: 0.2,
});
const streams = { streams: 16, window: 64 };
const streamed = new StreamedModel(model, streams.streams);
const set = textStreams(ids.subarray(0, Math.floor(ids.length * 0.9)), streams);
const train = new DataLoader(set, { batchSize: 16 * 64, collate: asArrays, reuse: true });
const optimizer = new Adam(model.parameters(), { lr: 3e-3 });
const epochs = 10;
const cosine = new CosineAnnealingLR(optimizer, { tMax: epochs * train.length });

async function write(stage) {
  const options = { prompt: 'First Citizen:\n', length: 240, temperature: 0.8, seed: 1 };
  let written = options.prompt;
  for await (const piece of generate(model, tokenizer, options)) written += piece;
  console.log(`--- ${stage}\n${written}`);
}

/** Writes behind the first epoch and the last. */
const stages = {
  state: () => null,
  onEpochEnd: ({ record }) =>
    [1, epochs].includes(record.epoch) ? write(`epoch ${record.epoch}`) : undefined,
};
await write('before training');
const callbacks = [streamed, scheduled(cosine, { every: 'step' }), stages];
await fit({ model: streamed, optimizer, clipGradNorm: 1, train, epochs, callbacks });
