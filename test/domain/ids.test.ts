import { expect, it } from 'vitest'
import { jobId, promptId, uuidV5 } from '../../src/domain/ids.ts'

it("agrees with RFC 9562's example of a version 5 UUID (A.4)", () => {
  expect(uuidV5('www.example.com', '6ba7b810-9dad-11d1-80b4-00c04fd430c8')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2')
})

it('gives the same content the same id, and each attempt its own', () => {
  expect(jobId('a')).toBe(jobId('a'))
  expect(jobId('a')).not.toBe(jobId('b'))
  const attempts = [1, 2].map((attempt) => promptId('run', jobId('a'), attempt))
  expect(new Set([jobId('a'), ...attempts]).size).toBe(3)
})
