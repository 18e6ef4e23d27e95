const WINDOWS = [
  { name: 'minute', quota: 60, seconds: 60 },
  { name: 'hour', quota: 3000, seconds: 3600 },
  { name: 'day', quota: 50_000, seconds: 86_400 },
] as const

/**
 * Counts requests per window, as the `RateLimit` headers of the API report it; quotas are those of the vendor's example.
 * Nothing is refused: on a dry run's virtual time a limit would say nothing about the real one.
 */
export function rateLimit(): (now: number) => Record<string, string> {
  const used = WINDOWS.map(() => ({ window: -1, count: 0 }))
  return (now) => {
    const states = WINDOWS.map(({ name, quota, seconds }, index) => {
      const state = used[index]!
      const window = Math.floor(now / 1000 / seconds)
      state.count = state.window === window ? state.count + 1 : 1
      state.window = window
      const resetsIn = Math.ceil((window + 1) * seconds - now / 1000)
      return `"${name}";r=${Math.max(quota - state.count, 0)};t=${resetsIn}`
    })
    const policies = WINDOWS.map(({ name, quota, seconds }) => `"${name}";q=${quota};w=${seconds}`)
    return { ratelimit: states.join(', '), 'ratelimit-policy': policies.join(', ') }
  }
}
