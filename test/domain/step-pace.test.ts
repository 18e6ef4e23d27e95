import { expect, it } from 'vitest'
import { stepPace } from '../../src/domain/step-pace.ts'

/** What is left after each of `steps`, in seconds: when it was told, which step of 4, and of which node. */
function left(...steps: ReadonlyArray<readonly [at: number, value: number, node?: string]>): Array<number | null> {
  const pace = stepPace()
  return steps.map(([at, value, node = '7']) => {
    pace.see({ node, value, max: 4 }, at * 1_000)
    const ms = pace.left(at * 1_000)
    return ms === null ? null : ms / 1_000
  })
}

it('knows the pace after two steps, without the time that the first one took to come', () => {
  expect(left([500, 1], [520, 2], [540, 3], [560, 4])).toEqual([null, 40, 20, 0])
  expect(left([500, 0], [600, 1], [620, 2])).toEqual([null, null, 40])
  // The mean of all of them.
  expect(left([0, 1], [20, 2], [60, 3])).toEqual([null, 40, 30])
})

it('takes steps that come twice or are left out for what they are', () => {
  expect(left([0, 1], [10, 1], [20, 2], [25, 2])).toEqual([null, null, 40, 35])
  expect(left([0, 1], [40, 3])).toEqual([null, 20])
})

it('begins anew with each node, and with one that starts again', () => {
  expect(left([0, 1], [20, 2], [21, 1, '9'], [22, 2, '9'])).toEqual([null, 40, null, 2])
  expect(left([0, 1], [20, 2], [30, 1], [31, 2])).toEqual([null, 40, null, 2])
})

it('counts down between steps, and no further than to those after the present one', () => {
  const pace = stepPace()
  pace.see({ node: '7', value: 1, max: 4 }, 0)
  pace.see({ node: '7', value: 2, max: 4 }, 20)
  expect([20, 30, 40, 400].map((now) => pace.left(now))).toEqual([40, 30, 20, 20])
})
