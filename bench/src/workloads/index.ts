import type { Field } from '../field.js';
import type { Outcome } from '../results.js';
import { bundleSize } from './bundle-size.js';
import { compileTime } from './compile-time.js';
import { conv } from './conv.js';
import { firstStep } from './first-step.js';
import { lenetEpoch } from './lenet-epoch.js';
import { longRun } from './long-run.js';
import { matmul } from './matmul.js';
import { networkSteps } from './networks.js';
import { memory } from './memory.js';
import { mlpStep } from './mlp-step.js';
import { profiles } from './profiles.js';
import { segment } from './segment.js';

export interface Workload {
  readonly name: string;
  readonly title: string;
  /** What is measured and how its result is checked, for the documentation. */
  readonly about: string;
  run(field: Field): Promise<Outcome | undefined>;
}

export const workloads: readonly Workload[] = [
  matmul,
  conv,
  segment,
  memory,
  mlpStep,
  networkSteps,
  lenetEpoch,
  profiles,
  longRun,
  firstStep,
  compileTime,
  bundleSize,
];
