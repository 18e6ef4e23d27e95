import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { PLAN_FORMAT, type SealedPlan, sealPlan } from '../../domain/approval/plan-file.ts'
import { PromptRunnerError } from '../../errors.ts'
import type { Planned } from '../plan-all.ts'
import type { SinceRun } from '../since-last-run.ts'
import { presentPlan } from './present-plan.ts'
import type { SaidOfServer } from './server-plan-facts.ts'

/** What of a plan file is not compared. */
interface Besides {
  readonly options: readonly string[]
  readonly estimate: unknown
  readonly since: readonly SinceRun[]
}

/** The plan as data: the same prompts, settings and files give the same, byte for byte. Throws PR_FILE. */
export async function makePlanFile(
  planned: Planned,
  said: SaidOfServer,
  { options, estimate, since }: Besides,
): Promise<SealedPlan> {
  const { facts, jobs } = await presentPlan(planned)
  const { server } = said
  const reasons = new Map(since.flatMap(({ film, jobs }) => jobs.map(({ number, why }) => [`${number} ${film}`, why])))
  const explained = jobs.map((job) => ({ ...job, why: reasons.get(`${job.number} ${job.film}`) }))
  return sealPlan({ format: PLAN_FORMAT, options, server, facts: [...facts, ...said.facts], jobs: explained, estimate })
}

/** Writes a plan, in the place of an older one; whoever reads it meets a whole one. Throws PR_FILE. */
export function writePlanFile(path: string, plan: SealedPlan): void {
  const part = `${path}.part-${process.pid}`
  try {
    writeFileSync(part, `${JSON.stringify(plan, null, 2)}\n`)
    renameSync(part, path)
  } catch (cause) {
    rmSync(part, { force: true })
    throw new PromptRunnerError('PR_FILE', `Writing the plan to ${path} failed: ${(cause as Error).message}`, {
      hint: 'give -o a file in a folder that is there and can be written to',
      cause,
    })
  }
}
