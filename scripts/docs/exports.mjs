// What each entry of the package exports, found in the declaration files.
import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { declarations, fileDoc, parseSource } from './parse.mjs';

/**
 * @typedef {object} Exported
 * @property {string} name As exported.
 * @property {string} file Where it is declared, without ending: 'optim/sgd'.
 * @property {import('./parse.mjs').Source} source
 * @property {readonly import('./parse.mjs').Declaration[]} declarations More than one for overloads.
 *
 * @typedef {object} Namespace
 * @property {string} name
 * @property {string} file
 * @property {import('./parse.mjs').Doc | undefined} doc Of the file.
 * @property {readonly Exported[]} content
 */

/** Reads declaration files, each once. */
export class DeclarationFiles {
  #folder;
  #sources;
  #known = new Map();

  /** @param {string} folder Of the declarations. @param {string} sources What they were made from. */
  constructor(folder, sources) {
    this.#folder = folder;
    this.#sources = sources;
  }

  /** The docstring of a file itself; the declarations lose it together with the imports below it. */
  docOf(file) {
    const path = join(this.#sources, `${file}.ts`);
    return fileDoc(parseSource(path, readFileSync(path, 'utf8')));
  }

  /** A file by its path without ending, or undefined if it lies outside (a package, say). */
  read(file) {
    if (!this.#known.has(file)) {
      const path = join(this.#folder, `${file}.d.ts`);
      if (!existsSync(path)) return undefined;
      const source = parseSource(`${file}.d.ts`, readFileSync(path, 'utf8'));
      const own = declarations(source);
      this.#known.set(file, { file, source, own });
    }
    return this.#known.get(file);
  }

  /**
   * What a file exports, in its order.
   *
   * @returns {(Exported | Namespace)[]}
   */
  exportsOf(file) {
    const { source, own } = this.read(file);
    const found = [];
    for (const statement of source.program.body) {
      if (statement.type === 'ExportAllDeclaration') {
        const target = resolve(file, statement.source.value);
        const content = this.exportsOf(target);
        const name = statement.exported?.name;
        if (!name) found.push(...content);
        else found.push({ name, file: target, doc: this.docOf(target), content });
      } else if (statement.type === 'ExportNamedDeclaration') {
        if (statement.declaration) {
          const names = own.filter(({ node }) => within(node, statement)).map(({ name }) => name);
          for (const name of new Set(names)) found.push(this.find(file, name, name));
        }
        for (const { local, exported } of statement.specifiers) {
          const from = statement.source ? resolve(file, statement.source.value) : file;
          found.push(this.find(from, local.name, exported.name));
        }
      }
    }
    return found.filter((e, i) => e && found.findIndex((f) => f?.name === e.name) === i);
  }

  /** A symbol that a file declares, imports or exports again. */
  find(file, name, exportedAs = name) {
    const { source, own } = this.read(file);
    const here = own.filter((d) => d.name === name);
    if (here.length > 0) return { name: exportedAs, file, source, declarations: here };
    for (const statement of source.program.body) {
      const from = statement.source && resolve(file, statement.source.value);
      if (!from || !this.read(from)) continue;
      if (statement.type === 'ExportAllDeclaration' && !statement.exported) {
        const found = this.find(from, name, exportedAs);
        if (found) return found;
      }
      for (const { local, exported, imported } of statement.specifiers ?? []) {
        if (imported && local.name === name) return this.find(from, imported.name, exportedAs);
        if (exported?.name === name) return this.find(from, local.name, exportedAs);
      }
    }
    return undefined;
  }
}

const within = (inner, outer) => outer.start <= inner.start && inner.end <= outer.end;

const resolve = (from, name) =>
  name.startsWith('.') ? posix.join(posix.dirname(from), name).replace(/\.js$/, '') : name;
