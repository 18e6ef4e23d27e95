import * as z from 'zod'
import { stepCost } from '../domain/estimate/step-cost.ts'
import { PromptRunnerError } from '../errors.ts'
import { homeOf, isAnswer, lastComplete } from './comfyui-home.ts'
import { type NodeRun, runsOf } from './comfyui-runs.ts'
import { isJson, jsonOrNull, membersOf } from './exact-json.ts'
import type { LoadedEntry } from './loaded-entry.ts'
import type { ShownMember } from './shown-members.ts'

/** What recorded traffic of a ComfyUI server teaches: never a table in code, so a new recording teaches new node packs. */
export interface ComfyuiKnowledge {
  /** `0.3.64`; empty when `/system_stats` was not recorded. */
  readonly version: string
  /** First device, as the server names it. */
  readonly device: string
  /** The server's command line. */
  readonly argv: readonly string[]
  /** Body of `GET /object_info`, as text: its integers can exceed 2^53. Throws PR_RECORDING where it is not JSON. */
  readonly objectInfo: string
  /** The text of each class in it, not parsed yet. */
  readonly nodeClasses: ReadonlyMap<string, string>
  /** Classes that were seen executing. */
  readonly classes: ReadonlyMap<string, ClassKnowledge>
  /** What nodes showed besides files, by their signature (graph-signature.ts). */
  readonly shown: ReadonlyMap<string, Readonly<Record<string, readonly unknown[]>>>
  /** What outputs of nodes gave, as a node behind them showed it: by signature and number of the output. */
  readonly computed: ReadonlyMap<string, string>
  /** Recorded answers of this server to GET requests, the last for each path with its query. */
  readonly answers: ReadonlyMap<string, RecordedAnswer>
  /** All of it, for routes that nobody models. */
  readonly entries: readonly LoadedEntry[]
}

export interface ClassKnowledge {
  readonly runs: number
  /** Median duration of a run in milliseconds; without its steps when it has any. */
  readonly ms: number
  /** Median duration of one progress step; null when the class reports no progress. */
  readonly stepMs: number | null
  /** Median of what a step computed, in TFLOP; null of classes that are no samplers, and where the graphs name no size of a film. */
  readonly stepCost: number | null
  /** What its progress counted up to, last; null when it told none. */
  readonly steps: number | null
  /** Median of width × height × frames in the graphs that it ran in; null where the graphs name none. */
  readonly volume: number | null
  /** Members of its `ui`, from the first run that showed any. */
  readonly members: readonly ShownMember[]
  /** Its Python function (`SaveImage.save_images`), where an error about arguments named it. */
  readonly functionName: string | null
}

export interface RecordedAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: () => Uint8Array
}

/** Reads it from recorded entries. Throws PR_RECORDING when they hold no `GET /object_info`. */
export function comfyuiKnowledge(entries: readonly LoadedEntry[]): ComfyuiKnowledge {
  const answers = answersOf(entries)
  const objectInfo = answers.get('/object_info')
  if (!objectInfo) {
    throw new PromptRunnerError('PR_RECORDING', 'the recording has no GET /object_info, so it teaches no node class', {
      hint: 'take one with `pr record`, which asks for it',
    })
  }
  const listed = Buffer.from(objectInfo.body()).toString()
  const nodeClasses = classesIn(listed)
  if (nodeClasses === null) throw notWhatItAnswered()
  return {
    ...statsOf(answers.get('/system_stats')),
    // A run reads the classes that it uses; only what compares servers reads all.
    get objectInfo() {
      if (!isJson(listed)) throw notWhatItAnswered()
      return listed
    },
    nodeClasses,
    ...learnt(runsOf(entries)),
    answers,
    entries,
  }
}

/** The texts of the classes; the same ones for the same text, for tests start many servers from one recording. */
function classesIn(listed: string): ReadonlyMap<string, string> | null {
  if (last.listed !== listed) last = { listed, classes: membersOf(listed) }
  return last.classes
}

let last: { readonly listed: string; readonly classes: ReadonlyMap<string, string> | null } = {
  listed: '',
  classes: null,
}

