/**
 * `edgeward/audit`: what was decided, line by line in a file, and what another policy would have made of it. Node only.
 *
 * @module
 */
import { openJournal } from './audit/file.ts';
import { type AuditRecord, answerRecordOf, eventRecordOf, recordOf, textOf } from './audit/record.ts';
import { outcomeOf } from './decide/decide.ts';
import { FirewallError, show } from './errors.ts';
import type { Firewall } from './firewall.ts';
import type { Observer } from './observe.ts';
import type { Outcome } from './types.ts';

export {
  type AnswerRecord,
  type AuditLine,
  type AuditRecord,
  type EventRecord,
  readLine,
  readRecord,
  textOf,
} from './audit/record.ts';

export interface AuditOptions {
  /** The file to append to; its folder is made. One process per file. */
  readonly path: string;
  /** Bytes from which on the next line begins a new file. Defaults to 64 MiB. */
  readonly maxBytes?: number;
  /** Full files kept beside it, as `path.1` (the newest) and so on. Defaults to 8. */
  readonly keep?: number;
  /** Lines that may wait for the disk; further ones are dropped and counted. Defaults to 10,000. */
  readonly maxWaiting?: number;
  /** At least 16 bytes: hashes of texts are keyed with it. Without one, whoever guesses a text can tell that it was seen. */
  readonly hashKey?: Uint8Array<ArrayBuffer>;
  /** 16 or 32 bytes: texts are kept, encrypted with it (AES-GCM). Without one they are not. */
  readonly textKey?: Uint8Array<ArrayBuffer>;
  /** Called when the file cannot be written; the lines are lost and counted. */
  readonly onError?: (error: unknown) => void;
}

export interface Audit extends Required<Observer> {
  /** Lines that never reached the file. */
  readonly dropped: number;
  /** Resolves when everything seen so far stands in the file. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/**
 * @example
 * ```ts
 * const audit = await openAudit({ path: '/var/log/edgeward/audit.jsonl', hashKey });
 * const firewall = observe(await createFirewall(), audit);
 * const judgement = await openJudgement({ firewall, store, key, onEvent: audit.told });
 * ```
 * @throws {FirewallError} `FW_OPTIONS`
 */
export async function openAudit(options: AuditOptions): Promise<Audit> {
  const { path, maxBytes = 2 ** 26, keep = 8, maxWaiting = 10_000, onError = ignore } = options;
  if (typeof path !== 'string' || path === '') throw wrong('path', 'the path of a file', path);
  for (const [name, value, least] of [
    ['maxBytes', maxBytes, 1],
    ['keep', keep, 0],
    ['maxWaiting', maxWaiting, 1],
  ] as const) {
    if (!(Number.isInteger(value) && value >= least)) throw wrong(name, `a whole number from ${least} on`, value);
  }
  const hashKey = options.hashKey && (await importHashKey(options.hashKey));
  const textKey = options.textKey && (await importTextKey(options.textKey));
  const keeping = { ...(hashKey && { hashKey }), ...(textKey && { textKey }) };
  const journal = openJournal({ path, maxBytes, keep, maxWaiting, onError });
  return {
    get dropped() {
      return journal.dropped;
    },
    seen(sight) {
      const record = recordOf(sight, keeping, crypto.randomUUID(), new Date().toISOString());
      journal.append(record.then((one) => JSON.stringify(one)));
    },
    answered(sight) {
      const record = answerRecordOf(sight, crypto.randomUUID(), new Date().toISOString());
      journal.append(Promise.resolve(JSON.stringify(record)));
    },
    told(event) {
      journal.append(Promise.resolve(JSON.stringify(eventRecordOf(event))));
    },
    flush: journal.flush,
    close: journal.close,
  };
}

function ignore(): void {}

async function importHashKey(bytes: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  if (!(bytes instanceof Uint8Array && bytes.length >= 16)) throw wrong('hashKey', 'at least 16 bytes', bytes);
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
}

/**
 * The key of kept texts.
 *
 * @throws {FirewallError} `FW_OPTIONS`
 */
export async function importTextKey(bytes: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  if (!(bytes instanceof Uint8Array && (bytes.length === 16 || bytes.length === 32)))
    throw wrong('textKey', '16 or 32 bytes', bytes);
  return crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

/**
 * What a firewall makes of a record: of its text, judged anew, where the record keeps it and the key opens it; else of
 * its scan, by the policy alone, with thresholds and failures as they are there, and lists as they were then.
 */
export async function replay(firewall: Firewall, record: AuditRecord, textKey?: CryptoKey): Promise<Outcome> {
  const { scan, risk, verification, unverified } = record;
  const text = textKey && (await textOf(record, textKey));
  if (text !== undefined) return firewall.guard(text, { channel: scan.channel, ...(risk && { risk }) });
  return outcomeOf('', firewall.decide(scan, verification), firewall.policy, { risk, ...unverified });
}

function wrong(path: string, expected: string, got: unknown): FirewallError {
  return new FirewallError('FW_OPTIONS', `openAudit: ${path} must be ${expected}; got ${show(got)}`);
}
