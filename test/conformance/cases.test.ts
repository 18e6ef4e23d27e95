import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { openCases } from './cases.ts'

const fixture = (name: string) => new URL(`../../fixtures/conformance-0.29/${name}`, import.meta.url).pathname
const lines = readFileSync(fixture('cases.jsonl'), 'utf8').trim().split('\n')

it('answers every request as the recorded 0.29.0 did', async () => {
  const run = await openCases(fixture('comfyui.har'))
  const differences: string[] = []
  for (const line of lines) differences.push(...(await run(line)).differences)
  expect(differences).toEqual([])
  expect(lines.length).toBeGreaterThan(70)
})

it('sees another event and another error', async () => {
  const run = await openCases(fixture('comfyui.har'))
  const changed = (id: string, from: string, to: string) =>
    run(lines.find((line) => line.startsWith(`{"id": "${id}`))!.replace(from, to))
  expect((await changed('cv1', 'execution_success', 'execution_error')).differences).toEqual([
    expect.stringMatching(/^history:\n {2}expected .*execution_error.*\n {2}actual {3}.*execution_success/),
  ])
  expect((await changed('x1 ', 'Required input', 'An input')).differences).toEqual([expect.stringMatching(/^body:/)])
})
