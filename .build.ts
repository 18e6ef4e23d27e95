// Builds the program into dist/, beside the declarations that tsc has put there (`npm run build`), or into the folder that is named.
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { BUILT_BINDINGS, loadTemplates } from './src/config/templates.ts'

const folder = process.argv[2] ?? 'dist'

const { metafile } = await build({
  entryPoints: [
    'src/cli/bin.ts',
    'src/sweep/worker.ts',
    'src/index.ts',
    ...['mock-socket', 'msw', 'nock', 'replay', 'vitest'].map((name) => `src/exports/${name}.ts`),
  ],
  outdir: folder,
  outbase: 'src',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.22',
  external: [
    // The second engine and the tests of others use the same copies as the program.
    ...['msw', 'nock', 'mock-socket', 'vitest', '@mswjs/interceptors'],
    // Imports CommonJS modules late, see below.
    '@google-cloud/storage',
  ],
  metafile: true,
  banner: {
    js: "import { createRequire as nodeRequire } from 'node:module'; const require = nodeRequire(import.meta.url);",
  },
  logLevel: 'warning',
})

// esbuild gives a CommonJS module that is imported late no named exports.
const isCommonJs = (path: string) => metafile.inputs[path]?.format === 'cjs'
const lateImports = Object.values(metafile.inputs).flatMap(({ imports }) =>
  imports.filter(({ kind, path }) => kind === 'dynamic-import' && isCommonJs(path)),
)
if (lateImports.length > 0)
  throw new Error(`imported late, so without names: ${lateImports.map(({ path }) => path).join(', ')}`)

for (const name of ['help', 'workflows']) cpSync(join('src', name), join(folder, name), { recursive: true })
const { bindings } = await loadTemplates(null)
writeFileSync(join(folder, 'workflows', BUILT_BINDINGS), JSON.stringify(bindings))
