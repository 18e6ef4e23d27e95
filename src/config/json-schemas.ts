import * as z from 'zod'
import { type Limit, limits } from '../domain/limits.ts'
import { snakeCase } from '../domain/wording.ts'
import type { Setting } from './setting.ts'
import { settingRows } from './setting-table.ts'
import { promptSchema } from './yaml-prompt.ts'

/** What can be described to an editor: its name, and the file that `pr init` writes it to. */
export const schemaFiles = { prompt: 'prompt.schema.json', config: 'pr.config.schema.json' } as const

export type SchemaName = keyof typeof schemaFiles

/** A JSON schema of prompt files in YAML, or of configuration files, for editors; what is wrong is still for `pr validate` to say. */
export function jsonSchema(name: SchemaName): object {
  const schema = name === 'prompt' ? promptSchema : configSchema()
  const { properties = {}, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  const described = Object.entries(properties).map(([key, part]) => [
    key,
    { ...(part as object), ...(name === 'prompt' && promptKeys[key]) },
  ])
  return {
    ...rest,
    title: name === 'prompt' ? 'A film of prompt-runner' : 'Settings of prompt-runner',
    properties: Object.fromEntries(described),
    // What refuses an unknown key is code.
    additionalProperties: false,
  }
}

/** Numbers of prompt files are checked as those of flags are, where they are planned. */
const numbers = Object.fromEntries(
  (['totalFrames', 'seed', 'width', 'height', 'fps', 'steps', 'cfg', 'framesPerChunk'] as const).map((key) => [
    snakeCase(key),
    bounds(limits[key]),
  ]),
)

const promptKeys: Readonly<Record<string, object>> = {
  ...numbers,
  loras: { additionalProperties: false, description: 'LoRAs of this film, by pass' },
  video_name: { description: 'becomes a folder and an object name' },
  total_frames: { ...numbers['total_frames'], description: 'frames of the finished film' },
  positive_prompt: { description: 'what is to be seen' },
  negative_prompt: { description: 'what is not; has no effect at cfg 1' },
  reference_image: { description: 'an image for the first chunk, relative to this file' },
  control_video: { description: 'a video that steers the motion, relative to this file' },
}

function bounds({ smallest, largest, step }: Limit): object {
  return {
    type: step === null ? 'number' : 'integer',
    minimum: smallest,
    maximum: largest,
    ...(step === 16 && { multipleOf: 16 }),
  }
}

/** Every setting that a configuration file may hold. */
function configSchema() {
  const rows = settingRows.filter(([name, row]) => !row.environmentOnly && name !== 'behaviours')
  return z.object(
    Object.fromEntries(rows.map(([name, row]) => [name, shapeOf(name, row).describe(row.describe).optional()])),
  )
}

function shapeOf(name: string, row: Setting<unknown, unknown, unknown>): z.ZodType {
  const { shows, fallback, repeatable } = row
  if (row.fileOnly) return z.array(z.looseObject({}))
  if (shows === null) return z.boolean()
  const limit: Limit | undefined = limits[name as keyof typeof limits]
  if (limit) return name === 'speed' ? z.union([numberIn(limit), z.literal('max')]) : numberIn(limit)
  const words = shows.split('|')
  if (words.length > 1 && words.every((word) => /^[a-z0-9]+$/.test(word))) return z.enum(words as [string, ...string[]])
  const text = z.string()
  // Headers are lines in a list, or one of them.
  return repeatable || Array.isArray(fallback) ? z.union([text, z.array(text)]) : text
}

function numberIn({ smallest, largest, step }: Limit) {
  const kind = step === null ? z.number() : z.int()
  const within = kind.min(smallest).max(largest)
  return step === 16 ? within.multipleOf(16) : within
}
