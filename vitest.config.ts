import { configDefaults, defineConfig } from 'vitest/config';

/** The suite for graphics processors has a configuration of its own: a driver may end the process it runs in. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'test/gpu/**'],
    testTimeout: 60_000,
    reporters: ['default'],
  },
});
