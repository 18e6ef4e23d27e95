import { loadTemplates } from '../config/templates.ts'
import { allOf } from '../domain/all-of.ts'
import { diffRuns, type RunDiff } from './diff-runs.ts'
import { readRun } from './read-run.ts'
import { roleFrom } from './role-of.ts'

/** Reads both and compares them; inputs get their roles from the bindings of `workflows`, null being the shipped ones. */
export async function diffPaths(a: string, b: string, workflows: string | null): Promise<RunDiff> {
  const [before, after, { bindings }] = await allOf([readRun(a), readRun(b), loadTemplates(workflows)])
  return diffRuns(before, after, roleFrom(bindings))
}
