import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startLive } from '../support/live-process.ts'
import { startWorld } from '../support/live-world.ts'
import { promptFile, temporaryFolder } from '../support/rehearse.ts'
import { promptsSent, stored } from '../support/simulated-world.ts'

const MIB = 2 ** 20

/** A box that players skip, so that a film of a few KiB takes several chunks to upload. */
function padding(size: number): Buffer {
  const box = Buffer.alloc(size)
  box.writeUInt32BE(size)
  box.write('free', 4)
  return box
}

it('goes on with an upload in whose middle the program was killed', async () => {
  const cwd = temporaryFolder({ 'prompt_files/otter.txt': promptFile('otter', 24) })
  const killed = Promise.withResolvers<void>()
  const ranges: string[] = []
  const world = await startWorld((service, http) => async (request) => {
    const { pathname, searchParams } = new URL(request.url)
    const range = request.headers.get('content-range')
    if (service === 'comfyui' && pathname === '/view' && /combine_002/.test(searchParams.get('subfolder') ?? '')) {
      const film = Buffer.from(await (await http(request)).arrayBuffer())
      return new Response(Buffer.concat([film, padding(20 * MIB)]))
    }
    if (service !== 'gcs' || range === null || !/otter\.mp4/.test(request.url)) return http(request)
    ranges.push(range.replace(/\d{8}(?=$)/, 'SIZE'))
    if (ranges.length !== 3) return http(request)
    killed.resolve()
    return new Promise(() => {})
  })
  const flags = ['--width', '64', '--height', '64', '--frames-per-chunk', '13', '--bucket', 'gs://films/june']
  const first = startLive(flags, { cwd, env: world.env })
  await Promise.race([killed.promise, first.ended.then(({ stderr }) => expect(stderr).toBe('killed'))])
  first.child.kill('SIGKILL')
  const { stdout, stderr } = await first.ended

  const state = join(cwd, 'output/prompt-runner/state')
  const session = readdirSync(state).find((name) => name.includes('.upload-'))!
  expect((statSync(join(state, session)).mode & 0o777).toString(8)).toBe('600')
  const id = new URL(JSON.parse(readFileSync(join(state, session), 'utf8')).uri).searchParams.get('upload_id')!
  const name = session.slice(0, session.indexOf('.'))
  for (const text of [stdout, stderr, readFileSync(join(state, `${name}.jsonl`), 'utf8')])
    expect(text).not.toContain(id)

  const second = await startLive([...flags, '--resume', name], { cwd, env: world.env }).ended
  expect(`${second.exitCode} ${second.stderr}`).toBe('0 ')
  expect(ranges).toEqual([
    'bytes 0-8388607/SIZE',
    'bytes 8388608-16777215/SIZE',
    expect.stringMatching(/^bytes 16777216-\d+\/SIZE$/),
    'bytes */SIZE',
    expect.stringMatching(/^bytes 16777216-\d+\/SIZE$/),
  ])
  expect(promptsSent(world)).toBe(6)
  const film = readFileSync(join(cwd, 'output/prompt-runner/final/otter.mp4'))
  expect((await stored(world, `june/otter/${name}/otter.mp4`)).equals(film)).toBe(true)
  expect(readdirSync(state).filter((file) => file.includes('.upload-'))).toEqual([])
})
