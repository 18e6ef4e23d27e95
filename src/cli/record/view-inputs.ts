import { join } from 'node:path'
import type { ComfyuiClient } from '../../clients/clients.ts'
import type { Graph } from '../../domain/graph.ts'
import type { OutputFile } from '../../domain/run-event.ts'
import { PromptRunnerError } from '../../errors.ts'
import { classSchemas } from '../../recording/object-info.ts'

/**
 * Downloads what the loaders of the graphs read from the server's input folder, so that the recording has it. What is not
 * there is left for the server itself to refuse.
 */
export async function viewInputs(
  client: ComfyuiClient,
  graphs: readonly Graph[],
  options: { objectInfo: string; folder: string; signal: AbortSignal },
): Promise<void> {
  const { objectInfo, folder, signal } = options
  for (const [number, file] of inputFiles(graphs, objectInfo).entries()) {
    await client.download(file, join(folder, `input-${number}`), signal).catch((error: unknown) => {
      if (!(error instanceof PromptRunnerError) || error.code !== 'PR_COMFY_HTTP') throw error
    })
  }
}

function inputFiles(graphs: readonly Graph[], objectInfo: string): OutputFile[] {
  const schemas = classSchemas(objectInfo)
  const names = graphs.flatMap(Object.values).flatMap(({ class_type, inputs }) =>
    Object.entries(inputs).flatMap(([name, value]) => {
      const schema = schemas.get(class_type)?.inputs.get(name)
      // A list without values is that of the files in a folder; what stands in braces is uploaded by the work itself.
      const isFile = schema?.type === 'COMBO' && schema.values === null
      return isFile && typeof value === 'string' && !value.includes('{{') ? [value] : []
    }),
  )
  return [...new Set(names)].flatMap((name) => {
    const [, subfolder = '', filename] = /^(?:(.*)\/)?([^/]+?)(?: \[input\])?$/.exec(name) ?? []
    return filename && !/ \[(?:output|temp)\]$/.test(name) ? [{ type: 'input', subfolder, filename }] : []
  })
}
