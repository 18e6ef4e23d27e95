import type { Problem } from '../../errors.ts'
import { type PlanFact, planParts } from './plan-fact.ts'
import type { PlanFileJob } from './plan-file.ts'

/** A plan, as far as it is compared. */
export interface ComparedPlan {
  readonly facts: readonly PlanFact[]
  readonly jobs: readonly PlanFileJob[]
}

/** All that keeps what would be made now from being what was planned; none: it is the same, job for job. */
export function staleReasons(planned: ComparedPlan, now: ComparedPlan): Problem[] {
  const [before, after] = [filmsOf(planned), filmsOf(now)]
  const films = [
    ...[...before.difference(after)].map((film) => ({ file: film, message: 'is planned, and is no film any more' })),
    ...[...after.difference(before)].map((film) => ({ file: film, message: 'is a film now, and was not planned' })),
  ]
  const both = before.intersection(after)
  const isCompared = ({ film }: PlanFact) => film === null || both.has(film)
  const reasons = [...films, ...changes(planned.facts.filter(isCompared), now.facts.filter(isCompared))]
  return reasons.length > 0 ? reasons : otherJobs(planned.jobs, now.jobs)
}

function changes(planned: readonly PlanFact[], now: readonly PlanFact[]): Problem[] {
  const [before, after] = [byKey(planned), byKey(now)]
  const keys = [...new Set([...before.keys(), ...after.keys()])]
  const changed = keys.flatMap((key) => {
    const [old, fresh] = [before.get(key), after.get(key)]
    const fact = fresh ?? old
    if (!fact || old?.digest === fresh?.digest) return []
    // What a server is asked for follows from models and templates, of which it is told already.
    if (fact.part === 'server' && !(old && fresh)) return []
    return [{ part: fact.part, file: fact.film ?? fact.part, message: changeText(fact.name, old, fresh) }]
  })
  return planParts.flatMap((part) => changed.filter((one) => one.part === part).map(({ part: _, ...rest }) => rest))
}

function changeText(name: string, old: PlanFact | undefined, fresh: PlanFact | undefined): string {
  if (!old) return `${name}: none was planned, and now it is ${shown(fresh!.value)}`
  if (!fresh) return `${name}: ${shown(old.value)} was planned, and now there is none`
  if (old.value === fresh.value) return `${name}: what is in ${shown(old.value)} has changed`
  const [was, is] = apart(old.value, fresh.value)
  return `${name}: ${was} → ${is}`
}

/** Characters of a value that are shown, and of them those before the first difference. */
const MOST = 60
const BEFORE = 12

const shown = (value: string) => (value.length > MOST ? `${value.slice(0, MOST)}…` : value === '' ? 'nothing' : value)

/** Both values around the place where they part. */
function apart(old: string, fresh: string): [string, string] {
  let at = 0
  while (at < old.length && old[at] === fresh[at]) at += 1
  const from = Math.max(old.length, fresh.length) > MOST ? Math.max(0, at - BEFORE) : 0
  const part = (value: string) => (from > 0 ? `…${shown(value.slice(from))}` : shown(value))
  return [part(old), part(fresh)]
}

/** Where all that is known is the same, and another version plans it otherwise. */
function otherJobs(planned: readonly PlanFileJob[], now: readonly PlanFileJob[]): Problem[] {
  const isSame = planned.length === now.length && planned.every(({ id }, at) => id === now[at]!.id)
  const message = 'are planned otherwise by this version of pr, though nothing else has changed'
  return isSame ? [] : [{ file: 'jobs', message }]
}

const filmsOf = ({ jobs }: ComparedPlan) => new Set(jobs.map(({ film }) => film))

function byKey(facts: readonly PlanFact[]): Map<string, PlanFact> {
  return new Map(facts.map((fact) => [JSON.stringify([fact.part, fact.film, fact.name]), fact]))
}
