import { behavioursWith } from '../../src/simulators/comfyui/behaviours/behaviours.ts'
import type { FileContent } from '../../src/simulators/comfyui/files/file-content.ts'
import { createFileStore, type FileStore } from '../../src/simulators/comfyui/files/file-store.ts'
import type { FileType } from '../../src/simulators/comfyui/files/folder-paths.ts'
import { dumpJson } from '../../src/simulators/comfyui/python/format.ts'
import { parseJson } from '../../src/simulators/comfyui/python/parse.ts'
import { isDict, type Py, type PyDict } from '../../src/simulators/comfyui/python/py.ts'
import { rulesOf } from '../../src/simulators/comfyui/rules.ts'
import { ServerModel } from '../../src/simulators/comfyui/server/server-model.ts'
import { serviceOf } from '../../src/simulators/comfyui/simulator.ts'
import { fromBytes } from '../../src/simulators/media/byte-source.ts'
import { compareSockets, linkedInputs } from './compare-sockets.ts'
import { differences } from './differences.ts'
import { dictAt, dictOf, type ExecutionRecord } from './execution-record.ts'
import { LoggedFacts } from './logged-facts.ts'
import { LoggedRunner } from './logged-runner.ts'
import { ManualClock } from './manual-clock.ts'
import { type Answer, ScenarioDriver } from './scenario-driver.ts'
import { settle } from './settle.ts'
import { settledData, withoutRandom } from './settle-messages.ts'
import type { CaseResult, Corpus, CorpusFiles, Suite } from './suite.ts'
import { testingPack } from './testing-pack.ts'

/** A script of requests and sockets a line, each against a fresh server. */
export const executionSuite: Suite = {
  name: 'execution',
  open: (corpus) => (line) => runScenario(JSON.parse(line) as ExecutionRecord, corpus),
}

async function runScenario(record: ExecutionRecord, { objectInfo, files: corpusFiles }: Corpus): Promise<CaseResult> {
  const clock = new ManualClock(Date.UTC(2026, 10, 23))
  const files = storeOf(corpusFiles, clock)
  const before = new Set(pathsIn(files, corpusFiles.base))
  const facts = new LoggedFacts(record)
  const behaviours = behavioursWith(testingPack)
  const rules = rulesOf('0.3.64')
  const recorded = { shown: new Map(), computed: new Map() }
  const parts = { objectInfo, classes: new Map(), files, clock, previews: false, behaviours, rules, recorded }
  const runner = new LoggedRunner(parts, facts)
  const model = new ServerModel({
    objectInfo,
    answers: new Map(),
    entries: [],
    files,
    runner,
    clock,
    newId: () => crypto.randomUUID(),
    behaviours,
    rules,
    orderOutputs: (promptId, outputs) => inOrder(outputs, facts.orderOf(promptId)),
  })
  const driver = new ScenarioDriver({
    service: serviceOf(model),
    files,
    clock,
    base: corpusFiles.base,
    log: record.log,
  })
  await driver.run(record)
  const created = pathsIn(files, corpusFiles.base).filter((path) => !before.has(path))
  return {
    id: record.id,
    category: record.category,
    differences: [
      ...driver.missed.map((step) => `never happened: ${step}`),
      ...driver.answers.flatMap(compareAnswer),
      ...compareSockets(record, driver.frames, linkedInputs(record)),
      ...(await compareEnd(record, driver)),
      ...differences(namesOf(record.files_new), namesOf(created), 'new files'),
    ],
  }
}

/** The recorded order, for what the recorded server put into a Python set. */
function inOrder(outputs: Py[], order: readonly Py[] | undefined): Py[] {
  const place = (id: Py) => order?.indexOf(id) ?? -1
  return outputs.every((id) => place(id) >= 0) ? outputs.toSorted((a, b) => place(a) - place(b)) : outputs
}

function compareAnswer({ expected, status, contentType, body }: Answer): string[] {
  const at = `${expected.k === 'http' ? expected.method : 'POST'} ${expected.path}`
  const type = expected.content_type ?? ''
  const json = type.startsWith('application/json')
  const settled = (text: string): Py => (json ? settledBody(parseJson(withoutRandom(text))) : text)
  return [
    ...differences(String(expected.status), String(status), `${at}: status`),
    ...(json ? differences(type, contentType, `${at}: content type`) : []),
    ...differences(settled(expected.response), json && !contentType.includes('json') ? body : settled(body), at),
  ]
}

