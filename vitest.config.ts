import { defineConfig } from 'vitest/config';

/** Tests that measure what a system of many processes does under load: each has the machine to itself. */
const ALONE = ['test/{isolation,lifecycle,e2e}/**/*.test.ts', 'test/control/lab.test.ts', 'test/router/faults.test.ts'];

export default defineConfig({
  test: {
    environment: 'node',
    pool: 'forks',
    testTimeout: 60_000,
    // On shared machines a core may stand still for seconds. A test that needed its second try is shown as such.
    retry: process.env.CI ? 1 : 0,
    hookTimeout: 60_000,
    reporters: ['default'],
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: ALONE,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      { extends: true, test: { name: 'alone', include: ALONE, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
});
