// The browser that the tests run in: found, or installed where that is possible.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const LIMIT_MS = 5 * 60_000;

/** The path of a Chromium: GRADUS_CHROMIUM, or one on PATH; undefined if there is none. */
export function findChromium() {
  const given = process.env.GRADUS_CHROMIUM;
  if (given) return given;
  const folders = (process.env.PATH ?? '').split(delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Installs Debian's Chromium where there is none, and this is Debian, and may be changed.
 *
 * @returns `path`, or in `reason` why the tests in a browser are left out.
 */
export function prepareChromium() {
  if (process.env.GRADUS_BROWSER === '0') return { reason: 'GRADUS_BROWSER is 0' };
  const found = findChromium();
  if (found) return { path: found };
  const hint = 'install Chromium, or let GRADUS_CHROMIUM name one';
  if (!existsSync('/etc/debian_version')) return { reason: `there is no Chromium; ${hint}` };
  if (process.getuid?.() !== 0) {
    return { reason: `there is no Chromium, and only root may install it; ${hint}` };
  }
  console.log('\n── Chromium: installing');
  const install = ['install', '-y', '-qq', '--no-install-recommends', 'chromium'];
  const done = apt(install) || (apt(['update', '-qq']) && apt(install));
  const path = done ? findChromium() : undefined;
  return path ? { path } : { reason: `Debian's Chromium could not be installed; ${hint}` };
}

function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', args, { env, stdio: 'pipe', timeout: LIMIT_MS }).status === 0;
}
