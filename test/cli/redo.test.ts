import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { decoded } from '../support/film.ts'
import { journals } from '../support/journals.ts'
import { type Json, promptFile, rehearsalFolder, rehearse, runFolder } from '../support/rehearse.ts'
import { type RunContext, runContext } from '../support/run-context.ts'
import { brokenFfmpeg } from '../support/simulated-ffmpeg.ts'
import { promptsRun, promptsSent, type SimulatedWorld, simulatedWorld, stored } from '../support/simulated-world.ts'
import { callPr } from './call-pr.ts'

/** HIGH and LOW of three chunks 1 to 6, combine 7 to 9. */
const otter = { 'prompt_files/otter.txt': promptFile('otter', 39) }

/** A film of three chunks that was made live. */
async function made(flags: readonly string[] = [], files: Readonly<Record<string, string>> = otter) {
  const world = await simulatedWorld()
  const context = runContext(files)
  const { exitCode, summary } = await context.live(world, flags)
  expect(exitCode).toBe(0)
  return { world, context, name: summary.run_name as string }
}

/** The jobs that a run has sent. */
const sent = ({ journal }: RunContext, name: string): number[] =>
  journal(name).flatMap(({ kind, workflow }) => (kind === 'job-started' ? [workflow] : []))

const seedsOf = ({ journal }: RunContext, name: string): number[] =>
  journal(name)
    .findLast(({ kind }) => kind === 'video-started')
    .plan.chunks.map(({ seed }: Json) => seed)

const refused = async ({ start }: RunContext, world: SimulatedWorld, args: readonly string[]) => {
  const before = promptsSent(world)
  const { exitCode, stderr } = await start(world, ['redo', ...args]).ended
  expect(promptsSent(world)).toBe(before)
  return `${exitCode} ${stderr}`
}

it('makes a chunk again and what depends on it, as another film, and leaves the old one as it was', async () => {
  const { world, context, name } = await made()
  const film = join(context.outputDir, 'final/otter.mp4')
  const [before, journal] = [readFileSync(film), context.journal(name)]
  const object = await stored(world, `june/otter/${name}/otter.mp4`)

  const again = await context.start(world, ['redo', 'otter', '2', '--seed', '7']).ended
  expect(again.exitCode).toBe(0)
  const [other = ''] = Object.keys(journals(context.outputDir)).filter((one) => one !== name)
  const [first, , third] = seedsOf(context, name)
  expect(again.stdout).toContain(
    `otter: chunk 2 is made again with seed 7 instead of ${first! + 1}, and what depends on it, to chunk 3: jobs 3–6, 8–9; jobs 1–2, 7 are taken from ${name}\n`,
  )
  expect(seedsOf(context, other)).toEqual([first, 7, third])
  expect(sent(context, other)).toEqual([3, 4, 5, 6, 8, 9])
  expect(await promptsRun(world)).toBe(9 + 6)
  // The same once more would be paid for, and be the same film.
  expect(await refused(context, world, [name, '2', '--seed', '7'])).toBe(
    `2 PR_USAGE: otter was made with this seed before, by ${other}: the same film would come of it\n  hint: give another --seed, or none; \`pr runs\` tells what became of ${other}\n`,
  )

  expect(readFileSync(film)).toEqual(before)
  expect(context.journal(name)).toEqual(journal)
  expect(await stored(world, `june/otter/${name}/otter.mp4`)).toEqual(object)
  const next = join(context.outputDir, `final/otter_${other}.mp4`)
  expect(decoded(next)).toEqual({ frames: 39, width: 64, height: 64, fps: 16 })
  expect(await stored(world, `june/otter/${other}/otter.mp4`)).toEqual(readFileSync(next))
})

it('takes local files over as copies, and puts them back where the server has lost them', async () => {
  const { world, context, name } = await made(['--keep-intermediate', '--no-upload'])
  const other = await simulatedWorld()
  const { exitCode, summary } = await context.live(other, ['redo', name, '2'])
  expect(exitCode).toBe(0)
  // Another server has none of the files: the chunk is put back, the film of the first chunk is combined again.
  expect(sent(context, summary.run_name)).toEqual([3, 4, 5, 6, 7, 8, 9])
  expect(promptsSent(world)).toBe(9)
  expect(context.files()).toContain(`videos/otter_${name}_chunk_001.mp4`)
  expect(context.files()).toContain(`videos/otter_${summary.run_name}_chunk_001.mp4`)
})

it('goes on with a film that is made again by the command line that it prints', async () => {
  const { world, context, name } = await made(['--no-upload'])
  const failed = await context.live(world, ['redo', 'otter', '3', '--ffmpeg', brokenFfmpeg])
  expect(failed.exitCode).toBe(1)
  const other: string = failed.summary.run_name
  const [{ hint }] = failed.summary.failures
  const [first, second] = seedsOf(context, other)
  expect(hint).toContain(
    `\n    pr --width 64 --height 64 --frames-per-chunk 13 --no-upload --yes --ffmpeg ${brokenFfmpeg} --json --prompt-file prompt_files/otter.txt --chunk-seed 3:`,
  )
  expect(hint).toMatch(new RegExp(` --resume ${other}$`))
  const words: string[] = hint.split('\n    pr ')[1].split(' ')
  const flags = words.filter((word) => !['--ffmpeg', brokenFfmpeg, '--yes', '--json'].includes(word))
  const resumed = await context.live(world, flags, {}, { isBare: true })
  expect(resumed.exitCode).toBe(0)
  expect(seedsOf(context, other).slice(0, 2)).toEqual([first, second])
  expect(sent(context, other)).toEqual([5, 6, 9])
  expect(name).not.toBe(other)
})

