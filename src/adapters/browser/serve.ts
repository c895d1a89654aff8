/**
 * The worker's side: one firewall, any number of pages.
 *
 * @module
 */
import type { Progress } from '../../checked-files.ts';
import type { Firewall } from '../../firewall.ts';
import type { Vault } from '../../types.ts';
import { faultOf } from './faults.ts';
import type { Ask, Calls, Fault, Open, Part, ToPage, ToWorker, WorkerStatus } from './messages.ts';

/** One page: the port between it and this worker. */
export type Line = Pick<MessagePort, 'postMessage' | 'onmessage'>;

/** A worker that a page runs on this one's behalf, as the transformer's pool wants it. */
export interface LentWorker {
  postMessage(message: unknown): void;
  terminate(): void;
  onmessage: ((event: MessageEvent) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

/** What a firewall is built with. */
export interface Building {
  readonly open: Open;
  onProgress(progress: Progress): void;
  /** Has a page start a worker for tier 2. */
  lend(): LentWorker;
}

export interface Serving {
  readonly build: (building: Building) => Promise<Firewall>;
  /** The lock that this worker holds while it lives; `undefined` where there are no locks. */
  readonly lock: Promise<string | undefined>;
  /** Calls back when the page that holds the lock is gone. */
  onRelease(lock: string, gone: () => void): void;
  /** The last page has said goodbye. */
  onEmpty(): void;
}

interface Client {
  readonly line: Line;
  /** Calls under way. */
  readonly calls: Map<number, AbortController>;
  readonly lent: Map<number, { readonly worker: LentWorker; readonly port: MessagePort }>;
  isolated: boolean;
}

/** @returns what to do with the port of a page that comes */
export function createServer({ build, lock, onRelease, onEmpty }: Serving): (line: Line) => void {
  const clients = new Set<Client>();
  let status: WorkerStatus = { state: 'loading', transformer: { state: 'loading' } };
  let fault: Fault | undefined;
  let firewall: Promise<Firewall> | undefined;
  let lastWorker = 0;

  function tell(message: ToPage): void {
    for (const { line } of clients) line.postMessage(message);
  }

  function update(next: WorkerStatus): void {
    if (JSON.stringify(next) === JSON.stringify(status)) return;
    status = next;
    tell({ kind: 'status', status, ...(fault && { fault }) });
  }

  async function start(open: Open): Promise<Firewall> {
    fault = undefined;
    update({ state: 'loading', transformer: { state: 'loading' } });
    try {
      const built = await build({ open, lend, onProgress: (progress) => tell({ kind: 'progress', progress }) });
      describe(built, open);
      return built;
    } catch (error) {
      fault = faultOf(error);
      update({ state: 'failed', transformer: { state: 'off' }, reason: fault.message });
      throw error;
    }
  }

  function describe({ engine }: Firewall, { options }: Pick<Open, 'options'>): void {
    const fellBack = engine.name === 'reference' && options.engine !== 'reference';
    update({
      ...{ state: 'ready', engine: engine.name, version: engine.version, transformer: engine.transformer },
      ...(fellBack && { reason: 'WebAssembly with SIMD is unavailable here, or a Content-Security-Policy forbids it' }),
    });
  }

  /** Runs where threads are allowed, if any page allows them. */
  function lend(): LentWorker {
    const client = [...clients].find(({ isolated }) => isolated) ?? [...clients][0];
    if (client === undefined) throw new Error('no page is left to run the transformer');
    const { port1: port, port2: far } = new MessageChannel();
    const id = ++lastWorker;
    const worker: LentWorker = {
      onmessage: null,
      onerror: null,
      postMessage: (message) => port.postMessage(message),
      terminate() {
        if (!client.lent.delete(id)) return;
        port.close();
        client.line.postMessage({ kind: 'end', worker: id } satisfies ToPage);
      },
    };
    port.onmessage = (event) => worker.onmessage?.(event);
    client.lent.set(id, { worker, port });
    client.line.postMessage({ kind: 'lend', worker: id } satisfies ToPage, [far]);
    return worker;
  }

  function died(client: Client, id: number, message: string): void {
    const one = client.lent.get(id);
    if (one === undefined) return;
    client.lent.delete(id);
    one.port.close();
    one.worker.onerror?.(new ErrorEvent('error', { message }));
  }

  function drop(client: Client): void {
    if (!clients.delete(client)) return;
    for (const call of client.calls.values()) call.abort();
    for (const id of [...client.lent.keys()]) died(client, id, 'the page that ran it is gone');
    if (clients.size === 0) onEmpty();
  }

  async function answer(client: Client, ask: Ask, options: Open['options']): Promise<void> {
    const call = new AbortController();
    client.calls.set(ask.id, call);
    try {
      const built = await firewall!;
      call.signal.throwIfAborted();
      const value = await carryOut(built, ask, call.signal, () => describe(built, { options }));
      // First, so that who waited finds the status its call led to.
      describe(built, { options });
      client.line.postMessage({ kind: 'answer', id: ask.id, value } satisfies ToPage);
    } catch (error) {
      client.line.postMessage({ kind: 'fault', id: ask.id, fault: faultOf(error) } satisfies ToPage);
    } finally {
      client.calls.delete(ask.id);
    }
  }

  return (line) => {
    const client: Client = { line, calls: new Map(), lent: new Map(), isolated: false };
    let options: Open['options'] = {};
    line.onmessage = ({ data }: MessageEvent<ToWorker>) => {
      switch (data.kind) {
        case 'open':
          options = data.options;
          client.isolated = data.isolated;
          if (data.lock !== undefined) onRelease(data.lock, () => drop(client));
          clients.add(client);
          // A shared worker that could not load tries again for the next page.
          if (firewall === undefined || status.state === 'failed') {
            firewall = start(data);
            firewall.catch(() => {}); // `status` tells, and every call
          }
          line.postMessage({ kind: 'status', status, ...(fault && { fault }) } satisfies ToPage);
          break;
        case 'ask':
          void answer(client, data, options);
          break;
        case 'cancel':
          client.calls.get(data.id)?.abort();
          break;
        case 'died':
          died(client, data.worker, data.reason);
          break;
        case 'close':
          drop(client);
      }
    };
    lock.then((held) =>
      line.postMessage({ kind: 'hello', ...(held !== undefined && { lock: held }) } satisfies ToPage),
    );
  };
}

/** @param onBegin tier 2 has been asked to load, perhaps */
async function carryOut(
  firewall: Firewall,
  ask: Ask,
  signal: AbortSignal,
  onBegin: () => void,
): Promise<Calls[keyof Calls]['answer']> {
  if (ask.call === 'decide') return firewall.decide(ask.scan);
  if (ask.call === 'ready') {
    const ready = firewall.ready();
    onBegin();
    await ready;
    return null;
  }
  const { text, from } = ask;
  if (ask.call === 'explain') return firewall.explain(text, from);
  if (ask.call === 'glance') {
    const decision = firewall.decide(firewall.scan(text, from));
    const { onGrey, observe } = firewall.policy;
    const refused = decision.action === 'block' || (decision.action === 'verify' && onGrey === 'block');
    return { decision, refused: refused && !observe };
  }
  const limits = { signal, ...('deadlineMs' in ask && { deadlineMs: ask.deadlineMs }) };
  if (ask.call === 'inspect') return firewall.inspect(text, from, limits);
  const recorder = createRecorder();
  if (ask.call === 'redact') {
    const { findings } = await firewall.redact(text, { ...from, vault: recorder.vault });
    return { findings, redactions: recorder.parts[0]?.redactions ?? [] };
  }
  const outcome = await firewall.guard(text, { ...from, vault: recorder.vault }, limits);
  const { action, decision } = outcome;
  return { action, decision, text: recorder.read(outcome.text) };
}

interface Recorder {
  /** Stands in for the vault, which is the page's: leaves a mark where it would have taken something out. */
  readonly vault: Vault;
  readonly parts: readonly Part[];
  /** A text with the parts in place of their marks. */
  read(text: string): readonly (string | Part)[];
}

function createRecorder(): Recorder {
  const parts: Part[] = [];
  const mark = `\u0000${crypto.getRandomValues(new Uint32Array(4)).join('-')}\u0000`;
  const vault: Pick<Vault, 'redact'> = {
    redact(text, redactions) {
      parts.push({ text, redactions });
      return `${mark}${parts.length - 1}${mark}`;
    },
  };
  return {
    vault: vault as Vault, // nothing else is asked of it here
    parts,
    // Every second piece is a number between two marks.
    read: (text) => text.split(mark).map((piece, i) => (i % 2 === 0 ? piece : parts[Number(piece)]!)),
  };
}
