import { expect, it } from 'vitest'
import { makeFolder } from '../../src/files/folders.ts'

it('gives up where the system denies a folder as if the one above were missing', () => {
  expect(() => makeFolder('/proc/films/otters')).toThrow(/^(ENOENT|EACCES): .+, mkdir '\/proc\/films'$/)
})
