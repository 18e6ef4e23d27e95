import { randomFillSync } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Simulator } from '../../../src/simulators/simulator.ts'
import { temporaryFolder } from '../../support/rehearse.ts'
import { storage } from '../loopback-gcs.ts'

beforeEach(() => void vi.stubEnv('NO_PROXY', '127.0.0.1'))
afterEach(() => void vi.unstubAllEnvs())

/** A bucket with one object of some bytes, and a folder to bring it to. */
async function withObject(wrap?: (http: Simulator) => Simulator) {
  const folder = temporaryFolder()
  const content = randomFillSync(Buffer.alloc(300_000))
  writeFileSync(join(folder, 'here'), content)
  const { client, asked } = await storage(wrap)
  await client.upload({ path: join(folder, 'here'), object: 'film', contentType: 'video/mp4' })
  asked.length = 0
  return { client, asked, content, folder, path: join(folder, 'there') }
}

it('brings an object here', async () => {
  const { client, asked, content, path } = await withObject()
  expect(await client.download('film', path)).toMatchObject({ name: 'film', size: content.length })
  expect(readFileSync(path).equals(content)).toBe(true)
  expect(asked).toEqual(['GET film', expect.stringMatching(/^GET film\?alt=media&generation=\d{16}$/)])
})

/** Answers the first `times` downloads otherwise. */
const spoiled = (times: number, spoil: (whole: Buffer) => Response) => (http: Simulator) => {
  let left = times
  return async (request: Request) => {
    const response = await http(request)
    if (!request.url.includes('alt=media') || left === 0) return response
    left -= 1
    return spoil(Buffer.from(await response.arrayBuffer()))
  }
}

it.each<[string, (whole: Buffer) => Response]>([
  ['cut', (whole) => new Response(new Uint8Array(whole.subarray(0, 1000)))],
  ['another', (whole) => new Response(new Uint8Array(whole.length))],
  ['not there for a moment', () => Response.json({ error: { code: 503, message: 'later' } }, { status: 503 })],
])('downloads again what came as %s', async (_, spoil) => {
  const { client, content, folder, path } = await withObject(spoiled(2, spoil))
  await client.download('film', path)
  expect(readFileSync(path).equals(content)).toBe(true)
  expect(readdirSync(folder)).toEqual(['here', 'there'])
})

it('leaves nothing of an object that does not come', async () => {
  const { client, folder, path } = await withObject(spoiled(9, (whole) => new Response(new Uint8Array(whole.length))))
  writeFileSync(path, 'as before')
  await expect(client.download('film', path)).rejects.toMatchObject({
    code: 'PR_STORAGE',
    message: `downloading gs://bkt/film to ${path} gave other bytes than the object has`,
  })
  expect(readFileSync(path, 'utf8')).toBe('as before')
  expect(readdirSync(folder)).toEqual(['here', 'there'])
})

it('says that there is no such object', async () => {
  const { client, path } = await withObject()
  await expect(client.download('other', path)).rejects.toMatchObject({
    code: 'PR_STORAGE',
    message: expect.stringMatching(/^downloading gs:\/\/bkt\/other was answered with 404/),
  })
  expect(existsSync(path)).toBe(false)
})

it('claims a name once', async () => {
  const { client, folder, path } = await withObject()
  writeFileSync(path, 'another claim')
  const claim = (file: string) => client.claim({ path: file, object: 'claim', contentType: 'application/json' })
  expect(await claim(join(folder, 'here'))).toMatchObject({ name: 'claim', size: 300_000 })
  expect(await claim(path)).toBe(null)
  expect(await claim(join(folder, 'here'))).toMatchObject({ name: 'claim', size: 300_000 })
})
