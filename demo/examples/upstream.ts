/**
 * The model of the examples: any server that speaks OpenAI's chat completions, such as `npm start`'s.
 *
 * @module
 */
const { UPSTREAM = 'http://127.0.0.1:8787' } = process.env;

/** Asks the model; what it answers may stream. */
export function ask(body: unknown, signal?: AbortSignal): Promise<Response> {
  return fetch(`${UPSTREAM}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });
}
