import { expect, it } from 'vitest'
import { behaviourList } from '../../src/config/parse-behaviours.ts'

it('takes a list of behaviours as it is', () => {
  const list = [
    { classType: 'A', run: () => ({}) },
    { classType: 'B', kwargs: undefined },
  ]
  expect(behaviourList(list, '')).toEqual({ value: list })
})

it.each([
  ['mine', 'must be a list of behaviours'],
  [[{ run: () => ({}) }], 'must be a list of behaviours, each with a classType'],
  [[null], 'must be a list of behaviours, each with a classType'],
  [[{ classType: 'A' }, { classType: 'A' }], 'must have one behaviour of A'],
  [[{ classType: 'A', isChange: () => 1 }], 'must hold what behaviours have: A has isChange, did you mean isChanged?'],
  [[{ classType: 'A', outputs: [] }], 'must hold what behaviours have: A has outputs'],
  [[{ classType: 'A', run: 'fast' }], 'must hold a function as run of A'],
  [[{ classType: 'A', inputTypes: 1 }], 'must hold an object as inputTypes of A'],
])('refuses %j', (raw, wrong) => {
  expect(behaviourList(raw, '')).toEqual({ wrong })
})
