/** One thing that a later ComfyUI does in another way than 0.3.64. */
interface Difference {
  /** The first release that is known to do it. */
  readonly since: string
  readonly what: string
  /** Where that is known from. */
  readonly source: string
}

/**
 * All that depends on the version and cannot be read from `GET /object_info`. What a newer server does differently is a line
 * here and a look at `rules` where the older behaviour is.
 */
const DIFFERENCES = {
  createTime: {
    since: '0.3.68',
    what: 'extra_data of a queued prompt has create_time in milliseconds',
    source: 'seen on 0.29.0; server.py, post_prompt',
  },
  globalSubgraphs: {
    since: '0.3.68',
    what: 'GET /global_subgraphs and /global_subgraphs/{id} show subgraphs of node packs',
    source: 'merged 2025-10-24, read in 0.24.0; app/subgraph_manager.py',
  },
  matchTypes: {
    since: '0.3.76',
    what: 'a socket of type * or COMFY_MATCHTYPE_V3 takes every type, and an old combo leads to a new one',
    source: 'seen on 0.29.0; comfy_execution/validation.py',
  },
  jobs: {
    since: '0.5.1',
    what: 'GET /api/jobs and /api/jobs/{id} show queue and history as jobs',
    source: 'seen on 0.29.0; comfy_execution/jobs.py, server.py, get_jobs',
  },
  comboOptions: {
    since: '0.7.0',
    what: 'options of new-style combos are enforced, and a refused value is told as Python’s repr shows it',
    source: 'seen on 0.29.0; execution.py, validate_inputs',
  },
  throttledProgress: {
    since: '0.9.1',
    what: 'a progress bar sends its first and last value, and between them one in 100 ms at most',
    source: 'seen on 0.29.0; comfy/utils.py, ProgressBar',
  },
  missingNodeType: {
    since: '0.11.1',
    what: 'a node without a class, or of one that is not there, is refused as missing_node_type with its id and title',
    source: 'seen on 0.29.0; execution.py, validate_prompt',
  },
  dependencyCycle: {
    since: '0.19.3',
    what: 'links in a circle are refused as dependency_cycle on each of their nodes',
    source: 'seen on 0.29.0; execution.py, validate_inputs',
  },
  uuidPromptIds: {
    since: '0.24.0',
    what: 'a prompt_id that is no canonical lower-case UUID is refused, and null means none',
    source: 'seen on 0.29.0; server.py, post_prompt',
  },
  jobCancel: {
    since: '0.29.0',
    what: 'POST /api/jobs/{id}/cancel and /api/jobs/cancel stop a job, whether it runs or waits',
    source: 'seen on 0.29.0, not in 0.24.0; server.py, cancel_job',
  },
  nodeReplacements: {
    since: '0.24.0',
    what: 'classes that are gone are replaced by others before a prompt is looked at, and GET /node_replacements lists them',
    source: 'seen on 0.29.0, read in 0.24.0; app/node_replace_manager.py',
  },
  assets: {
    since: '0.24.0',
    what: 'routes of the assets system answer 503 where it is switched off',
    source: 'seen on 0.29.0, read in 0.24.0; app/assets',
  },
  plainNames: {
    since: '0.29.0',
    what: 'audio files are saved without an underscore after the counter',
    source: 'seen on 0.29.0, not in 0.24.0; comfy_api/latest/_ui.py',
  },
  lazyInputs: {
    since: '0.24.0',
    what: 'a lazy input has to be asked for also when its source is cached, so that its node starts twice',
    source: 'seen on 0.29.0, read in 0.24.0; comfy_execution/graph.py, ExecutionList.get_cache',
  },
  hiddenTokens: {
    since: '0.24.0',
    what: 'a queue shows no API tokens; nodes get them all the same',
    source: 'read in 0.24.0; server.py, post_prompt',
  },
  emittedOutputs: {
    since: '0.24.0',
    what: 'the history of a prompt has only what its own run sent, cached nodes with intermediate outputs among it',
    source: 'read in 0.24.0; execution.py, execute_async',
  },
} as const satisfies Readonly<Record<string, Difference>>

/** The oldest server that answers were compared with. */
const OLDEST = '0.3.64'
/** The newest one. */
export const NEWEST = '0.29.0'

/** What a server of one version does. */
export type Rules = { readonly [name in keyof typeof DIFFERENCES]: boolean }

/** The rules of a recorded server. One that does not tell its version has those of 0.3.64. */
export function rulesOf(version: string): Rules {
  const entries = Object.entries(DIFFERENCES).map(([name, { since }]) => [name, isFrom(version, since)])
  return Object.fromEntries(entries) as Rules
}

/** Says that a recording's server is of a version that nobody compared with; null where all is known. */
export function unknownVersion(version: string): string | null {
  if (numbersOf(version) === null) return null
  const nearest = isFrom(version, OLDEST) ? NEWEST : OLDEST
  const isNewer = nearest === NEWEST
  if (isNewer && isFrom(NEWEST, version)) return null
  const how = isNewer ? 'newer than any that it was compared with' : 'older than any that it was compared with'
  return `recorded from ComfyUI ${version}, answered by the rules of ${nearest}: the server is ${how}, and may refuse or do other things`
}

function isFrom(version: string, since: string): boolean {
  const [have, want] = [numbersOf(version) ?? [], numbersOf(since) ?? []]
  const at = want.findIndex((number, index) => number !== (have[index] ?? 0))
  return have.length > 0 && (at < 0 || (have[at] ?? 0) > want[at]!)
}

/** `v0.29.0-dev` → 0, 29, 0. */
function numbersOf(version: string): number[] | null {
  const found = /^v?(\d+(?:\.\d+)*)/.exec(version.trim())
  return found ? found[1]!.split('.').map(Number) : null
}
