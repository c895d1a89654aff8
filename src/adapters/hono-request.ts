/**
 * Gives a context of Hono a request whose body is in memory: the one that was read, or another.
 *
 * In Node a new `Request` costs more than judging what is in it. So what Hono's own methods read comes from memory, and
 * the new request is made when somebody reads `c.req.raw`. That is why there is another `c.req`: to make an accessor of
 * a member that a request of Hono has already costs V8 as much as all the rest.
 *
 * @module
 */
import type { Context, HonoRequest } from 'hono';
import type { Body } from './body-bytes.ts';

const GIVEN = Symbol('edgeward body');
const INNER = Symbol('edgeward request');

interface Given {
  /** Its body was read, or is not what is wanted. */
  readonly before: Request;
  readonly headers: Headers;
  readonly body: Body;
  made: Request | undefined;
}

/** @property INNER what Hono made, where another request stands in its place */
type Held = HonoRequest & { [INNER]?: HonoRequest; [GIVEN]?: Given | undefined };

/** The body that `giveBody` gave last, unless another request was put in its place. */
export function givenBody(request: Held): Body | undefined {
  return request[GIVEN]?.body;
}

/** The request as it came, which nothing needs to be made for; its body may have been read. */
export function requestBefore(request: Held): Request {
  return request[GIVEN]?.before ?? request.raw;
}

/** @param headers in place of those that the request came with */
export function giveBody(c: Context, body: Body, headers?: Headers): void {
  const req: Held = c.req;
  const before = requestBefore(req);
  const given: Given = { before, headers: headers ?? before.headers, body, made: undefined };
  // Also for whoever holds what Hono made.
  req.bodyCache = { text: Promise.resolve(body.text) as never };
  if (req[INNER] !== undefined) {
    req[GIVEN] = given;
    return;
  }
  const Holding = holdingLike(Object.getPrototypeOf(req));
  Object.defineProperty(c, 'req', { configurable: true, enumerable: true, value: new Holding(req, given) });
}

type Holding = new (inner: HonoRequest, given: Given) => Held;

/** By the prototype of Hono's requests: one, unless several copies of Hono are loaded. */
const HOLDING = new WeakMap<object, Holding>();

function holdingLike(prototype: object): Holding {
  let holding = HOLDING.get(prototype);
  if (holding === undefined) {
    holding = newHolding(prototype);
    HOLDING.set(prototype, holding);
  }
  return holding;
}

/** A class whose instances read the body from memory and ask the request that Hono made for all else. */
function newHolding(prototype: object): Holding {
  function Holding(this: Held, inner: HonoRequest, given: Given): void {
    this[INNER] = inner;
    this[GIVEN] = given;
  }
  Holding.prototype = Object.create(prototype, { ...askingInner(prototype), ...OF_INNER, ...FROM_MEMORY, raw: RAW });
  return Holding as unknown as Holding;
}

type OfHolding = ThisType<
  Omit<HonoRequest, 'raw'> & { [INNER]: HonoRequest; [GIVEN]: Given | undefined; raw: Request }
>;

/** Its methods read private members, which only what Hono made has. `parseBody` reads nothing but what is here. */
function askingInner(prototype: object): PropertyDescriptorMap & OfHolding {
  const asking: PropertyDescriptorMap & OfHolding = {};
  for (const name of Reflect.ownKeys(prototype)) {
    if (name === 'constructor' || name === 'parseBody') continue;
    const { value } = Object.getOwnPropertyDescriptor(prototype, name)!;
    asking[name] =
      typeof value === 'function'
        ? {
            configurable: true,
            value(this: Held, ...given: unknown[]) {
              return (Reflect.get(this[INNER]!, name) as typeof value).apply(this[INNER], given);
            },
          }
        : {
            configurable: true,
            get(this: Held) {
              return Reflect.get(this[INNER]!, name);
            },
          };
  }
  return asking;
}

function ofInner(name: 'path' | 'routeIndex' | 'bodyCache'): PropertyDescriptor & OfHolding {
  return {
    configurable: true,
    get() {
      return this[INNER][name];
    },
    set(value: never) {
      this[INNER][name] = value;
    },
  };
}

/** Members that Hono's requests have of their own. */
const OF_INNER: PropertyDescriptorMap & OfHolding = {
  path: ofInner('path'),
  routeIndex: ofInner('routeIndex'),
  bodyCache: ofInner('bodyCache'),
};

const RAW: PropertyDescriptor & OfHolding = {
  configurable: true,
  enumerable: true,
  get() {
    const given = this[GIVEN];
    if (given === undefined) return this[INNER].raw;
    const { before, headers, body } = given;
    given.made ??= new Request(before, { body: body.bytes, ...(headers !== before.headers && { headers }) });
    return given.made;
  },
  /** Somebody puts another request in its place: nothing comes from memory any more. */
  set(value: Request) {
    this[GIVEN] = undefined;
    this[INNER].raw = value;
    this[INNER].bodyCache = {};
  },
};

/** @param read what a method gives where the body is in memory */
function fromMemory<T>(method: BodyMethod, read: (given: Given) => T | Promise<T>): PropertyDescriptor & OfHolding {
  return {
    configurable: true,
    async value() {
      const given = this[GIVEN];
      return given === undefined ? this[INNER][method]() : read(given);
    },
  };
}

type BodyMethod = 'json' | 'text' | 'arrayBuffer' | 'bytes' | 'blob' | 'formData';

const responseOf = ({ body, headers }: Given): Response => {
  const type = headers.get('content-type');
  return new Response(body.bytes, type === null ? {} : { headers: { 'content-type': type } });
};

const FROM_MEMORY: PropertyDescriptorMap & OfHolding = {
  header: {
    configurable: true,
    value(name?: string) {
      const headers = this[GIVEN]?.headers ?? this[INNER].raw.headers;
      return name ? (headers.get(name) ?? undefined) : Object.fromEntries(headers);
    },
  },
  json: fromMemory('json', ({ body }) => JSON.parse(body.text) as unknown),
  text: fromMemory('text', ({ body }) => body.text),
  arrayBuffer: fromMemory('arrayBuffer', ({ body }) => body.bytes.slice().buffer),
  bytes: fromMemory('bytes', ({ body }) => body.bytes.slice()),
  blob: fromMemory('blob', (given) => responseOf(given).blob()),
  formData: fromMemory('formData', (given) => responseOf(given).formData()),
};
