import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import * as z from 'zod'
import type { Profile, Profiles } from '../domain/estimate/profile.ts'

/** The shipped times of others (`recordings/profiles/*.yaml`). Read only when an estimate needs them. */
export function readProfiles(): Profiles {
  known ??= readAll()
  return known
}

/** They do not change while the program runs. */
let known: Profiles | null = null

function readAll(): Profiles {
  const read = (file: string): unknown => parse(readFileSync(join(FOLDER, file), 'utf8'))
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.yaml') && file !== COSTS)
  const { quantised, ...costs } = costsSchema.parse(read(COSTS))
  return {
    profiles: files.toSorted().flatMap((file) => gpuSchema.parse(read(file))),
    costs: { ...costs, transfer: null },
    quantised,
  }
}

// The same distance from src/config and from the bundles of dist.
const FOLDER = folderFrom('../../recordings/profiles/')
const COSTS = 'costs.yaml'

function folderFrom(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}

const text = z.string().min(1)
const figure = z.number().positive()
const whole = z.int().min(0)
/** Every figure says where it is from, and when it was read there. */
const said = { source: text, read: z.iso.date() }

const time = z
  .strictObject({
    id: text,
    size: z.tuple([figure, figure, figure]),
    references: whole.default(0),
    vace: z.boolean().default(false),
    forwards: figure,
    gpus: figure.default(1),
    covers: z.enum(['sampling', 'request']),
    loads: z.strictObject({ cold: whole, warm: whole }).default({ cold: 0, warm: 0 }),
    seconds: figure,
    ...said,
  })
  .transform(({ size: [width, height, frames], references, vace, ...rest }) => ({
    ...rest,
    size: { width, height, frames, references, vace },
  }))

const gpuSchema = z
  .strictObject({
    gpu: text,
    names: z.array(text).min(1),
    near: z.array(z.strictObject({ name: text, how: text })).default([]),
    profiles: z.array(
      z.strictObject({
        stack: text,
        precision: text,
        family: z.enum(['comfyui', 'pytorch', 'optimised']),
        times: z.array(time).min(1),
      }),
    ),
  })
  .transform(({ profiles, ...gpu }): Profile[] => profiles.map((profile) => ({ ...gpu, ...profile })))

const cost = z
  .strictObject({ seconds: z.tuple([figure, figure, figure]), ...said })
  .transform(({ seconds: [low, mid, high] }) => ({ low, mid, high }))

const costsSchema = z
  .strictObject({
    text: cost,
    cold_load: cost,
    warm_load: cost,
    decode: cost,
    combine: cost,
    quantised: z.strictObject({ factor: figure, ...said }),
  })
  .transform(({ cold_load: coldLoad, warm_load: warmLoad, quantised, ...same }) => ({
    ...same,
    coldLoad,
    warmLoad,
    quantised: quantised.factor,
  }))
