// Docstrings as Markdown.
import { equationAnchor } from './equations-page.mjs';

/** Text in which `*` and `<` mean themselves, outside of code. */
export function escaped(text) {
  const parts = text.split(/(`[^`]*`)/);
  return parts
    .map((part, i) => (i % 2 === 1 ? part : part.replace(/[*<]/g, (c) => `\\${c}`)))
    .join('');
}

/** A cell of a table: one line, bars escaped. */
export const cell = (text) => escaped(text).replace(/\s+/g, ' ').replaceAll('|', '\\|');

/** The first sentence of a docstring, in one line. */
export function firstSentence(text) {
  const line = text
    .split(/\n\s*\n|\n- /)[0]
    .replace(/\s+/g, ' ')
    .replace(/:$/, '.');
  return /^.*?[.!?](?= [A-Z`[]|$)/.exec(line)?.[0] ?? line;
}

const titles = { returns: 'Returns', throws: 'Throws', see: 'See' };

/** @param {import('./parse.mjs').Doc} doc @param {string} toDocs The way from the page to docs/. */
export function docAsMarkdown({ text, tags }, toDocs) {
  const parts = [escaped(text)];
  const params = tags.filter(({ name }) => name === 'param' || name === 'typeParam');
  if (params.length > 0) parts.push(params.map(paramLine).join('\n'));
  for (const { name, text: own } of tags) {
    if (titles[name]) parts.push(`**${titles[name]}** ${escaped(own)}`);
    if (name === 'example') parts.push(`\`\`\`ts\n${own}\n\`\`\``);
    if (name === 'equation') parts.push(`**Equation** ${equationLinks(own, toDocs)}`);
  }
  return parts.filter((part) => part !== '').join('\n\n');
}

function paramLine({ text }) {
  const [, name, rest] = /^(\S+)\s*([\s\S]*)$/.exec(text);
  return `- \`${name}\` ${escaped(rest.replace(/^- /, '')).replace(/\n\s*/g, '\n  ')}`;
}

function equationLinks(text, toDocs) {
  const link = (all, number) => `[${all}](${toDocs}equations.md#${equationAnchor(number)})`;
  return text.replace(/\s+/g, ' ').replace(/\((\d+\.[\d.]*\d[a-z]?)\)/g, link);
}
