/**
 * The documents are true: their TypeScript runs against `dist` (`npm run build`), their links lead
 * somewhere, and the two READMEs say the same. CONTRIBUTING.md explains the marks of code blocks.
 */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

interface Block {
  readonly document: string;
  /** Of the opening fence, from 1. */
  readonly line: number;
  /** What stands behind the fence. */
  readonly mark: string;
  readonly code: string;
}

const documents = [
  'README.md',
  'README.zh.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => `docs/${name}`),
];

function read(document: string): string {
  return readFileSync(join(root, document), 'utf8');
}

/** The fenced blocks of a document. Throws where one is not closed. */
function blocksOf(document: string): Block[] {
  const blocks: Block[] = [];
  let open: { line: number; mark: string; code: string[] } | undefined;
  for (const [i, text] of read(document).split('\n').entries()) {
    const fence = /^ {0,3}```(.*)$/.exec(text);
    if (!fence) open?.code.push(text);
    else if (!open) open = { line: i + 1, mark: fence[1]!.trim(), code: [] };
    else {
      blocks.push({ ...open, document, code: open.code.join('\n') });
      open = undefined;
    }
  }
  if (open) throw new Error(`${document}:${open.line}: the code block is not closed`);
  return blocks;
}

/** A document without its code. */
function proseOf(document: string): string {
  return read(document).replace(/^ {0,3}```[^]*?^ {0,3}```/gm, '');
}

const blocks = documents.flatMap(blocksOf);
const typescript = blocks.filter(({ mark }) => /^(ts|typescript)\b/.test(mark));
/** Those to run, each text once: the READMEs share theirs. */
const runnable = typescript.filter(
  ({ mark, code }, i) => mark === 'ts' && typescript.findIndex((b) => b.code === code) === i,
);

test('a block of TypeScript is marked ts or ts ignore', () => {
  const odd = typescript.filter(({ mark }) => mark !== 'ts' && mark !== 'ts ignore');
  expect(odd.map(({ document, line, mark }) => `${document}:${line}: ${mark}`)).toEqual([]);
  expect(runnable.length).toBeGreaterThan(0);
});

describe('code', () => {
  // Inside the repository, so that 'gradus' is this package: Node and TypeScript resolve a package's
  // own name through its exports.
  let folder: string;
  let types: string;

  function nameOf({ document, line }: Block): string {
    return `${document.replace(/\W+/g, '-')}-${line}`;
  }

  beforeAll(() => {
    if (!existsSync(join(root, 'dist/index.js'))) throw new Error('no dist; use npm run build');
    mkdirSync(join(root, '.cache'), { recursive: true });
    folder = mkdtempSync(join(root, '.cache', 'docs-'));
    for (const block of runnable) writeFileSync(join(folder, `${nameOf(block)}.ts`), block.code);
    const compilerOptions = {
      noEmit: false,
      noEmitOnError: false,
      rootDir: '.',
      outDir: 'out',
      moduleDetection: 'force',
    };
    const config = { extends: '../../tsconfig.json', compilerOptions, include: ['*.ts'] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    types = spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], {
      cwd: folder,
      encoding: 'utf8',
    }).stdout;
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.concurrent.each(
    runnable.map((block) => [`${block.document}:${block.line}`, block] as const),
  )('%s', async (_, block) => {
    const name = nameOf(block);
    const wrong = types.split('\n').filter((line) => line.startsWith(`${name}.ts`));
    expect(wrong).toEqual([]);
    // A failure rejects, with what the block wrote to stderr.
    const { stderr } = await run(process.execPath, [join(folder, 'out', `${name}.js`)]);
    expect(stderr).toBe('');
  });
});

test.each(documents)('links of %s lead somewhere', (document) => {
  const targets = [...proseOf(document).matchAll(/\]\(([^)\s]+)\)/g)].map((m) => m[1]!);
  const missing = targets.filter((target) => {
    if (/^https?:/.test(target)) return false;
    const [path, anchor] = target.split('#');
    const file = path ? resolve(root, dirname(document), path) : join(root, document);
    if (!existsSync(file)) return true;
    return anchor !== undefined && !anchorsOf(readFileSync(file, 'utf8')).includes(anchor);
  });
  expect(missing).toEqual([]);
});

/** The anchors that GitHub gives to headings. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map((m) =>
    m[1]!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test('the READMEs have the same sections, code and links', () => {
  const outline = (document: string): unknown => ({
    headings: [...proseOf(document).matchAll(/^(#+) /gm)].map((m) => m[1]),
    rows: proseOf(document)
      .split('\n')
      .filter((line) => line.startsWith('|')).length,
    items: proseOf(document)
      .split('\n')
      .filter((line) => line.startsWith('- ')).length,
    code: blocksOf(document).map(({ mark, code }) => [mark, withoutComments(code)]),
    links: [...proseOf(document).matchAll(/\]\(([^)#\s]+)\)/g)]
      .map((m) => m[1]!)
      .filter((target) => !target.startsWith('README')),
  });
  expect(outline('README.zh.md')).toEqual(outline('README.md'));
});

/** Shell comments are translated, code is not. */
function withoutComments(code: string): string {
  return code.replace(/\s+# .*$/gm, '').replace(/\s+/g, ' ');
}
