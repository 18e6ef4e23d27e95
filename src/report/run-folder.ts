import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, parse } from 'node:path'
import type { Plan } from '../domain/plan-types.ts'
import { PromptRunnerError } from '../errors.ts'
import { combineJobPlan, renderJobPlan } from './job-plan.ts'
import { dayStamp, microsecondStamp, timeStamp } from './stamps.ts'

/** Makes `temp_dry_run_YYYYMMDD_HHMMSS` (a second one of the same second gets `_2`) with the folders of the user's document. */
export function createRunFolder(parent: string, at: number): string {
  const folder = firstFree(join(parent, `temp_dry_run_${dayStamp(at)}_${timeStamp(at)}`))
  try {
    for (const name of ['workflows', 'render_jobs', 'combine_jobs', 'state', 'uploads', 'bodies', 'logs', 'output']) {
      mkdirSync(join(folder, name), { recursive: true })
    }
  } catch (cause) {
    throw new PromptRunnerError('PR_FILE', `the run folder ${folder} cannot be made: ${(cause as Error).message}`, {
      hint: 'set DRY_RUN_TEMP_DIR to a folder that can be written to',
      cause,
    })
  }
  return folder
}

/** `render_jobs/render_jobs_HHMMSS.json` and `combine_jobs/combine_jobs_HHMMSS.json` of one video. */
export function writeJobPlans(folder: string, plan: Plan, runName: string, at: number): void {
  const stamp = microsecondStamp(at)
  const time = timeStamp(at)
  writeJson(firstFree(join(folder, 'render_jobs', `render_jobs_${time}.json`)), renderJobPlan(plan, runName, stamp))
  writeJson(firstFree(join(folder, 'combine_jobs', `combine_jobs_${time}.json`)), combineJobPlan(plan, runName, stamp))
}

export function writeJson(path: string, value: unknown): void {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`)
}

/** The path itself, or the first of `_2`, `_3`, … before its extension that does not exist. */
function firstFree(path: string): string {
  const { dir, name, ext } = parse(path)
  for (let number = 2; existsSync(path); number += 1) path = join(dir, `${name}_${number}${ext}`)
  return path
}
