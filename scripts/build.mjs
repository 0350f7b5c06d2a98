// `npm run build`: installs what is missing and compiles src to dist.
import { build, install } from './prepare.mjs';

install();
process.exit(build() ? 0 : 1);
