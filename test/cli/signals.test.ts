import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { until } from '../support/live-process.ts'
import { program } from '../support/program.ts'
import { promptFile, rehearsalFolder, runFolder } from '../support/rehearse.ts'
import { newFolder } from './run-pr.ts'

/** A disk that does not answer: says when it is read, and never gives anything. */
const deadDisk = `import { writeFileSync } from 'node:fs'
import disk from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
disk.readFile = () => {
  writeFileSync('reading', '')
  return new Promise(() => setInterval(() => {}, 1_000))
}
syncBuiltinESMExports()
export default {}
`

it.each([
  {
    signal: 'SIGINT',
    code: 130,
    args: ['--dry-run'],
    said: ['', '*DRY-RUN* PR_CANCELLED: the run was cancelled by SIGINT\n'],
  },
  {
    signal: 'SIGHUP',
    code: 129,
    args: ['--dry-run'],
    said: ['', '*DRY-RUN* PR_CANCELLED: the run was cancelled by SIGHUP\n'],
  },
  {
    signal: 'SIGTERM',
    code: 143,
    args: ['--no-upload', '--json'],
    said: [
      {
        ok: false,
        exit_code: 143,
        error: { code: 'PR_CANCELLED', message: 'the run was cancelled by SIGTERM', hint: null, problems: [] },
      },
      'PR_CANCELLED: the run was cancelled by SIGTERM\n',
    ],
  },
] as const)(
  'ends at the first $signal while it still prepares, whatever hangs',
  async ({ signal, code, args, said }) => {
    const prompt = 'otter\n\n20\n\nAn otter\n'
    const cwd = newFolder({
      'package.json': '{"type":"module"}',
      'pr.config.ts': deadDisk,
      'prompt_files/a.txt': prompt,
    })
    const pr = spawn(process.execPath, [program, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    const output = Promise.all([text(pr.stdout), text(pr.stderr)])
    const ended = once(pr, 'exit')
    await until(() => existsSync(join(cwd, 'reading')) || undefined)
    pr.kill(signal)
    const [exitCode] = await ended
    const [stdout, stderr] = await output
    expect([exitCode, stdout === '' ? stdout : JSON.parse(stdout), stderr]).toEqual([code, ...said])
  },
)

it('ends when it is cancelled, however long the simulated server would go on', async () => {
  const cwd = rehearsalFolder({ 'prompt_files/otter.txt': promptFile('otter', 101) })
  // At this speed the server encodes a prompt for half a minute, and the next node takes longer.
  const args = ['--dry-run', '--speed', '1', '--json']
  const pr = spawn(process.execPath, [program, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  const output = Promise.all([text(pr.stdout), text(pr.stderr)])
  const ended = once(pr, 'exit')
  const isEncoding = () => {
    const { files, text: read } = runFolder(cwd)
    return files.includes('logs/pr.log') && / {2}Negative$/m.test(read('logs/pr.log'))
  }
  await until(() => isEncoding() || undefined)
  pr.kill('SIGINT')
  const [exitCode] = await ended
  const [stdout, stderr] = await output
  expect(exitCode).toBe(130)
  expect(stderr).toContain('*DRY-RUN* PR_CANCELLED: The run was cancelled; what is done is recorded\n')
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, exit_code: 130, jobs: { done: 0, failed_attempts: 0 } })
})
