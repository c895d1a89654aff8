/**
 * Requests as bytes on a socket, for what no client would send.
 *
 * @module
 */
import { once } from 'node:events';
import { connect } from 'node:net';

/** What a request is made of. Headers are lines as they are sent; what frames the body and ends the connection is added unless they do. */
export interface RawRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: readonly string[];
  readonly body?: string | Uint8Array;
}

const FRAMING = /^(?:content-length|transfer-encoding)\s*:/i;

export function bytesOf({
  method = 'POST',
  path = '/v1/chat/completions',
  headers = [],
  body = '',
}: RawRequest): Buffer {
  const content = Buffer.from(body);
  const framed = headers.some((line) => FRAMING.test(line)) ? [] : [`content-length: ${content.length}`];
  const typed = headers.some((line) => /^content-type/i.test(line)) ? [] : ['content-type: application/json'];
  const closing = headers.some((line) => /^connection/i.test(line)) ? [] : ['connection: close'];
  const lines = [
    `${method} ${path} HTTP/1.1`,
    'host: guard.example',
    ...typed,
    ...headers,
    ...framed,
    ...closing,
    '',
    '',
  ];
  return Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'), content]);
}

export function chunked(...parts: readonly (string | Uint8Array)[]): Buffer {
  const chunks = parts.map((part) => {
    const bytes = Buffer.from(part);
    return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
  });
  return Buffer.concat([...chunks, Buffer.from('0\r\n\r\n')]);
}

/**
 * Sends bytes as they are.
 *
 * @returns everything that came back until the server closed
 */
export async function exchange(port: number, bytes: Uint8Array): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' });
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', () => undefined); // a reset is an answer too
  socket.write(bytes);
  await once(socket, 'close').catch(() => undefined);
  return Buffer.concat(chunks).toString('latin1');
}

/** The status of each response in what came back. */
export function statusesOf(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}
