import fs, { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { harText } from '../../src/recording/har.ts'
import { publishRecording } from '../../src/recording/publish.ts'
import { refuseSecrets, secretValues } from '../../src/recording/secret-scan.ts'
import { failure } from '../support/failure.ts'

function folder(files: Record<string, string>): string {
  const path = mkdtempSync(join(tmpdir(), 'pr-publish-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), text)
  }
  return path
}

function har(text: string, at: string, file: string, stamp: string): string {
  const content = { size: 1, mimeType: 'application/json', text }
  const picture = { size: 9, mimeType: 'image/png', _file: `bodies/${file}`, _sha256: file }
  const nothing = { cookies: [], headers: [], headersSize: -1, bodySize: 0, httpVersion: 'HTTP/1.1' }
  const entry = (path: string, body: object) => ({
    startedDateTime: at,
    time: 1,
    request: { method: 'GET', url: `http://server/${path}`, queryString: [], ...nothing },
    response: { status: 200, statusText: 'OK', redirectURL: '', content: body as never, ...nothing },
    cache: {} as Record<string, never>,
    timings: { send: 0, wait: 1, receive: 0 },
  })
  const entries = [entry('queue', content), entry('view', picture)]
  return harText({ log: { version: '1.2', creator: { name: 'x', version: '1' }, entries, _pr: { recorded: stamp } } })
}

const queue = (id: string, at: number) => `{"queue_running": [[${at}, "${id}", {}]], "timestamp": ${at}}`
const first = queue('0b1d6e5e-7d5c-4c8a-9d5e-1f2a3b4c5d6e', 3)
const again = queue('9c2e7f6f-8e6d-4d9b-8e6f-2a3b4c5d6e7f', 8)

it('takes the place of the old recording, and its bodies with it', () => {
  const target = folder({
    'comfyui.har': har(first, '2026-01-01T00:00:00.000Z', 'a.png', 'old'),
    'bodies/a.png': 'a',
    'gcs.har': '{}',
  })
  const fresh = har('{"queue_running": []}', '2026-02-01T00:00:00.000Z', 'b.png', 'new')
  const finished = folder({ 'comfyui.har': fresh, 'bodies/b.png': 'b' })
  expect(publishRecording(finished, target)).toEqual({ unchanged: false })
  expect(readdirSync(target, { recursive: true }).toSorted()).toEqual([
    'bodies',
    'bodies/b.png',
    'comfyui.har',
    'gcs.har',
  ])
  expect(readFileSync(join(target, 'comfyui.har'), 'utf8')).toBe(fresh)
})

it('changes nothing but the stamps when the server said the same', () => {
  const old = har(first, '2026-01-01T00:00:00.000Z', 'a.png', 'old')
  const target = folder({ 'comfyui.har': old, 'bodies/a.png': 'a' })
  const finished = folder({
    'comfyui.har': har(again, '2026-02-01T00:00:00.000Z', 'b.png', 'new'),
    'bodies/b.png': 'b',
  })
  expect(publishRecording(finished, target)).toEqual({ unchanged: true })
  expect(readFileSync(join(target, 'comfyui.har'), 'utf8')).toBe(old.replace('"recorded": "old"', '"recorded": "new"'))
  expect(readdirSync(join(target, 'bodies'))).toEqual(['a.png'])
})

it('leaves the old recording or the new one, whole, wherever it is cut off', () => {
  const old = har(first, '2026-01-01T00:00:00.000Z', 'a.png', 'old')
  const fresh = har('{"queue_running": []}', '2026-02-01T00:00:00.000Z', 'b.png', 'new')
  const seen: string[] = []
  for (let done = false, changes = 0; !done; changes += 1) {
    const target = folder({ 'comfyui.har': old, 'bodies/a.png': 'a', 'bodies/left.png': 'x' })
    const finished = folder({ 'comfyui.har': fresh, 'bodies/b.png': 'b' })
    done = isDoneIn(changes, () => publishRecording(finished, target))
    const text = readFileSync(join(target, 'comfyui.har'), 'utf8')
    expect([old, fresh]).toContain(text)
    expect(readdirSync(join(target, 'bodies'))).toContain(text === old ? 'a.png' : 'b.png')
    seen.push(text === old ? 'old' : 'new')
  }
  expect(seen).toEqual(['old', 'old', 'old', 'new', 'new', 'new', 'new'])
})

/** Does `work` as a process would that is killed after so many changes to the disk; tells whether it came to its end. */
function isDoneIn(changes: number, work: () => void): boolean {
  const { mkdirSync, renameSync, rmSync, writeFileSync } = fs
  const real = { mkdirSync, renameSync, rmSync, writeFileSync }
  let left = changes
  const killed = new Error('killed')
  for (const [name, change] of Object.entries(real)) {
    const counted = (...args: never[]) => {
      left -= 1
      if (left < 0) throw killed
      return Reflect.apply(change, fs, args)
    }
    Object.assign(fs, { [name]: counted })
  }
  syncBuiltinESMExports()
  try {
    work()
    return true
  } catch (error) {
    if (error !== killed) throw error
    return false
  } finally {
    Object.assign(fs, real)
    syncBuiltinESMExports()
  }
}

it.each([
  ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nMII'],
  ['a GitHub token', `ghp_${'a'.repeat(36)}`],
  ['the value of MY_TOKEN', 'a-plain-word'],
])('refuses a recording with %s, in binary bodies too, and does not repeat it', async (kind, secret) => {
  // Across the border of two pieces that are read.
  const padding = '\0'.repeat(1024 * 1024 - 5)
  const path = folder({ 'bodies/x.bin': padding + secret, 'comfyui.har': '{}' })
  const error = await failure(() => refuseSecrets(path, { MY_TOKEN: 'a-plain-word' }))
  expect(error).toMatchObject({
    code: 'PR_SECRET',
    problems: [{ file: 'bodies/x.bin', message: `${kind} stands in it` }],
  })
  expect(JSON.stringify(error.problems)).not.toContain(secret)
})

const key = `AIza${'aB3_'.repeat(9)}`

it.each([
  ['a Google API key', 'a frame in base64', `"data": "${Buffer.from(`\0\0${key}`).toString('base64')}"`],
  ['a Google API key', 'a long body in base64', `"${Buffer.from('x '.repeat(500_000) + key).toString('base64')}"`],
  ['a private key', 'an address', '?key=-----BEGIN%20PRIVATE%20KEY-----%0AMII'],
  ['the value of MY_TOKEN', 'base64 with more around it', Buffer.from('user:a plain word!').toString('base64')],
  ['the value of MY_TOKEN', 'an address of another kind', '?token=a+plain+word'],
  ['the value of MY_TOKEN', 'an address with too many codes', '?token=%61%20plain%20word'],
])('refuses a recording with %s in %s', async (kind, _, text) => {
  const path = folder({ 'comfyui.har': text })
  const error = await failure(() => refuseSecrets(path, { MY_TOKEN: 'a plain word' }))
  expect(error.problems).toEqual([{ file: 'comfyui.har', message: `${kind} stands in it` }])
})

it('does not look for values that are short, or not there', () => {
  const path = folder({ 'comfyui.har': '{"version":"1.2"}' })
  expect(() => refuseSecrets(path, { 'x-version': '1.2', comfyui_token: null })).not.toThrow()
})

it('takes variables for secret by their names', () => {
  const environment = {
    HF_TOKEN: 'hf-12345678',
    RUNPOD_API_KEY: 'rpa-12345678',
    PATH: '/usr/bin:/bin',
    SHORT_TOKEN: 'abc',
  }
  const more = { GOOGLE_APPLICATION_CREDENTIALS: '/home/me/key.json', AUTHOR: 'somebody' }
  expect(secretValues({ ...environment, ...more })).toEqual({ HF_TOKEN: 'hf-12345678', RUNPOD_API_KEY: 'rpa-12345678' })
})
