import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { callPr } from './call-pr.ts'
import { newFolder, type PrOptions } from './run-pr.ts'

interface Case extends PrOptions {
  readonly name: string
  readonly args: readonly string[]
}

const rehearse = ['--dry-run', '--quiet', '--prompt-file', 'otter.txt']
const cases: readonly Case[] = [
  ...['pipe.txt', 'zero.yaml', 'folder.txt', 'circle.txt', 'gone.txt', 'otter.txt/otter.txt'].map((file) => ({
    name: `prompt file ${file}`,
    args: ['--dry-run', '--prompt-file', file],
  })),
  { name: 'prompt folder that is a file', args: ['--dry-run', '--prompt-dir', 'otter.txt'] },
  { name: 'reference image in a circle', args: ['--dry-run', '--prompt-file', 'start.yaml'] },
  { name: 'files to validate', args: ['validate', 'pipe.txt', 'folder.txt', 'circle.txt', 'gone.txt', 'pipe.json'] },
  { name: 'bindings that are a pipe', args: [...rehearse, '--workflows', 'templates'] },
  { name: 'workflow that is a pipe', args: ['record', '--workflow', 'pipe.json'] },
  { name: 'recording that is a pipe', args: [...rehearse, '--recording', 'pipe.har'] },
  { name: 'recording that is a folder', args: [...rehearse, '--recording', 'folder.txt'] },
  { name: 'recording that is no HAR', args: [...rehearse, '--recording', 'otter.txt'] },
  { name: 'recording that is not there', args: ['--dry-run', '--prompt-file', 'otter.txt', '--recording', 'nope'] },
  {
    name: 'key file that is a pipe',
    args: ['--bucket', 'gs://films'],
    env: { GOOGLE_APPLICATION_CREDENTIALS: 'pipe.json' },
  },
  { name: 'init into a file', args: ['init', 'otter.txt'] },
  { name: 'init below a file', args: ['init', 'otter.txt/films'] },
]

it.each(cases)('$name: is refused at once, in words', async ({ name, args, env }) => {
  const { transcript } = await callPr(args, { cwd: oddFolder(), ...(env && { env }) })
  await expect(transcript).toMatchFileSnapshot(`expected/odd-files/${name.replaceAll(/\W+/g, '-')}.txt`)
})

it.each(['pr.config.yaml', 'pr.config.ts'])(
  'refuses %s when it is a pipe, a folder, or a link that leads nowhere',
  async (name) => {
    const [pipe, folder, link] = [newFolder(), newFolder(), newFolder()]
    makePipes(join(pipe, name))
    mkdirSync(join(folder, name))
    symlinkSync('nowhere', join(link, name))
    const said = []
    for (const cwd of [pipe, folder, link]) {
      const { exitCode, stderr } = await callPr(['--show-settings'], { cwd })
      said.push([exitCode, stderr])
    }
    const refused = (why: string) => [2, `PR_CONFIG: ${name} cannot be read: ${why}\n`]
    expect(said).toEqual([
      refused('it is a pipe, a socket or a device, not a file'),
      refused('it is a folder, not a file'),
      refused('it is a link that leads nowhere'),
    ])
  },
)

function oddFolder(): string {
  const folder = newFolder({
    'otter.txt': 'otter\n\n20\n\nAn otter on a raft\n',
    'start.yaml': 'video_name: start\ntotal_frames: 20\npositive_prompt: x\nreference_image: circle.txt\n',
  })
  mkdirSync(join(folder, 'folder.txt'))
  symlinkSync('circle.txt', join(folder, 'circle.txt'))
  symlinkSync('nowhere', join(folder, 'gone.txt'))
  symlinkSync('/dev/zero', join(folder, 'zero.yaml'))
  cpSync('src/workflows', join(folder, 'templates'), { recursive: true, filter: (path) => !path.endsWith('.yaml') })
  makePipes(...['pipe.txt', 'pipe.json', 'pipe.har', 'templates/bindings.yaml'].map((name) => join(folder, name)))
  return folder
}

/** Node cannot make named pipes. */
function makePipes(...paths: readonly string[]): void {
  execFileSync('mkfifo', paths)
}
