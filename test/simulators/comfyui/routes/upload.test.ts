import { expect, it } from 'vitest'
import type { FileStore } from '../../../../src/simulators/comfyui/files/file-store.ts'
import { uploadImage, uploadMask } from '../../../../src/simulators/comfyui/routes/upload.ts'
import { bytesOf } from '../../../../src/simulators/media/byte-source.ts'
import { mp4 } from '../../../../src/simulators/media/mp4.ts'
import { png } from '../../../../src/simulators/media/png.ts'
import { latent } from '../../../../src/simulators/media/safetensors.ts'
import { makeStore } from '../files/make-store.ts'

type Fields = Readonly<Record<string, string | File>>

const ADDRESS = 'http://127.0.0.1:8188/upload/image'

function form(fields: Fields): Request {
  const body = new FormData()
  for (const [name, value] of Object.entries(fields)) body.append(name, value)
  return new Request(ADDRESS, { method: 'POST', body })
}

const LIMIT = 1_000_000

async function send(store: FileStore, fields: Fields): Promise<[status: number, body: string]> {
  const response = await uploadImage(form(fields), store, LIMIT)
  return [response.status, await response.text()]
}

const file = (name: string, content = 'new') => new File([content], name)
const stored = (store: FileStore) =>
  store.list('input').map(({ path, bytes }) => [path, Buffer.from(bytesOf(bytes)).toString()])

it.each([
  [{ image: file('x.png') }, 200, '{"name": "x.png", "subfolder": "", "type": "input"}'],
  [{ image: file('x.png'), type: 'temp' }, 200, '{"name": "x.png", "subfolder": "", "type": "temp"}'],
  [{ image: file('x.png'), subfolder: 'a/b' }, 200, '{"name": "x.png", "subfolder": "a/b", "type": "input"}'],
  [{ image: file('żółw.png') }, 200, '{"name": "\\u017c\\u00f3\\u0142w.png", "subfolder": "", "type": "input"}'],
  [{ image: file('q"t.png') }, 200, '{"name": "q%22t.png", "subfolder": "", "type": "input"}'],
  [{ image: new Blob(['x']) as File }, 200, '{"name": "blob", "subfolder": "", "type": "input"}'],
  [{ image: file('t/../u.png') }, 500, '500 Internal Server Error\n\nServer got itself in trouble'],
  [{ image: file('sub/u.png') }, 200, '{"name": "sub/u.png", "subfolder": "", "type": "input"}'],
  [{ image: file('x.png'), type: 'models' }, 500, '500 Internal Server Error\n\nServer got itself in trouble'],
  [{ image: 'text' }, 500, '500 Internal Server Error\n\nServer got itself in trouble'],
  [{ image: file('') }, 500, '500 Internal Server Error\n\nServer got itself in trouble'],
  [{ image: file('.') }, 500, '500 Internal Server Error\n\nServer got itself in trouble'],
  [{ image: file('x.png'), subfolder: '../x' }, 400, ''],
  [{ image: file('x.png'), subfolder: '/etc' }, 400, ''],
  [{ image: file('../x.png') }, 400, ''],
  [{ image: '' }, 400, ''],
  [{ other: file('x.png') }, 400, ''],
] as Array<[Fields, number, string]>)('%j answers %i', async (fields, status, body) => {
  expect(await send(makeStore('input/sub/there.png'), fields)).toEqual([status, body])
})

it('a name that is taken by other bytes gets a number, by the same bytes nothing is written', async () => {
  const store = makeStore()
  const names: unknown[] = []
  for (const content of ['one', 'two', 'three', 'two', 'one']) {
    const [, body] = await send(store, { image: file('a.tar.gz', content) })
    names.push(JSON.parse(body).name)
  }
  expect(names).toEqual(['a.tar.gz', 'a.tar (1).gz', 'a.tar (2).gz', 'a.tar (1).gz', 'a.tar.gz'])
  expect(stored(store)).toEqual([
    ['/comfy/input/a.tar.gz', 'one'],
    ['/comfy/input/a.tar (1).gz', 'two'],
    ['/comfy/input/a.tar (2).gz', 'three'],
  ])
})

