import { expect, it } from 'vitest'
import { jobId } from '../../src/domain/ids.ts'
import { makePlan } from '../../src/domain/make-plan.ts'
import { renderJobsOf } from '../../src/domain/plan.ts'
import type { PlanSettings } from '../../src/domain/plan-values.ts'
import type { Prompt } from '../../src/domain/prompt.ts'
import { failure } from '../support/failure.ts'
import { prompt as lighthouse, planSettings as settings } from '../support/lighthouse.ts'
import { fc } from '../support/seeded.ts'

const prompt: Prompt = { ...lighthouse, negativePrompt: 'blurry' }
const framesPerChunkFlag = { framesPerChunk: { file: '--frames-per-chunk' } }

it('plans 500 frames in five chunks: HIGH odd, LOW even, then the combine jobs', () => {
  const plan = makePlan(prompt, settings, jobId)
  expect(plan.chunks).toEqual([
    { number: 1, startFrame: 0, keepFrames: 101, renderFrames: 101, seed: 7, referenceFrame: null },
    { number: 2, startFrame: 101, keepFrames: 101, renderFrames: 101, seed: 8, referenceFrame: 91 },
    { number: 3, startFrame: 202, keepFrames: 101, renderFrames: 101, seed: 9, referenceFrame: 91 },
    { number: 4, startFrame: 303, keepFrames: 101, renderFrames: 101, seed: 10, referenceFrame: 91 },
    { number: 5, startFrame: 404, keepFrames: 96, renderFrames: 97, seed: 11, referenceFrame: 91 },
  ])
  expect(renderJobsOf(plan).map((job) => [job.kind, job.jobNumber, job.workflowNumber, job.dependsOn])).toEqual([
    ['high', 1, 1, []],
    ['low', 2, 2, [1]],
    ['high', 3, 3, [2]],
    ['low', 4, 4, [3]],
    ['high', 5, 5, [4]],
    ['low', 6, 6, [5]],
    ['high', 7, 7, [6]],
    ['low', 8, 8, [7]],
    ['high', 9, 9, [8]],
    ['low', 10, 10, [9]],
  ])
  expect(plan.combineJobs.map((job) => [job.jobNumber, job.workflowNumber, job.dependsOn, job.filmFrames])).toEqual([
    [1, 11, [2], 101],
    [2, 12, [4, 11], 202],
    [3, 13, [6, 12], 303],
    [4, 14, [8, 13], 404],
    [5, 15, [10, 14], 500],
  ])
})

it('gives the same plan for the same input, byte for byte', () => {
  const derived = { ...settings, seed: null }
  const [one, two] = [
    makePlan(prompt, derived, jobId),
    makePlan(structuredClone(prompt), structuredClone(derived), jobId),
  ]
  expect(JSON.stringify(one)).toBe(JSON.stringify(two))
  // A seed that moved between versions would render another film from the same prompt file.
  expect(one.seed).toBe(40_206_045_819_191)
})

it('keeps every frame and depends only on what came before, for every total and chunk length', () => {
  const inputs = [fc.integer({ min: 1, max: 2_000 }), fc.integer({ min: 1, max: 200 }), fc.boolean()] as const
  fc.assert(fc.property(...inputs, checkPlan), { numRuns: 1_000 })
})

function checkPlan(totalFrames: number, framesPerChunk: number, isGiven: boolean) {
  const plan = makePlan(
    { ...prompt, totalFrames },
    { ...settings, framesPerChunk, given: isGiven ? framesPerChunkFlag : {} },
    (content) => `${content.length}`,
  )
  const broken = plan.chunks.filter(
    ({ keepFrames, renderFrames }) =>
      renderFrames % 4 !== 1 || renderFrames < keepFrames || renderFrames > keepFrames + 3,
  )
  const jobs = [...renderJobsOf(plan), ...plan.combineJobs]
  const early = jobs.filter((job) => job.dependsOn.some((number) => number >= job.workflowNumber))
  const kept = plan.chunks.reduce((sum, { keepFrames }) => sum + keepFrames, 0)
  const numbers = jobs.map((job) => job.workflowNumber)
  expect({ kept, broken, early, numbers }).toEqual({
    kept: totalFrames,
    broken: [],
    early: [],
    numbers: [...numbers.keys()].map((n) => n + 1),
  })
  expect(plan.combineJobs.at(-1)?.filmFrames).toBe(totalFrames)
}

