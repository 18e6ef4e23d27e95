import { expect, it } from 'vitest'
import type { Plan } from '../../../src/domain/plan.ts'
import { jobsOf } from '../../../src/domain/plan.ts'
import { PromptRunnerError } from '../../../src/errors.ts'
import { manyServers } from '../../../src/orchestrator/many/many-servers.ts'
import type { RunServer } from '../../../src/orchestrator/many/run-server.ts'
import { orchestrate } from '../../../src/orchestrator/orchestrate.ts'
import { planOf } from '../../support/plans.ts'
import { at, broken, contextOf, fails, otter, type SmallRun, stateAfter } from '../small-run.ts'
import { clientsIn, type SmallWorld, smallWorld } from '../small-world.ts'

const heron = planOf('heron', 20)
const wren = planOf('wren', 20)

interface Fleet {
  readonly worlds: readonly SmallWorld[]
  /** Gives what failed, as `otter: CODE`. */
  run(plans: readonly Plan[], run?: SmallRun & { readonly lacks?: Record<string, string> }): Promise<string[]>
  /** What was told of where films are, and of what went wrong. */
  told(): string[]
  /** Jobs that a server was sent, as `otter 1`. */
  sentTo(server: number): string[]
}

/** Servers `a`, `b`, …, which have a folder in common with the run and nothing with each other. */
function fleetOf(count: number): Fleet {
  const first = smallWorld()
  const worlds = Array.from({ length: count }, (_, index) =>
    index === 0 ? first : Object.assign(smallWorld(), { folder: first.folder }),
  )
  return {
    worlds,
    async run(plans, { lacks = {}, ...run } = {}) {
      const context = contextOf(first, plans, run)
      const servers = worlds.map((world, index): RunServer => {
        const name = 'abc'[index]!
        const { comfyui } = clientsIn(world, plans)
        const own = name === 'b' ? new Map(Object.entries(lacks)) : new Map<string, string>()
        return { name, clients: { ...context.clients, comfyui }, spending: context.spending, lacks: own }
      })
      const failures = await orchestrate(context, plans, manyServers(servers, count))
      return failures.map(({ video, error }) => `${video}: ${error.code}`)
    },
    told: () =>
      first.events.flatMap((event) => {
        if (event.kind === 'video-placed') return `${event.video} on ${event.server}`
        if (event.kind === 'warning') return `! ${event.video}: ${event.message}`
        if (event.kind === 'video-returned') return `${event.video} back from ${event.server}: ${event.reason}`
        return event.kind === 'video-finished' ? `${event.video} done` : []
      }),
    sentTo: (server) =>
      worlds[server]!.log.flatMap((line) => {
        const [, job] = /^→ submit \S+ (\{.*\}) with /.exec(line) ?? []
        if (!job) return []
        const { video_name, workflow_id, attempt } = JSON.parse(job)
        return `${video_name} ${workflow_id}${attempt === 1 ? '' : `, attempt ${attempt}`}`
      }),
  }
}

const away = () => broken('PR_COMFY_UNREACHABLE', 0)

/** From the question on that matches, the server answers nothing any more. */
function dies(wanted: RegExp): SmallWorld['fault'] {
  let isGone = false
  return (asked) => {
    isGone ||= wanted.test(asked)
    if (isGone && !/^(?:pause|patience|store|stat|cut|probe|close|pod)/.test(asked)) throw away()
  }
}

it('gives each film to the server that is free, and renders none twice', async () => {
  const fleet = fleetOf(2)
  expect(await fleet.run([otter, heron, wren])).toEqual([])
  expect(fleet.told().filter((line) => line.includes(' on '))).toEqual(['otter on a', 'heron on b', 'wren on b'])
  const sent = [...fleet.sentTo(0), ...fleet.sentTo(1)]
  expect(sent).toHaveLength([otter, heron, wren].flatMap(jobsOf).length)
  expect(new Set(sent).size).toBe(sent.length)
})

it('goes on elsewhere with the film of a server that died, by what is here of it', async () => {
  const fleet = fleetOf(2)
  // HIGH and LOW of the first chunk are done, and HIGH of the second one: LOW is under way.
  let follows = 0
  fleet.worlds[0]!.fault = (asked) => {
    if (asked.startsWith('follow')) follows += 1
    if (follows >= 4 && !/^(?:pause|patience|store|stat|cut|probe|close|pod)/.test(asked)) throw away()
  }
  expect(await fleet.run([otter, heron])).toEqual([])
  expect(fleet.sentTo(0)).toEqual(['otter 1', 'otter 2', 'otter 3', 'otter 4'])
  // The latent of the second chunk was put there, and both videos; LOW goes on counting its attempts.
  expect(fleet.sentTo(1).filter((job) => job.startsWith('otter'))).toEqual(['otter 4, attempt 2', 'otter 5', 'otter 6'])
  expect(fleet.told()).toMatchInlineSnapshot(`
    [
      "otter on a",
      "heron on b",
      "otter back from a: it broke; prompt d9b014f3-edf6-5441-96e2-eec303cc42cb may still wait or run there, and cost",
      "heron done",
      "otter on b",
      "! otter: This server lacks files of jobs that were done (put back from the local copy: 2, 3)",
      "otter done",
    ]
  `)
})

it('fails a film once that every server would refuse', async () => {
  const fleet = fleetOf(2)
  fleet.worlds[0]!.fault = at(/^submit/, fails(broken('PR_COMFY_REJECTED')))
  expect(await fleet.run([otter, heron, wren])).toEqual(['otter: PR_COMFY_REJECTED'])
  expect(fleet.sentTo(1).filter((job) => job.startsWith('otter'))).toEqual([])
})

