/** A body that breaks off after some bytes, as it did when it was recorded. The error comes later: one beside the first bytes would be all that a client sees. */
export function cutBody(bytes: Uint8Array<ArrayBuffer>, reason: string): ReadableStream<Uint8Array> {
  let isSent = bytes.length === 0
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (isSent) {
          await new Promise((later) => setTimeout(later, 10))
          controller.error(new Error(reason))
          return
        }
        isSent = true
        controller.enqueue(bytes)
      },
    },
    { highWaterMark: 0 },
  )
}
