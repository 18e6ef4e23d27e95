import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { callPr } from './call-pr.ts'
import { newFolder, type PrResult, runPr } from './run-pr.ts'

const small = ['--dry-run', '--frames-per-chunk', '13', '--width', '64', '--height', '64']

it('compares run folders, wherever names are drawn anew', async () => {
  const cwd = newFolder({ 'prompt_files/wren.txt': 'wren\n\n21\n\nA wren on a fence post\n\nblurry\n' })
  const [a, same, other] = [
    await dryRun(cwd, '--seed', '1'),
    await dryRun(cwd, '--seed', '1', '--output-dir', 'elsewhere'),
    await dryRun(cwd, '--seed', '2', '--steps', '6'),
  ]
  const outputs: PrResult[] = []
  for (const args of [
    [a!, same!],
    [a!, other!],
    [a!, other!, '--json'],
  ])
    outputs.push(await runPr(['diff', ...args], { cwd }))
  await expect(outputs.map(({ transcript }) => transcript).join('\n')).toMatchFileSnapshot('expected/diff.txt')
})

it('compares a run with a recording of another client', async () => {
  const { exitCode, stdout } = await runPr(['diff', 'wan22-two-chunks', 'wan22-two-chunks'])
  expect({ exitCode, stdout }).toEqual({
    exitCode: 0,
    stdout: 'No difference: 6 jobs, 0 uploads, the server with its classes and models.\n',
  })
})

it.each(['', 'wan22-two-chunks', 'wan22-two-chunks nowhere', 'wan22-two-chunks notes.har'])(
  'wants two things that can be compared, not "%s"',
  async (line) => {
    const args = line.split(' ').filter((word) => word !== '')
    const { transcript } = await runPr(['diff', ...args], { files: { 'notes.har': 'no HAR' } })
    await expect(transcript).toMatchFileSnapshot(`expected/diff-${args.join('-') || 'nothing'}.txt`)
  },
)

/** Returns the name of the new run folder. Each run is an hour after the last. */
async function dryRun(cwd: string, ...more: string[]): Promise<string> {
  const before = readdirSync(cwd)
  const start = 1767225600 + 3600 * before.filter((name) => name.startsWith('temp_dry_run')).length
  await callPr([...small, ...more], { cwd, env: { SOURCE_DATE_EPOCH: String(start) } })
  return readdirSync(cwd).find((name) => name.startsWith('temp_dry_run') && !before.includes(name))!
}
