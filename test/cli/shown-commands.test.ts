import { appendFileSync, globSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { commands } from '../../src/cli/main.ts'
import { type FurnishedFolder, furnishedFolder } from '../support/furnished-folder.ts'
import { callOf, commandsOnPage } from '../support/printed-commands.ts'

/** What stands for what only a reader knows. */
const standIns: ReadonlyArray<readonly [shown: string, here: string]> = [
  ['[FILES…] [--object-info FILE] [--strict] [--json]', 'otter.txt --object-info new.json --strict --json'],
  ['[--offline] [--json]', '--offline --json'],
  ["'…'", "'step 2 of 4 of job 4: kill'"],
  ['--fault …', "--fault 'GET /history: lagging history'"],
  ['-- …', '-- --version'],
  ['diff A B', 'diff temp_dry_run_20261123_120000 temp_dry_run_20261123_120500'],
  ['FILM', 'otter'],
  ['TOPIC', 'resume'],
  ['FOLDER/FILE', 'checkpoints/sd15.safetensors'],
  ['FOLDER', 'recordings/mine'],
  ['--allow PATH', '--allow /manager/version'],
  ['--front-end-root DIR', '--front-end-root static'],
  [' --name NAME', ''],
  // This bucket has the film of that run from when another page was tried.
  ['films/june --resume', 'films/july --resume'],
  // Only the names of runs are chosen by the program.
  ['gs://bucket/prefix/runs/NAME', 'gs://films/june/runs/{shared}'],
  ['redo calm-wren', 'redo {done}'],
  ['calm-wren', '{failed}'],
  ['--from-run quiet-fox', '--from-run {failed}'],
  ['--from-run RUN', '--from-run {failed}'],
  ['--to-test FILE', '--to-test a.test.ts'],
  ['--recording quiet-fox', '--recording {failed}'],
  ['quiet-fox', '{done}'],
  // Another program may have this port.
  [' --comfyui-url http://127.0.0.1:8188', ''],
  [' --comfyui-url URL', ''],
  [' --output-dir /workspace/films', ''],
]

/** What a reader has done before. */
const before: Readonly<Record<string, (cwd: string) => void>> = {
  'pr --resume': () => {},
  'pr init': (cwd) => {
    for (const name of ['prompt_files', 'pr.config.yaml']) rmSync(join(cwd, name), { recursive: true })
  },
  // The other machine has the files of this one, and not its output.
  'pr --resume gs://bucket/prefix/runs/NAME': (cwd) => rmSync(join(cwd, 'output'), { recursive: true }),
  // All faults would take minutes.
  'pr --dry-run --sweep': (cwd) =>
    appendFileSync(join(cwd, 'pr.config.yaml'), "faults: ['after POST /prompt of job 3: reset']\n"),
}

/** How those end that do not end with 0, and why. */
const exits: Readonly<Record<string, readonly [exitCode: number, why: string]>> = {
  'pr diff': [1, 'the last two runs differ'],
  'pr diff A B': [1, 'they differ'],
  'pr diff temp_dry_run_20261123_120000 temp_dry_run_20261123_120500': [1, 'they differ'],
  'pr diff wan22-two-chunks my-server.har --json': [1, 'they differ'],
  'pr serve --fault …': [3, 'nobody asks anything that could go wrong'],
  "pr serve --fault '2nd socket open: status 403'": [3, 'nobody asks anything that could go wrong'],
  "pr --dry-run --fault '5th executing of job 3: restart without files refusing all connections'": [
    1,
    'there is no other server here',
  ],
  'pr --dry-run --recording quiet-fox': [1, 'fails as the run did'],
  'pr validate otter.txt --low-lora wan22_low_t2v.safetensors': [2, 'there is no such LoRA'],
}

/** What no test runs, by how it begins, and why. */
const notRun: Readonly<Record<string, string>> = {
  'pr --dry-run --sweep --sweep-chunks 3 ':
    'test/sweep/sweep.test.ts does, with a dozen faults; each sweep is two more processes',
  'pr --comfyui-url http://gpu-1:8188 ': 'test/run/many-live.test.ts does, on several servers',
  'npm ci': 'installs packages from the registry',
  'npm pack': 'the tests of the exports pack the package',
  'npm install ': 'installs into the system',
  'npm run build': 'the tests of real processes run what it has built',
  'npm test': 'runs this test',
  'npm run qa': 'runs this test',
  'npm run format': 'rewrites the sources',
  'npm run bench': 'takes minutes',
  'npm run kills': 'takes half an hour',
  'npm run mutate': 'takes hours',
  'npm run conformance': 'test/conformance/main.test.ts runs it',
  'npm version': 'changes the version',
  'npm audit': 'asks the registry',
  'npx ': 'runs tests',
  'apt-get ': 'installs into the system',
  'openssl ': 'made a fixture once',
}

const pages = ['README.md', ...globSync('{src/help,recordings,fixtures,.github}/**/*.md').toSorted()]
const shown = [
  ...pages.map((page) => [page, commandsOnPage(readFileSync(page, 'utf8'))] as const),
  ...commands.map(({ name, examples }) => [`pr ${name} --help`, examples.map(([command]) => command)] as const),
]

const begins = (command: string, start: string) => command.replace(/^[A-Z_]+=\S+ /, '').startsWith(start)
const isNotRun = (command: string) => Object.keys(notRun).some((start) => begins(command, start))

/** What each page is the first to show, by whichever name the program is called. */
const seen = new Set<string>()
const runs = shown
  .map(([page, all]) => [page, all.filter((command) => !isNotRun(command) && isNew(command))] as const)
  .filter(([, all]) => all.length > 0)

function isNew(command: string): boolean {
  const called = here(command).replace(/^npm run (?:pr|dev)(?: --)?/, 'pr')
  return !seen.has(called) && Boolean(seen.add(called))
}

/** A command as it is run here. */
function here(command: string): string {
  return standIns.reduce((text, [from, to]) => text.replaceAll(from, to), command)
}

let folder: FurnishedFolder
const ends: Array<() => Promise<void>> = []
beforeAll(async () => {
  folder = await furnishedFolder((end) => void ends.push(end))
})
afterAll(() => Promise.all(ends.map((end) => end())))

it.each(runs)('%s shows commands that work as they are printed', async (_, all) => {
  folder.reset()
  for (const command of all) {
    const { exitCode, stderr } = await run(command)
    const [expected] = exits[command] ?? [0]
    expect.soft({ command, exitCode, stderr }).toEqual({
      command,
      exitCode: expected,
      stderr: exitCode === expected ? expect.not.stringContaining('PR_USAGE') : '',
    })
    if (command in before) folder.reset()
  }
})

/** As it is printed, but for what `standIns` says. */
function run(command: string) {
  if (command in before) folder.reset()
  before[command]?.(folder.cwd)
  const names = Object.entries(folder.runs)
  const call = callOf(names.reduce((text, [name, runName]) => text.replaceAll(`{${name}}`, runName), here(command)))
  if (call === null) expect.fail(`${command} is no call of pr`)
  const { args, env } = call
  return folder.pr(args, env)
}

it('runs all that can be run in a test', () => {
  const all = shown.flatMap(([, lines]) => lines)
  expect(all.length).toBeGreaterThan(100)
  expect(Object.keys(notRun).filter((start) => !all.some((command) => begins(command, start)))).toEqual([])
  expect(Object.keys(exits).filter((command) => !all.includes(command))).toEqual([])
  expect(standIns.filter(([text]) => !all.some((command) => command.includes(text)))).toEqual([])
})
