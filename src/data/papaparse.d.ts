// What we use of papaparse. Its own declarations (@types/papaparse) bring in Node's, which code for
// the browser must not see.
declare module 'papaparse' {
  interface ParseError {
    readonly type: string;
    readonly code: string;
    readonly message: string;
    /** Index of the row among `data`. */
    readonly row?: number;
  }
  interface ParseConfig {
    readonly delimiter: string;
    readonly newline: '\n';
    readonly quoteChar: string;
    readonly skipEmptyLines: false;
    /** True: quotes are characters like any other. */
    readonly fastMode?: boolean | undefined;
  }
  const Papa: {
    parse(
      text: string,
      config: ParseConfig,
    ): { readonly data: string[][]; readonly errors: readonly ParseError[] };
  };
  export default Papa;
}
