import type { Tensor } from '../tensor/index.js';
import type { RemoteTensor } from './remote-tensor.js';

/** What a function that a page calls gets besides its input. */
export interface CallContext<E = never> {
  /** Fires when the page does not want the call to go on; what then happens is the function's to say. */
  readonly signal: AbortSignal;
  /** Sends an event to the page, which gets all of them in order, before the result. */
  readonly emit: (event: E) => void;
}

/** Functions of a worker that a page may call, by name. */
export type Handlers = Readonly<Record<string, Handler>>;

/** One of them: (input, context) → result, or a promise of it. */
export type Handler = (input: never, context: never) => unknown;

/** Values that cross as they are, copied. */
type AsTheyAre =
  | ArrayBuffer
  | ArrayBufferView
  | Blob
  | Date
  | Error
  | RegExp
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>;

/** A value of the worker as the page sees it: its tensors are a `RemoteTensor` each. */
export type OnPage<T> = T extends Tensor
  ? RemoteTensor
  : T extends AsTheyAre
    ? T
    : T extends object
      ? { [K in keyof T]: OnPage<T[K]> }
      : T;

/** Options of a call. */
export interface CallOptions<E = unknown> {
  /** Fires the signal of the call in the worker. */
  readonly signal?: AbortSignal | undefined;
  /** Gets what the function emits. */
  readonly onEvent?: ((event: E) => void) | undefined;
  /** Buffers of the input to hand over rather than to copy: they are empty here afterwards. */
  readonly transfer?: readonly Transferable[] | undefined;
}

type EventOf<C> = C extends CallContext<infer E> ? E : unknown;

/** A function of the worker as the page calls it. */
export type RemoteCall<H> = H extends (input: infer I, context: infer C) => infer R
  ? undefined extends I
    ? (input?: OnPage<I>, options?: CallOptions<EventOf<C>>) => Promise<OnPage<Awaited<R>>>
    : (input: OnPage<I>, options?: CallOptions<EventOf<C>>) => Promise<OnPage<Awaited<R>>>
  : never;

/** All functions of a worker as the page calls them. */
export type Remote<H> = { readonly [K in keyof H]: RemoteCall<H[K]> };
