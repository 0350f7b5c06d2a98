import { expect, it } from 'vitest';
import {
  linearStrides,
  mergeSteps,
  sizeOfSteps,
} from '../../../../src/engine/compiler/lower/steps.js';

it('merges dimensions that all operands cross as one', () => {
  const steps = [
    { extent: 4, by: [12, 50] },
    { extent: 3, by: [4, 10] },
    { extent: 4, by: [1, 2] },
  ] as const;
  expect(mergeSteps<2>(steps)).toEqual(steps);
  expect(mergeSteps<1>(steps.map(({ extent, by }) => ({ extent, by: [by[0]] })))).toEqual([
    { extent: 48, by: [1] },
  ]);
});

it('drops dimensions of extent 1 unless nothing else is left', () => {
  const one = { extent: 1, by: [7] } as const;
  const two = { extent: 2, by: [5] } as const;
  expect(mergeSteps<1>([one, two, one])).toEqual([two]);
  expect(mergeSteps<1>([one, one])).toEqual([one]);
});

it('counts elements, and lays them out in order', () => {
  const steps = [{ extent: 2 }, { extent: 3 }, { extent: 5 }];
  expect(sizeOfSteps(steps)).toBe(30);
  expect(linearStrides(steps, 4)).toEqual([60, 20, 4]);
});
