import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/gpu/**/*.test.ts'],
    // Commands that are not in order are refused, where a run would not look.
    env: { SERENDIP_WEBGPU_CHECKS: '1' },
    testTimeout: 60_000,
    reporters: ['default'],
  },
});
