import { execFileSync } from 'node:child_process'
import { chmodSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'

const script =
  '(function (exports, require, module, __filename) { exports.answer = () => [__filename, typeof require].join(" ") })'

let folder: string
let cache: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pr-script-'))
  cache = join(folder, 'cache')
  writeFileSync(join(folder, 'script.cjs'), script)
})
afterEach(() => rmSync(folder, { recursive: true }))

it('keeps compiled code once for each use', () => {
  expect(run('one')).toBe(`${join(folder, 'script.cjs')} function`)
  const [path] = kept()
  const written = stamp(path!)
  run('one')
  expect(stamp(path!)).toBe(written)
  run('two')
  expect(kept()).toHaveLength(2)
})

it('starts a new use from the code of another', () => {
  run('one')
  // V8 knows a source by its length: what runs the code that was kept still answers as before.
  writeFileSync(join(folder, 'script.cjs'), script.replace('" "', '"!"'))
  expect(run('two')).toBe(`${join(folder, 'script.cjs')} function`)
  rmSync(cache, { recursive: true })
  expect(run('two')).toBe(`${join(folder, 'script.cjs')}!function`)
})

it.each([
  ['changed', (code: Buffer) => code.fill(7, code.length - 9)],
  ['cut short', (code: Buffer) => code.subarray(0, 100)],
  ['emptied', () => Buffer.alloc(0)],
])('runs from the source and keeps code anew when a file was %s', (_, damage) => {
  run('one')
  const path = kept()[0]!
  const whole = readFileSync(path)
  writeFileSync(path, damage(Buffer.from(whole)))
  expect(run('one')).toBe(`${join(folder, 'script.cjs')} function`)
  expect(readFileSync(path).length).toBe(whole.length)
})

it('does not take code that another may have written', () => {
  run('one')
  const path = kept()[0]!
  chmodSync(path, 0o666)
  const written = stamp(path)
  run('one')
  expect(stamp(path)).not.toBe(written)
})

it('keeps nothing where Node keeps nothing', () => {
  expect(run('one', { NODE_DISABLE_COMPILE_CACHE: '1' })).toBe(`${join(folder, 'script.cjs')} function`)
  expect(readdirSync(folder)).toEqual(['script.cjs'])
})

it('runs where nothing can be written', () => {
  expect(run('one', { NODE_COMPILE_CACHE: join(folder, 'script.cjs', 'cache') })).toBe(
    `${join(folder, 'script.cjs')} function`,
  )
})

/** Each run is a process: V8 also remembers in memory what it compiled. */
function run(use: string, env: Readonly<Record<string, string>> = {}): string {
  const module = new URL('../../src/cli/run-script.ts', import.meta.url).href
  const code = `
    import { runScript } from ${JSON.stringify(module)}
    const { exports, keep } = runScript(${JSON.stringify(join(folder, 'script.cjs'))}, ${JSON.stringify(use)})
    process.stdout.write(exports.answer())
    keep()`
  return execFileSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
    env: { NODE_COMPILE_CACHE: cache, ...env },
  })
}

/** Node has a folder for each of its versions. */
const kept = () => globSync('**/script.cjs-*', { cwd: cache }).map((name) => join(cache, name))

const stamp = (path: string) => statSync(path).ino
