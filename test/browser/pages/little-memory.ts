/** A worker of a phone that sets aside no more than 96 MiB, at its name's end, or none at all. */
const { Memory } = WebAssembly;
const most = (globalThis as { name?: string }).name === 'no memory' ? 0 : 96 * 16;
WebAssembly.Memory = new Proxy(Memory, {
  construct(target, [limits]: [WebAssembly.MemoryDescriptor]) {
    if (limits.maximum! > most) throw new RangeError('could not allocate memory');
    return new target(limits);
  },
});
