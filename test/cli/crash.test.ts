import { expect, it } from 'vitest'
import { runPr } from './run-pr.ts'

const FULL = `Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })`
const package_ = '{"type":"module"}'
const prompt = 'otter\n\n20\n\nAn otter\n'

/** A disk that fills up under the bodies of the traffic, where the server's streams would swallow the error. */
const fullDisk = `import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
const { writeFileSync } = fs
fs.writeFileSync = (file, ...rest) => {
  // A descriptor is a long body's.
  if (typeof file === 'number' || String(file).includes('/bodies/')) throw ${FULL}
  writeFileSync(file, ...rest)
}
syncBuiltinESMExports()
export default {}
`

it('tells of a disk that is full while it rehearses, and ends', async () => {
  const files = { 'package.json': package_, 'pr.config.ts': fullDisk, 'a.txt': prompt }
  const { exitCode, stdout, stderr } = await runPr(['--dry-run', '--json', '--prompt-file', 'a.txt'], { files })
  const error = {
    code: 'PR_FILE',
    message: 'a file of this run cannot be written: ENOSPC: no space left on device, write',
    hint: 'make room, or go to another disk with --output-dir or, for a dry run, DRY_RUN_TEMP_DIR',
    problems: [],
  }
  expect([exitCode, JSON.parse(stdout)]).toEqual([1, { ok: false, exit_code: 1, error }])
  expect(stderr).toContain(`*DRY-RUN* PR_FILE: ${error.message}\n*DRY-RUN*   hint: ${error.hint}\n`)
  expect(stderr).not.toMatch(/^\s+at /m)
})

/** A disk that never answers, while `meanwhile` happens. */
const deadDisk = (meanwhile: string) => ({
  'package.json': package_,
  'a.txt': prompt,
  'pr.config.ts': `import disk from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
disk.readFile = () => new Promise(() => {})
syncBuiltinESMExports()
${meanwhile}
export default {}
`,
})

it('reports what is thrown in a timer as one object, too', async () => {
  const files = deadDisk(`setTimeout(() => { throw new TypeError('no luck') }, 100)`)
  const { exitCode, stdout, stderr } = await runPr(['--dry-run', '--json', '--prompt-file', 'a.txt'], { files })
  expect([exitCode, JSON.parse(stdout)]).toEqual([
    1,
    { ok: false, exit_code: 1, error: { code: null, message: 'TypeError: no luck', bug: true } },
  ])
  expect(stderr).toMatch(
    /TypeError: no luck\n[\s\S]* {4}at [\s\S]*\n.*This is a bug in prompt-runner\. Keep the lines above/,
  )
})

it('does not end with 0 when it falls silent', async () => {
  const { exitCode } = await runPr(['--dry-run', '--prompt-file', 'a.txt'], { files: deadDisk('') })
  expect(exitCode).toBe(1)
})
