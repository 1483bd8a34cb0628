import { defineConfig, type TestProjectConfiguration } from 'vitest/config'
import { LongestFirst } from './test/longest-first.js'

// The `source` condition runs the TypeScript of the workspace packages: what is tested is what is read.
const conditions = ['source', 'module', 'node', 'development|production']

/** Requests that are counted per kind, and the factor of the servers' time limits. */
type Provided = { lookupRequests?: number; timeoutFactor?: number }

/**
 * Time limits are the subject of `test/faults`, not of the contract: there, a busy machine
 * must not turn an answer into a 503.
 */
const LONGER_LIMITS = { timeoutFactor: 20 }

/** Tests on a PostgreSQL and a Redis that are started for the run. */
function onServices(
  name: string,
  groupOrder: number,
  { provide, ...test }: { provide?: Provided; [option: string]: unknown } = {},
): TestProjectConfiguration {
  return {
    extends: true,
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      sequence: { groupOrder },
      // One file at a time, on many cores too: they share these stores, and some are timed.
      maxWorkers: 1,
      globalSetup: 'test/services.ts',
      testTimeout: 30_000,
      hookTimeout: 60_000,
      provide: { timeoutFactor: 1, ...provide },
      ...test,
    },
  }
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  // Where vitest runs the global set-up.
  environments: { __vitest__: { resolve: { conditions } } },
  test: {
    sequence: { sequencer: LongestFirst },
    // A second, the default, is too short for a page on a busy machine. A poll that holds ends at once.
    expect: { poll: { timeout: 15_000 } },
    // One after another: what is broken on purpose, and what is timed, has the machine for itself.
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/*/test/**/*.test.ts', 'benchmarks/test/**/*.test.ts'],
          exclude: ['packages/*/test/long/**', 'benchmarks/test/long/**'],
          sequence: { groupOrder: 1 },
          maxWorkers: 2,
          isolate: false,
          // Some start a process. These limits only end a test that hangs, on the busiest machine too.
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'long',
          include: ['packages/*/test/long/**/*.test.ts'],
          sequence: { groupOrder: 9 },
          maxWorkers: 1,
          // They start processes, which takes its time on a busy machine.
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'benchmarks',
          include: ['benchmarks/test/long/**/*.test.ts'],
          sequence: { groupOrder: 8 },
          maxWorkers: 1,
        },
      },
      // Beside unit tests and the course: as many workers as cores.
      onServices('contract', 1, {
        maxWorkers: 2,
        isolate: false,
        testTimeout: 300_000,
        hookTimeout: 300_000,
        provide: { ...LONGER_LIMITS, lookupRequests: 20 },
      }),
      // The same counts, around a load that no chance and no cache can pass for.
      onServices('lookups', 2, {
        include: ['test/contract/lookups/*.test.ts'],
        provide: { ...LONGER_LIMITS, lookupRequests: 200 },
      }),
      onServices('e2e', 2, { globalSetup: ['test/services.ts', 'test/programs.ts'] }),
      {
        extends: true,
        test: {
          name: 'containers',
          include: ['test/containers/**/*.test.ts'],
          sequence: { groupOrder: 4 },
          // They build one image, and see which containers are there.
          maxWorkers: 1,
          testTimeout: 120_000,
          hookTimeout: 600_000,
        },
      },
      onServices('browser', 7, {
        globalSetup: ['test/browser/chromium.ts', 'test/programs.ts'],
      }),
      onServices('faults', 3, {
        globalSetup: [
          'test/services.ts',
          'test/faults/pooler-program.ts',
          'test/faults/faults-page.ts',
        ],
      }),
      onServices('cluster', 4, {
        // Torn down from the last to the first: the page of the cluster is written before that of the scale.
        globalSetup: [
          'test/cluster/services.ts',
          'test/cluster/scale-page.ts',
          'test/cluster/cluster-page.ts',
        ],
      }),
      {
        extends: true,
        test: {
          name: 'course',
          include: ['test/course/**/*.test.ts'],
          sequence: { groupOrder: 1 },
          maxWorkers: 2,
          globalSetup: ['test/programs.ts', 'test/instances/updates-pages.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      onServices('security', 5, {
        globalSetup: ['test/services.ts', 'test/security/all-ran.ts'],
      }),
      onServices('instances', 6, {
        globalSetup: ['test/services.ts', 'test/programs.ts', 'test/instances/updates-pages.ts'],
      }),
    ],
  },
})
