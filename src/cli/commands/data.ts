import { Command } from 'commander';
import { DATASETS } from '../../data/node.js';
import { printLine, type Io } from '../io.js';

/** `gradus data list`. */
export function dataCommand(io: Io): Command {
  const command = new Command('data').summary('data sets').description('Data sets.');
  command
    .command('list')
    .description('Lists the data sets that --data can name.')
    .option('--json', 'one JSON object a line')
    .action(({ json }: { json?: boolean }) => {
      const sets = [...DATASETS.values()];
      if (json) {
        for (const { name, description, needsFiles } of sets) {
          printLine(io, JSON.stringify({ name, description, needsFiles }));
        }
        return;
      }
      const width = Math.max(...sets.map(({ name }) => name.length));
      for (const { name, description } of sets) {
        printLine(io, `${name.padEnd(width)}   ${description}`);
      }
    });
  return command;
}
