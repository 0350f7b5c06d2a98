/** The script of a thread in a browser. */
import type { ThreadMessage } from './thread-control.js';
import { threadMain } from './thread-main.js';

threadMain({
  listen(receive) {
    addEventListener('message', (event: MessageEvent<ThreadMessage>) => receive(event.data));
  },
  loadAddon(path) {
    throw new Error(`a browser cannot load ${path}`);
  },
});
