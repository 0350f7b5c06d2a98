import type { ModelTask } from './model-metadata.js';

/** What a model gives for a sample, and the function to use, for messages about a wrong one. */
export function givesOf(task: ModelTask): { readonly gives: string; readonly use: string } {
  switch (task.kind) {
    case 'classification':
      return { gives: `gives one of ${task.classes.length} classes`, use: 'use classify' };
    case 'regression':
      return { gives: `predicts the number '${task.target}'`, use: 'use regress' };
    case 'segmentation':
      return {
        gives: `gives each pixel one of ${task.classes.length} classes`,
        use: 'use segment',
      };
    case 'reconstruction':
      return { gives: 'gives back what it takes', use: 'use reconstruct' };
    case 'forecast':
      return { gives: `forecasts '${task.target}'`, use: 'use forecast' };
    case 'language':
      return { gives: 'writes text', use: 'use generate' };
  }
}
