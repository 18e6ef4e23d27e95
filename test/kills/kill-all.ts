import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { journals } from '../support/journals.ts'
import { openCloud } from './cloud.ts'
import { startComfyui } from './comfyui-server.ts'
import { judge, lostJobs } from './judge.ts'
import { killRun, type Outcome } from './kill-run.ts'
import type { Remains } from './remains.ts'

export interface KillPlan {
  /** The built program. */
  readonly program: string
  /** An empty folder. */
  readonly folder: string
  readonly kills: Kills
  /** A number from 0 up to 1 for a place. */
  readonly chosen: (place: string) => number
}

/** How often the program is killed, and the server, whose files are there when it is started again, or not. */
export interface Kills {
  readonly pr: number
  readonly kept: number
  readonly lost: number
}

/** A row of the table. */
export interface KillRow {
  readonly killed: string
  readonly runs: number
  readonly kills: number
  readonly again: number
  readonly deviations: readonly string[]
}

/**
 * Kills the program and the server of a three-chunk run with upload, at moments that are spread evenly over all that they do, and
 * compares what comes of each run with one in which nothing is killed. `say` is told each deviation as it is found.
 */
export async function killAll(plan: KillPlan, say: (line: string) => void): Promise<KillRow[]> {
  const { program, folder, chosen } = plan
  const sub = (name: string) => {
    const path = join(folder, name)
    mkdirSync(path, { recursive: true })
    return path
  }
  await using cloud = await openCloud(sub('cloud'))
  const serverOptions = (name: string, killAt: number | null = null) => ({
    folder: join(folder, name, 'files'),
    prompts: join(sub(name), 'prompts.jsonl'),
    killAt,
  })
  await using server = await startComfyui(serverOptions('server'))
  const first = await killRun({ program, folder: sub('undisturbed'), cloud, server })
  const serverActs = await server.acts()
  const undisturbed = first.remains
  const wrong = judge(first, undisturbed).deviations
  if (wrong.length > 0) throw new Error(`The run in which nothing is killed: ${wrong.join('; ')}`)

  const programs = async (): Promise<KillRow> => {
    const runs = Math.ceil(plan.kills.pr / 2)
    const row = newRow('pr')
    // A run is killed twice: the second time after it was resumed, if it still does so much then.
    for (let number = 0; row.kills < plan.kills.pr && number < 3 * runs; number += 1) {
      const place = (number + chosen(`pr ${number}`)) / runs
      const before = Math.ceil((place % 1) * first.acts)
      const again = row.kills + 1 < plan.kills.pr ? [1 + Math.floor(chosen(`pr again ${number}`) * first.acts)] : []
      const name = `pr-${number}`
      // One that knew the runs before would be asked for a free name the longer the more of them there are.
      await using own = await startComfyui(serverOptions(name))
      const outcome = await killRun({ program, folder: sub(name), cloud, server: own }, [before, ...again])
      row.add(['pr before act', before, ...again].join(' '), outcome, undisturbed, [], say)
      if (row.isClean) rmSync(join(folder, name), { recursive: true })
    }
    return row
  }
  const servers = async (files: 'kept' | 'lost', count: number): Promise<KillRow> => {
    const row = newRow(`server, files ${files}`)
    // As for the program: one that does less than the first dies later, or not at all.
    for (let number = 0; row.kills < count && number < 3 * count; number += 1) {
      const place = (number + chosen(`server ${files} ${number}`)) / count
      const killAt = Math.ceil((place % 1) * serverActs)
      const name = `server-${files}-${number}`
      let lost: number[] = []
      const onDeath = () => {
        lost = lostJobs(Object.values(journals(join(folder, name, 'out')))[0] ?? [], files)
      }
      await using mortal = await startComfyui(serverOptions(name, killAt), { losesFiles: files === 'lost', onDeath })
      const outcome = await killRun({ program, folder: sub(name), cloud, server: mortal }, [], files === 'lost' ? 1 : 0)
      const killed = { ...outcome, killed: mortal.deaths() }
      row.add(`server before act ${killAt}, files ${files}`, killed, undisturbed, lost, say)
      if (row.isClean) rmSync(join(folder, name), { recursive: true })
    }
    return row
  }
  return [await programs(), await servers('kept', plan.kills.kept), await servers('lost', plan.kills.lost)]
}

function newRow(killed: string) {
  const deviations: string[] = []
  return {
    killed,
    runs: 0,
    kills: 0,
    again: 0,
    deviations,
    /** Whether the last one left what it should. */
    isClean: true,
    add(what: string, outcome: Outcome, undisturbed: Remains, mayComeAgain: number[], say: (line: string) => void) {
      const verdict = judge(outcome, undisturbed, mayComeAgain)
      const lines = verdict.deviations.map((each) => `${what}: ${each}`)
      this.runs += 1
      this.kills += outcome.killed
      this.again += verdict.again
      this.isClean = lines.length === 0
      deviations.push(...lines)
      for (const line of lines) say(line)
    },
  }
}
