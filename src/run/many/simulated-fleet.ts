import type { ServerSettings } from '../../config/settings-types.ts'
import type { Pace } from '../../domain/pace.ts'
import type { EmitRunEvent } from '../../domain/run-event.ts'
import type { Faults } from '../../network/faults/faults.ts'
import { isAt } from '../../network/safety/host-table.ts'
import type { Line } from '../../network/wire/on-wire.ts'
import type { Bookkeeper } from '../../simulators/bookkeeper.ts'
import { type FileContent, sha256 } from '../../simulators/comfyui/files/file-content.ts'
import type { FileStore } from '../../simulators/comfyui/files/file-store.ts'
import type { ComfyuiReport, ComfyuiSimulator } from '../../simulators/comfyui/simulator.ts'
import { atBasePath, type MakeComfyui } from '../../simulators/simulated-services.ts'
import type { Clock, SimulatedService } from '../../simulators/simulator.ts'
import type { Lane } from '../../simulators/virtual-clock.ts'
import { rehearsalPace } from '../rehearsal-pace.ts'

/** Several simulated ComfyUI servers, each with files, a queue and a speed of its own. */
export interface SimulatedFleet {
  /** Makes all of them; to whoever talks to it it is one service, which answers at the address of each. */
  comfyui(make: MakeComfyui): ComfyuiSimulator
  /** The same with the faults of each. */
  readonly service: SimulatedService
  /** Connections to the server at `host:port`. */
  lineAt(authority: string): Line | undefined
  disks(): FileStore[]
  /** The server at an address; null: it is none of these. */
  serverAt(href: string | null): ComfyuiSimulator | null
  /** Around what the run tells of itself: no time goes by while one that has a film has nothing to do. A run before it is over. */
  events(emit: EmitRunEvent): EmitRunEvent
  /** How who works with a server waits, on the time that goes by there. */
  paceOf(href: string): Pace
}

interface Member {
  readonly settings: ServerSettings
  readonly lane: Lane
  readonly faults: ReturnType<Faults['server']>
  server: ComfyuiSimulator | null
  service: SimulatedService | null
}

/** A fleet of these servers; `speed` is the share of real time that a sleep takes. */
export function simulatedFleet(
  servers: readonly ServerSettings[],
  { clock, speed, faults, books }: { clock: { lane(): Lane }; speed: number; faults: Faults; books: Bookkeeper },
): SimulatedFleet {
  const all = servers.map(
    (settings): Member => ({
      settings,
      lane: clock.lane(),
      faults: faults.server(settings.url.href),
      server: null,
      service: null,
    }),
  )
  // Behind one proxy servers differ by their path; the longest that fits is meant.
  const byPath = all.toSorted((a, b) => basePath(b.settings).length - basePath(a.settings).length)
  const asked = ({ url }: Request) => {
    const { pathname } = new URL(url)
    const there = byPath.filter(({ settings }) => isAt(settings.url, url.split('/')[2] ?? ''))
    return there.find(({ settings }) => pathname.startsWith(basePath(settings))) ?? there[0] ?? all[0]!
  }
  /** What latents show, by their bytes: whoever puts one on another server brings nothing else with it. */
  const drawn = new Map<string, FileContent>()
  books.onSaved(({ bytes, content }) => {
    if (content.kind === 'latent') drawn.set(sha256(bytes), content)
  })
  const informed = (member: Member, { method, url }: Request) => {
    if (method !== 'POST' || !url.includes('/upload/')) return member
    for (const [digest, content] of drawn) member.server!.files.described.set(digest, content)
    return member
  }
  const named = (href: string | null) => all.find(({ settings }) => settings.url.href === href)
  return {
    comfyui(make) {
      for (const member of all) {
        const { settings, lane } = member
        const atSpeed: MakeComfyui = (parts) =>
          make({ ...parts, clock: (_clock) => around(slowed(lane, settings.speed), parts?.clock) })
        member.server = member.faults.comfyui(books.comfyui(atSpeed))
        member.service = atBasePath(member.faults.wrap(member.server), settings.url.pathname)
      }
      return {
        name: 'comfyui',
        http: (request) => asked(request).server!.http(request),
        upgrade: (request) => asked(request).server!.upgrade?.(request) ?? null,
        get files() {
          return all[0]!.server!.files
        },
        report: () => merged(all.map(({ server }) => server!.report())),
      }
    },
    service: {
      name: 'comfyui',
      http: (request) => informed(asked(request), request).service!.http(request),
      upgrade: (request) => asked(request).service!.upgrade?.(request) ?? null,
    },
    lineAt: (authority) => all.find(({ settings }) => isAt(settings.url, authority))?.faults.line,
    disks: () => all.map(({ server }) => server!.files),
    serverAt: (href) => named(href)?.server ?? null,
    events(emit) {
      const placed = new Map<string, Lane>()
      for (const { lane } of all) lane.leave()
      return (event) => {
        emit(event)
        if (event.kind === 'video-placed') {
          const { lane } = named(event.server)!
          placed.set(event.video, lane)
          lane.enter()
        }
        if (!ends.includes(event.kind) || !('video' in event) || event.video === null) return
        placed.get(event.video)?.leave()
        placed.delete(event.video)
      }
    },
    paceOf: (href) => rehearsalPace(named(href)!.lane, speed),
  }
}

/** After these the server has no film any more. */
const ends: readonly string[] = ['video-finished', 'video-failed', 'video-returned']

/** `/` or `/comfy/` */
function basePath({ url }: Pick<ServerSettings, 'url'>): string {
  return url.pathname.replace(/\/*$/, '/')
}

function slowed({ now, sleep }: Clock, speed: number): Clock {
  return { now, sleep: (ms, signal) => sleep(ms / speed, signal) }
}

function around(clock: Clock, change: ((clock: Clock) => Clock) | undefined): Clock {
  return change ? change(clock) : clock
}

function merged(reports: readonly ComfyuiReport[]): ComfyuiReport {
  const both = (names: (report: ComfyuiReport) => readonly string[]) => [...new Set(reports.flatMap(names))].toSorted()
  return {
    ...reports[0]!,
    synthetic: both(({ synthetic }) => synthetic),
    madeUp: both(({ madeUp }) => madeUp),
    ran: new Set(reports.flatMap(({ ran }) => [...ran])),
    remaining: reports.reduce((sum, { remaining }) => sum + remaining, 0),
    wedged: reports.find(({ wedged }) => wedged !== null)?.wedged ?? null,
  }
}
