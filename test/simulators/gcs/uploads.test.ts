import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { crc32cBase64, crc32c as crc32cOf } from '../../../src/domain/crc32c.ts'
import { cameOf, content, QUANTUM, refused, type Step, stored } from './gcs-steps.ts'

// What Google's storage test bench (https://github.com/googleapis/storage-testbench) tries of uploads, with the answers that the
// documentation gives: https://cloud.google.com/storage/docs/performing-resumable-uploads and …/uploading-objects.

const text = 'How vexingly quick daft zebras jump!'
const md5 = createHash('md5').update(text).digest('base64')
const crc32c = crc32cBase64(crc32cOf(Buffer.from(text)))
const start = (headers = {}, body: object = { name: 'zebra', metadata: { key0: 'label0' } }): Step => [
  'POST',
  'upload?uploadType=resumable&name=zebra',
  { headers, body },
  { status: 200, text: '' },
]
const put = (range: string | null, body: Uint8Array<ArrayBuffer> | string, answer: Step[3], more = {}): Step => [
  'PUT',
  'session',
  { headers: { ...(range === null ? {} : { 'content-range': range }), ...more }, body },
  answer,
]
const held = (bytes: number) => ({ status: 308, headers: { range: bytes === 0 ? null : `bytes=0-${bytes - 1}` } })
const multipart = (boundary: string, quoted = boundary, metadata: object = {}): Step[1] | Step[2] => ({
  headers: { 'content-type': `multipart/related; boundary=${quoted}` },
  body: [
    `--${boundary}\r\ncontent-type: application/json; charset=UTF-8\r\n\r\n${JSON.stringify(metadata)}\r\n`,
    `--${boundary}\r\ncontent-type: text/plain\r\n\r\n${text}\r\n--${boundary}--\r\n`,
  ].join(''),
})
const isThere: Step = ['GET', 'o/zebra?alt=media', {}, { status: 200, text }]
const isNotThere: Step = ['GET', 'o/zebra', {}, refused(404, 'notFound')]
const sent = (query: string, headers: object, answer: Step[3]): Step => [
  'POST',
  `upload?uploadType=media&name=zebra${query}`,
  { headers: { 'content-type': 'text/plain', ...headers }, body: text },
  answer,
]
const whole = content(2 * QUANTUM)
const [first, second] = [whole.subarray(0, QUANTUM), whole.subarray(QUANTUM)]

