import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { callPr } from '../cli/call-pr.ts'
import { newFolder, runPr } from '../cli/run-pr.ts'
import { liveServer } from './live-server.ts'

/** A full disk shows in the timer that writes the traffic down, where nothing that records can catch it. */
const fullDisk = `import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
const { writeSync } = fs
fs.writeSync = (file, text, ...more) => {
  if (String(text).includes('"entries"')) return writeSync(file, text, ...more)
  throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
}
syncBuiltinESMExports()
export default {}
`

it('keeps what was recorded as failed when the process ends in the middle', async () => {
  const { url } = await liveServer()
  const cwd = newFolder({ 'package.json': '{"type":"module"}', 'pr.config.ts': fullDisk })
  const { exitCode, stderr } = await runPr(['record', '--name', 'otter', '--comfyui-url', url], { cwd })
  const [folder, ...more] = readdirSync(join(cwd, 'recordings'))
  expect([folder, more]).toEqual([expect.stringMatching(/^otter\.failed-/), []])
  expect(exitCode).toBe(1)
  expect(stderr).toContain('PR_FILE: a file of this run cannot be written: ENOSPC')
  expect(stderr).toContain(`warning: what was recorded is kept in ${join(cwd, 'recordings', folder!)}\n`)
})

it('refuses a folder of other files before anything is recorded, for a recording owns its folder', async () => {
  const cwd = newFolder({ 'mine/bodies/film.mp4': 'a film' })
  const { exitCode, stderr } = await callPr(['serve', '--port', '18189', '--record-to', 'mine'], { cwd })
  expect([exitCode, stderr, readdirSync(join(cwd, 'mine/bodies'))]).toEqual([
    2,
    `PR_USAGE: ${join(cwd, 'mine')} is no recording: it has other files, and no HAR\n  hint: give another name, or a folder that is not there yet\n`,
    ['film.mp4'],
  ])
})

it('refuses a file as the place of a recording before anything is recorded', async () => {
  const cwd = newFolder({ otter: 'a film' })
  const { exitCode, stderr } = await callPr(['serve', '--port', '18189', '--record-to', 'otter'], { cwd })
  expect([exitCode, stderr, readdirSync(cwd)]).toEqual([
    2,
    `PR_USAGE: a recording is a folder, and ${join(cwd, 'otter')} is none\n  hint: give another name, or a folder that is not there yet\n`,
    ['otter'],
  ])
})

it('tells of a server that is not there by its own address, and makes no folder for it', async () => {
  const cwd = newFolder()
  const to = ['--record-to', 'mine', '--comfyui-url', 'http://127.0.0.1:1']
  const { exitCode, stderr } = await callPr(['serve', '--port', '18189', ...to], { cwd })
  expect([exitCode, readdirSync(cwd)]).toEqual([1, []])
  expect(stderr).toContain('GET http://127.0.0.1:1/system_stats')
})
