import { planNumbers } from '../domain/limits.ts'
import { shareOfTime } from '../domain/pace.ts'
import { PromptRunnerError } from '../errors.ts'
import { isWritableFolder } from '../files/folders.ts'
import type { NodeBehaviour } from '../simulators/comfyui/behaviours/node-behaviour.ts'
import { readConfigFile } from './config-file.ts'
import { defaultOutputDir } from './layout.ts'
import { runAddress } from './parse-address.ts'
import { priceOfAll, serversOf } from './servers.ts'
import { type Flags, type Origin, SettingReader } from './setting-reader.ts'
import { type SettingName, settingRows } from './setting-table.ts'
import type { ServerSettings, Settings } from './settings-types.ts'

export interface LoadedSettings {
  /** Frozen to the last level. */
  readonly settings: Settings
  /** Every row of the settings table with its value, secrets masked. */
  readonly origins: ReadonlyMap<SettingName, ShownSetting>
  /** Sentences about values that were replaced by something that works. */
  readonly warnings: readonly string[]
}

interface ShownSetting {
  readonly value: string | number | boolean | null | readonly string[]
  readonly origin: Origin
}

/**
 * Settles every setting once: flags over environment over `pr.config.{yaml,yml,json,ts}` in `cwd` over defaults.
 * All wrong values are reported together: PR_USAGE when a flag is among them, else PR_CONFIG.
 */
export async function loadSettings(flags: Flags, environment: NodeJS.ProcessEnv, cwd: string): Promise<LoadedSettings> {
  const keys = settingRows.map(([name]) => name)
  const reader = new SettingReader({ flags, environment, file: await readConfigFile(cwd, keys), cwd })
  const warnings: string[] = []
  const settings = assemble(reader, cwd, (sentence) => warnings.push(sentence))
  const { problems } = reader
  if (problems.length > 0) {
    const count = problems.length === 1 ? 'one setting is' : `${problems.length} settings are`
    const code = problems.some((problem) => problem.from === 'flag') ? 'PR_USAGE' : 'PR_CONFIG'
    throw new PromptRunnerError(code, `${count} wrong`, {
      // Lines count for a configuration file only: it comes last, from top to bottom.
      problems: problems.map(({ from: _, ...problem }) => problem).toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)),
    })
  }
  return { settings: freezeDeeply(settings), origins: shownSettings(reader), warnings }
}

function assemble(reader: SettingReader, cwd: string, warn: (sentence: string) => void): Settings {
  const value: SettingReader['value'] = (name, otherwise) => reader.value(name, otherwise)
  const enabled = value('dryRun')
  const bucket = value('bucket', enabled ? { bucket: 'dry-run', prefix: '' } : null)
  const ci = value('ci')
  // What is wrong is told in the order in which it is read here.
  const all = serversOf(reader)
  const [{ price, speed: _, ...comfyui }] = all as [ServerSettings]
  const storage = {
    bucket: bucket?.bucket ?? null,
    prefix: bucket?.prefix ?? '',
    credentialsFile: value('googleCredentials'),
    projectId: value('googleProject'),
  }
  const pod = { id: value('podId'), apiKey: value('runpodApiKey') }
  const patience = value('waitForServer')
  const startTime = value('startTime')
  return ofSharedRun(reader, {
    comfyui,
    servers: all.length > 1 ? all : [],
    storage,
    pod,
    programs: { ffmpeg: value('ffmpeg'), ffprobe: value('ffprobe') },
    prompts: { files: value('promptFile'), dir: value('promptDir') },
    plan: {
      framesPerChunk: value('framesPerChunk'),
      given: reader.places(planNumbers),
      width: value('width'),
      height: value('height'),
      fps: value('fps'),
      steps: value('steps'),
      cfg: value('cfg'),
      seed: value('seed'),
      combine: value('combine'),
      chunkSeeds: Object.fromEntries(value('chunkSeeds').map((text) => text.split(':').map(Number))),
      models: {
        highModel: value('highModel'),
        lowModel: value('lowModel'),
        highLora: value('highLora'),
        lowLora: value('lowLora'),
        textEncoder: value('textEncoder'),
        vae: value('vae'),
      },
    },
    workflows: value('workflows'),
    behaviours: value('behaviours'),
    run: {
      resume: value('resume'),
      isElsewhere: false,
      maxRetries: value('maxRetries'),
      patience: patience ?? (pod.id === null ? 120_000 : 300_000),
      // A wrong address is to be told at once.
      patienceAtStart: patience ?? (pod.id === null ? 0 : 300_000),
      jobTimeout: value('jobTimeout'),
      gpu: value('gpu'),
      price: all.length > 1 ? priceOfAll(all) : price,
      parallel: value('parallel'),
      budget: value('budget'),
      deadline: value('deadline'),
      outputDir: value('outputDir', defaultOutputDir(cwd)),
      upload: !value('noUpload'),
      uploadAll: value('upload') === 'all' && !value('noUpload'),
      keepIntermediate: value('keepIntermediate'),
      shutdown: shutdown(reader),
      validateOnly: value('validateOnly'),
      yes: value('yes'),
    },
    dryRun: {
      enabled,
      engine: value('engine'),
      recording: value('recording'),
      speed: shareOfTime(value('speed')),
      realFfmpeg: value('realFfmpeg'),
      strict: value('strict'),
      faults: value('faults'),
      sweep: value('sweep'),
      sweepChunks: value('sweepChunks'),
      startTime: startTime === null ? null : startTime * 1000,
      tempDir: tempDir(reader, cwd, warn),
      currentDir: cwd,
    },
    output: {
      logLevel: value('logLevel'),
      json: value('json'),
      quiet: value('quiet'),
      colour: !value('noColor') && !ci && !value('dumb'),
      ci,
      dumb: value('dumb'),
    },
  })
}

