/**
 * What a proxy is told, checked once.
 *
 * @module
 */
import { FirewallError, show } from '../../errors.ts';
import type { AnswerReport, Channel, Firewall, GuardedMessages, InspectOptions, Outcome, Risk } from '../../exports.ts';
import type { SubjectState } from '../../judgement.ts';
import type { Api } from '../refusal.ts';
import type { JudgementPort } from '../request-guard.ts';
import type { SubjectOption } from '../subject.ts';
import { APIS, ENDPOINTS, type Endpoint, guessApi, type TextPlace } from './apis.ts';
import { type BodyLimits, DECODERS, type Decode } from './body.ts';
import type { ForwardLimits } from './forward.ts';
import type { TextLimits } from './texts.ts';

export interface ProxyLimits extends BodyLimits, TextLimits, ForwardLimits {}

/** What holds for some paths; where absent, what the proxy says. */
export interface ProxyRoute {
  /** Such as `/v1/responses`, or `/support/*` for all below. Compared as it stands, case included. */
  readonly path: string;
  /**
   * `guard` (default) judges what is asked and guards the answer; `pass` reads neither; `refuse` answers 404.
   */
  readonly mode?: 'guard' | 'pass' | 'refuse';
  /** Whose errors its clients expect. Told from the path where absent. */
  readonly api?: Api;
  /** Where texts stand that no known shape has, and who speaks there. */
  readonly places?: readonly TextPlace[];
  /** With a policy of its own. */
  readonly firewall?: Firewall;
  /** How much hangs on texts in doubt: `low` passes them now, `high` waits for a verifier. Where absent the policy says (`onGrey`). */
  readonly risk?: Risk;
  readonly trustRoles?: boolean;
  readonly subject?: SubjectOption;
  readonly upstream?: string | URL;
}

export interface ProxyOptions {
  readonly firewall: Firewall;
  /** Where requests go: origin, and a path that stands before theirs. */
  readonly upstream: string | URL;
  /** The first that fits counts; paths that none has are guarded, or as `others` says. */
  readonly routes?: readonly ProxyRoute[];
  /** Of paths that neither a route nor a known API has. Defaults to `guard`: JSON is judged, other bodies are refused. */
  readonly others?: NonNullable<ProxyRoute['mode']>;
  /** False where strangers write whole bodies: then all texts but those of tools are judged as the user's. Defaults to true. */
  readonly trustRoles?: boolean;
  /** Who asks; passed to `admit`, `onJudged` and `onAnswered`. */
  readonly subject?: SubjectOption;
  /** What remembers who tried, as `openJudgement` gives it: refuses the banned, has verified later what passes in doubt. */
  readonly judgement?: JudgementPort;
  /** Asked before a body is read; false refuses with 403. */
  readonly admit?: (asker: Asker) => boolean | Promise<boolean>;
  /** Told what was judged, before it goes on. */
  readonly onJudged?: (judged: Judged) => void | Promise<void>;
  /** Told once per request how it ended. */
  readonly onAnswered?: (answered: Answered) => void;
  /** Deadline of the judging: see `firewall.inspect`. */
  readonly inspect?: Pick<InspectOptions, 'deadlineMs'>;
  readonly limits?: Partial<ProxyLimits>;
  /** Headers that every request to the upstream has, such as a key that clients need not know. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Content codings of requests beside `gzip` and `deflate`, by name. */
  readonly decoders?: Readonly<Record<string, Decode>>;
  /** False makes `/-/ready` answer 503. */
  readonly isReady?: () => boolean;
  readonly fetch?: typeof globalThis.fetch;
}

/** One request, before it is read. */
export interface Asker {
  readonly request: Request;
  readonly api: Api;
  /** Absent where no subject is asked for, or the request does not say. */
  readonly subject?: string;
}

export interface Judged extends Asker {
  readonly action: 'allow' | 'block';
  /** Of the worst text; absent when there was none. */
  readonly outcome?: Outcome;
  /** True when a scan was cut short, by a limit or because tier 2 had no time or no room: what it would have said is not known. */
  readonly degraded: boolean;
  /** Absent of a request without a body, and where a banned sender was not read. */
  readonly guarded?: GuardedMessages<unknown>;
  /** How the sender stood; absent without a judgement, or where nobody is named. */
  readonly standing?: SubjectState;
  /** Ids of the texts that pass in doubt and wait for a verdict. */
  readonly jobs?: readonly string[];
}

export interface Answered extends Asker {
  readonly status: number;
  /** `refused` by the proxy, or by an upstream that failed. */
  readonly by: 'proxy' | 'upstream';
  /** Milliseconds from the request's headers to the answer's end. */
  readonly tookMs: number;
  /** Milliseconds that judging took; absent where nothing was. */
  readonly judgedMs?: number;
  /** What became of the answer; absent where it was not guarded. */
  readonly report?: AnswerReport;
}

/** What holds for one request. */
export interface Route {
  readonly mode: 'guard' | 'pass' | 'refuse';
  readonly api: Api;
  readonly places: readonly TextPlace[];
  readonly answers: 'text' | 'vectors' | 'anything';
  readonly firewall: Firewall;
  readonly risk: Risk | undefined;
  readonly trustRoles: boolean;
  readonly subject: SubjectOption | undefined;
  readonly upstream: URL;
}

