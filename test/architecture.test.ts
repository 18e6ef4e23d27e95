import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, it } from 'vitest'

/** What a folder may reach, packages and Node's modules included. Folders not named here are free. */
const mayReach: Record<string, readonly string[]> = {
  'src/domain': ['src/domain', 'src/errors.ts'],
  'src/files': ['src/files', 'node:fs', 'node:path'],
  // The reducer is pure; the journal is a file, and so is the lock, which names its host.
  'src/state': ['src/state', 'src/domain', 'src/files', 'src/errors.ts', 'node:fs', 'node:os', 'node:path'],
  'src/recording': ['src/recording', 'src/domain', 'src/files', 'src/errors.ts', 'node:', 'zod'],
  'src/simulators': ['src/simulators', 'src/recording', 'src/domain', 'src/errors.ts', 'node:', 'hono', 'zod'],
  'src/orchestrator': [
    'src/orchestrator',
    'src/domain',
    'src/state',
    'src/config',
    'src/files',
    'src/clients/clients.ts',
    'src/errors.ts',
    'node:',
  ],
  'src/clients': [
    'src/clients',
    'src/domain',
    'src/config/settings-types.ts',
    'src/files',
    'src/errors.ts',
    'node:',
    'undici',
    'ws',
    '@google-cloud/storage',
    'execa',
    'zod',
  ],
  'src/config': ['src/config', 'src/domain', 'src/files', 'src/workflows', 'src/errors.ts', 'node:', 'yaml', 'zod'],
  'src/errors.ts': [],
}

/** Who owns a package or a module that opens connections or starts programs. Nobody else may import it. */
const ownedBy: Record<string, readonly string[]> = {
  undici: ['src/clients'],
  '@google-cloud/storage': ['src/clients'],
  execa: ['src/clients'],
  ws: ['src/clients', 'src/network'],
  msw: ['src/network', 'src/exports'],
  nock: ['src/network'],
  'mock-socket': ['src/network'],
  '@mswjs/interceptors': ['src/network'],
  '@hono/node-server': ['src/network'],
  'node:net': ['src/network'],
  'node:tls': ['src/network', 'src/clients'],
  'node:http': ['src/network', 'src/clients'],
  'node:https': ['src/network', 'src/clients'],
  'node:dns': ['src/network'],
  'node:dgram': ['src/network'],
  'node:child_process': ['src/network'],
  yargs: ['src/cli'],
  picocolors: ['src/cli'],
  'log-update': ['src/cli'],
}

