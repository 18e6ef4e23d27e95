import { expect, it } from 'vitest'
import { firstDifference } from '../../../src/cli/record/event-log.ts'

const log = (...lines: string[]) => [{ step: 'draw', lines }]

it('says where two logs part, on one screen', () => {
  expect(firstDifference(log('started', 'executing 1'), log('started', 'executing 1'))).toBeNull()
  expect(firstDifference(log('started', 'executing 1'), log('started', 'executing 2'))).toBe(
    'draw: the server said "executing 1", the replay "executing 2"',
  )
  expect(firstDifference(log('started'), log('started', 'executing 2'))).toBe(
    'draw: the replay also said "executing 2"',
  )
  const webm = 'file output/a_00001_.webm: '
  expect(firstDifference(log(`${webm}a file`), log(`${webm}video 64x64, 8 frames at 8 fps`))).toBeNull()
  expect(firstDifference(log(`${webm}a file`), log('file output/b_00001_.webm: a file'))).toContain('the server said')
  expect(firstDifference(log(`text: ${'x'.repeat(1_000_000)}`), log())).toBe(
    `draw: the server said "text: ${'x'.repeat(294)}…", the replay ""`,
  )
})
