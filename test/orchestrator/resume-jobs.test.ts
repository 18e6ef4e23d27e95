import { expect, it } from 'vitest'
import { jobsOf, type Plan } from '../../src/domain/plan.ts'
import { type JobResult, mainFileOf, type OutputFile } from '../../src/domain/run-event.ts'
import {
  noFacts,
  promptsToCancel,
  type ResumeDecision,
  resumeDecision,
} from '../../src/orchestrator/resume-decision.ts'
import {
  another,
  copy,
  decide,
  done,
  plan,
  result,
  results,
  sent,
  server,
  started,
  stateAfter,
} from '../support/earlier-run.ts'
import { planOf } from '../support/plans.ts'
import { resultOf } from '../support/results.ts'
import { fc } from '../support/seeded.ts'

/** `1 skip, 2 put-back, 3 send`, or the workflows whose files have to be looked for. */
function told(decision: ResumeDecision): string {
  if (decision.kind === 'look' && Array.isArray(decision.at))
    return `look ${decision.at.map((file) => [...results.keys()].find((workflow) => server(workflow) === file)).join(', ')}`
  if (decision.kind !== 'render') return decision.kind
  return [...decision.jobs].map(([workflow, { kind }]) => `${workflow} ${kind}`).join(', ')
}

it.each<[string, doneJobs: number[], here: number[], there: number[], string]>([
  ['all that is loaded is there', [1, 2, 3], [2], [2, 3], '1 skip, 2 skip, 3 skip, 4 send, 5 send, 6 send'],
  ['a latent is gone', [1, 2, 3], [2], [2], '1 skip, 2 skip, 3 send, 4 send, 5 send, 6 send'],
  ['a video is gone there', [1, 2, 3], [2], [3], '1 skip, 2 put-back, 3 skip, 4 send, 5 send, 6 send'],
  ['a video is gone here', [1, 2, 3], [], [2, 3], '1 skip, 2 fetch, 3 skip, 4 send, 5 send, 6 send'],
  ['a video is gone here and there', [1, 2, 3], [], [1, 3], '1 skip, 2 send, 3 skip, 4 send, 5 send, 6 send'],
  ['everything is gone', [1, 2, 3], [], [], '1 send, 2 send, 3 send, 4 send, 5 send, 6 send'],
  [
    'a film in the making is gone',
    [1, 2, 3, 4, 5],
    [2, 4, 5],
    [],
    '1 skip, 2 put-back, 3 skip, 4 put-back, 5 send, 6 send',
  ],
  [
    'nobody reads the first video any more',
    [1, 2, 3, 4, 5],
    [],
    [4, 5],
    '1 skip, 2 skip, 3 skip, 4 skip, 5 skip, 6 send',
  ],
  ['the last film is gone here', [1, 2, 3, 4, 5, 6], [2, 4], [6], '1 skip, 2 skip, 3 skip, 4 skip, 5 skip, 6 fetch'],
  ['the last film is here', [1, 2, 3, 4, 5, 6], [6], [], '1 skip, 2 skip, 3 skip, 4 skip, 5 skip, 6 skip'],
])('says where each file has to come from when %s', (_, jobs, here, there, decision) => {
  expect(told(decideFiles(jobs, here, there))).toBe(decision)
})

/** After looking for every file. */
function decideFiles(jobs: readonly number[], here: readonly number[], there: readonly number[]): ResumeDecision {
  const copies = new Set(here.map(copy))
  const held = new Map([...results.keys()].map((workflow) => [server(workflow), there.includes(workflow)]))
  return decide([started(), ...done(...jobs)], { copies, held })
}

it('does again what is planned differently, and never counts it as lost', () => {
  const decision = decide([started(), ...done(1, 2, 3)], {}, another)
  const NEW = { kind: 'send', attempts: 0, open: null, wasDone: false }
  expect(decision).toEqual({ kind: 'render', jobs: new Map([1, 2, 3, 4, 5, 6].map((workflow) => [workflow, NEW])) })
})

it('combines the last film again when there never was a copy', () => {
  const six = { ...result(6), film: { server: server(6), copy: null } } as JobResult
  const events = [started(), ...done(1, 2, 3, 4, 5, [6, six])]
  const held = new Map([4, 5, 6].map((workflow) => [mainFileOf(workflow === 6 ? six : result(workflow)).server, true]))
  expect(told(decide(events, { held }))).toBe('1 skip, 2 skip, 3 skip, 4 skip, 5 skip, 6 send')
})

it('combines a film again rather than put its copy back', () => {
  const five = { ...result(5), film: { server: server(5), copy: '/kept.mp4' } } as JobResult
  const events = [started(), ...done(1, 2, 3, 4, [5, five])]
  const held = new Map([1, 2, 3, 4, 5].map((workflow) => [server(workflow), workflow !== 5]))
  const facts = { copies: new Set([copy(2), copy(4), '/kept.mp4']), held }
  expect(told(decide(events, facts))).toBe('1 skip, 2 skip, 3 skip, 4 skip, 5 send, 6 send')
})

