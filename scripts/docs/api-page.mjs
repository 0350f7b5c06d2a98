// The API reference: one page for each entry of the package, written from declarations and docstrings.
import { renderClass } from './api-class.mjs';
import { DeclarationFiles } from './exports.mjs';
import { cell, docAsMarkdown, firstSentence } from './markdown.mjs';
import { formatted, signatureOf } from './signature.mjs';
import { slugger } from './slug.mjs';

/** @typedef {import('./exports.mjs').Exported} Exported */

const kindTitles = {
  function: 'Functions',
  class: 'Classes',
  const: 'Constants',
  interface: 'Types',
  type: 'Types',
};
const kindNames = { interface: 'type', const: 'constant' };

const idOf = ({ file, declarations }) => `${file}#${declarations[0].name}`;

/** The entries of the package: how each is imported, its page, and the file it is. */
export function entriesOf(manifest) {
  return Object.entries(manifest.exports)
    .filter(([, target]) => target.types)
    .map(([subpath, { types }]) => ({
      specifier: manifest.name + subpath.slice(1),
      page: subpath === '.' ? manifest.name : subpath.slice(2).replaceAll('/', '-'),
      file: types.replace('./dist/', '').replace('.d.ts', ''),
    }));
}

/**
 * Writes the reference.
 *
 * @param {string} folder Where src has been compiled to.
 * @param {string} sources The folder src itself.
 * @param {object} manifest package.json.
 * @returns {Promise<{ pages: Map<string, string>, places: Map<string, object>, problems: string[] }>}
 *   Pages by path; for each symbol, as 'optim/sgd#SGD' or 'tensor/tensor#Tensor.backward', the place
 *   that explains it; and what lacks a docstring.
 */
export async function apiReference(folder, sources, manifest) {
  const files = new DeclarationFiles(folder, sources);
  const entries = entriesOf(manifest).map((entry) => ({
    ...entry,
    content: files.exportsOf(entry.file),
    doc: files.docOf(entry.file),
  }));
  const symbols = entries.flatMap(({ content }) => content.flatMap((e) => e.content ?? [e]));
  const known = new Set(symbols.map(idOf));
  const shared = {
    files,
    isPublic: (id) => known.has(id),
    places: new Map(),
    problems: [],
  };
  const pages = new Map();
  for (const entry of entries) {
    if (!entry.doc) shared.problems.push(`src/${entry.file}.ts: the entry has no docstring`);
    pages.set(`docs/api/${entry.page}.md`, await renderPage(entry, shared));
  }
  pages.set('docs/api/README.md', indexPage(entries));
  return { pages, places: shared.places, problems: [...new Set(shared.problems)] };
}

const note = '<!-- Written by `npm run docs` from the declarations and docstrings in src. -->';

function indexPage(entries) {
  const rows = entries.map(({ specifier, page, doc }) => {
    const what = doc ? cell(firstSentence(doc.text)) : '';
    return `| [\`${specifier}\`](${page}.md) | ${what} |`;
  });
  const head = '| Import from | What is there |\n|---|---|';
  return `${note}\n\n# API reference\n\n${head}\n${rows.join('\n')}\n`;
}

async function renderPage(entry, shared) {
  const slug = slugger();
  const path = `docs/api/${entry.page}.md`;
  const heading = (level, title, id, name = title.replaceAll('`', '')) => {
    const anchor = slug(title);
    if (id && !shared.places.has(id)) shared.places.set(id, { path, anchor, name });
    return `${'#'.repeat(level)} ${title}`;
  };
  const report = ({ file, name }, member) =>
    shared.problems.push(`src/${file}.ts: ${name}${member ? `.${member}` : ''} has no docstring`);
  const context = { ...shared, path, heading, report, toDocs: '../' };
  const parts = [note, heading(1, `\`${entry.specifier}\``)];
  if (entry.doc) parts.push(docAsMarkdown(entry.doc, '../'));
  const contentsAt = parts.push('') - 1;
  const rows = [];
  const single = entry.content.filter((e) => !e.content);
  for (const title of new Set(Object.values(kindTitles))) {
    const own = single.filter((e) => kindTitles[e.declarations[0].kind] === title);
    if (own.length > 0) parts.push(heading(2, title));
    for (const symbol of own) parts.push(await renderSymbol(symbol, context, rows));
  }
  for (const namespace of entry.content.filter((e) => e.content)) {
    parts.push(await renderNamespace(namespace, context, rows));
  }
  parts[contentsAt] = `| Name | Kind | |\n|---|---|---|\n${rows.join('\n')}`;
  return `${parts.join('\n\n')}\n`;
}

/** Where a symbol is explained already, as a link from this page. */
function linkTo(symbol, { places, path }) {
  const place = places.get(idOf(symbol));
  if (!place) return undefined;
  const page = place.path === path ? '' : place.path.replace('docs/api/', '');
  return `${page}#${place.anchor}`;
}

async function renderNamespace({ name, doc, content }, context, rows) {
  const parts = [context.heading(2, `\`${name}\``)];
  if (doc) parts.push(docAsMarkdown(doc, context.toDocs));
  const anchor = parts[0].replace(/[#` ]/g, '').toLowerCase();
  rows.push(
    `| [\`${name}\`](#${anchor}) | namespace | ${doc ? cell(firstSentence(doc.text)) : ''} |`,
  );
  const old = content.filter((symbol) => linkTo(symbol, context));
  const links = old.map((symbol) => `[\`${symbol.name}\`](${linkTo(symbol, context)})`);
  if (old.length > 0) parts.push(`Under their own names too: ${links.join(', ')}.`);
  for (const symbol of content.filter((own) => !old.includes(own))) {
    parts.push(await renderSymbol({ ...symbol, name: `${name}.${symbol.name}` }, context, rows));
  }
  return parts.join('\n\n');
}

async function renderSymbol(symbol, context, rows) {
  const { name, declarations } = symbol;
  const [{ kind }] = declarations;
  const docs = declarations.flatMap(({ doc }) => (doc ? [doc] : []));
  const summary = docs.length > 0 ? cell(firstSentence(docs[0].text)) : '';
  const row = (link) =>
    rows.push(`| [\`${name}\`](${link}) | ${kindNames[kind] ?? kind} | ${summary} |`);
  const known = linkTo(symbol, context);
  if (known && !known.startsWith('#')) {
    row(known);
    return `${context.heading(3, `\`${name}\``)}\n\nSee [\`${name}\`](${known}).`;
  }
  if (docs.length === 0) context.report(symbol);
  // Anchors are in lower case: without the word, Linear and linear would have the same.
  const title = kind === 'class' ? `Class \`${name}\`` : `\`${name}\``;
  const parts = [context.heading(3, title, idOf(symbol), name)];
  row(`#${context.places.get(idOf(symbol)).anchor}`);
  const text = docs.map((doc) => docAsMarkdown(doc, context.toDocs));
  if (kind === 'class') return [...parts, await renderClass(symbol, text, context)].join('\n\n');
  return [...parts, await codeOf(symbol), ...text].join('\n\n');
}

async function codeOf({ source, declarations }) {
  const code = declarations.map(({ kind, node }) => {
    const text = signatureOf(source, node, { comments: kind === 'interface' || kind === 'type' });
    return kind === 'const' ? `declare const ${text};` : `declare ${text}`;
  });
  const result = await formatted(code.join('\n'));
  return `\`\`\`ts\n${result.replace(/^declare /gm, '')}\n\`\`\``;
}
