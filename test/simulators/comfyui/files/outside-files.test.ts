import { expect, it } from 'vitest'
import { createFileStore } from '../../../../src/simulators/comfyui/files/file-store.ts'
import { virtualClock } from '../../../../src/simulators/virtual-clock.ts'

const store = createFileStore({ clock: virtualClock(0, 0) })

it.each([
  ['../../etc/passwd', true],
  ['../../../../../etc/hosts', true],
  ['/etc/passwd', true],
  ['../models', true],
  ['../custom_nodes', true],
  ['..', true],
  ['../../tmp', true],
  ['../../etc/no-such-file', false],
  ['../../nowhere/etc/passwd', false],
])('has %s: %s', (name, isThere) => {
  expect(store.exists(name)).toBe(isThere)
})

it('lists none of it', () => {
  expect(['input', 'output', 'temp'].flatMap((type) => store.list(type as 'input'))).toEqual([])
})
