import { ArgumentError } from '../../engine/core/errors.js';
import { checkChoice, checkCount, checkPositive, perGroup } from './arguments.js';
import { RuleScheduler } from './rule-scheduler.js';
import type { ScheduledOptimizer } from './scheduler.js';

/** Options of `OneCycleLR`: `totalSteps`, or `epochs` and `stepsPerEpoch`. */
export interface OneCycleLROptions {
  /** The highest rate > 0, for all groups or for each. */
  readonly maxLr: number | readonly number[];
  /** T, the steps of the cycle. */
  readonly totalSteps?: number;
  readonly epochs?: number;
  readonly stepsPerEpoch?: number;
  /** The share of the cycle in which η rises, in [0, 1]. Default 0.3. */
  readonly pctStart?: number;
  /** 'cos' or 'linear'. Default 'cos'. */
  readonly annealStrategy?: 'cos' | 'linear';
  /** maxLr / the rate at the start, > 0. Default 25. */
  readonly divFactor?: number;
  /** The rate at the start / the one at the end, > 0. Default 10⁴. */
  readonly finalDivFactor?: number;
  /** Down to the rate of the start as fast as up from it, and only then to the end. Default false. */
  readonly threePhase?: boolean;
}

interface Phase {
  readonly end: number;
  readonly from: number;
  readonly to: number;
}

/**
 * One cycle: from maxLr / divFactor up to maxLr, then down to maxLr / divFactor / finalDivFactor, which
 * is the rate after T - 1 steps and stays for the last. Smith and Topin, 2018, arXiv:1708.07120.
 *
 * The momentum stays: it is compiled into the step, so that a change at every step would compile at
 * every step. In PyTorch that is `cycle_momentum=False`. The rates of the optimizer have no effect.
 *
 * @throws ArgumentError for an option out of range, and at a step beyond the cycle.
 * @example
 * const schedule = new OneCycleLR(optimizer, { maxLr: 0.01, epochs, stepsPerEpoch: loader.length });
 */
export class OneCycleLR extends RuleScheduler {
  constructor(optimizer: ScheduledOptimizer, options: OneCycleLROptions) {
    const name = 'OneCycleLR';
    const { annealStrategy = 'cos' } = options;
    const total = totalOf(name, options);
    checkChoice(name, 'annealStrategy', annealStrategy, ['cos', 'linear']);
    const groups = optimizer.paramGroups.length;
    const cycles = perGroup(name, 'maxLr', options.maxLr, groups).map((maxLr) =>
      phasesOf(name, maxLr, total, options),
    );
    const between = annealStrategy === 'cos' ? alongCosine : alongLine;
    const rateAt = (t: number, group: number): number => {
      if (t > total) {
        throw new ArgumentError(
          `${name}: step ${t} is beyond the cycle of ${total}; give more totalSteps.`,
        );
      }
      const phases = cycles[group]!;
      const found = phases.findIndex(({ end }) => t <= end);
      const i = found < 0 ? phases.length - 1 : found;
      const { end, from, to } = phases[i]!;
      const start = phases[i - 1]?.end ?? 0;
      return t >= end ? to : between(from, to, (t - start) / (end - start));
    };
    super(optimizer, {
      name,
      first: (_, group) => rateAt(0, group),
      next: (_, t, __, group) => rateAt(t, group),
    });
  }
}

function totalOf(
  name: string,
  { totalSteps, epochs, stepsPerEpoch }: Partial<OneCycleLROptions>,
): number {
  if (totalSteps !== undefined) {
    checkCount(name, 'totalSteps', totalSteps);
    return totalSteps;
  }
  if (epochs === undefined || stepsPerEpoch === undefined) {
    throw new ArgumentError(
      `${name}: totalSteps is not given; give it, or both epochs and stepsPerEpoch.`,
    );
  }
  checkCount(name, 'epochs', epochs);
  checkCount(name, 'stepsPerEpoch', stepsPerEpoch);
  return epochs * stepsPerEpoch;
}

function phasesOf(
  name: string,
  maxLr: number,
  total: number,
  options: OneCycleLROptions,
): readonly Phase[] {
  const { pctStart = 0.3, divFactor = 25, finalDivFactor = 1e4, threePhase = false } = options;
  checkPositive(name, 'maxLr', maxLr);
  checkPositive(name, 'divFactor', divFactor);
  checkPositive(name, 'finalDivFactor', finalDivFactor);
  const most = threePhase ? 0.5 : 1;
  if (!(pctStart >= 0 && pctStart <= most)) {
    const with3 = threePhase ? ' with threePhase' : '';
    throw new ArgumentError(
      `${name}: pctStart is ${pctStart}; use a number in [0, ${most}]${with3}.`,
    );
  }
  const start = maxLr / divFactor;
  const last = start / finalDivFactor;
  const up = { end: pctStart * total - 1, from: start, to: maxLr };
  const end = total - 1;
  return threePhase
    ? [
        up,
        { end: 2 * pctStart * total - 2, from: maxLr, to: start },
        { end, from: start, to: last },
      ]
    : [up, { end, from: maxLr, to: last }];
}

function alongCosine(from: number, to: number, share: number): number {
  return to + ((from - to) / 2) * (Math.cos(Math.PI * share) + 1);
}

function alongLine(from: number, to: number, share: number): number {
  return (to - from) * share + from;
}
