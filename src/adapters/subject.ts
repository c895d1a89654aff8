/**
 * Who asks: the name under which a sender's attempts may be counted.
 *
 * @module
 */

/**
 * `'key'`: the credential, hashed, wherever the known APIs carry it. `header`: that header's value, of a server in
 * front that sets it. `claim`: a claim of the bearer's JSON Web Token, as the token says it: nothing here verifies
 * tokens, so let a server in front refuse false ones.
 */
export type NamedSubject = 'key' | { readonly header: string } | { readonly claim: string };

/**
 * Or a function of your own, which knows the caller: a user's id, a session. Never what stands in the body.
 *
 * @typeParam Asking what a request is to the function
 */
export type SubjectOption<Asking = Request> =
  | NamedSubject
  | ((request: Asking) => string | undefined | Promise<string | undefined>);

/** Of a request, what names are found in. */
export interface Headed {
  header(name: string): string | null | undefined;
  /** A parameter of the address. */
  query(name: string): string | null | undefined;
}

/** @returns such as `key:` and 32 hexadecimal digits, `header:jane`; undefined of a request that does not say */
export async function subjectOf<Asking>(
  request: Asking,
  headed: Headed,
  option: SubjectOption<Asking>,
): Promise<string | undefined> {
  if (typeof option === 'function') return (await option(request)) || undefined;
  if (option === 'key') {
    const credential = credentialOf(headed);
    return credential === undefined ? undefined : `key:${(await sha256(credential)).slice(0, 32)}`;
  }
  const [kind, value] =
    'header' in option
      ? (['header', headed.header(option.header.toLowerCase())] as const)
      : (['claim', claimOf(headed, option.claim)] as const);
  if (!value) return undefined;
  // Whoever may write much is somebody all the same.
  return `${kind}:${value.length > MAX_NAME ? await sha256(value) : value}`;
}

/** Of a value that is kept as it is, UTF-16 units. */
const MAX_NAME = 512;
const CREDENTIALS = ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key'] as const;

function credentialOf({ header, query }: Headed): string | undefined {
  for (const name of CREDENTIALS) {
    const value = header(name);
    if (value) return value.replace(/^Bearer /i, '').trim();
  }
  return query('key') || undefined;
}

function claimOf({ header }: Headed, name: string): string | null {
  const payload = /^Bearer [^.]+\.([^.]+)\.[^.]*$/i.exec(header('authorization') ?? '')?.[1];
  if (payload === undefined) return null;
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
    const claims = JSON.parse(new TextDecoder().decode(bytes)) as Readonly<Record<string, unknown>> | null;
    const value = claims?.[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
  } catch {
    return null; // no token: the sender has said nothing
  }
}

async function sha256(text: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
