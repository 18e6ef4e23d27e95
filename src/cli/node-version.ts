// No syntax and no import here that an old Node does not know: this file has to run there.

/** The lowest version of each supported line, as `engines` in package.json has it; from the last one on, every line. */
const SUPPORTED = [
  [22, 22, 2],
  [24, 15, 0],
  [26, 0, 0],
]

/** One line that says why this Node will not do, or null when it will. `version` is like `20.11.0`. */
export function unsupportedNode(version: string): string | null {
  const running = version.split('.').map(Number)
  const newest = SUPPORTED[SUPPORTED.length - 1]
  for (const lowest of SUPPORTED) {
    const sameLine = running[0] === lowest[0] || (lowest === newest && isAtLeast(running, lowest))
    if (sameLine && isAtLeast(running, lowest)) return null
  }
  const needed = SUPPORTED.map((lowest) => lowest.join('.')).join(', ')
  return (
    `prompt-runner needs Node ${needed} or a newer one of these lines, and this is Node ${version}. ` +
    'Get one from https://nodejs.org/en/download; inside the repository, `npm run pr -- …` brings its own.'
  )
}

function isAtLeast(version: readonly (number | undefined)[], lowest: readonly number[]): boolean {
  for (let i = 0; i < lowest.length; i++) {
    const difference = (version[i] || 0) - (lowest[i] || 0)
    if (difference !== 0) return difference > 0
  }
  return true
}
