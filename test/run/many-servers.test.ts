import { expect, it } from 'vitest'
import type { RunEvent } from '../../src/domain/run-event.ts'
import { lastEnd } from '../../src/run/many/fleet-estimate.ts'
import { journals, unchecked } from '../support/journals.ts'
import { promptFile, type Rehearsed, rehearse } from '../support/rehearse.ts'

const small = ['--width', '64', '--height', '64', '--frames-per-chunk', '13', '--json']
const env = { SOURCE_DATE_EPOCH: '1800000000' }

/** The first two are equal, the third is three times as fast. */
const servers = [
  { url: 'http://a:8188', price: 0.3 },
  { url: 'http://b:8188', price: 0.3 },
  { url: 'http://c:8188', price: 0.9, speed: 3 },
]
const names = servers.map(({ url }) => `${url}/`)

function films(count: number): Record<string, string> {
  const all = Array.from({ length: count }, (_, index) => `film${String(index + 1).padStart(2, '0')}`)
  return Object.fromEntries(all.map((name) => [`prompt_files/${name}.txt`, promptFile(name, 24)]))
}

function rehearsed(count: number, flags: readonly string[] = []): Promise<Rehearsed> {
  const files = { ...films(count), 'pr.config.json': JSON.stringify({ servers }) }
  return rehearse([...small, ...flags], { env, files })
}

function eventsOf({ folder }: Rehearsed): RunEvent[] {
  return Object.values(journals(folder)).flat()
}

function only<Kind extends RunEvent['kind']>(events: readonly RunEvent[], kind: Kind) {
  return events.filter((event): event is Extract<RunEvent, { kind: Kind }> => event.kind === kind)
}

/** Seconds that each film took where it was rendered, at the speed of the slow servers. */
function tookOf(events: readonly RunEvent[]): number[] {
  const finished = only(events, 'video-finished')
  return only(events, 'video-placed').map(({ at, video, server }) => {
    const speed = servers[names.indexOf(server)]!.speed ?? 1
    return ((finished.find((event) => event.video === video)!.at - at) / 1_000) * speed
  })
}

it('renders twelve films on three servers as fast as whoever is free can', async () => {
  const run = await rehearsed(12)
  expect(run.exitCode).toBe(0)
  const events = eventsOf(run)
  const placed = only(events, 'video-placed')
  expect(placed.map(({ video }) => video).toSorted()).toEqual(
    run.summary.videos.map(({ name }: { name: string }) => name),
  )
  // The first two take one film in the time in which the third takes three.
  const count = (name: string) => placed.filter(({ server }) => server === name).length
  expect(names.map(count)).toEqual([3, 2, 7])
  const started = only(events, 'job-started').map(({ promptId }) => promptId)
  expect(new Set(started).size).toBe(72)
  const wall = (events.at(-1)!.at - events[0]!.at) / 1_000
  const fleet = servers.map(({ url, speed = 1 }) => ({ url: new URL(url), speed }))
  const best = lastEnd(tookOf(events), { servers: fleet, parallel: null })
  expect(wall / best).toBeLessThan(1.1)
  expect(run.summary.rehearsal.real_connections).toBe(0)
})

it('ends all films on the others when a server is killed for good in the middle of one', async () => {
  const fault = '5th executing of job 3: restart without files refusing all connections'
  const run = await rehearsed(4, ['--fault', fault])
  expect([run.exitCode, run.stderr]).toEqual([0, expect.any(String)])
  const events = eventsOf(run)
  expect(run.summary.videos.map(({ status }: { status: string }) => status)).toEqual(Array(4).fill('finished'))
  expect(only(events, 'video-returned')).toMatchObject([{ video: 'film01', server: names[0], isOut: true }])
  const placed = only(events, 'video-placed').filter(({ video }) => video === 'film01')
  expect(placed.map(({ server }) => server)).toEqual([names[0], expect.stringMatching(/[bc]:8188/)])
  // The jobs that were done went on from the copies here.
  const started = only(events, 'job-started').filter(({ video }) => video === 'film01')
  expect(started.map(({ workflow, attempt }) => `${workflow}.${attempt}`)).toEqual([
    '1.1',
    '2.1',
    '3.1',
    '3.2',
    '4.1',
    '5.1',
    '6.1',
  ])
})

it('says the same to the byte each time', async () => {
  const files = { ...films(3), 'pr.config.json': JSON.stringify({ servers }) }
  const [first, second] = [await rehearse(small, { env, files }), await rehearse(small, { env, files })]
  const texts = ({ files: all, text, folder }: Rehearsed) =>
    all
      .filter((name) => /^(?:state|workflows)\//.test(name))
      .map((name) => `${name}\n${unchecked(text(name)).replaceAll(folder, '')}`)
  expect(texts(second)).toEqual(texts(first))
})

it('warns of no prompt that it has ended on the server that gave its film back', async () => {
  const run = await rehearsed(1, ['--fault', 'POST /prompt: status 500, always'])
  expect(run.exitCode).toBe(1)
  expect(
    only(eventsOf(run), 'video-returned')
      .map(({ server }) => server)
      .toSorted(),
  ).toEqual(names)
  expect(run.stderr).not.toContain('may still')
})

it('rehearses servers behind one address that differ by their path', async () => {
  const paths = ['http://proxy:8188/gpu', 'http://proxy:8188/gpu-2', 'http://proxy:8188/gpu/3']
  const flags = paths.flatMap((url) => ['--comfyui-url', url])
  const run = await rehearse([...small, ...flags], { env, files: films(3) })
  expect([run.exitCode, run.stderr]).toEqual([0, ''])
  const jobs = run.summary.servers.map(({ url, jobs }: { url: string; jobs: number }) => `${url} ${jobs}`)
  expect(jobs).toEqual(paths.map((url) => `${url} 6`))
})

it('renders no more films at a time than it may', async () => {
  const run = await rehearsed(2, ['--parallel', '1'])
  expect(only(eventsOf(run), 'video-placed').map(({ server }) => server)).toEqual(Array(2).fill(names[0]))
})
