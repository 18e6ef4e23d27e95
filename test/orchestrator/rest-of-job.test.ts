import { expect, it } from 'vitest'
import { loadTemplates } from '../../src/config/templates.ts'
import type { Templates } from '../../src/domain/bindings.ts'
import { buildDecodeWorkflow } from '../../src/domain/decode-workflow.ts'
import { jobsOf, type LowJob } from '../../src/domain/plan.ts'
import { rehearsedPace } from '../support/hurry.ts'
import { planOf } from '../support/plans.ts'
import { type RunContext, runContext } from '../support/run-context.ts'
import { refusal, type SimulatedWorld, worldWithFaults } from '../support/simulated-world.ts'

const templates = await loadTemplates(null)
const plan = planOf('otter')
const job = jobsOf(plan).find((each): each is LowJob => each.kind === 'low')!
const inputs = { referenceImage: null, controlVideo: null, latent: 'otter/low_00001_.latent [output]', folder: 'otter' }
const restOf = (of: Templates) => buildDecodeWorkflow(of, plan, job, inputs)

it('loads what LOW has saved and makes its video, with nothing of what sampled it', () => {
  const { graph, outputs, modifications } = restOf(templates)!
  const links = Object.entries(graph).map(([id, node]) => `${id} ${node._meta?.title}: ${linksIn(node.inputs)}`)
  expect(links.join('\n')).toBe(
    `4 Text encoder: 
5 Positive: clip 4.0
6 Negative: clip 4.0
7 VAE: 
8 VACE: positive 5.0, negative 6.0, vae 7.0
12 Latent from HIGH: 
13 Trim reference latent: samples 12.0, trim_amount 8.3
14 Decode: samples 13.0, vae 7.0
15 Create video: images 14.0
16 Save video: video 15.0`,
  )
  expect(graph['12']!.inputs['latent']).toBe(inputs.latent)
  expect(outputs).toEqual({ video: '16' })
  expect(modifications.filter((words) => words.startsWith('Sampled'))).toEqual(
    ['Model', 'LoRA', 'Shift', 'Sampler', 'Save latent'].map((title) => `Sampled before, not needed again: ${title}`),
  )
})

function linksIn(values: object): string {
  return Object.entries(values)
    .flatMap(([name, value]) => (Array.isArray(value) ? [`${name} ${value.join('.')}`] : []))
    .join(', ')
}

it('samples again where the templates do not save the latent, or need more of what sampled it', () => {
  const { render } = templates.bindings
  const { latent: _saver, ...outputs } = render.low.outputs
  const unsaved = { ...templates.bindings, render: { ...render, low: { ...render.low, outputs } } }
  expect(restOf({ ...templates, bindings: unsaved })).toBeNull()
  // The second output of the sampler.
  const graph = structuredClone(templates.render)
  graph['15']!.inputs['audio'] = ['10', 1]
  expect(restOf({ ...templates, render: graph })).toBeNull()
})

const OUT_OF_MEMORY = 'node VAEDecode of job 2: out of memory'
const GOES_ON = 'job 2 goes on from the latent that it had saved: only decoding is done again'

const countOf = (text: string, part: string) => text.split(part).length - 1
const started = (context: RunContext) => context.journal(nameOf(context)).filter(({ kind }) => kind === 'job-started')
const nameOf = (context: RunContext) =>
  /state\/(.*)\.jsonl/.exec(context.files().find((file) => file.endsWith('.jsonl'))!)![1]!

it('says that it only decodes again, and leaves the latent in the journal as the one that the job has made', async () => {
  rehearsedPace()
  const [context, world] = [runContext(), await worldWithFaults([OUT_OF_MEMORY])]
  const { exitCode, stderr } = await context.start(world).ended
  expect([exitCode, countOf(stderr, GOES_ON), world.sampled.get(2)]).toEqual([0, 1, 4])
  const events = context.journal(nameOf(context))
  const made = events.find(({ kind, workflow }) => kind === 'job-output' && workflow === 2)
  const finished = events.find(({ kind, workflow }) => kind === 'job-finished' && workflow === 2)
  expect(JSON.stringify(finished)).toContain(JSON.stringify(made!['files'][0]))
})

it('goes on with such a prompt, too, when the program was killed while it ran', async () => {
  rehearsedPace()
  const [context, world] = [runContext(), await worldWithFaults([OUT_OF_MEMORY])]
  let sent = 0
  const diesAt = (asked: string, isAnswered: boolean) => {
    if (asked === 'comfyui POST /prompt' && isAnswered) sent += 1
    return sent === 3
  }
  await context.start(world, [], { diesAt }).ended
  const { exitCode, stderr } = await context.start(world, ['--resume', 'otter']).ended
  expect([exitCode, countOf(stderr, GOES_ON)]).toEqual([0, 0])
  expect(world.taken).toEqual([1, 2, 2, 3, 4, 5, 6])
})

it('knows of the latent by the history when the socket has said nothing of it', async () => {
  rehearsedPace()
  const specs = [OUT_OF_MEMORY, 'executed of job 2: drop, always']
  const [context, world] = [runContext(), await worldWithFaults(specs)]
  const { exitCode, stderr } = await context.start(world).ended
  expect([exitCode, countOf(stderr, GOES_ON), world.sampled.get(2)]).toEqual([0, 1, 4])
})

it('looks for the latent of a prompt that has failed while nobody looked on', async () => {
  rehearsedPace()
  const [context, world] = [runContext(), await worldWithFaults([OUT_OF_MEMORY])]
  let sent = 0
  const diesAt = (asked: string, isAnswered: boolean) => {
    if (asked === 'comfyui POST /prompt' && isAnswered) sent += 1
    return sent === 2
  }
  await context.start(world, [], { diesAt }).ended
  const { exitCode, stderr } = await context.start(world, ['--resume', 'otter']).ended
  expect([exitCode, countOf(stderr, GOES_ON), world.sampled.get(2)]).toEqual([0, 1, 4])
})

it('sends all of the job where the server refuses what is left of it', async () => {
  rehearsedPace()
  const [context, world] = [runContext(), await refusingRests()]
  const { exitCode } = await context.start(world).ended
  expect([exitCode, started(context).map(({ workflow }) => workflow)]).toEqual([0, [1, 2, 2, 2, 3, 4, 5, 6]])
})

async function refusingRests(): Promise<SimulatedWorld> {
  const world = await worldWithFaults([OUT_OF_MEMORY])
  const services = world.services.map((service) => ({
    ...service,
    http: async (request: Request) => {
      const isPrompt = service.name === 'comfyui' && new URL(request.url).pathname === '/prompt'
      const text = isPrompt && request.method === 'POST' ? await request.clone().text() : ''
      return text.includes('low_00001_.latent') ? refusal() : service.http(request)
    },
  }))
  return { ...world, services }
}
