import { formatBytes } from '../core/format-bytes.js';
import type { Arena } from './arena.js';
import { threadsFailed } from './threads.js';

/** What a program has to do without in this place, and why: a sentence each, for a person to read. */
export function limitations(arena: Pick<Arena, 'shared' | 'limit' | 'refused'>): string[] {
  const said: string[] = [];
  if (!arena.shared) {
    const { crossOriginIsolated } = globalThis as { crossOriginIsolated?: boolean };
    const why =
      crossOriginIsolated === false
        ? 'the page is not cross-origin isolated; serve it with the headers ' +
          'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp'
        : 'memory cannot be shared here';
    said.push(`one thread: ${why}`);
  } else if (threadsFailed()) {
    said.push('one thread: others could not be started');
  }
  if (arena.refused) said.push(`memory up to ${formatBytes(arena.limit)}: more was refused`);
  return said;
}