/** Thrown where a recorded `GET /object_info` cannot be read. */
export function notWhatItAnswered(): PromptRunnerError {
  return new PromptRunnerError('PR_RECORDING', 'the recording has GET /object_info, but not what it answered', {
    hint: 'export the HAR again with content; browsers drop large bodies when their developer tools were not open',
  })
}

/** Of the server whose classes are known: others have the same routes, and answer something else. */
function answersOf(entries: readonly LoadedEntry[]): Map<string, RecordedAnswer> {
  const home = homeOf(entries)
  const ofServer = entries.filter((entry) => isAnswer(entry) && entry.url.host === home?.host)
  const isKept = ({ url, isBodyLost, cut }: LoadedEntry) =>
    (!isBodyLost && cut === undefined) || LISTS_CLASSES.test(url.pathname)
  const byRoute = Map.groupBy(ofServer.filter(isKept), ({ url }) => plainPath(url) + url.search)
  return new Map(
    Array.from(byRoute, ([route, all]) => {
      // Only what is JSON is read for it: a film is not.
      const { status, responseHeaders, responseBody } = ASKED_AGAIN.test(route) ? lastComplete(all)! : all.at(-1)!
      const contentType = responseHeaders.get('content-type') ?? 'application/octet-stream'
      return [route, { status, contentType, body: responseBody }]
    }),
  )
}

/** Without what it answered nothing can be simulated, which is told of where it is read. */
const LISTS_CLASSES = /\/object_info$/
const ASKED_AGAIN = /^\/(?:object_info|system_stats)$/

const text = z.string().catch('')
const statsAnswer = z.object({
  system: z
    .object({ comfyui_version: text, argv: z.array(z.string()).catch([]) })
    .catch({ comfyui_version: '', argv: [] }),
  devices: z.array(z.object({ name: text })).catch([]),
})

function statsOf(answer: RecordedAnswer | undefined): Pick<ComfyuiKnowledge, 'version' | 'device' | 'argv'> {
  const { data } = statsAnswer.safeParse(answer ? jsonOrNull(answer.body()) : null)
  const { comfyui_version: version = '', argv = [] } = data?.system ?? {}
  return { version, device: data?.devices[0]?.name ?? '', argv }
}

function learnt(runs: readonly NodeRun[]): Pick<ComfyuiKnowledge, 'classes' | 'shown' | 'computed'> {
  const shown = runs.flatMap((run) => (isEmpty(run.shown) ? [] : [[run.signature, run.shown] as const]))
  const computed = runs.flatMap((run) => (run.computed ? [[run.computed.output, run.computed.text] as const] : []))
  return { classes: classesOf(runs), shown: new Map(shown), computed: new Map(computed) }
}

const isEmpty = (object: object) => Object.keys(object).length === 0

function classesOf(all: readonly NodeRun[]): Map<string, ClassKnowledge> {
  const runs = Map.groupBy(all, ({ classType }) => classType)
  return new Map(
    Array.from(runs, ([classType, seen]) => {
      const steps = seen.flatMap(({ stepMs }) => stepMs)
      const costs = seen.flatMap(({ graph, node }) => stepCost(graph, node) ?? [])
      const volumes = seen.flatMap(({ volume }) => (volume === null ? [] : [volume]))
      return [
        classType,
        {
          runs: seen.length,
          ms: median(seen.map((run) => run.ms - run.stepMs.reduce((sum, ms) => sum + ms, 0))),
          stepMs: steps.length > 0 ? median(steps) : null,
          stepCost: costs.length > 0 ? median(costs) : null,
          steps: seen.findLast((run) => run.steps !== null)?.steps ?? null,
          volume: volumes.length > 0 ? median(volumes) : null,
          members: seen.find(({ members }) => members.length > 0)?.members ?? [],
          functionName: seen.find((run) => run.functionName !== null)?.functionName ?? null,
        },
      ]
    }),
  )
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return Math.max(0, sorted[sorted.length >> 1] ?? 0)
}

/** The path of an address without the prefix `/api`, below which ComfyUI has every route a second time. */
export function plainPath({ pathname }: URL): string {
  return pathname.replace(/^\/api\//, '/')
}
