export const ISOLATION: Readonly<Record<string, string>>;
export const POLICY: Readonly<Record<string, string>>;
export interface PageServer {
  /** Such as http://127.0.0.1:40123. */
  readonly url: string;
  close(): Promise<void>;
}
export function serve(options: {
  readonly texts?: Readonly<Record<string, string>>;
  readonly folders?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly port?: number;
}): Promise<PageServer>;
