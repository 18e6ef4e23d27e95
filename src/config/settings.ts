import { planNumbers } from '../domain/limits.ts'
import { PromptRunnerError } from '../errors.ts'
import { readConfigFile } from './config-file.ts'
import { defaultOutputDir, isWritableFolder } from './folders.ts'
import { type Flags, SettingReader } from './setting-reader.ts'
import type { SettingName } from './setting-table.ts'
import type { Settings } from './settings-types.ts'
import { type ShownSetting, shownSettings } from './shown-settings.ts'

export interface LoadedSettings {
  /** Frozen to the last level. */
  readonly settings: Settings
  /** Every row of the settings table with its value, secrets masked. */
  readonly origins: ReadonlyMap<SettingName, ShownSetting>
  /** Sentences about values that were replaced by something that works. */
  readonly warnings: readonly string[]
}

/**
 * Settles every setting once: flags over environment over `pr.config.{yaml,yml,json,ts}` in `cwd` over defaults.
 * All wrong values are reported together: PR_USAGE when a flag is among them, else PR_CONFIG.
 */
export async function loadSettings(flags: Flags, environment: NodeJS.ProcessEnv, cwd: string): Promise<LoadedSettings> {
  const reader = new SettingReader({ flags, environment, file: await readConfigFile(cwd), cwd })
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
  const take: SettingReader['take'] = (name, otherwise) => reader.take(name, otherwise)
  const enabled = take('dryRun')
  const bucket = take('bucket', enabled ? { bucket: 'dry-run', prefix: '' } : null)
  const ci = take('ci')
  const startTime = take('startTime')
  return {
    comfyui: {
      url: take('comfyuiUrl'),
      token: take('comfyuiToken'),
      headers: take('comfyuiHeader'),
      ca: take('ca'),
    },
    storage: {
      bucket: bucket?.bucket ?? null,
      prefix: bucket?.prefix ?? '',
      credentialsFile: take('googleCredentials'),
      projectId: take('googleProject'),
    },
    pod: { id: take('podId'), apiKey: take('runpodApiKey') },
    programs: { ffmpeg: take('ffmpeg'), ffprobe: take('ffprobe') },
    prompts: { files: take('promptFile'), dir: take('promptDir') },
    plan: {
      framesPerChunk: take('framesPerChunk'),
      given: reader.places(planNumbers),
      width: take('width'),
      height: take('height'),
      fps: take('fps'),
      steps: take('steps'),
      cfg: take('cfg'),
      seed: take('seed'),
      models: {
        highModel: take('highModel'),
        lowModel: take('lowModel'),
        highLora: take('highLora'),
        lowLora: take('lowLora'),
        textEncoder: take('textEncoder'),
        vae: take('vae'),
      },
    },
    workflows: take('workflows'),
    run: {
      resume: take('resume'),
      maxRetries: take('maxRetries'),
      outputDir: take('outputDir', defaultOutputDir(cwd)),
      upload: !take('noUpload'),
      keepIntermediate: take('keepIntermediate'),
      shutdown: shutdown(reader),
      validateOnly: take('validateOnly'),
      yes: take('yes'),
    },
    dryRun: {
      enabled,
      engine: take('engine'),
      recording: take('recording'),
      speed: take('speed'),
      realFfmpeg: take('realFfmpeg'),
      strict: take('strict'),
      startTime: startTime === null ? null : startTime * 1000,
      tempDir: tempDir(reader, cwd, warn),
      currentDir: cwd,
    },
    output: {
      logLevel: take('logLevel'),
      json: take('json'),
      quiet: take('quiet'),
      colour: !take('noColor') && !ci,
      ci,
    },
  }
}

/** A flag overrules a configuration file in both directions; both flags at once contradict each other. */
function shutdown(reader: SettingReader): Settings['run']['shutdown'] {
  const force = reader.take('forceShutdown')
  const keep = reader.take('noShutdown')
  if (!force || !keep) return force ? 'force' : 'keep'
  const forcedBy = reader.origin('forceShutdown').from
  if (forcedBy === reader.origin('noShutdown').from) {
    reader.refuse('forceShutdown', `contradicts ${reader.origin('noShutdown').name}`, 'leave one of the two out')
  }
  return forcedBy === 'flag' ? 'force' : 'keep'
}

function tempDir(reader: SettingReader, cwd: string, warn: (sentence: string) => void): string {
  const wanted = reader.take('dryRunTempDir', cwd)
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
