import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type RunContext, runContext } from '../support/run-context.ts'
import { chosen, seed } from '../support/seeded.ts'
import { promptsRun, type SimulatedWorld, simulatedWorld, stored } from '../support/simulated-world.ts'

/** Each kind four times; `PR_MUTATIONS=200` tries more, each time from another PR_SEED. */
const MUTATIONS = Number(process.env['PR_MUTATIONS'] || 36)
const PARTS = 4
/** What the run pays for. */
const JOBS = 6

/** What may become of a file of lines, of a lock or of any file of a run; says what it did. */
type Mutation = (random: (of: string) => number) => string

/** One of them, by a number below 1; undefined of none. */
const pick = <T>(from: readonly T[], at: number): T => from[Math.floor(at * from.length)]!

function mutationsOf({ outputDir }: RunContext, name: string): readonly Mutation[] {
  const journal = join(outputDir, 'state', `${name}.jsonl`)
  const lines = () => readFileSync(journal, 'utf8').split('\n').slice(0, -1)
  const write = (changed: readonly string[]) => writeFileSync(journal, changed.map((line) => `${line}\n`).join(''))
  const files = () =>
    ['videos', 'references', 'combined', 'final'].flatMap((folder) =>
      readdirSync(join(outputDir, folder)).map((file) => join(outputDir, folder, file)),
    )
  const at = (random: (of: string) => number, of = 'line') => Math.floor(random(of) * lines().length)
  const kindOf = (line: string) => /"kind":"([\w-]+)"/.exec(line)?.[1] ?? line.slice(0, 40)
  return [
    (random) => {
      const all = lines()
      const [gone = ''] = all.splice(at(random), 1)
      write(all)
      return `without ${kindOf(gone)}`
    },
    (random) => {
      const all = lines()
      const count = 1 + Math.floor(random('count') * 4)
      const gone = all.splice(at(random), count)
      write(all)
      return `without ${gone.map(kindOf)}`
    },
    (random) => {
      const all = lines()
      const [one, other] = [at(random, 'one'), at(random, 'other')]
      const swapped = all.with(one, all[other]!).with(other, all[one]!)
      write(swapped)
      return `swapped ${kindOf(all[one]!)} ${one} and ${kindOf(all[other]!)} ${other}`
    },
    (random) => {
      const all = lines()
      const line = all[at(random)]!
      all.splice(at(random, 'to'), 0, line)
      write(all)
      return `twice ${kindOf(line)}`
    },
    (random) => {
      const all = lines()
      const index = at(random)
      const line = all[index]!
      const place = Math.floor(random('place') * line.length)
      const changed = `${line.slice(0, place)}${pick(['', '\0', '"', '~', '}', '../', 'x'], random('char'))}${line.slice(place + 1)}`
      write(all.with(index, changed))
      return `byte ${place} of ${kindOf(line)}: ${line.slice(place - 20, place + 20)} → ${changed.slice(place - 20, place + 20)}`
    },
    (random) => {
      const text = readFileSync(journal)
      const length = Math.floor(random('length') * text.length)
      writeFileSync(journal, text.subarray(0, length))
      return `cut at ${length}`
    },
    (random) => {
      const all = lines()
      const other = all[at(random)]!.replaceAll(name, 'bold-wren').replaceAll(/[0-9a-f]{8}-/g, '00000000-')
      all.splice(at(random, 'to'), 0, other)
      write(all)
      return `another run's ${kindOf(other)}`
    },
    (random) => {
      const number = pick(['', '.2', '.99999999999999999999', '.1', '.x'], random('number'))
      const text = pick(['', '{}', 'null', '{"pid":1}', `{"pid":${2 ** 22 + 1},"host":"x"}`], random('text'))
      writeFileSync(join(outputDir, 'state', `${name}.lock${number}`), text)
      return `lock${number} ${text}`
    },
    (random) => {
      const file: string | undefined = pick(files(), random('file'))
      if (file === undefined) return 'no file yet'
      const bytes = readFileSync(file)
      const how = pick(['gone', 'empty', 'short', 'other'] as const, random('how'))
      if (how === 'gone') rmSync(file)
      else if (how === 'other') writeFileSync(file, Buffer.alloc(bytes.length, 7))
      else writeFileSync(file, bytes.subarray(0, how === 'empty' ? 0 : bytes.length / 2))
      return `${file.slice(outputDir.length)} ${how}`
    },
  ]
}

/** A run whose machine died when so many requests were answered since it first asked for work, with its world. */
async function stopped(death: number): Promise<{ context: RunContext; world: SimulatedWorld; name: string }> {
  const [context, world] = [runContext(), await simulatedWorld()]
  let count = 0
  const diesAt = (asked: string, isAnswered: boolean) => {
    // Before that there is no journal, and a stop ends the process.
    if (count > 0 || asked === 'comfyui POST /prompt') count += isAnswered ? 1 : 0
    return count === death
  }
  await context.start(world, [], { diesAt }).ended
  const [journal = ''] = readdirSync(join(context.outputDir, 'state')).filter((file) => file.endsWith('.jsonl'))
  return { context, world, name: journal.slice(0, -'.jsonl'.length) }
}

it.each(Array.from({ length: PARTS }, (_, part) => part))(
  `ends clearly whatever becomes of its files, part %i of ${PARTS}`,
  async (part) => {
    for (let number = part; number < MUTATIONS; number += PARTS) {
      const random = (of: string) => chosen(`${number} ${of}`)
      const { context, world, name } = await stopped(1 + Math.floor(random('death') * 20))
      const mutations = mutationsOf(context, name)
      const mutation = mutations[number % mutations.length]!(random)
      const { exitCode, stderr } = await context.live(world, ['--resume', name])
      const told = `PR_SEED=${seed} mutation ${number}: ${mutation}\n${stderr}`
      if (exitCode === 2) {
        expect(stderr, told).toMatch(/^PR_STATE: /)
        continue
      }
      expect(exitCode, told).toBe(0)
      expect(await promptsRun(world), told).toBe(JOBS)
      const film = await stored(world, `june/otter/${name}/otter.mp4`)
      // What was uploaded may be moved, and what is not the run's film any more is nobody's to replace.
      if (mutation.startsWith('/final')) continue
      expect(readdirSync(join(context.outputDir, 'final')), told).toEqual(['otter.mp4'])
      expect(readFileSync(join(context.outputDir, 'final/otter.mp4')).equals(film), told).toBe(true)
    }
  },
)
