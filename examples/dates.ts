/** Turns dates as people write them into the ISO form, with attention over their characters. */
import { compile, fromData, manualSeed, noGrad, type Tensor } from 'gradus';
import { crossEntropy, SequenceToSequence } from 'gradus/nn';
import { Adam, clipGradNorm } from 'gradus/optim';
import { CharacterTokenizer } from 'gradus/text';

const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const MONTHS =
  'January February March April May June July August September October November December'.split(
    ' ',
  );

/** One date in one of several forms, and as it shall be. Each fifth day is for the test alone. */
function pair(random: () => number, isTest: boolean): [source: string, target: string] {
  let days: number;
  do days = Math.floor(random() * 36525);
  while ((days % 5 === 0) !== isTest);
  const date = new Date(Date.UTC(1950, 0, 1 + days));
  const [day, month, year] = [date.getUTCDate(), date.getUTCMonth(), date.getUTCFullYear()];
  const name = random() < 0.5 ? MONTHS[month]! : MONTHS[month]!.slice(0, 3);
  const forms = [
    `${day} ${name} ${year}`,
    `${name} ${day}, ${year}`,
    `${DAYS[date.getUTCDay()]}, ${day} ${name} ${year}`,
    `${String(day).padStart(2, '0')}.${String(month + 1).padStart(2, '0')}.${year}`,
    `${month + 1}/${day}/${year}`,
  ];
  const source = forms[Math.floor(random() * forms.length)]!;
  return [random() < 0.3 ? source.toLowerCase() : source, date.toISOString().slice(0, 10)];
}

/** Numbers on [0, 1) from a seed: Lehmer's generator. */
function lehmer(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

const PAD = '\0';
const WIDTH = 30;
const source = CharacterTokenizer.fromText(
  PAD +
    DAYS.join() +
    MONTHS.join().toLowerCase() +
    MONTHS.join() +
    DAYS.join().toLowerCase() +
    ' ./0123456789',
);
const target = CharacterTokenizer.fromText('>-0123456789');
const [begin] = target.encode('>');

/** Sources [N, S] with their lengths, targets [N, T], and targets behind the symbol they begin with. */
function batch(pairs: readonly (readonly [string, string])[]) {
  const ids = (tokenizer: CharacterTokenizer, texts: readonly string[]): Tensor => {
    const rows = texts.map((text) => [...tokenizer.encode(text)]);
    return fromData(Int32Array.from(rows.flat()), [rows.length, rows[0]!.length]);
  };
  return {
    x: ids(
      source,
      pairs.map(([text]) => text.padEnd(WIDTH, PAD)),
    ),
    lengths: fromData(
      Int32Array.from(pairs, ([text]) => text.length),
      [pairs.length],
    ),
    given: ids(
      target,
      pairs.map(([, date]) => `>${date}`.slice(0, -1)),
    ),
    y: ids(
      target,
      pairs.map(([, date]) => date),
    ),
  };
}

manualSeed(1);
const model = new SequenceToSequence(source.vocabularySize, target.vocabularySize, {
  hiddenSize: 48,
  embeddingSize: 24,
});
const optimizer = new Adam(model.parameters(), { lr: 4e-3 });

const step = compile((x: Tensor, lengths: Tensor, given: Tensor, y: Tensor) => {
  const logits = model.forward(x, given, { lengths });
  const loss = crossEntropy(logits.reshape([y.size, target.vocabularySize]), y.reshape([y.size]));
  optimizer.zeroGrad();
  loss.backward();
  clipGradNorm(model.parameters(), 1);
  optimizer.step();
  return loss;
});

const steps = 600;
const random = lehmer(1);
for (let i = 1; i <= steps; i++) {
  optimizer.lr = 4e-3 * 0.5 * (1 + Math.cos((Math.PI * i) / steps));
  const { x, lengths, given, y } = batch(Array.from({ length: 64 }, () => pair(random, false)));
  const loss = step(x, lengths, given, y);
  if (i % 100 === 0) console.log(`step ${i}: loss ${loss.item().toFixed(4)}`);
}

// Days that it has not seen, written greedily; right is only what is right to the last digit.
const other = lehmer(2);
const test = Array.from({ length: 1000 }, () => pair(other, true));
const translate = compile((x: Tensor, lengths: Tensor) =>
  noGrad(() => model.translate(x, { begin: begin!, length: 10, lengths })),
);
const { x, lengths } = batch(test);
const written = translate(x, lengths)
  .unbind(0)
  .map((row) => target.decode(row.dataSync()));
for (const [i, [text]] of test.slice(0, 4).entries()) console.log(`${text} → ${written[i]}`);
const right = test.filter(([, date], i) => written[i] === date).length;
console.log(`exact matches: ${right} of ${test.length}`);
