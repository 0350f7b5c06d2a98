import type { Parameter } from '../tensor/index.js';

/** What of a module is printed. */
interface Described {
  parameters(): Iterable<Parameter>;
  namedChildren(): Iterable<[string, Described]>;
  extraRepr(): string;
}

/**
 * The tree of modules as PyTorch prints it. Behind each that has parameters stands their number,
 * and at the end the total; parameters in two places count once in the total.
 */
export function describeModule(module: Described): string {
  const all = [...module.parameters()];
  const lines = describe(module, '', '').join('\n');
  if (all.length === 0) return lines;
  const frozen = countOf(all.filter((p) => !p.requiresGrad));
  const note = frozen > 0 ? `, of which ${group(frozen)} frozen` : '';
  return `${lines}\nparameters: ${group(countOf(all))}${note}`;
}

function describe(module: Described, label: string, indent: string): string[] {
  const name = module.constructor.name;
  const children = [...module.namedChildren()];
  const count = countOf([...module.parameters()]);
  const note = count > 0 ? `  # ${group(count)}` : '';
  const start = `${indent}${label}${name}(${module.extraRepr()}`;
  if (children.length === 0) return [`${start})${note}`];
  const inner = `${indent}  `;
  return [
    `${start}${note}`,
    ...children.flatMap(([key, child]) => describe(child, `(${key}): `, inner)),
    `${indent})`,
  ];
}

function countOf(parameters: readonly Parameter[]): number {
  return parameters.reduce((n, p) => n + p.size, 0);
}

/** 1234567 as 1,234,567. */
function group(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',');
}