it('renders 153 frames to keep 150', () => {
  const plan = makePlan(prompt, { ...settings, framesPerChunk: 150, given: framesPerChunkFlag }, jobId)
  expect(plan.chunks.map(({ keepFrames, renderFrames }) => [keepFrames, renderFrames])).toEqual([
    [150, 153],
    [150, 153],
    [150, 153],
    [50, 53],
  ])
})

it('evens out a stub and says so, unless the chunk length was asked for', () => {
  const evened = makePlan(prompt, { ...settings, framesPerChunk: 81 }, jobId)
  expect([evened.framesPerChunk, evened.chunks.at(-1)!.keepFrames, evened.warnings[1]]).toEqual([
    72,
    71,
    'A last chunk of 14 frames would be a stub, so the 7 chunks keep 71 or 72 frames each instead of 81.',
  ])
  const given = makePlan({ ...prompt, overrides: { framesPerChunk: 81 } }, settings, jobId)
  expect([given.framesPerChunk, given.chunks.at(-1)!.keepFrames, given.warnings[1]]).toEqual([
    81,
    14,
    'The last chunk keeps only 14 frames: short chunks move unsteadily. Without a chunk length of your own the chunks are evened out.',
  ])
})

it('lets the prompt file win over the settings', () => {
  const overrides = {
    seed: 1,
    width: 832,
    height: 480,
    fps: 24,
    steps: 20,
    cfg: 3.5,
    loras: { low: 'other.safetensors' },
  }
  const plan = makePlan({ ...prompt, overrides }, settings, jobId)
  const { seed, width, height, fps, steps, switchStep, cfg, models } = plan
  expect({ seed, width, height, fps, steps, switchStep, cfg, loras: [models.highLora, models.lowLora] }).toEqual({
    seed: 1,
    width: 832,
    height: 480,
    fps: 24,
    steps: 20,
    switchStep: 10,
    cfg: 3.5,
    loras: ['high.safetensors', 'other.safetensors'],
  })
})

it('renames a job, and those behind it, when what decides its result changes', () => {
  const ids = (over: Partial<Prompt>, set: Partial<PlanSettings> = {}) =>
    renderJobsOf(makePlan({ ...prompt, ...over }, { ...settings, ...set }, jobId)).map((job) => job.jobId)
  const before = ids({})
  const longer = ids({ totalFrames: 600 })
  expect(longer.slice(0, 8)).toEqual(before.slice(0, 8))
  expect(longer[8]).not.toBe(before[8])
  const otherLow = ids({}, { models: { ...settings.models, lowLora: 'x' } })
  expect(otherLow[0]).toBe(before[0])
  expect(otherLow.slice(1).filter((id) => before.includes(id))).toEqual([])
})

it('warns of what is legal but will be regretted', () => {
  const asked = { framesPerChunk: { file: '--frames-per-chunk' } }
  const plan = makePlan({ ...prompt, totalFrames: 4_000 }, { ...settings, fps: 30, given: asked }, jobId)
  expect(plan.warnings).toEqual([
    'The negative prompt has no effect at cfg 1. A cfg above 1 gives it one and doubles the time of each step.',
    'Chunks of 101 frames are longer than the 81 that Wan2.2 was trained on: the picture may drift from the reference.',
    'Wan2.2 moves naturally at 16 fps; at 30 fps the film plays faster than it was made.',
    "Joining 4000 frames of 480x848 takes about 39 GB of the server's memory, more than the 32 GB that a 64 GB server has left. Split the film into several prompt files.",
  ])
  expect(makePlan({ ...prompt, negativePrompt: '' }, { ...settings, framesPerChunk: 73 }, jobId).warnings).toEqual([])
  // The usual length is as long, and nobody has chosen it.
  expect(makePlan({ ...prompt, negativePrompt: '' }, settings, jobId).warnings).toEqual([])
})

