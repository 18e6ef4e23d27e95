import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { jobsOf } from '../../src/domain/plan.ts'
import type { JobResult, RunEvent } from '../../src/domain/run-event.ts'
import { PromptRunnerError } from '../../src/errors.ts'
import { foreignBody } from '../../src/orchestrator/foreign-body.ts'
import { isHeld, isWhole } from '../../src/orchestrator/whole-files.ts'
import { failure } from '../support/failure.ts'
import { temporaryFolder } from '../support/folders.ts'
import { planOf } from '../support/plans.ts'
import { onServer } from '../support/results.ts'
import { contextOf, stateAfter } from './small-run.ts'
import { latentFile, type SmallWorld, smallWorld } from './small-world.ts'

const plan = planOf('otter')
const [high, low] = jobsOf(plan)
const combine = plan.combineJobs[1]!

/** A box of MP4 of a length that is said to be `said`. */
function box(type: string, length: number, said = length): Buffer {
  const bytes = Buffer.alloc(length)
  bytes.writeUInt32BE(said)
  bytes.write(type, 4)
  return bytes
}
/** The same with its length behind its name. */
function longBox(type: string, length: number, said = length): Buffer {
  const bytes = box(type, length, 1)
  bytes.writeBigUInt64BE(BigInt(said), 8)
  return bytes
}
const start = box('ftyp', 24)
const HTML = 'a page of HTML'
const CUT = 'a part of a video'

it.each<[string, string | Buffer | Buffer[], string | null]>([
  ['nothing', '', 'empty'],
  ['a word', 'made', null],
  ['a page', '<!doctype html>\n<p>Sign in', HTML],
  ['a page in capitals', '<HTML><BODY>', HTML],
  ['the head of a page', '\n  <head>', HTML],
  ['the body of a page', '<body>', HTML],
  ['XML', '<?xml version="1.0"?>', HTML],
  ['a page behind a mark of order', Buffer.from('\uFEFF <html>'), HTML],
  ['a page that is spoken of', 'see <html>', null],
  ['JSON', '{"error": "no"}', 'an answer in JSON'],
  ['JSON after a line', '\n{"error": "no"}', 'an answer in JSON'],
  ['a brace', '{error}', null],
  ['JSON that is spoken of', 'see {"error"}', null],
  ['a whole video', [start, box('mdat', 100), box('moov', 50)], null],
  ['a video of one box', [start], null],
  ['a video cut in a box', [start, box('mdat', 90, 100)], CUT],
  ['a video cut by one byte', [start, box('mdat', 99, 100)], CUT],
  ['a video cut in the head of a box', [start, box('mdat', 100), Buffer.alloc(7, 1)], CUT],
  ['a video of a box that says too little', [start, box('mdat', 20, 7)], CUT],
  ['a video of a box that has nothing', [start, box('free', 8)], null],
  ['a video whose last box goes to the end', [start, box('mdat', 30, 0)], null],
  ['a video with a long box', [start, longBox('mdat', 300), box('moov', 50)], null],
  ['a video cut in a long box', [start, longBox('mdat', 200, 300)], CUT],
  ['a video cut in the head of a long box', [start, longBox('mdat', 300).subarray(0, 12)], CUT],
  ['another file that names its type later', [box('free', 24), box('mdat', 90, 100)], null],
])('takes %s for what it is', async (_, bytes, what) => {
  const path = join(temporaryFolder(), 'video.mp4')
  writeFileSync(path, Array.isArray(bytes) ? Buffer.concat(bytes) : bytes)
  expect(await foreignBody(path)).toBe(what)
})

it('takes a latent for one whose length begins like an answer', async () => {
  const folder = temporaryFolder({ 'high.latent': '{"error": "no"}', 'high.latent.look': '{"', 'high.png': '{"' })
  const told = ['high.latent', 'high.latent.look', 'high.png'].map((name) => foreignBody(join(folder, name)))
  expect(await Promise.all(told)).toEqual([null, null, 'an answer in JSON'])
})

/** A world in which a file lies at a path. */
function having(bytes: string | Buffer, name = 'videos/1.mp4'): { world: SmallWorld; path: string } {
  const world = smallWorld()
  const path = join(world.folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, bytes)
  return { world, path }
}

it.each<[string, Buffer | string, boolean]>([
  ['has the planned size', latentFile([1, 16, 26, 106, 60]), true],
  ['has a reference image, too', latentFile([1, 16, 27, 106, 60]), true],
  ['lacks a frame', latentFile([1, 16, 25, 106, 60]), false],
  ['is of another height', latentFile([1, 16, 26, 105, 60]), false],
  ['is of another width', latentFile([1, 16, 26, 106, 61]), false],
  ['has too few dimensions', latentFile([1, 16]), false],
  ['names its tensor otherwise', latentFile([1, 2], 'samples'), true],
  ['is cut', latentFile([1, 16, 26, 106, 60]).subarray(0, -1), false],
  ['is no latent', 'Internal Server Error', false],
  ['is empty', '', false],
])('knows a latent that %s', async (_, bytes, expected) => {
  expect(plan.chunks[0]!.renderFrames).toBe(101)
  const { world, path } = having(bytes, 'latents/high.latent')
  expect(await isWhole(contextOf(world, [plan]), plan, high!, path)).toBe(expected)
})

