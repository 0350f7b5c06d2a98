import { GPT, RecurrentLanguageModel } from '../nn/index.js';
import { StreamedModel, WindowedModel, type TrainableModel } from '../train/index.js';

/**
 * A language model as what goes through a running text, symbol by symbol; undefined for another model.
 *
 * @param streams Parts of the text that are read side by side in training, where a state is carried.
 */
export function textReader(
  model: TrainableModel,
  streams: number,
): StreamedModel | WindowedModel | undefined {
  if (model instanceof RecurrentLanguageModel) return new StreamedModel(model, streams);
  return model instanceof GPT ? new WindowedModel(model, model.contextLength) : undefined;
}
