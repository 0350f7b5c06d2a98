// docs/equations.md: every equation of the notes with what carries, tests and explains it.
import { basename } from 'node:path';
import { builtChapters, chapterOf, chapters, equations } from './notes.mjs';
import { slugger } from './slug.mjs';

/** The anchor of an equation in docs/equations.md. */
export const equationAnchor = (number) => slugger()(`(${number})`);

const introduction = `<!-- Written by \`npm run docs\` from the @equation tags in src, test and docs. -->

# The equations of the notes

The 38 equations of *深度学习: 从 MLP 到 GNN* (version 1.1), each with the symbols that carry it, the
tests that check it on numbers, the page that explains it, and what the printed form gets wrong. The
formulas below are the corrected ones. Notation: η learning rate, ε smoothing term, ⊙ element by
element, \`*\` what deep learning calls convolution. A chapter counts as built when the software has
it; in such a chapter an equation without symbol, test or page fails the checks of \`npm test\`.
`;

/**
 * @param {{ symbols: Place[], tests: Place[], pages: Place[] }} traces Paths from the root.
 * @typedef {import('./trace.mjs').Place} Place
 */
export function equationsPage(traces) {
  const parts = [introduction, overview(traces)];
  for (const [chapter, title] of Object.entries(chapters)) {
    const own = equations.filter(({ section }) => chapterOf(section) === chapter);
    const built = builtChapters.includes(chapter);
    parts.push(`## ${chapter} ${title}\n`);
    if (!built) parts.push('Not built yet.\n');
    for (const equation of own) parts.push(entry(equation, traces, built));
  }
  return parts.join('\n');
}

function overview(traces) {
  const rows = Object.entries(chapters).map(([chapter, title]) => {
    const own = equations.filter(({ section }) => chapterOf(section) === chapter);
    const count = (places) =>
      own.filter(({ number }) => places.some((p) => p.number === number)).length;
    const { symbols, tests, pages } = traces;
    const state = builtChapters.includes(chapter) ? 'built' : 'not built yet';
    const cells = [`${chapter} ${title}`, own.length, ...[symbols, tests, pages].map(count), state];
    return `| ${cells.join(' | ')} |`;
  });
  const head = ['Chapter', 'Equations', 'with a symbol', 'with a test', 'with a page', 'State'];
  return `| ${head.join(' | ')} |\n|---|---|---|---|---|---|\n${rows.join('\n')}\n`;
}

function entry({ number, says, formula, erratum }, { symbols, tests, pages }, built) {
  const of = (places) => places.filter((place) => place.number === number);
  const lines = [];
  const add = (title, list) => {
    if (list.length > 0) lines.push(`- ${title}: ${list.join('; ')}`);
    else if (built) lines.push(`- ${title}: none`);
  };
  add('Symbols', byFile(of(symbols)));
  add('Tests', testLinks(of(tests)));
  add('Pages', pageLinks(of(pages)));
  if (erratum) lines.push(`- Erratum: ${erratum}`);
  const list = lines.length > 0 ? `\n${lines.join('\n')}\n` : '';
  return `### (${number})\n\n${says}: \`${formula}\`\n${list}`;
}

/** \`SGD\` in [src/optim/sgd.ts](../src/optim/sgd.ts), files in the order of their paths. */
function byFile(places) {
  const names = groups(places, ({ name }) => (name === '' ? 'the file' : `\`${name}\``));
  return names.map(([path, list]) => `${list.join(', ')} in [${path}](../${path})`);
}

function testLinks(places) {
  const titles = groups(places, ({ name }) => `“${name}”`);
  return titles.map(([path, list]) => `[${path}](../${path}): ${list.join(', ')}`);
}

function pageLinks(places) {
  const links = places.map(({ path, name, anchor }) => {
    const from = path.replace(/^docs\//, '');
    const target = path.startsWith('docs/') ? from : `../${path}`;
    return `[${basename(path, '.md')}, ${name}](${target}#${anchor})`;
  });
  return [...new Set(links)].sort((a, b) => (a < b ? -1 : 1));
}

/** What `label` says of each place, by path, without repetition; the places without a name last. */
function groups(places, label) {
  const found = new Map();
  for (const place of places) {
    const own = found.get(place.path) ?? new Set();
    found.set(place.path, own.add(label(place)));
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, set]) => [path, [...set]]);
}
