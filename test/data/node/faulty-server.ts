import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** What the server does with one request, given the bytes of the file. */
export type Answer = (
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Uint8Array,
) => void;

/** The part that a request asks for: its first byte. */
export function rangeStart(request: IncomingMessage): number {
  return Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
}

/** As a good server does: ranges and all. */
export const whole: Answer = (request, response, bytes) => {
  const start = rangeStart(request);
  if (start >= bytes.length && request.headers.range !== undefined) {
    response.writeHead(416).end();
    return;
  }
  response.writeHead(request.headers.range === undefined ? 200 : 206, {
    'content-length': bytes.length - start,
    ...(request.headers.range === undefined
      ? {}
      : { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` }),
  });
  response.end(bytes.subarray(start));
};

/** Breaks off after `count` bytes of what was asked for. */
export const cutAfter =
  (count: number): Answer =>
  (request, response, bytes) => {
    const start = rangeStart(request);
    response.writeHead(start > 0 ? 206 : 200, {
      'content-length': bytes.length - start,
      'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}`,
    });
    response.write(bytes.subarray(start, start + count), () =>
      setTimeout(() => response.destroy(), 50),
    );
  };

/** Sends `count` bytes and then nothing more, without an end. */
export const stallAfter =
  (count: number): Answer =>
  (request, response, bytes) => {
    const start = rangeStart(request);
    response.writeHead(start > 0 ? 206 : 200, {
      'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}`,
    });
    response.write(bytes.subarray(start, start + count));
  };

export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_, response) => {
    response.writeHead(code, headers).end('a page that says so');
  };

/** A server on loopback with some files, that answers the n-th request as the n-th answer says. */
export class FaultyServer {
  /** `GET /path` or `GET /path bytes=7-`, one for each request. */
  readonly requests: string[] = [];
  /** Used up one by one; then all goes well. */
  answers: Answer[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((request, response) => {
    const { range } = request.headers;
    this.requests.push(`${request.url}${range === undefined ? '' : ` ${range}`}`);
    const bytes = this.files.get(request.url ?? '');
    const answer = this.answers.shift() ?? (bytes === undefined ? status(404) : whole);
    answer(request, response, bytes ?? new Uint8Array());
  });

  constructor(readonly files: Map<string, Uint8Array>) {
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
