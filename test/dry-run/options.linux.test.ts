import { expect, it } from 'vitest'
import { promptFile, rehearse } from '../support/rehearse.ts'

it('goes on in the current folder when none can be made where it seemed possible', async () => {
  const run = await rehearse([], {
    files: { 'prompt_files/heron.txt': promptFile('heron', 120) },
    env: { DRY_RUN_TEMP_DIR: '/proc/nowhere' },
  })
  expect(run.exitCode).toBe(0)
  expect(run.stderr).toMatch(
    /^\*DRY-RUN\* warning: the run folder \/proc\/nowhere\/temp_dry_run_\d+_\d+ cannot be made: .* goes to .* instead\n$/,
  )
  expect(run.summary.ok).toBe(true)
})
