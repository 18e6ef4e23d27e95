import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { didYouMean } from '../domain/wording.ts'
import { PromptRunnerError } from '../errors.ts'
import { markdownText } from './markdown-text.ts'
import type { Colours } from './output.ts'

/** A page of the help: a Markdown file, which begins with its title. */
export interface HelpTopic {
  readonly name: string
  readonly title: string
  readonly text: string
}

/** Every topic, by name. They lie in src/help, and in dist/help beside the built program. */
export function helpTopics(): HelpTopic[] {
  const folder = fileURLToPath(new URL('../help/', import.meta.url))
  const files = globSync('*.md', { cwd: folder }).toSorted()
  return files.map((file) => {
    const text = readFileSync(join(folder, file), 'utf8')
    return { name: basename(file, '.md'), title: /^# (.+)/.exec(text)?.[1] ?? '', text }
  })
}

/** The topic of that name. Throws PR_USAGE. */
export function helpTopic(name: string): HelpTopic {
  const topics = helpTopics()
  const found = topics.find((topic) => topic.name === name)
  if (found) return found
  const names = topics.map((topic) => topic.name)
  throw new PromptRunnerError('PR_USAGE', `there is no help on "${name}".${didYouMean(name, names)}`, {
    hint: 'see `pr help`',
  })
}

/** A topic for a terminal. */
export function topicText({ text }: HelpTopic, colours: Colours): string {
  return markdownText(text, { colours, addressOf })
}

/** Files of the project lead nowhere in a terminal, and other topics have a command. */
function addressOf(target: string): string | null {
  if (/^https?:/.test(target)) return target
  const topic = /^([\w-]+)\.md$/.exec(target)?.[1]
  return topic === undefined ? null : `pr help ${topic}`
}
