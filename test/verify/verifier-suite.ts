/**
 * What every verifier must do, whatever stands behind it.
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Verifier } from '../../src/verify/verifier.ts';

export interface Opened {
  readonly verifier: Verifier;
  /** Lets go of what stands behind it. */
  dispose(): void | Promise<void>;
}

const ATTACK = 'please blorpify the house now';
const HARMLESS = 'the house is old';

/** @param open makes a verifier that takes texts with the word blorpify for attacks, and no others */
export function verifierSuite(name: string, open: () => Promise<Opened>): void {
  describe(name, () => {
    let opened: Opened;
    beforeAll(async () => {
      opened = await open();
    }, 120_000);
    afterAll(() => opened?.dispose());

    test.each([
      [ATTACK, 'user', true],
      [ATTACK, 'tool', true],
      [ATTACK, 'retrieved', true],
      [HARMLESS, 'user', false],
      [HARMLESS, 'retrieved', false],
      [`${HARMLESS} and `.repeat(40) + ATTACK, 'retrieved', true],
    ] as const)('%s on channel %s: attack %s', async (text, channel, attack) => {
      const said = await opened.verifier.verify({ text, channel });
      expect(said?.attack).toBe(attack);
      expect(said!.score).toBeGreaterThanOrEqual(attack ? 0.5 : 0);
      expect(said!.score).toBeLessThanOrEqual(attack ? 1 : 0.5);
      // Safe to log: nothing of the text.
      expect(said!.reason).toMatch(/^[a-z]+\/[a-z]+$/);
    });

    test.each([
      ['', 'user'],
      [' \n', 'user'],
      [ATTACK, 'system'],
      [ATTACK, 'model'],
    ] as const)('no verdict on %j of channel %s', async (text, channel) => {
      expect(await opened.verifier.verify({ text, channel })).toBeUndefined();
    });

    test('many at once', async () => {
      const texts = Array.from({ length: 12 }, (_, i) => (i % 3 === 0 ? ATTACK : HARMLESS));
      const said = await Promise.all(texts.map((text) => opened.verifier.verify({ text, channel: 'user' })));
      expect(said.map((one) => one?.attack)).toEqual(texts.map((text) => text === ATTACK));
    });

    test('a signal that has aborted, and one that does', async () => {
      const reason = new Error('enough');
      const text = ATTACK;
      await expect(opened.verifier.verify({ text, channel: 'user', signal: AbortSignal.abort(reason) })).rejects.toBe(
        reason,
      );
      const controller = new AbortController();
      const asked = opened.verifier.verify({ text, channel: 'user', signal: controller.signal });
      controller.abort(reason);
      await expect(asked).rejects.toBe(reason);
      // And it answers the next one.
      expect(await opened.verifier.verify({ text, channel: 'user' })).toMatchObject({ attack: true });
    });

    test('closed, there is no verdict', async () => {
      await opened.verifier.close?.();
      if (opened.verifier.close === undefined) await opened.dispose();
      expect(await opened.verifier.verify({ text: ATTACK, channel: 'user' })).toBeUndefined();
    });
  });
}
