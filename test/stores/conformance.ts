/**
 * What every store must do, whatever it is made of. Runs in Node and, for Durable Objects, inside workerd.
 *
 * @module
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FOREVER, type Lease, type Order, type Store, type Strike, type Terms } from '../../src/stores/store.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2026, 0, 1);

const TERMS: Terms = {
  halfLifeMs: HOUR,
  banAt: 2,
  ladder: [
    { kind: 'shadow', banMs: 10 * MINUTE },
    { kind: 'refuse', banMs: 2 * HOUR },
    { kind: 'refuse', banMs: FOREVER },
  ],
  forgetMs: 24 * HOUR,
};

const ORDER: Order = { kind: 'refuse', banMs: HOUR, reason: 'by hand', cause: 'order-1' };

/** @param open an empty store */
export function storeConformance(name: string, open: (now: () => number) => Promise<Store>): void {
  let store: Store;
  let clock = START;
  let strikes = 0;
  const later = (ms: number): void => {
    clock += ms;
  };
  const strike = (changes: Partial<Strike> = {}): Strike => ({
    id: `strike-${++strikes}`,
    points: 1,
    reason: 'verdict',
    sentAt: clock,
    ...changes,
  });

  beforeEach(async () => {
    clock = START;
    store = await open(() => clock);
  });
  afterEach(() => store.close());

  describe(`${name}: strikes and bans`, () => {
    test('nobody knows a new subject', async () => {
      expect(await store.standing('new')).toEqual({ points: 0, at: clock, level: 0 });
      expect(await store.bans(10)).toEqual([]);
      expect(await store.lift('new')).toBeUndefined();
    });

    test('strikes add up to a ban, of this subject only', async () => {
      expect(await store.strike('a', strike(), TERMS)).toMatchObject({
        standing: { points: 1, level: 0 },
        fresh: true,
      });
      expect((await store.standing('a')).ban).toBeUndefined();
      const last = strike();
      const { standing } = await store.strike('a', last, TERMS);
      const ban = { kind: 'shadow', since: clock, until: clock + 10 * MINUTE, reason: 'verdict', cause: last.id };
      expect(standing).toEqual({ points: 0, at: clock, level: 1, ban });
      expect(await store.standing('a')).toEqual(standing);
      expect(await store.standing('b')).toMatchObject({ points: 0, level: 0 });
    });

    test('the same strike counts once, also after its ban', async () => {
      const first = strike();
      await store.strike('a', first, TERMS);
      for (const _ of [1, 2, 3]) expect(await store.strike('a', first, TERMS)).toMatchObject({ fresh: false });
      expect(await store.standing('a')).toMatchObject({ points: 1, level: 0 });
      const second = strike();
      await store.strike('a', second, TERMS);
      later(11 * MINUTE);
      expect(await store.strike('a', second, TERMS)).toMatchObject({ fresh: false, standing: { points: 0, level: 1 } });
    });

    test('twenty at once count twenty times, and the same twenty times once', async () => {
      const terms: Terms = { ...TERMS, banAt: 1000 };
      const many = Array.from({ length: 20 }, () => store.strike('a', strike(), terms));
      expect((await Promise.all(many)).every(({ fresh }) => fresh)).toBe(true);
      expect((await store.standing('a')).points).toBeCloseTo(20, 9);
      const one = strike();
      const same = await Promise.all(Array.from({ length: 20 }, () => store.strike('a', one, terms)));
      expect(same.filter(({ fresh }) => fresh)).toHaveLength(1);
      expect((await store.standing('a')).points).toBeCloseTo(21, 9);
    });

    test('points are halved with time', async () => {
      await store.strike('a', strike(), TERMS);
      later(HOUR);
      expect((await store.strike('a', strike({ points: 0.25 }), TERMS)).standing.points).toBeCloseTo(0.75, 9);
      later(2 * HOUR);
      expect((await store.strike('a', strike({ points: 1 }), TERMS)).standing.points).toBeCloseTo(1.1875, 9);
      expect((await store.standing('a')).ban).toBeUndefined();
    });

    test('a faded strike is forgotten', async () => {
      await store.strike('a', strike(), TERMS);
      later(11 * HOUR);
      expect(await store.standing('a')).toEqual({ points: 0, at: clock, level: 0 });
    });

    test('bans end, and climb the ladder until quiet time has passed', async () => {
      const twice = async () => {
        await store.strike('a', strike(), TERMS);
        return (await store.strike('a', strike(), TERMS)).standing;
      };
      expect(await twice()).toMatchObject({ level: 1, ban: { kind: 'shadow' } });
      later(10 * MINUTE - 1);
      expect((await store.standing('a')).ban).toBeDefined();
      later(1);
      expect(await store.standing('a')).toMatchObject({ level: 1 });
      expect((await store.standing('a')).ban).toBeUndefined();
      expect(await twice()).toMatchObject({ level: 2, ban: { kind: 'refuse', until: clock + 2 * HOUR } });
      later(2 * HOUR + 24 * HOUR + 1);
      expect(await store.standing('a')).toMatchObject({ level: 0 });
      expect(await twice()).toMatchObject({ level: 1, ban: { kind: 'shadow' } });
    });

    test('the last step repeats; a ban without end stays', async () => {
      for (const level of [1, 2, 3, 4]) {
        later(3 * HOUR);
        const { standing } = await store.strike('a', strike({ points: 2 }), TERMS);
        expect(standing.level).toBe(level);
        if (level >= 3) expect(standing.ban).toMatchObject({ kind: 'refuse', until: FOREVER });
      }
      later(365 * 24 * HOUR);
      expect((await store.standing('a')).ban).toMatchObject({ until: FOREVER });
    });

    test('what was sent before a ban is answered by it; what was sent in it climbs', async () => {
      const sentAt = clock;
      later(1000);
      await store.strike('a', strike({ points: 2, sentAt }), TERMS);
      const before = await store.standing('a');
      later(1000);
      expect(await store.strike('a', strike({ points: 2, sentAt }), TERMS)).toEqual({ standing: before, fresh: true });
      const { standing } = await store.strike('a', strike({ points: 2 }), TERMS);
      expect(standing).toMatchObject({ level: 2, ban: { kind: 'refuse', since: clock } });
    });

    test('an order bans and is replaced; a lift ends it and goes one step down', async () => {
      const ban = { kind: 'refuse', since: clock, until: clock + HOUR, reason: 'by hand', cause: 'order-1' };
      expect(await store.ban('a', ORDER)).toEqual(ban);
      expect(await store.standing('a')).toEqual({ points: 0, at: clock, level: 0, ban });
      expect(await store.ban('a', { ...ORDER, banMs: FOREVER, kind: 'shadow' })).toMatchObject({ until: FOREVER });
      expect(await store.lift('a')).toMatchObject({ kind: 'shadow' });
      expect(await store.lift('a')).toBeUndefined();
      expect((await store.standing('a')).ban).toBeUndefined();
      later(1);
      await store.strike('a', strike({ points: 2 }), TERMS);
      expect(await store.standing('a')).toMatchObject({ level: 1 });
      await store.lift('a');
      expect(await store.standing('a')).toMatchObject({ points: 0, level: 0 });
    });

    test('times without end stay whole', async () => {
      const endless = Number.POSITIVE_INFINITY;
      const terms: Terms = { ...TERMS, banAt: 1.5, halfLifeMs: endless, ladder: [{ kind: 'refuse', banMs: endless }] };
      await store.strike('a', strike(), terms);
      later(1000 * HOUR);
      expect((await store.strike('a', strike(), terms)).standing).toMatchObject({ level: 1, ban: { until: FOREVER } });
      expect(await store.ban('b', { ...ORDER, banMs: endless })).toMatchObject({ until: FOREVER });
      expect((await store.standing('b')).ban).toMatchObject({ until: FOREVER });
    });

    test('lists the bans that run, newest first, a page at a time', async () => {
      for (const subject of ['a', 'b', 'c', 'd', 'e']) {
        later(MINUTE);
        await store.ban(subject, subject === 'b' ? { ...ORDER, banMs: 2 * MINUTE } : ORDER);
      }
      await store.lift('d');
      const listed = async (limit: number, offset?: number) =>
        (await store.bans(limit, offset)).map(({ subject }) => subject);
      expect(await listed(10)).toEqual(['e', 'c', 'a']);
      expect(await listed(2)).toEqual(['e', 'c']);
      expect(await listed(2, 2)).toEqual(['a']);
      expect((await store.bans(1))[0]).toEqual({ subject: 'e', ...(await store.standing('e')).ban });
    });
  });

  describe(`${name}: queue`, () => {
    const job = (id: string) => ({ id, body: `body of ${id} ✓` });
    const ids = (leases: readonly Lease[]): string[] => leases.map(({ id }) => id);

    test('gives out once, in order, and what is done is gone', async () => {
      for (const id of ['1', '2', '3']) {
        expect(await store.enqueue(job(id), 10)).toBe(true);
        later(1);
      }
      const first = await store.lease(2, MINUTE);
      expect(first).toEqual([
        { ...job('1'), attempt: 1 },
        { ...job('2'), attempt: 1 },
      ]);
      expect(ids(await store.lease(10, MINUTE))).toEqual(['3']);
      expect(await store.lease(10, MINUTE)).toEqual([]);
      expect(await store.counts()).toEqual({ waiting: 0, leased: 3, dead: 0 });
      expect(await store.ack(first[0]!)).toBe(true);
      expect(await store.ack(first[0]!)).toBe(false);
      expect(await store.counts()).toEqual({ waiting: 0, leased: 2, dead: 0 });
    });

    test('is bounded; a job that is here already is taken again without a place', async () => {
      expect(await store.enqueue(job('1'), 2)).toBe(true);
      expect(await store.enqueue(job('2'), 2)).toBe(true);
      expect(await store.enqueue(job('3'), 2)).toBe(false);
      expect(await store.enqueue(job('1'), 2)).toBe(true);
      expect(await store.counts()).toEqual({ waiting: 2, leased: 0, dead: 0 });
      const [lease] = await store.lease(1, MINUTE);
      expect(await store.enqueue(job('3'), 2)).toBe(false);
      await store.ack(lease!);
      expect(await store.enqueue(job('3'), 2)).toBe(true);
    });

    test('two workers never hold the same job', async () => {
      for (let i = 0; i < 40; i++) await store.enqueue(job(`${i}`), 100);
      const leases = (await Promise.all(Array.from({ length: 10 }, () => store.lease(7, MINUTE)))).flat();
      expect(leases).toHaveLength(40);
      expect(new Set(ids(leases)).size).toBe(40);
    });

    test('a lease that ran out is given to another, and the first has lost it', async () => {
      await store.enqueue(job('1'), 10);
      const [lost] = await store.lease(1, MINUTE);
      later(MINUTE - 1);
      expect(await store.lease(1, MINUTE)).toEqual([]);
      later(1);
      expect(await store.counts()).toEqual({ waiting: 1, leased: 0, dead: 0 });
      const [held] = await store.lease(1, MINUTE);
      expect(held).toEqual({ ...job('1'), attempt: 2 });
      expect(await store.ack(lost!)).toBe(false);
      expect(await store.retry(lost!, 0)).toBe(false);
      expect(await store.bury(lost!, 'late')).toBe(false);
      expect(await store.ack(held!)).toBe(true);
      expect(await store.counts()).toEqual({ waiting: 0, leased: 0, dead: 0 });
    });

    test('a retry comes again when its time has come', async () => {
      await store.enqueue(job('1'), 10);
      const [lease] = await store.lease(1, MINUTE);
      expect(await store.retry(lease!, 5000)).toBe(true);
      expect(await store.ack(lease!)).toBe(false);
      expect(await store.counts()).toEqual({ waiting: 1, leased: 0, dead: 0 });
      later(4999);
      expect(await store.lease(1, MINUTE)).toEqual([]);
      later(1);
      expect(await store.lease(1, MINUTE)).toEqual([{ ...job('1'), attempt: 2 }]);
    });

    test('dead letters are kept, newest first, and may be revived', async () => {
      for (const id of ['1', '2']) {
        await store.enqueue(job(id), 10);
        const [lease] = await store.lease(1, MINUTE);
        expect(await store.bury(lease!, `because ${id}`)).toBe(true);
        later(1);
      }
      expect(await store.counts()).toEqual({ waiting: 0, leased: 0, dead: 2 });
      expect(await store.deadLetters(10)).toEqual([
        { ...job('2'), attempts: 1, reason: 'because 2', at: START + 1 },
        { ...job('1'), attempts: 1, reason: 'because 1', at: START },
      ]);
      expect(await store.deadLetters(1)).toHaveLength(1);
      expect(await store.revive('1')).toBe(true);
      expect(await store.revive('1')).toBe(false);
      expect(await store.lease(5, MINUTE)).toEqual([{ ...job('1'), attempt: 1 }]);
      expect(await store.counts()).toEqual({ waiting: 0, leased: 1, dead: 1 });
    });
  });

  test(`${name}: what is closed says so`, async () => {
    await store.close();
    await expect(store.standing('a')).rejects.toThrow();
    await expect(store.enqueue({ id: '1', body: '' }, 1)).rejects.toThrow();
    await store.close();
  });
}
