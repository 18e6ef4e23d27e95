import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { crc32c, crc32cBase64 } from '../../src/domain/crc32c.ts'
import { journals } from '../support/journals.ts'
import type { Json } from '../support/rehearse.ts'
import { runContext } from '../support/run-context.ts'
import { promptsSent, type SimulatedWorld, simulatedWorld, stored } from '../support/simulated-world.ts'

/** What the clean-up deletes. */
const intermediates = (name: string) => [
  `combined/otter_${name}_combine_002.mp4`,
  `references/otter_${name}_chunk_002_reference.png`,
  `videos/otter_${name}_chunk_001.mp4`,
  `videos/otter_${name}_chunk_002.mp4`,
]
const POST = 'gcs POST /upload/storage/v1/b/films/o'
const PUT = 'gcs PUT /upload/storage/v1/b/films/o'
const LIST = 'gcs GET /storage/v1/b/films/o'
const uploaded = (name: string, isNew: boolean) => [
  // Whether the bucket can be reached, before anything else.
  'google-auth POST /token',
  LIST,
  'google-auth POST /token',
  // Films and claims under the run's name, then its own claim.
  ...(isNew ? [LIST, LIST, POST, PUT, `gcs GET /storage/v1/b/films/o/june%2Fruns%2F${name}%2Fclaim_001.json`] : []),
  POST,
  PUT,
  `gcs GET /storage/v1/b/films/o/june%2Fotter%2F${name}%2Fotter.mp4`,
  POST,
  PUT,
  `gcs GET /storage/v1/b/films/o/june%2Fotter%2F${name}%2Fmanifest.json`,
]
const askedOfGoogle = (world: SimulatedWorld) => world.asked.filter((line) => /^(gcs|google-auth) /.test(line))

it('uploads film and manifest, verifies them, and only then deletes what is not needed any more', async () => {
  const context = runContext()
  const whileVerifying: string[][] = []
  const world = await simulatedWorld((service, http) => (request) => {
    if (service === 'gcs' && /^GET .+\/o\/june%2Fotter%2F/.test(`${request.method} ${request.url}`))
      whileVerifying.push(context.files())
    return http(request)
  })
  const { exitCode, stderr, summary } = await context.live(world)
  expect(`${exitCode} ${stderr}`).toBe('0 ')
  const name: string = summary.run_name
  expect(askedOfGoogle(world)).toEqual(uploaded(name, true))
  expect(whileVerifying.length).toBe(2)
  for (const files of whileVerifying) expect(files).toEqual(expect.arrayContaining(intermediates(name)))
  expect(context.files()).toEqual([
    'final/otter.mp4',
    `state/cleanup_otter_${name}.json`,
    `state/${name}.jsonl`,
    `state/manifest_otter_${name}.json`,
    `state/report_${name}.html`,
    `state/summary_${name}.json`,
  ])

  const film = readFileSync(join(context.outputDir, 'final/otter.mp4'))
  expect(await stored(world, `june/otter/${name}/otter.mp4`)).toEqual(film)
  const manifest = await stored(world, `june/otter/${name}/manifest.json`)
  expect(manifest).toEqual(readFileSync(join(context.outputDir, `state/manifest_otter_${name}.json`)))
  expect(JSON.parse(manifest.toString())).toMatchObject({
    run_name: name,
    film: { bucket: 'films', size: film.length, crc32c: crc32cBase64(crc32c(film)), frames: 24 },
  })
})

