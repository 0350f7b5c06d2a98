// covers: src/train/node.ts, src/train/node/checkpoint-files.ts
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { fit, type TrainingState } from '../../../src/train/index.js';
import { CheckpointWriter, findCheckpoint, loadCheckpoint } from '../../../src/train/node.js';
import { bitsOf, resumableTask, wholeRun } from '../resumable-task.js';

const parent = mkdtempSync(join(tmpdir(), 'gradus-checkpoints-'));
afterAll(() => rmSync(parent, { recursive: true }));
const { states, bits } = await wholeRun();
const folderFor = (name: string): string => join(parent, name);
const nameOf = (steps: number): string => `checkpoint-00000000${steps}.safetensors`;

async function write(folder: string, chosen: readonly TrainingState[]): Promise<void> {
  const writer = new CheckpointWriter(folder, { metadata: { model: 'mlp' } });
  for (const state of chosen) await writer.save(state);
}

test('the last two are kept, and the newest is found', async () => {
  const folder = folderFor('a/b');
  await write(folder, states.slice(0, 3));
  expect(readdirSync(folder)).toEqual([nameOf(2), nameOf(3)]);
  const found = (await findCheckpoint(folder))!;
  expect(found.file).toBe(join(folder, nameOf(3)));
  expect(found).toMatchObject({ warnings: [], metadata: { model: 'mlp' }, state: states[2] });
  expect(await findCheckpoint(folderFor('nowhere'))).toBeUndefined();
  mkdirSync(folderFor('empty'));
  expect(await findCheckpoint(folderFor('empty'))).toBeUndefined();
});

test('as an option of fit: every so many steps and at the end of epochs', async () => {
  const folder = folderFor('fit');
  const names: string[][] = [];
  const onStep = (): void => void names.push(existsSync(folder) ? readdirSync(folder) : []);
  const task = resumableTask();
  await fit({
    ...task,
    callbacks: [...task.callbacks!, { onStep }],
    checkpoints: new CheckpointWriter(folder, { every: 3 }),
  });
  const digits = names.map((list) => list.map((n) => Number(/\d+/.exec(n))).join(' '));
  // 4 and 8 are the ends of epochs; each line is what was there in the step.
  expect(digits).toEqual(['', '', '', '3', '3 4', '3 4', '4 6', '4 6', '6 8', '8 9', '8 9', '8 9']);
  expect(
    bitsOf(task, await fit({ ...task, resume: (await findCheckpoint(folder))!.state })),
  ).toEqual(bits);
});

test.each(['truncated', 'foreign', 'empty'])('a newest one that is %s', async (damage) => {
  const folder = folderFor(damage);
  await write(folder, states.slice(0, 3));
  const newest = join(folder, nameOf(3));
  if (damage === 'truncated') truncateSync(newest, 1000);
  else writeFileSync(newest, damage === 'empty' ? '' : 'PK\u0003\u0004 something else');
  await expect(loadCheckpoint(newest)).rejects.toThrow(newest);
  const found = (await findCheckpoint(folder))!;
  expect(found.file).toBe(join(folder, nameOf(2)));
  expect(found.warnings).toHaveLength(1);
  expect(found.warnings[0]).toContain(newest);

  // Going on from the older one, the damaged one goes, and the one that is whole stays.
  await write(folder, states.slice(1, 2));
  expect(readdirSync(folder)).toEqual([nameOf(2)]);
  truncateSync(join(folder, nameOf(2)), 10);
  await expect(findCheckpoint(folder)).rejects.toThrow(
    /^no checkpoint in \S+ can be used: safetensors: \S+: the header/,
  );
});

test('what a killed process has left goes; other files stay', async () => {
  const folder = folderFor('left');
  mkdirSync(folder);
  const { pid } = spawnSync(process.execPath, ['-e', '0']);
  const left = `.${nameOf(9)}.${pid}.abc.tmp`;
  const inUse = `.${nameOf(9)}.1.abc.tmp`;
  for (const name of [left, inUse, 'notes.txt', 'checkpoint-x.safetensors']) {
    writeFileSync(join(folder, name), 'x');
  }
  await write(folder, states.slice(0, 1));
  expect(readdirSync(folder).sort()).toEqual(
    [inUse, nameOf(1), 'checkpoint-x.safetensors', 'notes.txt'].sort(),
  );
});

test('options out of range are refused', () => {
  expect(() => new CheckpointWriter('x', { every: 0 })).toThrow('every is 0; give an integer');
  expect(() => new CheckpointWriter('x', { keep: 1.5 })).toThrow('keep is 1.5; give an integer');
});

describe('what cannot be written ends training in a sentence, and leaves what is there', () => {
  test('a file where the folder should be', async () => {
    const file = folderFor('file');
    writeFileSync(file, '');
    await expect(write(file, states.slice(0, 1))).rejects.toThrow(
      /^cannot write \S+file: [^\n]+\.$/,
    );
    await expect(write(join(file, 'in'), states.slice(0, 1))).rejects.toThrow(
      /^cannot write \S+in: a part of the path is a file/,
    );
  });

  const mount = (...args: string[]): boolean =>
    process.platform === 'linux' && spawnSync('mount', args).status === 0;
  const disk = folderFor('disk');
  mkdirSync(disk);
  const isMounted = mount('-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk);
  afterAll(() => isMounted && spawnSync('umount', [disk]));

  test.skipIf(!isMounted)('a full disk, a read-only one', async () => {
    const folder = join(disk, 'run');
    await write(folder, states.slice(0, 2));
    expect(() => writeFileSync(join(disk, 'filler'), new Uint8Array(1e6))).toThrow('ENOSPC');
    await expect(write(folder, states.slice(2, 3))).rejects.toThrow(
      /^cannot write \S+checkpoint-000000003\.safetensors: the disk is full; free some space\.$/,
    );
    expect(readdirSync(folder)).toEqual([nameOf(1), nameOf(2)]);
    expect((await findCheckpoint(folder))!.state).toEqual(states[1]);

    rmSync(join(disk, 'filler'));
    expect(mount('-o', 'remount,ro', disk)).toBe(true);
    await expect(write(folder, states.slice(2, 3))).rejects.toThrow(
      /the file system is read-only;/,
    );
    expect((await findCheckpoint(folder))!.state).toEqual(states[1]);
  });

  // root may write anywhere.
  test.skipIf(process.getuid?.() === 0)('a read-only folder', async () => {
    const folder = folderFor('read-only');
    await write(folder, states.slice(0, 2));
    chmodSync(folder, 0o555);
    await expect(write(folder, states.slice(2, 3))).rejects.toThrow(/no permission to write there/);
    chmodSync(folder, 0o755);
    expect((await findCheckpoint(folder))!.state).toEqual(states[1]);
  });

  /** Runs the training of kill-child.mjs under a shell's limit. */
  const limited = (folder: string, limit: string): { status: number | null; stderr: string } => {
    const child = resolve('test/train/node/kill-child.mjs');
    const command = `trap '' XFSZ; ${limit}; exec "$0" "$1" "$2"`;
    const args = ['-c', command, process.execPath, child, folder];
    return spawnSync('bash', args, { encoding: 'utf8' });
  };
  const isBuilt = existsSync(resolve('dist/train/node.js'));

  test.skipIf(!isBuilt || process.platform === 'win32')('no room for a file', () => {
    const folder = folderFor('room');
    // Files of at most 2 kB: a checkpoint is larger.
    const { status, stderr } = limited(folder, 'ulimit -f 2');
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/FileError: cannot write \S+checkpoint-000000001\.safetensors: /);
    expect(readdirSync(folder)).toEqual([]);
  });
});
