import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createLayout } from '../../src/config/layout.ts'
import type { JobResult, RunEvent } from '../../src/domain/run-event.ts'
import { writeJson } from '../../src/files/write-json.ts'
import { cleanUp } from '../../src/orchestrator/clean-up.ts'
import type { RunContext } from '../../src/orchestrator/run-context.ts'
import { filesIn, temporaryFolder } from '../support/folders.ts'
import { planOf } from '../support/plans.ts'
import { onServer } from '../support/results.ts'

const plan = planOf('otter')
const stored = { bucket: 'films', name: 'otter.mp4', size: 4, crc32c: 'AAAA==', md5: null, generation: '1' }

/** Cleans up after LOWs that left these copies in a folder whose output directory is `output`. */
async function clean(copies: readonly string[], { keepIntermediate = false, uploaded = true } = {}) {
  const folder = temporaryFolder(Object.fromEntries([...copies, 'output/state/.keep'].map((path) => [path, 'copy'])))
  const layout = createLayout(join(folder, 'output'), 'calm-wren')
  const jobs = copies.map((copy): JobResult => {
    const video = { server: onServer('video.mp4'), copy: join(folder, copy) }
    return { kind: 'low', promptId: 'p', tookMs: 1, video, latent: null }
  })
  const events: RunEvent[] = []
  const context = {
    runName: 'calm-wren',
    layout,
    options: { keepIntermediate },
    now: () => 0,
    emit: (event: RunEvent) => events.push(event),
    write: writeJson,
  } as unknown as RunContext
  await cleanUp(context, plan, jobs, uploaded ? stored : null)
  const report = JSON.parse(readFileSync(layout.cleanupReport('otter'), 'utf8'))
  const paths = (list: ReadonlyArray<{ path: string }>) => list.map(({ path }) => path)
  expect(events.length).toBe(1)
  return {
    deleted: copies.filter((copy) => !existsSync(join(folder, copy))),
    reported: { delete: paths(report.delete), keep: paths(report.keep) },
    left: filesIn(folder).filter((path) => path.endsWith('.mp4')),
  }
}

it('deletes what lies in the output directory, and nothing else', async () => {
  const [inside, above, beside] = ['output/videos/1.mp4', 'videos/1.mp4', 'output-of-june/videos/1.mp4']
  expect(await clean([inside, above, beside])).toEqual({
    deleted: [inside],
    reported: { delete: ['videos/1.mp4'], keep: ['../videos/1.mp4', '../output-of-june/videos/1.mp4'] },
    left: [beside, above],
  })
})

it.each([
  ['is to be kept', { keepIntermediate: true }],
  ['was not uploaded', { uploaded: false }],
])('deletes nothing of a video that %s', async (_, options) => {
  const { deleted, reported } = await clean(['output/videos/1.mp4'], options)
  expect([deleted, reported.delete]).toEqual([[], []])
})
