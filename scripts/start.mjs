// `npm start`: works in a fresh clone, then shows the tour. Arguments are passed on.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { prepare, root } from './prepare.mjs';

prepare();
const args = [join(root, 'dist/cli/main.js'), 'tour', ...process.argv.slice(2)];
const status = spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;
if (status === 0) console.log('The same in a page: npm run example browser-digits');
process.exit(status);
