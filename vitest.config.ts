import { defineConfig } from 'vitest/config'

// The `source` condition runs the TypeScript of the workspace packages: what is tested is what is read.
const conditions = ['source', 'module', 'node', 'development|production']

const onServices = { globalSetup: 'test/services.ts', testTimeout: 30_000, hookTimeout: 60_000 }

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  // Where vitest runs the global set-up.
  environments: { __vitest__: { resolve: { conditions } } },
  test: {
    // One after another: what is broken on purpose, and what is timed, has the machine for itself.
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/*/test/**/*.test.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          ...onServices,
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          sequence: { groupOrder: 1 },
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          ...onServices,
          name: 'faults',
          globalSetup: [onServices.globalSetup, 'test/faults/faults-page.ts'],
          include: ['test/{faults,e2e}/**/*.test.ts'],
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
