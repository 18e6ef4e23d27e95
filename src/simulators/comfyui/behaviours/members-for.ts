import type { FileMember, ShownMember, ValueMember } from '../../../recording/shown-members.ts'
import { fromBytes } from '../../media/byte-source.ts'
import { flatImages, type ImageSequence } from '../../media/image-sequence.ts'
import { type FileType, savedName } from '../files/folder-paths.ts'
import { pyStr } from '../python/format.ts'
import type { Py } from '../python/py.ts'
import { pyOf } from './node-return.ts'
import type { OwnNode } from './own-node.ts'
import type { NodeInputs, PyLike } from './running-node.ts'
import { saveImages, writeFile } from './saved-files.ts'

/** What a node shows whose class nobody wrote down: the members that the recording saw, with this node's inputs in them. */
export function membersFor(inputs: NodeInputs, node: OwnNode): Record<string, readonly PyLike[]> {
  const again = node.recorded.shown()
  const members = node.knowledge?.members ?? []
  return Object.fromEntries(members.map((member) => [member.key, listFor(member, inputs, node, again?.[member.key])]))
}

function listFor(member: ShownMember, inputs: NodeInputs, node: OwnNode, again?: readonly unknown[]) {
  if (member.kind === 'files') return filesFor(member, inputs, node)
  return again?.map(numbers) ?? valuesFor(member, inputs)
}

function valuesFor({ values }: ValueMember, inputs: NodeInputs): PyLike[] {
  return values.map((shown) => {
    if (!('input' in shown)) return numbers(shown.value)
    const given = inputs.data(shown.input)
    return given === undefined || given === null ? null : pyStr(given)
  })
}

/** Whole numbers are ints as far as JSON tells. */
function numbers(value: unknown): PyLike {
  if (Number.isSafeInteger(value)) return BigInt(value as number)
  if (Array.isArray(value)) return value.map(numbers)
  if (typeof value !== 'object' || value === null) return value as PyLike
  return new Map(Object.entries(value).map(([key, item]): [string, Py] => [key, pyOf(numbers(item))]))
}

function filesFor(member: FileMember, inputs: NodeInputs, node: OwnNode): PyLike[] {
  const type: FileType = member.type === 'temp' ? 'temp' : 'output'
  const own = type === 'temp' ? `${member.stem}_temp_${node.instanceLetters()}` : member.stem
  const prefix = inputs.text('filename_prefix', own)
  const entries = written(member, prefix, type, inputs, node)
  const more = Object.entries(member.more).map(([key, value]): [string, Py] => [key, pyOf(numbers(value))])
  return entries.map((entry) => new Map<string, Py>([...entry, ...more]))
}

/** Pictures are one file a frame; anything else is one file that nobody can read. */
function written(member: FileMember, prefix: string, type: FileType, inputs: NodeInputs, node: OwnNode) {
  const { isPlain, key } = member
  const extension = extensionOf(member, inputs)
  const shown = extension === 'png' ? picturesFor(key, inputs) : null
  if (shown) return saveImages(node, shown, { prefix, type, isPlain })
  const path = node.files.savePath(prefix, type)
  const bytes = fromBytes(new Uint8Array())
  return [writeFile(node, path, savedName(path, extension, 0, { isPlain }), type, bytes, { kind: 'other' })]
}

/** `a_images` are those of `image_a`; a mask is shown in grey. */
function picturesFor(key: string, inputs: NodeInputs): ImageSequence | null {
  const letter = /^(.)_images$/.exec(key)?.[1]
  const images = (letter === undefined ? null : inputs.find(`image_${letter}`, 'images')) ?? inputs.first('images')
  const mask = inputs.first('mask')
  return images?.images ?? (mask && flatImages(mask.width, mask.height, mask.count, 0x808080))
}

/** A format that an input names is the extension, where it was when the recording was made. */
function extensionOf({ extension, extensionInput }: FileMember, inputs: NodeInputs): string {
  const named = extensionInput === null ? undefined : inputs.data(extensionInput)
  return typeof named === 'string' && /^\w+$/.test(named) ? named : extension
}
