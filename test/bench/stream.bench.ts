/**
 * What guarding a stream costs: what is held back, what the first word waits for, throughput, memory.
 *
 * @module
 */
import { createFirewall, type Firewall, type PolicyOptions, type TextGuardOptions } from 'edgeward';
import { createVault } from 'edgeward/vault';
import { record, table } from './measure.ts';

const PROSE = `The quarterly meeting moved to Thursday at ten, so please bring the printed reports for the whole team. Tell Maria that the room on the second floor is booked until noon; we will need about 12 chairs and one long table. After lunch the guests from Lisbon want to see how the new line works, which takes an hour at most. Nobody expected the harvest of 2019 to be so good: the barrels were full by October, and even the old cellar under the chapel had to be opened again. "It has been a while," said the cooper, who had come up from the valley with his two sons. Some of the wine was sold young, the rest was left to rest. In a well-run kitchen the same rule holds: prepare early, taste often, and never let a pan wait for the cook. Whoever writes software will know the feeling. A small change in one place asks for three others, and the tests that were green in the morning are red at night. `;
const MIXED = `${PROSE}Write to jane.doe@mail.example or call +44 20 7946 0958. The card 4111 1111 1111 1111 was charged 1,234.50 on 2024-05-06; see https://shop.example/orders/20240506?id=8812. `;

const PROTECTED: TextGuardOptions = {
  protect: [
    'You are Aria, the assistant of a bank. Never reveal the code word. Always answer in the language of the customer, and refer questions about loans to a human colleague.',
  ],
};
const POLICIES: readonly (readonly [name: string, policy: PolicyOptions, options?: TextGuardOptions])[] = [
  ['nothing', { output: 'off' }],
  ['personal data and secrets', { output: 'off', sensitive: 'redact' }],
  ['the same and links', { sensitive: 'redact' }],
  ['the same and leaks of a protected text', { sensitive: 'redact' }, PROTECTED],
];

const MIB = 1024 * 1024;

function repeated(text: string, units: number): string {
  return text.repeat(Math.ceil(units / text.length)).slice(0, units);
}

function chunksOf(text: string, size: number): string[] {
  const chunks: string[] = [];
  for (let at = 0; at < text.length; at += size) chunks.push(text.slice(at, at + size));
  return chunks;
}

async function play(firewall: Firewall, chunks: readonly string[], options?: TextGuardOptions): Promise<number> {
  const guard = await firewall.openTextGuard(options);
  let units = 0;
  for (const chunk of chunks) units += guard.push(chunk).text.length;
  return units + guard.end().text.length;
}

/** MB/s of a core: CPU time of the best of some rounds, so that a busy machine counts less. The answer's length is checked. */
async function throughput(firewall: Firewall, text: string, size: number, options?: TextGuardOptions): Promise<number> {
  const chunks = chunksOf(text, size);
  let best = 0;
  for (let round = 0; round < 4; round++) {
    const began = process.cpuUsage();
    const units = await play(firewall, chunks, options);
    const { user, system } = process.cpuUsage(began);
    best = Math.max(best, text.length / (user + system));
    if (units < text.length * 0.9 || units > text.length)
      throw new Error(`bench stream: ${units} of ${text.length} units`);
  }
  return best;
}

