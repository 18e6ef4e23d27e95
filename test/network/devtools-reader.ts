import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'

/** The part of a request in the network panel of Chrome DevTools that the tests look at. */
export interface PanelRequest {
  readonly requestMethod: string
  readonly statusCode: number
  url(): string
  resourceType(): { name(): string }
  frames(): ReadonlyArray<{ type: string; time: number; text: string; opCode: number; mask: boolean }>
  requestContentData(): Promise<{ text?: string; base64?: string; error?: string }>
}

interface HarModel {
  readonly HARFormat: { readonly HARRoot: new (json: unknown) => { readonly log: unknown } }
  readonly Importer: { readonly Importer: { requestsFromHARLog(log: unknown): PanelRequest[] } }
}

/** Reads a HAR as Chrome DevTools does when one is dropped on its network panel: its own importer, from its published source. */
export async function openInDevtools(har: unknown): Promise<PanelRequest[]> {
  model ??= buildModel()
  const { HARFormat, Importer } = await model
  return Importer.Importer.requestsFromHARLog(new HARFormat.HARRoot(har).log)
}

/** Built but once for all tests of a file. */
let model: Promise<HarModel> | null = null

async function buildModel(): Promise<HarModel> {
  const folder = await mkdtemp(join(tmpdir(), 'pr-devtools-'))
  try {
    const outfile = join(folder, 'har.mjs')
    const source = createRequire(import.meta.url).resolve('chrome-devtools-frontend/front_end/models/har/har.ts')
    await build({
      entryPoints: [source],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      logLevel: 'error',
      plugins: [english],
    })
    return (await import(pathToFileURL(outfile).href)) as HarModel
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** The list of languages is made when Chrome is built, and is not in the package. */
const english: Plugin = {
  name: 'english',
  setup(builder) {
    builder.onResolve({ filter: /\/locales\.js$/ }, () => ({ path: 'locales', namespace: 'english' }))
    builder.onLoad({ filter: /.*/, namespace: 'english' }, () => ({
      contents:
        'export const LOCALES = ["en-US"], BUNDLED_LOCALES = LOCALES, DEFAULT_LOCALE = "en-US", LOCAL_FETCH_PATTERN = "", REMOTE_FETCH_PATTERN = ""',
    }))
  },
}
