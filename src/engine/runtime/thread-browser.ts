import type { ThreadMessage } from './thread-control.js';
import { threadMain } from './thread-main.js';

/** Makes the worker that this runs in a thread of the pool that has started it. */
export function runAsThread(): void {
  threadMain({
    listen(receive) {
      addEventListener('message', (event: MessageEvent<ThreadMessage>) => receive(event.data));
    },
    loadAddon(path) {
      throw new Error(`a browser cannot load ${path}`);
    },
  });
  // Whoever started it hears that this is the right script.
  postMessage('ready');
}