const uploads: Record<string, readonly Step[]> = {
  'of media': [
    sent(
      '',
      {},
      { status: 200, json: { kind: 'storage#object', bucket: 'bkt', name: 'zebra', contentType: 'text/plain' } },
    ),
    ['GET', '/download/storage/v1/b/bkt/o/zebra?alt=media', {}, { status: 200, text }],
  ],
  'in two parts': [
    [
      'POST',
      'upload?uploadType=multipart&name=zebra',
      multipart('b1') as Step[2],
      { status: 200, json: { md5Hash: md5 } },
    ],
    isThere,
  ],
  'in two parts, the name in the first': [
    ['POST', 'upload?uploadType=multipart', multipart('b1', 'b1', { name: 'zebra' }) as Step[2], { status: 200 }],
    isThere,
  ],
  'with a boundary in double quotes': [
    ['POST', 'upload?uploadType=multipart&name=zebra', multipart('b 1', '"b 1"') as Step[2], { status: 200 }],
    isThere,
  ],
  'with a boundary in single quotes': [
    ['POST', 'upload?uploadType=multipart&name=zebra', multipart('b1', "'b1'") as Step[2], { status: 200 }],
    isThere,
  ],
  'of parts without a boundary': [
    [
      'POST',
      'upload?uploadType=multipart&name=zebra',
      { headers: { 'content-type': 'multipart/related' }, body: text },
      refused(400, 'invalid'),
    ],
    isNotThere,
  ],
  'that can be resumed, in one request': [
    start(),
    put(null, text, { status: 200, json: { metadata: { key0: 'label0' } } }),
    isThere,
  ],
  'of chunks, ended by an empty one': [
    start(),
    put(`bytes 0-${QUANTUM - 1}/*`, first, held(QUANTUM)),
    put(`bytes ${QUANTUM}-${2 * QUANTUM - 1}/*`, second, held(2 * QUANTUM)),
    put(`bytes 0-${2 * QUANTUM - 1}/${2 * QUANTUM}`, '', { status: 200, json: { size: String(2 * QUANTUM) } }),
  ],
  'of chunks, ended by their size': [
    start(),
    put(`bytes 0-${QUANTUM - 1}/*`, first, held(QUANTUM)),
    put('bytes */*', '', held(QUANTUM)),
    put(`bytes */${2 * QUANTUM}`, '', held(QUANTUM)),
    put(`bytes */${QUANTUM}`, '', { status: 200, json: { size: String(QUANTUM) } }),
    put('bytes */*', '', { status: 200, json: { size: String(QUANTUM) } }),
  ],
  'of a chunk by POST': [
    start(),
    ['POST', 'session', { headers: { 'content-range': `bytes 0-${QUANTUM - 1}/*` }, body: first }, held(QUANTUM)],
    ['POST', 'session', { headers: { 'content-range': 'bytes */*' } }, held(QUANTUM)],
    [
      'POST',
      'session',
      { headers: { 'content-range': `bytes ${QUANTUM}-${2 * QUANTUM - 1}/${2 * QUANTUM}` }, body: second },
      { status: 200 },
    ],
  ],
  'of a declared length, the last chunk open': [
    start({ 'x-upload-content-length': String(2 * QUANTUM) }),
    put(`bytes 0-${QUANTUM - 1}/*`, first, held(QUANTUM)),
    put(`bytes ${QUANTUM}-*/*`, second, { status: 200, json: { size: String(2 * QUANTUM) } }),
  ],
  'of another length than declared': [
    start({ 'x-upload-content-length': '1234' }),
    put(`bytes 0-${QUANTUM - 1}/${QUANTUM}`, first, refused(400, 'invalid')),
    isNotThere,
  ],
  'of a length that is no number': [
    [
      'POST',
      'upload?uploadType=resumable&name=zebra',
      { headers: { 'x-upload-content-length': 'x' } },
      refused(400, 'invalid'),
    ],
  ],
  'of nothing': [start(), put('bytes */0', '', { status: 200, json: { size: '0', metadata: { key0: 'label0' } } })],
  'whose status is asked with a body': [
    start(),
    put('bytes */*', text, refused(400, 'invalid')),
    put('bytes */*', '', held(0)),
  ],
  'whose status comes as 200 for whom 308 would be followed': [
    start(),
    put(
      `bytes 0-${QUANTUM - 1}/*`,
      first,
      { status: 200, headers: { 'x-http-status-code-override': '308', range: `bytes=0-${QUANTUM - 1}` } },
      { 'x-guploader-no-308': 'yes' },
    ),
  ],
  'that was cancelled': [
    start(),
    ['DELETE', 'session', {}, { status: 499, text: '' }],
    put('bytes */*', '', refused(410, 'gone')),
  ],
  'of no known type': [
    ['POST', 'upload?name=zebra', { body: '' }, refused(400, 'required')],
    ['POST', 'upload?name=zebra&uploadType=invalid', { body: '' }, refused(400, 'invalidParameter')],
  ],
  'without a name': [['POST', 'upload?uploadType=media', { body: text }, refused(400, 'required')]],
  'to no session': [
    ['PUT', 'upload?uploadType=resumable', { body: '' }, refused(400, 'required')],
    ['PUT', 'upload?upload_id=none', { body: '' }, refused(404, 'notFound')],
    ['POST', 'upload?upload_id=none', { body: '' }, refused(404, 'notFound')],
    ['DELETE', 'upload?uploadType=resumable', {}, refused(400, 'required')],
  ],
  'with the right X-Goog-Hash': [
    sent('', { 'x-goog-hash': `crc32c=${crc32c},md5=${md5}` }, { status: 200, json: { crc32c, md5Hash: md5 } }),
    start(),
    put(null, text, { status: 200 }, { 'x-goog-hash': `md5=${md5}` }),
  ],
  'with a wrong X-Goog-Hash': [
    sent('', { 'x-goog-hash': 'crc32c=AAAAAA==' }, refused(400, 'invalid')),
    sent('', { 'x-goog-hash': 'sha256=AAAAAA==' }, refused(400, 'invalid')),
    sent('', { 'x-goog-hash': `md5=${md5}, crc32c=AAAAAA==` }, refused(400, 'invalid')),
    start(),
    put(null, text, refused(400, 'invalid'), { 'x-goog-hash': 'md5=AAAAAAAAAAAAAAAAAAAAAA==' }),
    put('bytes */*', '', refused(400, 'invalid')),
    isNotThere,
  ],
  'with another X-Goog-Hash than its metadata': [
    start({}, { md5Hash: md5 }),
    put(null, text, refused(400, 'invalid'), { 'x-goog-hash': 'md5=AAAAAAAAAAAAAAAAAAAAAA==' }),
    put(null, text, { status: 200 }, { 'x-goog-hash': `md5=${md5}` }),
  ],
  'with the right Content-MD5': [
    sent('', { 'content-md5': md5 }, { status: 200 }),
    start(),
    put(null, text, { status: 200 }, { 'content-md5': md5 }),
  ],
  'with a wrong Content-MD5': [
    sent('', { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' }, refused(400, 'invalid')),
    start(),
    put(null, text, refused(400, 'invalid'), { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' }),
    put('bytes */*', '', refused(400, 'invalid')),
    isNotThere,
  ],
  'with a checksum in the metadata that is wrong': [
    [
      'POST',
      'upload?uploadType=multipart&name=zebra',
      multipart('b', 'b', { crc32c: 'AAAAAA==' }) as Step[2],
      refused(400, 'invalid'),
    ],
    isNotThere,
  ],
  'with an encoding in the query': [
    sent('&contentEncoding=gzip', {}, { status: 200, json: { contentEncoding: 'gzip' } }),
  ],
  'with rights of its own': [sent('&predefinedAcl=private', {}, refused(400, 'invalid'))],
  'over another': [
    stored('zebra', 'other'),
    sent('&ifGenerationMatch={generation}', {}, { status: 200 }),
    sent('&ifMetagenerationMatch=1', {}, { status: 200 }),
    sent('&ifGenerationMatch=-1', {}, refused(412, 'conditionNotMet')),
    sent('&ifMetagenerationMatch=-1', {}, refused(412, 'conditionNotMet')),
    sent('&ifGenerationMatch=0', {}, refused(412, 'conditionNotMet')),
    isThere,
  ],
  'of a name with separators of lines': [
    stored('a\u2028b\u2029c', text),
    ['GET', `o/${encodeURIComponent('a\u2028b\u2029c')}?alt=media`, {}, { status: 200, text }],
    ['GET', 'o', {}, { status: 200, json: { items: [{ name: 'a\u2028b\u2029c' }] } }],
    ['DELETE', `o/${encodeURIComponent('a\u2028b\u2029c')}`, {}, { status: 204 }],
  ],
  'of names that look like paths of the API': [
    ...['x/acl', 'x/copyTo/b/bkt/o/y', '%2F', 'a%20b', '?#', 'ü/ 100 %'].map((name) => stored(name)),
    ...['x/acl', 'x/copyTo/b/bkt/o/y', '%2F', 'a%20b', '?#', 'ü/ 100 %'].map(
      (name): Step => ['GET', `o/${encodeURIComponent(name)}?alt=media`, {}, { status: 200, text: name }],
    ),
    ['GET', 'o/x/acl', {}, refused(501, 'notImplemented')],
    ['GET', 'o/x/acl?alt=media', {}, refused(501, 'notImplemented')],
  ],
}

it.each(Object.entries(uploads))('answers an upload %s', async (_, steps) => {
  expect(await cameOf(steps)).toEqual(steps.map(([, , , answer]) => answer))
})
