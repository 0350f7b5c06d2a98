import { Command } from 'commander';
import { printLine, type Io } from '../io.js';
import { writeReport } from '../report/write-report.js';

/** `gradus report DIR`. */
export function reportCommand(io: Io): Command {
  return new Command('report')
    .summary('make the report of a run again')
    .description(
      'Makes report.html from the log and the test predictions in the folder of a run, finished or ' +
        'not, or of a folder that holds several, such as that of a tour.',
    )
    .argument('<dir>', 'folder that --run named')
    .addHelpText(
      'after',
      '\nExamples:\n  $ gradus train mlp --run runs/a\n  $ gradus report runs/a',
    )
    .action(async (folder: string) => printLine(io, `report: ${await writeReport(folder)}`));
}
