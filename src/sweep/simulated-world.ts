import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createMediaClient } from '../clients/ffmpeg.ts'
import { finalDirOf, runObjects, stateDirOf } from '../config/layout.ts'
import type { Settings } from '../config/settings-types.ts'
import { uuidV5 } from '../domain/ids.ts'
import type { Pace } from '../domain/pace.ts'
import { fileCrc32c } from '../files/file-crc32c.ts'
import { openFaults } from '../network/faults/faults.ts'
import type { Fault } from '../network/faults/grammar/fault.ts'
import { printAnchor } from '../network/faults/grammar/print-fault.ts'
import { hostTable } from '../network/safety/host-table.ts'
import { describeVideos } from '../planning/control-videos.ts'
import { simulatedFleet } from '../run/many/simulated-fleet.ts'
import type { Planned } from '../run/plan-all.ts'
import { rehearsalPace } from '../run/rehearsal-pace.ts'
import { type Bookkeeper, openBooks } from '../simulators/bookkeeper.ts'
import { ffmpegSimulator } from '../simulators/ffmpeg-simulator.ts'
import { fileSource } from '../simulators/media/byte-source.ts'
import { readMp4 } from '../simulators/media/read-mp4.ts'
import { atBasePath, simulatedServices } from '../simulators/simulated-services.ts'
import type { SimulatedService } from '../simulators/simulator.ts'
import { virtualClock } from '../simulators/virtual-clock.ts'
import { type HeldClock, heldClock } from './held-clock.ts'
import { type Life, type LifeOptions, liveIn } from './life.ts'
import { type Listed, lookAtShared } from './shared-run.ts'

/** A simulated world that outlives the program: what one life of it left is there for the next. */
export interface SimulatedWorld extends Disposable {
  readonly books: Bookkeeper
  /** All that has happened so far, once each, as anchors of faults are written. */
  readonly seen: ReadonlySet<string>
  readonly now: () => number
  /** Runs the program once, from what lies in the folder. */
  live(): Promise<Life>
  /** What there is of films: in the bucket, in the local folder, and prompts that are left in the queue. */
  look(): Promise<readonly string[]>
  /** How often the fault has happened. */
  readonly times: () => number
}

