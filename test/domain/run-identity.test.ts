import { expect, it } from 'vitest'
import { identifyRun } from '../../src/domain/run-identity.ts'
import { planOf } from '../support/plans.ts'

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
