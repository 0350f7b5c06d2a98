import type { Outcome } from '../results.js';
import { tableAsMarkdown, tableAsText } from './format.js';
import { noteOf, tableOf } from './tables.js';

/** An outcome for the terminal. */
export function outcomeAsText(outcome: Outcome): string {
  if (outcome.kind === 'texts') {
    return outcome.texts.map(({ about, text }) => `${about}\n\n${text}`).join('\n\n');
  }
  return [tableAsText(tableOf(outcome)), ...noteOf(outcome)].join('\n');
}

/** An outcome as a section of the documentation. */
export function outcomeAsMarkdown(outcome: Outcome): string {
  if (outcome.kind === 'texts') {
    return outcome.texts
      .map(({ about, text }) => `${about}\n\n\`\`\`text\n${text}\n\`\`\``)
      .join('\n\n');
  }
  return [tableAsMarkdown(tableOf(outcome)), ...noteOf(outcome)].join('\n\n');
}
