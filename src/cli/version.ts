export { version } from '../train/node/version.js';
