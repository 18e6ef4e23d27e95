import { behavioursWith } from '../../src/simulators/comfyui/behaviours/behaviours.ts'
import { parseJson } from '../../src/simulators/comfyui/python/parse.ts'
import type { Py } from '../../src/simulators/comfyui/python/py.ts'
import { rulesOf } from '../../src/simulators/comfyui/rules.ts'
import { nodeClasses } from '../../src/simulators/comfyui/validate/node-class.ts'
import { type QueueItem, validatePrompt } from '../../src/simulators/comfyui/validate/validate-prompt.ts'
import { differences } from './differences.ts'
import { corpusFileStore } from './file-store.ts'
import { settle } from './settle.ts'
import type { CaseResult, Suite } from './suite.ts'
import { testingPack } from './testing-pack.ts'

interface ValidationRecord {
  readonly id: string
  readonly category: string
  readonly request: string
  readonly counter: number
  readonly status: number
  readonly content_type: string
  readonly response: string
  readonly queued?: string
  readonly order_free?: readonly string[]
  readonly unstable?: readonly string[]
}

/** One `POST /prompt` a line, each on its own. */
export const validationSuite: Suite = {
  name: 'validation',
  open({ objectInfo, files }) {
    const findClass = nodeClasses(objectInfo, behavioursWith(testingPack))
    const store = corpusFileStore(files)
    const fileExists = (name: string) => store.exists(name)
    return (line): CaseResult => {
      const record = JSON.parse(line) as ValidationRecord
      const counter = BigInt(record.counter)
      const answer = validatePrompt(record.request, {
        findClass,
        fileExists,
        counter,
        newId: () => 'made by the server',
        now: () => 0,
        rules: rulesOf('0.3.64'),
      })
      const actual = { ...answer, queued: answer.item && queueEntry(answer.item) }
      return { id: record.id, category: record.category, differences: compare(record, actual) }
    }
  },
}

const queueEntry = ({ number, promptId, prompt, extraData, outputs }: QueueItem): Py => [
  number,
  promptId,
  prompt,
  extraData,
  outputs,
]

interface Actual {
  readonly status: number
  readonly contentType: string
  readonly body: string
  readonly queued: Py | undefined
}

/** The corpus README's "How to compare". */
function compare(record: ValidationRecord, actual: Actual): string[] {
  const json = record.content_type.startsWith('application/json') && record.content_type === actual.contentType
  const body = (text: string): Py => (json ? settle(parseJson(text), record) : text)
  const queued = (item: Py | undefined): Py => (item === undefined ? null : settle(item, record, '/queued'))
  return [
    ...differences(String(record.status), String(actual.status), 'status'),
    ...differences(record.content_type, actual.contentType, 'content type'),
    ...differences(body(record.response), body(actual.body), ''),
    ...differences(
      queued(record.queued === undefined ? undefined : parseJson(record.queued)),
      queued(actual.queued),
      '/queued',
    ),
  ]
}
