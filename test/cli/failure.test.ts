import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { bugText, exitCodeOf, failureText, reportFailure } from '../../src/cli/failure.ts'
import { withSignals } from '../../src/cli/signals.ts'
import { PromptRunnerError } from '../../src/errors.ts'
import { capturedOutput } from './captured-output.ts'
import { newFolder } from './run-pr.ts'

const known = new PromptRunnerError('PR_PLAN', 'no plan can be made of -1 frames', {
  hint: 'ask for at least one frame',
  problems: [
    { file: 'a.txt', line: 3, message: 'is not a number of frames', value: '-1' },
    { file: 'b.yaml', message: 'is empty', hint: 'write something' },
  ],
})

it('shows a known failure without a stack', () => {
  const { output, texts } = capturedOutput()
  expect(reportFailure(known, output)).toBe(2)
  expect(texts).toEqual({
    stdout: '',
    stderr: `PR_PLAN: no plan can be made of -1 frames
  a.txt:3: is not a number of frames ("-1")
  b.yaml: is empty
    hint: write something
  hint: ask for at least one frame
`,
  })
})

it('keeps the stack of a bug and says that it is one', () => {
  const { output, texts } = capturedOutput()
  expect(reportFailure(new TypeError('x is not a function'), output)).toBe(1)
  expect(texts.stderr).toMatch(
    /^TypeError: x is not a function\n {4}at [\s\S]*\nThis is a bug in prompt-runner\. Keep the lines above: they tell where it is\.\n$/,
  )
})

it('asks to keep the log of a run that a bug ended', () => {
  const { output, texts } = capturedOutput()
  const path = join(newFolder(), 'pr.log')
  output.attachLog(path, Date.now)
  reportFailure(new TypeError('x is not a function'), output)
  expect(texts.stderr).toContain(`\nThis is a bug in prompt-runner. Keep the lines above and ${path}: they tell`)
})

it('asks for a report only where there is a place for it', () => {
  const { bugs, repository } = JSON.parse(readFileSync('package.json', 'utf8'))
  expect([bugs, repository]).toEqual([undefined, undefined])
  expect([bugText(null, 'pr.log'), bugText('https://example.org/issues', null)]).toEqual([
    'This is a bug in prompt-runner. Keep the lines above and pr.log: they tell where it is.',
    'This is a bug in prompt-runner. Please report it at https://example.org/issues with the lines above.',
  ])
})

it('ends with the highest exit code that applies', () => {
  const egress = new PromptRunnerError('PR_EGRESS', 'a connection to evil.example was refused')
  const lost = new PromptRunnerError('PR_COMFY_UNREACHABLE', 'ComfyUI does not answer', { cause: egress })
  expect([
    exitCodeOf(known),
    exitCodeOf(lost),
    exitCodeOf(new AggregateError([known, lost, new Error('bug')])),
  ]).toEqual([2, 5, 5])
})

it('does not let a message steer the terminal, nor a problem, nor a hint', () => {
  const { output } = capturedOutput({ colour: true }, true)
  const hostile = 'the \x1b[2Jserver\x07 \x1b]0;title\x07said\r \x1b[31mhello\u202e'
  const error = new PromptRunnerError('PR_COMFY_HTTP', hostile, {
    hint: hostile,
    problems: [{ file: hostile, message: hostile, value: hostile, hint: hostile }],
  })
  const said = 'the server said hello'
  const [first, ...lines] = failureText(error, output).split('\n')
  expect(first).toBe(`${output.colours.red('PR_COMFY_HTTP')}: ${said}`)
  // A value is shown as JSON, which escapes.
  const value = JSON.stringify(hostile).replace('\u202e', '')
  expect(lines).toEqual([`  ${said}: ${said} (${value})`, `    hint: ${said}`, `  hint: ${said}`])
})

it('shows only the start of a long value', () => {
  const { output } = capturedOutput()
  const error = new PromptRunnerError('PR_CONFIG', 'wrong', {
    problems: [{ file: 'f', message: 'm', value: 'x'.repeat(500) }],
  })
  expect(failureText(error, output)).toBe(`PR_CONFIG: wrong\n  f: m ("${'x'.repeat(78)}…)`)
})

it('turns the first signal into a cancelled run, whatever breaks because of it', async () => {
  const run: Promise<PromptRunnerError> = withSignals(async ({ signal, endInOrder }) => {
    endInOrder()
    const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve))
    process.emit('SIGINT', 'SIGINT')
    await aborted
    throw new DOMException('aborted', 'AbortError')
  })
  const error = await run.catch((reason: PromptRunnerError) => reason)
  expect([error.code, error.message, error.exitCode]).toEqual(['PR_CANCELLED', 'the run was cancelled by SIGINT', 130])
  // Only the run itself knows whether there is something to resume.
  expect(error.hint).toBeUndefined()
})

it('ends as cancelled even when the work takes the abort for a result', async () => {
  const run = withSignals(async ({ endInOrder }) => {
    endInOrder()
    process.emit('SIGTERM', 'SIGTERM')
    return 1
  })
  await expect(run).rejects.toThrow('the run was cancelled by SIGTERM')
})

it('leaves no listener behind', async () => {
  const before = process.listenerCount('SIGINT')
  await withSignals(async () => expect(process.listenerCount('SIGINT')).toBe(before + 1))
  expect(process.listenerCount('SIGINT')).toBe(before)
})
