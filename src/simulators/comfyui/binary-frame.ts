import type { Preview } from './execute/node-runner.ts'
import { dumpJson } from './python/dump.ts'
import type { PyDict } from './python/py.ts'

const PREVIEW_IMAGE = 1
const TEXT = 3
const PREVIEW_IMAGE_WITH_METADATA = 4

/** A preview. Every number in a binary frame of the socket is unsigned, 32 bits long and big-endian. */
export function previewFrame({ format, bytes }: Preview): Uint8Array {
  return Buffer.concat([u32(PREVIEW_IMAGE), u32(format === 'jpeg' ? 1 : 2), bytes])
}

/** The preview for clients that announced `supports_preview_metadata`; its format stands in the metadata. */
export function previewWithMetadataFrame({ bytes }: Preview, metadata: PyDict): Uint8Array {
  return sized(PREVIEW_IMAGE_WITH_METADATA, dumpJson(metadata), bytes)
}

/** A line of text that is shown in a node. */
export function textFrame(nodeId: string, text: string): Uint8Array {
  return sized(TEXT, nodeId, Buffer.from(text))
}

function sized(event: number, head: string, rest: Uint8Array): Uint8Array {
  const bytes = Buffer.from(head)
  return Buffer.concat([u32(event), u32(bytes.length), bytes, rest])
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
