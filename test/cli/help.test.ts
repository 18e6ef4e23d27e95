import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { flagOf } from '../../src/config/setting.ts'
import { settingRows } from '../../src/config/setting-table.ts'
import { runPr } from './run-pr.ts'

it('explains the program and its default command', async () => {
  const { transcript, stdout } = await runPr(['--help'])
  await expect(transcript).toMatchFileSnapshot('expected/help.txt')
  expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([])
})

it('explains init', async () => {
  await expect((await runPr(['init', '--help'])).transcript).toMatchFileSnapshot('expected/help-init.txt')
})

it('shows every setting, by its flag or its variable', async () => {
  const { stdout } = await runPr(['run', '-h'])
  const missing = settingRows.filter(([name, row]) => {
    return !row.fileOnly && !stdout.includes(row.environmentOnly ? `  ${row.variable}` : `  --${flagOf(name, row)}`)
  })
  expect(missing).toEqual([])
})

it('tells its version', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  expect((await runPr(['--version'])).transcript).toBe(`$ pr --version\n${version}\nexit code 0\n`)
  expect(JSON.parse((await runPr(['--version', '--json'])).stdout)).toEqual({ version })
})
