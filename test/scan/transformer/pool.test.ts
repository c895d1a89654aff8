import { describe, expect, test } from 'vitest';
import type { Answer, Ask, Logits } from '../../../src/scan/transformer/messages.ts';
import { createPool, type Pool, type Port } from '../../../src/scan/transformer/pool.ts';

/** A worker whose moments the test chooses. */
interface Puppet {
  readonly asked: Ask[];
  isBusy: boolean;
  ended: boolean;
  answer(value?: Logits | null): void;
  fail(reason: string): void;
  die(reason: string): void;
}

const LOGITS: Logits = { heads: Float32Array.of(1, 2), tokens: Float32Array.of(0) };
const FEED = Int32Array.of(1);
const never = new AbortController().signal;
const settled = (): Promise<void> => new Promise((done) => setImmediate(done));

function open(workers: number, maxQueue: number): { pool: Pool; puppets: Puppet[] } {
  const puppets: Puppet[] = [];
  function spawn(): Port {
    let hear: Parameters<Port['listen']>[0];
    const reply = (rest: object): void => hear.answer({ id: puppet.asked.at(-1)!.id, ...rest } as Answer);
    const puppet: Puppet = {
      asked: [],
      isBusy: false,
      ended: false,
      answer: (value = LOGITS) => reply({ value }),
      fail: (reason) => reply({ failed: reason }),
      die: (reason) => hear.death(new Error(reason)),
    };
    puppets.push(puppet);
    return {
      post: (ask) => void puppet.asked.push(ask),
      listen(on) {
        hear = on;
      },
      busy(busy) {
        puppet.isBusy = busy;
      },
      end() {
        puppet.ended = true;
      },
    };
  }
  const load = { kind: 'own', backend: 'wasm', threads: 1, model: 'model.onnx', window: 32 } as const;
  return { pool: createPool({ spawn, load, workers, maxQueue }), puppets };
}

describe('pool', () => {
  test('loads every worker; the first that is warm makes it warm', async () => {
    const { pool, puppets } = open(2, 4);
    expect(puppets.map(({ asked }) => asked[0]!.call)).toEqual(['load', 'load']);
    puppets[1]!.answer(null);
    await pool.warm;
    const run = pool.run(FEED, never);
    expect(puppets.map(({ asked }) => asked.length)).toEqual([1, 2]);
    puppets[1]!.answer();
    expect(await run).toBe(LOGITS);
  });

  test('the process waits for a worker only while it works', async () => {
    const { pool, puppets } = open(1, 4);
    expect(puppets[0]!.isBusy).toBe(true);
    puppets[0]!.answer(null);
    expect(puppets[0]!.isBusy).toBe(false);
    const run = pool.run(FEED, never);
    expect(puppets[0]!.isBusy).toBe(true);
    puppets[0]!.answer();
    await run;
    expect(puppets[0]!.isBusy).toBe(false);
  });

  test('waiting calls are answered in order, and one too many is refused', async () => {
    const { pool, puppets } = open(1, 2);
    puppets[0]!.answer(null);
    const order: string[] = [];
    const ask = (name: string) =>
      pool.run(FEED, never).then((said) => order.push(`${name} ${typeof said === 'string' ? said : 'read'}`));
    const all = ['a', 'b', 'c', 'd'].map(ask);
    await settled();
    expect(order).toEqual(['d busy']);
    for (let i = 0; i < 3; i++) {
      puppets[0]!.answer();
      await settled();
    }
    await Promise.all(all);
    expect(order).toEqual(['d busy', 'a read', 'b read', 'c read']);
  });

  test('a stopped call leaves the queue; one under way is no longer waited for', async () => {
    const { pool, puppets } = open(1, 4);
    puppets[0]!.answer(null);
    const [first, second] = [new AbortController(), new AbortController()];
    const runs = [pool.run(FEED, first.signal), pool.run(FEED, second.signal), pool.run(FEED, never)];
    first.abort();
    second.abort();
    expect(await Promise.all(runs.slice(0, 2))).toEqual(['stopped', 'stopped']);
    expect(puppets[0]!.asked.length).toBe(2); // its worker has not been interrupted
    puppets[0]!.answer();
    puppets[0]!.answer();
    expect(await runs[2]).toBe(LOGITS);
    expect(puppets[0]!.asked.length).toBe(3);
    expect(await pool.run(FEED, AbortSignal.abort())).toBe('stopped');
  });

  test('a failed run is its caller\u2019s alone', async () => {
    const { pool, puppets } = open(1, 4);
    puppets[0]!.answer(null);
    const bad = pool.run(FEED, never);
    const good = pool.run(FEED, never);
    puppets[0]!.fail('no memory');
    puppets[0]!.answer();
    await expect(bad).rejects.toThrow('no memory');
    expect(await good).toBe(LOGITS);
  });

  test('a worker that dies is replaced, and what waits goes to the new one', async () => {
    const { pool, puppets } = open(1, 4);
    puppets[0]!.answer(null);
    const lost = pool.run(FEED, never);
    const kept = pool.run(FEED, never);
    puppets[0]!.die('killed');
    await expect(lost).rejects.toThrow('killed');
    expect(puppets.length).toBe(2);
    puppets[1]!.answer(null);
    puppets[1]!.answer();
    expect(await kept).toBe(LOGITS);
  });

  test('one that cannot load is not; the pool then says why', async () => {
    const { pool, puppets } = open(2, 4);
    puppets[0]!.fail('no such file');
    puppets[1]!.die('out of memory');
    await expect(pool.warm).rejects.toThrow('no such file');
    expect(puppets.length).toBe(2);
    expect(puppets[0]!.ended).toBe(true);
    await expect(pool.run(FEED, never)).rejects.toThrow('every worker of the transformer has ended');
  });

  test('dispose ends the workers and answers whoever waits', async () => {
    const { pool, puppets } = open(1, 4);
    puppets[0]!.answer(null);
    const runs = [pool.run(FEED, never), pool.run(FEED, never)];
    pool.dispose();
    expect(await Promise.all(runs)).toEqual(['stopped', 'stopped']);
    expect(puppets[0]!.ended).toBe(true);
    puppets[0]!.die('ended with status 1');
    expect(puppets.length).toBe(1);
    expect(await pool.run(FEED, never)).toBe('stopped');
  });
});
