import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { createLayout, filmName, referenceUploadName } from '../config/layout.ts'
import { readPrompts } from '../config/read-prompts.ts'
import type { Settings } from '../config/settings-types.ts'
import { loadTemplates } from '../config/templates.ts'
import { allOf } from '../domain/all-of.ts'
import type { Templates } from '../domain/bindings.ts'
import type { Graph } from '../domain/graph.ts'
import { identifyRun, jobId } from '../domain/ids.ts'
import { makePlan } from '../domain/make-plan.ts'
import type { Plan } from '../domain/plan.ts'
import { jobsOf, workflowsBefore } from '../domain/plan.ts'
import { runRetries } from '../domain/retry-policy.ts'
import type { RunEvent } from '../domain/run-event.ts'
import { writeJson } from '../files/write-json.ts'
import { orchestrate } from '../orchestrator/orchestrate.ts'
import type { RunContext } from '../orchestrator/run-context.ts'
import { openSpending } from '../orchestrator/spending.ts'
import { plannedGraph } from '../planning/planned-graphs.ts'
import { filmWork } from '../run/estimate/film-work.ts'
import { openReaders } from '../run/readers.ts'
import type { RunOutput } from '../run/run-host.ts'
import { errorsOf, throwAny } from '../run/settle.ts'
import { LINE_CHECK } from '../state/journal-line.ts'
import { visibleText } from './event-log.ts'
import type { Sent } from './exchange-changes.ts'
import type { Work } from './work.ts'

/** Pixels and frames of a chunk: as little as the models take. */
const SMALL = { width: 128, height: 224, framesPerChunk: 9 }

/**
 * The whole pipeline on the first prompt file, cut to two small chunks: everything that a run sends, for little money. Uploads only
 * when a bucket is set; a pod is always kept.
 */
export async function pipelineWork(settings: Settings, output: RunOutput): Promise<Work> {
  const [prompts, templates] = await allOf([readPrompts(settings.prompts), loadTemplates(settings.workflows)])
  const { overrides, ...prompt } = prompts[0]!
  const { width: _w, height: _h, framesPerChunk: _f, ...kept } = overrides
  const small = { ...prompt, overrides: kept, totalFrames: 2 * SMALL.framesPerChunk }
  const plans = [makePlan(small, { ...settings.plan, ...SMALL }, jobId)]
  const options = {
    ...settings.run,
    upload: settings.run.upload && settings.storage.bucket !== null,
    shutdown: 'keep' as const,
  }
  // A name of its own, so that nothing on the server or in the bucket is met again.
  const identity = identifyRun(plans, () => false)
  const jobs = jobsOf(plans[0]!)
  return {
    names: [
      `${prompt.file}: ${jobs.length} jobs of ${SMALL.width} x ${SMALL.height}, ${SMALL.framesPerChunk} frames a chunk`,
    ],
    sends: sendsOf(plans[0]!, templates),
    speed: 0,
    async run(clients, folder, signal) {
      const runName = `${identity.runName}-${randomUUID()}`
      const layout = createLayout(folder, runName)
      const filmNames = new Map([[prompt.videoName, filmName(prompt.videoName)]])
      const run = { runId: randomUUID(), runName, earlier: null, hasClaimed: false, filmNames }
      const shown = { work: filmWork({ plans, templates }), times: 'real', share: 1 } as const
      using readers = openReaders({ run, plans, dryRun: false, journal: layout.journal, now: Date.now, shown }, output)
      // A recording that broke off is taken again from its start.
      const resumeCommand = null
      const terms = { price: null, budget: null, deadline: null }
      const context: RunContext = {
        ...run,
        clients,
        templates,
        layout,
        workflowsBefore: workflowsBefore(plans),
        options,
        retries: runRetries,
        spending: openSpending({ terms, earlier: null, resumeCommand, now: Date.now }),
        resumeCommand,
        share: null,
        now: Date.now,
        emit: readers.emit,
        signal,
        ask: async () => false,
        closing: new AbortController().signal,
        write: writeJson,
        atLeave: () => {},
      }
      throwAny(errorsOf(await orchestrate(context, plans), null))
      const events = readFileSync(join(layout.journal), 'utf8').trim().split('\n')
      const lines = events.flatMap((line) => settledEvent(JSON.parse(line) as RunEvent))
      return [
        { step: prompt.file, lines: lines.map((line) => visibleText(line.replaceAll(folder, '<folder>'), runName)) },
      ]
    },
  }
}

/** Uploads and jobs, with `{{…}}` where only the run tells a name. */
function sendsOf(plan: Plan, templates: Templates): Sent[] {
  const given = [plan.referenceImage, plan.controlVideo].filter((path) => path !== null)
  const uploads = [
    ...given.map((path): Sent => ({ kind: 'upload', name: basename(path), bytes: readFileSync(path) })),
    ...plan.chunks
      .filter(({ referenceFrame }) => referenceFrame !== null)
      .map(
        (chunk): Sent => ({
          kind: 'upload',
          name: referenceUploadName('{{run}}', plan.videoName, chunk.number),
          bytes: null,
        }),
      ),
  ]
  const workflows = jobsOf(plan).map((job): Sent => {
    const text = JSON.stringify(plannedGraph(plan, job, templates), (_, value) => {
      if (typeof value !== 'string') return value
      return given.includes(value) ? '{{file}}' : value.replace(standIns, '{{run}}')
    })
    return { kind: 'workflow', name: `${job.kind} ${job.jobNumber}`, graph: JSON.parse(text) as Graph }
  })
  return [...uploads, ...workflows]
}

/** Names of files and folders that `plannedGraph` makes up. */
const standIns = /^(?:(?:latent|video|film)(?= \[output\]$)|reference\.png$|check(?=\/))/

/** An event without its times; nothing of what comes when it comes, or is the encoder's. */
function settledEvent(event: RunEvent): string[] {
  if (
    ['job-queued', 'job-progress', 'job-output', 'upload-progress', 'video-started', 'run-started'].includes(event.kind)
  )
    return []
  const text = JSON.stringify(event, (key, value) => (volatile.has(key) ? undefined : value))
  return [text.replace(/\d+ bytes, crc32c [\w+/]+=*/, '<film>')]
}

/** The graph's digest too, for the run's name is in the graph, and with it the checksum of the line. */
const volatile = new Set([
  'at',
  LINE_CHECK,
  'graph',
  'tookMs',
  'phases',
  'bytes',
  'size',
  'crc32c',
  'md5',
  'generation',
])
