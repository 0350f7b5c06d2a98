import type { LossOptions } from './functional/reduction.js';
import { Module } from './module.js';

/** A loss with its options; `O` are those of the function of the same name. */
export abstract class Loss<O extends object = LossOptions> extends Module {
  readonly options: O;

  constructor(options: O) {
    super();
    this.options = options;
  }

  override extraRepr(): string {
    return Object.entries(this.options)
      .map(([name, value]) => `${name}=${typeof value === 'object' ? '…' : String(value)}`)
      .join(', ');
  }
}
