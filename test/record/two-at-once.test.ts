import { mkdirSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { besideTarget } from '../../src/record/beside-target.ts'
import { loadRecording } from '../../src/recording/load-recording.ts'
import { callPr } from '../cli/call-pr.ts'
import { newFolder } from '../cli/run-pr.ts'
import { failure } from '../support/failure.ts'
import { liveServer } from './live-server.ts'

it('records for one of two that begin at once, and tells the other in a sentence', async () => {
  const target = join(newFolder(), 'recordings', 'otter')
  const { promise, resolve } = Promise.withResolvers<void>()
  const options = { target, output: { warn: () => {} }, ending: () => 'failed' as const }
  const first = besideTarget(options, () => promise)
  expect(await failure(() => besideTarget(options, async () => {}))).toEqual({
    code: 'PR_STATE',
    message: `${target} is being recorded by another process`,
    hint: `wait for it, or give this recording another name; if there is none, remove ${target}.lock`,
  })
  resolve()
  await first
  expect(readdirSync(dirname(target)).filter((name) => name.includes('.lock'))).toEqual([])
})

it('keeps apart what fails twice in one second', async () => {
  const target = join(newFolder(), 'otter')
  const said: string[] = []
  const options = { target, output: { warn: (text: string) => said.push(text) }, ending: () => 'failed' as const }
  for (let attempt = 0; attempt < 4; attempt += 1) {
    await expect(
      besideTarget(options, async (folder) => {
        mkdirSync(join(folder, `attempt ${attempt}`))
        throw new Error('broken')
      }),
    ).rejects.toThrow('broken')
  }
  const kept = readdirSync(dirname(target))
  const inside = kept.flatMap((name) => readdirSync(join(dirname(target), name)))
  expect([kept.length, inside.toSorted(), said.length]).toEqual([
    4,
    ['attempt 0', 'attempt 1', 'attempt 2', 'attempt 3'],
    4,
  ])
})

it('records a server below a path, and replays it', async () => {
  const { args, cwd, har } = await liveServer('comfyui-smoke', { base: '/comfy' })
  const { stdout, exitCode, stderr } = await callPr(args, { cwd })
  expect([exitCode, stderr]).toEqual([0, ''])
  expect(stdout).toContain('Recorded recordings/otter, verified by a replay: it is new.')
  const { entries } = await loadRecording(har)
  expect(entries.map(({ url: { pathname } }) => pathname)).toEqual(expect.arrayContaining(['/object_info', '/prompt']))
  expect(await callPr(['validate', 'otter.json', '--recording', 'otter'], { cwd })).toMatchObject({ exitCode: 0 })
})
