// Builds the program into dist/, beside the declarations that tsc has put there (`npm run build`), or into the folder that is named.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import { BUILT_BINDINGS, loadTemplates } from './src/config/templates.ts'

const folder = process.argv[2] ?? 'dist'

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

/** The wire engine shares its interceptor with nobody, so it need not be looked for among a hundred files. */
const wireHasItsOwn: Plugin = {
  name: 'wire-has-its-own',
  setup({ onResolve }) {
    onResolve({ filter: /^@mswjs\/interceptors\/net$/ }, ({ path, importer }) =>
      /[\\/]wire\.ts$/.test(importer) ? { path: fileURLToPath(import.meta.resolve(path)) } : null,
    )
  },
}

/** The index of undici loads a hundred files, with its mocks and stores. A name that is imported and missing here fails the build. */
const undiciInPart: Plugin = {
  name: 'undici-in-part',
  setup({ onResolve, onLoad }) {
    const namespace = 'undici-in-part'
    const api = { 'lib/dispatcher/dispatcher.js': 'Dispatcher', 'lib/api/index.js': 'api' }
    const parts = {
      'lib/dispatcher/agent.js': 'default as Agent',
      'lib/web/fetch/index.js': 'fetch',
      'lib/web/fetch/formdata.js': 'FormData',
      'lib/web/fetch/headers.js': 'Headers',
      'lib/web/fetch/request.js': 'Request',
      'lib/web/fetch/response.js': 'Response',
      'lib/web/websocket/events.js': 'CloseEvent, MessageEvent',
    }
    onResolve({ filter: /^undici$/ }, ({ path }) => ({ path, namespace }))
    onLoad({ filter: /./, namespace }, () => ({
      resolveDir: process.cwd(),
      contents: [
        ...Object.entries(api).map(([file, name]) => `import ${name} from 'undici/${file}'`),
        'Object.assign(Dispatcher.prototype, api)',
        ...Object.entries(parts).map(([file, names]) => `export { ${names} } from 'undici/${file}'`),
      ].join('\n'),
    }))
  },
}

/**
 * HTTP/2 and the letters of HTML in an error of Google's are read when they are met; what no server of ours can meet (a request
 * of HTTP/2) and what nobody calls (uploads in parts, which are written in XML) never.
 */
const loadedLate: Plugin = {
  name: 'loaded-late',
  setup({ onResolve, onLoad }) {
    const [NOW, namespace] = ['?now', 'unused']
    const instead = (filter: RegExp, contents: string) =>
      onLoad({ filter }, ({ suffix }) => (suffix === NOW ? null : { contents }))
    onResolve({ filter: /\?now$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path.slice(0, -NOW.length)),
      suffix: NOW,
    }))
    instead(
      /[\\/]undici[\\/]lib[\\/]dispatcher[\\/]client-h2\.js$/,
      `module.exports = (...all) => require('./client-h2.js${NOW}')(...all)`,
    )
    instead(
      /[\\/]html-entities[\\/].*[\\/]index\.js$/,
      `export const decode = (...all) => require('./index.js${NOW}').decode(...all)`,
    )
    instead(/[\\/]storage[\\/].*[\\/]transfer-manager\.js$/, 'export {}')
    onResolve({ filter: /^node:http2$/ }, ({ path, importer }) =>
      /[\\/]@hono[\\/]node-server[\\/]/.test(importer) ? { path, namespace } : null,
    )
    onLoad({ filter: /^node:http2$/, namespace }, () => ({
      contents: 'export class Http2ServerRequest {}; export const constants = {}',
    }))
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
  outdir: folder,
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
  banner: {
    js: "(function (exports, require, module, __filename, __dirname) {const importMetaUrl = require('node:url').pathToFileURL(__filename).href;",
  },
  footer: { js: '})' },
  minifySyntax: true,
  minifyWhitespace: true,
  lineLimit: 200,
  plugins: [yargsPrintsNothing, wireHasItsOwn, undiciInPart, loadedLate],
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

cpSync('src/workflows', join(folder, 'workflows'), { recursive: true })
const { bindings } = await loadTemplates(null)
writeFileSync(join(folder, 'workflows', BUILT_BINDINGS), JSON.stringify(bindings))

// What does not run is not built. From now on whoever built it starts from compiled code, too.
const DRY_RUN_TEMP_DIR = mkdtempSync(join(tmpdir(), 'pr-build-'))
const { PATH, TMPDIR } = process.env
execFileSync(
  process.execPath,
  [join(folder, 'cli/bin.js'), '--dry-run', '--prompt-file', 'fixtures/prompt_files/example.txt'],
  {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { PATH, TMPDIR, DRY_RUN_TEMP_DIR },
  },
)
rmSync(DRY_RUN_TEMP_DIR, { recursive: true })
