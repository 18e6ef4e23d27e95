import { expect } from 'vitest'

/** Sends prompts one after the other; tells how many were spoken of on the socket before the client knew their id. */
export async function overtaken(comfyui: string, prompts: number): Promise<number> {
  const known = new Set<string>()
  const succeeded = new Set<string>()
  let early = 0
  const socket = new WebSocket(`${comfyui.replace('http', 'ws')}/ws?clientId=c1`)
  socket.addEventListener('message', ({ data }) => {
    const { type, data: said } = JSON.parse(data)
    if (said.prompt_id === undefined) return
    if (!known.has(said.prompt_id)) early += 1
    if (type === 'execution_success') succeeded.add(said.prompt_id)
  })
  await new Promise((opened) => socket.addEventListener('open', opened))
  for (let count = 0; count < prompts; count += 1) {
    const body = JSON.stringify({ client_id: 'c1', prompt: picture(count) })
    const answer = await fetch(`${comfyui}/prompt`, { method: 'POST', body })
    const { prompt_id } = (await answer.json()) as { prompt_id: string }
    known.add(prompt_id)
    await expect.poll(() => succeeded.has(prompt_id), { interval: 1 }).toBe(true)
  }
  socket.close()
  return early
}

const picture = (color: number) => ({
  1: { class_type: 'EmptyImage', inputs: { width: 16, height: 16, batch_size: 1, color } },
  2: { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'picture' } },
})
