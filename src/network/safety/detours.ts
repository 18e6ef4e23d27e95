/** Variables that lead Google's library to another metadata server than the one that is simulated; `pr serve` tells people to export one. */
export const METADATA_SERVERS = ['GCE_METADATA_HOST', 'GCE_METADATA_IP'] as const

/** Variables that lead clients through a proxy, in either spelling. */
export const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()])

/** Takes variables of this process away until it is disposed: what is asked for is where it always is, under the simulated network. */
export function withoutDetours(names: readonly string[], env: NodeJS.ProcessEnv = process.env): Disposable {
  const taken = names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]))
  for (const [name] of taken) delete env[name]
  return { [Symbol.dispose]: () => void Object.assign(env, Object.fromEntries(taken)) }
}
