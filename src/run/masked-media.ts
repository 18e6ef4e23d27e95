import { TextMask } from '../recording/mask-text.ts'
import { isText } from '../recording/text-body.ts'
import type { SimulatedService } from '../simulators/simulator.ts'

/**
 * A service whose films and pictures come without the secrets in what they say of the workflow that made them: taken out on the way, so
 * that no file of a run folder holds one at any moment, whoever ends the run.
 */
export function maskedMedia(service: SimulatedService, redact: (text: string) => string): SimulatedService {
  return {
    ...service,
    async http(request) {
      const response = await service.http(request)
      // Text is redacted by what it is, and as a whole.
      if (response.body === null || isText(response.headers.get('content-type') ?? '')) return response
      return new Response(response.body.pipeThrough(maskStream(redact)), response)
    },
  }
}

function maskStream(redact: (text: string) => string): TransformStream<Uint8Array, Uint8Array> {
  const mask = new TextMask(redact)
  const pass = (bytes: Buffer, controller: TransformStreamDefaultController<Uint8Array>) => {
    if (bytes.length > 0) controller.enqueue(bytes)
  }
  return new TransformStream({
    transform: (bytes, controller) => pass(mask.add(bytes), controller),
    flush: (controller) => pass(mask.end(), controller),
  })
}
