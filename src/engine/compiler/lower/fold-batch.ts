import { i32 } from '../ir/builder.js';
import type { Contraction, Epilogue } from './contraction-types.js';

/**
 * Makes batch dimensions that B does not vary with, and whose slices of A follow each other, a
 * part of m: [T, 1, K] · [K, N] is one product of T rows, not T products of one.
 */
export function foldBatch(
  c: Contraction,
  epilogue: Epilogue,
): { contraction: Contraction; epilogue: Epilogue } {
  if (c.padded || c.a.rows) return { contraction: c, epilogue };
  const at = c.batch.findIndex((d) => {
    return d.bStride === 0 && d.extent > 1 && (c.m === 1 || d.aStride === c.m * c.a.m);
  });
  const folded = c.batch[at];
  if (folded === undefined) return { contraction: c, epilogue };
  const { m } = c;
  const contraction: Contraction = {
    ...c,
    batch: c.batch.filter((_, i) => i !== at),
    m: m * folded.extent,
    a: { m: m === 1 ? folded.aStride : c.a.m, k: c.a.k },
  };
  return foldBatch(contraction, (b, p, index, sums) => {
    const rows = i32(m);
    const batch = [...index.batch];
    batch.splice(at, 0, b.div(index.m, rows));
    epilogue(b, p, { ...index, batch, m: b.bin('rem', index.m, rows) }, sums);
  });
}
