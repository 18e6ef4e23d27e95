import { PROVENANCE_HEADER, type SimulatedService, UNMATCHED_HEADER } from './simulator.ts'

/** A service that answers 404, as one without the route does, where nothing else answers a request of these paths. */
export function allowedProbes(service: SimulatedService, allow: ReadonlyArray<string | RegExp>): SimulatedService {
  if (allow.length === 0) return service
  const isAllowed = ({ url }: Request) => {
    const { pathname } = new URL(url)
    return allow.some((each) => (typeof each === 'string' ? each === pathname : each.test(pathname)))
  }
  return {
    ...service,
    async http(request) {
      const answer = await service.http(request)
      if (!answer.headers.has(UNMATCHED_HEADER) || !isAllowed(request)) return answer
      return new Response(null, { status: 404, headers: { [PROVENANCE_HEADER]: 'synthetic' } })
    },
  }
}
