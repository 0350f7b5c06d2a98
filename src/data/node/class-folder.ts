import * as fs from 'node:fs/promises';
import path from 'node:path';
import { FormatError } from '../../engine/core/errors.js';
import { readFailure } from '../../io/node/file-error.js';
import { readFile } from '../../io/node.js';
import { checkIndex } from '../dataset.js';
import { decodeText } from '../text-lines.js';

/** A file of a `ClassFolder`. */
export interface ClassFile {
  readonly path: string;
  /** Position of its class among `classes`. */
  readonly label: number;
}

const IMAGE_EXTENSIONS = ['bmp', 'gif', 'jpeg', 'jpg', 'png', 'webp'];
const TEXT_EXTENSIONS = ['txt'];
/** Folders in folders deeper than this are a mistake, or a link in a circle. */
const MAX_DEPTH = 32;

/**
 * Files sorted into one folder a class: the index of a data set, whose bytes are read when asked for.
 * Classes and files are in the order of their names' code units, whatever system and locale.
 */
export class ClassFolder {
  /** Names of the sub-folders. */
  readonly classes: readonly string[];
  readonly files: readonly ClassFile[];

  private constructor(
    readonly directory: string,
    classes: readonly string[],
    files: readonly ClassFile[],
  ) {
    this.classes = classes;
    this.files = files;
  }

  /**
   * Lists the files with one of the extensions in the sub-folders of `directory`, and in folders
   * inside those. Hidden ones (`.name`) and files beside the sub-folders do not count.
   *
   * @throws FileError where a folder cannot be read, FormatError where there are no sub-folders, or
   *   one has no such files.
   */
  static async open(directory: string, extensions: readonly string[]): Promise<ClassFolder> {
    const classes = (await list(directory)).filter(({ isFolder }) => isFolder).map((e) => e.name);
    if (classes.length === 0) {
      throw new FormatError(
        `${directory} has no sub-folders; put the files into one folder for each class.`,
      );
    }
    const files: ClassFile[] = [];
    for (const [label, name] of classes.entries()) {
      const before = files.length;
      await collect(path.join(directory, name), extensions, label, files, 0);
      if (files.length === before) {
        throw new FormatError(
          `${path.join(directory, name)} has no files (${extensions.join(', ')}); add some, or ` +
            'remove the folder: it counts as a class.',
        );
      }
    }
    return new ClassFolder(directory, classes, files);
  }

  /** Number of files. */
  get length(): number {
    return this.files.length;
  }

  /** Position of each file's class. */
  labels(): Int32Array {
    return Int32Array.from(this.files, ({ label }) => label);
  }

  /**
   * The bytes of a file.
   *
   * @throws IndexError for a number that is no file's, FileError where it cannot be read.
   */
  async read(index: number): Promise<Uint8Array<ArrayBuffer>> {
    checkIndex('read', index, this.length);
    return readFile(this.files[index]!.path);
  }

  /**
   * The text of a file.
   *
   * @param encoding a name that TextDecoder knows; default `utf-8`.
   * @throws FormatError where it is not of the encoding, otherwise as `read`.
   */
  async text(index: number, encoding = 'utf-8'): Promise<string> {
    const source = this.files[index]?.path ?? '';
    return decodeText(await this.read(index), { source, encoding });
  }
}

/**
 * Lists a folder of images, one sub-folder a class: bmp, gif, jpeg, png, webp. They are not decoded;
 * `loadImageFolder` does that.
 *
 * @throws as `ClassFolder.open` does.
 * @example
 * const folder = await openImageFolder('pets');
 * folder.classes; // ['cat', 'dog']
 * const png = await folder.read(0);
 */
export function openImageFolder(directory: string): Promise<ClassFolder> {
  return ClassFolder.open(directory, IMAGE_EXTENSIONS);
}

/**
 * Lists a folder of texts (.txt), one sub-folder a class.
 *
 * @throws as `ClassFolder.open` does.
 * @example
 * const folder = await openTextFolder('reviews');
 * const text = await folder.text(0);
 */
export function openTextFolder(directory: string): Promise<ClassFolder> {
  return ClassFolder.open(directory, TEXT_EXTENSIONS);
}

interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
  readonly isFile: boolean;
}

/** What a folder holds, links followed, hidden entries and broken links aside, in order. */
async function list(directory: string): Promise<Entry[]> {
  const entries = await fs.readdir(directory, { withFileTypes: true }).catch((error: unknown) => {
    throw readFailure(directory, error);
  });
  const visible = entries.filter(({ name }) => !name.startsWith('.'));
  const found = visible.map(async (entry) => {
    const link = entry.isSymbolicLink();
    const what = link
      ? await fs.stat(path.join(directory, entry.name)).catch(() => undefined)
      : entry;
    return {
      name: entry.name,
      isFolder: what?.isDirectory() ?? false,
      isFile: what?.isFile() ?? false,
    };
  });
  const list = await Promise.all(found);
  return list.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

async function collect(
  directory: string,
  extensions: readonly string[],
  label: number,
  files: ClassFile[],
  depth: number,
): Promise<void> {
  if (depth > MAX_DEPTH) {
    throw new FormatError(
      `${directory} is ${depth} folders deep; remove the link that leads in a circle.`,
    );
  }
  for (const { name, isFolder, isFile } of await list(directory)) {
    const inner = path.join(directory, name);
    if (isFolder) await collect(inner, extensions, label, files, depth + 1);
    else if (isFile && extensions.includes(path.extname(name).slice(1).toLowerCase())) {
      files.push({ path: inner, label });
    }
  }
}
