import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { expect, it } from 'vitest'
import type { Output } from '../../src/cli/output.ts'
import { capturedOutput } from './captured-output.ts'
import { newFolder } from './run-pr.ts'

function sayEverything(output: Output): void {
  output.debug('a debug')
  output.info('an info')
  output.warn('a warn')
  output.error('an error')
  output.print('the result')
  output.result({ the: 'object' })
}

it.each([
  [{ logLevel: 'DEBUG' }, 'a debug\nan info\nthe result\n', 'warning: a warn\nan error\n'],
  [{}, 'an info\nthe result\n', 'warning: a warn\nan error\n'],
  [{ logLevel: 'WARNING' }, 'the result\n', 'warning: a warn\nan error\n'],
  [{ logLevel: 'ERROR' }, 'the result\n', 'an error\n'],
  [{ quiet: true }, 'the result\n', 'warning: a warn\nan error\n'],
  [{ json: true, logLevel: 'DEBUG' }, '{\n  "the": "object"\n}\n', 'warning: a warn\nan error\n'],
] as const)('shows with %o what belongs there', (mode, stdout, stderr) => {
  const { output, texts } = capturedOutput(mode)
  sayEverything(output)
  expect(texts).toEqual({ stdout, stderr })
})

it('marks every line of a dry run', () => {
  const { output, texts } = capturedOutput({ dryRun: true })
  output.info('one\ntwo')
  output.warn('three\n\nfour')
  expect(texts).toEqual({
    stdout: '*DRY-RUN* one\n*DRY-RUN* two\n',
    stderr: '*DRY-RUN* warning: three\n*DRY-RUN* \n*DRY-RUN* four\n',
  })
})

it('gives machines one object and no second', () => {
  const { output, texts } = capturedOutput({ json: true })
  output.result(1)
  output.result(2)
  expect(texts.stdout).toBe('1\n')
})

it('paints on a terminal only, and only when colours are wanted', () => {
  const painted = (colour: boolean, isTTY: boolean) => capturedOutput({ colour }, isTTY).output.colours.red('x') !== 'x'
  expect([painted(true, true), painted(true, false), painted(false, true)]).toEqual([true, false, false])
})

it('keeps everything in the log, with the time of the given clock, from the first line on', () => {
  const path = join(newFolder(), 'pr.log')
  const { output } = capturedOutput({ quiet: true, dryRun: true, colour: true }, true)
  const start = new Date(2026, 0, 2, 3, 4, 5, 6).getTime()
  output.debug('before')
  output.attachLog(path, () => start)
  sayEverything(output)
  output.info(`${'\x1b[31m'}red${'\x1b[39m'}\nand more`)
  output.close()
  expect(readFileSync(path, 'utf8')).toBe(
    [
      'DEBUG   *DRY-RUN* before',
      'DEBUG   *DRY-RUN* a debug',
      'INFO    *DRY-RUN* an info',
      'WARNING *DRY-RUN* a warn',
      'ERROR   *DRY-RUN* an error',
      'RESULT  *DRY-RUN* the result',
      'INFO    *DRY-RUN* red',
      'INFO    *DRY-RUN* and more',
    ]
      .map((line) => `2026-01-02 03:04:05.006 ${line}\n`)
      .join(''),
  )
})

/** What a terminal obeys, and what only looks as if. */
const steering = [
  '\r',
  '\b',
  '\x00',
  '\x07',
  '\x1b[2J',
  '\x1b]0;title\x07',
  '\x1b[8m',
  '\x7f',
  '\x9b2J',
  '\u202e',
  '\u2066',
]

