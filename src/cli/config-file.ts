import type { Command } from 'commander';
import { nearestName } from '../data/index.js';
import { duplicateKey } from '../io/json-keys.js';
import { readFile } from '../io/node.js';
import { jsonError } from './json-error.js';
import { isGiven, setOption } from './option-json.js';
import { UsageError } from './usage-error.js';

/** No list of flags is longer; another file was meant. */
const MAX_BYTES = 1_000_000;
/** Of these two, one on the command line is enough to rule out the other in a file. */
const MODES = ['json', 'quiet'];

/**
 * Gives a command the values that a JSON file has for its flags: `{"batchSize": 32}` or
 * `{"batch-size": 32}`. Flags on the command line win.
 *
 * @throws FileError where the file cannot be read; UsageError, naming file and place, where it is no
 *   JSON, has a name that is no flag's, or a value that the flag does not take.
 */
export async function applyConfigFile(command: Command, file: string): Promise<void> {
  const config = parseConfig(file, await readFile(file));
  const options = new Map(
    command.options
      .filter((option) => option.attributeName() !== 'config')
      .flatMap((option) =>
        [option.attributeName(), option.name()].map((n) => [n, option] as const),
      ),
  );
  const seen = new Set<string>();
  const isModeGiven = command.options.some(
    (option) => MODES.includes(option.attributeName()) && isGiven(command, option),
  );
  for (const [key, value] of Object.entries(config)) {
    const option = options.get(key);
    if (!option) throw unknownKey(file, key, [...options.keys()]);
    const name = option.attributeName();
    if (seen.has(name)) throw new UsageError(`${file}: '${name}' is given twice; give it once.`);
    seen.add(name);
    const given = isGiven(command, option) || (isModeGiven && MODES.includes(name));
    const before = command.getOptionValue(name) as unknown;
    const source = command.getOptionValueSource(name);
    setOption(command, option, value, file);
    // Checked all the same: a mistake should not wait until the flag is left out.
    if (given) command.setOptionValueWithSource(name, before, source ?? 'default');
  }
}

function parseConfig(file: string, bytes: Uint8Array): object {
  const fail = (what: string): never => {
    throw new UsageError(`${file}: ${what}.`);
  };
  if (bytes.length > MAX_BYTES) {
    fail(`it has ${bytes.length} bytes, a config file at most ${MAX_BYTES}; give another`);
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return fail('it is no text in UTF-8; save it as that');
  }
  const problem = jsonError(text);
  if (problem !== undefined) fail(problem);
  const json = JSON.parse(text) as unknown;
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return fail('it holds no object; write flags as {"epochs": 5, "batchSize": 32}');
  }
  const twice = duplicateKey(text);
  if (twice !== undefined) fail(`'${twice}' is given twice; give it once`);
  return json;
}

function unknownKey(file: string, key: string, names: readonly string[]): UsageError {
  const near = nearestName(key, names);
  const shown = key.length > 60 ? `${key.slice(0, 60)}…` : key;
  return new UsageError(
    `${file}: there is no flag '${shown}'` +
      (near === undefined ? '; --help lists those there are.' : `; did you mean '${near}'?`),
  );
}
