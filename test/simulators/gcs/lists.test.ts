import { expect, it } from 'vitest'
import { cameOf, refused, type Step, stored } from './gcs-steps.ts'

// What Google's storage test bench tries of lists, and what the documentation says of their parameters:
// https://cloud.google.com/storage/docs/json_api/v1/objects/list

const names = [
  'abc',
  'object-name',
  'object-name/',
  'object-name/foo',
  'object-name/foo/bar',
  'object-name/foo///',
  'obzzz',
  'zzz',
  'Ünicode',
]
const inOrder = [
  'abc',
  'object-name',
  'object-name/',
  'object-name/foo',
  'object-name/foo///',
  'object-name/foo/bar',
  'obzzz',
  'zzz',
  'Ünicode',
]

it.each<[query: string, items: readonly string[], prefixes?: readonly string[]]>([
  ['', inOrder],
  ['prefix=ob', inOrder.slice(1, 7)],
  ['prefix=none', []],
  ['prefix=ob&startOffset=obc&endOffset=obr&delimiter=/', ['object-name'], ['object-name/']],
  ['startOffset=object-name/foo&endOffset=obzzz', ['object-name/foo', 'object-name/foo///', 'object-name/foo/bar']],
  ['startOffset=obzzz', ['obzzz', 'zzz', 'Ünicode']],
  ['endOffset=object-name', ['abc']],
  ['endOffset=', inOrder],
  ['delimiter=/', ['abc', 'object-name', 'obzzz', 'zzz', 'Ünicode'], ['object-name/']],
  ['delimiter=/&prefix=object-name/', ['object-name/', 'object-name/foo'], ['object-name/foo/']],
  [
    'delimiter=/&includeTrailingDelimiter=true',
    ['abc', 'object-name', 'object-name/', 'obzzz', 'zzz', 'Ünicode'],
    ['object-name/'],
  ],
  [
    'delimiter=/&includeTrailingDelimiter=false&includeFoldersAsPrefixes=true',
    ['abc', 'object-name', 'obzzz', 'zzz', 'Ünicode'],
    ['object-name/'],
  ],
  ['delimiter=-name', ['abc', 'obzzz', 'zzz', 'Ünicode'], ['object-name']],
  ['matchGlob=ob*', ['object-name', 'obzzz']],
  ['matchGlob=ob**', inOrder.slice(1, 7)],
  ['matchGlob=**/foo', ['object-name/foo']],
  ['matchGlob=[a-m]??', ['abc']],
  ['matchGlob=[!a-m]??', ['zzz']],
  ['matchGlob={abc,zzz,x}', ['abc', 'zzz']],
  ['matchGlob=%3Fbc', ['abc']],
  ['matchGlob=\\zzz', ['zzz']],
  ['matchGlob=object-name/{foo,foo/*}', ['object-name/foo', 'object-name/foo/bar']],
  ['matchGlob=**/&delimiter=/', [], ['object-name/']],
  ['matchGlob=a.c', []],
  ['versions=true', inOrder],
  ['projection=full', inOrder],
  ['softDeleted=false', inOrder],
])('lists by %s', async (query, items, prefixes) => {
  const shown = {
    ...(items.length > 0 && { items: items.map((name) => ({ name })) }),
    ...(prefixes?.length && { prefixes }),
  }
  const wanted = { kind: 'storage#objects', nextPageToken: undefined, items: undefined, prefixes: undefined, ...shown }
  const steps: Step[] = [...names.map((name) => stored(name)), ['GET', `o?${query}`, {}, { status: 200, json: wanted }]]
  expect((await cameOf(steps)).at(-1)).toEqual({ status: 200, json: wanted })
})

it.each([
  ['maxResults=x', refused(400, 'invalidParameter')],
  ['maxResults=0', refused(400, 'invalidParameter')],
  ['versions=yes', refused(400, 'invalidParameter')],
  ['matchGlob={a', refused(400, 'invalidParameter')],
  ['matchGlob=a&delimiter=-', refused(400, 'invalid')],
  ['softDeleted=true', refused(501, 'notImplemented')],
  ['filter=contexts', refused(501, 'notImplemented')],
  ['prefix=a&prefix=b', refused(501, 'notImplemented')],
])('refuses to list by %s', async (query, answer) => {
  expect(await cameOf([['GET', `o?${query}`, {}, answer]])).toEqual([answer])
})

it('pages through objects and prefixes, each counted', async () => {
  const shown: unknown[] = []
  const query = 'delimiter=/&includeTrailingDelimiter=true&maxResults=2'
  let next = ''
  do {
    const json = { items: undefined, prefixes: undefined, nextPageToken: undefined }
    const steps: Step[] = [
      ...names.map((name) => stored(name)),
      ['GET', `o?${query}${next}`, {}, { status: 200, json }],
    ]
    const page = (await cameOf(steps)).at(-1)!.json as {
      items?: { name: string }[]
      prefixes?: string[]
      nextPageToken?: string
    }
    shown.push([...(page.items ?? []).map(({ name }) => name), ...(page.prefixes ?? [])])
    next = page.nextPageToken ? `&pageToken=${encodeURIComponent(page.nextPageToken)}` : ''
  } while (next !== '')
  expect(shown).toEqual([['abc', 'object-name'], ['object-name/', 'object-name/'], ['obzzz', 'zzz'], ['Ünicode']])
})

it('keeps earlier versions where the bucket is to, and lists them with versions=true', async () => {
  const list = (query: string, json: unknown): Step => [
    'GET',
    `/storage/v1/b/bkt/o?${query}`,
    {},
    { status: 200, json },
  ]
  const version = (size: string) => ({ name: 'a', size, timeDeleted: '2026-11-23T12:00:00.000Z' })
  const steps: Step[] = [
    [
      'POST',
      '/storage/v1/b?project=p',
      { body: { name: 'bkt', versioning: { enabled: true } } },
      { status: 200, json: { versioning: { enabled: true } } },
    ],
    stored('a', '1'),
    stored('a', '22'),
    stored('a', '333'),
    list('', { items: [{ size: '3' }] }),
    list('versions=true', { items: [version('1'), version('2'), { size: '3' }] }),
    ['DELETE', 'o/a', {}, { status: 204 }],
    ['GET', 'o/a', {}, refused(404, 'notFound')],
    ['GET', 'o/a?generation={generation}&alt=media', {}, { status: 200, text: '333' }],
    list('', { items: undefined }),
    list('versions=true', { items: [version('1'), version('2'), version('3')] }),
    ['DELETE', 'o/a?generation={generation}', {}, { status: 204 }],
    list('versions=true', { items: [version('1'), version('2')] }),
  ]
  expect(await cameOf(steps)).toEqual(steps.map(([, , , answer]) => answer))
})
