// Fails when a source has no test. src/a/b.ts is covered by test/a/b.test.ts, by a line
// `// covers: src/a/b.ts[, …]` in any test, or by an entry with a reason in scripts/untested.json.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesUnder, root } from './prepare.mjs';

const problems = [];
const sources = filesUnder('src', '.ts').filter((path) => !path.endsWith('.d.ts'));
const untested = JSON.parse(readFileSync(join(root, 'scripts/untested.json'), 'utf8'));
const tested = new Set();

for (const test of filesUnder('test', '.test.ts')) {
  tested.add(test.replace(/^test/, 'src').replace(/\.test\.ts$/, '.ts'));
  for (const [, list] of readFileSync(join(root, test), 'utf8').matchAll(/^\/\/ covers: (.+)$/gm)) {
    for (const path of list.split(',').map((name) => name.trim())) {
      if (!existsSync(join(root, path))) problems.push(`${test}: covers ${path}, which is no file`);
      tested.add(path);
    }
  }
}

for (const path of sources) {
  if (!tested.has(path) && !untested[path]) problems.push(`${path}: no test`);
}
// An entry outlives its reason easily: it must go once the file has a test, or is gone itself.
for (const path of Object.keys(untested)) {
  if (!sources.includes(path)) problems.push(`scripts/untested.json: ${path} is no file`);
  else if (tested.has(path)) problems.push(`scripts/untested.json: ${path} has a test`);
}

for (const problem of problems) console.error(problem);
console.log(`${sources.length} files, ${problems.length} problems`);
process.exit(problems.length > 0 ? 1 : 0);
