import { expect, it } from 'vitest'
import { callPr } from './call-pr.ts'

const args = [
  '--show-settings',
  '--width',
  '640',
  '--comfyui-header',
  'X-Team: otters',
  '--prompt-file',
  'a.txt',
  '--prompt-file',
  'b.txt',
]
const env = {
  COMFYUI_TOKEN: 'abc-secret',
  RUNPOD_API_KEY: 'rpa_secret',
  RUNPOD_POD_ID: 'p1',
  PR_BUCKET: 'gs://films/otters/',
  DRY_RUN: 'yes',
}
const files = { 'pr.config.yaml': '# ours\nwidth: 320\nheight: 640\n\nsteps: 6\n' }

it('shows every setting with its value and origin, secrets masked', async () => {
  const { transcript, stdout } = await callPr(args, { env, files })
  // How wide the columns are depends on where the folder is.
  await expect(transcript.replaceAll(/ {2,}/g, '  ')).toMatchFileSnapshot('expected/show-settings.txt')
  expect(stdout).not.toContain('secret')
})

it('shows the same as JSON', async () => {
  const { transcript, stdout } = await callPr([...args, '--json'], { env, files })
  await expect(transcript).toMatchFileSnapshot('expected/show-settings-json.txt')
  expect(stdout).not.toContain('secret')
})

it('warns when the folder for run folders cannot be written to', async () => {
  const { stderr, stdout, cwd } = await callPr(['--show-settings', '--json', '--dry-run'], {
    env: { DRY_RUN_TEMP_DIR: 'file/runs' },
    files: { file: '' },
  })
  expect(stderr).toBe(
    `*DRY-RUN* warning: DRY_RUN_TEMP_DIR names ${cwd}/file/runs, which cannot be written to: run folders go to ${cwd} instead\n`,
  )
  expect(JSON.parse(stdout).settings.dryRunTempDir).toEqual({ value: cwd, origin: 'default' })
})
