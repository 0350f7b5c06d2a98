// covers: src/cli/run-folder/read-log.ts, src/cli/run-folder/records.ts
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readLog } from '../../../src/cli/run-folder/read-log.js';
import { settingText } from '../../../src/cli/run-folder/records.js';
import { RunLog } from '../../../src/cli/run-folder/run-log.js';
import type { Progress } from '../../../src/train/index.js';
import { startRecord } from './start-record.js';

const folder = mkdtempSync(join(tmpdir(), 'gradus-log-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const newFile = (): string => join(folder, `${files++}.jsonl`);

const progress = (epoch: number, step: number, steps: number, loss: number): Progress => ({
  epoch,
  epochs: 3,
  step,
  steps,
  totalSteps: (epoch - 1) * steps + step,
  batchLoss: loss,
  loss,
  accuracy: 0.5,
  samplesPerSecond: 1,
  seconds: step,
  secondsLeft: 1,
});

function epoch(log: RunLog, number: number, steps: number): void {
  for (let step = 1; step <= steps; step++) log.onStep(progress(number, step, steps, step));
  log.onEpochEnd({
    progress: progress(number, steps, steps, 1),
    record: { epoch: number, loss: 1 / number, valLoss: 0.5, seconds: 2, samplesPerSecond: 9 },
  });
}

const read = (file: string): ReturnType<typeof readLog> =>
  readLog(readFileSync(file, 'utf8'), file);

test('a line for the start, steps, epochs and the test, in this order', () => {
  const file = newFile();
  const log = new RunLog(file, startRecord());
  epoch(log, 1, 3);
  log.finish({ loss: 0.25, accuracy: 0.75 });
  log.close();
  const kinds = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { type: string }).type);
  expect(kinds).toEqual(['start', 'step', 'step', 'step', 'epoch', 'test']);
  const { start, steps, epochs, test: result } = read(file);
  expect(start).toEqual(startRecord());
  expect(steps[1]).toEqual({ type: 'step', epoch: 1, step: 2, loss: 2, seconds: 2 });
  expect(epochs).toMatchObject([{ epoch: 1, step: 3, loss: 1, valLoss: 0.5 }]);
  expect(result).toMatchObject({ loss: 0.25, accuracy: 0.75, seconds: 3 });
});

test('at most 200 lines of steps an epoch, each the mean since the one before', () => {
  const file = newFile();
  const log = new RunLog(file, startRecord());
  epoch(log, 1, 1001);
  log.close();
  const { steps } = read(file);
  expect(steps).toHaveLength(167);
  expect(steps[0]).toMatchObject({ step: 6, loss: 3.5 });
  expect(steps.at(-1)).toMatchObject({ step: 1001, loss: 999 });
});

test('cut anywhere, a log can be read but for its last line, and continued', () => {
  const file = newFile();
  const log = new RunLog(file, startRecord());
  epoch(log, 1, 2);
  log.close();
  const bytes = readFileSync(file);
  const first = bytes.indexOf(10) + 1;
  for (let end = first; end <= bytes.length; end++) {
    const whole = bytes.subarray(0, end).toString().split('\n').length - 1;
    const { steps, epochs } = readLog(bytes.subarray(0, end).toString(), 'log');
    expect(1 + steps.length + epochs.length).toBe(whole);
  }
  const cut = newFile();
  writeFileSync(cut, bytes.subarray(0, -10));
  const again = new RunLog(cut);
  again.restore({ steps: 2, sum: 0, count: 0 });
  epoch(again, 2, 2);
  again.close();
  const { epochs, resumed } = read(cut);
  expect(epochs.map((line) => line.epoch)).toEqual([2]);
  expect(resumed).toBe(1);
});

test('steps that are done again after a resumption count once', () => {
  const file = newFile();
  const log = new RunLog(file, startRecord());
  epoch(log, 1, 4);
  const state = JSON.parse(JSON.stringify(log.state())) as unknown;
  epoch(log, 2, 4);
  log.finish({ loss: 9 });
  log.close();
  const again = new RunLog(file);
  again.restore(state);
  expect(read(file)).toMatchObject({ epochs: [{ epoch: 1 }], test: undefined });
  epoch(again, 2, 4);
  again.finish({ loss: 1 });
  again.close();
  const { steps, epochs, test: result } = read(file);
  expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(epochs.map((line) => line.epoch)).toEqual([1, 2]);
  expect(result?.loss).toBe(1);
});

test('records of a later version are passed over', () => {
  const text = `${JSON.stringify(startRecord())}\n{"type":"weather","rain":1}\n`;
  expect(readLog(text, 'log')).toMatchObject({ steps: [], epochs: [] });
});

describe('what is no log is told in a sentence', () => {
  const start = JSON.stringify(startRecord());
  test.each([
    ['', /log: line 1 is no start of a run; give the folder of a run\./],
    ['{"a":1}\n', /log: line 1 is damaged/],
    ['{"type":"start"}\n', /log: line 1 is no start of a run/],
    ['null\n', /log: line 1 is damaged/],
    [`${start}\n{"type":"step"}\n`, /log: line 2 is damaged; the log cannot be used\./],
    [`${start}\n{"type":"st\n${start}\n`, /log: line 2 is damaged/],
    [`${start.replace('"format":1', '"format":99')}\n`, /format 99, this version reads up to 1/],
  ])('%j', (text, message) => {
    expect(() => readLog(text, 'log')).toThrow(message);
  });
});

test('a file that cannot be written', () => {
  expect(() => new RunLog(join(folder, 'no', 'log.jsonl'), startRecord())).toThrow(
    /cannot write \S+log\.jsonl: its directory does not exist/,
  );
});

test('the file holds every line at once', () => {
  const file = newFile();
  const log = new RunLog(file, startRecord());
  log.onStep(progress(1, 1, 1, 2));
  // Not closed: as after a kill.
  expect(read(file).steps).toHaveLength(1);
  appendFileSync(file, '{"type":"epo');
  expect(read(file).steps).toHaveLength(1);
  log.close();
});

test('settings as text', () => {
  expect([1 / 3, [2, 3], 'a', undefined, null].map(settingText)).toEqual([
    '0.333333',
    '2, 3',
    'a',
    '–',
    'null',
  ]);
});
