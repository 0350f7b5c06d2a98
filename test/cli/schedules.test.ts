// covers: src/cli/optimization-options.ts
import { describe, expect, test } from 'vitest';
import {
  completeSchedule,
  DEFAULT_SCHEDULE,
  describeSchedule,
  scheduleCallbacks,
  SCHEDULES,
  type ScheduleFlags,
  type ScheduleSettings,
} from '../../src/cli/schedules.js';
import { UsageError } from '../../src/cli/usage-error.js';
import { SGD } from '../../src/optim/index.js';
import { Parameter, zeros } from '../../src/tensor/index.js';
import type { EpochRecord, Progress } from '../../src/train/index.js';
import { gradus } from './run-gradus.js';

const EPOCHS = 6;
const STEPS = 4;
const RECIPE = { lrDecay: 0.5 };

function settings(schedule: string, more: Partial<ScheduleSettings> = {}): ScheduleSettings {
  return completeSchedule({ ...DEFAULT_SCHEDULE, schedule, ...more }, { epochs: EPOCHS }, RECIPE);
}

/** The rate of each step of a run from 1 on, by epochs; `losses` are those of validation. */
function rates(of: ScheduleSettings, losses: readonly number[] = []): number[][] {
  const optimizer = new SGD([new Parameter(zeros([1]))], { lr: 1 });
  const callbacks = scheduleCallbacks(optimizer, of, { epochs: EPOCHS, steps: STEPS }, true);
  return Array.from({ length: EPOCHS }, (_, epoch) => {
    const seen = Array.from({ length: STEPS }, () => {
      const { lr } = optimizer;
      for (const c of callbacks) c.onStep?.({} as Progress);
      return lr;
    });
    const record = { epoch, valLoss: losses[epoch] ?? 1 } as unknown as EpochRecord;
    for (const c of callbacks) void c.onEpochEnd?.({ progress: {} as Progress, record });
    return seen;
  });
}

/** The rate of each epoch, in which it has to be the same. */
function perEpoch(of: ScheduleSettings, losses?: readonly number[]): number[] {
  const found = rates(of, losses);
  for (const epoch of found) expect(new Set(epoch).size).toBe(1);
  return found.map(([first]) => Number(first!.toPrecision(6)));
}

describe('from epoch to epoch', () => {
  const cases: readonly (readonly [string, ScheduleFlags, readonly number[]])[] = [
    ['exponential', {}, [1, 0.5, 0.25, 0.125, 0.0625, 0.03125]],
    ['exponential', { lrDecay: 0.1 }, [1, 0.1, 0.01, 1e-3, 1e-4, 1e-5]],
    ['constant', {}, [1, 1, 1, 1, 1, 1]],
    ['step', {}, [1, 1, 0.1, 0.1, 0.01, 0.01]],
    ['step', { period: 4, lrDecay: 0.5 }, [1, 1, 1, 1, 0.5, 0.5]],
    ['multi-step', { milestones: [1, 5] }, [1, 0.1, 0.1, 0.1, 0.1, 0.01]],
    ['plateau', { patience: 1, lrMin: 0.02 }, [1, 1, 1, 0.1, 0.1, 0.02]],
  ];
  test.each(cases)('%s %o', (name, flags, wanted) => {
    expect(perEpoch(settings(name, flags))).toEqual(wanted);
  });
  test('plateau goes by the validation loss', () => {
    expect(perEpoch(settings('plateau', { patience: 0 }), [5, 4, 3, 2, 1, 0])).toEqual(
      Array<number>(EPOCHS).fill(1),
    );
  });
});

describe('from step to step', () => {
  const along = (of: ScheduleSettings): number[] => rates(of).flat();
  const total = EPOCHS * STEPS;
  test('polynomial', () => {
    for (const power of [1, 2]) {
      for (const [t, rate] of along(settings('polynomial', { power })).entries()) {
        expect(rate).toBeCloseTo((1 - t / total) ** power, 12);
      }
    }
  });
  test('cosine', () => {
    for (const [t, rate] of along(settings('cosine', { lrMin: 0.2 })).entries()) {
      expect(rate).toBeCloseTo(0.2 + 0.4 * (1 + Math.cos((Math.PI * t) / total)), 12);
    }
  });
  test('cosine with restarts', () => {
    const found = along(settings('cosine-restarts', { period: 2, periodFactor: 2 }));
    for (const [t, rate] of found.entries()) {
      const [since, period] = t < 8 ? [t, 8] : [t - 8, 16];
      expect(rate).toBeCloseTo((1 + Math.cos((Math.PI * since) / period)) / 2, 12);
    }
  });
  test('one cycle', () => {
    const found = along(settings('one-cycle'));
    expect(found[0]).toBeCloseTo(1 / 25, 12);
    expect(Math.max(...found)).toBeGreaterThan(0.95);
    expect(found.at(-1)).toBeCloseTo(1 / 25 / 1e4, 12);
  });
});

