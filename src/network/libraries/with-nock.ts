import { createRequire } from 'node:module'
import { Readable } from 'node:stream'
import type nockType from 'nock'
import type { Simulator } from '../../simulators/simulator.ts'

/** Where RunPod's API is. */
export const RUNPOD = 'https://api.runpod.io'

const methods = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options'] as const

/** Answers of a simulator through nock. */
export interface NockAnswers extends Disposable {
  /** nock itself, which is active from its first import on. */
  readonly nock: typeof nockType
}

/**
 * Has nock answer everything below `origin` (`https://host`). Loads nock only now: its import replaces parts of Node, which
 * MSW then no longer can. nock reads request bodies whole.
 */
export async function answerWithNock(origin: string, simulator: Simulator): Promise<NockAnswers> {
  // Not by `import`: the built program is a script, which cannot.
  const { default: nock } = createRequire(import.meta.url)('nock') as typeof import('nock')
  if (!nock.isActive()) nock.activate()
  const scope = nock(origin).persist()
  const interceptors = methods.map((method) => scope[method](/.*/))
  for (const interceptor of interceptors) interceptor.reply((request: Request) => answer(simulator, request))
  return {
    nock,
    [Symbol.dispose]() {
      for (const interceptor of interceptors) nock.removeInterceptor(interceptor)
    },
  }
}

async function answer(simulator: Simulator, request: Request): Promise<nockType.ReplyFnResult> {
  const response = await simulator(request)
  const headers = Object.fromEntries(response.headers)
  return [response.status, response.body === null ? '' : Readable.fromWeb(response.body), headers]
}
