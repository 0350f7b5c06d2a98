/** A character for a message: quoted, and with its code point, as "é" (U+00E9). */
export function showCharacter(codePoint: number): string {
  const hex = codePoint.toString(16).toUpperCase().padStart(4, '0');
  return `${JSON.stringify(String.fromCodePoint(codePoint))} (U+${hex})`;
}
