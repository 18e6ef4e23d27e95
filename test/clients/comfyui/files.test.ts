import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createComfyuiClient } from '../../../src/clients/comfyui/comfyui.ts'
import { failure } from '../../support/failure.ts'
import { type Seen, startLoopback } from '../loopback-comfyui.ts'

const FILE = { filename: 'video_00001_.mp4', subfolder: 'otter/chunk 1', type: 'output' } as const

async function reach(instead: (request: Seen, response: ServerResponse) => void) {
  const server = await startLoopback({
    instead(request, response) {
      instead(request, response)
      return true
    },
  })
  const client = createComfyuiClient({ url: server.url, clientId: 'one-client' })
  onTestFinished(async () => {
    await client.close()
    await server.close()
  })
  return { server, client, folder: mkdtempSync(join(tmpdir(), 'comfyui-files-')) }
}

it('streams a download to a file in a folder that it makes', async () => {
  const megabyte = Buffer.alloc(1 << 20, 'frame ')
  const { server, client, folder } = await reach((_, response) => response.end(megabyte))
  const path = join(folder, 'videos', 'chunk_001.mp4')
  expect(await client.download(FILE, path)).toEqual({ bytes: megabyte.length })
  expect(readFileSync(path).equals(megabyte)).toBe(true)
  expect(readdirSync(join(folder, 'videos'))).toEqual(['chunk_001.mp4'])
  expect(server.requests()).toEqual(['GET /view?filename=video_00001_.mp4&subfolder=otter%2Fchunk+1&type=output'])
})

it('asks whether a file is there without downloading it', async () => {
  let status = 200
  const { server, client } = await reach(({ path }, response) => {
    if (path === '/prompt') return response.end('{"exec_info": {"queue_remaining": 0}}')
    return response.writeHead(status, { 'content-length': 9 }).end()
  })
  expect(await client.holds(FILE)).toBe(true)
  status = 404
  expect(await client.holds(FILE)).toBe(false)
  const asked = 'HEAD /view?filename=video_00001_.mp4&subfolder=otter%2Fchunk+1&type=output'
  // A proxy says 404, too, as long as its server is away.
  expect(server.requests()).toEqual([asked, asked, 'GET /prompt', asked])
  status = 403
  expect(await failure(() => client.holds(FILE))).toMatchObject({ code: 'PR_COMFY_HTTP' })
})

it('tells the size of a file, or that it is not known, and takes a page for neither', async () => {
  const answers: Array<[number, Record<string, string | number>]> = [
    [200, { 'content-length': 9 }],
    [200, { 'transfer-encoding': 'chunked' }],
    [404, { 'content-length': 9 }],
    [200, { 'content-length': 9, 'content-type': 'text/html; charset=utf-8' }],
  ]
  const { client } = await reach((_, response) => response.writeHead(...answers.shift()!).end())
  expect(await client.size(FILE)).toBe(9)
  expect(await client.size(FILE)).toBe(null)
  expect(await client.size(FILE)).toBe(null)
  expect(await failure(() => client.size(FILE))).toMatchObject({
    code: 'PR_COMFY_HTTP',
    message: expect.stringContaining('ComfyUI answered what it never should: an HTML page'),
  })
})

it('leaves nothing behind when a download breaks off', async () => {
  const { server, client, folder } = await reach((_, response) => {
    response.writeHead(200, { 'content-length': '4096' }).write('half of it')
    setTimeout(() => response.destroy(), 20)
  })
  await expect(client.download(FILE, join(folder, 'video.mp4'))).rejects.toMatchObject({
    code: 'PR_COMFY_UNREACHABLE',
    message: expect.stringContaining(`GET ${server.url.href}view?filename=video_00001_.mp4`),
  })
  expect(readdirSync(folder)).toEqual([])
})

it.each([
  ['has no end', {}],
  ['announces too much', { 'content-length': String(1 << 30) }],
])('takes no more of a file than it may have when the answer %s', async (_, headers) => {
  let sent = 0
  const { client, folder } = await reach((_, response) => {
    response.writeHead(200, { 'content-type': 'video/mp4', ...headers })
    const send = () => {
      while (!response.destroyed) {
        sent += 1 << 16
        if (!response.write(Buffer.alloc(1 << 16))) return void response.once('drain', send)
      }
    }
    send()
  })
  await expect(client.download(FILE, join(folder, 'video.mp4'), undefined, 1 << 20)).rejects.toMatchObject({
    code: 'PR_OUTPUT_MISMATCH',
    message: expect.stringMatching(/^GET \S+: more than the 1\.0 MiB that such a file can have$/),
    retryAfter: 0,
  })
  expect(readdirSync(folder)).toEqual([])
  // What is on its way is in the buffers of both ends.
  expect(sent).toBeLessThan(32 << 20)
})

