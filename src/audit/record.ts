/**
 * What is written down of a judged text: everything but the text.
 *
 * @module
 */
import type { Action, Decision, Finding, Outcome, Risk, Scan, Unverified, Verification } from '../types.ts';

/** One judged text, as whoever observes sees it. */
export interface Sight {
  readonly text: string;
  readonly outcome: Outcome;
  readonly policy: string;
  /** As the call stated it. */
  readonly risk?: Risk;
  /** Milliseconds from call to outcome, a verifier's time included. */
  readonly tookMs: number;
}

/** One guarded answer, when it has ended. */
export interface AnswerSight {
  /** Whole, cut by the policy, broken off by the upstream, or left by the client. */
  readonly end: 'complete' | 'cut' | 'broken' | 'cancelled';
  readonly protocol?: string;
  readonly findings: readonly Finding[];
  /** Why it was cut. */
  readonly cut?: Decision;
  /** Why it broke off. */
  readonly error?: unknown;
  readonly policy: string;
  /** Milliseconds from the call to its end. */
  readonly tookMs: number;
}

/** What a judgement over time tells. */
export interface Told {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly type: string;
}

/** One line of an audit file: of a text, of an answer, or of what a judgement told. */
export type AuditLine = AuditRecord | AnswerRecord | EventRecord;

interface LineOf<Kind extends string> {
  readonly v: 1;
  readonly kind: Kind;
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
}

export interface AnswerRecord extends LineOf<'answer'>, Omit<AnswerSight, 'cut' | 'error'> {
  /** The policy clause that cut it, or the code of what broke it off. */
  readonly reason?: string;
}

export interface EventRecord extends LineOf<'event'> {
  /** As it was told: hashes, ids and reasons. */
  readonly event: Told;
}

/** One judged text. Offsets and ids say where and what; only `sealed` says which words. */
export interface AuditRecord {
  readonly v: 1;
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  /** SHA-256 of the text, keyed where the audit has a key; hexadecimal. */
  readonly hash: string;
  /** UTF-16 units of the text. */
  readonly units: number;
  readonly policy: string;
  readonly risk?: Risk;
  readonly outcome: Outcome['action'];
  readonly action: Action;
  readonly reason: string;
  readonly verification?: Verification;
  readonly unverified?: Unverified;
  readonly tookMs: number;
  readonly scan: Scan;
  /** The text, AES-GCM: nonce and ciphertext, base64. */
  readonly sealed?: string;
}

/** How an audit hashes and perhaps keeps texts. */
export interface Keeping {
  /** Of HMAC-SHA-256. Without one, whoever guesses a text can tell that it was seen. */
  readonly hashKey?: CryptoKey;
  /** Of AES-GCM: texts are kept, sealed with it. Without one they are not. */
  readonly textKey?: CryptoKey;
}

const NONCE_BYTES = 12;

export async function recordOf(
  { text, outcome, policy, risk, tookMs }: Sight,
  { hashKey, textKey }: Keeping,
  id: string,
  at: string,
): Promise<AuditRecord> {
  const { action, reason, scan, verification } = outcome.decision;
  const bytes = new TextEncoder().encode(text);
  const hashed =
    hashKey === undefined
      ? await crypto.subtle.digest('SHA-256', bytes)
      : await crypto.subtle.sign('HMAC', hashKey, bytes);
  return {
    v: 1,
    id,
    at,
    hash: hex(new Uint8Array(hashed)),
    units: text.length,
    policy,
    ...(risk !== undefined && { risk }),
    outcome: outcome.action,
    action,
    reason,
    ...(verification !== undefined && { verification }),
    ...(outcome.unverified !== undefined && { unverified: outcome.unverified }),
    tookMs: rounded(tookMs),
    scan,
    ...(textKey !== undefined && { sealed: await seal(bytes, textKey, id) }),
  };
}

export function answerRecordOf({ cut, error, tookMs, ...sight }: AnswerSight, id: string, at: string): AnswerRecord {
  const reason = cut?.reason ?? (error === undefined ? undefined : codeOf(error));
  return { v: 1, kind: 'answer', id, at, ...sight, ...(reason !== undefined && { reason }), tookMs: rounded(tookMs) };
}

/** Never the message: it may hold a piece of the answer. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

export function eventRecordOf(event: Told): EventRecord {
  return { v: 1, kind: 'event', id: event.id, at: new Date(event.at).toISOString(), event };
}

/** Milliseconds to the microsecond. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/** The id is sealed with the text, so that no line can carry another's. */
async function seal(bytes: Uint8Array<ArrayBuffer>, key: CryptoKey, id: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const additionalData = new TextEncoder().encode(id);
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, key, bytes));
  const all = new Uint8Array(iv.length + sealed.length);
  all.set(iv);
  all.set(sealed, iv.length);
  return btoa(Array.from(all, (byte) => String.fromCharCode(byte)).join(''));
}

/**
 * @returns `undefined` where the record keeps no text
 * @throws {Error} when the key is another one, or the line was changed
 */
export async function textOf({ sealed, id }: AuditRecord, key: CryptoKey): Promise<string | undefined> {
  if (sealed === undefined) return undefined;
  const all = Uint8Array.from(atob(sealed), (char) => char.charCodeAt(0));
  const additionalData = new TextEncoder().encode(id);
  const algorithm = { name: 'AES-GCM', iv: all.subarray(0, NONCE_BYTES), additionalData };
  return new TextDecoder().decode(await crypto.subtle.decrypt(algorithm, key, all.subarray(NONCE_BYTES)));
}

/** A parsed line; `undefined` when it is none. */
export function readLine(value: unknown): AuditLine | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { v, kind, id, at } = value as Partial<AnswerRecord | EventRecord>;
  if (kind === undefined) return readRecord(value);
  if (v !== 1 || typeof id !== 'string' || typeof at !== 'string') return undefined;
  const { end, findings, tookMs, event } = value as Partial<Omit<AnswerRecord, 'kind'> & Pick<EventRecord, 'event'>>;
  const isAnswer =
    kind === 'answer' && typeof end === 'string' && typeof tookMs === 'number' && Array.isArray(findings);
  const isEvent = kind === 'event' && typeof event?.type === 'string';
  return isAnswer || isEvent ? (value as AuditLine) : undefined;
}

/** A parsed line as the record of a text; `undefined` when it is none. */
export function readRecord(value: unknown): AuditRecord | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { v, id, scan, action, outcome, reason } = value as Partial<AuditRecord>;
  const isScan =
    typeof scan === 'object' && scan !== null && Array.isArray(scan.findings) && typeof scan.score === 'number';
  const isRecord = v === 1 && [id, action, outcome, reason].every((one) => typeof one === 'string') && isScan;
  return isRecord ? (value as AuditRecord) : undefined;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
