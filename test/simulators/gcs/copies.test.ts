import { expect, it } from 'vitest'
import { cameOf, refused, type Step, stored } from './gcs-steps.ts'

const media = (name: string, text: string): Step => [
  'GET',
  `o/${encodeURIComponent(name)}?alt=media`,
  {},
  { status: 200, text },
]
const gone = (name: string): Step => ['GET', `o/${name}`, {}, refused(404, 'notFound')]

const calls: Record<string, readonly Step[]> = {
  'a copy in one step': [
    stored('a/b', 'text'),
    [
      'POST',
      'o/a%2Fb/copyTo/b/other/o/c%2Fd',
      {},
      {
        status: 200,
        json: { bucket: 'other', name: 'c/d', size: '4', contentType: 'text/plain', metageneration: '1' },
      },
    ],
    ['GET', '/storage/v1/b/other/o/c%2Fd?alt=media', {}, { status: 200, text: 'text' }],
    media('a/b', 'text'),
  ],
  'a rewrite': [
    stored('a', 'text'),
    [
      'POST',
      'o/a/rewriteTo/b/bkt/o/b',
      {},
      {
        status: 200,
        json: {
          kind: 'storage#rewriteResponse',
          totalBytesRewritten: '4',
          objectSize: '4',
          done: true,
          rewriteToken: undefined,
          resource: { name: 'b', contentType: 'text/plain' },
        },
      },
    ],
    media('b', 'text'),
  ],
  'a rewrite with another description': [
    stored('a', 'text'),
    [
      'POST',
      'o/a/rewriteTo/b/bkt/o/a',
      { body: { storageClass: 'NEARLINE' } },
      { status: 200, json: { resource: { storageClass: 'NEARLINE', contentType: undefined } } },
    ],
    ['POST', 'o/a/rewriteTo/b/bkt/o/a', { body: { acl: [] } }, refused(501, 'notImplemented')],
    ['POST', 'o/a/rewriteTo/b/bkt/o/a?rewriteToken=t', {}, refused(501, 'notImplemented')],
    ['POST', 'o/a/rewriteTo/b/bkt/o/a?destinationKmsKeyName=k', {}, refused(501, 'notImplemented')],
  ],
  'a move': [
    stored('a', 'text'),
    ['POST', 'o/a/moveTo/o/b%2Fc', {}, { status: 200, json: { name: 'b/c', size: '4' } }],
    gone('a'),
    media('b/c', 'text'),
    ['POST', 'o/b%2Fc/moveTo/o/b%2Fc', {}, refused(400, 'invalid')],
    ['POST', 'o/a/moveTo/o/d', {}, refused(404, 'notFound')],
  ],
  'a composition': [
    stored('a', 'one '),
    stored('b', 'two'),
    [
      'POST',
      'o/c/compose',
      {
        body: {
          kind: 'storage#composeRequest',
          destination: { contentType: 'text/x' },
          sourceObjects: [{ name: 'a' }, { name: 'b', generation: '{generation}' }],
        },
      },
      refused(404, 'notFound'),
    ],
    [
      'POST',
      'o/c/compose?deleteSourceObjects=true',
      { body: { destination: { contentType: 'text/x' }, sourceObjects: [{ name: 'a' }, { name: 'b' }] } },
      { status: 200, json: { name: 'c', size: '7', componentCount: 2, md5Hash: undefined, contentType: 'text/x' } },
    ],
    media('c', 'one two'),
    gone('a'),
    gone('b'),
    [
      'POST',
      'o/c/compose',
      { body: { sourceObjects: [{ name: 'c' }, { name: 'c' }] } },
      { status: 200, json: { componentCount: 4 } },
    ],
    [
      'POST',
      'o/d/compose',
      { body: { sourceObjects: [{ name: 'c', objectPreconditions: { ifGenerationMatch: 1 } }] } },
      refused(412, 'conditionNotMet'),
    ],
  ],
  'no composition of nothing, or of too many': [
    stored('a'),
    ['POST', 'o/c/compose', { body: {} }, refused(400, 'required')],
    ['POST', 'o/c/compose', { body: { sourceObjects: Array(33).fill({ name: 'a' }) } }, refused(400, 'invalid')],
    ['POST', 'o/c/compose', { body: { sourceObjects: [{ name: '' }] } }, refused(400, 'required')],
    ['POST', 'o/c/compose', { body: { sourceObjects: [{}] } }, refused(400, 'invalid')],
    ['POST', 'o/c/compose', { body: '{' }, refused(400, 'invalid')],
  ],
  'an update of all that is said of an object': [
    stored('a'),
    [
      'PATCH',
      'o/a',
      { body: { metadata: { k: 'v' }, cacheControl: 'no-store' } },
      { status: 200, json: { metageneration: '2' } },
    ],
    [
      'PUT',
      'o/a',
      { body: { metadata: { l: 'w' } } },
      {
        status: 200,
        json: { metageneration: '3', metadata: { l: 'w' }, cacheControl: undefined, contentType: 'text/plain' },
      },
    ],
  ],
  'buckets made, described, listed and deleted': [
    [
      'POST',
      '/storage/v1/b?project=p',
      { body: { name: 'made', location: 'EU', labels: { a: '1' } } },
      {
        status: 200,
        json: {
          kind: 'storage#bucket',
          id: 'made',
          location: 'EU',
          metageneration: '1',
          timeCreated: '2026-11-23T12:00:00.000Z',
        },
      },
    ],
    ['POST', '/storage/v1/b?project=p', { body: { name: 'made' } }, refused(409, 'conflict')],
    ['POST', '/storage/v1/b?project=p', { body: { name: 'Made!' } }, refused(400, 'invalid')],
    ['POST', '/storage/v1/b?project=p', { body: {} }, refused(400, 'required')],
    ['POST', '/storage/v1/b', { body: { name: 'b2' } }, refused(400, 'required')],
    [
      'POST',
      '/storage/v1/b?project=p',
      { body: { name: 'b2', lifecycle: { rule: [] } } },
      refused(501, 'notImplemented'),
    ],
    [
      'PATCH',
      '/storage/v1/b/made',
      { body: { labels: { a: null, b: '2' } } },
      { status: 200, json: { labels: { b: '2' }, metageneration: '2' } },
    ],
    [
      'GET',
      '/storage/v1/b?project=p&prefix=ma',
      {},
      { status: 200, json: { kind: 'storage#buckets', items: [{ name: 'made' }] } },
    ],
    ['GET', '/storage/v1/b', {}, refused(400, 'required')],
    ['POST', '/upload/storage/v1/b/made/o?uploadType=media&name=x', { body: 'x' }, { status: 200 }],
    ['DELETE', '/storage/v1/b/made', {}, refused(409, 'conflict')],
    ['DELETE', '/storage/v1/b/made/o/x', {}, { status: 204 }],
    ['DELETE', '/storage/v1/b/made', {}, { status: 204 }],
    ['GET', '/storage/v1/b/made', {}, refused(404, 'notFound')],
    ['POST', '/storage/v1/b?project=p', { body: { name: 'made' } }, { status: 200 }],
  ],
}

it.each(Object.entries(calls))('answers %s', async (_, steps) => {
  expect(await cameOf(steps)).toEqual(steps.map(([, , , answer]) => answer))
})

it('cannot put together what it did not keep, but copies it', async () => {
  const steps: Step[] = [
    stored('a'),
    ['POST', 'o/b/compose', { body: { sourceObjects: [{ name: 'a' }] } }, refused(501, 'notImplemented')],
    ['POST', 'o/a/rewriteTo/b/bkt/o/b', {}, { status: 200, json: { resource: { size: '1' } } }],
  ]
  expect(await cameOf(steps, { keepBytes: false })).toEqual(steps.map(([, , , answer]) => answer))
})
