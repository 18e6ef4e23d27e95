import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createStorageClient } from '../../src/clients/gcs/gcs.ts'
import { realPace } from '../../src/clients/real-pace.ts'

/**
 * Prints what becomes of an upload of so many MiB to a server on loopback that fails at every second chunk: of its requests how many
 * there were, and the peak of this process's memory, in MB. The server is another process, for its memory is not the question.
 */
const [megabytes = '2048', origin = ''] = process.argv.slice(2)
const bytes = Number(megabytes) * 2 ** 20
const folder = mkdtempSync(join(tmpdir(), 'pr-upload-'))
try {
  const path = join(folder, 'film.mp4')
  const file = openSync(path, 'w')
  ftruncateSync(file, bytes)
  closeSync(file)
  const storage = createStorageClient({
    bucket: 'films',
    prefix: '',
    projectId: 'bench',
    credentialsFile: null,
    apiEndpoint: origin,
    pace: { ...realPace, pause: (_, signal) => realPace.pause(0, signal) },
  })
  const stored = await storage.upload({
    path,
    object: 'film.mp4',
    contentType: 'video/mp4',
    sessionFile: join(folder, 'session'),
  })
  if (stored.size !== bytes) throw new Error(`${stored.size} bytes arrived`)
} finally {
  rmSync(folder, { recursive: true })
}
