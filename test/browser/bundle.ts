/** Test code as a page or a worker gets it. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The script that `file` of `pages/` becomes, with all that it imports. */
export async function bundle(file: string, define: Record<string, string> = {}): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`pages/${file}`, import.meta.url))],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    // Those of package.json are about `dist`.
    ignoreAnnotations: true,
    logLevel: 'error',
    define,
  });
  return outputFiles[0]!.text;
}

/** A page with one script. */
export function pageOf(script: string, body = ''): string {
  return (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>test</title>' +
    `</head><body>${body}` +
    `<script type="module" src="${script}"></script></body></html>`
  );
}
