import { expect, it } from 'vitest'
import { logDifferences, TOO_LATE } from '../../src/record/event-log.ts'

const log = (...lines: string[]) => [{ step: 'draw', lines }]

const firstDifference = (...logs: [ReturnType<typeof log>, ReturnType<typeof log>]) => logDifferences(...logs).first

it('says where two logs part, on one screen', () => {
  expect(firstDifference(log('started', 'executing 1'), log('started', 'executing 1'))).toBeNull()
  expect(firstDifference(log('started', 'executing 1'), log('started', 'executing 2'))).toBe(
    'draw: the server said "executing 1", the replay "executing 2"',
  )
  expect(firstDifference(log('started'), log('started', 'executing 2'))).toBe(
    'draw: the replay also said "executing 2"',
  )
  const webm = 'file output/a_00001_.webm of 2: '
  expect(firstDifference(log(`${webm}a file`), log(`${webm}video 64x64, 8 frames at 8 fps`))).toBeNull()
  expect(firstDifference(log(`${webm}a file`), log('file output/b_00001_.webm of 2: a file'))).toContain(
    'the server said',
  )
  expect(firstDifference(log(`text: ${'x'.repeat(1_000_000)}`), log())).toBe(
    `draw: the server said "text: ${'x'.repeat(294)}…", the replay ""`,
  )
})

it('excuses the content of files whose making is not simulated, and nothing else', () => {
  const of = (node: string, facts: string) => `file output/a_0000${node}_.png of ${node}: ${facts}`
  const madeUp = (step: number, node: string) => (step === 0 && node === '3' ? ['SolidMask'] : [])
  const compare = (live: string, replayed: string) =>
    logDifferences(log('started', live), log('started', replayed), madeUp)
  const [small, large] = ['image 32x16', 'image 512x512']
  expect(compare(of('3', small), of('3', large))).toEqual({
    first: null,
    excused: [
      `draw: the server said "${of('3', small)}", the replay "${of('3', large)}"; what SolidMask makes is not simulated`,
    ],
  })
  expect(compare(of('4', small), of('4', large))).toEqual({
    first: `draw: the server said "${of('4', small)}", the replay "${of('4', large)}"`,
    excused: [],
  })
  expect(compare(of('3', small), of('4', small)).first).toContain('the server said')
  expect(compare(of('3', small), 'executing 3').first).toContain('the server said')
  expect(compare('executing 3', 'executing 2').first).toContain('the server said')
})

it('excuses a step that ended on one side before it could be interrupted', () => {
  const interrupted = log('started', 'PR_COMFY_INTERRUPTED: prompt <id> was interrupted')
  expect(logDifferences(log(TOO_LATE), interrupted)).toEqual({
    first: null,
    excused: ['draw: the server was done before it could be interrupted'],
  })
  expect(logDifferences(interrupted, log(TOO_LATE)).excused).toEqual([
    'draw: the replay was done before it could be interrupted',
  ])
  expect(logDifferences(log(TOO_LATE), log(TOO_LATE))).toEqual({ first: null, excused: [] })
})

it('compares of a node’s progress the first and the last value', () => {
  const progress = (...values: number[]) => values.map((value) => `progress of 2: ${value} of 5`)
  expect(logDifferences(log(...progress(1, 5), 'executing 3'), log(...progress(1, 2, 3, 4, 5), 'executing 3'))).toEqual(
    { first: null, excused: [] },
  )
  expect(firstDifference(log(...progress(1, 5)), log(...progress(1, 2)))).toBe(
    'draw: the server said "progress of 2: 5 of 5", the replay ""',
  )
})

it('excuses the words of an exception that is the same, and not another one', () => {
  const failed = (type: string, words: string, node = 'node 3 (VAEDecode)') =>
    log(`PR_COMFY_FAILED: prompt <id> failed at ${node}: ${type}: ${words}`)
  const compare = (...logs: [ReturnType<typeof log>, ReturnType<typeof log>]) => logDifferences(...logs).first === null
  expect(compare(failed('torch.OutOfMemoryError', 'tried 5 GiB'), failed('torch.cuda.OutOfMemoryError', 'CUDA'))).toBe(
    true,
  )
  expect(compare(failed('ValueError', 'a'), failed('ValueError', 'b'))).toBe(true)
  expect(compare(failed('ValueError', 'a'), failed('KeyError', 'a'))).toBe(false)
  expect(compare(failed('ValueError', 'a'), failed('ValueError', 'a', 'node 4 (VAEDecode)'))).toBe(false)
})

it('excuses values that a class shows whose code nobody has here, and no other member or file', () => {
  const madeUp = (_: number, node: string) => (node === '3' ? ['CountWords'] : [])
  const compare = (live: string, replayed: string) => logDifferences(log(live), log(replayed), madeUp).first === null
  const shows = (node: string, output: object) => `executed ${node}: ${JSON.stringify(output)}`
  const file = { filename: 'a_00001_.png' }
  expect(compare(shows('3', { text: ['12'] }), shows('3', { text: ['0'] }))).toBe(true)
  expect(compare(shows('4', { text: ['12'] }), shows('4', { text: ['0'] }))).toBe(false)
  expect(compare(shows('3', { text: ['12'] }), shows('3', { words: ['12'] }))).toBe(false)
  expect(compare(shows('3', { images: [file], n: [1] }), shows('3', { images: [file], n: [2] }))).toBe(true)
  expect(compare(shows('3', { images: [file] }), shows('3', { images: [] }))).toBe(false)
  expect(compare('text of 3: 12 words', 'text of 3: 0 words')).toBe(true)
})
