import { execFileSync } from 'node:child_process'
import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { callPr } from './call-pr.ts'
import { newFolder } from './run-pr.ts'

const yaml = 'video_name: dunes\ntotal_frames: 170\npositive_prompt: dunes\ncontrol_video: pan.mp4\n'

it.each([
  { name: 'dry-run', args: ['--dry-run', '--prompt-file', 'dunes.yaml'] },
  { name: 'live', args: ['--no-upload', '--prompt-file', 'dunes.yaml'] },
  { name: 'validate', args: ['validate', 'dunes.yaml'] },
])('$name: tells of a control video that ends before its film', async ({ name, args }) => {
  const { transcript } = await callPr(args, { cwd: folder() })
  await expect(transcript).toMatchFileSnapshot(`expected/control-video/${name}.txt`)
})

it('doctor: tells of it too', async () => {
  const { stdout } = await callPr(['doctor', '--offline', '--json', '--prompt-file', 'dunes.yaml'], { cwd: folder() })
  const { findings } = JSON.parse(stdout) as { findings: { check: string }[] }
  expect(findings.filter(({ check }) => check === 'prompts')).toEqual([
    {
      check: 'prompts',
      level: 'missing',
      code: 'PR_PLAN',
      message:
        'A control video does not fit its film. dunes.yaml: The control video pan.mp4 has 162 frames and the film 170: the rest would be rendered without it.',
    },
  ])
})

it('dry-run: takes a format that it cannot read itself, as far as ffprobe can', async () => {
  const cwd = folder()
  execFileSync('ffmpeg', ['-v', 'error', '-i', 'pan.mp4', '-c', 'copy', 'pan.mkv'], { cwd })
  writeFileSync(join(cwd, 'dunes.yaml'), yaml.replace('170', '60').replace('pan.mp4', 'pan.mkv'))
  const args = ['--dry-run', '--prompt-file', 'dunes.yaml', '--json']
  const { exitCode, stderr } = await callPr(args, { cwd })
  expect(`${exitCode} ${stderr}`).toBe('0 ')

  const without = await callPr([...args, '--ffprobe', 'no-such-ffprobe'], { cwd })
  expect(without.exitCode).toBe(1)
  expect(without.stderr).toContain(
    '*DRY-RUN* warning: dunes: a dry run reads MP4 and MOV by itself and needs ffprobe for pan.mkv: its jobs fail only here, a real server takes more\n',
  )
})

function folder(): string {
  const cwd = newFolder({ 'dunes.yaml': yaml })
  copyFileSync('fixtures/prompt_files/films/pan.mp4', join(cwd, 'pan.mp4'))
  return cwd
}
