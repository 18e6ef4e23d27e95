import { createHash } from 'node:crypto'
import { readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { promptFile, rehearsalFolder, rehearse } from '../support/rehearse.ts'

const env = { SOURCE_DATE_EPOCH: '1767225600', RUNPOD_API_KEY: 'rpa_ABCDEFGHIJKLMNOP' }
const flags = ['--upload', 'all', '--pod-id', 'pod-1', '--force-shutdown', '--width', '64', '--height', '64']

it.each(['wire', 'msw'])(
  'writes the same bytes each time in the same folder, traffic.har included, by %s',
  async (engine) => {
    const cwd = rehearsalFolder({ 'prompt_files/a.txt': promptFile('heron', 120) })
    const run = async (keptAs: string) => {
      // The sockets that MSW takes over never connect, and are closed when they are collected.
      const more = engine === 'msw' ? { mayLeave: 'TCPSocketWrap' } : {}
      const { exitCode, stdout, folder, files } = await rehearse([...flags, '--engine', engine], { cwd, env, ...more })
      const sums = files.map((file) => [
        file,
        createHash('sha256')
          .update(readFileSync(join(folder, file)))
          .digest('hex'),
      ])
      renameSync(folder, join(cwd, keptAs))
      return { exitCode, stdout, files: Object.fromEntries(sums) }
    }
    const [first, second] = [await run('first'), await run('second')]
    expect(first.exitCode).toBe(0)
    expect(Object.keys(first.files)).toContain('traffic.har')
    expect(second).toEqual(first)
  },
)
