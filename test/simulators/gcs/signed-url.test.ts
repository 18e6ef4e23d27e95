import { expect, it } from 'vitest'
import { cameOf, type Step, stored } from './gcs-steps.ts'

// https://cloud.google.com/storage/docs/access-control/signed-urls; the service's clock stands at 2026-11-23 12:00.

const v4 = (more: Record<string, string> = {}) =>
  new URLSearchParams({
    'X-Goog-Algorithm': 'GOOG4-RSA-SHA256',
    'X-Goog-Credential': 'robot@p.iam.gserviceaccount.com/20261123/auto/storage/goog4_request',
    'X-Goog-Date': '20261123T114500Z',
    'X-Goog-Expires': '900',
    'X-Goog-SignedHeaders': 'host',
    'X-Goog-Signature': 'abcdef',
    ...more,
  })
const v2 = (expires: string) => new URLSearchParams({ GoogleAccessId: 'robot', Expires: expires, Signature: 'abc' })
const until = String(Date.parse('2026-11-23T12:00:00Z') / 1000)
const xml = (status: number, code: string): Step[3] => ({
  status,
  headers: { 'content-type': 'application/xml; charset=UTF-8' },
  text: expect.stringContaining(`<Code>${code}</Code>`),
})

it.each<[string, ...Step[]]>([
  ['reads', stored('a/b', 'text'), ['GET', `/bkt/a/b?${v4()}`, {}, { status: 200, text: 'text' }]],
  ['reads by version 2', stored('a/b', 'text'), ['GET', `/bkt/a/b?${v2(until)}`, {}, { status: 200, text: 'text' }]],
  [
    'reads from the host of the bucket',
    stored('a/b', 'text'),
    ['GET', `https://bkt.storage.googleapis.com/a/b?${v4()}`, {}, { status: 200, text: 'text' }],
  ],
  [
    'reads a part',
    stored('x', 'text'),
    ['GET', `/bkt/x?${v4()}`, { headers: { range: 'bytes=1-2' } }, { status: 206, text: 'ex' }],
  ],
  [
    'reads under another name',
    stored('x', 'text'),
    [
      'GET',
      `/bkt/x?${v4({ 'response-content-type': 'text/x', 'response-content-disposition': 'attachment' })}`,
      {},
      { status: 200, headers: { 'content-type': 'text/x', 'content-disposition': 'attachment' } },
    ],
  ],
  [
    'writes',
    [
      'PUT',
      `/bkt/x?${v4({ 'X-Goog-SignedHeaders': 'content-type;host;x-goog-meta-k' })}`,
      { headers: { 'content-type': 'text/x', 'x-goog-meta-k': 'v' }, body: 'text' },
      { status: 200, text: '', headers: { 'x-goog-stored-content-length': '4' } },
    ],
    ['GET', 'o/x', {}, { status: 200, json: { size: '4', contentType: 'text/x', metadata: { k: 'v' } } }],
    [
      'PUT',
      `/bkt/x?${v4()}`,
      { headers: { 'x-goog-if-generation-match': '0' }, body: 'other' },
      xml(412, 'PreconditionFailed'),
    ],
    [
      'PUT',
      `/bkt/x?${v4()}`,
      { headers: { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' }, body: 'other' },
      xml(400, 'InvalidArgument'),
    ],
  ],
  [
    'deletes',
    stored('x'),
    ['DELETE', `/bkt/x?${v4()}`, {}, { status: 204 }],
    ['DELETE', `/bkt/x?${v4()}`, {}, xml(404, 'NoSuchKey')],
  ],
  [
    'is late',
    stored('x'),
    ['GET', `/bkt/x?${v4({ 'X-Goog-Expires': '899' })}`, {}, xml(400, 'ExpiredToken')],
    ['GET', `/bkt/x?${v2('1')}`, {}, xml(400, 'ExpiredToken')],
  ],
  [
    'is not whole',
    ['GET', `/bkt/x?${v4({ 'X-Goog-Expires': '604801' })}`, {}, xml(400, 'InvalidArgument')],
    ['GET', `/bkt/x?${v4({ 'X-Goog-Date': 'today' })}`, {}, xml(400, 'InvalidArgument')],
    ['GET', '/bkt/x?X-Goog-Signature=a', {}, xml(400, 'InvalidArgument')],
  ],
  [
    'lacks a header that was signed',
    [
      'PUT',
      `/bkt/x?${v4({ 'X-Goog-SignedHeaders': 'content-md5;host' })}`,
      { body: 'x' },
      xml(400, 'MalformedSecurityHeader'),
    ],
  ],
  [
    'asks for more than is simulated',
    ['GET', `/bkt/x?${v4({ acl: '' })}`, {}, { status: 501 }],
    ['POST', `/bkt/x?${v4()}`, {}, { status: 501 }],
    ['GET', `/bkt?${v4()}`, {}, { status: 501 }],
  ],
])('a signed URL %s', async (_, ...steps) => {
  expect(await cameOf(steps)).toEqual(steps.map(([, , , answer]) => answer))
})
