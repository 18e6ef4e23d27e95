import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const fixtures = new URL('../../fixtures/conformance/', import.meta.url).pathname
const recorded = readFileSync(join(fixtures, 'validation.jsonl'), 'utf8').split('\n')

function conformance(validation: string, ...more: string[]) {
  const corpus = ['--object-info', join(fixtures, 'object_info.json'), '--files', join(fixtures, 'files.json')]
  const args = [new URL('main.ts', import.meta.url).pathname, ...corpus, '--validation', validation, ...more]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  return { status, stderr, lines: stdout.trim().split('\n') }
}

function corpusOf(lines: string[]): string {
  const file = join(mkdtempSync(join(tmpdir(), 'conformance-')), 'cases.jsonl')
  writeFileSync(file, lines.join('\n'))
  return file
}

it('ends with 0 when every case agrees', () => {
  const { status, lines } = conformance(corpusOf(recorded.slice(0, 3)))
  expect([status, lines.at(-1)]).toEqual([0, 'conformance: 3/3 agree'])
})

it('ends with 1 and shows what differs, also for a case it cannot run', () => {
  const wrong = JSON.stringify({ ...JSON.parse(recorded[0]!), id: 'x', category: 'new', status: 500 })
  const { status, lines } = conformance(corpusOf([wrong, '{"id": "y"}']), '-v')
  expect(status).toBe(1)
  expect(lines.slice(0, 4)).toEqual(['x (new)', 'status:', '  expected "500"', '  actual   "200"'])
  expect(lines.slice(-3)).toEqual(['new      0/1', 'not run  0/1', 'conformance: 0/2 agree'])
})

it('ends with 2 when a file is missing', () => {
  const { status, stderr } = conformance('/nowhere/cases.jsonl')
  expect([status, stderr.includes('usage: npm run conformance')]).toEqual([2, true])
})