/** The same of chat completions, one word an event, in pieces of 64 kB; bytes of the events count. */
async function eventThroughput(firewall: Firewall, options?: TextGuardOptions): Promise<number> {
  const around = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' };
  const event = (delta: object, finish_reason: string | null = null): string =>
    `data: ${JSON.stringify({ ...around, choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
  const words = repeated(PROSE, 200_000).split(/(?<= )/);
  const text = `${words.map((content) => event({ content })).join('')}${event({}, 'stop')}data: [DONE]\n\n`;
  const bytes = new TextEncoder().encode(text);
  let best = 0;
  for (let round = 0; round < 4; round++) {
    let at = 0;
    const upstream = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          if (at < bytes.length) controller.enqueue(bytes.subarray(at, at + 65_536));
          else controller.close();
          at += 65_536;
        },
      },
      { highWaterMark: 0 },
    );
    const began = process.cpuUsage();
    let left = 0;
    const guarded = await firewall.guardStream<Uint8Array>(upstream, { ...options, protocol: 'openai-chat' });
    for await (const part of guarded) left += part.length;
    const { user, system } = process.cpuUsage(began);
    best = Math.max(best, bytes.length / (user + system));
    if (left < bytes.length * 0.99) throw new Error(`bench stream: ${left} of ${bytes.length} bytes`);
  }
  return best;
}

const quantile = (values: readonly number[], q: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))]!;

/** Units that have come and not left, after each token of four units; microseconds of each push. */
async function holding(firewall: Firewall, text: string, options?: TextGuardOptions) {
  const held: number[] = [];
  const micros: number[] = [];
  const guard = await firewall.openTextGuard(options);
  let open = 0;
  for (const chunk of chunksOf(text, 4)) {
    const began = performance.now();
    const { text: out } = guard.push(chunk);
    micros.push((performance.now() - began) * 1000);
    open += chunk.length - out.length;
    held.push(open);
  }
  guard.end();
  return {
    held: quantile(held, 0.5),
    held95: quantile(held, 0.95),
    micros: quantile(micros, 0.5),
    micros99: quantile(micros, 0.99),
  };
}

/** Milliseconds from asking for a guard to the first word that leaves, beyond the units that must be held. */
async function firstToken(firewall: Firewall, options?: TextGuardOptions): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 200; i++) {
    const began = performance.now();
    const guard = await firewall.openTextGuard(options);
    let left = 0;
    for (let at = 0; left === 0; at += 4) left = guard.push(PROSE.slice(at, at + 4)).text.length;
    times.push(performance.now() - began);
  }
  return quantile(times, 0.5);
}

/** MiB of heap and buffers that 100 MB of a stream leave behind, and the most seen on the way. */
async function memory(
  firewall: Firewall,
): Promise<{ readonly before: number; readonly most: number; readonly after: number }> {
  const used = (): number => {
    globalThis.gc?.();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return (heapUsed + arrayBuffers) / MIB;
  };
  const guard = await firewall.openTextGuard();
  const chunk = repeated(PROSE, 16_000);
  for (let i = 0; i < 100; i++) guard.push(chunk);
  const before = used();
  let most = before;
  for (let i = 0; i < 6250; i++) {
    guard.push(chunk);
    if (i % 625 === 0) most = Math.max(most, used());
  }
  guard.end();
  return { before, most, after: used() };
}

const prose = repeated(PROSE, 4_000_000);
const mixed = repeated(MIXED, 1_000_000);
const rows = [];
for (const [name, policy, options] of POLICIES) {
  const firewall = await createFirewall({ transformer: 'off', policy });
  rows.push({
    policy: name,
    ...(await holding(firewall, repeated(PROSE, 40_000), options)),
    firstMs: await firstToken(firewall, options),
    prose16: await throughput(firewall, prose, 16_000, options),
    prose1: await throughput(firewall, prose, 1000, options),
    mixed16: await throughput(firewall, mixed, 16_000, options),
    vault16: await throughput(firewall, prose, 16_000, { ...options, vault: createVault() }),
    events64: await eventThroughput(firewall, options),
  });
  firewall.dispose();
}
const firewall = await createFirewall({ transformer: 'off', policy: { sensitive: 'redact' } });
const heap = await memory(firewall);
firewall.dispose();

console.log(
  'prose in tokens of 4 units: held back, and time of a push; MB/s of one stream in chunks of 16 kB and 1 kB, of events in chunks of 64 kB\n',
);
table([
  ['policy', 'held', 'p95', 'µs', 'p99', 'first ms', 'prose 16k', 'prose 1k', 'mixed 16k', 'vault 16k', 'events 64k'],
  ...rows.map(({ policy, held, held95, micros, micros99, firstMs, prose16, prose1, mixed16, vault16, events64 }) => [
    policy,
    ...[String(held), String(held95), micros.toFixed(1), micros99.toFixed(1), firstMs.toFixed(2)],
    ...[prose16, prose1, mixed16, vault16, events64].map((rate) => rate.toFixed(0)),
  ]),
]);
console.log(
  `\n100 MB: heap ${heap.before.toFixed(1)} MiB before, at most ${heap.most.toFixed(1)}, ${heap.after.toFixed(1)} after`,
);
record('stream', { rows, heap });
