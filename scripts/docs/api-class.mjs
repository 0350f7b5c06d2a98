// Classes in the reference: their own members and those of bases that are not exported.
import { posix } from 'node:path';
import { docAsMarkdown } from './markdown.mjs';
import { formatted, formattedMembers, signatureOf } from './signature.mjs';

/** @typedef {import('./exports.mjs').Exported} Exported */

const idOf = ({ file, declarations }) => `${file}#${declarations[0].name}`;

/**
 * A class and its bases up to the first that is public, nearest first; each with what the type
 * parameters of it stand for.
 *
 * @param {import('./exports.mjs').DeclarationFiles} files
 * @param {Exported} symbol
 * @param {(id: string) => boolean} isPublic
 */
export function lineage(files, symbol, isPublic) {
  const levels = [{ symbol, types: new Map() }];
  for (;;) {
    const { symbol: last, types } = levels.at(-1);
    const { node } = last.declarations[0];
    if (node.superClass?.type !== 'Identifier') return { levels, base: undefined };
    const base = files.find(last.file, node.superClass.name);
    const args = (node.superTypeArguments?.params ?? []).map((argument) =>
      signatureOf(last.source, argument, { types }),
    );
    const list = args.length > 0 ? `<${args.join(', ')}>` : '';
    if (!base || isPublic(idOf(base))) return { levels, base: `${node.superClass.name}${list}` };
    const declared = base.declarations[0];
    if (declared.kind === 'const') return { levels, ...constructed(files, base) };
    const names = (declared.node.typeParameters?.params ?? []).map(({ name }) => name.name);
    levels.push({ symbol: base, types: new Map(names.map((name, i) => [name, args[i]])) });
  }
}

/**
 * What `class Adam extends defineOptimizer(…)` extends. The compiler names the base and states its type,
 * the name of a type `new (…) => Instance`.
 */
function constructed(files, { file, source, declarations: [{ node }] }) {
  const type = node.id.typeAnnotation.typeAnnotation;
  const name = (type.qualifier ?? type.typeName)?.name;
  const from = type.source ? posix.join(posix.dirname(file), type.source.value) : file;
  const alias = name && files.find(from.replace(/\.js$/, ''), name);
  const target = alias?.declarations[0].node;
  const made = target?.typeAnnotation;
  if (made?.type !== 'TSConstructorType') return { base: signatureOf(source, type) };
  const args = (type.typeArguments?.params ?? []).map((own) => signatureOf(source, own));
  const types = new Map(target.typeParameters.params.map((own, i) => [own.name.name, args[i]]));
  const params = made.params.map((own) => signatureOf(alias.source, own, { types }));
  const base = signatureOf(alias.source, made.returnType.typeAnnotation, { types });
  return { base, construct: `constructor(${params.join(', ')});` };
}

/** The public members of a class by name, overloads and get/set pairs together. */
function publicMembers({ symbol, types }) {
  const groups = new Map();
  for (const { name, node, doc } of symbol.declarations[0].members) {
    const isHidden = ['private', 'protected'].includes(node.accessibility);
    if (isHidden || doc?.tags.some((tag) => tag.name === 'internal')) continue;
    const isField = node.type.includes('PropertyDefinition');
    const group = groups.get(name) ?? { name, isField, docs: [], signatures: [] };
    groups.set(name, group);
    if (doc) group.docs.push(doc);
    group.signatures.push(signatureOf(symbol.source, node, { types }));
  }
  return [...groups.values()];
}

/** The names that bases and interfaces explain, so that a member need not. */
function explainedAbove(files, symbol) {
  const names = new Set();
  for (const above of directlyAbove(files, symbol)) {
    for (const { name, doc } of above.declarations[0].members) if (doc) names.add(name);
    for (const name of explainedAbove(files, above)) names.add(name);
  }
  return names;
}

function directlyAbove(files, { file, declarations: [{ node }] }) {
  const interfaces = [...(node.implements ?? []), ...(node.extends ?? [])];
  const parents = [node.superClass, ...interfaces.map(({ expression }) => expression)];
  return parents
    .filter((parent) => parent?.type === 'Identifier')
    .map(({ name }) => files.find(file, name))
    .filter(Boolean);
}

/**
 * A class as Markdown: its head with the members that have no docstring, what it is, the others.
 * A method without a docstring is reported, unless something above it explains it.
 *
 * @param {Exported} symbol
 * @param {readonly string[]} text What it is.
 * @param {object} context Of the page: see `renderPage` in api-page.mjs.
 */
export async function renderClass(symbol, text, context) {
  const { files, isPublic, heading, toDocs, report } = context;
  const { levels, base, construct } = lineage(files, symbol, isPublic);
  const known = explainedAbove(files, symbol);
  const seen = new Set();
  const plain = [];
  const sections = [];
  for (const level of levels) {
    const members = publicMembers(level).filter(({ name }) => !seen.has(name));
    for (const { name } of members) seen.add(name);
    const explained = members.filter(({ docs }) => docs.length > 0);
    plain.push(...members.filter(({ docs }) => docs.length === 0));
    sections.unshift({ level, explained });
  }
  for (const { name, isField } of plain) {
    if (name !== 'constructor' && !isField && !known.has(name)) report(symbol, name);
  }
  const head = headOf(symbol, base);
  const own = plain.flatMap(({ signatures }) => signatures);
  const body = [...own, ...(construct ? [construct] : [])].join('\n');
  const code = await formatted(`declare ${head} {\n${body}\n}`);
  const parts = [`\`\`\`ts\n${code.replace(/^declare /, '')}\n\`\`\``, ...text];
  for (const { level, explained } of sections) {
    const { doc, name: owner } = level.symbol.declarations[0];
    const isBase = level.symbol !== symbol;
    if (isBase && doc && explained.length > 0) parts.push(`---\n\n${docAsMarkdown(doc, toDocs)}`);
    for (const { name, docs, signatures } of explained) {
      const anchor = heading(
        4,
        `\`${symbol.name}.${name}\``,
        `${level.symbol.file}#${owner}.${name}`,
      );
      const what = docs.map((own) => docAsMarkdown(own, toDocs)).join('\n\n');
      parts.push(`${anchor}\n\n\`\`\`ts\n${await formattedMembers(signatures)}\n\`\`\`\n\n${what}`);
    }
  }
  return parts.join('\n\n');
}

function headOf({ name, source, declarations: [{ node }] }, base) {
  const parameters = node.typeParameters ? signatureOf(source, node.typeParameters) : '';
  const implemented = node.implements.map((own) => signatureOf(source, own)).join(', ');
  return [
    `${node.abstract ? 'abstract ' : ''}class ${name}${parameters}`,
    ...(base ? [`extends ${base}`] : []),
    ...(implemented ? [`implements ${implemented}`] : []),
  ].join(' ');
}
