// covers: src/optim/schedules/scheduler.ts, src/optim/schedules/rule-scheduler.ts
// covers: src/optim/schedules/step-lr.ts, src/optim/schedules/decay-lr.ts
// covers: src/optim/schedules/warm-up-lr.ts, src/optim/schedules/cosine-lr.ts
// covers: src/optim/schedules/one-cycle-lr.ts, src/optim/schedules/lambda-lr.ts
// covers: src/optim/schedules/reduce-lr-on-plateau.ts, src/optim/schedules/combined.ts
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as optim from '../../../src/optim/index.js';
import type { LRScheduler, ScheduleState } from '../../../src/optim/index.js';
import { Parameter, zeros } from '../../../src/tensor/index.js';
import '../../tensor/check.js';

type Options = Readonly<Record<string, unknown>>;
type Part = readonly [name: string, options: Options];

interface Case {
  readonly name: string;
  readonly options?: Options;
  readonly lambdas?: readonly string[];
  readonly metrics?: readonly number[];
  /** By step, for each group. */
  readonly rates: readonly (readonly number[])[];
}

const goldens = JSON.parse(
  readFileSync(new URL('../../goldens/schedules.json', import.meta.url), 'utf8'),
) as { readonly start: readonly number[]; readonly cases: readonly Case[] };

/** As in the script that writes the goldens. */
const LAMBDAS: Readonly<Record<string, (t: number) => number>> = {
  inverseRoot: (t) => 1 / Math.sqrt(1 + t),
  halfEvery5: (t) => (t % 5 === 0 ? 0.5 : 1),
  expWarmUp: (t) => 0.001 ** (1 - Math.min(t, 20) / 20),
};

const CLASSES = optim as unknown as Record<
  string,
  new (optimizer: optim.SGD, options: unknown) => LRScheduler
>;

function optimizerOf(): optim.SGD {
  return new optim.SGD(goldens.start.map((lr) => ({ params: [new Parameter(zeros([1]))], lr })));
}

function create(name: string, options: Options, optimizer: optim.SGD): LRScheduler {
  const parts = (options['schedulers'] ?? []) as readonly Part[];
  const schedulers = parts.map(([part, own]) => create(part, own, optimizer));
  if (name === 'ChainedScheduler') return new optim.ChainedScheduler(schedulers);
  return new CLASSES[name]!(optimizer, parts.length > 0 ? { ...options, schedulers } : options);
}

function optionsOf({ options, lambdas = [] }: Case): Options {
  const found = lambdas.map((name) => LAMBDAS[name]!);
  return options ?? { lrLambda: found.length > 1 ? found : found[0] };
}

/** The step as both kinds of schedules have it. */
type Steps = Pick<LRScheduler, 'stateDict' | 'loadStateDict'> & { step(metric?: number): void };

function expectRates(found: readonly number[], wanted: readonly number[], t: number): void {
  for (const [i, rate] of wanted.entries()) {
    // Where it should be 0, what stood before it is what rounding is measured by.
    const error = Math.abs(found[i]! - rate) / Math.max(rate, 1e-5);
    if (!(error < 1e-11)) expect({ t, lrs: found }).toEqual({ t, lrs: wanted });
  }
}

describe("learning rates are PyTorch's", () => {
  const cases = goldens.cases.map((c) => [JSON.stringify(c.lambdas ?? c.options), c] as const);
  test.each(cases.map(([text, c]) => [`${c.name} ${text}`, c] as const))('%s', (_, golden) => {
    const optimizer = optimizerOf();
    const schedule: Steps = create(golden.name, optionsOf(golden), optimizer);
    const rates = (): number[] => optimizer.paramGroups.map((g) => g.lr);
    expectRates(rates(), golden.rates[0]!, 0);
    for (const [t, wanted] of golden.rates.entries()) {
      if (t === 0) continue;
      schedule.step(golden.metrics?.[t - 1]);
      expectRates(rates(), wanted, t);
    }
  });
  test('there is a golden for every schedule', () => {
    const known = new Set(goldens.cases.map((c) => c.name));
    const exported = Object.entries(optim)
      .filter(([, value]) => typeof value === 'function')
      .filter(([name]) => /(LR|Scheduler|OnPlateau|Restarts)$/.test(name))
      .map(([name]) => name);
    const abstract = ['LRScheduler', 'RuleScheduler'];
    // Against LambdaLR's, in a test of its own.
    const others = ['ExponentialWarmupLR'];
    expect(exported.filter((name) => !known.has(name)).sort()).toEqual(
      [...abstract, ...others].sort(),
    );
    expect(exported.length).toBeGreaterThan(15);
  });
  test("ExponentialWarmupLR is PyTorch's LambdaLR of the same factor", () => {
    const golden = goldens.cases.find((c) => c.lambdas?.[0] === 'expWarmUp')!;
    const optimizer = optimizerOf();
    const schedule = new optim.ExponentialWarmupLR(optimizer, { totalIters: 20 });
    for (const [t, wanted] of golden.rates.entries()) {
      if (t > 0) schedule.step();
      expectRates(schedule.getLastLr(), wanted, t);
    }
  });
});

describe('a schedule that resumes gives the same bits', () => {
  const cases = goldens.cases.map((c, i) => [`${i} ${c.name}`, c] as const);
  test.each(cases)('%s', (_, golden) => {
    const make = (): readonly [optim.SGD, Steps] => {
      const optimizer = optimizerOf();
      return [optimizer, create(golden.name, optionsOf(golden), optimizer)];
    };
    const [optimizer, schedule] = make();
    const steps = golden.rates.length - 1;
    const seen: (readonly number[])[] = [];
    const states: string[] = [];
    const settings = [];
    for (let t = 0; t < steps; t++) {
      states.push(JSON.stringify(schedule.stateDict()));
      settings.push(optimizer.stateDict());
      schedule.step(golden.metrics?.[t]);
      seen.push(optimizer.paramGroups.map((g) => g.lr));
    }
    for (const start of [0, 1, 7, 20, 41]) {
      const [again, resumed] = make();
      again.loadStateDict(settings[start]!);
      resumed.loadStateDict(JSON.parse(states[start]!) as ScheduleState);
      for (let t = start; t < steps; t++) {
        resumed.step(golden.metrics?.[t]);
        expect(again.paramGroups.map((g) => g.lr)).toEqual(seen[t]);
      }
    }
  });
});
