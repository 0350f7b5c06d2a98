/**
 * The anchors of a page's headings as GitHub makes them: lower case, punctuation dropped, blanks to
 * hyphens, and a number behind what was there before.
 *
 * @returns {(heading: string) => string}
 */
export function slugger() {
  const seen = new Map();
  return (heading) => {
    const plain = heading.toLowerCase().replace(/[^\p{L}\p{N}\p{M}\p{Pc}\- ]/gu, '');
    const slug = plain.trim().replaceAll(' ', '-');
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  };
}
