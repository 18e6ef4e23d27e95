import { expect, it } from 'vitest'
import { normalizeVideoName, videoNameFault } from '../../src/domain/prompt.ts'

it('drops a trailing .mp4 and composes accents', () => {
  expect([' lighthouse.MP4 ', 'cafe\u0301', 'a.b'].map(normalizeVideoName)).toEqual(['lighthouse', 'caf\u00e9', 'a.b'])
})

it.each([
  ['my film_2-b.final', null],
  ['東京', null],
  ['', 'is empty'],
  ['a/b', 'contains a path separator'],
  ['a\\b', 'contains a path separator'],
  ['a..b', 'contains ".."'],
  ['a\tb', 'contains a control character'],
  ['a\u202Eb', 'contains a control character'],
  ['.hidden', 'starts with "."'],
  ['-rf', 'starts with "-"'],
  ['film.', 'ends with "."'],
  ['what?', 'contains "?", which file systems refuse'],
  ['50%', 'contains "%", which ComfyUI replaces in file names'],
  ['take#2', 'contains "#", which storage tools read as a pattern'],
  ['NUL', 'is a device name on Windows'],
  ['com1.take', 'is a device name on Windows'],
  ['é'.repeat(61), 'is 122 bytes long, the most is 120'],
])('of the name %j says: %s', (name, fault) => {
  expect(videoNameFault(name)).toBe(fault)
})
