/**
 * One run, three runtimes: `node` holds every test of the source, `workerd` and `chromium` the conformance table.
 *
 * @module
 */
import { fileURLToPath } from 'node:url';
import { cloudflareTest } from '@cloudflare/vitest-pool-workers';
import { defineConfig } from 'vitest/config';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: at('..'),
  test: {
    // Several tests do a second's work on purpose: properties, fuzzing, both engines side by side.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          setupFiles: [at('seed.ts')],
          include: ['test/**/*.test.ts'],
          exclude: ['test/runtimes/**', 'test/package/**', 'test/judge/workerd/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'package',
          include: ['test/package/*.test.ts'],
        },
      },
      {
        extends: true,
        plugins: [cloudflareTest({ wrangler: { configPath: at('runtimes/workerd/wrangler.jsonc') } })],
        test: {
          name: 'workerd',
          include: ['test/runtimes/workerd/*.test.ts'],
          globalSetup: [at('runtimes/workerd/expected.ts')],
        },
      },
      {
        extends: true,
        plugins: [cloudflareTest({ wrangler: { configPath: at('judge/workerd/wrangler.jsonc') } })],
        test: {
          name: 'workerd-judge',
          include: ['test/judge/workerd/*.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'chromium',
          include: ['test/runtimes/chromium/*.test.ts'],
        },
      },
    ],
  },
});
