import { randomUUID } from 'node:crypto'
import { simulatedServices } from '../../src/simulators/simulated-services.ts'
import { virtualClock } from '../../src/simulators/virtual-clock.ts'
import { type Loopback, serveLoopback } from '../support/loopback.ts'

/** Google's services, which survive everything. */
export interface Cloud extends AsyncDisposable {
  readonly env: Loopback['env']
  /** The objects of the bucket `films` below a prefix: their names without it, and their checksums. */
  objects(prefix: string): Promise<ReadonlyArray<{ readonly name: string; readonly crc32c: string }>>
}

/** Serves them to processes; `folder` keeps what those need. */
export async function openCloud(folder: string): Promise<Cloud> {
  const clock = virtualClock(Date.now(), 0)
  const { all } = await simulatedServices('wan22-two-chunks', { clock, newId: randomUUID, keepBytes: true })
  const services = all.filter(({ name }) => name !== 'comfyui')
  const gcs = services.find(({ name }) => name === 'gcs')!
  const loopback = await serveLoopback(services, folder)
  return {
    env: loopback.env,
    async objects(prefix) {
      const url = `https://storage.googleapis.com/storage/v1/b/films/o?prefix=${prefix}/`
      const answer = await gcs.http(new Request(url, { headers: { authorization: 'Bearer test' } }))
      const { items = [] } = (await answer.json()) as { items?: Array<{ name: string; crc32c: string }> }
      return items.map(({ name, crc32c }) => ({ name: name.slice(prefix.length + 1), crc32c }))
    },
    [Symbol.asyncDispose]: () => loopback[Symbol.asyncDispose](),
  }
}
