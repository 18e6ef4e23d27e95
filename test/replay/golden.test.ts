import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { canonicalHar } from '../../src/recording/canonical-har.ts'
import type { Har } from '../../src/recording/har.ts'
import { unchecked } from '../support/journals.ts'
import { filesIn, type Rehearsed, rehearse } from '../support/rehearse.ts'

const golden = resolve('fixtures/golden')
const scenarios = readdirSync(golden, { withFileTypes: true }).filter((item) => item.isDirectory())

interface Scenario {
  readonly about: string
  readonly args: readonly string[]
  readonly files: Readonly<Record<string, string>>
}

// `npm test -- -u` writes what is expected here anew; with CI=true nothing is ever written.
it.each(scenarios)('leaves the run folder of fixtures/golden/$name, byte for byte', async ({ name }) => {
  const folder = join(golden, name)
  const { args, files }: Scenario = JSON.parse(readFileSync(join(folder, 'scenario.json'), 'utf8'))
  const inRepository = args.map((arg) => (arg.startsWith('fixtures/') ? resolve(arg) : arg))
  const run = await rehearse(inRepository, { files, env: { SOURCE_DATE_EPOCH: '1767225600', TZ: 'UTC' } })
  expect(run.stderr).toBe('')

  const texts = expectedTexts(run)
  for (const [file, text] of texts) await expect(text).toMatchFileSnapshot(join(folder, 'run', file))
  // A file that is no longer written has to be deleted by hand.
  expect(filesIn(join(folder, 'run')).filter((file) => !texts.has(file))).toEqual([])
})

/** Text files as they are but for the paths of their own folder and of the repository; films and bodies as a list of digests; traffic an entry a line. The report tells of all of these. */
function expectedTexts({ cwd, folder, files, text }: Rehearsed): Map<string, string> {
  const isText = (file: string) => /\.(json|jsonl|log)$/.test(file) && !file.startsWith('bodies/')
  // The checksum of a line is one of its paths, too.
  const comparable = (text: string) => unchecked(text).replaceAll(cwd, '<cwd>').replaceAll(resolve(), '<repository>')
  const texts = new Map(files.filter(isText).map((file) => [file, comparable(text(file))]))
  const others = files.filter((file) => !isText(file) && !['traffic.har', 'report.html'].includes(file))
  texts.set('digests.txt', lines(others.map((file) => `${sha256(readFileSync(join(folder, file)))} ${file}`)))
  texts.set('traffic.txt', lines(trafficLines(JSON.parse(text('traffic.har')))))
  return texts
}

function trafficLines(har: Har): string[] {
  return canonicalHar(har).log.entries.map((entry) => {
    const { request, response } = entry
    return `${sha256(JSON.stringify(entry))} ${request.method} ${request.url} ${response.status}`
  })
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

function lines(list: readonly string[]): string {
  return list.map((line) => `${line}\n`).join('')
}
