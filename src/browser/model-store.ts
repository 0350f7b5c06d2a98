import { formatBytes } from '../engine/core/format-bytes.js';
import { ArgumentError, GradusError } from '../engine/core/errors.js';

/** What the browser keeps under a name. */
export interface StoredModel {
  readonly name: string;
  /** Size. */
  readonly bytes: number;
  /** When it was stored. */
  readonly date: Date;
}

interface Entry {
  readonly bytes: Uint8Array;
  readonly date: Date;
}

const DATABASE = 'gradus';
const STORE = 'models';

/**
 * Keeps the bytes of a model file in the browser's storage (IndexedDB), under a name; what was there
 * under that name is replaced, at once or not at all. A browser may clear its storage when disk space
 * is short, unless `navigator.storage.persist()` has been granted.
 *
 * @throws GradusError where there is no room, or no storage; ArgumentError for an empty name.
 * @example
 * await storeModel('digits', await model.save());
 * const again = await engine.loadModel((await readStored('digits'))!);
 */
export async function storeModel(name: string, bytes: Uint8Array): Promise<void> {
  if (name === '') throw new ArgumentError("storeModel: the name is ''; give one to find it by.");
  const entry: Entry = { bytes: bytes.slice(), date: new Date() };
  try {
    await inStore('storeModel', 'readwrite', (store) => store.put(entry, name));
  } catch (error) {
    if ((error as Error).name !== 'QuotaExceededError') throw error;
    const { usage = 0, quota = 0 } = (await navigator.storage?.estimate()) ?? {};
    throw new GradusError(
      `storeModel: there is no room for the ${formatBytes(bytes.length)} of '${name}': ` +
        `${formatBytes(usage)} of ${formatBytes(quota)} are in use. Remove stored models with ` +
        'removeStored, or offer the file for download.',
      { cause: error },
    );
  }
}

/** The bytes that are kept under a name, or undefined. */
export async function readStored(name: string): Promise<Uint8Array | undefined> {
  const entry = await inStore<Entry | undefined>('readStored', 'readonly', (s) => s.get(name));
  return entry?.bytes;
}

/** What is kept, by name. */
export async function storedModels(): Promise<StoredModel[]> {
  const keys = await inStore<string[]>('storedModels', 'readonly', (s) => s.getAllKeys());
  const found: StoredModel[] = [];
  for (const name of keys) {
    const entry = await inStore<Entry | undefined>('storedModels', 'readonly', (s) => s.get(name));
    if (entry) found.push({ name, bytes: entry.bytes.length, date: entry.date });
  }
  return found;
}

/** Removes what is kept under a name, if anything is. */
export async function removeStored(name: string): Promise<void> {
  await inStore('removeStored', 'readwrite', (store) => store.delete(name));
}

/** Does one thing in a transaction of its own, and waits until that is done for good. */
async function inStore<R>(
  op: string,
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest,
): Promise<R> {
  const database = await open(op);
  try {
    return await new Promise<R>((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability: 'strict' });
      const request = act(transaction.objectStore(STORE));
      const fail = (): void => reject(transaction.error ?? request.error ?? new Error('aborted'));
      transaction.oncomplete = () => resolve(request.result as R);
      transaction.onabort = fail;
      transaction.onerror = fail;
    });
  } finally {
    database.close();
  }
}

function open(op: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const refuse = (cause: unknown): void => {
      const why = cause instanceof Error ? ` (${cause.message})` : '';
      reject(
        new GradusError(
          `${op}: the browser gives this page no storage${why}; it may be a private window, or ` +
            'forbidden in its settings.',
          { cause },
        ),
      );
    };
    try {
      const request = indexedDB.open(DATABASE, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => refuse(request.error);
    } catch (error) {
      refuse(error);
    }
  });
}
