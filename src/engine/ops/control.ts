import { ArgumentError, InternalError, ShapeError, invariant } from '../core/errors.js';
import { formatShape, sameShape } from '../core/shape.js';
import type { Aval, GraphNode, OpAttrs } from '../graph/node.js';
import { isOp, topological } from '../graph/node.js';
import { ALL, operands } from './operands.js';
import type { OpRow } from './row.js';

/** A scan has no value of its own: it stands for its results, and flows like a float. */
const BUNDLE: Aval = { shape: [0], dtype: 'f32' };

const BY_AUTOGRAD = { special: 'a scan in the other direction, see autograd/scan.ts' } as const;

function notComputed(op: string): never {
  throw new InternalError(`internal: a ${op} is interpreted step by step; please report this.`);
}

/** Shape and dtype of a scan's result. */
export function scanResultType(attrs: OpAttrs['scan'], index: number): Aval {
  const result = attrs.body.results[index];
  invariant(result !== undefined, `a scan has no result ${index}`);
  const { shape, dtype } = result;
  return { shape: index < attrs.carries ? shape : [attrs.length, ...shape], dtype };
}

/** What a step sees of each input of a scan: of the stacked ones, a slice. */
export function scanParamType(attrs: OpAttrs['scan'], input: Aval, index: number): Aval {
  const stacked = index >= attrs.carries && index < attrs.carries + attrs.xs;
  return stacked ? { shape: input.shape.slice(1), dtype: input.dtype } : input;
}

function format({ shape, dtype }: Aval): string {
  return `${dtype}${formatShape(shape)}`;
}

function sameType(x: Aval, y: Aval): boolean {
  return x.dtype === y.dtype && sameShape(x.shape, y.shape);
}

function checkBody({ body, carries }: OpAttrs['scan']): void {
  const params = new Set(body.params);
  for (const node of topological(body.results)) {
    invariant(!isOp(node, 'leaf') || params.has(node), 'the body of a scan is not closed');
  }
  invariant(body.results.length >= carries, 'the body of a scan lacks a carry');
  for (let i = 0; i < carries; i++) {
    const [before, after] = [body.params[i]!, body.results[i]!];
    if (sameType(before, after)) continue;
    throw new ShapeError(
      `scan: carry ${i} begins as ${format(before)} and becomes ${format(after)}; keep its type.`,
    );
  }
}

const scan: OpRow<'scan'> = {
  name: 'scan',
  family: 'control',
  dtypes: ALL,
  infer(inputs, attrs) {
    const { body, length, carries, xs } = attrs;
    if (!Number.isSafeInteger(length) || length < 0) {
      throw new ArgumentError(`scan: length is ${length}; use an integer ≥ 0.`);
    }
    operands('scan', inputs, body.params.length);
    invariant(carries + xs <= inputs.length, 'a scan lacks inputs');
    inputs.forEach((input, i) => {
      const seen = scanParamType(attrs, input, i);
      const stacked = i >= carries && i < carries + xs;
      if (sameType(seen, body.params[i]!) && (!stacked || input.shape[0] === length)) return;
      throw new ShapeError(
        `scan: input ${i} is ${format(input)}, and the body takes ${format(body.params[i]!)}` +
          `${stacked ? ` at each of ${length} steps` : ''}; make them fit.`,
      );
    });
    checkBody(attrs);
    return BUNDLE;
  },
  reference: () => notComputed('scan'),
  gradient: BY_AUTOGRAD,
};

const scanResult: OpRow<'scanResult'> = {
  name: 'scanResult',
  family: 'control',
  dtypes: ALL,
  infer(inputs, { index }) {
    const [of] = operands('scanResult', inputs, 1);
    const node = of as GraphNode;
    invariant(isOp(node, 'scan'), 'scanResult takes a scan');
    return scanResultType(node.attrs, index);
  },
  reference: () => notComputed('scanResult'),
  gradient: BY_AUTOGRAD,
};

export const CONTROL = { scan, scanResult };