it('keeps everything when the stored film is not the one that was sent, and uploads it when resumed', async () => {
  const context = runContext()
  let isBroken = true
  const world = await simulatedWorld((service, http) => async (request) => {
    const response = await http(request)
    const isLook = service === 'gcs' && request.method === 'GET' && request.url.includes('otter.mp4')
    if (!isLook || !isBroken) return response
    const object: Json = await response.json()
    return Response.json({ ...object, crc32c: 'AAAAAA==' })
  })
  const failed = await context.live(world)
  expect(failed.exitCode).toBe(1)
  expect(failed.stderr).toContain('PR_UPLOAD: uploading ')
  expect(failed.stderr).toContain('the stored object differs from the file')
  const name: string = failed.summary.run_name
  const state = [`state/${name}.jsonl`, `state/report_${name}.html`, `state/summary_${name}.json`]
  expect(context.files()).toEqual(['final/otter.mp4', ...intermediates(name), ...state].toSorted())
  const film = readFileSync(join(context.outputDir, 'final/otter.mp4'))
  expect(askedOfGoogle(world).at(-1)).toBe(`gcs DELETE /storage/v1/b/films/o/june%2Fotter%2F${name}%2Fotter.mp4`)

  isBroken = false
  const before = { sent: promptsSent(world), google: askedOfGoogle(world).length }
  const resumed = await context.live(world, ['--resume', name])
  expect(`${resumed.exitCode} ${resumed.stderr}`).toBe('0 ')
  expect(promptsSent(world)).toBe(before.sent)
  expect(askedOfGoogle(world).slice(before.google)).toEqual(uploaded(name, false))
  expect(await stored(world, `june/otter/${name}/otter.mp4`)).toEqual(film)
  expect(context.files()).toEqual([
    'final/otter.mp4',
    `state/cleanup_otter_${name}.json`,
    `state/${name}.jsonl`,
    `state/manifest_otter_${name}.json`,
    `state/report_${name}.html`,
    `state/summary_${name}.json`,
  ])
  expect(journals(context.outputDir)[name]!.filter(({ kind }) => kind === 'cleanup').length).toBe(1)
})

const refusal = (code: number, message: string) =>
  Response.json(
    { error: { code, message, errors: [{ message, domain: 'global', reason: 'forbidden' }] } },
    { status: code },
  )

it.each(['otter.mp4', 'manifest.json'])(
  'adopts %s when it was stored and the run ended before it knew',
  async (file) => {
    const context = runContext()
    let isBroken = true
    const world = await simulatedWorld((service, http) => async (request) => {
      const isLook = service === 'gcs' && request.method === 'GET' && request.url.includes(file)
      return isLook && isBroken ? refusal(403, 'Not now.') : http(request)
    })
    const failed = await context.live(world)
    expect(failed.exitCode).toBe(1)
    const name: string = failed.summary.run_name

    isBroken = false
    const before = await stored(world, `june/otter/${name}/${file}`)
    const resumed = await context.live(world, ['--resume', name])
    expect(`${resumed.exitCode} ${resumed.stderr}`).toBe('0 ')
    expect(promptsSent(world)).toBe(6)
    expect(await stored(world, `june/otter/${name}/${file}`)).toEqual(before)
    expect(context.files()).toContain(`state/cleanup_otter_${name}.json`)
  },
)

it('takes no run name that the bucket has from elsewhere', async () => {
  const first = await simulatedWorld()
  const before = await runContext().live(first)
  // Another output directory, and a server that has forgotten everything.
  const second = await simulatedWorld((service, http) =>
    service === 'gcs' ? (request) => first.send('gcs', request) : http,
  )
  const after = await runContext().live(second)
  expect(`${after.exitCode} ${after.stderr}`).toBe('0 ')
  expect(after.summary.run_name).not.toBe(before.summary.run_name)
  // Whether the bucket can be reached; films of the taken name; films and claims of the next one.
  expect(askedOfGoogle(second).filter((line) => line === LIST).length).toBe(4)
  for (const { summary } of [before, after]) await stored(first, `june/otter/${summary.run_name}/manifest.json`)
})

it.each([
  [
    403,
    'No objects.list.',
    0,
    /^warning: Whether the bucket has films of a run \S+ already is not known: listing gs:\/\/films\/june\/otter\/\S+\/ was answered with 403 \(forbidden\): No objects.list.\n$/,
  ],
  [
    404,
    'No such bucket.',
    1,
    /^PR_STORAGE: listing .+ was answered with 404 \(forbidden\): No such bucket.\n {2}hint: check that the bucket gs:\/\/films exists and is spelled right in --bucket\n$/,
  ],
])('asks the bucket before the first job, and is answered with %i', async (status, message, exitCode, said) => {
  const world = await simulatedWorld((service, http) => async (request) => {
    const isList = service === 'gcs' && new URL(request.url).pathname === '/storage/v1/b/films/o'
    return isList && request.method === 'GET' ? refusal(status, message) : http(request)
  })
  const context = runContext()
  const run = await context.live(world)
  expect(run.exitCode).toBe(exitCode)
  expect(run.stderr).toMatch(said)
  expect(promptsSent(world)).toBe(exitCode === 0 ? 6 : 0)
  if (exitCode !== 0) expect(context.files()).toEqual([])
})
