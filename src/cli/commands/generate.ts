import { Command, Option } from 'commander';
import { generate, type GenerateOptions, type LanguageModel } from '../../nn/index.js';
import { tokenizerFromJson } from '../../text/index.js';
import { loadModel } from '../../train/node.js';
import { applyDevice, deviceOption, type DeviceOptions } from '../device-option.js';
import { interruptible, InterruptError } from '../interrupt.js';
import { printLine, type Io } from '../io.js';
import { integer, notNegative, probability } from '../parse-values.js';
import { UsageError } from '../usage-error.js';

interface GenerateFlags extends DeviceOptions {
  readonly prompt: string;
  readonly length: number;
  readonly temperature: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly seed?: number;
  readonly json?: boolean;
}

/** `gradus generate MODEL`. */
export function generateCommand(io: Io): Command {
  return new Command('generate')
    .summary('write text with a language model')
    .description(
      'Goes on with a text, symbol by symbol, as a language model expects it to go on. The text is ' +
        'written to stdout as it comes, the prompt first.',
    )
    .argument('<model>', 'model file, as gradus train char-lstm --save writes it')
    .option('--prompt <text>', 'what to go on from (default: a line feed)', '\n')
    .addOption(
      new Option('--length <n>', 'symbols to write').argParser(integer('--length', 1)).default(500),
    )
    .addOption(
      new Option('--temperature <t>', 'below 1 surer, above 1 wilder; 0 takes the likeliest always')
        .argParser(notNegative('--temperature'))
        .default(1),
    )
    .addOption(
      new Option('--top-k <k>', 'only the k likeliest symbols (default: all)').argParser(
        integer('--top-k', 1),
      ),
    )
    .addOption(
      new Option(
        '--top-p <p>',
        'only the likeliest symbols that have this probability together (default: all)',
      ).argParser(probability('--top-p')),
    )
    .addOption(
      new Option(
        '--seed <n>',
        'the same seed gives the same text (default: another each time)',
      ).argParser(integer('--seed', 0)),
    )
    .addOption(deviceOption())
    .option('--json', 'one JSON object with the text, and nothing else, on stdout')
    .addHelpText(
      'after',
      '\nExamples:\n  $ gradus generate char-lstm.safetensors --prompt "ROMEO:" --length 1000\n' +
        '  $ gradus generate char-lstm.safetensors --temperature 0.7 --top-k 20 --seed 1',
    )
    .action((file: string, flags: GenerateFlags) =>
      interruptible((signal) => write(file, flags, io, signal)),
    );
}

async function write(
  file: string,
  flags: GenerateFlags,
  io: Io,
  signal: AbortSignal,
): Promise<void> {
  applyDevice(flags);
  const { model, family, task } = await loadModel(file);
  if (task.kind !== 'language') {
    throw new UsageError(
      `${file}: a ${family} is no language model; give one of gradus train char-lstm, for instance.`,
    );
  }
  const { prompt, length, temperature, topK, topP, seed, json } = flags;
  if (prompt === '') {
    throw new UsageError('--prompt is empty; give some text, or leave it out.');
  }
  const options: GenerateOptions = {
    prompt,
    length,
    temperature,
    // Told with --json, so that a text can be had again.
    seed: seed ?? Math.floor(Math.random() * 2 ** 31),
    ...(topK === undefined ? {} : { topK }),
    ...(topP === undefined ? {} : { topP }),
  };
  // Every family of this task makes one.
  const pieces = generate(
    model as unknown as LanguageModel,
    tokenizerFromJson(task.tokenizer),
    options,
  );
  let text = '';
  for await (const piece of pieces) {
    if (signal.aborted) throw new InterruptError('interrupted; what was written is not all.');
    if (!json) io.stdout.write(text === '' ? prompt + piece : piece);
    text += piece;
  }
  if (json) printLine(io, JSON.stringify({ model: file, ...options, text }));
  else printLine(io);
}
