import { existsSync, mkdirSync } from 'node:fs'
import { join, parse } from 'node:path'
import type { Plan } from '../domain/plan.ts'
import { workflowsBefore } from '../domain/plan.ts'
import { PromptRunnerError } from '../errors.ts'
import { makeFolder } from '../files/folders.ts'
import { combineJobPlan, renderJobPlan } from './job-plan.ts'
import { dayStamp, microsecondStamp, timeStamp } from './stamps.ts'

const folders = ['workflows', 'render_jobs', 'combine_jobs', 'state', 'uploads', 'bodies', 'logs', 'output']

/**
 * Makes `temp_dry_run_YYYYMMDD_HHMMSS` (a second one of the same second gets `_2`) with its folders.
 * Two runs never get the same one. Throws PR_FILE.
 */
export function createRunFolder(parent: string, at: number): string {
  const wanted = join(parent, `temp_dry_run_${dayStamp(at)}_${timeStamp(at)}`)
  try {
    makeFolder(parent)
    const folder = makeFirstFree(wanted)
    for (const name of folders) mkdirSync(join(folder, name))
    return folder
  } catch (cause) {
    throw new PromptRunnerError('PR_FILE', `the run folder ${wanted} cannot be made: ${(cause as Error).message}`, {
      hint: 'set DRY_RUN_TEMP_DIR to a folder that can be written to',
      cause,
    })
  }
}

/** Whether a folder is called as a run folder is. */
export function isRunFolder(name: string): boolean {
  return /^temp_dry_run_\d{8}_\d{6}(_\d+)?$/.test(name)
}

/** `render_jobs/render_jobs_HHMMSS.json` and `combine_jobs/combine_jobs_HHMMSS.json` of each video. */
export function writeJobPlans(
  folder: string,
  plans: readonly Plan[],
  { runName, at, write }: { runName: string; at: number; write: (path: string, value: unknown) => unknown },
): void {
  const [timestamp, time] = [microsecondStamp(at), timeStamp(at)]
  const before = workflowsBefore(plans)
  for (const plan of plans) {
    const run = { runName, timestamp, workflowsBefore: before.get(plan.videoName)! }
    write(firstFree(join(folder, 'render_jobs', `render_jobs_${time}.json`)), renderJobPlan(plan, run))
    write(firstFree(join(folder, 'combine_jobs', `combine_jobs_${time}.json`)), combineJobPlan(plan, run))
  }
}

/** The path itself, or the first of `_2`, `_3`, … before its extension that does not exist. */
function firstFree(path: string): string {
  return candidates(path).find((candidate) => !existsSync(candidate))!
}

/** Making a folder is the test whether it is free: looking first would let two runs of one second share it. */
function makeFirstFree(path: string): string {
  return candidates(path).find((candidate) => {
    try {
      mkdirSync(candidate)
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
      throw error
    }
  })!
}

function* candidates(path: string): Generator<string, undefined> {
  yield path
  const { dir, name, ext } = parse(path)
  for (let number = 2; ; number += 1) yield join(dir, `${name}_${number}${ext}`)
}
