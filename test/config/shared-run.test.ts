import { expect, it } from 'vitest'
import { loadSettings } from '../../src/config/settings.ts'
import { temporaryFolder } from '../support/rehearse.ts'

const load = (flags: Record<string, unknown>, environment: NodeJS.ProcessEnv = {}) =>
  loadSettings(flags, environment, temporaryFolder())

it.each([
  ['gs://films/june/2026/runs/calm-otter', 'june/2026'],
  ['gs://films/runs/calm-otter/', ''],
  ['gs://films/runs/runs/calm-otter', 'runs'],
])('takes bucket and name from %s, and goes on sharing', async (resume, prefix) => {
  const { settings } = await load({ resume })
  expect(settings.storage).toMatchObject({ bucket: 'films', prefix })
  expect(settings.run).toMatchObject({ resume: 'calm-otter', isElsewhere: true, upload: true, uploadAll: true })
})

it('takes the same bucket twice', async () => {
  const { settings } = await load({ resume: 'gs://films/june/runs/calm-otter' }, { PR_BUCKET: 'gs://films/june' })
  expect(settings.storage).toMatchObject({ bucket: 'films', prefix: 'june' })
})

it.each([
  ['gs://films/june/calm-otter', 'must look like gs://bucket/prefix/runs/NAME'],
  ['gs://films', 'must look like gs://bucket/prefix/runs/NAME'],
  ['gs://Films/june/runs/calm-otter', 'must look like gs://bucket/prefix/runs/NAME'],
  ['gs://films/june/../runs/calm-otter', 'must look like gs://bucket/prefix/runs/NAME'],
  ['gs://films/june/runs/../x', 'must look like gs://bucket/prefix/runs/NAME'],
  ['../calm-otter', 'must be the name of an earlier run'],
])('refuses --resume %s', async (resume, message) => {
  await expect(load({ resume })).rejects.toMatchObject({ code: 'PR_USAGE', problems: [{ file: '--resume', message }] })
})

it.each<[string, Record<string, unknown>, string, string]>([
  ['another bucket', { bucket: 'gs://other' }, '--bucket', 'is not where the run to resume is shared'],
  ['no upload', { 'no-upload': true }, '--no-upload', 'contradicts --resume gs://…'],
  ['a dry run', { 'dry-run': true }, '--resume', 'names a run in a bucket, which no dry run reaches'],
])('refuses a run in a bucket with %s', async (_, flags, file, message) => {
  await expect(load({ resume: 'gs://films/june/runs/calm-otter', ...flags })).rejects.toMatchObject({
    code: 'PR_USAGE',
    problems: [{ file, message }],
  })
})

it.each([
  [{}, true, false],
  [{ upload: 'all' }, true, true],
  [{ upload: 'all', 'no-upload': true }, false, false],
])('uploads with %j', async (flags, upload, uploadAll) => {
  expect((await load(flags)).settings.run).toMatchObject({ upload, uploadAll })
})
