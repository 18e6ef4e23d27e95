import { dumpJson } from '../../src/simulators/comfyui/python/format.ts'
import { dict, type Py, type PyDict } from '../../src/simulators/comfyui/python/py.ts'
import { differences } from './differences.ts'
import { dictAt, dictOf, type ExecutionRecord } from './execution-record.ts'
import type { Frames } from './scenario-driver.ts'
import { collapsed, settledMessage, withoutProgress, withoutRandom } from './settle-messages.ts'

type Linked = (promptId: string, nodeId: string) => ReadonlySet<string>

/** Per socket, at the level at which the recorded server agreed with itself. */
export function compareSockets(record: ExecutionRecord, actual: ReadonlyMap<string, Frames>, linked: Linked): string[] {
  const sockets = [...new Set(record.log.flatMap((entry) => (entry.k === 'open' ? [entry.s] : [])))]
  return sockets.flatMap((socket) => {
    const wanted = record.log.flatMap((entry) => {
      if (entry.k === 'ws' && entry.s === socket) return [settledMessage(entry.d, linked)]
      if (entry.k !== 'bin' || entry.s !== socket) return []
      const header = dictOf(withoutRandom(JSON.stringify(entry.header)))
      return [binary(entry.event, header, entry.magic ?? '')]
    })
    const got = (actual.get(socket) ?? []).map((frame) =>
      typeof frame === 'string' ? settledMessage(frame, linked) : decoded(frame),
    )
    return compareAt(record.ws_stability.replace('given_output_order/', ''), wanted, got, `socket ${socket}`)
  })
}

function compareAt(level: string, wanted: PyDict[], got: PyDict[], at: string): string[] {
  switch (level) {
    case 'full':
      return inOrder(wanted, got, at)
    case 'collapsed':
      return inOrder(collapsed(wanted), collapsed(got), at)
    case 'without_progress':
      return inOrder(withoutProgress(wanted), withoutProgress(got), at)
    default: {
      // Binary frames are counted by timing here as well.
      const sorted = (messages: PyDict[]) =>
        withoutProgress(messages)
          .filter((each) => each.get('type') !== 'binary')
          .toSorted((a, b) => (dumpJson(a) < dumpJson(b) ? -1 : 1))
      return inOrder(sorted(wanted), sorted(got), `${at} (in any order)`)
    }
  }
}

function inOrder(wanted: readonly PyDict[], got: readonly PyDict[], at: string): string[] {
  const first = wanted.findIndex((message, index) => differences(message, got[index] ?? null, '').length > 0)
  if (first < 0 && wanted.length === got.length) return []
  const index = first < 0 ? wanted.length : first
  return differences(wanted[index] ?? 'nothing more', got[index] ?? 'nothing more', `${at}, message ${index}`)
}

const binary = (event: number, header: PyDict, magic: string): PyDict =>
  dict({ type: 'binary', event: BigInt(event), header, magic })

/** As the corpus writes a binary frame down. */
function decoded(frame: Uint8Array): PyDict {
  const bytes = Buffer.from(frame)
  const event = bytes.readUInt32BE(0)
  if (event === 1) return binary(event, dict({ format: BigInt(bytes.readUInt32BE(4)) }), magicOf(bytes.subarray(8)))
  const end = 8 + bytes.readUInt32BE(4)
  const head = bytes.toString('utf8', 8, end)
  if (event === 4) return binary(event, dictOf(withoutRandom(head)), magicOf(bytes.subarray(end)))
  const length: Py = BigInt(end - 8)
  return binary(event, dict({ node_id_length: length, node_id: head, text: bytes.toString('utf8', end) }), '')
}

const magicOf = (image: Buffer) => image.toString('hex', 0, 4)

/** Inputs of a node that are links, so that their values are computed; nodes of expansions count as their real node. */
export function linkedInputs(record: ExecutionRecord): Linked {
  return (promptId, nodeId) => {
    const prompts = record.log.flatMap((entry) =>
      entry.k === 'http' && entry.method === 'POST' && entry.path === '/prompt' && entry.body?.includes(promptId)
        ? [dictAt(dictOf(entry.body), 'prompt')]
        : [],
    )
    const inputs = prompts.flatMap((prompt) => [...dictAt(dictAt(prompt, nodeId), 'inputs')])
    return new Set(inputs.flatMap(([name, value]) => (Array.isArray(value) ? [name] : [])))
  }
}
