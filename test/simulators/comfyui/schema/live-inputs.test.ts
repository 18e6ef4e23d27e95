import { expect, it } from 'vitest'
import { parseJson } from '../../../../src/simulators/comfyui/python/parse.ts'
import type { PyDict } from '../../../../src/simulators/comfyui/python/py.ts'
import { hasDynamicInputs, liveInputs, parameterOf } from '../../../../src/simulators/comfyui/schema/live-inputs.ts'

const INT = ['INT', {}]

function live(input: object, given: object) {
  const { inputs, empty } = liveInputs(parseJson(JSON.stringify(input)) as PyDict, new Map(Object.entries(given)))
  return { inputs: Array.from(inputs, ([name, { required }]) => (required ? name : `${name}?`)), empty: [...empty] }
}

const grow = (template: object, kind: 'required' | 'optional' = 'required') => ({
  required: { n: INT, parts: ['COMFY_AUTOGROW_V3', { template: { input: { [kind]: { part: INT } }, ...template } }] },
})

it('grows as many inputs as a template allows, and requires the first ones', () => {
  const template = grow({ prefix: 'part', min: 1, max: 3 })
  expect(live(template, { 'parts.part0': 1 })).toEqual({
    inputs: ['n', 'parts.part0', 'parts.part1?', 'parts.part2?'],
    empty: [],
  })
  expect(live(grow({ names: ['a', 'b'], min: 2 }), {}).inputs).toEqual(['n', 'parts.a', 'parts.b'])
})

it('requires nothing of a template that is optional, and gives an empty dict for nothing', () => {
  expect(live(grow({ prefix: 'part', min: 1, max: 1 }, 'optional'), {})).toEqual({
    inputs: ['n', 'parts.part0?'],
    empty: ['parts'],
  })
})

const choose = {
  required: {
    how: [
      'COMFY_DYNAMICCOMBO_V3',
      {
        options: [
          { key: 'by size', inputs: { required: { width: INT }, optional: { crop: INT } } },
          { key: 'by rule', inputs: { required: { rule: grow({ prefix: 'r', min: 1, max: 1 }).required.parts } } },
          { key: 'as it is', inputs: {} },
        ],
      },
    ],
  },
}

it.each([
  ['by size', ['how.width', 'how.crop?', 'how']],
  ['by rule', ['how.rule.r0', 'how']],
  ['as it is', ['how']],
  ['never heard of', []],
])('has the inputs of the option %j', (how, inputs) => {
  expect(live(choose, { how }).inputs).toEqual(inputs)
})

it('has no input at all where a dynamic combo is left out', () => {
  expect(live(choose, {}).inputs).toEqual([])
})

it('has the inputs of a slot that something is put into', () => {
  const slot = {
    optional: { clip: ['COMFY_DYNAMICSLOT_V3', { slotType: 'CLIP', inputs: { required: { skip: INT } } }] },
  }
  expect([live(slot, {}).inputs, live(slot, { clip: ['1', 0] }).inputs]).toEqual([[], ['clip.skip', 'clip?']])
})

it('knows classes with dynamic inputs, and the parameter that a dotted input belongs to', () => {
  const dicts = [choose, { required: { n: INT } }].map((input) => parseJson(JSON.stringify(input)) as PyDict)
  expect(dicts.map(hasDynamicInputs)).toEqual([true, false])
  expect(['how.rule.r0', 'how'].map(parameterOf)).toEqual(['how', 'how'])
})
