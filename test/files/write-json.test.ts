import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { writeJson } from '../../src/files/write-json.ts'
import { writeJobPlans } from '../../src/report/run-folder.ts'
import { failure } from '../support/failure.ts'
import { planOf } from '../support/plans.ts'
import { temporaryFolder } from '../support/rehearse.ts'

it('writes indented JSON and tells its length in bytes', () => {
  const path = join(temporaryFolder(), 'a.json')
  expect(writeJson(path, { name: 'ö' })).toBe(19)
  expect(readFileSync(path, 'utf8')).toBe('{\n  "name": "ö"\n}\n')
})

it('says which file of a run cannot be written, in a run folder too', async () => {
  const folder = temporaryFolder()
  const path = join(folder, 'taken.json')
  mkdirSync(path)
  const told = (file: string) => ({ code: 'PR_FILE', message: expect.stringContaining(`Writing ${file}`) })
  expect(await failure(async () => writeJson(path, {}))).toMatchObject(told(path))
  const plans = async () =>
    writeJobPlans(join(folder, 'gone'), [planOf('otter')], { runName: 'calm-wren', at: 0, write: writeJson })
  expect(await failure(plans)).toMatchObject(told(join(folder, 'gone/render_jobs')))
})
