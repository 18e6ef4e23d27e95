/**
 * The whole body; null when it is longer than `limit` bytes. The rest is then read and dropped, so that a client that sends
 * everything before it listens gets its answer.
 */
export async function readBody(request: Request, limit: number): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.length
    if (size > limit) chunks.length = 0
    else chunks.push(chunk)
  }
  return size > limit ? null : Buffer.concat(chunks)
}
