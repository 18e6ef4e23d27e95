import { readFileSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { brokenRules, callText } from '../../src/domain/money-rules.ts'
import type { RunEvent } from '../../src/domain/run-event.ts'
import { openFaults } from '../../src/network/faults/faults.ts'
import { parseFault } from '../../src/network/faults/grammar/parse-fault.ts'
import { openBooks } from '../../src/simulators/bookkeeper.ts'
import { simulatedServices } from '../../src/simulators/simulated-services.ts'
import type { ServiceName } from '../../src/simulators/simulator.ts'
import { virtualClock } from '../../src/simulators/virtual-clock.ts'
import type { Json } from '../support/rehearse.ts'

const { prompt } = JSON.parse(readFileSync('fixtures/comfyui/interrupted.json', 'utf8'))

/** A HIGH pass, another one for each job: nothing of it is answered from the cache. */
const graphOf = (job: number | null) => ({
  ...prompt,
  10: { ...prompt['10'], inputs: { ...prompt['10'].inputs, noise_seed: job ?? 0 } },
})

it('writes down each prompt of a job, and how it ended', async () => {
  const world = await watchedWorld('step 2 of job 2: interrupt')
  await world.render('a', 1)
  await world.post('b', 2)
  await world.post('c', 3)
  await world.ask('comfyui', 'POST /queue', { delete: ['c'] })
  await world.ended('b')
  await world.post('d', null)
  expect(world.calls()).toEqual([
    'POST /prompt of job 1: ComfyUI takes prompt a',
    'prompt a is done, with 1 file',
    'POST /prompt of job 2: ComfyUI takes prompt b',
    'POST /prompt of job 3: ComfyUI takes prompt c',
    'ComfyUI knows prompt c no more',
    'prompt b is interrupted',
  ])
  expect(world.broken()).toEqual([])
})

it('knows of a prompt that the server refuses that nothing was taken', async () => {
  const world = await watchedWorld()
  await world.ask('comfyui', 'POST /prompt', { prompt: {}, extra_data: extraData(1) })
  expect(world.calls()).toEqual([])
})

it.each([
  ['restart with files', ['rendered-again']],
  ['restart without files', []],
])('takes a file for spoilt that is gone after a %s', async (restart, broken) => {
  const world = await watchedWorld(`GET /queue: ${restart}`)
  await world.render('a', 1)
  await world.ask('comfyui', 'GET /queue')
  await world.post('b', 1)
  expect(world.broken()).toEqual(broken)
  expect(world.calls().includes('files of prompt a are no more as they were')).toBe(broken.length === 0)
})

it('knows that a server that dies loses what waits and runs', async () => {
  const world = await watchedWorld('GET /queue: restart with files')
  await world.post('a', 1)
  await world.post('b', 2)
  await world.ask('comfyui', 'GET /queue')
  await world.post('c', 2)
  expect(world.calls().slice(2, 4)).toEqual(['ComfyUI knows prompt a no more', 'ComfyUI knows prompt b no more'])
  expect(world.broken()).toEqual([])
  await world.post('d', 2)
  expect(world.broken()).toEqual(['sent-twice'])
})

it('sees what is stored and deleted, and holds it against what the run says', async () => {
  const world = await watchedWorld()
  const upload = 'POST /upload/storage/v1/b/films/o?uploadType=media&name=june/otter.mp4'
  const stored = await world.ask('gcs', upload, { any: 'bytes' })
  const object = {
    bucket: 'films',
    name: 'june/otter.mp4',
    size: 15,
    crc32c: stored.crc32c,
    md5: null,
    generation: '1',
  }
  world.tell({ kind: 'upload-finished', at: 0, video: 'otter', role: 'film', object })
  world.tell({ kind: 'cleanup', at: 0, video: 'otter', files: ['a.mp4', 'b.mp4'], kept: [], reason: '' })
  expect(world.broken()).toEqual([])
  await world.ask('gcs', 'DELETE /storage/v1/b/films/o/june%2Fotter.mp4')
  world.tell({ kind: 'cleanup', at: 0, video: 'otter', files: ['c.mp4'], kept: [], reason: '' })
  expect(world.broken()).toEqual(['deleted-unproven', 'deleted-unproven'])
})

it('looks itself whether a pod runs, and blames no run that RunPod has lied to', async () => {
  const end = { isToStop: true, isTold: false }
  const honest = await watchedWorld()
  await honest.books.lookAtPod('p1', end)
  expect(honest.broken()).toEqual(['pod-left-running'])
  const lying = await watchedWorld('GET /v2/pods: field status = "EXITED"')
  await lying.ask('runpod', 'GET /v2/pods/p1')
  await lying.books.lookAtPod('p1', end)
  expect(lying.broken()).toEqual([])
  const stopped = await watchedWorld()
  await stopped.ask('runpod', 'POST /v2/pods/p1/action', { action: 'stop' })
  await stopped.books.lookAtPod('p1', end)
  expect(stopped.broken()).toEqual([])
})

const hosts: Partial<Record<ServiceName, string>> = {
  comfyui: 'http://127.0.0.1:8188',
  gcs: 'https://storage.googleapis.com',
  runpod: 'https://api.runpod.io',
}

const extraData = (job: number | null) =>
  job === null ? {} : { prompt_runner: { job_id: `job-${job}`, workflow_id: job } }

/** Services with a bookkeeper, in which one thing may go wrong. */
async function watchedWorld(fault?: string) {
  const clock = virtualClock(Date.UTC(2026, 10, 23), 0)
  const faults = openFaults(fault === undefined ? [] : [parseFault(fault)], { clock, isVirtual: true })
  const books = openBooks(clock)
  let made = 0
  const world = await simulatedServices('wan22-two-chunks', {
    clock,
    newId() {
      made += 1
      return String(made)
    },
    comfyui: (make) => faults.comfyui(books.comfyui(make)),
  })
  const services = world.all.map((service) => books.wrap(service, faults.wrap))
  const emit = books.events(() => {})
  const ask = async (name: ServiceName, asked: string, json?: object): Promise<Json> => {
    const [method = '', path = ''] = asked.split(' ')
    const body = json === undefined ? null : JSON.stringify(json)
    const headers = { authorization: 'Bearer test' }
    const service = services.find((each) => each.name === name)!
    const text = await (await service.http(new Request(hosts[name] + path, { method, body, headers }))).text()
    return text === '' ? null : JSON.parse(text)
  }
  const post = (id: string, job: number | null) =>
    ask('comfyui', 'POST /prompt', { prompt: graphOf(job), prompt_id: id, client_id: 'c', extra_data: extraData(job) })
  const ended = async (id: string) => {
    while (!(await ask('comfyui', `GET /history/${id}`))[id]) await setImmediate()
  }
  return {
    books,
    ask,
    post,
    ended,
    tell: (event: RunEvent) => emit(event),
    async render(id: string, job: number) {
      await post(id, job)
      await ended(id)
    },
    calls: () => books.facts.map((fact) => callText(fact).slice(13)),
    broken: () => brokenRules(books.facts).map(({ rule }) => rule),
  }
}
