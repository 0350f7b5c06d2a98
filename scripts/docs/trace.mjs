// Where the equations of the notes are carried, tested and explained: the tags `@equation (2.5)`, in
// docstrings of src, in tests, and as `<!-- @equation (2.5) -->` in pages of docs. A number in the
// title of a test counts as a tag.
import { builtChapters, chapterOf, equations } from './notes.mjs';
import { declarations, fileDoc, parseSource, walk } from './parse.mjs';
import { slugger } from './slug.mjs';

/**
 * @typedef {object} Place
 * @property {string} number Of the equation.
 * @property {string} path Of the file.
 * @property {string} name Symbol, title of the test, or heading.
 * @property {string} [anchor] Of the heading.
 * @property {boolean} [isMention] A page names it without a tag.
 */

const numbers = new Set(equations.map(({ number }) => number));
const inParentheses = /\((\d+\.[\d.]*\d[a-z]?)\)/g;

const numbersIn = (text) => [...text.matchAll(inParentheses)].map(([, number]) => number);

/** The numbers behind each `@equation` of a comment, up to the end of its paragraph. */
function tagged(comment) {
  return comment
    .split('@equation')
    .slice(1)
    .flatMap((rest) => numbersIn(rest.split(/\n\W*(?:\n|@)/)[0]));
}

/** @returns {Place[]} The symbols of a source file that carry an equation. */
export function carriers(path, text) {
  if (!text.includes('@equation')) return [];
  const source = parseSource(path, text);
  const places = [];
  let found = 0;
  const add = (doc, name) => {
    for (const { name: tag, text: rest } of doc?.tags ?? []) {
      if (tag !== 'equation') continue;
      found++;
      for (const number of numbersIn(rest)) places.push({ number, path, name });
    }
  };
  add(fileDoc(source), '');
  for (const { name, doc, members } of declarations(source)) {
    add(doc, name);
    for (const member of members) add(member.doc, `${name}.${member.name}`);
  }
  const written = source.comments.reduce((n, c) => n + c.value.split('@equation').length - 1, 0);
  if (written !== found)
    throw new Error(`${path}: an @equation is not in the docstring of a symbol`);
  return places;
}

/** @returns {Place[]} The tests of a file that check an equation. */
export function checks(path, text) {
  if (numbersIn(text).length === 0) return [];
  const source = parseSource(path, text);
  const tests = testCalls(source);
  const places = [];
  const add = (number, test) => places.push({ number, path, name: test?.title ?? '' });
  for (const test of tests) {
    for (const number of numbersIn(test.title)) if (numbers.has(number)) add(number, test);
  }
  for (const { value, start, end } of source.comments) {
    const around = tests.findLast((test) => test.start < start && end < test.end);
    const next = tests.find((test) => test.start >= end);
    for (const number of tagged(value)) add(number, around ?? next);
  }
  return places;
}

/** Calls of `test` and `it` with their full titles, in the order of the text. */
function testCalls(source) {
  const calls = [];
  walk(source.program, (node, ancestors) => {
    const title = titleOf(source, node, ['test', 'it']);
    if (title === undefined) return;
    const outer = ancestors.map((a) => titleOf(source, a, ['describe'])).filter(Boolean);
    // What a table fills in says nothing here.
    const path = [...outer, title].filter((part) => !/%[sdiojp]/.test(part));
    calls.push({ title: path.join(' › ') || title, start: node.start, end: node.end });
  });
  return calls;
}

/** The title, if the node is a call such as `test('…')`, `test.each(…)('…')`. */
function titleOf({ text }, node, names) {
  if (node.type !== 'CallExpression') return undefined;
  const [first] = node.arguments;
  if (!first || !/^(Literal|TemplateLiteral)$/.test(first.type)) return undefined;
  let callee = node.callee;
  while (callee.callee ?? callee.object) callee = callee.callee ?? callee.object;
  if (!names.includes(callee.name)) return undefined;
  return first.type === 'Literal'
    ? String(first.value)
    : text.slice(first.start + 1, first.end - 1);
}

/** @returns {Place[]} The headings of a page under which an equation is explained or mentioned. */
export function explanations(path, text) {
  const places = [];
  const slug = slugger();
  let heading = { name: path, anchor: '' };
  let fenced = false;
  for (const line of text.split('\n')) {
    if (/^\s*```/.test(line)) fenced = !fenced;
    const title = fenced ? null : /^#+ (.+)$/.exec(line);
    if (title) heading = { name: title[1].replaceAll('`', ''), anchor: slug(title[1]) };
    const marker = /<!--(.*@equation.*)-->/.exec(line);
    const add = (number, isMention) => places.push({ number, path, ...heading, isMention });
    if (marker) for (const number of tagged(marker[1])) add(number, false);
    else if (!fenced) {
      for (const number of numbersIn(line)) if (numbers.has(number)) add(number, true);
    }
  }
  return places;
}

/**
 * What is wrong: tags for equations that there are not, and gaps in chapters that are built.
 *
 * @param {{ symbols: Place[], tests: Place[], pages: Place[] }} traces
 * @returns {string[]}
 */
export function problemsOf(traces) {
  const unknown = Object.values(traces)
    .flat()
    .filter(({ number }) => !numbers.has(number))
    .map(({ number, path }) => `${path}: the notes have no equation (${number})`);
  const wanted = { symbols: 'symbol in src', tests: 'test', pages: 'page in docs' };
  const gaps = equations
    .filter(({ section }) => builtChapters.includes(chapterOf(section)))
    .flatMap(({ number }) =>
      Object.entries(wanted)
        .filter(([key]) => !traces[key].some((p) => p.number === number && !p.isMention))
        .map(
          ([, what]) => `equation (${number}) has no ${what}; tag one with @equation (${number})`,
        ),
    );
  return [...unknown, ...gaps];
}
