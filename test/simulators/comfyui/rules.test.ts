import { expect, it } from 'vitest'
import { rulesOf, unknownVersion } from '../../../src/simulators/comfyui/rules.ts'

const inForce = (version: string) => Object.entries(rulesOf(version)).flatMap(([name, holds]) => (holds ? [name] : []))

it('has none of the later rules for 0.3.64, and for a server that does not tell its version', () => {
  expect([inForce('0.3.64'), inForce('')]).toEqual([[], []])
})

it('has a rule from the release on that brought it', () => {
  expect([inForce('0.6.9').includes('comboOptions'), inForce('0.7.0').includes('comboOptions')]).toEqual([false, true])
  expect(inForce('v0.11.1-dev')).toEqual([
    'createTime',
    'globalSubgraphs',
    'matchTypes',
    'jobs',
    'comboOptions',
    'throttledProgress',
    'missingNodeType',
  ])
})

it('has every rule for 0.29.0 and for what comes after it', () => {
  const every = Object.keys(rulesOf(''))
  expect([inForce('0.29.0'), inForce('1.0')]).toEqual([every, every])
})

it.each([
  ['0.3.64', null],
  ['0.29.0', null],
  ['0.12.3', null],
  ['', null],
  ['nightly', null],
  [
    '0.31.0',
    'recorded from ComfyUI 0.31.0, answered by the rules of 0.29.0: the server is newer than any that it was compared with, and may refuse or do other things',
  ],
  [
    '0.3.40',
    'recorded from ComfyUI 0.3.40, answered by the rules of 0.3.64: the server is older than any that it was compared with, and may refuse or do other things',
  ],
])('says of %j: %j', (version, sentence) => {
  expect(unknownVersion(version)).toBe(sentence)
})
