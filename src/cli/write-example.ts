import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { settingGroups } from '../config/setting.ts'
import { settingRows } from '../config/setting-table.ts'
import { quoted } from '../domain/shell-word.ts'
import { PromptRunnerError } from '../errors.ts'
import { isFolder, makeFolder, nearestExisting } from '../files/folders.ts'
import type { Output } from './output.ts'

interface WriteExampleOptions {
  readonly dir: string
  /** Overwrite what is there. */
  readonly force: boolean
  readonly cwd: string
  readonly output: Output
  /** How the program was called. */
  readonly pr: string
}

/** Writes example prompt files, a configuration file and their schemas; all or, when one of them is there already, none. Throws PR_FILE. */
export async function writeExample({ dir, force, cwd, output, pr }: WriteExampleOptions): Promise<number> {
  // It ships with the package, two folders above src/cli and dist/cli alike.
  const example = await readFile(new URL('../../fixtures/prompt_files/example.txt', import.meta.url), 'utf8')
  const { jsonSchema, schemaFiles } = await import('../config/json-schemas.ts')
  const schema = (name: keyof typeof schemaFiles) => `${JSON.stringify(jsonSchema(name), null, 2)}\n`
  const files = [
    { name: join(dir, 'prompt_files/example.txt'), text: example },
    { name: join(dir, 'prompt_files/harbour.yaml'), text: checkedBy(schemaFiles.prompt) + yamlExample },
    { name: join(dir, 'prompt_files', schemaFiles.prompt), text: schema('prompt') },
    { name: join(dir, 'pr.config.yaml'), text: checkedBy(schemaFiles.config) + exampleConfig() },
    { name: join(dir, schemaFiles.config), text: schema('config') },
  ]
  const above = nearestExisting(resolve(cwd, dir))
  if (!isFolder(above)) {
    throw new PromptRunnerError('PR_USAGE', `pr init writes into a folder, and ${above} is none`, {
      hint: 'name the folder that the files go to: `pr init DIR`',
    })
  }
  const taken = files.filter(({ name }) => existsSync(resolve(cwd, name))).map(({ name }) => name)
  if (taken.length > 0 && !force) {
    throw new PromptRunnerError(
      'PR_USAGE',
      `pr init writes nothing, because this is there already: ${taken.join(', ')}`,
      {
        hint: 'give --force to overwrite, or another folder: `pr init DIR`',
      },
    )
  }
  for (const { name, text } of files) {
    await write(resolve(cwd, name), text)
    output.print(`wrote ${name}`)
  }
  output.print(
    `\nNext: \`${dir === '.' ? '' : `cd ${quoted(dir)} && `}${pr} --dry-run\` rehearses it; nothing leaves the machine.`,
  )
  output.result({ written: files.map(({ name }) => resolve(cwd, name)) })
  return 0
}

/** By this line the editors of many complete keys and check values. https://github.com/redhat-developer/yaml-language-server */
const checkedBy = (schema: string) => `# yaml-language-server: $schema=${schema}\n`

const yamlExample = `# A film in YAML: what a .txt file says, and what only this film is to have. \`pr help films\` tells all keys.
video_name: harbour
total_frames: 81
positive_prompt: >-
  A small harbour in the early morning, slow pan along the quay, fishing boats rock on green water, ropes creak,
  mist lifts off the hills behind, soft light, highly detailed
frames_per_chunk: 81
# seed: 7
# width: 832
# height: 480
# reference_image: first-picture.png
`

async function write(path: string, text: string): Promise<void> {
  try {
    makeFolder(dirname(path))
    await writeFile(path, text)
  } catch (cause) {
    throw new PromptRunnerError('PR_FILE', `${path} cannot be written: ${(cause as Error).message}`, { cause })
  }
}

/** A `pr.config.yaml` that changes nothing: every setting with its default, commented out. */
function exampleConfig(): string {
  const blocks = settingGroups.map((group) => {
    const rows = settingRows.filter(
      ([, row]) => row.group === group && !row.environmentOnly && !row.fileOnly && !row.secret,
    )
    return rows.length > 0 ? [`# ${group}`, ...rows.map(([name, row]) => line(name, row))] : []
  })
  const intro = [
    '# Settings of prompt-runner. Flags and environment variables win over this file; `pr --show-settings` tells',
    '# what is in force and where it comes from. Take the leading # away to set something.',
  ]
  return [intro, ...blocks.filter((block) => block.length > 0)].map((block) => `${block.join('\n')}\n`).join('\n')
}

function line(name: string, { fallback, describe, shows }: (typeof settingRows)[number][1]): string {
  const one = Array.isArray(fallback) && fallback.length === 1 ? fallback[0] : fallback
  const value = one instanceof URL || typeof one !== 'object' ? String(one) : (shows ?? '')
  return `${`#${name}: ${value}`.padEnd(32)} # ${describe}`
}
