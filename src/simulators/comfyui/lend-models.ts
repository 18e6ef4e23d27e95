import { PromptRunnerError } from '../../errors.ts'
import type { ComfyuiKnowledge } from '../../recording/comfyui-knowledge.ts'
import { dumpJson } from './python/format.ts'
import { parseJson } from './python/parse.ts'
import { isDict, type Py } from './python/py.ts'
import { LISTED_BY } from './routes/model-lists.ts'

/**
 * What is known of a server as if it had more model files, each `folder/name` as in `models/`: `checkpoints/x.safetensors`. Throws
 * PR_USAGE for a folder that no recorded class lists.
 */
export function lendModels(knowledge: ComfyuiKnowledge, models: readonly string[]): ComfyuiKnowledge {
  if (models.length === 0) return knowledge
  const nodeClasses = new Map(knowledge.nodeClasses)
  const answers = new Map(knowledge.answers)
  for (const model of models) {
    const [, folder = '', name = ''] = /^(?:models\/)?([^/]+)\/(.+)$/.exec(model) ?? []
    const loaders = LISTED_BY.filter(([of, className]) => of === folder && nodeClasses.has(className))
    if (loaders.length === 0) throw noSuchFolder(model, nodeClasses)
    for (const [, className, input] of loaders) {
      nodeClasses.set(className, withOption(nodeClasses.get(className)!, input, name))
    }
    // What was recorded does not have it.
    answers.delete(`/models/${folder}`)
  }
  return { ...knowledge, nodeClasses, answers }
}

function withOption(text: string, input: string, name: string): string {
  const info = parseJson(text)
  const spec = member(member(member(info, 'input'), 'required'), input)
  const [type, facts] = Array.isArray(spec) ? spec : []
  const listed = Array.isArray(type) ? type : member(facts, 'options')
  if (Array.isArray(listed) && !listed.includes(name)) listed.push(name)
  return dumpJson(info)
}

const member = (value: Py | undefined, key: string): Py | undefined => (isDict(value) ? value.get(key) : undefined)

function noSuchFolder(model: string, classes: ReadonlyMap<string, string>): PromptRunnerError {
  const known = new Set(LISTED_BY.filter(([, className]) => classes.has(className)).map(([folder]) => folder))
  const said = `no class of the recording lists the files of the folder of the model ${JSON.stringify(model)}`
  return new PromptRunnerError('PR_USAGE', said, {
    hint: `give it as folder/name, such as checkpoints/x.safetensors; folders are: ${[...known].join(', ')}`,
  })
}
