import type { ComfyuiClient } from '../../clients/clients.ts'
import type { Settings } from '../../config/settings-types.ts'
import { type PlanFact, planFact, sha256 } from '../../domain/approval/plan-fact.ts'
import type { PlanFile } from '../../domain/approval/plan-file.ts'
import { type ClassSchema, classSchemas } from '../../recording/object-info.ts'
import type { Planned } from '../plan-all.ts'

/** What somebody says of a server, as facts of a plan. */
export interface SaidOfServer {
  readonly server: PlanFile['server']
  readonly facts: readonly PlanFact[]
}

/** What the server itself says. Throws PR_COMFY_*. */
export async function saidByServer(
  { comfyui: { url } }: Settings,
  planned: Planned,
  client: Pick<ComfyuiClient, 'systemStats' | 'objectInfoText'>,
  signal: AbortSignal,
): Promise<SaidOfServer> {
  const { comfyuiVersion: version, devices } = await client.systemStats(signal)
  const objectInfo = await client.objectInfoText(undefined, signal)
  const facts = serverFacts(planned, { version, device: devices[0]?.name ?? '', objectInfo })
  const address = planFact({ part: 'server', film: null, name: 'address' }, url.href)
  return { server: { from: 'server', name: url.href }, facts: [address, ...facts] }
}

/** What the recording says that a dry run answers from. Throws PR_RECORDING. */
export async function saidByRecording({ dryRun }: Settings, planned: Planned): Promise<SaidOfServer> {
  const { comfyuiKnowledge } = await import('../../recording/comfyui-knowledge.ts')
  const { loadRecording } = await import('../../recording/load-recording.ts')
  const { name, entries } = await loadRecording(dryRun.recording)
  const recording = planFact({ part: 'server', film: null, name: 'recording' }, name)
  const facts = serverFacts(planned, comfyuiKnowledge(entries))
  return { server: { from: 'recording', name }, facts: [recording, ...facts] }
}

interface Known {
  readonly version: string
  readonly device: string
  readonly objectInfo: string
}

function serverFacts({ plans, templates }: Planned, { version, device, objectInfo }: Known): PlanFact[] {
  const fact = (name: string, value: string, content = value) =>
    planFact({ part: 'server', film: null, name }, value, content)
  const graphs = [templates.render, templates.combine]
  const used = new Set(graphs.flatMap((graph) => Object.values(graph).map((node) => node.class_type)))
  const models = new Set(plans.flatMap(({ models }) => Object.values(models) as string[]))
  const schemas = classSchemas(objectInfo)
  return [
    fact('ComfyUI', version),
    fact('GPU', device),
    ...[...used].toSorted().map((name) => {
      const schema = schemas.get(name)
      return fact(`class ${name}`, schema ? 'its inputs and outputs' : 'not there', schema && shapeOf(schema))
    }),
    ...[...models].filter(Boolean).map((name) => {
      // Which class offers it is no matter: a loader of another pack has it in another list.
      return fact(`file ${name}`, objectInfo.includes(JSON.stringify(name)) ? 'there' : 'not there')
    }),
  ]
}

/** What a workflow can depend on in a class, without the lists that grow with each file that somebody adds. */
function shapeOf({ inputs, outputs }: ClassSchema): string {
  const shapes = [...inputs].map(([name, { values: _, ...rest }]) => [name, rest] as const)
  return sha256(JSON.stringify([shapes.toSorted(([a], [b]) => (a < b ? -1 : 1)), outputs]))
}