it('keeps the old file when a new download of it fails', async () => {
  const { client, folder } = await reach((_, response) => response.writeHead(404).end())
  const path = join(folder, 'video.mp4')
  writeFileSync(path, 'old')
  await expect(client.download(FILE, path)).rejects.toMatchObject({
    code: 'PR_COMFY_HTTP',
    message: expect.stringMatching(/: ComfyUI has no such file in its output folder$/),
    hint: 'it was deleted or moved, or the server was started again with another folder',
  })
  expect(readFileSync(path, 'utf8')).toBe('old')
})

it('says that a file cannot be written', async () => {
  const { client, folder } = await reach((_, response) => response.end('film'))
  writeFileSync(join(folder, 'videos'), 'a file where a folder is needed')
  const path = join(folder, 'videos', 'video.mp4')
  await expect(client.download(FILE, path)).rejects.toMatchObject({
    code: 'PR_FILE',
    message: expect.stringContaining(`${path} cannot be written: `),
  })
})

it('stops a download with the reason of its signal', async () => {
  const abort = new AbortController()
  const { client, folder } = await reach((_, response) => {
    response.writeHead(200, { 'content-length': '4096' }).write('half of it')
    setTimeout(() => abort.abort(new Error('cancelled')), 20)
  })
  await expect(client.download(FILE, join(folder, 'video.mp4'), abort.signal)).rejects.toThrow('cancelled')
  expect(readdirSync(folder)).toEqual([])
})

it('sends an upload as one multipart body of known length', async () => {
  const { server, client, folder } = await reach((_, response) =>
    response.end('{"name": "ref (1).png", "subfolder": "pr", "type": "input"}'),
  )
  const path = join(folder, 'chunk "1".png')
  writeFileSync(path, 'pixels')
  const stored = await client.upload(path, { subfolder: 'pr', type: 'input' })
  expect(stored).toEqual({ filename: 'ref (1).png', subfolder: 'pr', type: 'input' })

  const { method, path: route, headers, body } = server.seen[0]!
  const boundary = /^multipart\/form-data; boundary=(prompt-runner-[0-9a-f-]{36})$/.exec(headers['content-type']!)![1]!
  expect([method, route, headers['content-length']]).toEqual(['POST', '/upload/image', String(body.length)])
  expect(body.toString().replaceAll(boundary, 'BOUNDARY').split('\r\n')).toEqual([
    ...['--BOUNDARY', 'Content-Disposition: form-data; name="type"', '', 'input'],
    ...['--BOUNDARY', 'Content-Disposition: form-data; name="subfolder"', '', 'pr'],
    '--BOUNDARY',
    'Content-Disposition: form-data; name="image"; filename="chunk %221%22.png"',
    ...['Content-Type: application/octet-stream', '', 'pixels'],
    ...['--BOUNDARY--', ''],
  ])
})

it('uploads under another name, and sends no field that was not asked for', async () => {
  const { server, client, folder } = await reach((_, response) => response.end('{"name": "reference.png"}'))
  writeFileSync(join(folder, 'frame.png'), 'pixels')
  const stored = await client.upload(join(folder, 'frame.png'), { name: 'reference.png' })
  expect(stored).toEqual({ filename: 'reference.png', subfolder: '', type: 'input' })
  expect(server.seen[0]!.body.toString().match(/name="[^;]*"/g)).toEqual(['name="image"', 'name="reference.png"'])
})

it('says that a file to upload is not there', async () => {
  const { client, folder, server } = await reach((_, response) => response.end())
  const path = join(folder, 'gone.png')
  await expect(client.upload(path)).rejects.toMatchObject({
    code: 'PR_FILE',
    message: `${path} cannot be uploaded: ENOENT: no such file or directory, stat '${path}'`,
  })
  expect([server.seen, existsSync(path)]).toEqual([[], false])
})

it('says that an upload is over a limit', async () => {
  const { client, folder } = await reach((_, response) =>
    response.writeHead(413).end('Maximum request body size 10486 exceeded.'),
  )
  writeFileSync(join(folder, 'big.mp4'), 'pixels')
  await expect(client.upload(join(folder, 'big.mp4'))).rejects.toMatchObject({
    code: 'PR_COMFY_HTTP',
    message: expect.stringMatching(/upload\/image: ComfyUI answered 413: Maximum request body size 10486 exceeded\.$/),
    hint: 'the body is over a size limit: that of ComfyUI itself, or that of a proxy in front of it',
  })
})
