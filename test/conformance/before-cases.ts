const image = (batch_size: number) => ({
  class_type: 'EmptyImage',
  inputs: { width: 64, height: 64, batch_size, color: 0 },
})
const shown = (node: object) => ({ 1: node, 2: { class_type: 'PreviewImage', inputs: { images: ['1', 0] } } })
const latent = { class_type: 'EmptyLatentImage', inputs: { width: 64, height: 64, batch_size: 1 } }
const sound = { class_type: 'EmptyAudio', inputs: { duration: 0.5, sample_rate: 44100, channels: 2 } }
const other = shown({ class_type: 'EmptyImage', inputs: { width: 8, height: 8, batch_size: 1, color: 1 } })

/**
 * Prompts that run before some cases. The live server got all cases in one go, and a prompt's cached nodes are those of the
 * prompt before it: where that is not among the cases here, something has to leave what it left.
 */
export const BEFORE: Readonly<Record<string, object>> = {
  cv4: other,
  'cv11 webp': shown(image(5)),
  'no2 mp3': { 1: sound, 2: { class_type: 'PreviewAudio', inputs: { audio: ['1', 0] } } },
  'no11 crop (intermediate output)': shown(image(1)),
  'v5 switch': other,
  'i14 switch output wrong': {
    1: latent,
    2: { class_type: 'SaveLatent', inputs: { samples: ['1', 0], filename_prefix: 'q/before' } },
  },
  'x31 prompt_id again': shown(image(1)),
}
