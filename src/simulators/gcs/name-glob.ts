import { invalidParameter } from './gcs-failure.ts'

/**
 * Whether a name matches a glob as `matchGlob` has it: `*` and `?` stop at a slash, `**` does not; sets `[a-c]` and `[!a-c]`,
 * alternatives `{a,b}`, and `\` before what means itself. https://cloud.google.com/storage/docs/json_api/v1/objects/list#list-objects-and-prefixes-using-glob
 */
export function nameGlob(glob: string): (name: string) => boolean {
  const pieces = glob.match(/\\[\s\S]|\*\*|\[[!^]?\]?[^\]]*\]|[\s\S]/gu) ?? []
  let depth = 0
  const pattern = pieces.map((piece) => {
    if (piece === '{') depth += 1
    if (piece === '}') depth -= 1
    return patternOf(piece, depth)
  })
  if (depth !== 0) throw invalidParameter('matchGlob', `Invalid value '${glob}': a brace has no partner.`)
  try {
    const regex = new RegExp(`^${pattern.join('')}$`, 'u')
    return (name) => regex.test(name)
  } catch {
    throw invalidParameter('matchGlob', `Invalid value '${glob}': it is no glob.`)
  }
}

function patternOf(piece: string, depth: number): string {
  if (piece === '**') return '[\\s\\S]*'
  if (piece === '*') return '[^/]*'
  if (piece === '?') return '[^/]'
  if (piece === '{') return '(?:'
  if (piece === '}') return ')'
  if (piece === ',' && depth > 0) return '|'
  if (piece.startsWith('[') && piece.length > 1) {
    const [, not, set = ''] = /^\[([!^]?)([\s\S]*)\]$/.exec(piece) ?? []
    return `[${not ? '^' : ''}${set.replace(/[\\[\]^]/g, '\\$&')}]`
  }
  return literal(piece.startsWith('\\') && piece.length > 1 ? piece.slice(1) : piece)
}

function literal(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
