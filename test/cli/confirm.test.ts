import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { asks, confirm } from '../../src/cli/confirm.ts'
import { failure } from '../support/failure.ts'
import { capturedOutput } from './captured-output.ts'

const terminal = (typed: string | null) => Object.assign(new PassThrough().end(typed ?? ''), { isTTY: true })

it.each(['y\n', 'YES\n', ' yes \n', 'y'])('takes %j for a yes', async (typed) => {
  const { output, texts } = capturedOutput()
  await confirm('Start it?', output, { yes: false, input: terminal(typed) })
  expect(texts.stdout).toBe('Start it? [y/N] ')
})

it.each(['\n', 'n\n', 'yeah\n', null])('takes %j for a no', async (typed) => {
  const { output } = capturedOutput()
  expect(await failure(() => confirm('Start it?', output, { yes: false, input: terminal(typed) }))).toEqual({
    code: 'PR_NOT_CONFIRMED',
    message: `"Start it?" was answered with "${(typed ?? '').trim()}"`,
    hint: 'nothing was started; answer y to go on',
  })
})

it('does not ask with --yes', async () => {
  const { output, texts } = capturedOutput()
  await confirm('Start it?', output, { yes: true, input: new PassThrough() })
  expect(texts.stdout).toBe('')
})

it.each([{}, { json: true }])('refuses where nobody can answer, %o', async (mode) => {
  const { output, texts } = capturedOutput(mode)
  const input = Object.assign(new PassThrough(), { isTTY: 'json' in mode })
  expect(await failure(() => confirm('Start it?', output, { yes: false, input }))).toEqual({
    code: 'PR_NOT_CONFIRMED',
    message: '"Start it?" cannot be asked: there is no terminal to answer on',
    hint: 'give --yes to run without asking, or --dry-run to rehearse',
  })
  expect(texts.stdout).toBe('')
})

it('stops asking when the run is cancelled', async () => {
  const { output } = capturedOutput()
  const controller = new AbortController()
  const input = Object.assign(new PassThrough(), { isTTY: true })
  const asked = confirm('Start it?', output, { yes: false, input, signal: controller.signal })
  controller.abort(new Error('cancelled'))
  await expect(asked).rejects.toThrow('cancelled')
})

it.each([
  [true, 'y\n', { yes: false }],
  [false, '\n', { yes: false }],
  [false, 'y\n', { yes: true }],
])('asks in the middle of a run, and agrees %s after %j, %o', async (agreed, typed, options) => {
  const { output, texts } = capturedOutput()
  expect(await asks('Again?', output, { ...options, input: terminal(typed) })).toBe(agreed)
  expect(texts.stdout).toBe(options.yes ? '' : 'Again? [y/N] ')
})

it('asks nobody in the middle of a run where nobody can answer', async () => {
  const { output, texts } = capturedOutput()
  expect(await asks('Again?', output, { yes: false, input: new PassThrough() })).toBe(false)
  expect(texts.stdout).toBe('')
})
