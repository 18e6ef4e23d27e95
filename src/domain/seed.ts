/** A seed from a text, below 2^48 so that each chunk of the longest film can count on from it: two FNV-1a hashes side by side. */
export function deriveSeed(text: string): number {
  return (fnv1a(text, 0x811c9dc5) & 0xffff) * 2 ** 32 + fnv1a(text, 0x01000193)
}

/** Fowler–Noll–Vo 1a over UTF-16 units, 32 bits, unsigned. */
function fnv1a(text: string, offset: number): number {
  let hash = offset
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}
