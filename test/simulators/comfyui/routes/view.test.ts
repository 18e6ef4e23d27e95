import { expect, it } from 'vitest'
import { view } from '../../../../src/simulators/comfyui/routes/view.ts'
import { fromBytes } from '../../../../src/simulators/media/byte-source.ts'
import { png } from '../../../../src/simulators/media/png.ts'
import { readImage } from '../../../../src/simulators/media/read-image.ts'
import { fc } from '../../../support/seeded.ts'
import { makeStore, NOW } from '../files/make-store.ts'

const store = makeStore(
  'output/film.mp4',
  'output/sub/x.latent',
  'input/in.txt',
  'temp/page.html',
  'output/q"ö.txt',
  'output/s.js',
  'output/noext',
)
const images = { width: 40, height: 30, segments: [{ frames: 1, colour: 0x336699 }] }
store.write({
  type: 'output',
  subfolder: '',
  filename: 'pic.png',
  bytes: png({ width: 40, height: 30, colour: 0x336699 }),
  content: { kind: 'image', images, alpha: false },
})

function get(query: string, init?: RequestInit): Promise<Response> {
  return view(new Request(`http://127.0.0.1:8188/view?${query}`, init), store)
}

it.each([
  ['', 404],
  ['filename=', 400],
  ['filename=%20[output]', 400],
  ['filename=/etc/passwd', 400],
  ['filename=a..b.png', 400],
  ['filename=film.mp4&type=models', 400],
  ['filename=film.mp4&type=', 400],
  ['filename=film.mp4&subfolder=../', 403],
  ['filename=film.mp4&subfolder=/etc', 403],
  ['filename=film.mp4&subfolder=/comfy/output', 200],
  ['filename=film.mp4', 200],
  ['filename=film.mp4&type=input', 404],
  ['filename=in.txt+[input]&type=output', 200],
  ['filename=in.txt&type=input', 200],
  ['filename=sub/x.latent', 404],
  ['filename=sub/film.mp4', 200],
  ['filename=x.latent&subfolder=sub', 200],
  ['filename=sub', 404],
  ['filename=film.mp4&preview=webp', 500],
  ['filename=film.mp4&channel=rgb', 500],
  ['filename=film.mp4&channel=rgba', 200],
])('GET /view?%s answers %i', async (query, status) => {
  const response = await get(query)
  expect(response.status).toBe(status)
  const body = await response.text()
  if (status === 500) expect(body).toBe('500 Internal Server Error\n\nServer got itself in trouble')
  else if (status !== 200) expect(body).toBe('')
})

it.each([
  ['film.mp4', 'video/mp4'],
  ['x.latent&subfolder=sub', 'application/octet-stream'],
  ['page.html&type=temp', 'application/octet-stream'],
  ['s.js', 'application/javascript; charset=utf-8'],
  ['noext', 'application/octet-stream'],
  ['pic.png', 'image/png'],
])('%s is sent as %s', async (query, type) => {
  expect((await get(`filename=${query}`)).headers.get('content-type')).toBe(type)
})

const etag = `"${(BigInt(NOW.getTime()) * 1_000_000n).toString(16)}-f"`
const rounded = new Date(2026, 2, 5, 7, 8, 10).toUTCString()

it('sends a file with the headers of aiohttp', async () => {
  const response = await get('filename=film.mp4')
  expect(Object.fromEntries(response.headers)).toEqual({
    'accept-ranges': 'bytes',
    'content-disposition': 'filename="film.mp4"',
    'content-length': '15',
    'content-type': 'video/mp4',
    etag,
    'last-modified': rounded,
  })
  expect(await response.text()).toBe('output/film.mp4')
})

it('names are neither escaped nor encoded', async () => {
  const response = await get(`filename=${encodeURIComponent('q"ö.txt')}`)
  const disposition = response.headers.get('content-disposition')!
  expect(Buffer.from(disposition, 'latin1').toString()).toBe('filename="q"ö.txt"')
})

it('HEAD has the headers and no body', async () => {
  const response = await get('filename=film.mp4', { method: 'HEAD' })
  expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '15', ''])
})

it.each([
  ['bytes=0-4', 206, 'bytes 0-4/15', 'outpu'],
  ['bytes=10-', 206, 'bytes 10-14/15', 'm.mp4'.slice(0)],
  ['bytes=-3', 206, 'bytes 12-14/15', 'mp4'],
  ['bytes=-99', 206, 'bytes 0-14/15', 'output/film.mp4'],
  ['bytes=-0', 206, 'bytes 0-14/15', 'output/film.mp4'],
  ['bytes=12-99', 206, 'bytes 12-14/15', 'mp4'],
  ['bytes=15-', 416, 'bytes */15', ''],
  ['bytes=5-4', 416, 'bytes */15', ''],
  ['bytes=-', 416, 'bytes */15', ''],
  ['bytes=0-1,3-4', 416, 'bytes */15', ''],
  ['lines=0-1', 416, 'bytes */15', ''],
])('Range: %s answers %i', async (range, status, contentRange, body) => {
  const response = await get('filename=film.mp4', { headers: { range } })
  expect([response.status, response.headers.get('content-range'), await response.text()]).toEqual([
    status,
    contentRange,
    body,
  ])
  expect(response.headers.get('content-length')).toBe(String(body.length))
})

it.each([
  ['if-none-match', etag, 304],
  ['if-none-match', `"other", W/${etag}`, 304],
  ['if-none-match', '*', 304],
  ['if-none-match', '"other"', 200],
  ['if-modified-since', rounded, 304],
  ['if-modified-since', new Date(2026, 2, 5, 7, 8, 9).toUTCString(), 200],
  ['if-modified-since', 'yesterday', 200],
  ['if-match', etag, 200],
  ['if-match', `W/${etag}`, 412],
  ['if-unmodified-since', new Date(2026, 2, 5, 7, 8, 9).toUTCString(), 412],
])('%s: %s answers %i', async (name, value, status) => {
  const response = await get('filename=film.mp4', { headers: { [name]: value } })
  expect([response.status, await response.text()]).toEqual([status, status === 200 ? 'output/film.mp4' : ''])
})

it.each([
  ['preview=webp;90', 'image/webp', { width: 40, height: 30, colour: 0x808080, alpha: false }],
  ['preview=gif', 'image/webp', { width: 40, height: 30, colour: 0x808080, alpha: false }],
  ['preview=jpeg;50', 'image/jpeg', { width: 40, height: 30, colour: 0x808080, alpha: false }],
  ['preview=jpeg&channel=rgba', 'image/webp', { width: 40, height: 30, colour: 0x808080, alpha: false }],
  ['channel=rgb', 'image/png', { width: 40, height: 30, colour: 0x336699, alpha: false }],
  ['channel=a', 'image/png', { width: 40, height: 30, colour: 0, alpha: true }],
])('%s re-encodes as %s', async (query, type, facts) => {
  const response = await get(`filename=pic.png&${query}`)
  const bytes = new Uint8Array(await response.arrayBuffer())
  expect(response.headers.get('content-type')).toBe(type)
  expect(response.headers.get('content-length')).toBe(String(bytes.length))
  expect(readImage(fromBytes(bytes))).toEqual(facts)
})

it('any legal range is that slice', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(14), fc.nat(30), async (first, more) => {
      const response = await get('filename=film.mp4', { headers: { range: `bytes=${first}-${first + more}` } })
      expect(await response.text()).toBe('output/film.mp4'.slice(first, first + more + 1))
    }),
  )
})
