import { expect, it } from 'vitest'
import { readProfiles } from '../../src/config/read-profiles.ts'
import type { Settings } from '../../src/config/settings-types.ts'
import { loadTemplates } from '../../src/config/templates.ts'
import { beforeStart } from '../../src/run/before-start.ts'
import { estimateFilms } from '../../src/run/estimate/estimate-films.ts'
import { filmWork } from '../../src/run/estimate/film-work.ts'
import { planOf } from '../support/plans.ts'

const templates = await loadTemplates(null)
const run = { upload: true, keepIntermediate: false, shutdown: 'keep', budget: null, deadline: null, outputDir: '/out' }
const storage = { bucket: 'films', prefix: 'june' }
const pod = { id: 'p1', status: 'RUNNING', costPerHour: 0.69, gpu: null } as never
const price = { perHour: 0.69, from: 'given', at: 0 } as const
const noLimits = { price, budget: null, deadline: null }

interface Given {
  readonly run?: object
  readonly videos?: readonly string[]
  readonly terms?: object
  readonly gpu?: string
  readonly done?: number
  readonly pod?: never
}

function started({ videos = ['otter'], terms = {}, gpu = 'RTX 4090', done = 0, ...given }: Given = {}) {
  const plans = videos.map((video) => planOf(video, 500))
  const work = filmWork({ plans, templates }, ({ workflowNumber }) => workflowNumber > done)
  const estimated = estimateFilms(work, { gpu, timed: null, otherwise: '' }, readProfiles)
  return beforeStart({
    settings: { run: { ...run, ...given.run }, storage } as Settings,
    run: { runName: 'calm-wren', filmNames: new Map([['otter', 'otter_calm-wren.mp4']]) },
    work,
    estimate: 'estimate' in estimated ? estimated.estimate : null,
    spending: { terms: { ...noLimits, ...terms }, before: 0 },
    pod: given.pod ?? null,
  })
}

it('says where the film goes, what is deleted, what becomes of the pod, and asks for what it takes', () => {
  expect(started({ pod })).toEqual({
    lines: [
      'The film will go to gs://films/june/otter/calm-wren/otter.mp4, and lie in /out/final/otter_calm-wren.mp4',
      'When a film is verified there, its latents, chunk videos, reference frames and combined films here will be deleted',
      'Pod p1 will go on running when the run is done, and cost money (--force-shutdown stops it)',
    ],
    warnings: [],
    question: expect.stringMatching(/^Start 15 jobs \(\d+–\d+ min, \$0\.\d\d–0\.\d\d\)\?$/),
  })
})

it('says it of several films at once, and of what is done already', () => {
  const { lines, question } = started({ videos: ['otter', 'heron'], done: 4, gpu: 'RTX 3090' })
  expect(lines.slice(0, 2)).toEqual([
    '22 jobs to run, 8 done before',
    'The 2 films will go to gs://films/june/<video>/calm-wren/<video>.mp4, and lie in /out/final',
  ])
  expect(question).toBe('Start 22 jobs?')
  expect(started({ done: 15 }).question).toBe('Start? Only the way out of the film is left.')
})

it.each([
  [{ upload: false }, 'Nothing will be deleted: nothing is uploaded (--no-upload)'],
  [{ keepIntermediate: true }, 'Nothing will be deleted (--keep-intermediate)'],
  [{ upload: false }, 'The film will lie in /out/final/otter_calm-wren.mp4, and nowhere else (--no-upload)'],
  [{ shutdown: 'force' }, 'Pod p1 will be stopped when every film is verified there'],
  [{ shutdown: 'force', budget: 2 }, 'Pod p1 will be stopped when every film is verified there, or a limit is reached'],
  [
    { shutdown: 'force', upload: false },
    'Pod p1 will go on running in spite of --force-shutdown: nothing is uploaded (--no-upload)',
  ],
  [
    { shutdown: 'force', upload: false, deadline: 60_000 },
    'Pod p1 will go on running in spite of --force-shutdown: nothing is uploaded (--no-upload). It will be stopped when a limit is reached',
  ],
])('with %o it says: %s', (change, line) => {
  expect(started({ run: change, pod }).lines).toContain(line)
})

it.each([
  [{ budget: 0.1 }, /^It will be stopped before its end, as estimated: \$0\.\d\d at .*, and the budget is \$0\.10$/],
  [{ budget: 0.22 }, /^It may be stopped before its end: at worst \$0\.\d\d at .*, and the budget is \$0\.22$/],
  [
    { deadline: 60_000 },
    /^It will be stopped before its end, as estimated: \d\d:\d\d after the start, and the deadline is 01:00$/,
  ],
])('warns of the limit %o that the estimate goes over', (terms, warning) => {
  expect(started({ terms }).warnings).toEqual([expect.stringMatching(warning)])
})

it('warns of no limit that is kept, or of which nothing is known', () => {
  expect(started({ terms: { budget: 5, deadline: 36_000_000 } }).warnings).toEqual([])
  expect(started({ terms: { budget: 0.01 }, gpu: 'RTX 3090' }).warnings).toEqual([])
})