it('asks ffprobe what a video is', async () => {
  const { world, path } = having('film', 'videos/otter_chunk_001.mp4')
  const context = contextOf(world, [plan])
  const whole = () => isWhole(context, plan, low!, path)
  expect(await whole()).toBe(true)
  world.probed = () => ({ fps: 16.009 })
  expect(await whole()).toBe(true)
  for (const wrong of [{ frames: 100 }, { width: 1 }, { height: 1 }, { fps: 16.02 }, { fps: 15.98 }]) {
    world.probed = () => wrong
    expect(await whole()).toBe(false)
  }
  expect(await isWhole(context, plan, low!, join(world.folder, 'none.mp4'))).toBe(false)
})

it('asks a film for all of its frames', async () => {
  const { world, path } = having('film', 'combined/otter_combine_002.mp4')
  world.probed = () => ({ frames: 120 })
  expect(await isWhole(contextOf(world, [plan]), plan, combine, path)).toBe(true)
  world.probed = () => ({ frames: plan.chunks[1]!.renderFrames })
  expect(await isWhole(contextOf(world, [plan]), plan, combine, path)).toBe(false)
})

it.each([
  ['PR_FFMPEG', null],
  ['PR_OUTPUT_MISMATCH', null],
  ['PR_FILE', 'PR_FILE'],
] as const)('takes %s of a look for this: %s', async (code, thrown) => {
  const { world, path } = having('film', 'videos/otter_chunk_001.mp4')
  world.fault = () => {
    throw new PromptRunnerError(code, 'it broke')
  }
  const look = () => isWhole(contextOf(world, [plan]), plan, low!, path)
  if (thrown === null) expect(await look()).toBe(false)
  else expect(await failure(look)).toMatchObject({ code: thrown })
})

it('says nothing of a file while it is told to stop', async () => {
  const { world, path } = having('film', 'videos/otter_chunk_001.mp4')
  const context = contextOf(world, [plan])
  world.fault = () => {
    world.controller.abort(new PromptRunnerError('PR_CANCELLED', 'enough'))
    throw new PromptRunnerError('PR_FFMPEG', 'it was killed')
  }
  expect(await failure(() => isWhole(context, plan, low!, path))).toMatchObject({ code: 'PR_CANCELLED' })
})

/** Looks for the video of LOW 2, of which the journal knows that it lies at `copy`. */
async function look(
  isSound: boolean,
  prepare: (world: SmallWorld) => void = () => {},
  size: number | null = 4,
  isDoubted = false,
) {
  const { world, path } = having('film', 'videos/otter_chunk_001.mp4')
  mkdirSync(join(world.folder, 'combined'))
  const server = onServer('low.mp4')
  world.files.add('low.mp4')
  const result: JobResult = { kind: 'low', promptId: 'p', tookMs: 1, video: { server, copy: path }, latent: null }
  const event: RunEvent = { kind: 'job-finished', at: 0, video: 'otter', workflow: 2, result }
  const context = contextOf(world, [plan], { earlier: stateAfter([event]), options: { maxRetries: 0 } })
  const sized = {
    ...context,
    clients: { ...context.clients, comfyui: { ...context.clients.comfyui, size: async () => size } },
  }
  prepare(world)
  const held = await isHeld(sized, plan, server, {
    copies: new Set(isSound ? [path] : []),
    doubted: new Set(isDoubted ? [server] : []),
  }).catch((error) => error.code)
  expect(existsSync(join(world.folder, 'combined')) && readdirSync(join(world.folder, 'combined'))).toEqual([])
  return { held, asked: world.log.map((line) => line.split(' ')[1]) }
}

it('takes a file of the size of its sound copy for the same, and looks at any other and at one that is doubted', async () => {
  expect(await look(true)).toEqual({ held: true, asked: ['holds'] })
  expect(await look(true, undefined, 3)).toEqual({ held: false, asked: ['holds'] })
  expect(await look(true, undefined, null)).toEqual({ held: true, asked: ['holds', 'download', 'probe'] })
  expect(await look(false)).toEqual({ held: true, asked: ['holds', 'download', 'probe'] })
  expect(await look(true, undefined, undefined, true)).toEqual({ held: true, asked: ['holds', 'download', 'probe'] })
  expect(await look(false, (world) => world.files.clear())).toEqual({ held: false, asked: ['holds'] })
  expect(await look(false, (world) => Object.assign(world, { probed: () => ({ frames: 1 }) }))).toMatchObject({
    held: false,
  })
})

it.each([
  ['PR_COMFY_HTTP', false],
  ['PR_OUTPUT_MISMATCH', false],
  ['PR_FILE', 'PR_FILE'],
] as const)('takes %s of a download for this: %s', async (code, held) => {
  const breaks = (world: SmallWorld) => {
    world.fault = (asked) => {
      if (asked.startsWith('download')) throw new PromptRunnerError(code, 'it broke')
    }
  }
  expect((await look(false, breaks)).held).toBe(held)
})

it('does not ask what a file is that no job of the plan has made', async () => {
  const world = smallWorld()
  world.files.add('other.mp4')
  expect(
    await isHeld(contextOf(world, [plan]), plan, onServer('other.mp4'), { copies: new Set(), doubted: new Set() }),
  ).toBe(true)
  expect(world.log).toEqual(['→ holds other.mp4'])
})
