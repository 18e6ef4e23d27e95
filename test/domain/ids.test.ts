import { expect, it } from 'vitest'
import { identifyRun, jobId, promptId, uuidV5 } from '../../src/domain/ids.ts'
import { planOf } from '../support/plans.ts'

it("agrees with RFC 9562's example of a version 5 UUID (A.4)", () => {
  expect(uuidV5('www.example.com', '6ba7b810-9dad-11d1-80b4-00c04fd430c8')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2')
})

it('gives the same content the same id, and each attempt its own', () => {
  expect(jobId('a')).toBe(jobId('a'))
  expect(jobId('a')).not.toBe(jobId('b'))
  const attempts = [1, 2].map((attempt) => promptId('run', jobId('a'), attempt))
  expect(new Set([jobId('a'), ...attempts]).size).toBe(3)
})

const identify = (taken: readonly string[] = [], plan = planOf('otter')) =>
  identifyRun([plan], (name) => taken.includes(name))

it('names the same work the same, wherever its prompt file lies', () => {
  expect(identify()).toEqual(identify([], planOf('otter', 120, { file: '/elsewhere/otter.txt' })))
  expect(identify().runName).toMatch(/^[a-z]+-[a-z]+$/)
})

it('names other work and every repetition otherwise', () => {
  const names: string[] = []
  for (let run = 1; run <= 50; run += 1) names.push(identify(names).runName)
  expect(new Set(names).size).toBe(50)
  expect(identify([], planOf('otter', 121)).runId).not.toBe(identify().runId)
  expect(identify([], planOf('otter', 120, { positivePrompt: 'Another.' })).runId).not.toBe(identify().runId)
})
