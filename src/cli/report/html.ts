import { TEXTS, type TextKey } from './texts.js';

/** Text as it may stand in an element or between double quotes. */
export function escapeHtml(text: string): string {
  const names: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replaceAll(/[&<>"']/g, (c) => names[c]!);
}

/**
 * A text in both languages, of which the page shows one; `{0}`, `{1}`, … stand for `values`, which
 * are plain text.
 */
export function say(key: TextKey, ...values: readonly (string | number)[]): string {
  const { en, zh } = TEXTS[key];
  const fill = (text: string): string =>
    escapeHtml(text).replaceAll(/\{(\d)\}/g, (_, i: string) =>
      escapeHtml(String(values[+i] ?? '')),
    );
  return `<span class="en" lang="en">${fill(en)}</span><span class="zh" lang="zh">${fill(zh)}</span>`;
}

/** A table: each cell is HTML. */
export function tableOf(
  className: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const cells = (tag: string, row: readonly string[]): string =>
    row
      .map((cell, i) =>
        i === 0 && tag === 'td' ? `<th scope="row">${cell}</th>` : `<${tag}>${cell}</${tag}>`,
      )
      .join('');
  const body = rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('\n');
  const top = `<thead><tr>${cells('th scope="col"', head).replaceAll('</th scope="col">', '</th>')}</tr></thead>`;
  return `<div class="wide"><table class="${className}">${head.length > 0 ? top : ''}\n<tbody>${body}</tbody></table></div>`;
}

/** A section with its heading. */
export function section(key: TextKey, body: string): string {
  return `<section>\n<h3>${say(key)}</h3>\n${body}\n</section>`;
}
