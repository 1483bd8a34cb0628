import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Whether the run was asked to write pages of documentation anew (`-u`). */
    updatesPages: boolean
  }
}

export default function tellUpdates(project: TestProject): void {
  project.provide('updatesPages', project.config.snapshotOptions.updateSnapshot === 'all')
}
