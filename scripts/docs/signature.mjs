// Signatures as the reference prints them.
import { format } from 'oxfmt';
import { walk } from './parse.mjs';

/**
 * The text of a declaration or a member: without `export`, `declare` and paths of imports, parameters
 * that are taken apart named `options`, type parameters replaced by what they stand for.
 *
 * @param {import('./parse.mjs').Source} source
 * @param {object} node
 * @param {{ types?: ReadonlyMap<string, string>, comments?: boolean }} [settings]
 */
export function signatureOf(source, node, { types = new Map(), comments = false } = {}) {
  const edits = [];
  walk(node, (inner, ancestors) => {
    const isPattern = inner.type === 'ObjectPattern' || inner.type === 'ArrayPattern';
    if (isPattern && inner.typeAnnotation) {
      const before = source.text.slice(inner.start, inner.typeAnnotation.start);
      const end = inner.start + before.trimEnd().replace(/\?$/, '').length;
      edits.push({ start: inner.start, end, text: 'options' });
    }
    const stands = inner.type === 'TSTypeReference' && types.get(inner.typeName.name);
    if (stands) edits.push({ start: inner.start, end: inner.end, text: stands });
    if (inner.type === 'TSImportType') {
      const { start } = inner.qualifier ?? inner;
      if (!ancestors.at(-1)?.exprName) edits.push({ start: inner.start, end: start, text: '' });
    }
  });
  if (!comments) {
    for (const { start, end } of source.comments) {
      if (node.start <= start && end <= node.end) edits.push({ start, end, text: '' });
    }
  }
  return applyEdits(source.text, node, edits).replace(/^(export )?(declare )?/, '');
}

/** The text of `node` with parts replaced; where edits overlap the outer one holds. */
function applyEdits(text, { start, end }, edits) {
  edits.sort((a, b) => a.start - b.start || b.end - a.end);
  let result = '';
  let at = start;
  for (const edit of edits) {
    if (edit.start < at) continue;
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at, end);
}

const options = { printWidth: 100, singleQuote: true, semi: true, trailingComma: 'all' };

/** Formats declarations as the sources are formatted. */
export async function formatted(code) {
  const { code: result, errors } = await format('signature.d.ts', code, options);
  if (errors.length > 0)
    throw new Error(`cannot format a signature: ${errors[0].message}\n${code}`);
  return result.trim();
}

/** Formats members of a class. */
export async function formattedMembers(members) {
  const text = await formatted(`declare class C {\n${members.join('\n')}\n}`);
  const [, ...lines] = text.split('\n').slice(0, -1);
  return lines
    .map((line) => line.replace(/^ {2}/, ''))
    .filter((line) => line !== '')
    .join('\n');
}
