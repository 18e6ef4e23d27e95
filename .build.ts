// Builds dist/ beside the declarations that tsc has put there: `npm run build`.
import { cpSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import { BUILT_BINDINGS, loadTemplates } from './src/config/templates.ts'

/**
 * The help is our own, yet yargs loads what measures and wraps its text: patterns of all emoji, which take a twentieth of
 * the example's dry run to compile. It lays its help out after every named command, for an error that might follow: the
 * stand-ins are called, what they return is never shown.
 */
const yargsPrintsNothing: Plugin = {
  name: 'yargs-prints-nothing',
  setup({ onResolve, onLoad }) {
    const namespace = 'unused'
    onResolve({ filter: /^(cliui|string-width)$/ }, ({ path, importer }) =>
      /[\\/]node_modules[\\/]yargs[\\/]/.test(importer) ? { path, namespace } : null,
    )
    onLoad({ filter: /^cliui$/, namespace }, () => ({
      contents: 'export default () => ({ div() {}, span() {}, toString: () => "" })',
    }))
    onLoad({ filter: /^string-width$/, namespace }, () => ({ contents: 'export default ({ length }) => length' }))
  },
}

/** Of the program itself only what prints the help is imported; all that its commands load when they run is in the script. */
const commandsDoNotRun: Plugin = {
  name: 'commands-do-not-run',
  setup({ onResolve }) {
    const start = /[\\/]src[\\/]cli[\\/](bin|load-program)\.ts$/
    onResolve({ filter: /./ }, ({ kind, path, importer }) =>
      kind === 'dynamic-import' && /[\\/]src[\\/]cli[\\/]/.test(importer) && !start.test(importer)
        ? { path, external: true }
        : null,
    )
  },
}

const options: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node22.22',
  outdir: 'dist',
  outbase: 'src',
  // The second engine and the tests of others use the same copies as the program.
  external: ['msw', 'nock', 'mock-socket', 'vitest', '@mswjs/interceptors'],
  logLevel: 'warning',
}

// The program in one script, which src/cli/run-script.ts runs from a code cache. Its name tells its content.
const { metafile } = await build({
  ...options,
  entryPoints: ['src/cli/main.ts'],
  entryNames: 'chunks/program-[hash]',
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  // A script that Node's loader has not loaded cannot import.
  supported: { 'dynamic-import': false },
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  plugins: [yargsPrintsNothing],
  metafile: true,
})
const program = Object.keys(metafile.outputs)[0]!

// What is imported: the start of the program with its help, and the exports of the package.
await build({
  ...options,
  entryPoints: [
    'src/cli/bin.ts',
    'src/index.ts',
    ...['mock-socket', 'msw', 'nock', 'vitest'].map((name) => `src/exports/${name}.ts`),
  ],
  format: 'esm',
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  define: { PROGRAM: JSON.stringify(basename(program)) },
  plugins: [commandsDoNotRun],
  banner: {
    js: "import { createRequire as nodeRequire } from 'node:module'; const require = nodeRequire(import.meta.url);",
  },
})

cpSync('src/workflows', 'dist/workflows', { recursive: true })
const { bindings } = await loadTemplates(null)
writeFileSync(`dist/workflows/${BUILT_BINDINGS}`, JSON.stringify(bindings))
