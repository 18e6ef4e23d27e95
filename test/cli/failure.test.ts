import { expect, it } from 'vitest'
import { exitCodeOf, failureText, reportFailure } from '../../src/cli/failure.ts'
import { withSignals } from '../../src/cli/signals.ts'
import { PromptRunnerError } from '../../src/errors.ts'
import { capturedOutput } from './captured-output.ts'

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
    /^TypeError: x is not a function\n {4}at [\s\S]*\nThis is a bug in prompt-runner\. Please report/,
  )
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

it('does not let a message steer the terminal', () => {
  const { output } = capturedOutput()
  const error = new PromptRunnerError('PR_COMFY_HTTP', 'the server said \x1b[2Jhello\x07\x1b]0;title\x07')
  expect(failureText(error, output)).toBe('PR_COMFY_HTTP: the server said hello')
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
