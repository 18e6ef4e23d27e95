/**
 * What comes closest to a GET that nothing answers: the recorded answer that differs in the fewest places, with the places as
 * JSON paths, else the simulated route whose beginning is the most alike.
 */
export function nearestAnswer(url: URL, recorded: Iterable<string>, routes: readonly string[]): string {
  const asked = partsOf(url)
  const candidates = Array.from(recorded, (address) => ({
    address,
    differs: differences(partsOf(new URL(address, url)), asked),
  }))
    .filter(({ address }) => new URL(address, url).pathname.split('/')[1] === url.pathname.split('/')[1])
    .sort((a, b) => a.differs.length - b.differs.length || b.address.length - a.address.length)
  const [best] = candidates
  if (best) return `GET ${best.address}, which is recorded and differs in ${best.differs.join(', ')}`
  const alike = (route: string) => {
    const at = [...route].findIndex((char, index) => char !== url.pathname[index])
    return at < 0 ? route.length : at
  }
  return routes.toSorted((a, b) => alike(b) - alike(a))[0] ?? ''
}

/** `$.path[1]` → its value, `$.query.folder` → its value; percent-encoded, for it travels in a header. */
function partsOf({ pathname, searchParams }: URL): Map<string, string> {
  const path = pathname.split('/').slice(1)
  return new Map([
    ...path.map((part, index) => [`$.path[${index}]`, part] as const),
    ...Array.from(searchParams, ([name, value]) => [`$.query.${name}`, encodeURI(value)] as const),
  ])
}

function differences(recorded: ReadonlyMap<string, string>, asked: ReadonlyMap<string, string>): string[] {
  const said = (value: string | undefined) => (value === undefined ? 'nothing' : `"${value}"`)
  return [...new Set([...recorded.keys(), ...asked.keys()])]
    .filter((place) => recorded.get(place) !== asked.get(place))
    .map((place) => `${place} (${said(recorded.get(place))}, not ${said(asked.get(place))})`)
}