/** Without tracebacks, and what the server keeps in a Python set in one order. */
function settledBody(value: Py): Py {
  if (!isDict(value)) return value
  const nodes = [...dictAt(value, 'node_errors').keys()].map((id) => `/node_errors/${id}`)
  const order_free = ['/node_errors', ...nodes.flatMap((at) => [`${at}/errors`, `${at}/dependent_outputs`])]
  return new Map(
    Array.from(settle(value, { order_free }) as PyDict, ([key, item]): [string, Py] => {
      const isQueue = key === 'queue_running' || key === 'queue_pending'
      return [key, isQueue && Array.isArray(item) ? item.map(settledItem) : item]
    }),
  )
}

const settledItem = (item: Py): Py =>
  Array.isArray(item)
    ? item.map((part, index) => (index === 4 && Array.isArray(part) ? part.map(dumpJson).sort() : part))
    : item

const sortedKeys = (value: PyDict): PyDict => new Map([...value].sort(([a], [b]) => (a < b ? -1 : 1)))

async function compareEnd(record: ExecutionRecord, driver: ScenarioDriver): Promise<string[]> {
  const history = dictOf(withoutRandom(await driver.get('/history')))
  const linked = linkedInputs(record)
  const ids = record.history_ids.map(withoutRandom)
  const entries = Object.entries(record.history).flatMap(([id, text]) => {
    const entry = (all: PyDict) => settledEntry(dictAt(all, withoutRandom(id)), linked)
    return differences(entry(dictOf(withoutRandom(text))), entry(history), `history of ${id}`)
  })
  return [
    ...differences(ids, [...history.keys()], 'order of the history'),
    ...entries,
    ...differences(
      settledBody(parseJson(record.queue)),
      settledBody(parseJson(await driver.get('/queue'))),
      'queue at the end',
    ),
    ...differences(parseJson(record.exec_info), parseJson(await driver.get('/prompt')), 'exec_info at the end'),
  ]
}

function settledEntry(entry: PyDict, linked: ReturnType<typeof linkedInputs>): PyDict {
  const status = dictAt(entry, 'status')
  const messages = status.get('messages')
  const settled = (message: Py): Py =>
    Array.isArray(message) ? message.map((part) => (isDict(part) ? settledData(part, linked) : part)) : message
  return new Map<string, Py>([
    ['prompt', settledItem(entry.get('prompt') ?? null)],
    ['outputs', sortedKeys(dictAt(entry, 'outputs'))],
    ['status', new Map(status).set('messages', Array.isArray(messages) ? messages.map(settled) : null)],
    ['meta', sortedKeys(dictAt(entry, 'meta'))],
  ])
}

const namesOf = (paths: readonly string[]): Py[] => paths.map(withoutRandom).sort()

function pathsIn(files: FileStore, base: string): string[] {
  return (['input', 'output', 'temp'] as const).flatMap((type) =>
    files.list(type).map(({ path }) => path.slice(base.length + 1)),
  )
}

/** Every scenario starts with the corpus's inputs and temporary files; what is in them is made up. */
function storeOf({ base, files, dirs }: CorpusFiles, clock: ManualClock): FileStore {
  const store = createFileStore({ clock, root: base })
  for (const folder of dirs) if (!folder.startsWith('output')) store.makeDirectory(`${base}/${folder}`)
  for (const { path } of files) {
    const [type = '', ...parts] = path.split('/')
    const filename = parts.pop() ?? ''
    if (type === 'output') continue
    const bytes = fromBytes(Buffer.from(path))
    store.write({ type: type as FileType, subfolder: parts.join('/'), filename, bytes, content: contentOf(filename) })
  }
  return store
}

function contentOf(filename: string): FileContent {
  const images = { width: 32, height: 32, segments: [{ frames: 1, colour: 0x808080 }] }
  if (filename.endsWith('.png')) return { kind: 'image', images, alpha: false }
  if (filename.endsWith('.mp4'))
    return { kind: 'video', images: { ...images, segments: [{ frames: 4, colour: 0 }] }, fps: 8 }
  return filename.endsWith('.latent') ? { kind: 'latent', shape: [1, 4, 4, 4] } : { kind: 'other' }
}
