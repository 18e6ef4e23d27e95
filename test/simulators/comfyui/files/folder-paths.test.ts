import { expect, it } from 'vitest'
import { parseAnnotatedName } from '../../../../src/simulators/comfyui/files/folder-paths.ts'
import { fc } from '../../../support/seeded.ts'

it.each([
  ['clip.mp4', 'clip.mp4', null],
  ['clip.mp4 [output]', 'clip.mp4', 'output'],
  ['a/b.png [input]', 'a/b.png', 'input'],
  ['t.png [temp]', 't.png', 'temp'],
  ['x.latent[output]', 'x.laten', 'output'],
  ['x.pngX[temp]', 'x.png', 'temp'],
  ['[output]', '', 'output'],
  ['a.png [output] [input]', 'a.png [output]', 'input'],
  ['a.png [OUTPUT]', 'a.png [OUTPUT]', null],
  ['a.png [output] ', 'a.png [output] ', null],
  ['', '', null],
  ['🐦[input]', '', 'input'],
] as const)('%j is read as %j in %j', (text, name, type) => {
  expect(parseAnnotatedName(text)).toEqual({ name, type })
})

it('undoes a tag that was added with a blank', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.constantFrom('output', 'input', 'temp'), (name, type) => {
      expect(parseAnnotatedName(`${name} [${type}]`)).toEqual({ name, type })
    }),
  )
})
