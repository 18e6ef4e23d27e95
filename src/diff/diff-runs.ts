import { type DiffedJob, diffJob, type RoleOf } from './diff-job.ts'
import type { EstimateFacts, RunFacts, UploadFacts } from './run-facts.ts'

/** How B differs from A; the object of `--json`. */
export interface RunDiff {
  readonly equal: boolean
  readonly jobs: Sides & { readonly changed: readonly DiffedJob[] }
  readonly uploads: Sides & {
    readonly changed: ReadonlyArray<{
      readonly url: string
      readonly before: UploadFacts['content']
      readonly after: UploadFacts['content']
    }>
  }
  /** null when both say the same, or one says nothing. */
  readonly estimate: { readonly before: EstimateFacts; readonly after: EstimateFacts } | null
}

interface Sides {
  readonly compared: number
  /** Only in B. */
  readonly added: readonly string[]
  /** Only in A. */
  readonly gone: readonly string[]
}

/** Compares two runs. Jobs are the same by video, type and number, nodes by their ids, uploads by their addresses. */
export function diffRuns(a: RunFacts, b: RunFacts, roleOf: RoleOf): RunDiff {
  const jobs = pairs(a.jobs, b.jobs, ({ name }) => name)
  const uploads = pairs(a.uploads, b.uploads, ({ url }) => url)
  const changedJobs = jobs.both.map(([before, after]) => diffJob(before, after, roleOf)).filter((job) => job !== null)
  const changedUploads = uploads.both
    .filter(([before, after]) => !isSame(before.content, after.content))
    .map(([before, after]) => ({ url: after.url, before: before.content, after: after.content }))
  const estimate =
    a.estimate && b.estimate && !isSame(a.estimate, b.estimate) ? { before: a.estimate, after: b.estimate } : null
  const lists = [jobs.added, jobs.gone, uploads.added, uploads.gone, changedJobs, changedUploads]
  return {
    equal: estimate === null && lists.every((list) => list.length === 0),
    jobs: { compared: jobs.both.length, added: jobs.added, gone: jobs.gone, changed: changedJobs },
    uploads: { compared: uploads.both.length, added: uploads.added, gone: uploads.gone, changed: changedUploads },
    estimate,
  }
}

function pairs<T>(a: readonly T[], b: readonly T[], keyOf: (item: T) => string) {
  const before = new Map(a.map((item) => [keyOf(item), item]))
  const after = new Map(b.map((item) => [keyOf(item), item]))
  return {
    both: [...before].flatMap(([key, item]): [T, T][] => (after.has(key) ? [[item, after.get(key)!]] : [])),
    added: [...after.keys()].filter((key) => !before.has(key)),
    gone: [...before.keys()].filter((key) => !after.has(key)),
  }
}

/** Both are made by the same code, with keys in the same order. */
function isSame(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
