import { execFile } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { packedProject } from './packed-project.ts'
import { seenModules } from './types-met.ts'

let project: string
beforeAll(async () => {
  project = await packedProject()
})
afterAll(() => rmSync(join(project, '..'), { recursive: true }))

it('gives somebody else’s project every export, with types', async () => {
  expect(await run('typescript/bin/tsc')).toEqual({ code: 0, output: '' })
})

it('has a name for every type that they meet, in the module itself or in the main one', () => {
  const config = join(project, 'tsconfig.exports.json')
  const dist = join(project, 'node_modules/prompt-runner/dist/')
  const files = ['index', 'exports/mock-socket', 'exports/msw', 'exports/nock', 'exports/replay', 'exports/vitest'].map(
    (name) => `${dist}${name}.d.ts`,
  )
  writeFileSync(config, JSON.stringify({ extends: './tsconfig.json', files, include: [] }))
  const modules = seenModules(config, files, dist)
  expect(modules.flatMap(({ met }) => met)).toContain('SimulatedService')
  const [main] = modules
  expect(
    modules.map(({ exports, met }) => met.filter((name) => ![...exports, ...main!.exports].includes(name))),
  ).toEqual(files.map(() => []))
})

it('lets their suite pass', async () => {
  const { code, output } = await run('vitest/vitest.mjs', 'run', '--testTimeout=300000', '--dir', 'test')
  expect(`${output} exit code ${code}`).toMatch(/Tests {2}8 passed \(8\)\n[\s\S]* exit code 0$/)
})

it('is for node:test as well', async () => {
  const { code, output } = await runNode('--test', 'node-test/draw.test.js')
  expect(`${output} exit code ${code}`).toMatch(/pass 1\n[\s\S]* exit code 0$/)
})

it('fails their test for what the code swallowed, for a network of another test, and takes one from a test that timed out', async () => {
  const { code, output } = await run('vitest/vitest.mjs', 'run', '--testTimeout=300000', '--dir', 'fails')
  expect(code).toBe(1)
  expect(output).toContain(
    'the test tried to connect to hooks.example:443, which was refused; nothing left the machine',
  )
  expect(output).toContain('GET http://127.0.0.1:8188/no-such-route: the simulation has no answer to this request')
  expect(output).toContain("expected 'this' to be 'that'")
  // Which of the two is told, and when, follows from which of them vitest takes for the one that asked.
  expect(output).toMatch(
    /FAIL {2}fails\/at-the-same-time\.test\.ts[^\n]*\n.*(already, made at \S+at-the-same-time\.test\.ts:\S+ tests that|over before it had its simulated network: .*, or tests that) .* at the same time \(it\.concurrent\)/,
  )
  expect(output).toContain('Test timed out in 500ms')
  expect(output).toMatch(/Tests {2}5 failed \| 3 passed \(8\)/)
})

it('runs its program on both engines', async () => {
  const dryRun = async (engine: string) => {
    const example = 'node_modules/prompt-runner/fixtures/prompt_files/example.txt'
    const args = ['--dry-run', '--engine', engine, '--prompt-file', example]
    const { code, output } = await run('prompt-runner/dist/cli/bin.js', ...args)
    return { code, output: output.replaceAll(/temp_dry_run_[\d_-]+/g, 'FOLDER') }
  }
  const wire = await dryRun('wire')
  expect(wire.output).toContain('15 jobs: 10 render, 5 combine · 501 frames rendered, 500 kept')
  expect(wire.code).toBe(0)
  expect(await dryRun('msw')).toEqual(wire)
})

it('replays a run of theirs that failed, by the test that pr record writes', async () => {
  const example = 'node_modules/prompt-runner/fixtures/prompt_files/example.txt'
  const fault = 'node VAEDecode of job 2: out of memory, always'
  const failed = await run('prompt-runner/dist/cli/bin.js', '--dry-run', '--prompt-file', example, '--fault', fault)
  const folder = /Run folder: (\S+)/.exec(failed.output)?.[1] ?? ''
  const args = ['record', '--from-run', folder, '--name', 'mine', '--to-test', 'replays/mine.test.ts', '--yes']
  expect([failed.code, (await run('prompt-runner/dist/cli/bin.js', ...args)).code]).toEqual([1, 0])
  const { code, output } = await run('vitest/vitest.mjs', 'run', '--testTimeout=300000', '--dir', 'replays')
  expect(`${output} exit code ${code}`).toMatch(/Tests {2}1 passed \(1\)\n[\s\S]* exit code 0$/)
})

it.each([
  ['--help', 0],
  ['serve --help', 0],
  ['--version', 0],
  ['run --validate-only --prompt-file EXAMPLE', 0],
  ['init new', 0],
  ['validate EXAMPLE', 0],
  ['diff wan22-two-chunks wan22-two-chunks', 0],
  ['doctor --offline', 1],
  ['drift --comfyui-url http://127.0.0.1:9', 1],
  ['record --plan-only --comfyui-url http://127.0.0.1:9', 1],
  ['serve --port -1', 2],
])('knows its command %s in the built program', async (command, code) => {
  const args = command.replace('EXAMPLE', 'node_modules/prompt-runner/fixtures/prompt_files/example.txt').split(' ')
  const result = await run('prompt-runner/dist/cli/bin.js', ...args)
  expect(`${result.output} exit code ${result.code}`).toMatch(new RegExp(` exit code ${code}$`))
  expect(result.output).not.toContain('bug')
})

function run(bin: string, ...args: string[]): Promise<{ code: number; output: string }> {
  return runNode(join('node_modules', bin), ...args)
}

function runNode(...args: string[]): Promise<{ code: number; output: string }> {
  const env = {
    PATH: process.env['PATH'],
    TMPDIR: process.env['TMPDIR'],
    NO_COLOR: '1',
    CI: '1',
    SOURCE_DATE_EPOCH: '1800000000',
  }
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: project, env }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    )
  })
}
