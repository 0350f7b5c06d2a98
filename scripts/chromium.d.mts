export function findChromium(): string | undefined;
export function prepareChromium(): { readonly path?: string; readonly reason?: string };
