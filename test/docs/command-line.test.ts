/** The commands of docs/command-line.md have only flags that there are. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { MODELS } from '../../src/cli/models.js';
import { gradus } from '../cli/run-gradus.js';

const COMMANDS = ['saliency', 'predict', 'generate', 'eval'];

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

test('every flag that the text names is one of train mlp, or of what its section is about', async () => {
  const others = new Set(['--json', '--help']);
  const help = async (name: string): Promise<string> => (await gradus(`${name} --help`)).stdout;
  const named = [...COMMANDS, ...MODELS.map(({ name }) => `train ${name}`)];
  const found = await Promise.all(named.map(async (name) => [name, await help(name)] as const));
  const has = (text: string, flag: string): boolean =>
    new RegExp(String.raw`^ +${flag}\b`, 'm').test(text);
  for (const section of text.split(/^## /m)) {
    const helps = found
      .filter(([name]) => name === 'train mlp' || section.includes(name.replace('train ', '`')))
      .map(([, shown]) => shown);
    for (const flag of section.match(/(?<=`[^`\n]*)--[\w-]+/g) ?? []) {
      const known = others.has(flag) || helps.some((each) => has(each, flag));
      expect([flag, known]).toEqual([flag, true]);
    }
  }
});
