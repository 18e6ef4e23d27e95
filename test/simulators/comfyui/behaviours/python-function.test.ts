import { expect, it } from 'vitest'
import { checkArguments, pythonFunction } from '../../../../src/simulators/comfyui/behaviours/python-function.ts'
import { classTraits } from '../../../../src/simulators/comfyui/execute/node-runner.ts'
import { data } from '../../../../src/simulators/comfyui/execute/value.ts'
import { dict } from '../../../../src/simulators/comfyui/python/py.ts'

const v1 = classTraits(dict({ input: dict({ required: dict({ vae: ['VAE'], samples: ['LATENT'] }) }) }))
const v3 = { ...v1, isV3: true }
const given = (...names: string[]) => new Map(names.map((name) => [name, data(null)]))

it.each([
  ['PreviewImage', v1, 'SaveImage.save_images'],
  ['VHS_LoadVideo', v1, 'LoadVideoUpload.load_video'],
  ['VHS_SplitImages', v1, 'SplitImages.split_images'],
  ['ModelMergeSD1', v1, 'ModelMergeBlocks.merge'],
  ['Epsilon Scaling', v3, 'EpsilonScaling.execute'],
  ['SaveVideo', v3, 'SaveVideo.execute'],
])('knows the function of %s as Python names it', (classType, traits, name) => {
  expect(pythonFunction(classType, traits).name).toBe(name)
})

it('expects nothing of a class that it does not know', () => {
  const unknown = pythonFunction('ImageConcatMulti', v1)
  expect(() => checkArguments(unknown, v1, given('image_3'))).not.toThrow()
  expect(() => checkArguments(unknown, v1, given())).not.toThrow()
})

it('misses arguments in the order of the parameters', () => {
  expect(() => checkArguments(pythonFunction('VAEDecode', v1), v1, given())).toThrow(
    "VAEDecode.decode() missing 2 required positional arguments: 'vae' and 'samples'",
  )
})
