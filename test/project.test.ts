import { spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'

const read = (path: string) => readFileSync(path, 'utf8')
const pages = ['README.md', 'CHANGELOG.md', ...globSync('{.github,fixtures,recordings,src,test}/**/*.md')]

interface Workflow {
  readonly on: Record<string, unknown>
  readonly permissions: Record<string, string>
  readonly jobs: Record<string, { if?: string; permissions?: Record<string, string>; steps?: { run?: string }[] }>
}
const workflow = (name: string): Workflow => parse(read(`.github/workflows/${name}.yml`))
const runOf = ({ steps = [] }: Workflow['jobs'][string]) => steps.flatMap(({ run }) => run ?? [])

it('checks on GitHub what it checks elsewhere', () => {
  const checks = Array.from(read('.ci/run').matchAll(/^check (.+)$/gm), ([, command]) => command!)
  const { linux, sources } = workflow('ci').jobs
  const install = expect.stringMatching(/apt-get install/)
  // What is run from the sources is run in a job of its own.
  const [built, fromSources] = [false, true].map((is) => checks.filter((each) => each.includes('PR_PROGRAM=') === is))
  expect(runOf(linux!)).toEqual([install, 'npm ci', ...built!, 'npm test'])
  expect(fromSources).toEqual([expect.stringContaining('npm test -- test/cli/')])
  expect(runOf(sources!)).toEqual([install, 'npm ci', 'npm test -- test/cli'])
})

it('says in one line which programs the tests are without', () => {
  const env = { PATH: '/nowhere' }
  const script = 'test/support/install-tools.ts'
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { env, encoding: 'utf8' })
  expect([status, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(/^The tests need ffmpeg, python3.*: (brew )?install ffmpeg python3.*\n$/)
})

it('releases nothing from a fork, and only what passes', () => {
  const { on, permissions, jobs } = workflow('release')
  expect(on).toEqual({ push: { tags: ['v*'] } })
  expect(Object.keys(workflow('ci').on)).toContain('workflow_call')
  expect(permissions).toEqual({ contents: 'read' })
  expect(jobs).toMatchObject({
    test: { if: expect.stringContaining('!github.event.repository.fork'), uses: './.github/workflows/ci.yml' },
    pack: { needs: 'test' },
    publish: { needs: 'pack', permissions: { 'id-token': 'write' } },
  })
  expect(read('.github/workflows/release.yml')).not.toMatch(/secrets\./)
})

it.each(globSync('.github/ISSUE_TEMPLATE/{bug,feature}.yml'))('%s is a form as GitHub takes it', (path) => {
  const { name, description, body } = parse(read(path))
  expect([name, description]).toEqual([expect.any(String), expect.any(String)])
  const fields = body.filter(({ type }: { type: string }) => type !== 'markdown')
  expect(new Set(fields.map(({ id }: { id: string }) => id)).size).toBe(fields.length)
  for (const { type, attributes } of fields) {
    expect(['checkboxes', 'dropdown', 'input', 'textarea']).toContain(type)
    expect(attributes.label).toEqual(expect.any(String))
  }
})

it('tells in the changelog of the version that it has', () => {
  const { version } = JSON.parse(read('package.json'))
  const versions = Array.from(read('CHANGELOG.md').matchAll(/^## \[(.+)\]/gm), ([, name]) => name)
  expect(versions.slice(0, 2)).toEqual(['Unreleased', version])
})

it.each(pages)('%s links only to what is there', (page) => {
  const links = Array.from(read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g), ([, link]) => link!)
  expect(links.filter((link) => !existsSync(join(dirname(page), link)))).toEqual([])
})

it('walks from a prompt file to the run folder through no more than 45 files', () => {
  const [, walk = ''] = read('.github/CONTRIBUTING.md').split(/^## (?=The walk)/m)
  const files = Array.from(walk.split(/^## /m)[0]!.matchAll(/\[`(.+?)`\]\(\.\.\/src\/(.+?)\.ts\)/g))
  expect(files.length).toBeGreaterThan(30)
  expect(files.length).toBeLessThanOrEqual(45)
  expect(new Set(files.map(([, , path]) => path)).size).toBe(files.length)
  expect(files.filter(([, name, path]) => name !== path)).toEqual([])
})
