export { OPS, OP_NAMES, build, infer } from './table.js';
export { LEADING, dilated, windows } from './conv.js';
export { overlapAdd, windowsOf } from './window.js';
export { UNARY } from './unary.js';
export { BINARY } from './binary.js';
export { COMPARE } from './compare.js';
export type { ElementwiseOp, ElementwiseRow } from './elementwise.js';
export type { Family, GradientRule, OpRow, RefArray, ScalarRule } from './row.js';