/** A run that is named by its address has its bucket with it, and goes on being shared there. */
function ofSharedRun(reader: SettingReader, settings: Settings): Settings {
  const { storage, run, dryRun } = settings
  const address = runAddress(run.resume)
  if (!address) return settings
  const { bucket, prefix, runName } = address
  const isOther = storage.bucket !== bucket || storage.prefix !== prefix
  if (dryRun.enabled)
    reader.refuse('resume', 'names a run in a bucket, which no dry run reaches', 'leave --dry-run out')
  else if (reader.origin('bucket').from !== 'default' && isOther)
    reader.refuse('bucket', 'is not where the run to resume is shared', 'leave it out: --resume names the bucket')
  if (!run.upload) reader.refuse('noUpload', 'contradicts --resume gs://…', 'leave one of the two out')
  return {
    ...settings,
    storage: { ...storage, bucket, prefix },
    run: { ...run, resume: runName, isElsewhere: true, uploadAll: true },
  }
}

/** A flag overrules a configuration file in both directions; both flags at once contradict each other. */
function shutdown(reader: SettingReader): Settings['run']['shutdown'] {
  const force = reader.value('forceShutdown')
  const keep = reader.value('noShutdown')
  if (!force || !keep) return force ? 'force' : 'keep'
  const forcedBy = reader.origin('forceShutdown').from
  if (forcedBy === reader.origin('noShutdown').from) {
    reader.refuse('forceShutdown', `contradicts ${reader.origin('noShutdown').name}`, 'leave one of the two out')
  }
  return forcedBy === 'flag' ? 'force' : 'keep'
}

function tempDir(reader: SettingReader, cwd: string, warn: (sentence: string) => void): string {
  const wanted = reader.value('dryRunTempDir', cwd)
  if (wanted === cwd || isWritableFolder(wanted)) return wanted
  warn(`DRY_RUN_TEMP_DIR names ${wanted}, which cannot be written to: run folders go to ${cwd} instead`)
  reader.replace('dryRunTempDir', cwd)
  return cwd
}

function freezeDeeply<T>(value: T): T {
  // A URL keeps its state in private fields that freezing cannot reach.
  if (typeof value === 'object' && value !== null && !(value instanceof URL)) {
    Object.values(value).forEach(freezeDeeply)
    Object.freeze(value)
  }
  return value
}

/** Every row of the settings table, in its order, with its value as it may be shown: secrets are masked. */
function shownSettings({ values }: SettingReader): ReadonlyMap<SettingName, ShownSetting> {
  return new Map(
    settingRows.map(([name, row]) => {
      const { value, origin } = values.get(name)!
      return [name, { value: shown(value, row.secret === true), origin }]
    }),
  )
}

const isBehaviour = (value: unknown): value is NodeBehaviour =>
  typeof value === 'object' && value !== null && 'classType' in value

const hasUrl = (value: unknown): value is { url: URL } => typeof value === 'object' && value !== null && 'url' in value

const MASK = '****'

function shown(value: unknown, isSecret: boolean): ShownSetting['value'] {
  if (value instanceof URL) return value.href
  if (Array.isArray(value) && value[0] instanceof URL && value.length === 1) return value[0].href
  if (Array.isArray(value))
    return value.map((each) => (isBehaviour(each) ? each.classType : hasUrl(each) ? each.url.href : String(each)))
  if (typeof value === 'string') return isSecret ? MASK : value
  if (typeof value !== 'object' || value === null) return value as number | boolean | null
  if ('bucket' in value && 'prefix' in value) return `gs://${[value.bucket, value.prefix].filter(Boolean).join('/')}`
  return Object.entries(value).map(([key, each]) => `${key}: ${isSecret ? MASK : each}`)
}
