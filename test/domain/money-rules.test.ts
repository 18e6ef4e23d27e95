import { expect, it } from 'vitest'
import { brokenRules, type MoneyFact, promptsPaidTwice } from '../../src/domain/money-rules.ts'

type Untimed<Fact> = Fact extends unknown ? Omit<Fact, 'at'> : never
const start = Date.parse('2026-11-24T00:32:35.000Z')
/** One fact a second. */
const at = (facts: ReadonlyArray<Untimed<MoneyFact>>) =>
  facts.map((fact, index) => ({ at: start + index * 1000, ...fact }) as MoneyFact)

const taken = (prompt: string, number = 3) => ({ kind: 'taken', prompt, job: { id: `id-${number}`, number } }) as const
const done = (prompt: string, files = 1) => ({ kind: 'done', prompt, files }) as const
const film = { object: 'films/otter.mp4', crc32c: 'AAAAAA==' }
const proven = { kind: 'proven', video: 'otter', ...film } as const
const cleared = { kind: 'cleared', video: 'otter', files: 4 } as const
const pod = { kind: 'pod', pod: 'p1', runs: true, isToStop: true, isTold: false } as const

it.each<[string, ReadonlyArray<Untimed<MoneyFact>>]>([
  ['each job once', [taken('a', 1), done('a'), taken('b', 2), done('b')]],
  ['a job again whose prompt died with the server', [taken('a'), { kind: 'lost', prompt: 'a' }, taken('b'), done('b')]],
  ['a job again that failed', [taken('a'), { kind: 'failed', prompt: 'a' }, taken('b'), done('b')]],
  ['a job again that was interrupted', [taken('a'), { kind: 'interrupted', prompt: 'a' }, taken('b'), done('b')]],
  ['a job again that named no file', [taken('a'), done('a', 0), taken('b'), done('b')]],
  ['a job again whose files are spoilt', [taken('a'), done('a'), { kind: 'spoilt', prompt: 'a' }, taken('b')]],
  ['files that are deleted when the film is proven', [{ kind: 'stored', ...film }, proven, cleared]],
  [
    'an object deleted that was no film',
    [
      { kind: 'stored', ...film },
      { kind: 'removed', object: film.object },
    ],
  ],
  ['a pod that is off', [{ ...pod, runs: false }]],
  ['a pod that was not to stop', [{ ...pod, isToStop: false }]],
  ['a pod that could not be stopped, as the run says', [{ ...pod, isTold: true }]],
])('has nothing to say of %s', (_, facts) => {
  expect(brokenRules(at(facts))).toEqual([])
})

it.each<[string, ReadonlyArray<Untimed<MoneyFact>>, object]>([
  [
    'a job that is sent while it waits or runs',
    [taken('a', 1), done('a'), taken('b'), taken('c')],
    {
      rule: 'sent-twice',
      sentence: 'job 3 was sent again while prompt b of it was open',
      calls: [
        '00:32:37.000 POST /prompt of job 3: ComfyUI takes prompt b',
        '00:32:38.000 POST /prompt of job 3: ComfyUI takes prompt c',
      ],
    },
  ],
  [
    'a job that is rendered again',
    [taken('a'), done('a', 2), taken('b')],
    {
      rule: 'rendered-again',
      sentence: 'job 3 was rendered again although prompt a had done it and its files were there',
      calls: [
        '00:32:35.000 POST /prompt of job 3: ComfyUI takes prompt a',
        '00:32:36.000 prompt a is done, with 2 files',
        '00:32:37.000 POST /prompt of job 3: ComfyUI takes prompt b',
      ],
    },
  ],
  [
    'files that are deleted although nothing was uploaded',
    [cleared],
    {
      rule: 'deleted-unproven',
      sentence: '4 files of otter were deleted before its film was proven to be in the bucket',
      calls: ['00:32:35.000 4 local files of otter are deleted'],
    },
  ],
  [
    'files that are deleted although the bucket has something else',
    [{ kind: 'stored', ...film, crc32c: 'BBBBBB==' }, proven, cleared],
    {
      rule: 'deleted-unproven',
      sentence: '4 files of otter were deleted before its film was proven to be in the bucket',
      calls: [
        '00:32:36.000 the run says that gs://films/otter.mp4 is the film of otter, crc32c AAAAAA==',
        '00:32:37.000 4 local files of otter are deleted',
      ],
    },
  ],
  [
    'a film that is deleted from the bucket',
    [{ kind: 'stored', ...film }, proven, { kind: 'removed', object: film.object }],
    {
      rule: 'deleted-unproven',
      sentence: 'films/otter.mp4 was deleted from the bucket, and was the film of otter',
      calls: [
        '00:32:36.000 the run says that gs://films/otter.mp4 is the film of otter, crc32c AAAAAA==',
        '00:32:37.000 DELETE gs://films/otter.mp4',
      ],
    },
  ],
  [
    'a pod that was to stop',
    [pod],
    {
      rule: 'pod-left-running',
      sentence: 'pod p1 was to be stopped at the end, and runs',
      calls: ['00:32:35.000 the run ends, and pod p1 runs'],
    },
  ],
])('tells of %s, with the calls', (_, facts, broken) => {
  expect(brokenRules(at(facts))).toEqual([broken])
})

it('counts what was paid twice, and nothing else', () => {
  const facts = at([taken('a'), taken('b'), done('b'), taken('c'), cleared, pod])
  expect(promptsPaidTwice(brokenRules(facts))).toBe(3)
})
