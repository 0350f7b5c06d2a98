export function buildPage(from: string, to: string): Promise<void>;
