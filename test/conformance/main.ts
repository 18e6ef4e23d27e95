import { createReadStream, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { parseJson } from '../../src/simulators/comfyui/python/parse.ts'
import { isDict } from '../../src/simulators/comfyui/python/py.ts'
import { openCases } from './cases.ts'
import { executionSuite } from './execution.ts'
import type { CaseResult, Corpus, CorpusFiles, Suite } from './suite.ts'
import { Tally } from './tally.ts'
import { validationSuite } from './validation.ts'

/** Every kind of corpus that can be run. */
const suites: readonly Suite[] = [validationSuite, executionSuite]

const usage = `usage: npm run conformance -- --object-info FILE --files FILE ${suites.map(({ name }) => `[--${name} FILE]`).join(' ')} [-v]
       npm run conformance -- --recording FILE --cases FILE [-v]`

process.exitCode = await main(process.argv.slice(2)).catch((error: Error) => {
  console.error(`${error.message}\n${usage}`)
  return 2
})

/** 0: all agree. 1: something differs. 2 (by the caller): the arguments or files cannot be used. */
async function main(args: string[]): Promise<number> {
  const files = Object.fromEntries(suites.map(({ name }) => [name, { type: 'string' }] as const))
  const { values } = parseArgs({
    args,
    options: {
      ...files,
      'object-info': { type: 'string' },
      files: { type: 'string' },
      recording: { type: 'string' },
      cases: { type: 'string' },
      verbose: { type: 'boolean', short: 'v' },
    },
  })
  const wanted = suites.flatMap((suite) => {
    const file = values[suite.name as keyof typeof values]
    if (typeof file !== 'string') return []
    const corpus = readCorpus(required(values['object-info'], '--object-info'), required(values.files, '--files'))
    return [{ file, runCase: suite.open(corpus) }]
  })
  if (typeof values.cases === 'string') {
    wanted.push({ file: values.cases, runCase: await openCases(required(values.recording, '--recording')) })
  }
  if (wanted.length === 0) throw new Error(`no corpus is given`)
  const tally = new Tally()
  for (const { file, runCase } of wanted) {
    for await (const result of run(file, runCase)) {
      tally.add(result)
      if (values.verbose && result.differences.length > 0) {
        console.log(`${result.id} (${result.category})\n${result.differences.join('\n')}\n`)
      }
    }
  }
  console.log(tally.lines().join('\n'))
  return tally.allAgree ? 0 : 1
}

async function* run(file: string, runCase: ReturnType<Suite['open']>): AsyncGenerator<CaseResult> {
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() !== '') yield await settled(() => runCase(line))
  }
}

/** A case that cannot be read or run is one that does not agree. */
async function settled(runCase: () => CaseResult | Promise<CaseResult>): Promise<CaseResult> {
  try {
    return await runCase()
  } catch (error) {
    return { id: '?', category: 'not run', differences: [String(error)] }
  }
}

function readCorpus(objectInfoFile: string, filesFile: string): Corpus {
  const objectInfo = parseJson(readFileSync(objectInfoFile, 'utf8'))
  if (!isDict(objectInfo))
    throw new Error(`${objectInfoFile} is not an answer of GET /object_info: it is no JSON object`)
  return { objectInfo, files: JSON.parse(readFileSync(filesFile, 'utf8')) as CorpusFiles }
}

function required(value: unknown, flag: string): string {
  if (typeof value !== 'string') throw new Error(`${flag} is missing`)
  return value
}
