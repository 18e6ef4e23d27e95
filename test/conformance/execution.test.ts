import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parseJson } from '../../src/simulators/comfyui/python/parse.ts'
import type { PyDict } from '../../src/simulators/comfyui/python/py.ts'
import { executionSuite } from './execution.ts'
import type { ExecutionRecord } from './execution-record.ts'
import type { CorpusFiles } from './suite.ts'

const fixture = (name: string) => readFileSync(new URL(`../../fixtures/conformance/${name}`, import.meta.url), 'utf8')

const runCase = executionSuite.open({
  objectInfo: parseJson(fixture('object_info.json')) as PyDict,
  files: JSON.parse(fixture('files.json')) as CorpusFiles,
})

const lines = fixture('execution.jsonl').trim().split('\n')
const record = (id: string) => JSON.parse(lines.find((line) => line.includes(`"id": "${id}"`))!) as ExecutionRecord

it.each(lines.map((line) => [(JSON.parse(line) as ExecutionRecord).id, line]))('repeats %s', async (_, line) => {
  expect(await runCase(line)).toMatchObject({ differences: [] })
})

it('covers every category', () => {
  const categories = new Set(lines.map((line) => (JSON.parse(line) as ExecutionRecord).category))
  expect([...categories].sort()).toEqual([
    'async',
    'cache',
    'errors',
    'expansion',
    'files',
    'interrupt',
    'lazy',
    'lists',
    'order',
    'queue',
    'simple',
    'sockets',
  ])
})

it('sees two messages in another order', async () => {
  const changed = record('exe-cache-012')
  const messages = changed.log.flatMap((entry, index) =>
    entry.k === 'ws' && entry.d.includes('"executing"') ? [index] : [],
  )
  const log = [...changed.log]
  const [one, other] = messages
  log[one!] = changed.log[other!]!
  log[other!] = changed.log[one!]!
  const { differences } = await runCase(JSON.stringify({ ...changed, log }))
  expect(differences[0]).toMatch(/^socket c1, message \d+\/data\/node:/)
})

it('sees a message that is missing, a file too many and another history', async () => {
  const given = record('exe-cache-012')
  const log = given.log.filter((entry) => entry.k !== 'ws' || !entry.d.includes('execution_success'))
  const [id, text] = Object.entries(given.history)[1]!
  const history = { ...given.history, [id]: text.replace('"completed": true', '"completed": false') }
  const { differences } = await runCase(JSON.stringify({ ...given, log, history, files_new: [] }))
  const places = differences.map((line) => line.split('\n')[0])
  expect(places[0]).toMatch(/^socket c1, message \d+\/type:$/)
  expect(places.slice(-2)).toEqual([`history of ${id}/status/completed:`, 'new files:'])
})
