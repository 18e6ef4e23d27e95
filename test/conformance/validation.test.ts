import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parseJson } from '../../src/simulators/comfyui/python/parse.ts'
import type { PyDict } from '../../src/simulators/comfyui/python/py.ts'
import type { CaseResult, CorpusFiles } from './suite.ts'
import { Tally } from './tally.ts'
import { validationSuite } from './validation.ts'

const fixture = (name: string) => readFileSync(new URL(`../../fixtures/conformance/${name}`, import.meta.url), 'utf8')

const runCase = validationSuite.open({
  objectInfo: parseJson(fixture('object_info.json')) as PyDict,
  files: JSON.parse(fixture('files.json')) as CorpusFiles,
})

const lines = fixture('validation.jsonl').trim().split('\n')

it('answers every recorded prompt as the server did', async () => {
  const results = await Promise.all(lines.map(runCase))
  expect(results.filter(({ differences }) => differences.length > 0)).toEqual([])
  expect(results.length).toBeGreaterThan(150)
})

it('sees one changed number in an answer', async () => {
  const line = lines.find((text) => text.includes('smaller than min of'))!
  const { differences } = await runCase(line.replace('smaller than min of', 'smaller than the min of'))
  expect(differences).toEqual([
    expect.stringMatching(
      /^\/node_errors\/.*\/message:\n {2}expected ".* than the min .*"\n {2}actual {3}".* than min .*"$/,
    ),
  ])
})

it('tells an int from a float in the queue', async () => {
  const line = lines.find((text) => text.includes('"queued"') && text.includes('\\"value\\": 0.5'))!
  const record = JSON.parse(line) as { queued: string }
  const changed = JSON.stringify({ ...record, queued: record.queued.replace('"value": 0.5', '"value": 1') })
  const { differences } = await runCase(changed)
  expect(differences).toEqual([expect.stringMatching(/^\/queued\/2\/.*:\n {2}expected 1\n {2}actual {3}0\.5$/)])
})

it('counts by category', () => {
  const tally = new Tally()
  const results: CaseResult[] = [
    { id: 'a', category: 'valid', differences: [] },
    { id: 'b', category: 'combo', differences: ['status'] },
    { id: 'c', category: 'valid', differences: [] },
  ]
  for (const result of results) tally.add(result)
  expect(tally.lines()).toEqual(['valid  2/2', 'combo  0/1', 'conformance: 2/3 agree'])
  expect(tally.allAgree).toBe(false)
})
