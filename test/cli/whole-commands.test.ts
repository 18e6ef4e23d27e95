import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { diffCommand } from '../../src/cli/commands/diff.ts'
import { runCommand } from '../../src/cli/commands/run.ts'
import { runsCommand } from '../../src/cli/commands/runs.ts'
import { validateCommand } from '../../src/cli/commands/validate.ts'
import { wholeCommands } from '../../src/cli/whole-commands.ts'
import { callPr } from './call-pr.ts'

const argv = [
  '--prompt-file',
  "it's.txt",
  '--comfyui-token',
  'swordfish',
  '--json',
  '--dry-run',
  '--steps=6',
  '--fault',
  'x',
]
const commands = [runCommand, runsCommand, validateCommand, diffCommand]
const call = { argv, environment: {}, cwd: '/films', script: '/usr/local/bin/pr' }

it.each([
  ['see `pr validate`', `see \`pr validate --prompt-file 'it'\\''s.txt' --steps=6\``],
  ['`pr runs` lists them', '`pr runs` lists them'],
  ['run it with: `pr --plan plan.json`', 'run it with: `pr --plan plan.json`'],
  ['`pr drift --recording x` tells', '`pr drift --recording x` tells'],
  ['`pr --dry-run` alone', `\`pr --dry-run --prompt-file 'it'\\''s.txt' --steps=6\` alone`],
  ['`pr diff A B`, `pr init DIR`, `pr --help`', '`pr diff A B`, `pr init DIR`, `pr --help`'],
  ['no `print`, no `pr`, no pr validate', 'no `print`, no `pr`, no pr validate'],
])('makes the commands of %j whole', (text, expected) => {
  expect(wholeCommands(call, commands)(text)).toBe(expected)
})

it('names the program as it was called', async () => {
  const { stderr, stdout } = await callPr(['--widht', '7'], { env: { npm_lifecycle_event: 'pr' } })
  expect(stderr + stdout).toContain('did you mean --width?')
  const none = await callPr(['run', 'x', '--json'], { env: { npm_lifecycle_event: 'pr' } })
  expect(JSON.parse(none.stdout).error.hint).toBe('see `npm run pr -- run --help`')
})

it('lets no hint name half a command', () => {
  const names = 'init|runs|redo|clean|serve|validate|doctor|diff|record|drift'
  const half = new RegExp(`hint:? .*(?<!\`)\\\\bpr (?:${names}|--[a-z])|with --resume\\\\b|then go on with --`)
  const found = globSync('src/**/*.ts').flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => half.test(line.replaceAll('\\`', '`').replaceAll(/`pr [^`]*`/g, '')))
      .map((line) => `${file}: ${line.trim()}`),
  )
  expect(found).toEqual([])
})
