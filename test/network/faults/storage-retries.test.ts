import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { createStorageClient } from '../../../src/clients/gcs/gcs.ts'
import { readFaultFile } from '../../../src/config/fault-file.ts'
import { rehearsalPace } from '../../../src/run/rehearsal-pace.ts'
import { virtualClock } from '../../../src/simulators/virtual-clock.ts'
import { temporaryFolder } from '../../support/rehearse.ts'
import { faultyNetwork } from './faulty-network.ts'

const failures = await readFaultFile('fixtures/faults/failures.yaml')
// More than the chunk of 8 MiB in which a film is sent.
const size = 9 * 2 ** 20
const film = join(temporaryFolder(), 'film.mp4')
writeFileSync(film, Buffer.alloc(size, 'frame'))

/** What an upload of two chunks ends with; all others are done. */
const ends: Readonly<Record<string, string>> = {
  'retry-5-400': 'PR_UPLOAD',
  'retry-5-401': 'PR_CREDENTIALS',
  'retry-6-503-400': 'PR_UPLOAD',
  'retry-6-reset-401': 'PR_CREDENTIALS',
}

it.for(Object.entries(failures).filter(([name]) => name.startsWith('retry-')))(
  'an upload of two chunks ends as it is known to end with %s',
  async ([name, faults]) => {
    // By chance the library would wait up to a second longer.
    const chance = vi.spyOn(Math, 'random').mockReturnValue(0)
    try {
      await using network = await faultyNetwork('serve', ...faults)
      const client = createStorageClient({
        bucket: 'films',
        prefix: '',
        projectId: 'p',
        credentialsFile: null,
        apiEndpoint: network.storage,
        pace: rehearsalPace(virtualClock(0, 0), 0),
      })
      const stored = await client.upload({ path: film, object: 'film', contentType: 'video/mp4' }).then(
        (object) => (object.size === size ? 'done' : `${object.size} bytes`),
        ({ code }) => String(code),
      )
      const isWhole = network.report().every(([, times]) => times > 0)
      expect(`${stored}${isWhole ? '' : ', but not all of it happened'}`).toBe(ends[name] ?? 'done')
    } finally {
      chance.mockRestore()
    }
  },
)
