import { expect, it } from 'vitest'
import { behavioursWith } from '../../../../src/simulators/comfyui/behaviours/behaviours.ts'
import { parseJson } from '../../../../src/simulators/comfyui/python/parse.ts'
import type { PyDict } from '../../../../src/simulators/comfyui/python/py.ts'
import { rulesOf } from '../../../../src/simulators/comfyui/rules.ts'
import { nodeClasses } from '../../../../src/simulators/comfyui/validate/node-class.ts'
import { validatePrompt } from '../../../../src/simulators/comfyui/validate/validate-prompt.ts'
import { expectLegal, mutatedBody, objectInfo, validBodies } from '../../../support/prompt-mutations.ts'
import { fc } from '../../../support/seeded.ts'

const findClass = nodeClasses(parseJson(objectInfo) as PyDict, behavioursWith())

/** Of the oldest and of the newest server whose rules are known. */
function expectLegalAnswer(body: string): void {
  for (const version of ['0.3.64', '0.29.0']) expectLegalAnswerOf(version, body)
}

function expectLegalAnswerOf(version: string, body: string): void {
  const fileExists = (name: string) => name === 'a.png'
  const server = { findClass, fileExists, newId: () => 'id', now: () => 0, rules: rulesOf(version) }
  const answer = validatePrompt(body, { ...server, counter: 7n })
  expect([7n, 8n]).toContain(answer.counter)
  expectLegal(answer)
  expect(answer.item !== undefined).toBe(answer.status === 200)
  if (answer.item) expect(answer.item.outputs.length).toBeGreaterThan(0)
}

it('gives a legal answer to any mutation of a valid prompt', () => {
  fc.assert(fc.property(mutatedBody, expectLegalAnswer), { numRuns: 500 })
})

it('gives a legal answer to any text', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json(), fc.constantFrom(...validBodies).map((text) => text.slice(0, -3))), expectLegalAnswer)) // biome-ignore format: one line
})

it('refuses a chain of nodes that is deeper than Python’s stack', () => {
  const nodes = Array.from({ length: 3000 }, (_, index) => [
    `n${index}`,
    { class_type: 'ImageInvert', inputs: { image: [`n${index + 1}`, 0] } },
  ])
  const prompt = { ...Object.fromEntries(nodes), out: { class_type: 'PreviewImage', inputs: { images: ['n0', 0] } } }
  const answer = validatePrompt(JSON.stringify({ prompt }), {
    findClass,
    fileExists: () => true,
    counter: 0n,
    newId: () => 'id',
    now: () => 0,
    rules: rulesOf(''),
  })
  expect([answer.status, answer.body.includes('RecursionError')]).toEqual([400, true])
})
