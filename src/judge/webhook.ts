/**
 * Events to an address, signed as standardwebhooks.com describes: `webhook-id`, `webhook-timestamp` (seconds) and
 * `webhook-signature`, `v1,` and the HMAC-SHA-256 of `id.timestamp.body` in base64.
 *
 * @module
 */
import { FirewallError, show } from '../errors.ts';
import type { JudgementEvent } from './event.ts';

export interface WebhookOptions {
  readonly url: string;
  /** Shared with whoever receives; at least 16 characters. */
  readonly secret: string;
  /** Which events to send. Defaults to `banned` and `lifted`. */
  readonly events?: readonly JudgementEvent['type'][];
  /** Attempts at one event. Defaults to 4. */
  readonly attempts?: number;
  /** Pause after the first; it doubles with each. Defaults to 250. */
  readonly retryMs?: number;
  /** For one answer. Defaults to 5,000. */
  readonly timeoutMs?: number;
  /** Defaults to the platform's. */
  readonly fetch?: typeof fetch;
  /** Milliseconds since 1970; defaults to `Date.now`. */
  readonly now?: () => number;
}

/**
 * Sends an event, if it is one of those asked for. For `onEvent`: a job whose event could not be sent is not done.
 *
 * @throws {FirewallError} `FW_WEBHOOK` when every attempt failed
 */
export type Webhook = (event: JudgementEvent) => Promise<void>;

const MIN_SECRET = 16;
/** Signatures older than this, or as far ahead, are refused. */
const TOLERANCE_MS = 5 * 60_000;

/** @throws {FirewallError} `FW_OPTIONS` when an option is wrong */
export function createWebhook(options: WebhookOptions): Webhook {
  const { url, secret, events = ['banned', 'lifted'], attempts = 4, retryMs = 250, timeoutMs = 5000 } = options;
  const { now = Date.now } = options;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new FirewallError('FW_OPTIONS', `createWebhook: url must be an http(s) URL; got ${show(url)}`);
  }
  checkSecret('createWebhook', secret);

  async function send(id: string, body: string): Promise<string | undefined> {
    const timestamp = String(Math.floor(now() / 1000));
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${await signature(secret, id, timestamp, body)}`,
    };
    try {
      const ask = options.fetch ?? fetch;
      const signal = AbortSignal.timeout(timeoutMs);
      const response = await ask(url, { method: 'POST', headers, body, signal, redirect: 'error' });
      await response.body?.cancel();
      return response.ok ? undefined : `status ${response.status}`;
    } catch (error) {
      return error instanceof Error ? error.name : 'failed';
    }
  }

  return async (event) => {
    if (!events.includes(event.type)) return;
    const body = JSON.stringify(event);
    let failure: string | undefined;
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (attempt > 0) {
        const pauseMs = retryMs * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
      failure = await send(event.id, body);
      if (failure === undefined) return;
    }
    throw new FirewallError(
      'FW_WEBHOOK',
      `webhook: ${new URL(url).host} took no ${event.type} in ${attempts} attempts: ${failure}`,
    );
  };
}

/**
 * For whoever receives: whether a request is ours, whole, and not an old one sent again.
 *
 * @param headers of the request
 * @param body as it arrived, not parsed
 */
export async function verifyWebhook(
  secret: string,
  headers: Headers,
  body: string,
  now: number = Date.now(),
): Promise<boolean> {
  checkSecret('verifyWebhook', secret);
  const [id, timestamp, given] = ['id', 'timestamp', 'signature'].map((name) => headers.get(`webhook-${name}`));
  if (!id || !timestamp || !given || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(now - Number(timestamp) * 1000) > TOLERANCE_MS) return false;
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  const key = await hmacKey(secret);
  for (const one of given.split(' ')) {
    const mac = macOf(one);
    // `verify` compares in constant time.
    if (mac !== undefined && (await crypto.subtle.verify('HMAC', key, mac, signed))) return true;
  }
  return false;
}

function macOf(signature: string): Uint8Array<ArrayBuffer> | undefined {
  const encoded = /^v1,([A-Za-z0-9+/]{43}=)$/.exec(signature)?.[1];
  return encoded === undefined ? undefined : Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0));
}

async function signature(secret: string, id: string, timestamp: string, body: string): Promise<string> {
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  const mac = await crypto.subtle.sign('HMAC', await hmacKey(secret), signed);
  return btoa(String.fromCharCode(...new Uint8Array(mac)));
}

function hmacKey(secret: string): Promise<CryptoKey> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  return crypto.subtle.importKey('raw', new TextEncoder().encode(secret), algorithm, false, ['sign', 'verify']);
}

function checkSecret(where: string, secret: unknown): void {
  if (typeof secret === 'string' && secret.length >= MIN_SECRET) return;
  throw new FirewallError('FW_OPTIONS', `${where}: secret must be a string of at least ${MIN_SECRET} characters`);
}
