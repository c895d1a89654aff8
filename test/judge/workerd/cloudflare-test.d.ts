/** What the tests use of the module that the pool of workers provides. */
declare module 'cloudflare:test' {
  export const env: unknown;
  export const SELF: { fetch(url: string, init?: RequestInit): Promise<Response> };
}
