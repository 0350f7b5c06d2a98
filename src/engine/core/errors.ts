/** What all errors raised by Gradus on purpose have in common: a message meant for a person. */
export class GradusError extends Error {
  override name = 'GradusError';
}

/** Shapes that do not fit an operation. */
export class ShapeError extends GradusError {
  override name = 'ShapeError';
}

/** Dtypes that do not fit an operation. */
export class DTypeError extends GradusError {
  override name = 'DTypeError';
}

/** An index or label outside its range. */
export class IndexError extends GradusError {
  override name = 'IndexError';
}

/** An argument with a value that cannot be used. */
export class ArgumentError extends GradusError {
  override name = 'ArgumentError';
}

/** A file or byte stream that is missing, truncated or malformed. */
export class FormatError extends GradusError {
  override name = 'FormatError';
}

/** A calculation that left the finite numbers. */
export class NumericError extends GradusError {
  override name = 'NumericError';
}

/** A broken invariant of the engine itself: a bug, never the user's doing. */
export class InternalError extends GradusError {
  override name = 'InternalError';
}

export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InternalError(`internal: ${message}; please report this.`);
}
