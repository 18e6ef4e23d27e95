import { chdir } from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { expect } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { forgetMetadataServer } from '../support/metadata-server.ts'
import { surroundings } from '../support/surroundings.ts'
import { capturedStreams } from './captured-output.ts'
import { bareEnvironment, keptHere, newFolder, type PrOptions, type PrResult, withTranscript } from './run-pr.ts'

export interface CallOptions extends PrOptions {
  /** Is told what the program says, at that moment. */
  readonly onSaid?: (text: string) => void
  /** A kind of handle that may be left open, as `process.getActiveResourcesInfo` calls it. */
  readonly mayLeave?: string
}

let isRunning = false

/**
 * The whole command line in this process, for whatever is not about processes, signals, pipes or the disk: a case costs a
 * tenth of what it costs with `runPr`. Fails when the program leaves anything behind.
 */
export async function callPr(args: readonly string[], options: CallOptions = {}): Promise<PrResult> {
  const cwd = options.cwd ?? newFolder(options.files)
  const { streams, texts } = capturedStreams(false, options.onSaid)
  if (isRunning) throw new Error('one after the other: a process has one working directory')
  const home = process.cwd()
  const [before, open] = [surroundings(), openThings()]
  isRunning = true
  forgetMetadataServer()
  chdir(cwd)
  const environment = { ...bareEnvironment(), ...options.env }
  const exitCode = await main(keptHere(args), environment, cwd, streams).finally(() => {
    chdir(home)
    isRunning = false
  })
  // What is closed is gone a moment later.
  const left = () => [
    ...before.changes(),
    // What an earlier test closed may go meanwhile.
    ...[...openThings()]
      .filter(([kind, count]) => kind !== options.mayLeave && count > (open.get(kind) ?? 0))
      .map(([kind]) => kind),
  ]
  for (let look = 0; left().length > 0 && look < 500; look += 1) await wait(10)
  expect(left()).toEqual([])
  return withTranscript({ cwd, exitCode, ...texts }, args, options)
}

/** Sockets, timers, servers, files and processes that keep this process busy, by kind. */
function openThings(): Map<string, number> {
  const kinds = Map.groupBy(process.getActiveResourcesInfo(), (kind) => kind)
  return new Map(Array.from(kinds, ([kind, all]) => [kind, all.length]))
}
