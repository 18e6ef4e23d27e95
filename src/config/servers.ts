import type { GivenServer } from './parse-servers.ts'
import type { SettingReader } from './setting-reader.ts'
import type { ServerSettings } from './settings-types.ts'

/**
 * Every server of a run, at least one: those that flags or the environment name, with what a configuration file says of each, else
 * those of the file. What a server does not say itself is as for all.
 */
export function serversOf(reader: SettingReader): readonly ServerSettings[] {
  const urls = reader.value('comfyuiUrl')
  const own = { token: reader.value('comfyuiToken'), headers: reader.value('comfyuiHeader'), ca: reader.value('ca') }
  const price = reader.value('price')
  const listed = reader.value('servers')
  const { from } = reader.origin('comfyuiUrl')
  if (listed.length > 0 && from === 'config')
    reader.refuse('servers', 'contradicts comfyuiUrl', 'leave one of the two out')
  const named = urls.map((url) => listed.find((one) => one.url.href === url.href) ?? bare(url))
  const chosen = listed.length > 0 && from === 'default' ? listed : named
  const twice = chosen.find(({ url }, index) => chosen.findIndex((one) => one.url.href === url.href) < index)
  if (twice) reader.refuse(chosen === named ? 'comfyuiUrl' : 'servers', `names ${twice.url.href} twice`)
  return chosen.map(({ url, token, headers, price: ownPrice, speed }) => ({
    url,
    token: token ?? own.token,
    headers: { ...own.headers, ...headers },
    ca: own.ca,
    price: ownPrice ?? price,
    speed: speed ?? 1,
  }))
}

function bare(url: URL): GivenServer {
  return { url, token: null, headers: {}, price: null, speed: null }
}

/** Dollars that an hour of all of them costs; null: of one nobody knows. */
export function priceOfAll(servers: ReadonlyArray<Pick<ServerSettings, 'price'>>): number | null {
  const known = servers.flatMap(({ price }) => price ?? [])
  return known.length === servers.length ? known.reduce((sum, price) => sum + price, 0) : null
}
