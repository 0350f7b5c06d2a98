import { TextPreprocessor } from '../text/index.js';
import type { Task } from './families/index.js';
import { outputsOf, type ModelTask } from './model-metadata.js';
import type { Preprocessing } from './preprocessing.js';

/** What a family is told to make a model for: the task, and of texts how many symbols they have. */
export function familyTask(task: ModelTask, preprocessing: Preprocessing): Task {
  const { inputShape } = task;
  const classes = outputsOf(task);
  if (preprocessing.kind !== 'text') return { inputShape, classes };
  const { symbols } = TextPreprocessor.fromJSON(preprocessing.text);
  return { inputShape, classes, symbols };
}
