import type { Outbox } from '../../simulators/comfyui/execute/prompt-run.ts'
import { type FileContent, sha256 } from '../../simulators/comfyui/files/file-content.ts'
import { createFileStore, type FileStore, type StoredFile } from '../../simulators/comfyui/files/file-store.ts'
import type { ComfyuiReport, ComfyuiSimulator } from '../../simulators/comfyui/simulator.ts'
import { bytesOf, fromBytes } from '../../simulators/media/byte-source.ts'
import { mp4 } from '../../simulators/media/mp4.ts'
import { png } from '../../simulators/media/png.ts'
import { latent } from '../../simulators/media/safetensors.ts'
import type { MakeComfyui } from '../../simulators/simulated-services.ts'
import { noise } from './answers.ts'
import { FaultyOutbox, type OutboxFaults } from './faulty-outbox.ts'
import { type MortalClock, mortalClock } from './mortal-clock.ts'
import type { FileName } from './prompt-book.ts'
import type { Damage, FaultyComfyui } from './world.ts'

interface Incarnation {
  readonly server: ComfyuiSimulator
  readonly clock: MortalClock
}

/** Makes the first server; each restart makes another one. */
export function faultyComfyui(make: MakeComfyui, faults: Omit<OutboxFaults, 'server'>): FaultyComfyui {
  const reports: Array<() => ComfyuiReport> = []
  const start = (files?: FileStore): Incarnation => {
    let own: MortalClock | null = null
    const server = make({
      clock(clock) {
        own = mortalClock(clock)
        return own
      },
      outbox: (hub: Outbox) => new FaultyOutbox(hub, { ...faults, server: own! }),
      ...(files ? { files } : {}),
    })
    reports.push(() => server.report())
    return { server, clock: own! }
  }
  let now = start()
  return {
    simulator: {
      name: 'comfyui',
      http: (request) => now.server.http(request),
      upgrade: (request) => now.server.upgrade?.(request) ?? null,
      get files() {
        return now.server.files
      },
      report: () => merged(reports.map((report) => report())),
    },
    restart(which) {
      now.clock.stop()
      now = start(survivors(now.server.files, which === 'with' ? ['input', 'output'] : []))
    },
    async ask(path, body) {
      const url = `http://127.0.0.1${path}`
      await now.server.http(new Request(url, { method: 'POST', body: JSON.stringify(body) }))
    },
    damage(file, how, seed) {
      const stored = found(now.server.files, file)
      if (stored) now.server.files.write({ ...stored, ...damaged(stored, how, seed) })
    },
    occupy({ filename, subfolder, type }) {
      const content = { kind: 'other' } as const
      const bytes = fromBytes(noise(filename, 16))
      now.server.files.write({ type: type as StoredFile['type'], subfolder, filename, bytes, content })
    },
  }
}

/**
 * What a server finds on its disk when it starts: it deletes what was temporary. A file that is put back after it was lost is what it
 * was before.
 */
function survivors(before: FileStore, kept: ReadonlyArray<'input' | 'output'>): FileStore {
  let modified = 0
  const files = createFileStore({ clock: { now: () => modified, sleep: async () => {} } })
  for (const file of kept.flatMap((type) => before.list(type))) {
    modified = file.modified
    files.write(file)
  }
  for (const [digest, content] of before.described) files.described.set(digest, content)
  // What a latent decodes to cannot be read from its bytes here.
  for (const { bytes, content } of kept.length === 0 ? before.list('output') : [])
    if (content.kind === 'latent') files.described.set(sha256(bytes), content)
  return files
}

function found(files: FileStore, { filename, subfolder, type }: FileName): StoredFile | null {
  const file = files.at(
    [files.directory(type as StoredFile['type']), subfolder, filename].filter((part) => part !== '').join('/'),
  )
  return file === 'directory' ? null : file
}

function damaged({ bytes, content }: StoredFile, how: Damage, seed: string): Pick<StoredFile, 'bytes' | 'content'> {
  if (how === 'foreign') return foreign(content)
  const whole = bytesOf(bytes)
  const kept = Uint8Array.from(whole.subarray(0, { damaged: whole.length, cut: whole.length >> 1, empty: 0 }[how]))
  // From the very first byte, so that no reader takes it for what it was.
  if (how === 'damaged') kept.set(noise(seed, Math.min(kept.length, 4096)))
  return { bytes: fromBytes(kept), content: { kind: 'other' } }
}

/** A file of the same kind that was made from something else: twice as wide. */
function foreign(content: FileContent): Pick<StoredFile, 'bytes' | 'content'> {
  if (content.kind === 'latent') {
    const shape = [...content.shape.slice(0, -1), (content.shape.at(-1) ?? 1) * 2]
    return { bytes: latent({ shape, seed: 'foreign' }), content: { kind: 'latent', shape } }
  }
  if (content.kind === 'other') return { bytes: fromBytes(noise('foreign', 64)), content }
  const images = { ...content.images, width: content.images.width * 2 }
  const bytes = content.kind === 'video' ? mp4({ images, fps: content.fps }) : png({ ...images, colour: 0 })
  return { bytes, content: { ...content, images } }
}

function merged(reports: readonly ComfyuiReport[]): ComfyuiReport {
  const last = reports.at(-1)!
  return {
    ...last,
    synthetic: [...new Set(reports.flatMap(({ synthetic }) => synthetic))].toSorted(),
    ran: new Set(reports.flatMap(({ ran }) => [...ran])),
  }
}
