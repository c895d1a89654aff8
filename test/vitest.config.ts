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
    // A page on a busy machine answers late.
    expect: { poll: { timeout: 60_000 } },
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
        plugins: [
          cloudflareTest({
            wrangler: { configPath: at('../workers/cloudflare/wrangler.bans.jsonc') },
            miniflare: {
              bindings: {
                // Made up for the test. Everything is in doubt: what the verifier says decides.
                EDGEWARD_KEY: 'a key for the tests only',
                POLICY: { verify: 0, block: 1 },
                VERIFIER_URL: 'https://verifier.example/v1',
                VERIFIER_MODEL: 'm',
              },
            },
          }),
        ],
        test: {
          name: 'workerd-bans',
          include: ['test/runtimes/workerd-bans/*.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'chromium',
          include: ['test/runtimes/chromium/*.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'firefox',
          include: ['test/runtimes/firefox/*.test.ts'],
        },
      },
    ],
  },
});
