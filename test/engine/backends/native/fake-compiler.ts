import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeCompiler } from '../../../../src/engine/backends/native/compiler.js';

/** A compiler that answers questions as the real one does, and then does as the script says. */
export function fakeCompiler(folder: string, name: string, script: string): string {
  const path = join(folder, name);
  const real = describeCompiler().command.join(' ');
  const text = `#!/bin/sh\ncase "$*" in *--version*|*-dM*) exec ${real} "$@";; esac\n${script}\n`;
  writeFileSync(path, text, { mode: 0o700 });
  return path;
}