it('names every value that makes a plan impossible', async () => {
  const overrides = {
    width: 850,
    height: 3,
    fps: 0,
    steps: 1,
    cfg: -1,
    seed: Number.MAX_SAFE_INTEGER,
    framesPerChunk: 5_000,
  }
  const plan = () => makePlan({ ...prompt, totalFrames: 10_000, overrides }, settings, jobId)
  const file = prompt.file
  const hint = 'Each chunk counts the seed on by one, and all must stay below 2^53 to pass through JSON unchanged.'
  expect(await failure(plan)).toEqual({
    code: 'PR_PLAN',
    message: 'No plan can be made for video "lighthouse" of prompt_files/lighthouse.txt.',
    problems: [
      { file, message: 'frames per chunk must be a whole number from 1 to 4093.', value: 5_000 },
      {
        file,
        message: 'width must be a multiple of 16 from 16 to 16384.',
        value: 850,
        hint: 'The nearest that the model works on: 848 and 864.',
      },
      {
        file,
        message: 'height must be a multiple of 16 from 16 to 16384.',
        value: 3,
        hint: 'The nearest that the model works on: 16.',
      },
      { file, message: 'fps must be a number from 1 to 120.', value: 0 },
      { file, message: 'steps must be a whole number from 2 to 10000.', value: 1 },
      { file, message: 'cfg must be a number from 0 to 100.', value: -1 },
      {
        file,
        message: 'seed must be a whole number from 0 to 9007199254740990.',
        value: Number.MAX_SAFE_INTEGER,
        hint,
      },
    ],
  })
})

it('refuses a control video that a chunk would start behind the last frame ComfyUI can cut', async () => {
  const overrides = { controlVideo: 'prompt_files/walk.mp4' }
  const refused = await failure(() => makePlan({ ...prompt, totalFrames: 5_000, overrides }, settings, jobId))
  expect(refused.problems).toEqual([
    {
      file: prompt.file,
      message: 'The last chunk starts at frame 4949, but ComfyUI can cut a control video no later than at frame 4095.',
      value: 'prompt_files/walk.mp4',
      hint: 'Split the film into prompt files of at most 4,096 frames, each with its own part of the control video.',
    },
  ])
  expect(makePlan({ ...prompt, totalFrames: 4_000, overrides }, settings, jobId).controlVideo).toBe(
    'prompt_files/walk.mp4',
  )
})

it('plans 100,000 frames', () => {
  const plan = makePlan({ ...prompt, totalFrames: 100_000 }, settings, jobId)
  expect([plan.chunks.length, renderJobsOf(plan).length, plan.combineJobs.at(-1)!.filmFrames]).toEqual([
    991, 1_982, 100_000,
  ])
})

it('warns of a flag that a prompt file overrules', () => {
  const own = { ...prompt, negativePrompt: '', overrides: { seed: 7, framesPerChunk: 73, width: 480, cfg: 1 } }
  const given = {
    ...framesPerChunkFlag,
    seed: { file: '--seed' },
    width: { file: '--width' },
    height: { file: '--height' },
    // A configuration file is of all films, too, and for those that say nothing else.
    cfg: { file: 'pr.config.yaml', line: 2 },
  }
  const plan = makePlan(own, { ...settings, seed: 4, framesPerChunk: 81, width: 480, cfg: 2, given }, jobId)
  expect(plan.warnings).toEqual([
    '--frames-per-chunk 81 has no effect: the prompt file says 73.',
    '--seed 4 has no effect: the prompt file says 7.',
  ])
  expect(plan).not.toHaveProperty('given')
})
