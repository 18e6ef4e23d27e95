import { spawnSync } from 'node:child_process'
import { utimesSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { newFolder } from './run-pr.ts'

/** What `npm run pr` says before it starts the program, in a repository of these files; the first one is the oldest. */
function check(...files: readonly string[]) {
  const cwd = newFolder(Object.fromEntries(files.map((name) => [name, ''])))
  for (const [second, name] of files.entries()) utimesSync(join(cwd, name), second, second)
  const { status, stdout, stderr } = spawnSync(process.execPath, [resolve('.check-build.mjs')], {
    cwd,
    encoding: 'utf8',
  })
  return [status, stdout + stderr]
}

it('takes a program that is newer than its sources', () => {
  expect(check('.build.ts', 'src/cli/bin.ts', 'dist/cli/bin.js')).toEqual([0, ''])
})

it('says in one line that nothing is built yet', () => {
  expect(check('.build.ts', 'src/cli/bin.ts')).toEqual([2, 'the program is not built yet: run `npm ci`\n'])
})

it.each(['src/workflows/render.json', '.build.ts'])('says in one line that %s has changed since', (changed) => {
  expect(check('.build.ts', 'src/cli/bin.ts', 'dist/cli/bin.js', changed)).toEqual([
    2,
    `${changed} is newer than the built program: run \`npm run build\`, or \`npm run dev -- …\` for the sources\n`,
  ])
})
