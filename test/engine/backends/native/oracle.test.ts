import { describe, expect, it } from 'vitest';
import { nativeTarget } from '../../../../src/engine/backends/native/compiler.js';
import { NativeDevice } from '../../../../src/engine/backends/native/device.js';
import { runOn } from '../device-oracle.js';
import type { Cell } from '../oracle-cases.js';
import { CELLS, caseOf, nodeOf, wrongness } from '../oracle-cases.js';

/** Plain and special values; more cases would keep the C compiler busy for minutes. */
const SEEDS = [0, 1, 2];
/** Cells whose cases are one program: the compiler takes longer to start than for a kernel. */
const TOGETHER = 24;

function parts(): (readonly [string, readonly Cell[]])[] {
  return Array.from({ length: Math.ceil(CELLS.length / TOGETHER) }, (_, i) => {
    const cells = CELLS.slice(i * TOGETHER, (i + 1) * TOGETHER);
    const [first, last] = [cells[0]!, cells[cells.length - 1]!];
    return [`${first.op} ${first.dtype} to ${last.op} ${last.dtype}`, cells];
  });
}

const native = nativeTarget() !== null;
if (!native) console.log('SKIPPED: no C compiler, no operation is tested as C');
describe.skipIf(!native)('every op, dtype by dtype, as C agrees with the interpreter', () => {
  it.each(parts())('%s', (_, cells) => {
    const cases = cells.flatMap((cell) => SEEDS.map((seed) => caseOf(cell, seed)));
    const got = runOn(
      new NativeDevice(),
      cases.flatMap((c) => c.inputs),
      (leaves) => {
        let at = 0;
        return cases.map((c) => nodeOf(c, leaves.slice(at, (at += c.inputs.length))));
      },
    );
    expect(cases.flatMap((c, i) => wrongness(c, got[i]!) ?? [])).toEqual([]);
    cells.forEach((cell, i) => {
      const sizes = SEEDS.map((_seed, k) => got[i * SEEDS.length + k]!.length);
      expect(Math.max(...sizes), `${cell.op} ${cell.dtype} is compared nowhere`).toBeGreaterThan(0);
    });
  });
});
