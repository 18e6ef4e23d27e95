import { expect, it } from 'vitest'
import { lendModels } from '../../../src/simulators/comfyui/lend-models.ts'
import { comfyuiSimulator } from '../../../src/simulators/comfyui/simulator.ts'
import { virtualClock } from '../../../src/simulators/virtual-clock.ts'
import { knowledge, ORIGIN } from './reach-simulator.ts'

function server(...models: string[]) {
  const { http } = comfyuiSimulator({
    knowledge: lendModels(knowledge, models),
    clock: virtualClock(0, 0),
    newId: () => 'id',
  })
  return async (path: string, body?: string) => {
    const answer = await http(new Request(ORIGIN + path, body === undefined ? {} : { method: 'POST', body }))
    return answer.json()
  }
}

const prompt = JSON.stringify({
  prompt: {
    1: { class_type: 'VAELoader', inputs: { vae_name: 'old/mine.pt' } },
    2: { class_type: 'EmptyLatentImage', inputs: { width: 64, height: 64, batch_size: 1 } },
    3: { class_type: 'VAEDecode', inputs: { samples: ['2', 0], vae: ['1', 0] } },
    4: { class_type: 'SaveImage', inputs: { images: ['3', 0], filename_prefix: 'a' } },
  },
})

it('lends a model to every loader of its folder', async () => {
  const ask = server('vae/old/mine.pt', 'models/loras/a.safetensors')
  expect(await ask('/models/vae')).toEqual(['wan_2.1_vae.safetensors', 'old/mine.pt'])
  expect(await ask('/models/loras')).toContain('a.safetensors')
  expect(await ask('/prompt', prompt)).toMatchObject({ node_errors: {} })
  expect(await server()('/prompt', prompt)).toMatchObject({ error: { type: 'prompt_outputs_failed_validation' } })
})

it('says which folders there are', () => {
  expect(() => lendModels(knowledge, ['mine.safetensors'])).toThrow(
    'no class of the recording lists the files of the folder of the model "mine.safetensors"',
  )
})
