import type { Entry, PrintedModule } from './print.js';
import { NativeError } from './native-error.js';

/** Kernels as Node runs them: unsigned 32-bit arguments, nothing returned. */
export type NativeFunctions = Record<string, (...args: number[]) => void>;

/** A `WebAssembly.Memory`, of which only the current buffer matters here. */
export interface ArenaMemory {
  readonly buffer: ArrayBufferLike;
}

/** A loaded shared object. */
export interface NativeModule {
  /** The object's file: another thread loads it with `loadNative`, without any compiler. */
  readonly path: string;
  /**
   * The exported functions on this memory, alone by their IR names. Cheap; bind again after the
   * memory has grown. Functions of several memories live side by side, and each keeps its memory.
   * A function that meets an abort at a barrier returns early; the abort word tells.
   */
  bind(memory: ArenaMemory): NativeFunctions;
}

/** Keeps a memory alive for as long as a function that points into it. */
const memoryOf = new WeakMap<(...args: number[]) => void, ArenaMemory>();

/**
 * Loads a shared object made by `compileNative` into this thread.
 *
 * @throws NativeError when the system refuses to load it.
 */
export function loadNative(path: string): NativeModule {
  const module: { exports: { bind?: (view: Uint8Array) => NativeFunctions } } = { exports: {} };
  try {
    process.dlopen(module, path);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new NativeError(
      `native: the compiled kernels ${path} cannot be loaded (${reason}); ` +
        'set GRADUS_CACHE to a folder that may hold programs, or GRADUS_NATIVE=0 to use WebAssembly.',
    );
  }
  const { bind } = module.exports;
  if (!bind) throw new NativeError(`native: ${path} is not a module of kernels; delete the file.`);
  return {
    path,
    bind(memory) {
      const functions = bind(new Uint8Array(memory.buffer));
      for (const fn of Object.values(functions)) memoryOf.set(fn, memory);
      return functions;
    },
  };
}

/**
 * The C sources of a Node add-on with the module's entries. The first declares the few functions of
 * Node-API that it calls, so that it needs no header. Each function carries the base of its memory
 * as its data: nothing in the object is written to after loading, and threads share it.
 */
export function printAddon(printed: PrintedModule): string[] {
  const [first, ...others] = printed.units;
  const { entries } = printed;
  const table = entries.map((e) => `  {${cString(e.name)}, call_${e.symbol}},\n`).join('');
  const addon =
    `${first}\n${NODE_API}\n${entries.map(callText).join('')}` +
    `static const struct { const char *name; napi_callback call; } ENTRIES[] = {\n` +
    `${table}  {0, 0},\n};\n${BIND}`;
  return [addon, ...others];
}

/** The callback of one entry: arguments in, call, nothing out. */
function callText(e: Entry): string {
  const args = ['mem', ...Array.from({ length: e.params }, (_, i) => `a[${i}]`)].join(', ');
  const room = Math.max(1, e.params);
  return (
    `static napi_value call_${e.symbol}(napi_env env, napi_callback_info info) {\n` +
    `  i32 a[${room}];\n  napi_value values[${room}];\n` +
    `  char *mem = gradus_args(env, info, ${e.params}, a, values, ${cString(messageFor(e))});\n` +
    `  if (mem) ${e.symbol}(${args});\n  return 0;\n}\n`
  );
}

const messageFor = (e: Entry): string =>
  `native: kernel ${e.name} takes ${e.params} numbers (addresses and sizes).`;

function cString(text: string): string {
  const bytes = [...new TextEncoder().encode(text)];
  const safe = bytes.map((b) =>
    b >= 32 && b < 127 && b !== 34 && b !== 92 && b !== 63
      ? String.fromCharCode(b)
      : `\\${b.toString(8).padStart(3, '0')}`,
  );
  return `"${safe.join('')}"`;
}

const NODE_API = `typedef struct napi_env__ *napi_env;
typedef struct napi_value__ *napi_value;
typedef struct napi_callback_info__ *napi_callback_info;
typedef napi_value (*napi_callback)(napi_env, napi_callback_info);
typedef __SIZE_TYPE__ size;
extern int napi_get_cb_info(napi_env, napi_callback_info, size *argc, napi_value *argv,
                            napi_value *self, void **data);
extern int napi_get_value_int32(napi_env, napi_value, i32 *);
extern int napi_get_typedarray_info(napi_env, napi_value, int *type, size *length, void **data,
                                    napi_value *buffer, size *offset);
extern int napi_create_object(napi_env, napi_value *);
extern int napi_create_function(napi_env, const char *name, size length, napi_callback, void *data,
                                napi_value *);
extern int napi_set_named_property(napi_env, napi_value object, const char *name, napi_value);
extern int napi_throw_type_error(napi_env, const char *code, const char *message);

static __attribute__((noinline)) char *gradus_args(napi_env env, napi_callback_info info, size n,
                                                   i32 *a, napi_value *values,
                                                   const char *message) {
  size count = n;
  void *mem = 0;
  int bad = napi_get_cb_info(env, info, &count, values, 0, &mem) | (count != n);
  for (size i = 0; i < n && !bad; i++) bad = napi_get_value_int32(env, values[i], a + i);
  if (!bad && mem) return (char *)mem;
  napi_throw_type_error(env, 0, message);
  return 0;
}
`;

const BIND = `
static napi_value bind(napi_env env, napi_callback_info info) {
  size count = 1, length, offset;
  napi_value view, buffer, result, fn;
  int type;
  void *mem;
  if (napi_get_cb_info(env, info, &count, &view, 0, 0) || count < 1 ||
      napi_get_typedarray_info(env, view, &type, &length, &mem, &buffer, &offset) || !mem) {
    napi_throw_type_error(env, 0, "native: bind takes a Uint8Array on the whole memory.");
    return 0;
  }
  if (napi_create_object(env, &result)) return 0;
  for (int i = 0; ENTRIES[i].name; i++) {
    if (napi_create_function(env, ENTRIES[i].name, (size)-1, ENTRIES[i].call, mem, &fn) ||
        napi_set_named_property(env, result, ENTRIES[i].name, fn)) return 0;
  }
  return result;
}

__attribute__((visibility("default"))) napi_value napi_register_module_v1(napi_env env,
                                                                          napi_value exports) {
  napi_value fn;
  if (napi_create_function(env, "bind", (size)-1, bind, 0, &fn) == 0) {
    napi_set_named_property(env, exports, "bind", fn);
  }
  return exports;
}
`;
