/**
 * Sends one long stream of chat completions through a guard, and shows how fast it goes and how memory behaves.
 *
 *   npm run fuzz:stream [-- megabytes]
 *
 * @module
 */
import { openFirewall } from '../open-firewall.ts';

const MEGABYTE = 1_000_000;
const total = Number(process.argv[2] ?? 100) * MEGABYTE;
const WORDS = 'The quick brown fox jumps over the lazy dog and writes to jane@x.example about it . '.split(/(?<= )/);

const event = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

/** Some 64 kB of deltas, sent again and again. */
const block = new TextEncoder().encode(
  WORDS.concat(WORDS, WORDS, WORDS)
    .map((content) => event({ content }))
    .join('')
    .repeat(7),
);
const last = new TextEncoder().encode(`${event({}, 'stop')}data: [DONE]\n\n`);

async function measure(what: string, options: Parameters<typeof openFirewall>[0]): Promise<void> {
  const firewall = await openFirewall(options);
  let sent = 0;
  const upstream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        controller.enqueue(sent < total ? block : last);
        if (sent >= total) controller.close();
        sent += block.length;
      },
    },
    { highWaterMark: 0 },
  );
  const heap: string[] = [];
  let left = 0;
  let mark = 0;
  const cpuMs = (): number => (process.cpuUsage().user + process.cpuUsage().system) / 1000;
  const began = cpuMs();
  let paused = 0;
  for await (const bytes of await firewall.guardStream<Uint8Array>(upstream, { protocol: 'openai-chat' })) {
    left += bytes.length;
    if (sent < mark) continue;
    const from = cpuMs();
    globalThis.gc?.();
    heap.push((process.memoryUsage().heapUsed / MEGABYTE).toFixed(1));
    mark += total / 10;
    paused += cpuMs() - from;
  }
  const seconds = (cpuMs() - began - paused) / 1000;
  console.log(`${what}: ${(sent / MEGABYTE).toFixed(0)} MB in, ${(left / MEGABYTE).toFixed(0)} MB out`);
  console.log(
    `  ${(sent / MEGABYTE / seconds).toFixed(1)} MB/s of processor time; heap after each tenth, MB: ${heap.join(' ')}`,
  );
  firewall.dispose();
}

await measure('nothing looked for', {});
await measure('personal data and secrets redacted', { policy: { sensitive: 'redact' } });
