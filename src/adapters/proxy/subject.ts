/**
 * Who asks: the name under which a sender's attempts may be counted.
 *
 * @module
 */

/**
 * `'key'`: the credential, hashed, wherever the known APIs carry it. `header`: that header's value, of a server in
 * front that sets it. `claim`: a claim of the bearer's JSON Web Token, as the token says it: nothing here verifies
 * tokens, so let a server in front refuse false ones. Or a function of your own.
 */
export type SubjectOption =
  | 'key'
  | { readonly header: string }
  | { readonly claim: string }
  | ((request: Request) => string | undefined | Promise<string | undefined>);

/** @returns such as `key:` and 32 hexadecimal digits, `header:jane`; undefined of a request that does not say */
export async function subjectOf(request: Request, option: SubjectOption): Promise<string | undefined> {
  if (typeof option === 'function') return option(request);
  if (option === 'key') {
    const credential = credentialOf(request);
    return credential === undefined ? undefined : `key:${(await sha256(credential)).slice(0, 32)}`;
  }
  const [kind, value] =
    'header' in option
      ? (['header', request.headers.get(option.header)] as const)
      : (['claim', claimOf(request, option.claim)] as const);
  return value === null || value === '' ? undefined : `${kind}:${value}`;
}

const CREDENTIALS = ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key'] as const;

function credentialOf({ headers, url }: Request): string | undefined {
  for (const name of CREDENTIALS) {
    const value = headers.get(name);
    if (value !== null && value !== '') return value.replace(/^Bearer /i, '').trim();
  }
  return new URL(url).searchParams.get('key') ?? undefined;
}

function claimOf({ headers }: Request, name: string): string | null {
  const payload = /^Bearer [^.]+\.([^.]+)\.[^.]*$/i.exec(headers.get('authorization') ?? '')?.[1];
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
