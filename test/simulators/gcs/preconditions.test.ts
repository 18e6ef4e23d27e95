import { expect, it } from 'vitest'
import { cameOf, refused, type Step, stored } from './gcs-steps.ts'

// What Google's storage test bench tries of preconditions, with the answers of the documentation:
// https://cloud.google.com/storage/docs/request-preconditions

const failed = refused(412, 'conditionNotMet')
const notModified = { status: 304, text: '' }
const wrong = refused(400, 'invalidParameter')

const holds: readonly (readonly [query: string, onObject: Step[3] | 'holds', onNothing: Step[3] | 'holds'])[] = [
  ['ifGenerationMatch={generation}', 'holds', failed],
  ['ifGenerationMatch=5', failed, failed],
  ['ifGenerationMatch=0', failed, 'holds'],
  ['ifGenerationNotMatch={generation}', notModified, notModified],
  ['ifGenerationNotMatch=5', 'holds', notModified],
  ['ifGenerationNotMatch=0', 'holds', notModified],
  ['ifMetagenerationMatch=1', 'holds', failed],
  ['ifMetagenerationMatch=5', failed, failed],
  ['ifMetagenerationMatch=0', failed, 'holds'],
  ['ifMetagenerationNotMatch=1', notModified, notModified],
  ['ifMetagenerationNotMatch=5', 'holds', notModified],
  ['ifMetagenerationNotMatch=0', 'holds', notModified],
  ['ifGenerationMatch={generation}&ifMetagenerationMatch=1', 'holds', failed],
  ['ifGenerationMatch={generation}&ifMetagenerationMatch=2', failed, failed],
  ['ifGenerationMatch={generation}&ifMetagenerationNotMatch=1', notModified, notModified],
  ['ifGenerationMatch=-1', failed, failed],
  ['ifGenerationMatch=00', failed, 'holds'],
  ['ifGenerationMatch=x', wrong, wrong],
  ['ifGenerationMatch=', wrong, wrong],
  ['ifGenerationMatch=1.5', wrong, wrong],
  ['ifMetagenerationNotMatch=99999999999999999999', wrong, wrong],
  ['ifGenerationMatch=0&ifGenerationNotMatch=0', refused(400, 'invalid'), refused(400, 'invalid')],
  ['ifMetagenerationMatch=1&ifMetagenerationNotMatch=1', refused(400, 'invalid'), refused(400, 'invalid')],
]

it.each(holds)('asks of an object that %s', async (query, answer) => {
  const asks = (method: string, address: string, good: number, body?: object): Step => [
    method,
    `${address}${address.includes('?') ? '&' : '?'}${query}`,
    { ...(body && { body }) },
    answer === 'holds' ? { status: good } : answer,
  ]
  for (const step of [
    asks('GET', 'o/zebra', 200),
    asks('GET', 'o/zebra?alt=media', 200),
    asks('PATCH', 'o/zebra', 200, { cacheControl: 'no-store' }),
    asks('PUT', 'o/zebra', 200, { cacheControl: 'no-store' }),
    asks('DELETE', 'o/zebra', 204),
    asks('POST', 'upload?uploadType=media&name=zebra', 200),
    asks('POST', 'upload?uploadType=resumable&name=zebra', 200),
    asks('POST', 'o/zebra/compose', 200, { sourceObjects: [{ name: 'zebra' }] }),
    asks('POST', 'o/other/rewriteTo/b/bkt/o/zebra', 200),
    asks('POST', 'o/other/copyTo/b/bkt/o/zebra', 200),
    asks('POST', 'o/other/moveTo/o/zebra', 200),
  ]) {
    const steps = [stored('other'), stored('zebra'), step]
    expect((await cameOf(steps)).at(-1), step.slice(0, 2).join(' ')).toEqual(step[3])
  }
})

it.each(holds)('asks of a name without an object that %s', async (query, _, answer) => {
  const steps: Step[] = [
    stored('other'),
    ['POST', `upload?uploadType=media&name=zebra&${query}`, {}, answer === 'holds' ? { status: 200 } : answer],
  ]
  expect((await cameOf(steps)).at(-1)).toEqual(steps.at(-1)![3])
})

it('asks of a source what ifSource… says', async () => {
  const copy = (query: string, answer: Step[3]): Step => ['POST', `o/zebra/rewriteTo/b/bkt/o/copy?${query}`, {}, answer]
  const steps: Step[] = [
    stored('zebra'),
    copy('ifSourceGenerationMatch=5', failed),
    copy('ifSourceGenerationNotMatch={generation}', notModified),
    copy('ifSourceMetagenerationMatch=2', failed),
    copy('ifSourceMetagenerationNotMatch=1', notModified),
    copy('ifSourceGenerationMatch=x', wrong),
    copy('sourceGeneration=5', refused(404, 'notFound')),
    copy('ifSourceGenerationMatch={generation}&sourceGeneration={generation}&ifGenerationMatch=0', { status: 200 }),
    ['POST', 'o/zebra/moveTo/o/moved?ifSourceMetagenerationMatch=2', {}, failed],
  ]
  expect(await cameOf(steps)).toEqual(steps.map(([, , , answer]) => answer))
})

it('asks of a bucket what the request says', async () => {
  const bucket = (query: string, answer: Step[3], method = 'GET'): Step => [
    method,
    `/storage/v1/b/bkt?${query}`,
    {},
    answer,
  ]
  const steps: Step[] = [
    bucket('ifMetagenerationMatch=1', { status: 200 }),
    bucket('ifMetagenerationMatch=2', failed),
    bucket('ifMetagenerationNotMatch=1', notModified),
    bucket('ifMetagenerationMatch=x', wrong),
    bucket('ifMetagenerationMatch=2', failed, 'PATCH'),
    bucket('ifMetagenerationMatch=2', failed, 'DELETE'),
    bucket('ifGenerationMatch=1', refused(501, 'notImplemented')),
  ]
  expect(await cameOf(steps)).toEqual(steps.map(([, , , answer]) => answer))
})

it('takes conditions by ETag where something is read, and nowhere else', async () => {
  const etag = Buffer.from('1795435200000000/1').toString('base64')
  const asks = (method: string, headers: Record<string, string>, answer: Step[3]): Step => [
    method,
    'o/zebra',
    { headers },
    answer,
  ]
  const steps: Step[] = [
    stored('zebra'),
    asks('GET', { 'if-match': `"${etag}"` }, { status: 200, json: { etag } }),
    asks('GET', { 'if-match': etag }, { status: 200 }),
    asks('GET', { 'if-match': '"other"' }, failed),
    asks('GET', { 'if-none-match': `"other", "${etag}"` }, notModified),
    asks('GET', { 'if-none-match': '"other"' }, { status: 200 }),
    asks('PATCH', { 'if-match': etag }, refused(400, 'invalid')),
    asks('DELETE', { 'if-none-match': etag }, refused(400, 'invalid')),
    ['GET', '/storage/v1/b/bkt', { headers: { 'if-none-match': 'MQ==' } }, notModified],
  ]
  expect(await cameOf(steps)).toEqual(steps.map(([, , , answer]) => answer))
})
