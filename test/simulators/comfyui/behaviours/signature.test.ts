import { expect, it } from 'vitest'
import { checkArguments, signatureOf } from '../../../../src/simulators/comfyui/behaviours/signature.ts'
import { classTraits } from '../../../../src/simulators/comfyui/execute/node-runner.ts'
import { data } from '../../../../src/simulators/comfyui/execute/value.ts'
import { dict } from '../../../../src/simulators/comfyui/python/py.ts'

const own = classTraits(dict({ input: dict({ required: dict({ vae: ['VAE'], samples: ['LATENT'] }) }) }))
const live = own.inputsOf(new Map())
const ofPack = { ...own, module: 'custom_nodes.ComfyUI-KJNodes' }
const given = (...names: string[]) => new Map(names.map((name) => [name, data(null)]))

it('names a function as a behaviour does, else as a recording did, and else marks that it does not know', () => {
  const names = [
    signatureOf('SaveGIF', own, { functionName: 'SaveGIF.save' }, 'Saver.save_gif').name,
    signatureOf('SaveGIF', own, {}, 'Saver.save_gif').name,
    signatureOf('SaveGIF', own).name,
  ]
  expect(names).toEqual(['SaveGIF.save', 'Saver.save_gif', 'SaveGIF.<function>'])
})

it('expects nothing of a class of a pack that it does not know', () => {
  const unknown = signatureOf('ImageConcatMulti', ofPack)
  expect(() => checkArguments(unknown, own, live, given('image_3'))).not.toThrow()
  expect(() => checkArguments(unknown, own, live, given())).not.toThrow()
})

it.each([
  ['custom_nodes.ComfyUI-VideoHelperSuite', {}],
  ['custom_nodes.ComfyUI-KJNodes', { run: () => ({}) }],
  ['comfy_extras.nodes_video', {}],
])('holds a class of %s to its inputs when it knows what the class takes', (module, behaviour) => {
  expect(() => checkArguments(signatureOf('X', { ...own, module }, behaviour), own, live, given('image_3'))).toThrow(
    "X.<function>() got an unexpected keyword argument 'image_3'",
  )
})

it('lets a function with **kwargs have anything', () => {
  expect(() => checkArguments(signatureOf('X', own, { kwargs: true }), own, live, given('image_3'))).not.toThrow()
})

it('misses arguments in the order of the parameters', () => {
  const signature = signatureOf('VAEDecode', own, { functionName: 'VAEDecode.decode', parameters: ['vae', 'samples'] })
  expect(() => checkArguments(signature, own, live, given())).toThrow(
    "VAEDecode.decode() missing 2 required positional arguments: 'vae' and 'samples'",
  )
})
