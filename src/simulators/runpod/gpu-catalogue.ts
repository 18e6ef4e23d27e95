import type { RunpodSeed } from './pod-model.ts'
import { notSimulated, unprocessable } from './problem.ts'
import { inWords, runpodCalls } from './runpod-calls.ts'

type Gpu = RunpodSeed['catalog']['gpus'][number]

/** What a question about the catalogue answers of each GPU, or the refusal of the question. */
export interface GpuView {
  show(gpu: Gpu): Record<string, unknown>
  /** Whether something is shown that no recording has seen. */
  readonly isSynthetic: boolean
}

const PRODUCTS = ['POD', 'CLUSTER', 'SERVERLESS']
const CLOUDS = ['SECURE', 'COMMUNITY']

/**
 * Reads the parameters of a question about the catalogue. With `include=AVAILABILITY` every GPU that is offered is there in plenty,
 * which no recording knows and a rehearsal has to suppose; what would be short is not simulated.
 */
export function gpuView(query: URLSearchParams, { pod, catalog }: RunpodSeed): GpuView | Response {
  const errors = errorsOf(query)
  if (errors.length > 0) return unprocessable(errors)
  if (!query.has('include')) return { show: (gpu) => gpu, isSynthetic: false }
  const nearest = inWords(runpodCalls.listGpus)
  const product = query.get('product') ?? 'POD'
  if (product !== 'POD') return notSimulated(`the availability for ${product}`, nearest)
  const cloud = query.get('cloud') ?? 'SECURE'
  const count = Number(query.get('count') ?? 1)
  const short = catalog.gpus.find((gpu) => mostOf(gpu, cloud) < count)
  if (short) return notSimulated(`the availability of ${count} ${short.id} in the cloud ${cloud}`, nearest)
  const cuda = query.get('minCudaVersion')
  if (cuda !== null && isLater(cuda, String(pod['cudaVersion']))) {
    return notSimulated(`the availability of CUDA ${cuda}`, `CUDA ${pod['cudaVersion']}, which the recorded pod has`)
  }
  const dataCenters = [{ id: pod['dataCenterId'], availability: 'HIGH' }]
  return { show: (gpu) => ({ ...gpu, availability: 'HIGH', dataCenters }), isSynthetic: true }
}

function isLater(version: string, than: string): boolean {
  const [a = 0, b = 0] = version.split('.').map(Number)
  const [c = 0, d = 0] = than.split('.').map(Number)
  return a > c || (a === c && b > d)
}

function mostOf(gpu: Gpu, cloud: string): number {
  const most = gpu['maxCount'] as Record<string, number> | undefined
  return most?.[cloud.toLowerCase()] ?? 0
}

function errorsOf(query: URLSearchParams): string[] {
  const alone = [...query.keys()].filter((name) => name !== 'include' && !query.has('include'))
  const among = (name: string, known: readonly string[]) => {
    const wrong = (query.get(name) ?? known[0]!).split(',').filter((value) => !known.includes(value))
    return wrong.length === 0
      ? []
      : [`$.${name}: value must be one of ${known.map((value) => `'${value}'`).join(', ')}`]
  }
  return [
    ...alone.map((name) => `$.${name}: valid only with include=AVAILABILITY`),
    ...among('include', ['AVAILABILITY']),
    ...among('product', PRODUCTS),
    ...among('cloud', CLOUDS),
    ...(/^[1-9]\d{0,3}$/.test(query.get('count') ?? '1') ? [] : ['$.count: must be an integer of at least 1']),
    ...(/^\d+\.\d+$/.test(query.get('minCudaVersion') ?? '1.0') ? [] : ['$.minCudaVersion: must be a version as 12.8']),
  ]
}
