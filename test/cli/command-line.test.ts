import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { calledAs, commandLineOf } from '../../src/cli/command-line.ts'
import { quoted } from '../../src/domain/shell-word.ts'
import { fc } from '../support/seeded.ts'

const call = { environment: {}, cwd: '/films', script: '/usr/local/bin/pr' }

it.each([
  [['--prompt-file', 'otter.txt', '--steps=6'], 'pr --prompt-file otter.txt --steps=6 --resume calm-wren'],
  [['run', '--yes', '--prompt-file', "it's here.txt"], `pr --yes --prompt-file 'it'\\''s here.txt' --resume calm-wren`],
  [['--resume', 'otter', '--no-upload'], 'pr --no-upload --resume calm-wren'],
  [['--resume', '--no-upload'], 'pr --no-upload --resume calm-wren'],
  [['--resume=otter', '--seed', '7'], 'pr --seed 7 --resume calm-wren'],
  [
    ['--comfyui-token', 'swordfish', '--comfyui-header=X-Key: swordfish', '--comfyui-header', 'X-Id: swordfish'],
    [
      'pr --resume calm-wren',
      '(--comfyui-token is not printed here: give it again, or set COMFYUI_TOKEN before)',
      '(--comfyui-header is not printed here: give it again, or put it into pr.config.yaml)',
    ].join('\n    '),
  ],
])('goes on with a run that was started with %j', (argv, expected) => {
  expect(commandLineOf({ ...call, argv }).resume('calm-wren')).toBe(expected)
})

it('names the folder of a rehearsal, and repeats no fault', () => {
  const argv = ['--fault', 'POST /prompt: status 500', '--output-dir', 'out', '--recording', 'otter']
  const { resume } = commandLineOf({ ...call, argv })
  expect(resume('calm-wren', { dryRun: true, outputDir: '/tmp/temp dry' })).toBe(
    "pr --recording otter --dry-run --resume calm-wren --output-dir '/tmp/temp dry'",
  )
})

it('keeps for the journal what says what is made, and no secret', () => {
  const argv = [
    '--prompt-file',
    'a.txt',
    '--comfyui-token',
    'swordfish',
    '--yes',
    '--json',
    '--engine',
    'msw',
    '--seed=7',
  ]
  expect(commandLineOf({ ...call, argv }).options).toEqual(['--prompt-file', 'a.txt', '--seed=7'])
})

it.each([
  ['pr', {}, '/usr/local/bin/pr'],
  ['prompt-runner', {}, '/usr/local/bin/prompt-runner'],
  ['npm run pr --', { npm_lifecycle_event: 'pr' }, '/repo/dist/cli/bin.js'],
  ['npm run dev --', { npm_lifecycle_event: 'dev' }, '/repo/src/cli/bin.ts'],
  ['npx prompt-runner', {}, '/films/node_modules/.bin/pr'],
  ['node dist/cli/bin.js', {}, '/films/dist/cli/bin.js'],
  ["node '/my repo/dist/cli/bin.js'", {}, '/my repo/dist/cli/bin.js'],
])('calls the program %s again', (expected, environment, script) => {
  expect(calledAs({ ...call, environment, script })).toBe(expected)
})

it('quotes any word so that a shell reads that very word', () => {
  const word = fc.string({ unit: 'binary' }).filter((text) => !/[\0\ud800-\udfff]/.test(text))
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), (words) => {
      const said = execFileSync('sh', ['-c', `printf '%s\\0' ${words.map(quoted).join(' ')}`], { encoding: 'utf8' })
      expect(said).toBe(words.map((each) => `${each}\0`).join(''))
    }),
    { numRuns: 20 },
  )
})
