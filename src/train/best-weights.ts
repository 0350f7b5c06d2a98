import { readSafetensors, writeSafetensors } from '../io/safetensors.js';
import { toArrays, toTensors } from '../io/tensors.js';
import type { Module, StateDict } from '../nn/index.js';

/** A copy of a model's weights and buffers, to go back to. */
export class BestWeights {
  #kept: StateDict | undefined;
  /** The copy as text, made when it is asked for: at every checkpoint, but it changes less often. */
  #text: string | undefined;

  constructor(private readonly model: Module) {}

  /** Keeps what the model has now, in place of what was kept. */
  keep(): void {
    this.#kept = this.model.stateDict();
    this.#text = undefined;
  }

  /** Gives the model what was kept, if anything was. */
  putBack(): void {
    if (this.#kept) this.model.loadStateDict(this.#kept);
  }

  /** What is kept as text, for a checkpoint: safetensors in base64. */
  state(): string | undefined {
    if (!this.#kept) return undefined;
    this.#text ??= toBase64(writeSafetensors(toArrays(this.#kept)));
    return this.#text;
  }

  /** Takes back what `state` gave. */
  restore(text: string | undefined): void {
    this.#text = text;
    this.#kept =
      text === undefined ? undefined : toTensors(readSafetensors(fromBase64(text)).tensors);
  }
}

function toBase64(bytes: Uint8Array): string {
  let text = '';
  // A call takes so many arguments only.
  for (let at = 0; at < bytes.length; at += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(text);
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}
