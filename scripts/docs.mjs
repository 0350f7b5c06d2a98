// `npm run docs` writes what is generated in docs: api/, figures/, coverage.md, equations.md, explain.md,
// mathematics.md, ops.md, activations.md, convolution.md and initialisers.md with their figures, and those
// of losses.md.
// `npm run docs -- --check` writes nothing and fails where one of them is stale, an equation of a
// chapter that is built has no symbol, test or page, or a public symbol has no docstring.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { activationsPages } from './docs/activations-page.mjs';
import { apiReference } from './docs/api-page.mjs';
import { withCompiled } from './docs/compile.mjs';
import { convolutionPages } from './docs/convolution-page.mjs';
import { coveragePage } from './docs/coverage-page.mjs';
import { equationsPage } from './docs/equations-page.mjs';
import { explainPage } from './docs/explain-page.mjs';
import { initialisersPages } from './docs/initialisers-page.mjs';
import { lossPlots } from './docs/loss-plots.mjs';
import { mathematicsPage } from './docs/mathematics-page.mjs';
import { optimizerFigures } from './docs/optimizer-figures.mjs';
import { opsPage } from './docs/ops-page.mjs';
import { recurrenceFigures } from './docs/recurrence-figures.mjs';
import { carriers, checks, explanations, problemsOf } from './docs/trace.mjs';
import { filesUnder, root } from './prepare.mjs';

const read = (path) => readFileSync(join(root, path), 'utf8');
const generatedFolders = /^docs\/(activations|api|convolution|figures|initialisers|losses)\//;
const generatedPages =
  /^docs\/(activations|convolution|coverage|equations|explain|initialisers|mathematics|ops)\.md$/;
const generated = (path) => generatedFolders.test(path) || generatedPages.test(path);

/**
 * The traces of the equations; a symbol that the reference explains has its page there, and pages with
 * figures explain what they tag.
 */
function tracesOf(places, drawn) {
  const of = (paths, find) => paths.flatMap((path) => find(path, read(path)));
  const symbols = of(filesUnder('src', '.ts'), carriers);
  const written = filesUnder('docs', '.md').filter((path) => !generated(path));
  const inReference = symbols.flatMap(({ number, path, name }) => {
    const place = places.get(`${path.slice('src/'.length, -'.ts'.length)}#${name}`);
    return place ? [{ ...place, number }] : [];
  });
  const tagged = drawn
    .filter(([path]) => path.endsWith('.md'))
    .flatMap(([path, text]) => explanations(path, text).filter(({ isMention }) => !isMention));
  return {
    symbols,
    tests: of(filesUnder('test', '.ts'), checks),
    pages: [...of(written, explanations), ...tagged, ...inReference],
  };
}

/** All pages by path, and what is wrong. */
async function generate() {
  const manifest = JSON.parse(read('package.json'));
  const { pages, places, problems, drawn, coverage, explain, ops, figures } = await withCompiled(
    async (folder) => ({
      ...(await apiReference(folder, join(root, 'src'), manifest)),
      drawn: [
        ...(await activationsPages(folder)),
        ...(await convolutionPages(folder)),
        ...(await initialisersPages(folder)),
        ...(await lossPlots(folder)),
      ],
      coverage: await coveragePage(folder),
      explain: await explainPage(folder),
      ops: await opsPage(folder),
      figures: [...(await optimizerFigures(folder)), ...(await recurrenceFigures(folder))],
    }),
  );
  const traces = tracesOf(places, drawn);
  for (const [path, text] of drawn) pages.set(path, text);
  pages.set('docs/coverage.md', coverage);
  pages.set('docs/explain.md', explain);
  pages.set('docs/mathematics.md', mathematicsPage(root));
  pages.set('docs/ops.md', ops);
  for (const [path, svg] of figures) pages.set(path, svg);
  pages.set('docs/equations.md', equationsPage(traces));
  return { pages, problems: [...problems, ...problemsOf(traces)] };
}

function isCurrent(path, text) {
  return existsSync(join(root, path)) && read(path) === text;
}

const args = process.argv.slice(2);
if (args.some((arg) => arg !== '--check')) {
  console.error('usage: npm run docs [-- --check]');
  process.exit(2);
}
const problems = [];
try {
  const { pages, problems: found } = await generate();
  problems.push(...found);
  const stale = [...pages].filter(([path, text]) => !isCurrent(path, text)).map(([path]) => path);
  const left = filesUnder('docs').filter((path) => generated(path) && !pages.has(path));
  if (args.includes('--check')) {
    for (const path of [...stale, ...left]) problems.push(`${path}: stale; run npm run docs`);
  } else {
    for (const path of stale) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), pages.get(path));
    }
    for (const path of left) rmSync(join(root, path));
    console.log(`${pages.size} pages, ${stale.length} written, ${left.length} removed`);
  }
} catch (error) {
  problems.push(error.message);
}
for (const problem of problems) console.error(problem);
console.log(`${problems.length} problems`);
process.exit(problems.length > 0 ? 1 : 0);
