import { expect, it } from 'vitest'
import { dayStamp, microsecondStamp, timeStamp } from '../../src/report/stamps.ts'

it('stamps in local time', () => {
  const at = new Date(2026, 0, 2, 3, 4, 5, 678).getTime()
  expect([microsecondStamp(at), dayStamp(at), timeStamp(at)]).toEqual([
    '2026-01-02T03:04:05.678000',
    '20260102',
    '030405',
  ])
})