/** Opens a world around `folder` in which one thing goes wrong, or (null) nothing. */
export async function openWorld(
  settings: Settings,
  planned: Planned,
  { folder, fault }: { readonly folder: string; readonly fault: Fault | null },
): Promise<SimulatedWorld> {
  const time = virtualClock(settings.dryRun.startTime ?? Date.now(), 0)
  const clock = heldClock(time)
  const seen = new Set<string>()
  let life: LifeOptions | null = null
  const faults = openFaults(fault === null ? [] : [fault], {
    clock,
    isVirtual: true,
    kill(signal) {
      // A program that is started again at once finds what it left as it was: its prompt still runs.
      if (signal === 'SIGKILL') clock.hold()
      life?.end.by(signal)
    },
    onSeen: (anchors) => {
      for (const anchor of anchors) seen.add(printAnchor(anchor))
    },
  })
  const books = openBooks(clock)
  let made = 0
  const newId = () => {
    made += 1
    return uuidV5(`simulated ${made}`, WORLD)
  }
  const { behaviours, dryRun, comfyui, servers, run, storage } = settings
  const fleet = servers.length > 0 ? simulatedFleet(servers, { clock, speed: 0, faults, books }) : null
  const world = await simulatedServices(dryRun.recording, {
    clock,
    newId,
    behaviours,
    comfyui: fleet?.comfyui ?? ((make) => faults.comfyui(books.comfyui(make))),
  })
  const { signal } = new AbortController()
  for (const files of fleet?.disks() ?? [world.comfyui.files])
    await describeVideos(planned.plans, files, createMediaClient(settings.programs), signal)
  const gcs = world.all.find(({ name }) => name === 'gcs')!
  const services = world.all.map((service) =>
    fleet && service === world.comfyui
      ? goingOn(fleet.service, clock)
      : atBasePath(
          goingOn(books.wrap(service, faults.wrap), clock),
          service.name === 'comfyui' ? comfyui.url.pathname : '',
        ),
  )
  const pace = lettingGo(rehearsalPace(clock, 0), clock)
  const outputDir = join(folder, 'output')
  const media = ffmpegSimulator()
  return {
    books,
    seen,
    now: clock.now,
    live() {
      const resume = lastRun(stateDirOf(outputDir))
      // How long it takes says nothing about a budget: times are those of the recording, and of the fault.
      life = {
        settings: { ...settings, run: { ...run, outputDir, resume, budget: null, deadline: null } },
        planned,
        folder,
        services,
        faults,
        hosts: hostTable(
          comfyui.url,
          servers.map(({ url }) => url),
        ),
        ...(fleet && {
          lineAt: fleet.lineAt,
          paceOf: (address: string) => lettingGo(fleet.paceOf(address), clock),
        }),
        now: clock.now,
        pace,
        runProgram: faults.programs(media.run),
        events: (emit, jobsBefore) => faults.events(books.events(fleet?.events(emit) ?? emit), jobsBefore),
        end: { by: () => {} },
      }
      return liveIn(life)
    },
    async look() {
      const bucket = storage.bucket ?? ''
      const headers = { authorization: 'Bearer sweep' }
      const url = `https://storage.googleapis.com/storage/v1/b/${encodeURIComponent(bucket)}/o`
      const answer = JSON.parse(await (await gcs.http(new Request(url, { headers }))).text())
      const all: readonly Listed[] = answer.items ?? []
      // A claim takes a name and is no film's.
      const runName = lastRun(stateDirOf(outputDir))
      const own = { prefix: storage.prefix, runName: runName ?? '', outputDir }
      const shared = runName === null ? [] : lookAtShared(all, own)
      const isShared = (name: string) =>
        shared.length > 0 && name.startsWith(`${runObjects(storage.prefix, own.runName).folder}/`)
      const objects = all.filter(({ name }) => !/(?:^|\/)claim_\d+\.json$/.test(name) && !isShared(name))
      const films = await filmsIn(finalDirOf(outputDir))
      const { remaining } = world.comfyui.report()
      return [
        ...objects.map(({ name, crc32c }) => {
          const isFilm = name.endsWith('.mp4')
          return `bucket ${withoutRun(name)}${isFilm && !films.some((film) => film.crc32c === crc32c) ? ', which is not here' : ''}`
        }),
        ...shared,
        ...films.map(({ name, shows }) => `final ${name} ${shows}`),
        ...(remaining > 0 ? [`queue ${remaining}`] : []),
      ].toSorted()
    },
    times: () => faults.report()[0]?.times ?? 0,
    [Symbol.dispose]: () => time[Symbol.dispose](),
  }
}

/** Time goes on when the program waits. */
function lettingGo(pace: Pace, clock: HeldClock): Pace {
  return {
    limit: pace.limit,
    pause(ms, signal) {
      clock.letGo()
      return pace.pause(ms, signal)
    },
    patience(ms, signal) {
      clock.letGo()
      return pace.patience(ms, signal)
    },
  }
}

/** Time goes on when the program has seen what waits and runs. */
function goingOn(service: SimulatedService, clock: HeldClock): SimulatedService {
  return {
    ...service,
    async http(request) {
      const answer = await service.http(request)
      if (service.name === 'comfyui' && new URL(request.url).pathname.endsWith('/queue')) clock.letGo()
      return answer
    },
  }
}

/** Ids in it are the same each time. */
const WORLD = uuidV5('sweep', '6ba7b811-9dad-11d1-80b4-00c04fd430c8')

/** As who sits before the terminal knows it; null when nothing was begun. */
function lastRun(stateDir: string): string | null {
  if (!existsSync(stateDir)) return null
  const journal = readdirSync(stateDir).find((name) => name.endsWith('.jsonl'))
  return journal?.slice(0, -'.jsonl'.length) ?? null
}

/** An object's name without the name of its run, which is another one when nothing was noted of the first. */
function withoutRun(name: string): string {
  return name.split('/').toSpliced(-2, 1).join('/')
}

/** Films with their bytes and what they show: how often a job was tried stands in its film. */
async function filmsIn(finalDir: string): Promise<Array<Record<'name' | 'crc32c' | 'shows', string>>> {
  const names = existsSync(finalDir) ? readdirSync(finalDir).filter((name) => !name.endsWith('.part')) : []
  return Promise.all(
    names.map(async (name) => {
      const path = join(finalDir, name)
      const shows = createHash('sha256')
        .update(JSON.stringify(readMp4(fileSource(path))))
        .digest('hex')
      return { name, crc32c: await fileCrc32c(path), shows }
    }),
  )
}
