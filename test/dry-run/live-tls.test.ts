// Needs a process: the program as shipped, with ffmpeg, TLS, Google's own library and a service account. A module that Node loads
// before it turns the names of Google and RunPod to loopback; only the far end is another one.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runPr } from '../cli/run-pr.ts'
import { startWorld } from '../support/live-world.ts'
import { filesIn, promptFile, temporaryFolder } from '../support/rehearse.ts'
import { promptsSent, stored } from '../support/simulated-world.ts'

it('renders and uploads a film and stops the pod', async () => {
  const world = await startWorld()
  const cwd = temporaryFolder({ 'prompt_files/otter.txt': promptFile('otter', 24) })
  const small = ['--width', '64', '--height', '64', '--frames-per-chunk', '13']
  const { exitCode, stderr, stdout } = await runPr(['--yes', '--json', '--force-shutdown', ...small], {
    cwd,
    env: { ...world.env, PR_BUCKET: 'gs://films/june', RUNPOD_API_KEY: 'rpa_test', RUNPOD_POD_ID: 'mine' },
  })
  expect(`${exitCode} ${stderr}`).toBe('0 ')
  const { run_name: name, ...summary } = JSON.parse(stdout)
  expect(summary).toMatchObject({
    ok: true,
    jobs: { done: 6 },
    uploads: { videos: 1, manifests: 1 },
    pod: { id: 'mine', status: 'EXITED', cost_per_hour: 0.44, action: 'stopped' },
  })
  expect(promptsSent(world)).toBe(6)
  const film = readFileSync(join(cwd, 'output/prompt-runner/final/otter.mp4'))
  expect(await stored(world, `june/otter/${name}/otter.mp4`)).toEqual(film)
  expect(JSON.parse((await stored(world, `june/otter/${name}/manifest.json`)).toString())).toMatchObject({
    run_name: name,
    film: { bucket: 'films', size: film.length, frames: 24 },
  })
  expect(filesIn(join(cwd, 'output/prompt-runner'))).toEqual([
    'final/otter.mp4',
    `state/cleanup_otter_${name}.json`,
    `state/${name}.jsonl`,
    `state/manifest_otter_${name}.json`,
    `state/report_${name}.html`,
    `state/summary_${name}.json`,
  ])
})