it('looks for no file that nobody needs, and for more only when one is gone', () => {
  const events = [started(), ...done(1, 2, 3, 4, 5)]
  const copies = new Set([copy(2), copy(4)])
  const look = (...there: Array<[number, boolean]>) =>
    told(decide(events, { copies, held: new Map(there.map(([workflow, isHeld]) => [server(workflow), isHeld])) }))
  expect(look()).toBe('look 5, 4')
  expect(look([5, true], [4, true])).toBe('1 skip, 2 skip, 3 skip, 4 skip, 5 skip, 6 send')
  expect(look([5, false], [4, true])).toBe('look 2')
  expect(look([5, false], [4, true], [2, false])).toBe('1 skip, 2 put-back, 3 skip, 4 skip, 5 send, 6 send')
})

it('leaves every job that runs with what it needs, whatever is done, here or there', () => {
  const long = planOf('otter', 300)
  const some = fc.subarray(jobsOf(long).map(({ workflowNumber }) => workflowNumber))
  fc.assert(
    fc.property(some, some, some, (jobs, here, there) => {
      const made = new Map(jobs.map((workflow) => [workflow, resultOf(long, workflow)]))
      const state = stateAfter(started(long), ...done(...made))
      const files = new Map([...made].map(([workflow, each]) => [mainFileOf(each).server, workflow]))
      const copies = new Set([...made].flatMap(([n, each]) => (here.includes(n) ? (mainFileOf(each).copy ?? []) : [])))
      let held = new Map<OutputFile, boolean>()
      for (;;) {
        const decision = resumeDecision(long, state, { ...noFacts(null), copies, held })
        if (decision.kind === 'look' && Array.isArray(decision.at)) {
          const looked = decision.at.map((file): [OutputFile, boolean] => [file, there.includes(files.get(file)!)])
          expect(decision.at.some((file) => held.has(file))).toBe(false)
          held = new Map([...held, ...looked])
          continue
        }
        if (decision.kind !== 'render') throw new Error(decision.kind)
        const kindOf = (workflow: number) => decision.jobs.get(workflow)!.kind
        const isMade = (n: number) => ['send', 'adopt'].includes(kindOf(n))
        for (const job of jobsOf(long).filter(({ workflowNumber }) => isMade(workflowNumber))) {
          for (const needed of job.dependsOn) {
            const isHere = made.has(needed) && copies.has(mainFileOf(made.get(needed)!).copy ?? '')
            const isAtHand =
              job.kind === 'high'
                ? isHere || kindOf(needed) === 'fetch'
                : there.includes(needed) || kindOf(needed) === 'put-back'
            expect(isMade(needed) || isAtHand, `${needed} for ${job.workflowNumber}`).toBe(true)
          }
        }
        expect(jobs.filter((n) => isMade(n) && here.includes(n) && there.includes(n))).toEqual([])
        return
      }
    }),
  )
})

it('adopts a prompt of the same job, sends others anew, and counts attempts on', () => {
  const events = [started(), ...done(1), sent(2, 3), sent(5, 1, another)]
  // It may have to be sent again, and then HIGH's latent is needed.
  expect(told(decide(events, {}))).toBe('look 1')
  const decision = decide(events, { held: new Map([[server(1), true]]) })
  const { promptId } = sent(2, 3)
  expect(decision).toEqual({
    kind: 'render',
    jobs: new Map<number, object>([
      [1, { kind: 'skip', result: result(1) }],
      [2, { kind: 'adopt', attempts: 3, open: { promptId, attempt: 3, graph: 'g' } }],
      [3, { kind: 'send', attempts: 0, open: null, wasDone: false }],
      [4, { kind: 'send', attempts: 0, open: null, wasDone: false }],
      [5, { kind: 'send', attempts: 1, open: null, wasDone: false }],
      [6, { kind: 'send', attempts: 0, open: null, wasDone: false }],
    ]),
  })
})

it('counts attempts on under the number of another job', () => {
  const decision = decide([started(another), sent(2, 4, another)], {})
  expect((decision as Extract<ResumeDecision, { kind: 'render' }>).jobs.get(2)).toMatchObject({
    kind: 'send',
    attempts: 4,
  })
})

it('counts attempts on under a job that has another number now', () => {
  // The only combine job of a film of one chunk is number 3; in a film of two chunks it is number 5.
  const short = planOf('otter', 101)
  const [, , combine] = jobsOf(short)
  const same = jobsOf(planOf('otter', 202)).find(({ jobId }) => jobId === combine!.jobId)!
  const decision = decide([started(short), sent(3, 2, short)], {}, planOf('otter', 202))
  expect(same.workflowNumber).toBe(5)
  expect(decision).toMatchObject({ kind: 'render' })
  expect((decision as Extract<ResumeDecision, { kind: 'render' }>).jobs.get(5)).toMatchObject({
    kind: 'send',
    attempts: 2,
  })
})

it.each<[string, readonly Plan[], number[]]>([
  ['not even the same plan has', [plan], []],
  ['a plan of other settings has', [another], [2, 6]],
  ['a plan of another video has', [planOf('heron')], [2, 6]],
  ['a plan with fewer jobs has', [planOf('otter', 12)], [2, 6]],
  ['a run that is cancelled has', [], [2, 6]],
])('cancels what %s no use for', (_, plans, workflows) => {
  const open = [sent(2, 1), sent(6, 1)]
  const ids = promptsToCancel(plans, stateAfter(started(), ...open)).map((prompt) => prompt.promptId)
  expect(ids).toEqual(open.filter(({ workflow }) => workflows.includes(workflow)).map((event) => event.promptId))
})
