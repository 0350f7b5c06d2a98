import { FormatError } from '../../engine/core/errors.js';
import {
  LOG_FORMAT,
  type EpochLine,
  type LogRecord,
  type StartRecord,
  type StepRecord,
  type TestRecord,
} from './records.js';

/** What a log tells of a run. */
export interface RunHistory {
  readonly start: StartRecord;
  readonly steps: readonly StepRecord[];
  readonly epochs: readonly EpochLine[];
  /** Absent where the run has not come to its end. */
  readonly test: TestRecord | undefined;
  /** How often the run was resumed. */
  readonly resumed: number;
}

/**
 * Reads the text of a log. A last line that is cut is left out, as are lines of steps that were done
 * again after a resumption, and records of a kind that is not known.
 *
 * @param source Names the file in messages.
 * @throws FormatError for a damaged line before the last, a file that is no log, and a newer format.
 */
export function readLog(text: string, source: string): RunHistory {
  const lines = text.split('\n');
  // What follows the last newline was cut off, or is nothing.
  const records = lines.slice(0, -1).map((line, i) => parse(line, i + 1, source));
  const [start] = records;
  if (start?.type !== 'start' || !isStart(start)) {
    throw new FormatError(`${source}: line 1 is no start of a run; give the folder of a run.`);
  }
  if (start.format > LOG_FORMAT) {
    throw new FormatError(
      `${source}: the log has format ${start.format}, this version reads up to ${LOG_FORMAT}; ` +
        `use Gradus ${start.version} or newer.`,
    );
  }
  let steps: StepRecord[] = [];
  let epochs: EpochLine[] = [];
  let test: TestRecord | undefined;
  let resumed = 0;
  for (const record of records) {
    if (record.type === 'step') steps.push(record);
    else if (record.type === 'epoch') epochs.push(record);
    else if (record.type === 'test') test = record;
    else if (record.type === 'resume') {
      resumed++;
      steps = steps.filter(({ step }) => step <= record.step);
      epochs = epochs.filter(({ step }) => step <= record.step);
      test = undefined;
    }
  }
  // The end of an epoch may have been saved before its validation, and its line written twice.
  const once = new Map(epochs.map((line) => [line.epoch, line]));
  return { start, steps, epochs: [...once.values()], test, resumed };
}

function parse(line: string, number: number, source: string): LogRecord {
  try {
    const record = JSON.parse(line) as LogRecord | null;
    if (record !== null && isValid(record)) return record;
  } catch {
    // Told below.
  }
  throw new FormatError(`${source}: line ${number} is damaged; the log cannot be used.`);
}

/** Whether the fields that a record of its kind is used by have their types. */
function isValid(record: LogRecord): boolean {
  const areNumbers = (...values: unknown[]): boolean => values.every((v) => typeof v === 'number');
  if (record.type === 'step') return areNumbers(record.epoch, record.step, record.loss);
  if (record.type === 'epoch') {
    const { epoch, step, loss, seconds } = record;
    return areNumbers(epoch, step, loss, seconds);
  }
  if (record.type === 'test') return areNumbers(record.loss, record.seconds);
  if (record.type === 'resume') return areNumbers(record.step);
  return typeof record.type === 'string';
}

function isStart({
  format,
  command,
  version,
  settings,
  model,
  data,
  machine,
}: StartRecord): boolean {
  return (
    typeof format === 'number' &&
    [command, version, model?.family, model?.layers, data?.name, data?.source].every(
      (value) => typeof value === 'string',
    ) &&
    [model.parameters, data.train, data.validation, data.test].every(Number.isFinite) &&
    Array.isArray(data.classes) &&
    data.classes.every((name) => typeof name === 'string') &&
    [settings, machine].every((value) => typeof value === 'object' && value !== null)
  );
}
