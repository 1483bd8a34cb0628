import { defineConfig } from 'vitest/config'

// The `source` condition runs the TypeScript of the workspace packages: no build is needed to test.
const source = { resolve: { conditions: ['source', 'node', 'import', 'default'] } }

export default defineConfig({
  ...source,
  ssr: source,
  test: {
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['packages/*/test/**/*.test.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/**/*.test.ts'],
          globalSetup: 'test/services.ts',
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
