/**
 * Requests at a fixed rate, whatever the answers do, as people send them who do not know of each other. In a closed loop
 * each connection asks again when it has its answer, so that latency only says how many connections share the
 * throughput; here it says how long somebody waits. (The rate that autocannon can be given is sent at once at the
 * beginning of every second.)
 *
 * @module
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface Offer {
  /** Requests a second, evenly apart. */
  readonly rate: number;
  /** Kept open, and used in turn. */
  readonly connections: number;
  readonly seconds: number;
  readonly path: string;
  /** JSON of the next request. */
  body(): string;
}

export interface Waited {
  readonly requests: number;
  /** Milliseconds from when a request was due to the last byte of its answer: also while all connections were busy. */
  readonly p50: number;
  readonly p99: number;
  /** Answered with 403, as attacks are. */
  readonly refused: number;
  readonly failed: number;
}

/** Connections opened together: more would find no place in the server's backlog, and try again a second later. */
const AT_ONCE = 500;
/** Milliseconds that the last answers may take. */
const LATEST = 30_000;

export async function offer(url: string, { rate, connections, seconds, path, body }: Offer): Promise<Waited> {
  const { hostname, port } = new URL(url);
  const waited: number[] = [];
  let open = 0;
  let refused = 0;
  /** When those were due that find no connection. */
  const due: number[] = [];
  const idle: Connection[] = [];

  function done(connection: Connection, dueAt: number, status: number): void {
    open--;
    if (status === 200 || status === 403) waited.push(performance.now() - dueAt);
    if (status === 403) refused++;
    const next = due.shift();
    if (next === undefined) idle.push(connection);
    else send(connection, next);
  }

  function send(connection: Connection, dueAt: number): void {
    open++;
    connection.ask(body(), (status) => done(connection, dueAt, status));
  }

  const head = `POST ${path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: application/json\r\n`;
  while (idle.length < connections) {
    const some = Math.min(AT_ONCE, connections - idle.length);
    const opened = Array.from({ length: some }, () => createConnection(connect(Number(port), hostname), head));
    idle.push(...(await Promise.all(opened)));
  }
  const all = [...idle];
  const began = performance.now();
  const total = Math.round(rate * seconds);
  let offered = 0;
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const now = performance.now();
      for (; offered < total && began + (offered * 1000) / rate <= now; offered++) {
        const dueAt = began + (offered * 1000) / rate;
        const connection = idle.shift();
        if (connection === undefined) due.push(dueAt);
        else send(connection, dueAt);
      }
      if ((offered === total && open === 0) || now - began > seconds * 1000 + LATEST) {
        clearInterval(timer);
        resolve();
      }
    }, 1);
  });
  for (const { socket } of all) socket.destroy();
  waited.sort((a, b) => a - b);
  const quantile = (q: number): number => waited[Math.floor((waited.length - 1) * q)] ?? Number.NaN;
  return { requests: total, p50: quantile(0.5), p99: quantile(0.99), refused, failed: total - waited.length };
}

interface Connection {
  readonly socket: Socket;
  /** One request at a time. @param answered with the status; 0 where the connection breaks */
  ask(body: string, answered: (status: number) => void): void;
}

async function createConnection(socket: Socket, head: string): Promise<Connection> {
  socket.setNoDelay(true);
  await once(socket, 'connect');
  let answered: ((status: number) => void) | undefined;
  let said = '';

  function end(status: number): void {
    const tell = answered;
    answered = undefined;
    said = '';
    tell?.(status);
  }

  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    said += chunk;
    const headEnd = said.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(said)?.[1]);
    if (said.length - headEnd - 4 >= length) end(Number(said.slice(9, 12)));
    else if (Number.isNaN(length)) socket.destroy(new Error('expected an answer with its length'));
  });
  socket.on('error', () => end(0));
  socket.on('close', () => end(0));
  return {
    socket,
    ask(body, tell) {
      answered = tell;
      if (socket.destroyed) end(0);
      else socket.write(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    },
  };
}
