import { isMap, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml'
import type { Problem } from '../errors.ts'
import type { Path, YamlDocument } from './schema-problems.ts'

/** Reads one YAML document. Faults become `problems`; it never throws. */
export function readYaml(file: string, text: string): YamlDocument {
  const counter = new LineCounter()
  // Its warnings would go to stderr by themselves; types that JSON has not, as !!binary, stay text.
  const document = parseDocument(text, { ...quiet, lineCounter: counter, prettyErrors: false })
  const lineAt = (offset: number) => Math.max(1, counter.linePos(offset).line)
  const problems = document.errors.map(({ code, message, pos: [offset] }): Problem => {
    const place = { file, line: lineAt(offset) }
    if (code === 'DUPLICATE_KEY') {
      return { ...place, message: 'A key stands twice in one mapping.', value: keyAt(text, offset) }
    }
    if (code !== 'MULTIPLE_DOCS') return { ...place, message: `This is not YAML: ${message}.` }
    const hint = 'Put what follows the line --- into a file of its own.'
    return { ...place, message: 'A second YAML document begins here, and a file can hold only one.', hint }
  })
  visit(document, {
    Scalar(key, { value, range }) {
      if (key !== 'key' || value !== '__proto__') return
      problems.push({ file, line: lineAt(range?.[0] ?? 0), message: '__proto__ cannot be a key.' })
    },
  })
  let value: unknown
  try {
    value = problems.length > 0 ? undefined : document.toJS()
    JSON.stringify(value)
  } catch (error) {
    // The reader stops at aliases that multiply without end, the writer at one that holds itself.
    const why = error instanceof TypeError ? 'an alias stands within what it stands for' : (error as Error).message
    problems.push({ file, message: `The file cannot be read: ${why}.` })
  }
  return { value, problems, lineOf: (path) => lineAt(offsetOf(document.contents, path)) }
}

const quiet = { logLevel: 'error', resolveKnownTags: false } as const

/** The key that stands at an offset, without quotes. */
function keyAt(text: string, offset: number): string {
  const [, quoted, plain] = /^(?:["']([^"']*)|([^:\n]*))/.exec(text.slice(offset)) ?? []
  return quoted ?? plain ?? ''
}

function offsetOf(contents: unknown, path: Path): number {
  let node = contents as Node | null
  let offset = node?.range?.[0] ?? 0
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => String(item.key) === String(key))
      if (!pair) return offset
      offset = (pair.key as Node).range?.[0] ?? offset
      node = pair.value as Node | null
    } else if (isSeq(node) && node.items[Number(key)]) {
      node = node.items[Number(key)] as Node
      offset = node.range?.[0] ?? offset
    } else return offset
  }
  return offset
}