export interface Settings extends Pick<ProxyOptions, 'admit' | 'onJudged' | 'onAnswered' | 'judgement'> {
  routeOf(path: string, headers: Headers): Route;
  readonly inspect: Pick<InspectOptions, 'deadlineMs'>;
  readonly limits: ProxyLimits;
  readonly headers: Readonly<Record<string, string>>;
  readonly decoders: ReadonlyMap<string, Decode>;
  readonly isReady: () => boolean;
  readonly fetch: typeof globalThis.fetch;
}

export const LIMITS: ProxyLimits = {
  bodyBytes: 8 * 1024 * 1024,
  bodyMs: 60_000,
  texts: 10_000,
  textLength: 1_000_000,
  depth: 64,
  // As long as the official SDKs wait: an answer that is not streamed begins when it is complete.
  firstByteMs: 600_000,
  idleMs: 300_000,
  totalMs: 1_800_000,
};

const MODES: readonly unknown[] = ['guard', 'pass', 'refuse'] satisfies Route['mode'][];
const CHANNELS: readonly unknown[] = ['user', 'system', 'tool', 'retrieved', 'model'] satisfies Channel[];
/** Node's longest timer. */
const LARGEST = 2 ** 31 - 1;

/** @throws {FirewallError} `FW_OPTIONS` */
export function resolveProxy(options: ProxyOptions): Settings {
  const { firewall, routes = [], others = 'guard', trustRoles = true, subject } = options;
  if (typeof (firewall as Partial<Firewall> | undefined)?.guardMessages !== 'function') {
    throw wrong('firewall', 'what createFirewall gives', firewall);
  }
  const upstream = upstreamOf('upstream', options.upstream);
  oneOf('others', MODES, others);
  const resolved = routes.map((route, i) => {
    const { path, mode = 'guard', api, places = [], risk } = route;
    if (typeof path !== 'string' || !/^\/[^*]*\*?$/.test(path)) {
      throw wrong(`routes[${i}].path`, 'a path, with * at most at its end', path);
    }
    oneOf(`routes[${i}].mode`, MODES, mode);
    if (risk !== undefined) oneOf(`routes[${i}].risk`, ['low', 'high'], risk);
    if (api !== undefined) oneOf(`routes[${i}].api`, APIS, api);
    places.forEach((place, j) => {
      oneOf(`routes[${i}].places[${j}].channel`, CHANNELS, place.channel);
      if (typeof place.path !== 'string') throw wrong(`routes[${i}].places[${j}].path`, 'names with stops', place.path);
    });
    const own = route.upstream === undefined ? upstream : upstreamOf(`routes[${i}].upstream`, route.upstream);
    return { ...route, path, mode, api, places, upstream: own };
  });

  return {
    routeOf(path, headers) {
      const route = resolved.find((one) =>
        one.path.endsWith('*') ? path.startsWith(one.path.slice(0, -1)) : path === one.path,
      );
      const endpoint: Endpoint | undefined = ENDPOINTS.find((one) => one.path.test(path));
      return {
        mode: route?.mode ?? (endpoint === undefined ? others : endpoint.unread ? 'pass' : 'guard'),
        api: route?.api ?? endpoint?.api ?? guessApi(path, headers),
        places: [...(route?.places ?? []), ...(endpoint?.places ?? [])],
        answers: endpoint === undefined ? 'anything' : (endpoint.answers ?? 'text'),
        firewall: route?.firewall ?? firewall,
        risk: route?.risk,
        trustRoles: route?.trustRoles ?? trustRoles,
        subject: route?.subject ?? subject,
        upstream: route?.upstream ?? upstream,
      };
    },
    ...(options.judgement && { judgement: options.judgement }),
    ...(options.admit && { admit: options.admit }),
    ...(options.onJudged && { onJudged: options.onJudged }),
    ...(options.onAnswered && { onAnswered: options.onAnswered }),
    inspect: options.inspect ?? {},
    limits: limitsOf(options.limits ?? {}),
    headers: options.headers ?? {},
    decoders: new Map(Object.entries({ ...DECODERS, ...options.decoders })),
    isReady: options.isReady ?? (() => true),
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
  };
}

function limitsOf(given: Partial<ProxyLimits>): ProxyLimits {
  for (const [name, value] of Object.entries(given)) {
    oneOf('limits', Object.keys(LIMITS), name);
    if (!(Number.isInteger(value) && value > 0 && value <= LARGEST)) {
      throw wrong(`limits.${name}`, `a whole number from 1 to ${LARGEST}`, value);
    }
  }
  return { ...LIMITS, ...given };
}

function upstreamOf(where: string, value: string | URL): URL {
  const text = String(value);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw wrong(where, 'an http(s) URL without query, such as https://api.example.com', text);
  }
  return url;
}

function oneOf(where: string, known: readonly unknown[], value: unknown): void {
  if (!known.includes(value)) throw wrong(where, `one of ${known.join(', ')}`, value);
}

function wrong(where: string, expected: string, got: unknown): FirewallError {
  return new FirewallError('FW_OPTIONS', `createProxy: ${where} must be ${expected}; got ${show(got)}`);
}
