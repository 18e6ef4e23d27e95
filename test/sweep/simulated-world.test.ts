import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { loadSettings } from '../../src/config/settings.ts'
import { parseFault } from '../../src/network/faults/grammar/parse-fault.ts'
import { planAll } from '../../src/run/plan-all.ts'
import { silentHost } from '../../src/sweep/silent-host.ts'
import { openWorld } from '../../src/sweep/simulated-world.ts'
import { filesIn, type Json, promptFile, temporaryFolder } from '../support/rehearse.ts'

/** Lives in a world in which one thing goes wrong, until the film is there. */
async function livesOf(fault: string) {
  const cwd = temporaryFolder({ 'prompt_files/otter.txt': promptFile('otter', 24) })
  const small = { width: '64', height: '64', 'frames-per-chunk': '13', 'prompt-dir': join(cwd, 'prompt_files') }
  const { settings } = await loadSettings({ 'dry-run': true, ...small }, {}, cwd)
  const planned = await planAll(settings, silentHost(new AbortController().signal))
  const folder = join(cwd, 'world')
  using world = await openWorld(settings, planned, { folder, fault: parseFault(fault) })
  const lives = []
  do lives.push(await world.live())
  while (lives.at(-1)!.exitCode !== 0 && lives.length < 3)
  const [journal = ''] = filesIn(join(folder, 'output/state')).filter((name) => name.endsWith('.jsonl'))
  const lines = readFileSync(join(folder, 'output/state', journal), 'utf8')
    .trimEnd()
    .split('\n')
  return {
    ends: lives.map(({ end }) => end),
    events: lines.map((line): Json => JSON.parse(line)),
    files: filesIn(folder),
    found: await world.look(),
  }
}

it('lets a program that is killed find its prompt as it was: it runs', async () => {
  const { ends, events } = await livesOf('step 1 of job 3: kill')
  expect(ends).toEqual(['killed', 'done'])
  const adopted = events.filter(({ kind }) => kind === 'job-adopted')
  expect(adopted.map(({ workflow, isDone }) => [workflow, isDone])).toEqual([[3, false]])
})

it('leaves of a program that is killed what lay in its folder at that moment, and no lock', async () => {
  const { ends, events, found } = await livesOf('event job-finished of job 2: kill')
  expect(ends).toEqual(['killed', 'done'])
  const ofJob2 = events.filter(({ workflow }) => workflow === 2).map(({ kind }) => kind)
  expect(ofJob2).toEqual(['job-started', 'job-output', 'job-output', 'job-adopted', 'job-finished'])
  expect(events.filter(({ kind }) => kind === 'run-started')).toHaveLength(2)
  expect(events.filter(({ kind }) => kind === 'video-failed')).toEqual([])
  expect(found.map((each) => each.replace(/[\da-f]{64}/, '<sha256>'))).toEqual([
    'bucket otter/manifest.json',
    'bucket otter/otter.mp4',
    'final otter.mp4 <sha256>',
  ])
})

it('ends a program that is stopped in order', async () => {
  const { ends, events, files } = await livesOf('event job-started of job 3: kill with SIGTERM')
  expect(ends).toEqual(['stopped', 'done'])
  expect(events.filter(({ kind }) => kind === 'run-finished').map(({ ok }) => ok)).toEqual([false, true])
  expect(files.filter((name) => name.includes('.lock'))).toEqual([])
})
