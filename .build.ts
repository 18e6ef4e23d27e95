// Builds the program into dist/, beside the declarations that tsc has put there (`npm run build`), or into the folder that is named.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire, findPackageJSON } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { jsonSchema, schemaFiles } from './src/config/json-schemas.ts'
import { BUILT_BINDINGS, loadTemplates } from './src/config/templates.ts'

const folder = process.argv[2] ?? 'dist'

const require = createRequire(import.meta.url)

/** Google's library imports CommonJS packages late. esbuild would give them no named exports; this gives them those that Node sees. */
const lateNames: Plugin = {
  name: 'late-names',
  setup({ onResolve, onLoad, resolve }) {
    onResolve({ filter: /^[^./]/ }, async ({ kind, path, pluginData, ...from }) => {
      if (kind !== 'dynamic-import' || pluginData === lateNames.name) return
      const found = await resolve(path, { kind, pluginData: lateNames.name, ...from })
      return found.external || isModule(found.path) ? found : { path: found.path, namespace: lateNames.name }
    })
    onLoad({ filter: /./, namespace: lateNames.name }, ({ path }) => {
      const names = Object.keys(require(path)).filter((name) => name !== 'default')
      const lines = [
        `const all = require(${JSON.stringify(path)})`,
        'export default all',
        `export const { ${names} } = all`,
      ]
      return { contents: lines.join('\n'), resolveDir: dirname(path) }
    })
  },
}

function isModule(path: string): boolean {
  if (/\.[cm]js$/.test(path)) return path.endsWith('.mjs')
  return JSON.parse(readFileSync(findPackageJSON(pathToFileURL(path))!, 'utf8')).type === 'module'
}

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
  ],
  plugins: [lateNames],
  metafile: true,
  banner: {
    js: "import { createRequire as nodeRequire } from 'node:module'; const require = nodeRequire(import.meta.url);",
  },
  logLevel: 'warning',
})

// No file of this project's own does so.
const isCommonJs = (path: string) => metafile.inputs[path]?.format === 'cjs'
const lateImports = Object.values(metafile.inputs).flatMap(({ imports }) =>
  imports.filter(({ kind, path }) => kind === 'dynamic-import' && isCommonJs(path)),
)
if (lateImports.length > 0)
  throw new Error(`imported late, so without names: ${lateImports.map(({ path }) => path).join(', ')}`)

for (const name of ['help', 'workflows']) cpSync(join('src', name), join(folder, name), { recursive: true })
const schemas = join(folder, 'schemas')
mkdirSync(schemas, { recursive: true })
for (const name of ['prompt', 'config'] as const)
  writeFileSync(join(schemas, schemaFiles[name]), `${JSON.stringify(jsonSchema(name), null, 2)}\n`)
const { bindings } = await loadTemplates(null)
writeFileSync(join(folder, 'workflows', BUILT_BINDINGS), JSON.stringify(bindings))