it.each([
  ['true', 'new'],
  ['1', 'new'],
  ['True', 'old'],
  ['yes', 'old'],
])('overwrite=%s leaves the %s file', async (overwrite, left) => {
  const store = makeStore()
  await send(store, { image: file('a.png', 'old') })
  await send(store, { image: file('a.png', 'new'), overwrite })
  expect(stored(store)[0]).toEqual(['/comfy/input/a.png', left])
})

it('knows what it was given', async () => {
  const store = makeStore()
  const images = { width: 64, height: 48, segments: [{ frames: 9, colour: 0x112233 }] }
  const files = [
    png({ width: 64, height: 48, colour: 0x112233 }),
    mp4({ images, fps: 16 }),
    latent({ shape: [1, 16, 3, 6, 8], seed: 1 }),
  ]
  for (const [index, bytes] of files.entries())
    await send(store, { image: new File([Uint8Array.from(bytesOf(bytes))], `${index}`) })
  const still = { ...images, segments: [{ frames: 1, colour: 0x112233 }] }
  expect(store.list('input').map(({ content }) => content)).toEqual([
    { kind: 'image', images: still, alpha: false },
    { kind: 'video', images, fps: 16 },
    { kind: 'latent', shape: [1, 16, 3, 6, 8] },
  ])
})

it('more bytes than the limit are refused', async () => {
  const response = await uploadImage(form({ image: file('x.png', 'x'.repeat(2000)) }), makeStore(), 1000)
  expect([response.status, await response.text()]).toEqual([413, 'Maximum request body size 1000 exceeded.'])
})

it.each([
  [undefined, 'no form', 400],
  ['application/x-www-form-urlencoded', 'overwrite=true', 400],
  ['application/x-www-form-urlencoded', 'image=x', 500],
  ['multipart/form-data', 'x', 500],
  ['multipart/form-data; boundary=b', 'x', 500],
  [
    'multipart/form-data; boundary=b',
    '--b\r\nContent-Disposition: form-data; name="image"; filename="x"\r\n\r\ncut',
    500,
  ],
  ['multipart/form-data; boundary=b', '--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n', 500],
  [
    'multipart/form-data; boundary="b"',
    "--b\r\nContent-Disposition: form-data; name=image; filename*=UTF-8''%C3%B6\r\n\r\nx\r\n--b--\r\n",
    200,
  ],
])('a body of type %s that is %j answers %i', async (type, body, status) => {
  const headers: Record<string, string> = type ? { 'content-type': type } : {}
  const response = await uploadImage(
    new Request(ADDRESS, { method: 'POST', body: Buffer.from(body), headers }),
    makeStore(),
    LIMIT,
  )
  expect(response.status).toBe(status)
})

const mask = () => new File([Uint8Array.from(bytesOf(png({ width: 8, height: 8, colour: 0, alpha: 9 })))], 'mask.png')

it.each([
  ['{"filename": "original.png", "type": "input"}', 200, ['original.png', 'mask.png']],
  ['{"filename": "original.png [input]"}', 200, ['original.png', 'mask.png']],
  ['{"filename": "original.png"}', 200, ['original.png']],
  ['{"filename": "../original.png"}', 200, ['original.png']],
  ['{"filename": "x.png", "type": "models"}', 200, ['original.png']],
  ['{"type": "input"}', 500, ['original.png']],
  ['nonsense', 500, ['original.png']],
  ['[]', 500, ['original.png']],
  [null, 500, ['original.png']],
])('a mask for %s answers %i', async (original, status, names) => {
  const store = makeStore()
  await send(store, {
    image: new File([Uint8Array.from(bytesOf(png({ width: 8, height: 8, colour: 0x336699 })))], 'original.png'),
  })
  const response = await uploadMask(
    form({ image: mask(), ...(original !== null && { original_ref: original }) }),
    store,
    LIMIT,
  )
  expect(response.status).toBe(status)
  expect(store.list('input').map(({ filename }) => filename)).toEqual(names)
  if (names.includes('mask.png')) {
    const images = { width: 8, height: 8, segments: [{ frames: 1, colour: 0x336699 }] }
    expect(store.find('mask.png')?.content).toEqual({ kind: 'image', images, alpha: true })
  }
})
