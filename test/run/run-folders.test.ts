import { mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, it } from 'vitest'
import { runFoldersIn } from '../../src/run/run-folders.ts'
import { temporaryFolder } from '../support/rehearse.ts'

it('lists run folders in the order in which they were made, the tenth of a second behind the second', () => {
  const parent = temporaryFolder({})
  const made = ['20261130_235959', '20261201_000000', '20261201_000000_2', '20261201_000000_9', '20261201_000000_10']
  for (const stamp of made.toReversed()) mkdirSync(join(parent, `temp_dry_run_${stamp}`))
  expect(runFoldersIn(parent).map((path) => basename(path))).toEqual(made.map((stamp) => `temp_dry_run_${stamp}`))
})
