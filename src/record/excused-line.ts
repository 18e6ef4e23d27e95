/** Why a line that differs is none to refuse a recording for, after a semicolon; null when it is one. */
export function excusedLine(
  live: string,
  replayed: string | undefined,
  madeUp: (node: string) => readonly string[],
): string | null {
  if (replayed === undefined) return null
  if (sameFailure(live, replayed)) return 'the words are those of a library'
  const node = sameFile(live, replayed) ?? sameOutput(live, replayed) ?? sameText(live, replayed)
  const classes = node === null ? [] : madeUp(node)
  return classes.length === 0 ? null : `what ${classes.join(', ')} makes is not simulated`
}

/** The start of the line of a file that is there, with the node that made it. */
const FILE = /^file .* of (\S+): /

function sameFile(live: string, replayed: string): string | null {
  const [start, node = null] = FILE.exec(live) ?? []
  return start !== undefined && replayed.startsWith(start) ? node : null
}

/** `executed 3: {…}` or `output of 3: {…}`. */
const OUTPUT = /^((?:executed|output of) (\S+): )(\{.*\})$/s

/** Both show the same members and files, and only values differ, as the texts of a class whose code nobody has here. */
function sameOutput(live: string, replayed: string): string | null {
  const [, start, node = null, output] = OUTPUT.exec(live) ?? []
  const [, otherStart, , other] = OUTPUT.exec(replayed) ?? []
  if (start === undefined || start !== otherStart || output === undefined || other === undefined) return null
  return filesOnly(output) === filesOnly(other) ? node : null
}

function filesOnly(output: string): string {
  const members = Object.entries(JSON.parse(output) as Record<string, unknown>)
  const kept = members.map(([key, list]) => [key, Array.isArray(list) && list.some(isFile) ? list : 'values'])
  return JSON.stringify(kept)
}

const isFile = (value: unknown) => typeof value === 'object' && value !== null && 'filename' in value

/** A line of text in a node, told while it runs. */
const TEXT = /^text of (\S+): /

function sameText(live: string, replayed: string): string | null {
  const [start, node = null] = TEXT.exec(live) ?? []
  return start !== undefined && replayed.startsWith(start) ? node : null
}

/** `… failed at node 3 (Class): torch.OutOfMemoryError: words` */
const FAILURE = /^(PR_COMFY_FAILED: .*? failed at .*?\): )([\w.]+): /s

/** The same node raised the same exception. */
function sameFailure(live: string, replayed: string): boolean {
  const [, place, type = ''] = FAILURE.exec(live) ?? []
  const [, otherPlace, otherType = ''] = FAILURE.exec(replayed) ?? []
  const last = (name: string) => name.slice(name.lastIndexOf('.') + 1)
  return place !== undefined && place === otherPlace && last(type) === last(otherType)
}
