/**
 * The simulated route whose beginning is the most like the path of a request that nothing answers; '' when it is the route
 * itself, which is known, but not what the recorded server has there.
 */
export function nearestRoute({ pathname }: URL, routes: readonly string[]): string {
  if (routes.some((route) => new RegExp(`^${route.replaceAll(/:[^/]+/g, '[^/]+')}$`).test(pathname))) return ''
  const alike = (route: string) => {
    const at = [...route].findIndex((char, index) => char !== pathname[index])
    return at < 0 ? route.length : at
  }
  return routes.toSorted((a, b) => alike(b) - alike(a))[0] ?? ''
}
