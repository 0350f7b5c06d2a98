/** What the header of a .npy file says, once it is known to be a dictionary of the right keys. */
export interface NpyHeader {
  /** `'<f4'` and the like, or a nested list for records. */
  readonly descr: PyValue;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
}

/** The part of Python's literals that a header is written in; tuples and lists are both arrays. */
export type PyValue = string | number | boolean | readonly PyValue[];

const TOKEN = /\s*(?:'([^'\\]*)'|"([^"\\]*)"|(True|False)\b|(\d{1,15})L?\b|([{}()[\],:]))/y;
const MAX_DEPTH = 16;

/**
 * Reads the Python dictionary `{'descr': …, 'fortran_order': …, 'shape': …}`.
 *
 * @returns the header, or a phrase that says what is wrong with it.
 */
export function parseNpyHeader(text: string): NpyHeader | string {
  const entries = new Map<string, PyValue>();
  try {
    const reader = new LiteralReader(text);
    reader.expect('{');
    while (!reader.take('}')) {
      const key = reader.value(0);
      if (typeof key !== 'string') return 'a key of the header is no string';
      if (entries.has(key)) return `the header holds '${key.slice(0, 40)}' twice`;
      reader.expect(':');
      entries.set(key, reader.value(0));
      if (!reader.take(',')) {
        reader.expect('}');
        break;
      }
    }
    reader.end();
  } catch (error) {
    if (error instanceof LiteralError) return error.message;
    throw error;
  }
  const descr = entries.get('descr');
  const fortranOrder = entries.get('fortran_order');
  const shape = entries.get('shape');
  if (entries.size !== 3 || descr === undefined) {
    return 'the header needs the keys descr, fortran_order and shape, and no other';
  }
  if (typeof fortranOrder !== 'boolean') return 'fortran_order is neither True nor False';
  if (!Array.isArray(shape) || !shape.every((d) => typeof d === 'number')) {
    return 'shape is no tuple of integers';
  }
  return { descr, fortranOrder, shape };
}

/** Text that is no literal of the kind expected; the message completes a sentence. */
class LiteralError extends Error {}

class LiteralReader {
  private readonly token = new RegExp(TOKEN);
  private at = 0;

  constructor(private readonly text: string) {}

  /** A string, number, boolean, tuple or list. */
  value(depth: number): PyValue {
    if (depth > MAX_DEPTH) throw new LiteralError(`the header nests more than ${MAX_DEPTH} deep`);
    const [, single, double, boolean, number, sign] = this.next();
    const string = single ?? double;
    if (string !== undefined) return string;
    if (boolean !== undefined) return boolean === 'True';
    if (number !== undefined) return Number(number);
    if (sign !== '(' && sign !== '[') throw this.unexpected();
    const close = sign === '(' ? ')' : ']';
    const items: PyValue[] = [];
    let separated = true;
    while (!this.take(close)) {
      if (!separated) throw this.unexpected();
      items.push(this.value(depth + 1));
      separated = this.take(',');
    }
    // Parentheses around one value without a comma are no tuple.
    return sign === '(' && items.length === 1 && !separated ? items[0]! : items;
  }

  take(sign: string): boolean {
    const before = this.at;
    this.token.lastIndex = before;
    const found = this.token.exec(this.text);
    if (found?.[5] !== sign) return false;
    this.at = this.token.lastIndex;
    return true;
  }

  expect(sign: string): void {
    if (!this.take(sign)) throw this.unexpected();
  }

  end(): void {
    if (this.text.slice(this.at).trim() !== '') throw this.unexpected();
  }

  private next(): RegExpExecArray {
    this.token.lastIndex = this.at;
    const found = this.token.exec(this.text);
    if (found === null) throw this.unexpected();
    this.at = this.token.lastIndex;
    return found;
  }

  private unexpected(): LiteralError {
    const rest = this.text.slice(this.at, this.at + 20).trim();
    return new LiteralError(
      `the header is no Python dictionary (character ${this.at}: ` +
        `${rest === '' ? 'it ends early' : JSON.stringify(rest)})`,
    );
  }
}
