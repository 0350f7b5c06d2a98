import { evaluate, fit } from '../train/index.js';
import { percent, table } from './format.js';
import { InterruptError } from './interrupt.js';
import { paint, printLine, type Io } from './io.js';
import { OPTIMIZERS } from '../optim/index.js';
import { DEFAULT_SCHEDULE } from './schedules.js';
import { sparkline, thinned } from './sparkline.js';
import { prepareTraining, type TrainingPlan } from './training.js';

/** The five of the notes. */
const RACERS = ['sgd', 'momentum', 'adagrad', 'rmsprop', 'adam'];
const STEPS = 100;
/** Characters of each curve, and steps at the end that the loss is a mean of. */
const COLUMNS = 25;
const LAST = 10;

/** What a race is run with: all but what differs, and what its length decides. */
export type RacePlan = Pick<
  TrainingPlan,
  'family' | 'familyOptions' | 'data' | 'seed' | 'batchSize' | 'device'
>;

/** How an optimizer did. */
export interface Racer {
  readonly name: string;
  readonly lr: number;
  /** Of each step. */
  readonly losses: readonly number[];
  /** Of the validation part, after the last step. */
  readonly accuracy: number;
}

/**
 * Trains a model by each of the five optimizers of the notes for a few steps, from the same weights and
 * on the same batches, each with a learning rate of its usual size.
 *
 * @throws InterruptError when `signal` fires.
 */
export async function raceOptimizers(plan: RacePlan, signal: AbortSignal): Promise<Racer[]> {
  const racers: Racer[] = [];
  for (const name of RACERS) {
    const { lr } = OPTIMIZERS[name]!;
    const schedule = { ...DEFAULT_SCHEDULE, schedule: 'constant' };
    const rest = { epochs: 1, optimizer: name, lr, schedule, valFraction: 1 / 12 };
    const {
      trained: model,
      optimizer,
      train,
      validation,
      objective,
    } = prepareTraining({
      ...plan,
      ...rest,
    });
    const losses: number[] = [];
    await fit({
      model,
      optimizer,
      ...objective,
      train,
      epochs: Math.ceil(STEPS / train.length),
      metrics: [],
      callbacks: [
        {
          onStep({ batchLoss }) {
            losses.push(batchLoss);
            return losses.length === STEPS ? 'stop' : undefined;
          },
        },
      ],
      signal,
    });
    const { accuracy } = await evaluate(model, validation!, { ...objective, signal });
    if (signal.aborted) throw new InterruptError('interrupted in the race of the optimizers.');
    racers.push({ name, lr, losses, accuracy: accuracy! });
  }
  return racers;
}

/** Shows a race: a line for each optimizer, with the curve of its loss. */
export function printRace(racers: readonly Racer[], io: Io): void {
  const curves = racers.map(({ losses }) => thinned(losses, COLUMNS));
  // One scale for all, so that they can be compared.
  const [low, top] = [Math.min(...curves.flat()), Math.max(...curves.map((c) => c[0]!))];
  const rows = table([
    ['optimizer', 'lr', 'last loss', 'val accuracy'],
    ...racers.map(({ name, lr, losses, accuracy }) => {
      const last = losses.slice(-LAST);
      const loss = last.reduce((a, b) => a + b, 0) / last.length;
      return [name, String(lr), loss.toFixed(3), percent(accuracy)];
    }),
  ]);
  const width = Math.max(...rows.map((row) => row.length));
  for (const [i, row] of rows.entries()) {
    if (i === 0) printLine(io, paint(io, 'dim', `${row.padEnd(width)}   loss of each step`));
    else printLine(io, `${row.padEnd(width)}   ${sparkline(curves[i - 1]!, { low, top })}`);
  }
}
