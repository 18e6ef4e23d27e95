/** One call of RunPod's REST API v2 that is simulated. */
export interface RunpodCall {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** The query parameters that it takes. */
  readonly parameters: readonly string[]
}

const catalogue = ['include', 'product', 'count', 'cloud', 'minCudaVersion']

/** What is simulated; whatever else is asked for, a call or a parameter, has no answer. https://api.runpod.io/v2/openapi.json */
export const runpodCalls = {
  listPods: { method: 'GET', path: '/v2/pods', parameters: ['includeClusterPods'] },
  getPod: { method: 'GET', path: '/v2/pods/:id', parameters: [] },
  act: { method: 'POST', path: '/v2/pods/:id/action', parameters: [] },
  listGpus: { method: 'GET', path: '/v2/catalog/gpus', parameters: catalogue },
  getGpu: { method: 'GET', path: '/v2/catalog/gpus/:id', parameters: catalogue },
} as const satisfies Record<string, RunpodCall>

/** `GET /v2/pods/{id}` of a call, with its parameters. */
export function inWords(call: RunpodCall): string {
  return `${routeOf(call)}${call.parameters.length > 0 ? `?${call.parameters.join('&')}` : ''}`
}

function routeOf({ method, path }: RunpodCall): string {
  return `${method} ${path.replace(/:(\w+)/g, '{$1}')}`
}

/** The simulated calls in one line. */
export const runpodKnown = `RunPod REST v2: ${Object.values(runpodCalls).map(routeOf).join(', ')}`
