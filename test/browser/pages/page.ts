/** What the tests use in a page. */
import * as browser from '../../../src/browser/index.js';
import { digits } from '../../../src/data/index.js';
import * as core from '../../../src/index.js';

declare global {
  interface Window {
    gradus: typeof browser;
    core: typeof core;
    /** Images of digits, and what they are. */
    digitsOf(count: number, part: 'train' | 'test'): browser.LabelledArrays;
    /** The error that a promise rejects with, by name and message. */
    said(promise: Promise<unknown>): Promise<string>;
  }
}

window.gradus = browser;
window.core = core;
window.digitsOf = (count, part) => {
  const set = digits({ count, part });
  return { x: set.column('x'), y: set.column('y') };
};
window.said = (promise) =>
  promise.then(
    () => 'no error',
    (error: Error) => `${error.name}: ${error.message}`,
  );
