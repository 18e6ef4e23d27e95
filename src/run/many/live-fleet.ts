import type { Clients, SystemStats } from '../../clients/clients.ts'
import { createComfyui } from '../../clients/create-clients.ts'
import { realPace } from '../../clients/real-pace.ts'
import { priceOfAll } from '../../config/servers.ts'
import type { ServerSettings, Settings } from '../../config/settings-types.ts'
import { allOf } from '../../domain/all-of.ts'
import type { FilmWork } from '../../domain/estimate/film-time.ts'
import { uuidV5 } from '../../domain/ids.ts'
import { rateText } from '../../domain/price.ts'
import { PromptRunnerError } from '../../errors.ts'
import type { RunContext } from '../../orchestrator/run-context.ts'
import type { ServersOfRun } from '../../orchestrator/servers-of-run.ts'
import type { SpendingOptions } from '../../orchestrator/spending.ts'
import type { RentedServer } from '../../report/summary.ts'
import { awaitStart } from '../await-start.ts'
import { refusalsOf } from '../check-needs.ts'
import type { ChosenRun } from '../choose-run.ts'
import { claimName } from '../claim-run.ts'
import type { Estimated } from '../estimate/estimate-films.ts'
import type { Outside } from '../outside.ts'
import type { Planned } from '../plan-all.ts'
import type { RunHost } from '../run-host.ts'
import { isOnServer } from '../taken-names.ts'
import { type FleetServer, rentedServers, serversOfFleet } from './fleet.ts'
import { estimateForFleet } from './fleet-estimate.ts'

/** Servers that answer, each with what it says of itself. */
export interface AnsweringFleet {
  /** With the first that answers as the server of everything that only one is asked. */
  readonly settings: Settings
  readonly servers: readonly ServerSettings[]
}

/** Leaves out who does not answer, after as much patience as there is at the start. Throws what the first says when none does. */
export async function answeringFleet(settings: Settings, host: RunHost, outside: Outside): Promise<AnsweringFleet> {
  const looks = await allOf(
    settings.servers.map(async (server) => {
      const { comfyui, pace } = await clientOf(server, uuidV5('fleet', settings.run.outputDir), outside)
      try {
        await awaitStart(settings.run.patienceAtStart, { comfyui, pace }, host)
        return { server, stats: await comfyui.systemStats(host.signal) }
      } catch (error) {
        if (!(error instanceof PromptRunnerError) || host.signal.aborted) throw error
        return { server, error }
      } finally {
        await comfyui.close()
      }
    }),
  )
  const servers = looks.flatMap((look) => ('stats' in look ? [look.server] : []))
  const [first] = looks
  if (servers.length === 0 && first && 'error' in first) throw first.error
  for (const look of looks)
    if ('error' in look) host.output.warn(`${look.server.url.href} takes no film: ${look.error?.message}`)
  const { price: _, speed: __, ...comfyui } = servers[0]!
  return { settings: { ...settings, comfyui }, servers }
}

async function clientOf(
  server: ServerSettings,
  clientId: string,
  { clients, paceOf }: Outside,
): Promise<Pick<Clients, 'comfyui' | 'pace'>> {
  const pace = paceOf?.(server.url.href) ?? clients.pace ?? realPace
  return { comfyui: await createComfyui(server, { ...clients, clientId, pace }), pace }
}

/** The servers of a run that is about to start. */
export interface LiveFleet {
  readonly servers: readonly FleetServer[]
  /** Whether one of them knows a run that is new here. */
  isTaken(run: ChosenRun): Promise<boolean>
  /** Claims the name of the run on each but the first, where that is done already. */
  claim(runName: string, storage: Clients['storage']): Promise<void>
  /** Says what each is and costs, and what it cannot take; gives the GPUs of all. Throws PR_INVALID_WORKFLOW for a film that none takes. */
  show(runName: string): Promise<{ readonly device: string; readonly version: string }>
  /** The settings of the run at the price of all of them. Throws PR_USAGE where a budget needs one. */
  readonly settings: Settings
  /** An estimate for one of them as one for all, which are taken for equal. */
  estimate(alone: Estimated, work: FilmWork): Estimated
  serversOf(context: Pick<RunContext, 'clients'>, spending: SpendingOptions): ServersOfRun
  readonly rented: readonly RentedServer[]
  close(): Promise<void>
}

/** Clients of these servers for a run. */
export async function openLiveFleet(
  { settings, servers: all }: AnsweringFleet,
  { planned, runId, host, outside }: { planned: Planned; runId: string; host: RunHost; outside: Outside },
): Promise<LiveFleet> {
  const { output, signal } = host
  const lacks = new Map<string, Map<string, string>>()
  const servers = await allOf(
    all.map(async (server): Promise<FleetServer> => {
      const own = new Map<string, string>()
      lacks.set(server.url.href, own)
      return { settings: server, ...(await clientOf(server, uuidV5('client', runId), outside)), lacks: own }
    }),
  )
  const shown = async ({ settings: { url, price }, comfyui }: FleetServer, stats: SystemStats, runName: string) => {
    const devices = stats.devices.map(({ name }) => name).join(', ')
    const costs = price === null ? '' : `, ${rateText(price)}/h`
    output.info(`Run ${runName} on ${url.href}: ComfyUI ${stats.comfyuiVersion}, ${devices}${costs}`)
    const refusalOf = await refusalsOf(settings, planned.templates, comfyui, signal)
    const refusal = refusalOf(planned.plans)
    if (!refusal) return
    refusals.push(refusal)
    for (const plan of planned.plans) {
      const own = refusalOf([plan])
      if (own) lacks.get(url.href)!.set(plan.videoName, `${url.href}: ${own.problems[0]?.message ?? own.message}`)
    }
    const films = [...lacks.get(url.href)!.keys()].join(', ')
    output.warn(`${url.href} does not take ${films}: ${refusal.problems[0]?.message ?? refusal.message}`)
  }
  const refusals: PromptRunnerError[] = []
  return {
    servers,
    async isTaken(run) {
      const found = await allOf(servers.map(({ comfyui }) => isOnServer({ comfyui }, run, planned.plans, host)))
      return found.some(Boolean)
    },
    async claim(runName, storage) {
      const alone = { ...settings, run: { ...settings.run, upload: false } }
      for (const { comfyui } of servers.slice(1)) await claimName(alone, { comfyui, storage }, runName, host)
    },
    async show(runName) {
      const stats = await allOf(servers.map(({ comfyui }) => comfyui.systemStats(signal)))
      for (const [index, server] of servers.entries()) await shown(server, stats[index]!, runName)
      const nobodys = planned.plans.find(({ videoName }) => servers.every(({ lacks }) => lacks.has(videoName)))
      if (nobodys) throw refusals[0]!
      const devices = new Set(stats.map(({ devices }) => devices[0]?.name ?? ''))
      return { device: [...devices].join(' + '), version: stats[0]!.comfyuiVersion }
    },
    rented: rentedServers(all),
    settings: { ...settings, run: { ...settings.run, price: priceOfAll(all) } },
    estimate: (alone, work) => estimateForFleet(alone, work, { servers: all, parallel: settings.run.parallel }),
    serversOf: ({ clients }, spending) =>
      serversOfFleet(servers, { parallel: settings.run.parallel, clients, spending }),
    close: async () => void (await allOf(servers.map(({ comfyui }) => comfyui.close()))),
  }
}
