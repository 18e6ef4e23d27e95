import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createStorageClient } from '../../src/clients/gcs/gcs.ts'
import { createCapture } from '../../src/network/capture/capture.ts'
import { installNetwork } from '../../src/network/install.ts'
import { keepMemoryLow } from '../../src/network/keep-memory-low.ts'
import { hostTable } from '../../src/network/safety/host-table.ts'
import { simulatedServices } from '../../src/simulators/simulated-services.ts'
import { virtualClock } from '../../src/simulators/virtual-clock.ts'

/** Prints the seconds that the real storage client takes to upload a file of so many MiB over the simulated network. */
// As a long dry run does.
using _memory = keepMemoryLow()

const bytes = Number(process.argv[2]) * 2 ** 20
const folder = mkdtempSync(join(tmpdir(), 'pr-upload-'))
try {
  const path = join(folder, 'film.mp4')
  const file = openSync(path, 'w')
  ftruncateSync(file, bytes)
  closeSync(file)
  const clock = virtualClock(Date.now(), 0)
  let ids = 0
  const world = await simulatedServices('wan22-two-chunks', { clock, newId: () => String(++ids) })
  const capture = createCapture({ folder, clock })
  await using _network = await installNetwork({
    services: world.all,
    hosts: hostTable(new URL('http://127.0.0.1:8188')),
    capture,
  })
  const storage = createStorageClient({ bucket: 'films', prefix: '', projectId: 'bench', credentialsFile: null })
  const started = performance.now()
  const stored = await storage.upload({ path, object: 'film.mp4', contentType: 'video/mp4' })
  if (stored.size !== bytes) throw new Error(`${stored.size} bytes arrived`)
  console.log((performance.now() - started) / 1000)
  capture.close()
} finally {
  rmSync(folder, { recursive: true })
}
