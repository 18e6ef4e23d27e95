import { join } from 'node:path'
import type { ComfyuiClient, PromptEvent } from '../clients/clients.ts'
import { annotatedName } from '../config/layout.ts'
import type { Graph } from '../domain/graph.ts'
import { uuidV5 } from '../domain/ids.ts'
import type { OutputFile } from '../domain/run-event.ts'
import { PromptRunnerError } from '../errors.ts'
import { fileLine, type StepLog, TOO_LATE, visibleEvent, visibleText } from './event-log.ts'
import { fileFacts, numberedFromOne } from './seen-files.ts'
import type { Step } from './steps.ts'

export interface StepRun {
  readonly client: ComfyuiClient
  /** A UUID. It names the folder of all outputs, so that a second run on the same server starts from the same names. */
  readonly run: string
  /** Downloads go here. */
  readonly folder: string
  readonly signal: AbortSignal
}

/** What the steps share. */
interface Shared extends StepRun {
  /** The first file of each step that is done, by the step's name. */
  readonly files: Map<string, OutputFile>
  readonly renumber: ReturnType<typeof numberedFromOne>
}

/**
 * Does the steps one after the other and tells what a client gets to see. Failures that the server reports are part of it;
 * a server that does not answer throws.
 */
export async function runSteps(steps: readonly Step[], run: StepRun): Promise<StepLog[]> {
  const { client, signal } = run
  const log: StepLog[] = []
  const shared = { ...run, files: new Map<string, OutputFile>(), renumber: numberedFromOne() }
  await client.connect(signal)
  // Or a second run would find everything in the server's cache.
  await client.free({ unloadModels: true, freeMemory: true })
  for (const [index, step] of steps.entries()) {
    const lines =
      step.kind === 'upload' ? await upload(step, shared) : await execute(step, `${index} ${step.name}`, shared)
    log.push({ step: step.name, lines: lines.map((line) => visibleText(line, run.run)) })
  }
  return log
}

async function upload(
  { name, path }: Step & { kind: 'upload' },
  { client, run, signal, files }: Shared,
): Promise<string[]> {
  const file = await client.upload(path, { subfolder: `pr-smoke/${run}` }, signal)
  files.set(name, file)
  return [`uploaded ${nameOf(file)}`]
}

async function execute(
  { name, graph, interruptAt }: Step & { kind: 'workflow' },
  id: string,
  { client, run, folder, signal, files, renumber }: Shared,
): Promise<string[]> {
  const lines: string[] = []
  const promptId = uuidV5(id, run)
  let interrupting: Promise<void> | null = null
  const onEvent = (event: PromptEvent) => {
    const line = visibleEvent(event.kind === 'executed' ? renumber(event.node, event) : event)
    if (line !== null) lines.push(line)
    if (event.kind === 'executing' && event.node === interruptAt) interrupting = client.interrupt(promptId)
  }
  try {
    const accepted = await client.submit({ promptId, graph: filled(graph, run, files) }, signal)
    const entry = await client.follow(accepted.promptId, onEvent, signal)
    const made = Object.entries(entry.files).flatMap(([node, all]) => all.map((file) => ({ node, file })))
    if (made[0]) files.set(name, made[0].file)
    for (const [node, output] of Object.entries(entry.outputs).toSorted()) {
      lines.push(`output of ${node}: ${JSON.stringify(renumber(node, output))}`)
    }
    for (const [number, { node, file }] of made.entries()) {
      const path = join(folder, `${promptId}-${number}`)
      await client.download(file, path, signal)
      lines.push(fileLine(nameOf(renumber(node, file)), node, fileFacts(path)))
    }
  } catch (error) {
    if (!(error instanceof PromptRunnerError) || !tellable.has(error.code)) throw error
    lines.push(`${error.code}: ${error.message}`, ...error.problems.map(({ file, message }) => `${file}: ${message}`))
  }
  await interrupting
  const isTooLate = interruptAt !== null && !lines.some((line) => line.startsWith('PR_COMFY_INTERRUPTED'))
  return isTooLate ? [TOO_LATE] : lines
}

const tellable = new Set(['PR_COMFY_FAILED', 'PR_COMFY_INTERRUPTED', 'PR_COMFY_REJECTED'])

function filled(graph: Graph, run: string, files: ReadonlyMap<string, OutputFile>): Graph {
  const text = JSON.stringify(graph)
    .replaceAll('{{run}}', run)
    .replaceAll(/\{\{file:([^}]+)\}\}/g, (whole, step) => {
      const file = files.get(step)
      return file ? JSON.stringify(annotatedName(file)).slice(1, -1) : whole
    })
  return JSON.parse(text) as Graph
}

const nameOf = ({ type, subfolder, filename }: OutputFile) => [type, subfolder, filename].filter(Boolean).join('/')
