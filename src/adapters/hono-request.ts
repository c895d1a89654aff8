/**
 * Gives a request of Hono a body that is in memory: the one that was read, or another.
 *
 * In Node a new `Request` costs more than judging what is in it. So what Hono's own methods read comes from memory, and
 * the new request is made when somebody reads `c.req.raw`.
 *
 * @module
 */
import type { HonoRequest } from 'hono';
import type { Body } from './body-bytes.ts';

const GIVEN = Symbol('edgeward body');

interface Given {
  /** Its body was read, or is not what is wanted. */
  readonly before: Request;
  readonly headers: Headers;
  readonly body: Body;
  made: Request | undefined;
}

type Holder = HonoRequest & { [GIVEN]?: Given };

/** The body that `giveBody` gave last, unless another request was put in its place. */
export function givenBody(request: Holder): Body | undefined {
  return request[GIVEN]?.body;
}

/** The request as it came, which nothing needs to be made for; its body may have been read. */
export function requestBefore(request: Holder): Request {
  return request[GIVEN]?.before ?? request.raw;
}

/** @param headers in place of those that the request came with */
export function giveBody(request: Holder, body: Body, headers?: Headers): void {
  const before = requestBefore(request);
  const isGiven = GIVEN in request;
  request.bodyCache = {};
  request[GIVEN] = { before, headers: headers ?? before.headers, body, made: undefined };
  if (isGiven) return;
  Object.defineProperty(request, 'raw', RAW);
  Object.setPrototypeOf(request, readingFromMemory(Object.getPrototypeOf(request)));
}

/** By the prototype of Hono's requests: one, unless several copies of Hono are loaded. */
const READING = new WeakMap<object, object>();

/** Beside redefining its methods on every request, this costs nothing. */
function readingFromMemory(prototype: object): object {
  let reading = READING.get(prototype);
  if (reading === undefined) {
    reading = Object.create(prototype, FROM_MEMORY) as object;
    READING.set(prototype, reading);
  }
  return reading;
}

type OfHolder = ThisType<HonoRequest & { [GIVEN]: Given }>;

const RAW: PropertyDescriptor & OfHolder = {
  configurable: true,
  enumerable: true,
  get() {
    const given = this[GIVEN];
    const { before, headers, body } = given;
    given.made ??= new Request(before, { body: body.bytes, ...(headers !== before.headers && { headers }) });
    return given.made;
  },
  /** Somebody puts another request in its place: nothing comes from memory any more. */
  set(value: Request) {
    Reflect.deleteProperty(this, GIVEN);
    Object.setPrototypeOf(this, Object.getPrototypeOf(Object.getPrototypeOf(this)));
    Object.defineProperty(this, 'raw', { configurable: true, enumerable: true, writable: true, value });
  },
};

const FROM_MEMORY: PropertyDescriptorMap & OfHolder = {
  url: {
    configurable: true,
    get() {
      return this[GIVEN].before.url;
    },
  },
  method: {
    configurable: true,
    get() {
      return this[GIVEN].before.method;
    },
  },
  header: {
    configurable: true,
    value(name?: string) {
      const { headers } = this[GIVEN];
      return name ? (headers.get(name) ?? undefined) : Object.fromEntries(headers);
    },
  },
  text: {
    configurable: true,
    async value() {
      return this[GIVEN].body.text;
    },
  },
  json: {
    configurable: true,
    async value() {
      return JSON.parse(this[GIVEN].body.text) as unknown;
    },
  },
  arrayBuffer: {
    configurable: true,
    async value() {
      return this[GIVEN].body.bytes.slice().buffer;
    },
  },
  bytes: {
    configurable: true,
    async value() {
      return this[GIVEN].body.bytes.slice();
    },
  },
};
