import { globSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, matchesGlob, normalize } from 'node:path'
import { expect, it } from 'vitest'
import { mayReach, ownedBy } from './support/layers.ts'
import { linuxOnly } from './support/linux-only.ts'

/** Words that belong to some files only. Comments do not count. */
const wordsOf: ReadonlyArray<{ readonly word: RegExp; readonly within: RegExp; readonly except?: readonly string[] }> =
  [
    {
      word: /\bprocess\.env\b/,
      within: /^src\//,
      // Libraries read it themselves: what leads them past the simulated network is taken away there.
      except: ['src/config/', 'src/cli/bin.ts', 'src/network/safety/detours.ts'],
    },
    {
      word: /\bprocess\.(stdout|stderr)\b|\bconsole\.(?:debug|error|info|log|warn)\b/,
      within: /^src\//,
      except: ['src/cli/output.ts', 'src/cli/bin.ts'],
    },
    {
      word: /\bprocess\.exit(Code)?\b/,
      within: /^src\//,
      // A program of its own, which ends with the one that has started it.
      except: ['src/cli/bin.ts', 'src/cli/signals.ts', 'src/sweep/worker.ts'],
    },
    { word: /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(/, within: /^src\/(domain|state)\// },
    { word: /^export default\b/m, within: /^src\// },
    // Loads by a name that need not stand in the source, so that the rules about imports do not see it.
    {
      word: /\bcreateRequire\(/,
      within: /^src\//,
      except: ['src/config/config-file.ts', 'src/network/libraries/with-nock.ts'],
    },
    // The built program lies in folders right below dist: only from a folder of src is the way to anything else the same.
    {
      word: /\bimport\.meta\b/,
      within: /^src\/([^/]+|[^/]+\/[^/]+\/.+)$/,
      except: ['src/network/libraries/with-nock.ts'],
    },
    // Tests that need what only Linux has are in the list of test/support/linux-only.ts.
    {
      word: /['"`/](?:proc|dev\/full)\/|\/dev\/full|\bstrace\b/,
      within: /^test\//,
      except: [
        'test/architecture.test.ts',
        'test/support/install-tools.ts',
        'test/support/linux-only.ts',
        'test/support/strace.ts',
        ...Object.keys(linuxOnly),
      ],
    },
    // What a test chooses at random, somebody has to be able to repeat.
    {
      word: /'fast-check'|\bMath\.random\(|\brandom(?:Bytes|Int)\(/,
      within: /^test\//,
      except: ['test/architecture.test.ts', 'test/support/seeded.ts'],
    },
    // A machine that is busy passes any limit; the one for what hangs is in the configuration.
    {
      word: /^\}, [\d_]+\)$|\bwaitFor\(|\bsetConfig\(|\bTimeout: \d|\btimeout: \d/m,
      within: /^test\//,
      except: ['test/vitest.config.ts', 'test/architecture.test.ts'],
    },
    { word: /\bnpx pr\b/, within: /^(src|test)\//, except: ['test/architecture.test.ts'] },
  ]

const sources = globSync('src/**/*.ts').sort()
const everything = [...sources, ...globSync('test/**/*.ts')].sort()

it('finds the sources', () => {
  expect(sources).toContain('src/cli/main.ts')
})

it('has nothing at the top level but what belongs there', () => {
  const ignored = readFileSync('.gitignore', 'utf8').split('\n')
  const isOurs = (name: string) =>
    name !== '.git' && !ignored.some((glob) => matchesGlob(name, glob.replace(/\/$/, '')))
  expect(readdirSync('.').filter(isOurs).toSorted()).toEqual([
    '.biome.json',
    '.build.ts',
    '.check-build.mjs',
    '.ci',
    '.github',
    '.gitignore',
    '.npmrc',
    '.stryker.config.mjs',
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'fixtures',
    'package-lock.json',
    'package.json',
    'recordings',
    'src',
    'test',
    'tsconfig.build.json',
    'tsconfig.json',
  ])
})

it('keeps every folder to its layer', () => {
  const crossings = sources.flatMap((file) => {
    const allowed = mayReach[folderOf(file)] ?? []
    return importsOf(file)
      .filter((target) => !allowed.some((one) => isWithin(target, one)))
      .map(says(file))
  })
  expect(crossings).toEqual([])
})

it('lets only the owner import a package', () => {
  const borrowed = sources.flatMap((file) =>
    importsOf(file)
      .filter((target) => !ownersOf(target).some((owner) => isWithin(file, owner)))
      .map(says(file)),
  )
  expect(borrowed).toEqual([])
})

it('allows nothing that nobody does', () => {
  const reached = Object.groupBy(sources, folderOf)
  const unreached = Object.entries(mayReach).flatMap(([folder, allowed]) => {
    const targets = (reached[folder] ?? []).flatMap((file) => [folder, ...importsOf(file)])
    return allowed.filter((one) => !targets.some((target) => isWithin(target, one))).map(says(folder))
  })
  const unused = Object.entries(ownedBy).flatMap(([name, owners]) =>
    owners
      .filter((owner) => !sources.some((file) => isWithin(file, owner) && importsOf(file).some(isOf(name))))
      .map((owner) => says(owner)(name)),
  )
  expect([...unreached, ...unused]).toEqual([])
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

it('has no cycle between files, types included', () => {
  const reaches = new Map(sources.map((file) => [file, importsOf(file).filter((target) => target !== file)]))
  // What imports nothing that is left, or is imported by nothing that is left, goes, again and again; a cycle stays.
  for (let size = -1; size !== reaches.size; ) {
    size = reaches.size
    const imported = new Set([...reaches.values()].flat())
    for (const [file, targets] of reaches) {
      if (!imported.has(file) || !targets.some((target) => reaches.has(target))) reaches.delete(file)
    }
  }
  expect([...reaches.keys()]).toEqual([])
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

it('lists the test files that run on Linux only', () => {
  const named = everything.filter((file) => file.endsWith('.linux.test.ts'))
  expect(Object.keys(linuxOnly).toSorted()).toEqual(named)
})

it('skips no test', () => {
  const narrowed =
    /\b(?:it|test|describe)(?:\.\w+)*\.(?:skip|skipIf|runIf|only|todo|fails)\b|\b(?:context|task)\.skip\(/
  expect(everything.filter((file) => file.startsWith('test/') && narrowed.test(withoutComments(file)))).toEqual([])
})

function importsOf(file: string, what: 'all' | 'values' = 'all'): string[] {
  const text = withoutComments(file)
  const fixed = [...text.matchAll(/^(?:import|export)( type)? (?:[\w*, ]*(?:\{[^}]*\})? from )?'([^']+)'/gm)]
  const lazy = [...text.matchAll(/\b(?:import|require|getBuiltinModule|createRequire\([^()]*\))\(()\s*'([^']+)'/g)]
  return [...fixed, ...lazy]
    .filter(([, type]) => what === 'all' || !type)
    .map(([, , name = '']) => (name.startsWith('.') ? normalize(join(dirname(file), name)) : name))
}

function withoutComments(file: string): string {
  return readFileSync(file, 'utf8').replace(/^\s*\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
}

/** The row of `mayReach` that a file of `src` is in. */
function folderOf(file: string): string {
  return Object.keys(mayReach).find((folder) => isWithin(file, folder)) ?? 'no row'
}

/** Everybody owns the sources and most of Node's modules; nobody owns a package that is not named. */
function ownersOf(target: string): readonly string[] {
  const name = Object.keys(ownedBy).find((each) => isWithin(target, each))
  if (name !== undefined) return ownedBy[name]!
  return target.startsWith('src/') || target.startsWith('node:') ? ['src'] : []
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

const isOf = (name: string) => (target: string) => isWithin(target, name)
const says = (file: string) => (target: string) => `${file} imports ${target}`
