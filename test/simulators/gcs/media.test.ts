import { expect, it } from 'vitest'
import { cameOf, gzipped, refused, type Step, stored } from './gcs-steps.ts'

// https://cloud.google.com/storage/docs/transcoding, and what Google's storage test bench tries of it

const text = 'How vexingly quick daft zebras jump!'
const stores = (query: string, body = gzipped(text)): Step => [
  'POST',
  `upload?uploadType=media&name=zebra${query}`,
  { headers: { 'content-type': 'text/plain' }, body },
  { status: 200 },
]
const reads = (headers: Record<string, string>, answer: Step[3]): Step => [
  'GET',
  '/download/storage/v1/b/bkt/o/zebra?alt=media',
  { headers },
  answer,
]
const unpacked = {
  status: 200,
  text,
  headers: {
    'content-encoding': null,
    'content-length': null,
    'content-range': null,
    'content-type': 'text/plain',
    'x-guploader-response-body-transformations': 'gunzipped',
    'x-goog-stored-content-encoding': 'gzip',
    'x-goog-stored-content-length': String(gzipped(text).length),
  },
}
const asStored = (status = 200) => ({
  status,
  headers: {
    'content-encoding': 'gzip',
    'x-guploader-response-body-transformations': null,
    'x-goog-stored-content-encoding': 'gzip',
  },
})

it.each<[string, ...Step[]]>([
  ['unpacked for whoever takes no gzip', stores('&contentEncoding=gzip'), reads({}, unpacked)],
  [
    'unpacked for whoever takes another encoding',
    stores('&contentEncoding=gzip'),
    reads({ 'accept-encoding': 'br, deflate' }, unpacked),
  ],
  [
    'unpacked for whoever refuses gzip',
    stores('&contentEncoding=gzip'),
    reads({ 'accept-encoding': 'br, gzip;q=0' }, unpacked),
  ],
  [
    'unpacked as a whole, whatever range is asked for',
    stores('&contentEncoding=gzip'),
    reads({ range: 'bytes=4-8' }, unpacked),
  ],
  [
    'as it is stored for whoever takes gzip',
    stores('&contentEncoding=gzip'),
    reads({ 'accept-encoding': 'gzip' }, asStored()),
  ],
  [
    'as it is stored for whoever takes gzip among others',
    stores('&contentEncoding=gzip'),
    reads({ 'accept-encoding': 'br, gzip;q=0.5' }, asStored()),
  ],
  [
    'in part for whoever takes gzip',
    stores('&contentEncoding=gzip'),
    reads({ 'accept-encoding': 'gzip', range: 'bytes=4-8' }, { ...asStored(206) }),
  ],
  [
    'as it is stored where it may not be transformed',
    stores('&contentEncoding=gzip'),
    ['PATCH', 'o/zebra', { body: { cacheControl: 'public, no-transform' } }, { status: 200 }],
    reads({}, { ...asStored(), headers: { ...asStored().headers, 'cache-control': 'public, no-transform' } }),
  ],
  [
    'no other than it is where nothing was said of gzip',
    stores(''),
    reads({}, { status: 200, headers: { 'content-encoding': null, 'x-goog-stored-content-encoding': 'identity' } }),
  ],
  [
    'not at all when it is no gzip',
    stores('&contentEncoding=gzip', new Uint8Array([1, 2, 3])),
    reads({}, refused(501, 'notImplemented')),
  ],
])('answers an object %s', async (_, ...steps) => {
  expect(await cameOf(steps)).toEqual(steps.map(([, , , answer]) => answer))
})

it('answers with the headers that were said of the object', async () => {
  const said = { cacheControl: 'no-store', contentDisposition: 'attachment', contentLanguage: 'en' }
  const headers = { 'cache-control': 'no-store', 'content-disposition': 'attachment', 'content-language': 'en' }
  const steps: Step[] = [
    stored('zebra'),
    ['PATCH', 'o/zebra', { body: said }, { status: 200, json: said }],
    reads({}, { status: 200, headers }),
  ]
  expect(await cameOf(steps)).toEqual(steps.map(([, , , answer]) => answer))
})

it.each([
  ['name', { name: 'zebra' }],
  ['name,size', { name: 'zebra', size: '5' }],
  ['metadata/key0', { metadata: { key0: '1' } }],
  ['metadata(key0,key1),name', { name: 'zebra', metadata: { key0: '1', key1: '2' } }],
  ['metadata/*,metadata(key0)', { metadata: { key0: '1', key1: '2', key2: '3' } }],
])('answers only the fields %s', async (fields, json) => {
  const steps: Step[] = [
    stored('zebra'),
    ['PATCH', 'o/zebra', { body: { metadata: { key0: '1', key1: '2', key2: '3' } } }, { status: 200 }],
    ['GET', `o/zebra?fields=${fields}`, {}, { status: 200, text: JSON.stringify(json) }],
    [
      'GET',
      `o?prettyPrint=true&fields=items(${fields})`,
      {},
      { status: 200, text: JSON.stringify({ items: [json] }, null, 2) },
    ],
    ['GET', `o/zebra?fields=${fields}(`, {}, refused(400, 'invalidParameter')],
  ]
  expect(await cameOf(steps)).toEqual(steps.map(([, , , answer]) => answer))
})