it.each(steering.map((text) => [JSON.stringify(text), text]))(
  'lets %s through to no terminal and no log',
  async (_, text) => {
    const path = join(newFolder(), 'pr.log')
    const { output, texts } = capturedOutput({}, true)
    output.attachLog(path, () => 0)
    const said = `one${text}two\n\tthree`
    for (const say of ['info', 'warn', 'error', 'print'] as const) output[say](said)
    output.ask(said)
    await output.close()
    const clean = 'onetwo\n\tthree'
    expect(texts).toEqual({
      stdout: `${clean}\n${clean}\n${clean}`,
      stderr: `warning: ${clean}\n${clean}\n`,
    })
    expect(readFileSync(path, 'utf8').match(/[^\P{Cc}\n\t]|\p{Bidi_Control}/gu)).toBeNull()
  },
)

it('lets its own colours through, and none where nothing is painted', () => {
  const red = '\x1b[31mred\x1b[39m'
  const said = [capturedOutput({ colour: true }, true), capturedOutput({ colour: true }), capturedOutput({}, true)]
  for (const { output } of said) output.info(red)
  expect(said.map(({ texts }) => texts.stdout)).toEqual([`${red}\n`, 'red\n', 'red\n'])
})

it('gives machines no character that a terminal obeys, and loses none', () => {
  const { output, texts } = capturedOutput({ json: true })
  output.result({ said: steering.join('') })
  expect(texts.stdout.match(/[^\P{Cc}\n]|\p{Bidi_Control}/gu)).toBeNull()
  expect(JSON.parse(texts.stdout)).toEqual({ said: steering.join('') })
})

it('replaces a live block in place and keeps it below what is printed', () => {
  const { output, texts } = capturedOutput({}, true)
  const live = output.openLiveBlock()!
  live.show(['otter', 'step 1'])
  output.info('news')
  live.show(['otter', 'step 2'])
  live.close(false)
  output.info('end')
  const [up, end] = ['\x1b[2A\r\x1b[J', 'end\n']
  expect(texts.stdout).toBe(`otter\nstep 1\n${up}news\notter\nstep 1\n${up}otter\nstep 2\n${up}${end}`)
})

it('leaves a live block where it is when that is wanted, and draws none below a question', () => {
  const { output, texts } = capturedOutput({ dryRun: true }, true)
  const live = output.openLiveBlock()!
  live.show(['step 1'])
  output.ask('Go on? [y/N] ')
  live.show(['step 2'])
  output.answered()
  live.close(true)
  output.info('end')
  expect(stripVTControlCharacters(texts.stdout)).toBe(
    '*DRY-RUN* step 1\n\r*DRY-RUN* Go on? [y/N] *DRY-RUN* step 2\n*DRY-RUN* end\n',
  )
})

it('takes back the rows of a window that has been made narrower', () => {
  const { output, texts, stdout } = capturedOutput({}, true)
  const live = output.openLiveBlock()!
  live.show(['x'.repeat(90), 'y'])
  stdout.columns = 40
  stdout.emit('resize')
  expect(texts.stdout.slice(93)).toBe(`\x1b[4A\r\x1b[J${'x'.repeat(38)}…\ny\n`)
  expect(live.columns).toBe(39)
  live.close(false)
  expect(stdout.listenerCount('resize')).toBe(0)
})

it.each([
  ['x'.repeat(99), 'x'.repeat(99)],
  ['x'.repeat(100), `${'x'.repeat(98)}…`],
  ['獺'.repeat(60), `${'獺'.repeat(49)}…`],
  ['🦦'.repeat(60), `${'🦦'.repeat(49)}…`],
  ['█'.repeat(99), '█'.repeat(99)],
  ['one\ntwo\tthree', 'one two three'],
])('keeps the line %s of a live block in one row', (text, row) => {
  const { output, texts } = capturedOutput({}, true)
  output.openLiveBlock()!.show([text])
  expect(texts.stdout).toBe(`${row}\n`)
})

it.each([
  [{}, false],
  [{ json: true }, true],
  [{ quiet: true }, true],
  [{ ci: true }, true],
  [{ dumb: true }, true],
  [{ logLevel: 'DEBUG' }, true],
] as const)('has no live block with %o on a terminal: %s', (mode, isTTY) => {
  expect(capturedOutput(mode, isTTY).output.openLiveBlock()).toBeNull()
})
