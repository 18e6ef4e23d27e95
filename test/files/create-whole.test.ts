import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createWhole, isPart } from '../../src/files/create-whole.ts'
import { runPr } from '../cli/run-pr.ts'
import { filesIn, promptFile, temporaryFolder } from '../support/rehearse.ts'

it('makes a file once, and leaves nothing beside it', () => {
  const folder = temporaryFolder()
  const path = join(folder, 'one.lock')
  createWhole(path, 'first\n')
  expect(() => createWhole(path, 'second\n')).toThrow(expect.objectContaining({ code: 'EEXIST' }))
  expect([readFileSync(path, 'utf8'), readdirSync(folder)]).toEqual(['first\n', ['one.lock']])
})

it('leaves a lock whole or not at all when the process is killed at any change of the disk', async () => {
  const states: string[] = []
  for (let killAt = 1; killAt <= 5; killAt += 1) {
    const cwd = temporaryFolder({ 'prompt_files/otter.txt': promptFile('otter', 13) })
    const env = {
      COMFYUI_URL: 'http://127.0.0.1:9',
      NODE_OPTIONS: `--import ${join(import.meta.dirname, '../kills/kill-at.ts')}`,
      KILL_AT: String(killAt),
    }
    await runPr(['--yes', '--no-upload'], { cwd, env })
    const locks = filesIn(cwd).filter((name) => name.includes('.lock') && !isPart(name))
    states.push(...locks.map((name) => readFileSync(join(cwd, name), 'utf8')))
  }
  expect(states.filter((text) => !text.endsWith('}\n'))).toEqual([])
  expect(states.length).toBeGreaterThan(0)
})
