/**
 * Reads the body of a request of `node:http` and leaves it there for whoever reads it next.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http';
import { FirewallError } from '../../errors.ts';
import { Refusal } from '../refusal.ts';
import type { WrittenBody } from '../request-body.ts';

/** True of a request whose body is still to come. */
export function hasBody({ headers, method }: IncomingMessage): boolean {
  if (method === 'GET' || method === 'HEAD') return false;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/**
 * @throws {Refusal} 413; 499 when the client goes away
 * @throws {FirewallError} `FW_INPUT` when somebody else has read it already, or the request is not of HTTP/1
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  if (request.httpVersionMajor !== 1) {
    throw new FirewallError('FW_INPUT', `guard: expected a request of HTTP/1; got HTTP/${request.httpVersion}`);
  }
  if (request.readableEnded || request.readableFlowing === true) {
    throw new FirewallError(
      'FW_INPUT',
      'guard: expected a body that is unread, or parsed into `request.body`; got one that was read. Put the guard before what reads it',
    );
  }
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;

    function leave(): void {
      request.off('readable', take).off('error', fail).off('close', fail);
    }

    function take(): void {
      // A read at the end would end the stream, and then nothing could be put back.
      while (request.readableLength > 0) {
        const chunk = request.read() as Buffer;
        size += chunk.length;
        chunks.push(chunk);
      }
      if (size > maxBytes) {
        leave();
        reject(tooLarge());
      } else if (request.complete) {
        const whole = Buffer.concat(chunks);
        // At once: the end is told on the next tick, unless there is something left to read.
        if (size > 0) request.unshift(whole);
        leave();
        resolve(new Uint8Array(whole));
      }
    }

    function fail(cause?: unknown): void {
      leave();
      reject(new Refusal(499, 'Request was given up', { cause }));
    }

    request.on('readable', take).on('error', fail).on('close', fail);
    take();
  });
}

/** Other bytes instead of the ones that `readBody` left. */
export function replaceBytes(request: IncomingMessage, bytes: Uint8Array): void {
  request.read();
  request.unshift(Buffer.from(bytes));
}

/** Headers that tell of other bytes. */
export function relabel({ headers }: IncomingMessage, { bytes, type }: WrittenBody): void {
  if (headers['content-length'] !== undefined) headers['content-length'] = String(bytes.length);
  if (type !== undefined) headers['content-type'] = type;
}

export function tooLarge(): Refusal {
  return new Refusal(413, 'Request body too large');
}
