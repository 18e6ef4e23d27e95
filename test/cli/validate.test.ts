import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { templateFolder } from '../support/template-folder.ts'
import { capturedStreams } from './captured-output.ts'
import { newFolder, runPr } from './run-pr.ts'

const example = readFileSync('fixtures/prompt_files/example.txt', 'utf8')
const broken = 'fixtures/broken-workflows'

const cases: ReadonlyArray<{ name: string; args: string[]; files?: Record<string, string> }> = [
  { name: 'nothing there', args: ['--prompt-dir', './prompt_files'] },
  { name: 'a folder of prompt files', args: ['./films'], files: { 'films/a.txt': example, 'films/note.md': 'mine' } },
  { name: 'a folder of nothing', args: ['./films'], files: { 'films/note.md': 'mine' } },
  { name: 'a file that is not there', args: ['./otter.txt'] },
  {
    name: 'models that are missing',
    args: ['./a.txt', '--high-model', 'high.gguf', '--low-lora', 'wan22_low_t2v.safetensors'],
    files: { 'a.txt': example },
  },
  {
    name: 'a faulty prompt file beside a missing model',
    args: ['./a.txt', '--vae', 'vae.pt'],
    files: { 'a.txt': 'otter\n' },
  },
  { name: 'sizes that make no plan', args: ['./a.yaml'], files: { 'a.yaml': `${yaml()}width: 500\n` } },
  { name: 'strict', args: ['./a.txt', '--strict'], files: { 'a.txt': `${example}\nblurry\n` } },
  { name: 'wrong option', args: ['--stric'] },
  { name: 'unknown recording', args: ['--recording', 'nowhere'] },
]

function yaml() {
  return 'video_name: otter\ntotal_frames: 202\npositive_prompt: an otter\nnegative_prompt: ""\n'
}

/** What `pr` says in a folder of these files; arguments that begin with `./` are paths in it. */
async function validated(args: readonly string[], folder: string): Promise<string> {
  const { streams, texts } = capturedStreams()
  const paths = args.map((argument) => (argument.startsWith('./') ? join(folder, argument) : argument))
  const exitCode = await main(['validate', ...paths], {}, folder, streams)
  const transcript = `$ pr validate ${args.join(' ')}\n${texts.stdout}${texts.stderr}exit code ${exitCode}\n`
  return transcript.replaceAll(`${folder}/`, '')
}

it('checks all that a run would use when no file is named', async () => {
  const files = { 'prompt_files/example.txt': example }
  const { transcript } = await runPr(['validate'], { files })
  await expect(transcript).toMatchFileSnapshot('expected/validate/all-that-a-run-would-use.txt')
})

it.each(cases)('tells of $name', async ({ name, args, files }) => {
  await expect(await validated(args, newFolder(files))).toMatchFileSnapshot(
    `expected/validate/${name.replaceAll(/\W+/g, '-')}.txt`,
  )
})

it('reports everything as one object with --json', async () => {
  const cwd = newFolder()
  copyFileSync(`${broken}/missing-lora.json`, join(cwd, 'wf.json'))
  await expect(await validated(['./wf.json', '--json'], cwd)).toMatchFileSnapshot('expected/validate/json.txt')
})

it('checks a folder of templates with a film of two chunks', async () => {
  const folder = templateFolder({ render: (text) => text.replace('"scheduler": "simple"', '"scheduler": "simpel"') })
  const transcript = await validated([folder], newFolder())
  await expect(transcript.replaceAll(folder, '<templates>')).toMatchFileSnapshot('expected/validate/templates.txt')
})

it('checks against what another server answers to GET /object_info', async () => {
  const cwd = newFolder()
  copyFileSync('fixtures/workflows/object_info.json', join(cwd, 'new.json'))
  copyFileSync(`${broken}/everything-missing.json`, join(cwd, 'wf.json'))
  const checked = await validated(['./wf.json', '--object-info', './new.json'], cwd)
  await expect(checked).toMatchFileSnapshot('expected/validate/object-info.txt')
  expect(await validated(['./wf.json', '--object-info', './none.json'], cwd)).toMatchInlineSnapshot(`
    "$ pr validate ./wf.json --object-info ./none.json
    PR_USAGE: --object-info none.json: There is no such file.
    exit code 2
    "
  `)
  writeFileSync(join(cwd, 'worker.json'), `{"input": {"workflow": ${readFileSync(join(cwd, 'wf.json'), 'utf8')}}}`)
  writeFileSync(join(cwd, 'page.json'), '<html>')
  for (const file of ['wf.json', 'worker.json', 'page.json']) {
    expect(await validated(['./wf.json', '--object-info', `./${file}`], cwd)).toBe(
      `$ pr validate ./wf.json --object-info ./${file}\nPR_USAGE: --object-info ${file}: It has no node classes.\n  hint: give what the server answers to GET /object_info, kept in a file\nexit code 2\n`,
    )
  }
})

it.each([
  ['UTF-8 with a byte order mark', (text: string) => Buffer.from(`\uFEFF${text}`)],
  ['UTF-16 as Windows writes it', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
  ['UTF-16 the other way round', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
])('reads a workflow in %s', async (_, encoded) => {
  const cwd = newFolder()
  const graph = { 1: { class_type: 'EmptyImage', inputs: { width: 16, height: 16, batch_size: 1, color: 0 } } }
  const saving = { ...graph, 2: { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'Größe' } } }
  writeFileSync(join(cwd, 'wf.json'), encoded(JSON.stringify(saving)))
  expect(await validated(['./wf.json'], cwd)).toContain('Valid: checked 1 workflow')
})

it('tells in one report of files of every kind', async () => {
  const cwd = newFolder({ 'prompts/a.txt': example, 'prompts/b.txt': 'otter\n' })
  mkdirSync(join(cwd, 'workflows'))
  for (const name of ['everything-missing', 'link-to-nowhere']) {
    copyFileSync(`${broken}/${name}.json`, join(cwd, 'workflows', `${name}.json`))
  }
  await expect(await validated(['./prompts', './workflows', './notes.md'], cwd)).toMatchFileSnapshot(
    'expected/validate/every-kind.txt',
  )
})
