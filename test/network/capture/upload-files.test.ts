import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { Exchange } from '../../../src/network/capture/exchange.ts'
import { uploadFiles } from '../../../src/network/capture/upload-files.ts'
import { createRedactor } from '../../../src/recording/redact.ts'

const endpoint = 'https://storage.googleapis.com/upload/storage/v1/b/films/o'
const session = `${endpoint}?uploadType=resumable&name=lighthouse%2Ffilm.mp4&upload_id=ABPtcPq`

const resource = {
  kind: 'storage#object',
  bucket: 'films',
  name: 'lighthouse/film.mp4',
  size: '9000000',
  crc32c: 'yZRlqg==',
  md5Hash: 'XrY7u+Ae7tCTyyK7j1rNww==',
  contentType: 'video/mp4',
  generation: '1764000000000001',
  metadata: { run: 'lighthouse' },
}

it('writes each object with every request of its session', () => {
  const files = written([
    exchange('POST', `${endpoint}?uploadType=resumable&name=lighthouse%2Ffilm.mp4`, { location: session, bytes: 30 }),
    exchange('PUT', session, { range: 'bytes 0-8388607/9000000', bytes: 8_388_608, status: 308 }),
    exchange('PUT', session, {
      range: 'bytes 8388608-8999999/9000000',
      bytes: 611_392,
      answer: JSON.stringify(resource),
    }),
    exchange('GET', 'https://storage.googleapis.com/storage/v1/b/films/o/x', { answer: JSON.stringify(resource) }),
  ])
  const url = `${endpoint}?uploadType=resumable&name=lighthouse%2Ffilm.mp4`
  const put = `${url}&upload_id={{secret:upload_id}}`
  expect(files).toEqual({
    'upload_001_film.mp4.json': {
      bucket: 'films',
      object: 'lighthouse/film.mp4',
      size: 9_000_000,
      crc32c: 'yZRlqg==',
      md5: 'XrY7u+Ae7tCTyyK7j1rNww==',
      content_type: 'video/mp4',
      generation: '1764000000000001',
      metadata: { run: 'lighthouse' },
      requests: [
        { method: 'POST', url, content_range: null, bytes: 30, status: 200 },
        { method: 'PUT', url: put, content_range: 'bytes 0-8388607/9000000', bytes: 8_388_608, status: 308 },
        { method: 'PUT', url: put, content_range: 'bytes 8388608-8999999/9000000', bytes: 611_392, status: 200 },
      ],
    },
  })
})

it('numbers uploads in the order in which they end, also those in one request', () => {
  const answer = (name: string) => JSON.stringify({ ...resource, name, md5Hash: undefined, metadata: undefined })
  const files = written([
    exchange('POST', `${endpoint}?uploadType=multipart`, { bytes: 10, answer: answer('a b.json') }),
    exchange('POST', `${endpoint}?uploadType=multipart`, { bytes: 10, answer: answer('a b.json') }),
  ])
  expect(Object.keys(files)).toEqual(['upload_001_a_b.json.json', 'upload_002_a_b.json.json'])
  expect(files['upload_001_a_b.json.json']).toMatchObject({ md5: null, metadata: {}, requests: [{ bytes: 10 }] })
})

it('writes nothing for an upload that was refused or not finished', () => {
  expect(
    written([
      exchange('PUT', session, { status: 503, answer: 'Service Unavailable' }),
      exchange('PUT', session, { status: 200, answer: '{"error": {}}' }),
      exchange('POST', `${endpoint}?uploadType=media`, { status: 412, answer: JSON.stringify(resource) }),
    ]),
  ).toEqual({})
})

function written(exchanges: readonly Exchange[]): Record<string, unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'pr-uploads-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const read = uploadFiles(folder, createRedactor())
  for (const one of exchanges) read(one)
  const names = readdirSync(folder).includes('uploads') ? readdirSync(join(folder, 'uploads')).toSorted() : []
  return Object.fromEntries(
    names.map((name) => [name, JSON.parse(readFileSync(join(folder, 'uploads', name), 'utf8'))]),
  )
}

function exchange(
  method: string,
  url: string,
  about: { range?: string; location?: string; bytes?: number; status?: number; answer?: string },
): Exchange {
  return {
    service: 'gcs',
    startedAt: 0,
    endedAt: 0,
    method,
    url: new URL(url),
    requestHeaders: new Headers(about.range ? { 'content-range': about.range } : {}),
    requestBody: { size: about.bytes ?? 0, text: null },
    status: about.status ?? 200,
    statusText: '',
    responseHeaders: new Headers(about.location ? { location: about.location } : {}),
    responseBody: { size: about.answer?.length ?? 0, text: about.answer ?? null },
    error: null,
  }
}
