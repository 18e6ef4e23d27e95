import { onTestFinished } from 'vitest'
import type { StorageClient } from '../../src/clients/clients.ts'
import { createStorageClient } from '../../src/clients/gcs/gcs.ts'
import { realPace } from '../../src/clients/real-pace.ts'
import type { Simulator } from '../../src/simulators/simulator.ts'
import { testGcs } from '../simulators/gcs/test-gcs.ts'
import { listening } from '../simulators/listening.ts'

export interface Loopback {
  readonly client: StorageClient
  /** The resources of all objects that are there. */
  stored(): Promise<readonly Readonly<Record<string, unknown>>[]>
  /** What was asked, in few words. */
  readonly asked: string[]
}

/** Pauses take no time, limits all that they need. */
export const quickPace = { ...realPace, pause: (_: number, signal?: AbortSignal) => realPace.pause(0, signal) }

/** The real client against a simulator on a loopback port; `wrap` changes what it answers. */
export async function storage(wrap = (http: Simulator): Simulator => http, buckets?: string[]): Promise<Loopback> {
  const simulator = testGcs({ keepBytes: true, ...(buckets === undefined ? {} : { buckets }) })
  const asked: string[] = []
  const answer = wrap(simulator.http)
  const server = await listening((request) => {
    asked.push(inWords(request))
    return answer(request)
  })
  onTestFinished(() => server.close())
  const address = { projectId: 'p', credentialsFile: null, apiEndpoint: server.origin, pace: quickPace }
  const stored = async () => {
    const listing = await simulator.http(new Request(`${server.origin}/storage/v1/b/bkt/o`))
    return ((await listing.json()) as { items?: Record<string, unknown>[] }).items ?? []
  }
  return { client: createStorageClient({ bucket: 'bkt', prefix: '', ...address }), stored, asked }
}

function inWords(request: Request): string {
  const { pathname, search, searchParams } = new URL(request.url)
  if (request.method === 'POST') return `POST ${searchParams.get('uploadType')}`
  if (request.method === 'PUT') return `PUT ${request.headers.get('content-range')}`
  return `${request.method} ${pathname.replace('/storage/v1/b/bkt/o/', '')}${search}`
}
