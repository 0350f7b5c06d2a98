// Serves pages on the loopback address: the example in a browser, and the tests.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** What makes a page cross-origin isolated, so that it may have threads. */
export const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** As strict as a page with WebAssembly can be; charts set styles of elements. */
export const POLICY = {
  'Content-Security-Policy':
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'",
};

/**
 * Serves texts by their path, and the files of folders whose path begins as they do.
 *
 * @param options `texts` and `folders` by path, `headers` of every answer, `port`, or any that is free.
 * @returns its `url`, without a slash at the end, and `close`.
 */
export async function serve({ texts = {}, folders = {}, headers = {}, port = 0 }) {
  const server = createServer((request, response) => {
    const found = find(request.url, texts, folders);
    void found.then(({ type, body }) => {
      response.writeHead(body === undefined ? 404 : 200, { 'Content-Type': type, ...headers });
      response.end(body ?? 'not found');
    });
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const close = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${server.address().port}`, close };
}

async function find(url, texts, folders) {
  const none = { type: 'text/plain', body: undefined };
  let path;
  try {
    path = normalize(decodeURIComponent(new URL(url, 'http://localhost').pathname));
  } catch {
    return none;
  }
  const type = path.endsWith('/') ? TYPES['.html'] : (TYPES[extname(path)] ?? 'text/plain');
  if (Object.hasOwn(texts, path)) return { type, body: texts[path] };
  // Browsers ask for it in every page that names no icon.
  if (path === '/favicon.ico') return { type, body: '' };
  const prefix = Object.keys(folders).find((start) => path.startsWith(start));
  if (prefix === undefined) return none;
  const rest = path.slice(prefix.length);
  const file = join(folders[prefix], path.endsWith('/') ? `${rest}index.html` : rest);
  const body = await readFile(file).catch(() => undefined);
  return { type, body };
}
