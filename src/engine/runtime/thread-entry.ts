/** The script of a thread in a browser. */
import { runAsThread } from './thread-browser.js';

runAsThread();
