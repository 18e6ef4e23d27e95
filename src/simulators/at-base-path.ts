import { type SimulatedService, UNMATCHED_HEADER } from './simulator.ts'

/** A service as a proxy shows it below a path (`/comfy/`); what is asked for beside that path has no answer. */
export function atBasePath(service: SimulatedService, path: string): SimulatedService {
  const base = path.replace(/\/+$/, '')
  if (base === '') return service
  const inside = (request: Request): Request | null => {
    const url = new URL(request.url)
    if (!url.pathname.startsWith(`${base}/`)) return null
    url.pathname = url.pathname.slice(base.length)
    const { method, headers, body, signal } = request
    return new Request(url, { method, headers, body, signal, ...(body === null ? {} : { duplex: 'half' }) })
  }
  const beside = () => new Response(null, { status: 501, headers: { [UNMATCHED_HEADER]: `${base}/` } })
  return {
    name: service.name,
    async http(request) {
      const asked = inside(request)
      return asked ? service.http(asked) : beside()
    },
    upgrade(request) {
      const asked = inside(request)
      return asked ? (service.upgrade?.(asked) ?? null) : beside()
    },
  }
}