it('tries a film on each server once that none can go on with', async () => {
  const fleet = fleetOf(3)
  for (const world of fleet.worlds)
    world.fault = (asked) => {
      if (/^submit .*"otter"/.test(asked)) throw broken('PR_COMFY_HTTP', 0)
    }
  expect(await fleet.run([otter, heron, wren])).toEqual(['otter: PR_COMFY_HTTP'])
  expect(fleet.told().filter((line) => line.startsWith('otter on'))).toEqual([
    'otter on a',
    expect.stringMatching(/otter on [bc]/),
    expect.stringMatching(/otter on [bc]/),
  ])
})

it('leaves out a server that is away at the start', async () => {
  const fleet = fleetOf(2)
  fleet.worlds[0]!.fault = dies(/connect/)
  expect(await fleet.run([otter, heron])).toEqual([])
  expect(fleet.sentTo(0)).toEqual([])
  expect(fleet.told()).toEqual([
    expect.stringContaining('connecting to a, trying again'),
    '! null: a takes no film: it broke',
    'otter on b',
    'otter done',
    'heron on b',
    'heron done',
  ])
})

it('gives a server no film that it lacks something for', async () => {
  const fleet = fleetOf(2)
  expect(await fleet.run([heron, wren], { lacks: { heron: 'no such model', wren: 'no such model' } })).toEqual([])
  expect(fleet.sentTo(1)).toEqual([])
})

it('fails what is left when no server is', async () => {
  const fleet = fleetOf(2)
  for (const world of fleet.worlds) world.fault = dies(/^submit/)
  expect(await fleet.run([otter, heron, wren])).toEqual([
    'otter: PR_COMFY_UNREACHABLE',
    'heron: PR_COMFY_UNREACHABLE',
    'wren: PR_RUN_FAILED',
  ])
})

it('ends all films when the run is cancelled', async () => {
  const fleet = fleetOf(2)
  fleet.worlds[0]!.fault = at(/^follow/, () => {
    fleet.worlds[0]!.controller.abort(new PromptRunnerError('PR_CANCELLED', 'somebody pressed Ctrl-C'))
  })
  const failed = await fleet.run([otter, heron, wren])
  expect(failed).toContain('otter: PR_CANCELLED')
  expect(failed).not.toContain('wren: PR_CANCELLED')
  expect(fleet.worlds[0]!.events.at(-1)).toMatchObject({ kind: 'run-finished', cancelled: true })
})

it('ends what the other servers do when something breaks that nobody knows', async () => {
  const fleet = fleetOf(2)
  fleet.worlds[1]!.fault = at(/^submit/, fails(new Error('a bug')))
  await expect(fleet.run([otter, heron])).rejects.toThrow('a bug')
  expect(fleet.worlds[0]!.log.at(-1)).not.toMatch(/submit/)
})

it('ends on a server that answers what it was doing of a film that goes on elsewhere', async () => {
  const fleet = fleetOf(2)
  fleet.worlds[0]!.fault = at(/^follow/, fails(broken('PR_COMFY_HTTP', 0)), 1, 99)
  expect(await fleet.run([heron])).toEqual([])
  const ended = fleet.worlds[0]!.log.filter((line) => /^→ (?:delete|interrupt)/.test(line))
  expect(ended).toHaveLength(2)
  expect(fleet.told()).toEqual(['heron on a', 'heron back from a: it broke', 'heron on b', expect.any(String)])
})

it('ends what nobody wants of an earlier part only where it was', async () => {
  const first = fleetOf(2)
  await first.run([otter, heron])
  const { events } = first.worlds[0]!
  const until = events.findIndex((event) => event.kind === 'job-started' && event.video === 'heron')
  const earlier = stateAfter(events.slice(0, until + 1).filter((event) => event.kind !== 'job-finished'))
  const again = fleetOf(2)
  await again.run([wren], { earlier })
  const ended = again.worlds.map(({ log }) => log.filter((line) => line.startsWith('→ interrupt')))
  const sent = (video: string) =>
    Object.values(earlier.videos[video]!.open).map(({ promptId }) => `→ interrupt ${promptId}`)
  expect(ended).toEqual([sent('otter'), sent('heron')])
})

it('is not cancelled by who wants it to end when it has', async () => {
  const fleet = fleetOf(2)
  fleet.worlds[1]!.fault = (asked) => {
    if (asked.startsWith('close')) return
    if (asked.startsWith('follow')) fleet.worlds[0]!.closing.abort(new PromptRunnerError('PR_CANCELLED', 'enough'))
  }
  expect(await fleet.run([heron, wren])).toEqual(['heron: PR_CANCELLED', 'wren: PR_CANCELLED'])
  const after = fleetOf(2)
  const world = after.worlds[0]!
  world.dies = (event) => {
    if (event.kind === 'video-finished' && event.video === 'wren')
      world.closing.abort(new PromptRunnerError('PR_CANCELLED', 'enough'))
    return false
  }
  expect(await after.run([wren])).toEqual([])
})

it('lets a resumed film go on where its files are', async () => {
  const first = fleetOf(2)
  await first.run([otter, heron, wren])
  const { events } = first.worlds[0]!
  const until = events.findIndex((event) => event.kind === 'video-started' && event.video === 'heron')
  const earlier = stateAfter(events.slice(0, until + 1))
  expect(earlier.videos['heron']!.server).toBe('b')
  const again = fleetOf(2)
  await again.run([heron, wren], { earlier })
  expect(again.told().slice(0, 2)).toEqual(['heron on b', 'wren on a'])
})
