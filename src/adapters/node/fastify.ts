/**
 * `edgeward/fastify`: the guard as a Fastify plugin.
 *
 * @module
 */
import { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyPluginCallback, FastifyReply, FastifyRequest, RequestPayload } from 'fastify';
import { type ChatText, chatTexts, type PlacedText, placedTexts } from '../../chat-texts.ts';
import type { Firewall } from '../../firewall.ts';
import type { Outcome } from '../../types.ts';
import { bodyOf } from '../body-bytes.ts';
import { Refusal } from '../refusal.ts';
import { createRequestGuard, type FailureMode, type Guarded, type RequestGuardOptions } from '../request-guard.ts';
import type { NamedSubject, SubjectOption } from '../subject.ts';
import { arrivedOf, guardAnswer } from './exchange.ts';
import { hasBody, readBody, relabel, replaceBytes, tooLarge } from './incoming.ts';

export {
  type ChatText,
  chatTexts,
  type FailureMode,
  type Guarded,
  type NamedSubject,
  type PlacedText,
  placedTexts,
  type SubjectOption,
};

declare module 'fastify' {
  interface FastifyRequest {
    /** What the guard found in the request. */
    edgeward: Guarded;
  }
}

export interface FastifyGuardOptions extends RequestGuardOptions<FastifyRequest> {
  readonly firewall: Firewall;
  /**
   * Answers a blocked request. By default 403 in the shape of the API's own errors, without a reason.
   *
   * @param outcome of the worst text; absent where a banned sender was not read
   */
  readonly onBlock?: (request: FastifyRequest, reply: FastifyReply, outcome: Outcome | undefined) => unknown;
}

const plugin: FastifyPluginCallback<FastifyGuardOptions> = (app, { firewall, ...options }, done) => {
  const requests = createRequestGuard<FastifyRequest>(firewall, options);
  const { onBlock } = options;

  /** @returns what is to be parsed; undefined where the request was answered */
  async function admit(request: FastifyRequest, reply: FastifyReply, payload: Payload): Promise<Payload | undefined> {
    let arrived = arrivedOf(request.raw, reply.raw);
    const refuse = (refusal: Refusal): void => {
      const { status, type, body } = requests.refuse(refusal, arrived);
      // What was not read will not be.
      if (!request.raw.complete) reply.header('connection', 'close');
      reply.code(status).type(type).send(body);
    };
    try {
      const { raw } = request;
      const isRaw = payload === raw && raw instanceof IncomingMessage;
      if (hasBody(raw)) {
        const bytes = isRaw ? await readBody(raw, requests.maxBytes) : await collect(payload, requests.maxBytes);
        arrived = { ...arrived, body: bodyOf(bytes) };
      }
      const { guarded, refusal, replaced } = await requests.judge(arrived, request);
      request.edgeward = guarded;
      if (refusal !== undefined) {
        if (onBlock === undefined) refuse(refusal);
        else await onBlock(request, reply, guarded.outcome);
        return undefined;
      }
      guardAnswer(reply.raw, requests, { request, arrived, guarded });
      if (arrived.body === undefined || !('bytes' in arrived.body)) return payload;
      if (replaced !== undefined) relabel(raw, replaced);
      if (!isRaw) return again(replaced?.bytes ?? arrived.body.bytes);
      if (replaced !== undefined) replaceBytes(raw, replaced.bytes);
      return payload;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refuse(error);
      return undefined;
    }
  }

  app.decorateRequest('edgeward');
  app.addHook('preParsing', (request, reply, payload, next) => {
    admit(request, reply, payload).then(
      (admitted) => {
        if (admitted !== undefined) next(null, admitted);
      },
      (error: Error) => next(error),
    );
  });
  done();
};

/**
 * Guards every route of the scope it is registered in, whatever parses their bodies.
 *
 * @example
 * ```ts
 * await app.register(edgeward, { firewall, answer: {} });
 * app.post('/chat', async ({ body, edgeward }) => …);
 * ```
 */
export const edgeward = Object.assign(plugin, {
  // What `fastify-plugin` does: the hook belongs to the scope that registers, not to one of the plugin's own.
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'edgeward',
  [Symbol.for('plugin-meta')]: { name: 'edgeward', fastify: '>=4' },
});

type Payload = RequestPayload;

/** Reads without ending what the stream stands on: a refusal must still be able to leave. */
async function collect(payload: Payload, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (payload as Readable).iterator({ destroyOnReturn: false })) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array);
    size += bytes.length;
    if (size > maxBytes) throw tooLarge();
    chunks.push(bytes);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function again(bytes: Uint8Array): Payload {
  return Object.assign(Readable.from([Buffer.from(bytes)]), { receivedEncodedLength: bytes.length });
}
