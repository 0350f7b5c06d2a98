import { Command, CommanderError } from 'commander';
import { ArgumentError, GradusError } from '../engine/core/errors.js';
import { benchCommand } from './commands/bench.js';
import { compareCommand } from './commands/compare.js';
import { dataCommand } from './commands/data.js';
import { evalCommand } from './commands/eval.js';
import { generateCommand } from './commands/generate.js';
import { lrFindCommand } from './commands/lr-find.js';
import { predictCommand } from './commands/predict.js';
import { reportCommand } from './commands/report.js';
import { saliencyCommand } from './commands/saliency.js';
import { summaryCommand } from './commands/summary.js';
import { tourCommand } from './commands/tour.js';
import { trainCommand } from './commands/train.js';
import { INTERRUPTED, InterruptError } from './interrupt.js';
import type { Io } from './io.js';
import { UsageError } from './usage-error.js';
import { version } from './version.js';

const EXAMPLES = `
Examples:
  $ gradus tour
  $ gradus train mlp
  $ gradus train mlp --data fashion-mnist --data-dir ../shared/data --epochs 10 --seed 1
  $ gradus train linear --optimizer momentum --json
  $ gradus train mlp --schedule one-cycle --lr 0.003 --clip 1
  $ gradus train mlp --data houses.csv --target price --save houses.safetensors
  $ gradus train mlp --data wdbc --folds 10 --seed 1
  $ gradus lr-find mlp
  $ gradus train mlp --save mlp.safetensors && gradus eval mlp.safetensors
  $ gradus train mlp --run runs/a && gradus train linear --run runs/b
  $ gradus compare runs/a runs/b
  $ gradus data list`;

/** Exit statuses besides 0, and 130 for Ctrl-C. */
const FAILURE = 1;
const USAGE = 2;

/**
 * Runs a command line.
 *
 * @param args Without the names of node and script.
 * @returns The exit status: 0, 1 for failure, 2 for usage, 130 after Ctrl-C. Errors are told on
 *   stderr in one sentence, with `--debug` also by their stack.
 */
export async function run(args: readonly string[], io: Io): Promise<number> {
  try {
    await createProgram(io).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    return report(error, args.includes('--debug'), io);
  }
}

function createProgram(io: Io): Command {
  const program = new Command('gradus')
    .description('Trains neural networks. Each command has its own help: gradus train mlp --help.')
    .version(version(), '-V, --version', 'print the version')
    .option('--debug', 'tell an error with its stack trace')
    .addHelpText('after', EXAMPLES);
  program.addCommand(trainCommand(io));
  program.addCommand(lrFindCommand(io));
  program.addCommand(evalCommand(io));
  program.addCommand(predictCommand(io));
  program.addCommand(saliencyCommand(io));
  program.addCommand(generateCommand(io));
  program.addCommand(summaryCommand(io));
  program.addCommand(compareCommand(io));
  program.addCommand(reportCommand(io));
  program.addCommand(tourCommand(io));
  program.addCommand(dataCommand(io));
  program.addCommand(benchCommand(io));
  for (const command of everyCommand(program)) {
    command
      .exitOverride()
      .configureOutput({
        writeOut: (text) => io.stdout.write(text),
        // Errors are written by `report`; what else goes here is help asked for by mistake.
        writeErr: (text) => io.stderr.write(text),
        outputError: () => {},
      })
      .configureHelp({ ...command.configureHelp(), showGlobalOptions: true })
      .helpCommand(false)
      .helpOption('-h, --help', 'print this help');
  }
  return program;
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

/** Tells an error and returns the exit status it leads to. */
function report(error: unknown, debug: boolean, io: Io): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    // Help instead of an error: `gradus` or `gradus data` alone.
    if (error.code !== 'commander.help') tell(oneSentence(error.message), io);
    return USAGE;
  }
  const message = error instanceof Error ? error.message : String(error);
  const isForeseen = [GradusError, UsageError, InterruptError].some(
    (kind) => error instanceof kind,
  );
  tell(isForeseen || debug ? message : `${message} (unexpected: --debug shows where)`, io);
  if (debug && error instanceof Error) io.stderr.write(`${error.stack}\n`);
  if (error instanceof InterruptError) return INTERRUPTED;
  return error instanceof UsageError || error instanceof ArgumentError ? USAGE : FAILURE;
}

function tell(message: string, io: Io): void {
  io.stderr.write(`error: ${message}\n`);
}

/** Commander's message without the prefix, its suggestion in the same sentence. */
function oneSentence(message: string): string {
  const text = message
    .replace(/^error: /, '')
    .replace(/\n\(Did you mean (.*)\?\)$/, '; did you mean $1?');
  return /[.?!]$/.test(text) ? text : `${text}; see --help.`;
}