it('takes another seed each time, and the one of the rehearsal', async () => {
  const { world, context, name } = await made(['--no-upload'])
  const rehearsed = await callPr(['redo', 'otter', '1', '--dry-run'], { cwd: context.cwd })
  expect(rehearsed.exitCode).toBe(0)
  expect(promptsSent(world)).toBe(9)
  const rehearsal = runFolder(context.cwd)
  const seedIn = (text: string) => /made again with seed (\d+) instead/.exec(text)?.[1]
  const [one, two] = [
    await context.start(world, ['redo', name, '1']).ended,
    await context.start(world, ['redo', name, '1']).ended,
  ]
  expect([one.exitCode, two.exitCode, rehearsal.summary.jobs.skipped]).toEqual([0, 0, 0])
  expect(seedIn(one.stdout)).toBe(seedIn(rehearsed.stdout))
  expect(seedIn(two.stdout)).not.toBe(seedIn(one.stdout))
})

it('rehearses it on a film that was only rehearsed', async () => {
  const cwd = rehearsalFolder(otter)
  await rehearse(['--frames-per-chunk', '13', '--width', '64', '--height', '64'], { cwd })
  const before = runFolder(cwd)
  expect((await callPr(['redo', 'otter', '3'], { cwd })).stderr).toContain(
    '\n  hint: it was only rehearsed: give --dry-run to rehearse a chunk again\n',
  )
  const { exitCode, stdout, stderr } = await callPr(['redo', 'otter', '3', '--dry-run'], { cwd })
  expect([exitCode, stderr]).toEqual([
    0,
    '*DRY-RUN* warning: otter: Local files of jobs that were done are gone (downloaded again: 4)\n',
  ])
  const { folder, summary } = runFolder(cwd)
  expect(folder).not.toBe(before.folder)
  expect(summary.jobs).toMatchObject({ total: 9, skipped: 6, done: 3 })

  const [, seed = ''] = /made again with seed (\d+) instead/.exec(stdout)!
  const same = await callPr(['redo', 'otter', '3', '--seed', seed, '--dry-run'], { cwd })
  expect([same.exitCode, same.stderr]).toEqual([
    2,
    `*DRY-RUN* PR_USAGE: otter was made with this seed before, by ${summary.run_name}: the same film would come of it\n*DRY-RUN*   hint: give another --seed, or none; \`pr runs\` tells what became of ${summary.run_name}\n`,
  ])
})

it('makes a chunk of a film again that is not finished', async () => {
  const world = await simulatedWorld()
  const context = runContext(otter)
  let prompts = 0
  const isFifth = (asked: string, isAnswered: boolean) => {
    if (asked === 'comfyui POST /prompt' && !isAnswered) prompts += 1
    return prompts === 5
  }
  await context.start(world, ['--no-upload'], { diesAt: isFifth }).ended
  const [name = ''] = Object.keys(journals(context.outputDir))
  const { exitCode, summary } = await context.live(world, ['redo', name, '2'])
  expect([exitCode, sent(context, summary.run_name)]).toEqual([0, [3, 4, 5, 6, 7, 8, 9]])
  expect(await refused(context, world, [name, '3'])).toMatch(
    new RegExp(
      `^2 PR_STATE: chunk 3 of otter is not made yet in ${name}\n  hint: go on from there with\n    pr .* --resume ${name} `,
    ),
  )
})

it('refuses what it cannot make again', async () => {
  const files = { ...otter, 'prompt_files/wren.txt': promptFile('wren', 5) }
  const { world, context, name } = await made(['--no-upload'], files)
  const refuse = (...args: string[]) => refused(context, world, args)
  expect(await refuse('heron', '1')).toBe(
    `2 PR_STATE: there is no run and no film called heron in ${context.outputDir}\n  hint: Known runs: ${name}; check --output-dir\n`,
  )
  expect(await refuse(name, '1')).toBe(
    `2 PR_USAGE: the run ${name} has 2 films\n  hint: give the name of one of them: otter, wren\n`,
  )
  expect(await refuse('otter', '4')).toBe('2 PR_USAGE: otter has no chunk 4\n  hint: its chunks are 1 to 3\n')
  expect(await refuse('otter')).toBe(
    '2 PR_USAGE: pr redo needs the number of a chunk\n  hint: `pr redo NAME CHUNK [--seed N] --yes`\n',
  )
  expect(await refuse('otter', '1', '--seed', 'x')).toBe(
    '2 PR_USAGE: --seed must be a whole number from 0 to 9007199254740991, and is x\n',
  )

  const lock = join(context.outputDir, `state/${name}.lock`)
  writeFileSync(lock, JSON.stringify({ pid: process.pid, host: hostname(), since: '2026-01-01', started: null }))
  expect(await refuse('otter', '1')).toContain(`PR_STATE: the run ${name} is in progress\n`)
  rmSync(lock)

  writeFileSync(join(context.cwd, 'prompt_files/otter.txt'), promptFile('otter', 39, 'Another otter.'))
  expect(await refuse('otter', '1')).toContain(
    `PR_STATE: what ${name} has made otter of is not there any more: prompt, settings, templates or input files give another film now\n`,
  )
})
