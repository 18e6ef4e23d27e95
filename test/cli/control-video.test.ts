import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { newFolder, runPr } from './run-pr.ts'

const yaml = 'video_name: dunes\ntotal_frames: 170\npositive_prompt: dunes\ncontrol_video: pan.mp4\n'

it.each([
  { name: 'dry-run', args: ['--dry-run', '--prompt-file', 'dunes.yaml'] },
  { name: 'live', args: ['--no-upload', '--prompt-file', 'dunes.yaml'] },
  { name: 'validate', args: ['validate', 'dunes.yaml'] },
])('$name: tells of a control video that ends before its film', async ({ name, args }) => {
  const { transcript } = await runPr(args, { cwd: folder() })
  await expect(transcript).toMatchFileSnapshot(`expected/control-video/${name}.txt`)
})

it('doctor: tells of it too', async () => {
  const { stdout } = await runPr(['doctor', '--offline', '--json', '--prompt-file', 'dunes.yaml'], { cwd: folder() })
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

function folder(): string {
  const cwd = newFolder({ 'dunes.yaml': yaml })
  copyFileSync('fixtures/prompt_files/films/pan.mp4', join(cwd, 'pan.mp4'))
  return cwd
}
