import { expect, it } from 'vitest'
import { parseFault } from '../../src/network/faults/grammar/parse-fault.ts'
import { chooseFaults } from '../../src/sweep/choose-faults.ts'
import { faultTable } from '../../src/sweep/fault-table.ts'

/** Two chunks; the jobs of the last one are 3, 4 and 6. */
const seen = [
  ...['event run-started', 'socket open', 'POST /prompt of job 1', 'step 1 of 4 of job 1', 'step 2 of 4 of job 1'],
  ...['node VAEDecode of job 4', 'node SaveVideo of job 4'],
  ...['GET /view of job 2', 'write of journal', 'POST /prompt of job 3', 'step 2 of 4 of job 3', 'GET /view of job 4'],
]
const kinds = [3, 4, 6]

it('tries at each event, at one job of each kind, at the last of such a job, or at the first', () => {
  const table = [
    { at: 'POST /prompt of job N', of: 'each', faults: ['after reset'] },
    { at: 'step 2 of # of job N', of: 'kinds', faults: ['kill', 'after close 1006'] },
    { at: 'GET /view of job N', of: 'first', faults: ['status 502', 'status 502'] },
    { at: 'node ? of job N', of: 'last', faults: ['disk full'] },
    { at: 'write of journal', of: 'first', faults: ['5th disk full'] },
    { at: 'pod stop', of: 'each', faults: ['ignore'] },
  ] as const
  expect(chooseFaults(seen, kinds, 100, table).specs).toEqual([
    'after POST /prompt of job 1: reset',
    'after POST /prompt of job 3: reset',
    'step 2 of 4 of job 3: kill',
    'after step 2 of 4 of job 3: close 1006',
    'GET /view of job 2: status 502',
    'node SaveVideo of job 4: disk full',
    '5th write of journal: disk full',
  ])
})

it.each(faultTable)('tries at "$at" what can be done there', ({ at, of, faults }) => {
  const event = at.replace(/\bN\b/, '3').replaceAll('#', '2').replace('?', 'SaveVideo')
  const { specs } = chooseFaults([event], kinds, 100, [{ at, of, faults }])
  expect(specs).toHaveLength(faults.length)
  for (const spec of specs) expect(parseFault(spec)).toMatchObject({ at: expect.anything() })
})

it('has each kind of harm in it: answers, connections, sockets, nodes, files, disks, pods and the death of either side', () => {
  const actions = new Set(faultTable.flatMap(({ faults }) => faults).map((fault) => fault.split(' ').at(0)))
  const all = faultTable.flatMap(({ faults }) => faults)
  for (const action of ['status', 'reset', 'close', 'silence', 'restart', 'disk', 'ignore', 'kill', 'interrupt'])
    expect(actions).toContain(action)
  expect(all).toContain('restart without files')
})

it('leaves out as many of each fault as there are too many, evenly, and says of what', () => {
  const table = [
    { at: 'start of upload #', of: 'each', faults: ['reset', 'kill'] },
    { at: 'GET /view of job N', of: 'each', faults: ['reset'] },
    { at: 'pod look', of: 'first', faults: ['reset'] },
  ] as const
  const uploads = Array.from({ length: 9 }, (_, index) => `start of upload ${index + 1}`)
  const events = [...uploads, 'GET /view of job 1', 'GET /view of job 2', 'pod look']
  expect(chooseFaults(events, kinds, 21, table)).toMatchObject({ specs: { length: 21 }, left: new Map() })
  expect(chooseFaults(events, kinds, 10, table)).toEqual({
    specs: [
      ...['start of upload 1: reset', 'start of upload 4: reset', 'start of upload 7: reset'],
      ...['start of upload 2: kill', 'start of upload 5: kill', 'start of upload 8: kill'],
      ...['GET /view of job 1: reset', 'GET /view of job 2: reset', 'pod look: reset'],
    ],
    left: new Map([['start of upload #', 12]]),
  })
  expect(chooseFaults(events, kinds, 1, table).specs).toHaveLength(4)
})
