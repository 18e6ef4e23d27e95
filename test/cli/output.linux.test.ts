import { type StdioOptions, spawnSync } from 'node:child_process'
import { openSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { program } from '../support/program.ts'
import { newFolder } from './run-pr.ts'

it.each([
  ['a run that goes on to its end', ['--dry-run', '--quiet'], '*DRY-RUN* '],
  ['the last line of all', ['--version'], ''],
])('says without a stack that the disk under stdout is full, in %s', (_, args, mark) => {
  const cwd = newFolder({ 'prompt_files/otter.txt': 'otter\n\n5\n\nan otter\n' })
  const stdio: StdioOptions = ['ignore', openSync('/dev/full', 'w'), 'pipe']
  const { status, stderr } = spawnSync(process.execPath, [program, ...args], { cwd, stdio })
  expect([status, String(stderr)]).toEqual([
    1,
    `${mark}PR_FILE: Writing to stdout failed: ENOSPC: no space left on device, write\n${mark}  hint: Make room where it goes.\n`,
  ])
  for (const folder of readdirSync(cwd).filter((name) => name.startsWith('temp_dry_run_'))) {
    expect(JSON.parse(readFileSync(join(cwd, folder, 'summary.json'), 'utf8'))).toMatchObject({ ok: true })
  }
})