describe('warm-up', () => {
  test('is multiplied with what goes from epoch to epoch', () => {
    const found = rates(settings('exponential', { warmup: 1.5 })).flat();
    for (const [t, rate] of found.entries()) {
      const share = 0.01 + (0.99 * Math.min(t, 6)) / 6;
      expect(rate).toBeCloseTo(share * 0.5 ** Math.floor(t / STEPS), 12);
    }
  });
  test('comes before what goes from step to step', () => {
    const found = rates(settings('cosine', { warmup: 0.5, warmupCurve: 'exponential' })).flat();
    for (const [t, rate] of found.entries()) {
      const wanted = t < 2 ? 0.01 ** (1 - t / 2) : (1 + Math.cos((Math.PI * (t - 2)) / 22)) / 2;
      expect(rate).toBeCloseTo(wanted, 12);
    }
  });
  test('of less than half a step is none', () => {
    expect(rates(settings('constant', { warmup: 0.1 })).flat()).toEqual(Array<number>(24).fill(1));
  });
});

test('what has no meaning is not described', () => {
  expect(describeSchedule(settings('step', { lrDecay: 0.3 }))).toEqual({
    schedule: 'step',
    lrDecay: 0.3,
    period: 2,
  });
  expect(describeSchedule(settings('constant', { warmup: 2 }))).toEqual({
    schedule: 'constant',
    warmup: 2,
    warmupCurve: 'linear',
  });
});

test('every schedule has a default for all it takes, but for milestones', () => {
  for (const name of Object.keys(SCHEDULES).filter((n) => n !== 'multi-step')) {
    expect(
      rates(settings(name))
        .flat()
        .every((rate) => rate >= 0 && rate <= 1),
    ).toBe(true);
  }
});

describe('on the command line', () => {
  const SMALL = 'train linear --val-fraction 0.95 --epochs 2 --json';
  test.each([
    '--schedule one-cycle --lr 0.01',
    '--schedule cosine --warmup 0.5 --clip 1',
    '--schedule multi-step --milestones 1 --ema 0.9',
    '--schedule plateau --patience 0 --clip-value 0.1',
    '--schedule cosine-restarts --period 1 --warmup 1 --warmup-curve exponential',
  ])('%s trains, and changes the result', async (flags) => {
    const plain = await gradus(SMALL);
    const { status, stdout, stderr } = await gradus(`${SMALL} ${flags}`);
    expect([status, stderr]).toEqual([0, '']);
    const lossOf = (text: string): number =>
      (JSON.parse(text.trimEnd().split('\n').at(-1)!) as { loss: number }).loss;
    expect(lossOf(stdout)).not.toBe(lossOf(plain.stdout));
    expect(lossOf(stdout)).toBeLessThan(2.5);
  });
  test('the header says how the learning rate goes', async () => {
    const text = SMALL.replace(' --json', '');
    const { stdout } = await gradus(`${text} --schedule cosine --warmup 1`);
    expect(stdout).toContain('adam, lr 0.001 by cosine with warm-up, batch size 64');
  });
  test.each([
    ['--schedule sine', "there is no --schedule 'sine'; did you mean 'cosine'?"],
    [
      '--schedule cosine --power 2',
      '--power is of the schedule polynomial, and --schedule is cosine; change one or leave it out.',
    ],
    [
      '--schedule constant --lr-decay 0.5',
      '--lr-decay is of the schedule exponential or step or multi-step or plateau, and',
    ],
    ['--schedule multi-step', '--schedule multi-step needs --milestones; give it, too.'],
    ['--schedule one-cycle --warmup 1', '--schedule one-cycle has a warm-up of its own'],
    ['--warmup 2', '--warmup is 2 epochs of 2; give fewer than the training has.'],
    ['--warmup -1', "--warmup is '-1'; give a number of at least 0."],
    ['--schedule step --period 0', "--period is '0'; give an integer of at least 1."],
    ['--clip 0', "--clip is '0'; give a number above 0."],
    ['--clip-value no', "--clip-value is 'no'; give a number above 0."],
    ['--ema 1', "--ema is '1'; give a number of at least 0 and below 1."],
    [
      '--schedule plateau --lr-decay 1.5',
      'ReduceLROnPlateau: factor is 1.5; use a number in (0, 1).',
    ],
  ])('%s is refused', async (flags, message) => {
    const { status, stdout, stderr } = await gradus(`${SMALL} ${flags}`);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`error: ${message}`);
  });
  test('completing tells wrong usage from wrong values', () => {
    expect(() => settings('multi-step')).toThrow(UsageError);
  });
});
