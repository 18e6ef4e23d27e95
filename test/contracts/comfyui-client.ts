import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { PromptEvent } from '../../src/clients/clients.ts'
import { type ComfyuiOptions, createComfyuiClient } from '../../src/clients/comfyui/comfyui.ts'
import { recorded } from '../clients/loopback-comfyui.ts'

/** Something that behaves like a ComfyUI 0.3.64 with the models of the recordings. Fresh: empty cache, queue and folders. */
export interface ReachableComfyui extends Pick<ComfyuiOptions, 'url' | 'webSocket' | 'ca' | 'headers'> {
  /** `GET /queue`, … of all requests so far, without the socket's. */
  requests(): readonly string[]
  close(): Promise<void>
}

/** What the real client gets out of ComfyUI, however it is reached. */
export function comfyuiClientContract(name: string, reach: () => Promise<ReachableComfyui>): void {
  async function connected() {
    const server = await reach()
    const client = createComfyuiClient({ ...server, clientId: 'f5b1d9c2-6f0e-4c4c-9d5f-0d4b0f4d3c11' })
    onTestFinished(async () => {
      await client.close()
      await server.close()
    })
    await client.connect()
    return { client, server }
  }

  async function temporary(file: string): Promise<string> {
    return join(await mkdtemp(join(tmpdir(), 'comfyui-client-')), file)
  }

  it(`${name}: follows a render from submission to its history entry with two requests`, async () => {
    const { client, server } = await connected()
    const { prompt } = recorded('high')
    const events: PromptEvent[] = []
    const { promptId } = await client.submit({ promptId: PROMPT_ID, graph: prompt })
    const entry = await client.follow(promptId, (event) => events.push(event))

    const latents = [{ filename: 'high_00001_.latent', subfolder: 'wren/chunk1', type: 'output' }]
    expect({ ...entry, messages: entry.messages.map(([kind]) => kind) }).toEqual({
      promptId: PROMPT_ID,
      status: 'success',
      files: { 11: latents },
      outputs: { 11: { latents } },
      messages: ['execution_start', 'execution_cached', 'execution_success'],
    })
    const told = events.filter(({ kind }) => !['queue', 'preview'].includes(kind))
    expect(told.slice(0, 2)).toEqual([{ kind: 'started' }, { kind: 'cached', nodes: [] }])
    const nodes = told.flatMap((event) => (event.kind === 'executing' ? [event.node] : []))
    expect(nodes.toSorted()).toEqual(Object.keys(prompt).toSorted())
    expect(told.slice(-4)).toEqual([
      { kind: 'progress', node: '10', value: 1, max: 2 },
      { kind: 'progress', node: '10', value: 2, max: 2 },
      { kind: 'executing', node: '11' },
      { kind: 'executed', node: '11', output: { latents }, files: latents },
    ])
    expect(server.requests()).toEqual(['POST /prompt', `GET /history/${PROMPT_ID}`])
    expect(await client.queue()).toEqual({ running: [], pending: [] })
    expect(await client.queueRemaining()).toBe(0)
  })

  it(`${name}: downloads the file that the history names`, async () => {
    const { client } = await connected()
    const { promptId } = await client.submit({ promptId: PROMPT_ID, graph: recorded('high').prompt })
    const entry = await client.follow(promptId, () => {})
    const path = await temporary('high.latent')
    const { bytes } = await client.download(entry.files['11']![0]!, path)
    const content = await readFile(path)
    expect(content.length).toBe(bytes)
    // A safetensors file: the length of its JSON header, then the header.
    expect(content.subarray(8, 10).toString()).toBe('{"')
  })

  it(`${name}: says that there is no file of a name`, async () => {
    const { client } = await connected()
    const file = { filename: 'gone_00001_.mp4', subfolder: 'wren', type: 'output' } as const
    await expect(client.download(file, await temporary('gone.mp4'))).rejects.toMatchObject({ code: 'PR_COMFY_HTTP' })
  })

  it(`${name}: names node, input and value of a LoRA that the server does not have`, async () => {
    const { client } = await connected()
    const submitted = client.submit({ promptId: PROMPT_ID, graph: recorded('unknown-lora').prompt })
    const hint =
      'the server has no file of this name for lora_name: put it into its models folder, or choose one that it has. Did you mean "wan2.2_high_t2v.safetensors"?'
    await expect(submitted).rejects.toMatchObject({
      code: 'PR_COMFY_REJECTED',
      hint,
      problems: [
        {
          file: 'node 2 "LoRA high" (LoraLoaderModelOnly)',
          message:
            "input lora_name: Value not in list (lora_name: 'wan2.2_hihg_t2v.safetensors' not in ['wan2.2_high_t2v.safetensors', 'wan2.2_low_t2v.safetensors'])",
          value: 'wan2.2_hihg_t2v.safetensors',
          hint,
        },
      ],
    })
  })

  it(`${name}: says that a node class is not installed`, async () => {
    const { client } = await connected()
    const submitted = client.submit({ promptId: PROMPT_ID, graph: recorded('unknown-class').prompt })
    await expect(submitted).rejects.toMatchObject({
      code: 'PR_COMFY_REJECTED',
      problems: [
        { file: 'workflow', message: "Cannot execute because node UnetLoaderGGUFx does not exist. (Node ID '#1')" },
      ],
    })
  })

  it(`${name}: takes the name of an upload from the answer`, async () => {
    const { client } = await connected()
    const [first, second] = [await temporary('reference.png'), await temporary('reference.png')]
    await writeFile(first, 'one picture')
    await writeFile(second, 'another picture')
    const stored = { filename: 'reference.png', subfolder: '', type: 'input' }
    expect(await client.upload(first)).toEqual(stored)
    expect(await client.upload(first)).toEqual(stored)
    expect(await client.upload(second)).toEqual({ ...stored, filename: 'reference (1).png' })
  })

  it(`${name}: says that a prompt nobody knows is lost`, async () => {
    const { client } = await connected()
    await expect(client.follow(PROMPT_ID, () => {})).rejects.toMatchObject({ code: 'PR_COMFY_LOST' })
  })

  it(`${name}: accepts every command about prompts that do not exist`, async () => {
    const { client } = await connected()
    await client.interrupt(PROMPT_ID)
    await client.interrupt()
    await client.deleteQueued([PROMPT_ID])
    await client.free({ unloadModels: true, freeMemory: true })
    expect(await client.history(PROMPT_ID)).toBeNull()
  })

  it(`${name}: tells version, features and node classes`, async () => {
    const { client } = await connected()
    expect(await client.systemStats()).toMatchObject({ comfyuiVersion: '0.3.64' })
    expect(await client.features()).toEqual({ supports_preview_metadata: true, max_upload_size: 104857600 })
    expect(Object.keys(JSON.parse(await client.objectInfoText('VAELoader')))).toEqual(['VAELoader'])
  })
}

const PROMPT_ID = '7d3f9a52-3c0c-5d0e-8f4e-4a5a0d9e6b21'
