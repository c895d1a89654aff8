import { expect, test } from 'vitest';
import { crash } from './crash.ts';

test.each(['sqlite', 'redis'] as const)(
  '%s: three kills lose no job, count no strike twice, forget no ban',
  async (driver) => {
    const { accepted, kills, ...faults } = await crash(driver, 3);
    expect(accepted).toBeGreaterThan(60);
    expect(kills).toBeGreaterThanOrEqual(3);
    expect(faults).toMatchObject({ lost: [], miscounted: [], unbanned: [], dead: 0 });
  },
);
