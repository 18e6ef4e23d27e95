import { filmFacts, inputFilesOf } from '../../domain/approval/film-facts.ts'
import { planFileJobs } from '../../domain/approval/plan-file.ts'
import type { ComparedPlan } from '../../domain/approval/stale-reasons.ts'
import { fileDigest } from '../../planning/plan-prompts.ts'
import type { Planned } from '../plan-all.ts'

/** What would be made now, as a plan file has it, but for what a server says. Throws PR_FILE. */
export async function presentPlan({ plans, templates }: Planned): Promise<ComparedPlan> {
  const digests = new Map<string, string>()
  for (const path of inputFilesOf(plans)) digests.set(path, (await fileDigest(path)) ?? '')
  return { facts: filmFacts(plans, templates, digests), jobs: planFileJobs(plans) }
}
