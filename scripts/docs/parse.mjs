// Declarations of a TypeScript file with their docstrings, by the parser that the linter uses.
import { parseSync } from 'oxc-parser';

/**
 * @typedef {object} Doc A docstring, taken apart.
 * @property {string} text What stands before the tags, as Markdown.
 * @property {readonly { name: string, text: string }[]} tags In their order.
 *
 * @typedef {object} Member
 * @property {string} name
 * @property {object} node
 * @property {Doc | undefined} doc
 *
 * @typedef {object} Declaration
 * @property {string} name
 * @property {'class' | 'function' | 'interface' | 'type' | 'const'} kind
 * @property {object} node Without `export`.
 * @property {Doc | undefined} doc
 * @property {readonly Member[]} members Of classes, interfaces and types that are object literals.
 *
 * @typedef {object} Source
 * @property {string} path
 * @property {string} text
 * @property {object} program
 * @property {readonly { type: string, value: string, start: number, end: number }[]} comments
 */

const kinds = {
  ClassDeclaration: 'class',
  FunctionDeclaration: 'function',
  TSDeclareFunction: 'function',
  TSInterfaceDeclaration: 'interface',
  TSTypeAliasDeclaration: 'type',
  VariableDeclaration: 'const',
};

/** @returns {Source} Throws an Error where the text is no TypeScript. */
export function parseSource(path, text) {
  const { program, comments, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0].message}`);
  return { path, text, program, comments };
}

/** The docstring that ends right before `start`. */
function docBefore({ text, comments }, start) {
  const near = comments.findLast((c) => c.end <= start);
  if (near?.type !== 'Block' || !near.value.startsWith('*')) return undefined;
  if (text.slice(near.end, start).trim() !== '') return undefined;
  return parseDoc(near.value.slice(1));
}

/** @returns {Doc} */
export function parseDoc(comment) {
  const lines = comment.split('\n').map((line) => line.replace(/^\s*\*? ?/, '').trimEnd());
  const parts = [{ name: '', lines: [] }];
  for (const line of lines) {
    const tag = /^@([a-zA-Z]+)\s*(.*)$/.exec(line);
    if (tag) parts.push({ name: tag[1], lines: [tag[2]] });
    else parts.at(-1).lines.push(line);
  }
  const [head, ...tags] = parts.map(({ name, lines: own }) => ({
    name,
    text: own.join('\n').replace(/^\n+|\s+$/g, ''),
  }));
  return { text: head.text.trim(), tags };
}

/** The docstring of the file itself: one ahead of an import or a re-export, or of another one. */
export function fileDoc(source) {
  const first = source.comments[0];
  const statement = source.program.body[0];
  if (!first?.value.startsWith('*') || first.start > (statement?.start ?? Infinity)) {
    return undefined;
  }
  const second = source.comments[1];
  const another = second?.value.startsWith('*') && second.end <= statement.start;
  const ownsNothing = /^(Import|Export)/.test(statement.type) && !statement.declaration;
  return another || ownsNothing ? parseDoc(first.value.slice(1)) : undefined;
}

/** @returns {Declaration[]} All at the top level, exported or not; overloads one by one. */
export function declarations(source) {
  return source.program.body.flatMap((statement) => {
    const node = statement.declaration ?? statement;
    const kind = kinds[node.type];
    if (!kind) return [];
    const doc = docBefore(source, statement.start);
    const bare = { kind, node, doc, members: [] };
    if (kind === 'const') {
      const named = node.declarations.filter(({ id }) => id.type === 'Identifier');
      return named.map((own) => ({ ...bare, name: own.id.name, node: own }));
    }
    if (!node.id) return [];
    return [{ ...bare, name: node.id.name, members: membersOf(source, node) }];
  });
}

/** @returns {Member[]} */
function membersOf(source, node) {
  const list = node.body?.body ?? node.typeAnnotation?.members;
  if (!Array.isArray(list) || node.type.includes('Function')) return [];
  return list
    .filter(({ key, type }) => key?.type !== 'PrivateIdentifier' && type !== 'StaticBlock')
    .map((own) => ({
      name: nameOf(source, own),
      node: own,
      doc: docBefore(source, own.start),
    }));
}

function nameOf({ text }, { key, computed }) {
  if (!key) return '()';
  if (computed) return `[${text.slice(key.start, key.end)}]`;
  return key.name ?? String(key.value);
}

/** Calls `visit` with every node below `node`, and with its ancestors' list, outer first. */
export function walk(node, visit, ancestors = []) {
  visit(node, ancestors);
  const inner = [...ancestors, node];
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child?.type === 'string') walk(child, visit, inner);
    }
  }
}
