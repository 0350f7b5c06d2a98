/** A file of a data set, as its publisher has it. */
export interface SourceFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Where it can be had, the first choice first; empty where nowhere. */
  readonly urls: readonly string[];
}

/** Where a data set comes from, and how to tell that it is the right one. */
export interface DataSource {
  readonly name: string;
  /** The folder for its files; several sets may share one. */
  readonly folder: string;
  readonly licence: string;
  /** The publisher's page. */
  readonly home: string;
  /** Why `fetchDataset` does not fetch it; completes a sentence. */
  readonly manual?: string;
  readonly files: readonly SourceFile[];
}

/** Shorthand for the tables of sources. */
export function file(
  name: string,
  bytes: number,
  sha256: string,
  urls: readonly string[],
): SourceFile {
  return { name, bytes, sha256, urls };
}
