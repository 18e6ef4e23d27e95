import { expect, it } from 'vitest'
import { LogFile } from '../../src/cli/log-file.ts'

it('says once that the disk is full, and takes what is said of it', () => {
  const log = new LogFile()
  log.write('INFO', 'before')
  expect(() => log.attach('/dev/full', () => 0, String)).toThrow(/ENOSPC/)
  log.write('ERROR', 'the disk is full')
  log.close()
})
