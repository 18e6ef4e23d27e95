import { CallWrapper, ComfyApi, PromptBuilder } from '@saintno/comfyui-sdk'
import { Client } from '@stable-canvas/comfyui-client'
import { WebSocket } from 'ws'

/** A client of somebody else, which draws pictures at an address one after the other; gives the names of the files. */
export type OtherClient = (address: string, count: number) => Promise<string[]>

/** What these clients ask for to find out which packs a server has. */
export const PROBES = ['/manager/version']

const graph = (color: number) => ({
  paint: { class_type: 'EmptyImage', inputs: { width: 32, height: 16, batch_size: 1, color } },
  save: { class_type: 'SaveImage', inputs: { images: ['paint', 0] as [string, number], filename_prefix: 'other' } },
})

/** As editors export it. */
const titled = (nodes: ReturnType<typeof graph>) => ({
  paint: { ...nodes.paint, _meta: { title: 'Paint' } },
  save: { ...nodes.save, _meta: { title: 'Save' } },
})

async function inTurn(count: number, draw: (number: number) => Promise<string>): Promise<string[]> {
  const names: string[] = []
  for (let number = 0; number < count; number += 1) names.push(await draw(number))
  return names
}

interface Saved {
  readonly images: ReadonlyArray<{ readonly filename: string }>
}

/** `@saintno/comfyui-sdk`, which waits for events of a prompt whose id it has from the answer. */
const sdk: OtherClient = async (address, count) => {
  const api = new ComfyApi(address)
  await new Promise<void>((ready) => {
    api.on('connected', () => ready())
    api.init()
  })
  try {
    return await inTurn(count, async (number) => {
      const builder = new PromptBuilder(titled(graph(number)), [], ['save']).setOutputNode('save', 'save')
      const result = await new CallWrapper(api, builder).run()
      if (!result) throw new Error(`the SDK gave ${result}`)
      return (result as unknown as { save: Saved }).save.images[0]!.filename
    })
  } finally {
    api.destroy()
  }
}

/** `@stable-canvas/comfyui-client`, which waits at its socket. */
const canvas: OtherClient = async (address, count) => {
  const client = new Client({ api_host: new URL(address).host, WebSocket: WebSocket as never, fetch })
  await client.connect()
  try {
    return await inTurn(count, async (number) => {
      const { images } = await client.enqueue(graph(number))
      return new URL((images[0] as { data: string }).data).searchParams.get('filename')!
    })
  } finally {
    client.close()
  }
}

/** As a serverless worker does it: no socket, the history again and again. */
const poller: OtherClient = async (address, count) => {
  const answer = async (path: string, options?: RequestInit) => {
    const response = await fetch(address + path, options)
    if (!response.ok) throw new Error(`${path}: ${response.status}`)
    return response
  }
  await answer('/')
  const input = new FormData()
  input.append('image', new Blob([new Uint8Array(8)], { type: 'image/png' }), 'input.png')
  input.append('overwrite', 'true')
  await answer('/upload/image', { method: 'POST', body: input })
  return inTurn(count, async (number) => {
    const body = JSON.stringify({ prompt: graph(number), client_id: 'worker' })
    const { prompt_id: id } = (await (await answer('/prompt', { method: 'POST', body })).json()) as {
      prompt_id: string
    }
    for (;;) {
      const history = (await (await answer(`/history/${id}`)).json()) as Record<string, { outputs: { save: Saved } }>
      const name = history[id]?.outputs.save.images[0]?.filename
      if (name === undefined) continue
      await (await answer(`/view?filename=${name}&type=output&subfolder=`)).arrayBuffer()
      return name
    }
  })
}

/** By the names of their packages. */
export const otherClients = {
  '@saintno/comfyui-sdk': sdk,
  '@stable-canvas/comfyui-client': canvas,
  'a worker that polls': poller,
} satisfies Record<string, OtherClient>
