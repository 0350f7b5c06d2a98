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

test('every flag that the text names is one of train mlp, or where images are explained of saliency', async () => {
  const others = new Set(['--json', '--help']);
  const [train, saliency] = await Promise.all(
    ['train mlp', 'saliency'].map(async (name) => (await gradus(`${name} --help`)).stdout),
  );
  const has = (help: string, flag: string): boolean =>
    new RegExp(String.raw`^ +${flag}\b`, 'm').test(help);
  for (const section of text.split(/^## /m)) {
    const helps = [train!, ...(section.startsWith('Images\n') ? [saliency!] : [])];
    for (const flag of section.match(/(?<=`[^`\n]*)--[\w-]+/g) ?? []) {
      const known = others.has(flag) || helps.some((help) => has(help, flag));
      expect([flag, known]).toEqual([flag, true]);
    }
  }
});
