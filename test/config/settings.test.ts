import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { defaultOutputDir } from '../../src/config/layout.ts'
import { flagOf } from '../../src/config/setting.ts'
import { type SettingName, settingRows } from '../../src/config/setting-table.ts'
import { loadSettings } from '../../src/config/settings.ts'
import { newFolder } from '../cli/run-pr.ts'

it('has a default for everything', async () => {
  const cwd = newFolder()
  const { settings, warnings } = await loadSettings({}, {}, cwd)
  expect(warnings).toEqual([])
  expect(settings).toEqual({
    comfyui: { url: new URL('http://127.0.0.1:8188'), token: null, headers: {}, ca: null },
    servers: [],
    storage: { bucket: null, prefix: '', credentialsFile: null, projectId: 'prompt-runner' },
    pod: { id: null, apiKey: null },
    programs: { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' },
    prompts: { files: [], dir: 'prompt_files' },
    plan: {
      framesPerChunk: 101,
      given: {},
      width: 480,
      height: 848,
      fps: 16,
      steps: 8,
      cfg: 1,
      seed: null,
      chunkSeeds: {},
      combine: 'chain',
      models: {
        highModel: 'Wan2.2_T2V_High_Noise_14B_VACE-Q8_0.gguf',
        lowModel: 'Wan2.2_T2V_Low_Noise_14B_VACE-Q8_0.gguf',
        highLora: 'wan2.2_high_t2v.safetensors',
        lowLora: 'wan2.2_low_t2v.safetensors',
        textEncoder: 'umt5_xxl_fp8_e4m3fn_scaled.safetensors',
        vae: 'wan_2.1_vae.safetensors',
      },
    },
    workflows: null,
    behaviours: [],
    run: {
      resume: null,
      isElsewhere: false,
      maxRetries: 3,
      patience: 120_000,
      patienceAtStart: 0,
      jobTimeout: null,
      parallel: null,
      gpu: null,
      price: null,
      budget: null,
      deadline: null,
      outputDir: defaultOutputDir(cwd),
      upload: true,
      uploadAll: false,
      keepIntermediate: false,
      shutdown: 'keep',
      validateOnly: false,
      yes: false,
    },
    dryRun: {
      enabled: false,
      engine: 'wire',
      recording: 'wan22-two-chunks',
      speed: 0,
      realFfmpeg: false,
      strict: false,
      faults: [],
      sweep: false,
      sweepChunks: 2,
      startTime: null,
      tempDir: cwd,
      currentDir: cwd,
    },
    output: { logLevel: 'INFO', json: false, quiet: false, colour: true, dumb: false, ci: false },
  })
})

it('is frozen to the last level', async () => {
  const { settings } = await loadSettings({ 'comfyui-header': ['A: b'] }, {}, newFolder())
  const { plan, comfyui, prompts } = settings
  const loose = [settings, ...Object.values(settings), plan.models, comfyui.headers, prompts.files]
  expect(loose.filter((each) => !Object.isFrozen(each))).toEqual([])
})

/** Two legal values for every setting: one for flags and files, one for the environment. */
const legal: Record<SettingName, readonly [given: unknown, inEnvironment: string]> = {
  comfyuiUrl: ['https://gpu/base', 'http://other:8188'],
  servers: [[{ url: 'http://a:8188', price: 1 }], ''],
  comfyuiToken: ['t1', 't2'],
  comfyuiHeader: [['A: 1', 'B: 2'], ''],
  ca: ['ca.pem', ''],
  bucket: ['gs://films/a', 'gs://films/b'],
  googleCredentials: [null, 'key.json'],
  googleProject: [null, 'otters'],
  podId: ['p1', 'p2'],
  runpodApiKey: [null, 'rpa'],
  waitForServer: ['10m', '90s'],
  jobTimeout: ['40m', '1h 30m'],
  gpu: ['RTX 4090', ''],
  price: ['0.44', '1.99'],
  budget: ['2.50', '10'],
  parallel: ['2', ''],
  deadline: ['40m', '1h 30m'],
  ffmpeg: ['/opt/ffmpeg', 'my-ffmpeg'],
  ffprobe: ['/opt/ffprobe', 'my-ffprobe'],
  promptFile: [['a.txt'], ''],
  promptDir: ['prompts', ''],
  framesPerChunk: ['81', ''],
  width: ['640', ''],
  height: ['640', ''],
  fps: ['23.976', ''],
  steps: ['6', ''],
  cfg: ['3.5', ''],
  combine: ['once', ''],
  seed: ['7', ''],
  chunkSeeds: [['3:7'], ''],
  workflows: ['mine', ''],
  highModel: ['h.gguf', ''],
  lowModel: ['l.gguf', ''],
  highLora: ['h.st', ''],
  lowLora: ['l.st', ''],
  textEncoder: ['t.st', ''],
  vae: ['v.st', ''],
  resume: ['otter_1', ''],
  maxRetries: ['0', ''],
  outputDir: ['out', ''],
  upload: ['all', ''],
  noUpload: [true, ''],
  keepIntermediate: [true, ''],
  noShutdown: [true, ''],
  forceShutdown: [true, ''],
  validateOnly: [true, ''],
  yes: [true, ''],
  dryRun: [true, '1'],
  engine: ['msw', ''],
  recording: ['other', ''],
  speed: ['1', ''],
  behaviours: [[{ classType: 'Mine' }], ''],
  realFfmpeg: [true, ''],
  strict: [true, ''],
  dryRunTempDir: [null, 'runs'],
  startTime: [null, '1700000000'],
  logLevel: ['debug', 'ERROR'],
  json: [true, ''],
  quiet: [true, ''],
  faults: [['POST /prompt of job 3: status 524'], ''],
  sweep: [true, ''],
  sweepChunks: ['3', ''],
  noColor: [null, '1'],
  dumb: [null, 'dumb'],
  ci: [null, 'true'],
}

it.each(settingRows)('takes %s from the flag, then the environment, then the file', async (name, row) => {
  const cwd = newFolder({ 'ca.pem': '-----BEGIN CERTIFICATE-----\n' })
  mkdirSync(join(cwd, 'mine'))
  const [given, inEnvironment] = legal[name]
  const flags = row.environmentOnly || row.fileOnly ? {} : { [flagOf(name, row)]: given }
  const environment = row.variable ? { [row.variable]: inEnvironment } : {}
  const origin = async (flagsGiven: object, environmentGiven: object) => {
    const { origins } = await loadSettings({ ...flagsGiven }, { ...environmentGiven }, cwd)
    return origins.get(name)!.origin.name
  }
  if (!row.environmentOnly) writeFileSync(join(cwd, 'pr.config.json'), JSON.stringify({ [name]: given }))
  const fromFile = row.environmentOnly ? 'default' : 'pr.config.json:1'
  expect([await origin(flags, environment), await origin({}, environment), await origin({}, {})]).toEqual([
    row.environmentOnly ? row.variable : row.fileOnly ? fromFile : `--${flagOf(name, row)}`,
    row.variable ?? fromFile,
    fromFile,
  ])
})

it('lets --dry-run=false overrule the environment', async () => {
  const { settings } = await loadSettings({ 'dry-run': false }, { DRY_RUN: 'true' }, newFolder())
  expect(settings.dryRun.enabled).toBe(false)
})

it.each([
  ['true', true],
  ['1', true],
  ['YES', true],
  ['false', false],
  ['0', false],
  ['no', false],
  ['', false],
])('understands DRY_RUN=%s', async (word, enabled) => {
  const { settings } = await loadSettings({}, { DRY_RUN: word }, newFolder())
  expect([settings.dryRun.enabled, settings.storage.bucket]).toEqual([enabled, enabled ? 'dry-run' : null])
})

const spellings = ['framesPerChunk', 'frames_per_chunk', 'frames-per-chunk']
it.each(spellings)('knows a chunk length that was asked for as %s from one that was not', async (key) => {
  const cwd = newFolder({ 'pr.config.yaml': `${key}: 101\n` })
  expect((await loadSettings({}, {}, cwd)).settings.plan).toMatchObject({
    framesPerChunk: 101,
    given: { framesPerChunk: { file: 'pr.config.yaml', line: 1 } },
  })
})

it.each([
  [{ 'no-shutdown': true }, 'keep'],
  [{ 'force-shutdown': true }, 'force'],
  [{}, 'force'],
])('lets %o overrule forceShutdown in the file', async (flags, expected) => {
  const cwd = newFolder({ 'pr.config.yaml': 'forceShutdown: true\n' })
  expect((await loadSettings(flags, {}, cwd)).settings.run.shutdown).toBe(expected)
})

it('resolves paths against the folder they were given in', async () => {
  const cwd = newFolder({
    'pr.config.yaml': 'outputDir: out\nworkflows: mine\npromptDir: texts\n',
    'mine/render.json': '{}',
  })
  const { settings } = await loadSettings({ 'prompt-file': ['a.txt'] }, { DRY_RUN_TEMP_DIR: 'runs' }, cwd)
  expect([settings.run.outputDir, settings.workflows, settings.dryRun.tempDir, settings.prompts]).toEqual([
    join(cwd, 'out'),
    join(cwd, 'mine'),
    join(cwd, 'runs'),
    { files: ['a.txt'], dir: 'texts' },
  ])
})

it('reads a typed configuration module', async () => {
  const config = new URL('../../src/config/setting-table.ts', import.meta.url).href
  const cwd = newFolder({
    'package.json': '{"type":"module"}',
    'pr.config.ts': `import { defineConfig } from '${config}'\nexport default defineConfig({ width: 640, promptFile: 'a.txt', comfyuiHeader: { 'X-Team': 'otters' } })\n`,
  })
  const { settings, origins } = await loadSettings({}, {}, cwd)
  expect([settings.plan.width, settings.prompts.files, settings.comfyui.headers]).toEqual([
    640,
    ['a.txt'],
    { 'X-Team': 'otters' },
  ])
  expect(origins.get('width')!.origin).toEqual({ from: 'config', name: 'pr.config.ts' })
})

it('takes no colours and no questions from NO_COLOR and CI', async () => {
  const output = async (environment: NodeJS.ProcessEnv) =>
    (await loadSettings({}, environment, newFolder())).settings.output
  expect(await output({ NO_COLOR: '1' })).toMatchObject({ colour: false, ci: false })
  expect(await output({ CI: 'true' })).toMatchObject({ colour: false, ci: true })
  expect(await output({ CI: 'false', NO_COLOR: '' })).toMatchObject({ colour: true, ci: false })
})
