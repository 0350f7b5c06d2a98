// covers: src/cli/progress-bar.ts
import { expect, test } from 'vitest';
import { createDisplay } from '../../src/cli/display.js';
import type { Io } from '../../src/cli/io.js';
import type { EpochRecord, Progress } from '../../src/train/index.js';
import { captureIo } from './run-gradus.js';

const progress: Progress = {
  epoch: 2,
  epochs: 10,
  step: 30,
  steps: 100,
  totalSteps: 130,
  batchLoss: 0.5,
  loss: 0.41234,
  accuracy: 0.877,
  samplesPerSecond: 12345.6,
  seconds: 3,
  secondsLeft: 20,
};
const record: EpochRecord = {
  epoch: 2,
  loss: 0.25,
  accuracy: 0.9,
  valLoss: 0.5,
  valAccuracy: 0.8,
  seconds: 2.34,
  samplesPerSecond: 999,
};

/** Streams that say they are a terminal. */
function terminal(columns: number): ReturnType<typeof captureIo> {
  const io = captureIo();
  for (const stream of [io.stdout, io.stderr]) {
    Object.assign(stream, { isTTY: true, columns, cursorTo: () => true });
  }
  return io;
}

function play(io: Io, mode: 'text' | 'json' | 'quiet', p: Progress = progress): void {
  const display = createDisplay(mode, io);
  void display.onEpochStart?.(p);
  display.onStep?.(p);
  void display.onEpochEnd?.({ progress: p, record });
  display.close();
}

test('without a terminal: a line for each epoch', () => {
  const io = captureIo();
  play(io, 'text');
  expect(io.text()).toEqual({
    stdout:
      'epoch  2/10  loss 0.2500  acc 90.0%  val loss 0.5000  val acc 80.0%  2.3 s  999 samples/s\n',
    stderr: '',
  });
});

test('without a terminal: a line in between where an epoch takes long', () => {
  const io = captureIo();
  play(io, 'text', { ...progress, seconds: 11 });
  expect(io.text().stdout).toMatch(
    /^epoch {2}2\/10 {2}step 30\/100 {2}loss 0\.4123 {2}acc 87\.7% {2}12,346 samples\/s {2}20\.0 s left\n/,
  );
});

test('on a terminal: a line that is drawn over, on stderr', () => {
  const io = terminal(120);
  play(io, 'text');
  const { stdout, stderr } = io.text();
  expect(stderr).toContain('step 30/100  loss 0.4123  acc 87.7%  12,346 samples/s  20.0 s left');
  expect(stderr).toContain('━');
  expect(stdout).toMatch(/^epoch {2}2\/10 {2}loss 0\.2500.* 2\.3 s\n$/);
  expect(stdout.length).toBeLessThan(80);
});

test('a narrow terminal has no room for a bar', () => {
  const io = terminal(80);
  play(io, 'text');
  expect(io.text().stderr).toContain('epoch  2/10  step 30/100');
  expect(io.text().stderr).not.toContain('━');
});

test('json and quiet', () => {
  const json = captureIo();
  play(json, 'json');
  expect(json.text()).toEqual({
    stdout: '{"epoch":2,"loss":0.25,"valLoss":0.5,"accuracy":0.8,"seconds":2.34}\n',
    stderr: '',
  });
  const quiet = captureIo();
  play(quiet, 'quiet');
  expect(quiet.text()).toEqual({ stdout: '', stderr: '' });
});
