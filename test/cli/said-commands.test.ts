import { globSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type FurnishedFolder, furnishedFolder } from '../support/furnished-folder.ts'
import { runSaid } from '../support/meanings.ts'
import { tellingCalls } from './telling-calls.ts'

let folder: FurnishedFolder
const ends: Array<() => Promise<void>> = []
beforeAll(async () => {
  folder = await furnishedFolder((end) => void ends.push(end))
})
afterAll(() => Promise.all(ends.map((end) => end())))

/** All that was said. */
let said = ''

it.each(tellingCalls)('$name: what it says to run does what it says', async ({ args, before, told }) => {
  folder.reset()
  await before?.(folder.cwd, folder)
  const { stdout, stderr } = await folder.pr(args(folder))
  said += stdout + stderr
  const commands = await runSaid(stdout + stderr, folder.pr)
  expect(
    told.filter((start) => !commands.some((command) => command.startsWith(start))),
    stdout + stderr,
  ).toEqual([])
})

/** What the program says in none of these cases, and why. */
const notSaid: Readonly<Record<string, string>> = {
  '; `pr serve --port 8189 --record-to recordings/mine` takes what a live s': 'only of what other programs ask',
  '`pr --dry-run --sweep --fault FAULT` tries one again': 'only where a fault harms a film, and none is known to',
  ', disks and ffmpeg; `pr --fault help` lists what can go w': 'only of a failure that no rehearsal knows',
  'make one with `pr record --from-run RUN`': 'only to tests that call replayRun',
  'is film is to have. `pr help films` tells all keys.\nvid': 'stands in the film that `pr init` writes',
  'win over this file; `pr --show-settings` tells': 'stands in the file that `pr init` writes',
}

it('knows every sentence of the sources that tells to run a command', () => {
  const told = globSync('src/**/*.ts').flatMap((file) => sentencesTelling(readFileSync(file, 'utf8')))
  expect(told.length).toBeGreaterThan(40)
  const unsaid = [...new Set(told)].filter((sentence) => !patternOf(sentence).test(said))
  expect(unsaid.toSorted()).toEqual(Object.keys(notSaid).toSorted())
})

/** Each command between backticks in a string or in a template, with what stands around it. */
function sentencesTelling(source: string): string[] {
  const code = source.replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, '')
  const strings = Array.from(code.matchAll(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g), ([text]) => text.slice(1, -1))
  return [
    ...strings.flatMap((text) => text.match(/[^`]{0,20}`pr [^`]+`[^`]{0,20}/g) ?? []),
    ...Array.from(code.matchAll(/[^`{}\\]{0,20}\\`pr [^\\]+\\`[^`$\\]{0,20}/g), ([text]) =>
      text.replaceAll('\\`', '`'),
    ),
  ]
}

/** Options of the call may stand behind a command. */
function patternOf(sentence: string): RegExp {
  const text = sentence
    .split(/\$\{[^}]*\}+/)
    .map((part) => part.replaceAll(/[.*+?^()|[\]\\]/g, '\\$&'))
    .join('.*')
  return new RegExp(text.replaceAll(/`pr ([^`]+)`/g, '`pr $1[^`]*`'))
}
