import { expect, it } from 'vitest'
import * as z from 'zod'
import { readYaml, schemaProblems, strictObject } from '../../src/config/yaml-document.ts'

const keys = Array.from({ length: 100_000 }, (_, index) => `key${index}: ${index}`)

it('reads a file of 100,000 unknown keys, and tells of the first 200 problems', () => {
  const document = readYaml('x.yaml', keys.join('\n'))
  expect(document.problems).toEqual([])
  const { error } = strictObject({ steps: z.number() }).safeParse(document.value)
  const problems = schemaProblems('x.yaml', document, error!)
  expect(problems).toHaveLength(201)
  expect(problems.slice(-2)).toEqual([
    { file: 'x.yaml', line: 199, message: 'key198 is not known here.', value: 198, hint: 'Known here: steps.' },
    { file: 'x.yaml', message: 'The file has 99801 more problems.' },
  ])
})

it('finds the one key among 100,000 that stands twice', () => {
  expect(readYaml('x.yaml', [...keys, 'key7: 8'].join('\n')).problems).toEqual([
    { file: 'x.yaml', line: 100_001, message: 'A key stands twice in one mapping.', value: 'key7' },
  ])
})
