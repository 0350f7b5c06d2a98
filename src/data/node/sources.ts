import { ArgumentError } from '../../engine/core/errors.js';
import { nearestName } from '../nearest-name.js';
import type { DataSource } from './data-source.js';
import { GRAPH_SOURCES } from './graph-sources.js';
import { MANUAL_SOURCES } from './manual-sources.js';
import { OPEN_SOURCES } from './open-sources.js';

/** Data sets that come in files, by name; those with `manual` cannot be fetched. */
export const DATA_SOURCES: ReadonlyMap<string, DataSource> = new Map(
  [...OPEN_SOURCES, ...GRAPH_SOURCES, ...MANUAL_SOURCES].map((source) => [source.name, source]),
);

/**
 * The source called `name`.
 *
 * @throws ArgumentError where there is none, with the nearest name.
 */
export function findSource(name: string): DataSource {
  const found = DATA_SOURCES.get(name);
  if (found !== undefined) return found;
  const near = nearestName(name, DATA_SOURCES.keys());
  throw new ArgumentError(
    `there is no data set '${name}' in files; ` +
      (near === undefined ? '' : `did you mean '${near}'? `) +
      `Known: ${[...DATA_SOURCES.keys()].join(', ')}.`,
  );
}
