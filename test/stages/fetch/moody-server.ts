/** A server of one file that breaks connections, refuses, lies or changes its file as a test asks. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Mood {
  content: Buffer;
  etag?: string | undefined;
  lastModified?: string | undefined;
  /** False: Range is ignored. */
  ranges?: boolean;
  /** True: answers 206 of the new file even where If-Range names the old one. */
  ignoresIfRange?: boolean;
  /** True: no Content-Length. */
  chunked?: boolean;
  /** How many bytes of the body of the n-th answer (from 0) are sent before the connection breaks; undefined: all. */
  cutAfter?: (answer: number) => number | undefined;
  /** Milliseconds between the last byte and the break: at 0 the client may lose what it has received but not read. */
  lingers?: number;
  /** Answers with this status instead. */
  status?: (answer: number) => { code: number; headers?: Record<string, string> } | undefined;
  /** What it does after the n-th answer's head. */
  onRequest?: (request: IncomingMessage, answer: number) => void;
}

export interface MoodyServer {
  readonly address: string;
  readonly mood: Mood;
  /** Range headers as they came. */
  readonly ranges: (string | undefined)[];
  close(): Promise<void>;
}

export async function startMoodyServer(mood: Mood): Promise<MoodyServer> {
  const ranges: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    const answer = ranges.push(request.headers.range) - 1;
    mood.onRequest?.(request, answer);
    const status = mood.status?.(answer);
    if (status) response.writeHead(status.code, status.headers).end();
    else serve(mood, answer, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/data.zip`,
    mood,
    ranges,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function serve(mood: Mood, answer: number, request: IncomingMessage, response: ServerResponse): void {
  const { content, etag, lastModified } = mood;
  const conditional = request.headers['if-none-match'] ?? request.headers['if-modified-since'];
  if (conditional !== undefined && (conditional === etag || conditional === lastModified)) {
    response.writeHead(304).end();
    return;
  }
  const from = startOf(mood, request);
  if (from > 0 && from >= content.length) {
    response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
    return;
  }
  const body = content.subarray(from);
  response.writeHead(from > 0 ? 206 : 200, {
    ...(etag !== undefined && { etag }),
    ...(lastModified !== undefined && { 'last-modified': lastModified }),
    ...(from > 0 && { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` }),
    ...(!mood.chunked && { 'content-length': String(body.length) }),
  });
  const cut = mood.cutAfter?.(answer);
  if (cut === undefined || cut >= body.length) response.end(body);
  else response.write(body.subarray(0, cut), () => setTimeout(() => response.destroy(), mood.lingers ?? 0).unref());
}

function startOf(mood: Mood, request: IncomingMessage): number {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const condition = request.headers['if-range'];
  const same = condition === undefined || condition === mood.etag || condition === mood.lastModified;
  return mood.ranges !== false && (same || mood.ignoresIfRange) ? from : 0;
}
