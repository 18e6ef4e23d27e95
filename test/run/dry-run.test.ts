import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { callPr } from '../cli/call-pr.ts'
import { promptFile, runFolder, temporaryFolder } from '../support/rehearse.ts'

it('brings home what there is of templates whose LOW saves no latent', async () => {
  const cwd = temporaryFolder({ 'prompt_files/otter.txt': promptFile('otter', 5) })
  cpSync('fixtures/workflows/vhs', join(cwd, 'own'), { recursive: true })
  const path = join(cwd, 'own/bindings.yaml')
  const bindings = readFileSync(path, 'utf8')
  const latent = '      latent: { class: SaveLatent }\n'
  // The first one is HIGH's, which LOW needs.
  writeFileSync(
    path,
    bindings.slice(0, bindings.lastIndexOf(latent)) + bindings.slice(bindings.lastIndexOf(latent) + latent.length),
  )
  const args = ['--dry-run', '--workflows', 'own', '--keep-intermediate', '--width', '64', '--height', '64']
  const { exitCode, stderr } = await callPr(args, { cwd })
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  const { files, summary } = runFolder(cwd)
  const name = summary.run_name
  expect(files.filter((file) => /output\/(latents|videos)/.test(file))).toEqual([
    `output/latents/otter_${name}_chunk_001_high.latent`,
    `output/videos/otter_${name}_chunk_001.mp4`,
  ])
})

it('says before the first job that a recording does not know the classes of the plan', async () => {
  const cwd = temporaryFolder({ 'prompt_files/otter.txt': promptFile('otter', 5) })
  const { transcript } = await callPr(
    ['--dry-run', '--recording', 'comfyui-smoke', '--width', '64', '--height', '64'],
    {
      cwd,
    },
  )
  expect(transcript).toMatchInlineSnapshot(`
    "$ pr --dry-run --recording comfyui-smoke --width 64 --height 64
    *DRY-RUN* PR_RECORDING: the recording comfyui-smoke does not know what the plan is made of: UnetLoaderGGUF, LoraLoaderModelOnly, ModelSamplingSD3, CLIPLoader, CLIPTextEncode, VAELoader, WanVaceToVideo, KSamplerAdvanced, TrimVideoLatent, VAEDecode
    *DRY-RUN*   hint: \`pr record --probe --classes all --name mine --output-dir output/prompt-runner\` takes all classes of a live server, which costs nothing; a plan is recorded with --prompt-file
    exit code 3
    "
  `)
  expect(readdirSync(cwd)).toEqual(['prompt_files'])
})
