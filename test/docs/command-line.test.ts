/** The commands of docs/command-line.md have only flags that there are. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { gradus } from '../cli/run-gradus.js';

const text = readFileSync('docs/command-line.md', 'utf8').replaceAll('\\\n', ' ');
const commands = text.match(/^(?:\$ )?gradus .*/gm)!.map((line) => line.replace(/^\$ /, ''));

test('there are commands', () => expect(commands.length).toBeGreaterThan(8));

test.each(commands)('%s', async (command) => {
  const [, name, model] = command.split(/\s+/);
  const { stdout } = await gradus(`${name} ${name === 'train' ? model : ''} --help`);
  for (const flag of command.replace(/#.*/, '').match(/--[\w-]+/g) ?? []) {
    expect(stdout).toMatch(new RegExp(String.raw`^ +${flag}\b`, 'm'));
  }
});

test('every flag that the text names is one of train mlp', async () => {
  const { stdout } = await gradus('train mlp --help');
  const others = new Set(['--json', '--help']);
  for (const flag of text.match(/(?<=`[^`\n]*)--[\w-]+/g)!) {
    if (!others.has(flag)) expect(stdout).toMatch(new RegExp(String.raw`^ +${flag}\b`, 'm'));
  }
});