/** Words that belong to some files only. Comments do not count. */
const wordsOf: ReadonlyArray<{ readonly word: RegExp; readonly within: RegExp; readonly except?: readonly string[] }> =
  [
    { word: /\bprocess\.env\b/, within: /^src\//, except: ['src/config/', 'src/cli/bin.ts'] },
    {
      word: /\bprocess\.(stdout|stderr)\b|\bconsole\.(?:debug|error|info|log|warn)\b/,
      within: /^src\//,
      except: ['src/cli/output.ts', 'src/cli/bin.ts'],
    },
    { word: /\bprocess\.exit(Code)?\b/, within: /^src\//, except: ['src/cli/bin.ts', 'src/cli/signals.ts'] },
    { word: /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(/, within: /^src\/(domain|state)\// },
    { word: /^export default\b/m, within: /^src\// },
    // The built program is one file in a folder of dist: only from a folder of src is the way to anything else the same.
    { word: /\bimport\.meta\b/, within: /^src\/([^/]+|[^/]+\/[^/]+\/.+)$/ },
    { word: /\bnpx pr\b/, within: /^(src|test)\//, except: ['test/architecture.test.ts'] },
  ]

const sources = globSync('src/**/*.ts').sort()
const everything = [...sources, ...globSync('test/**/*.ts')].sort()

it('finds the sources', () => {
  expect(sources).toContain('src/cli/main.ts')
})

it('keeps every folder to its layer', () => {
  const crossings = sources.flatMap((file) => {
    const allowed = mayReach[Object.keys(mayReach).find((folder) => isWithin(file, folder)) ?? '']
    return allowed
      ? importsOf(file)
          .filter((target) => !allowed.some((one) => isWithin(target, one)))
          .map(says(file))
      : []
  })
  expect(crossings).toEqual([])
})

it('lets only the owner import a package', () => {
  const borrowed = sources.flatMap((file) =>
    importsOf(file)
      .filter((target) => {
        const owners = ownedBy[Object.keys(ownedBy).find((name) => isWithin(target, name)) ?? '']
        return owners && !owners.some((owner) => isWithin(file, owner))
      })
      .map(says(file)),
  )
  expect(borrowed).toEqual([])
})

it('has no cycle between the folders of src', () => {
  const reaches = new Map<string, Set<string>>()
  for (const file of sources) {
    const from = topFolder(file)
    const targets = importsOf(file, 'values').filter((target) => target.startsWith('src/'))
    reaches.set(
      from,
      (reaches.get(from) ?? new Set()).union(new Set(targets.map(topFolder))).difference(new Set([from])),
    )
  }
  const cycles = [...reaches.keys()].flatMap((start) => pathsBackTo(start, start, reaches))
  expect(cycles).toEqual([])
})

it.each(wordsOf)('keeps $word where it belongs', ({ word, within, except = [] }) => {
  const strays = everything.filter(
    (file) => within.test(file) && !except.some((one) => file.startsWith(one)) && word.test(withoutComments(file)),
  )
  expect(strays).toEqual([])
})

it('has no file above 250 lines', () => {
  expect(everything.filter((file) => readFileSync(file, 'utf8').split('\n').length > 251)).toEqual([])
})

it('has no drawer for odds and ends', () => {
  expect(everything.filter((file) => /(^|\/)(utils?|helpers?|common|misc)(\/|\.ts$)/.test(file))).toEqual([])
})

it('says what every exported function and class is for', () => {
  const named =
    /^export (?:(?:async )?function\*?|(?:abstract )?class|const(?= \w+(?::[^=]+)? =\s+(?:async )?(?:[(<]|\w+ =>))) (\w+)/gm
  const undocumented = sources.flatMap((file) => {
    const text = readFileSync(file, 'utf8')
    return [...text.matchAll(named)]
      .filter(({ index }) => !text.slice(0, index).endsWith('*/\n'))
      .map(([, name]) => `${file} exports ${name}`)
  })
  expect(undocumented).toEqual([])
})

it('skips no test', () => {
  const narrowed = /\b(it|test|describe)\.(skip|only|todo)\b/
  expect(everything.filter((file) => file.endsWith('.test.ts') && narrowed.test(withoutComments(file)))).toEqual([])
})

function importsOf(file: string, what: 'all' | 'values' = 'all'): string[] {
  const text = withoutComments(file)
  const fixed = [...text.matchAll(/^(?:import|export)( type)? (?:[\w*, ]*(?:\{[^}]*\})? from )?'([^']+)'/gm)]
  const lazy = [...text.matchAll(/\bimport\(()'([^']+)'\)/g)]
  return [...fixed, ...lazy]
    .filter(([, type]) => what === 'all' || !type)
    .map(([, , name = '']) => (name.startsWith('.') ? normalize(join(dirname(file), name)) : name))
}

function withoutComments(file: string): string {
  return readFileSync(file, 'utf8').replace(/^\s*\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
}

/** `node:` stands for all of Node's modules. */
function isWithin(target: string, owner: string): boolean {
  return target === owner || target.startsWith(owner.endsWith(':') ? owner : `${owner}/`)
}

/** `src/domain` for a file in it, the file itself for one directly in `src`. */
function topFolder(file: string): string {
  return file.split('/').slice(0, 2).join('/')
}

function pathsBackTo(
  start: string,
  at: string,
  reaches: ReadonlyMap<string, ReadonlySet<string>>,
  seen: string[] = [],
): string[] {
  return [...(reaches.get(at) ?? [])].flatMap((next) => {
    if (next === start) return [[...seen, at, next].join(' → ')]
    return seen.includes(next) || next === at ? [] : pathsBackTo(start, next, reaches, [...seen, at])
  })
}

const says = (file: string) => (target: string) => `${file} imports ${target}`
