import { expect, it } from 'vitest'
import { sweepTable } from '../../src/sweep/sweep-table.ts'
import type { Outcome, Tried } from '../../src/sweep/try-fault.ts'

const tried = (fault: string, outcome: Outcome, more: Partial<Tried> = {}): Tried => ({
  fault,
  outcome,
  lives: [],
  paidTwice: 0,
  broken: [],
  minutesMore: 0,
  found: [],
  calls: [],
  ...more,
})

const all = [
  tried('POST /prompt of job 1: kill', 'resumed', { minutesMore: 1.25 }),
  tried('step 2 of 4 of job 4: kill', 'false-success', { paidTwice: 1 }),
  tried('after POST /prompt of job 1: reset', 'itself', { minutesMore: 30 }),
  tried('socket open: status 403, always', 'hung'),
  tried('end of job 4: cut file', 'crashed'),
  tried('end of job 6: cut file', 'lost'),
]

it('counts by fault, wherever it happened', () => {
  expect(sweepTable(all, { hasPod: false, price: 0.5 })).toEqual([
    'fault               tried  by itself  by resume  lost  paid twice',
    'kill                    2          0          1     1           1',
    'after: reset            1          1          0     0           0',
    'status 403, always      1          0          0     1           0',
    'cut file                2          0          0     2           0',
    'all                     6          1          1     4           1',
  ])
})

it('counts minutes of a pod, and money where the price is known', () => {
  expect(sweepTable(all.slice(0, 3), { hasPod: true, price: null })).toEqual([
    'fault         tried  by itself  by resume  lost  paid twice  pod min',
    'kill              2          0          1     1           1      1.3',
    'after: reset      1          1          0     0           0     30.0',
    'all               3          1          1     1           1     31.3',
  ])
  expect(sweepTable(all.slice(2, 3), { hasPod: true, price: 0.5 })).toEqual([
    'fault         tried  by itself  by resume  lost  paid twice  pod min  dollars',
    'after: reset      1          1          0     0           0     30.0     0.25',
    'all               1          1          0     0           0     30.0     0.25',
  ])
})
