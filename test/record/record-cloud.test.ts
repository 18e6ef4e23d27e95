import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { loadRecording } from '../../src/recording/load-recording.ts'
import { callPr } from '../cli/call-pr.ts'
import { newFolder, runPr } from '../cli/run-pr.ts'
import { startWorld } from '../support/live-world.ts'

const example = fileURLToPath(new URL('../../fixtures/prompt_files/example.txt', import.meta.url))

it('records what a pipeline says to Google and RunPod, without tokens, sessions and assertions', async () => {
  const secrets: string[] = []
  const { asked, env } = await startWorld((_, http) => async (request) => {
    const { pathname } = new URL(request.url)
    const right = request.headers.get('authorization')?.replace('Bearer ', '')
    if (right !== undefined) secrets.push(right)
    if (pathname === '/token') secrets.push((await request.clone().text()).split('assertion=')[1]!)
    const response = await http(request)
    const session = response.headers.get('location')
    if (session !== null) secrets.push(new URL(session).searchParams.get('upload_id')!)
    return response
  })
  const cwd = newFolder()
  const rights = {
    GOOGLE_APPLICATION_CREDENTIALS: env['GOOGLE_APPLICATION_CREDENTIALS']!,
    RUNPOD_API_KEY: 'rpa_OTTER0123456789OTTER',
  }
  const where = ['--comfyui-url', env['COMFYUI_URL']!, '--bucket', 'gs://films/otters', '--pod-id', 'otter1pod2']
  const args = ['record', '--name', 'film', '--prompt-file', example, ...where, '--yes', '--quiet']
  const { stdout, stderr, exitCode } = await runPr(args, { cwd, env: { ...env, ...rights } })
  expect([stdout, stderr, exitCode]).toEqual(['Recorded recordings/film, verified by a replay: it is new.\n', '', 0])

  const folder = join(cwd, 'recordings/film')
  expect(readdirSync(folder)).toEqual(['bodies', 'comfyui.har', 'gcs.har', 'runpod.har'])
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((item) => item.isFile())
  const text = files.map((item) => readFileSync(join(item.parentPath, item.name), 'latin1')).join('\n')
  const { private_key } = JSON.parse(readFileSync(rights.GOOGLE_APPLICATION_CREDENTIALS, 'utf8'))
  expect(new Set(secrets).size).toBeGreaterThan(3)
  for (const secret of [...secrets, private_key, rights.RUNPOD_API_KEY]) expect(text).not.toContain(secret)

  const { entries } = await loadRecording(folder)
  const sent = asked.filter((line) => !line.startsWith('comfyui')).map((line) => line.replace(/^\S+ /, ''))
  const cloud = entries.filter(({ facts }) => facts['service'] !== 'comfyui')
  expect(cloud.map(({ method, url: { pathname } }) => `${method} ${pathname}`)).toEqual(sent)
  expect(new Set(sent.filter((line) => line.includes('pods')))).toEqual(new Set(['GET /v2/pods/otter1pod2']))
  const session = cloud.find(
    ({ method, url: { search } }) => method === 'POST' && search.includes('uploadType=resumable'),
  )!
  expect(session.responseHeaders.get('location')).toMatch(/&upload_id=\{\{secret:upload_id\}\}$/)
  expect(cloud.filter(({ method }) => method === 'PUT').map(({ url }) => url.searchParams.get('upload_id'))).toEqual(
    Array.from({ length: 2 }, () => '{{secret:upload_id}}'),
  )
  const token = cloud.find(({ url: { pathname } }) => pathname === '/token')!
  expect(Buffer.from(token.requestBody()).toString()).toMatch(/^grant_type=[^&]+&assertion=\{\{secret:assertion\}\}$/)

  const rehearsal = ['--dry-run', '--recording', 'film', '--prompt-file', example, ...where, '--quiet']
  const dryRun = await callPr(rehearsal, { cwd, env: rights })
  expect([dryRun.stderr, dryRun.exitCode]).toEqual(['', 0])
})
