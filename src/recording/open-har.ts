import { gunzipSync } from 'node:zlib'
import { readInput } from '../files/read-input.ts'
import { type BodyFiles, filesBeside, filesInArchive } from './body-files.ts'
import { isZip, MOST_UNPACKED, readZip } from './zip.ts'

/**
 * Reads the text of a HAR, packed by gzip or not, or in an archive as Playwright writes it, whatever its name. Throws an Error
 * whose message says why not.
 */
export async function openHar(path: string): Promise<{ text: string; files: BodyFiles }> {
  const bytes = await readInput(path)
  if (isZip(bytes)) {
    const files = readZip(bytes)
    const names = [...files.keys()].filter((name) => name.toLowerCase().endsWith('.har'))
    const [name = ''] = names
    if (names.length !== 1) throw new Error(`the archive holds ${names.length} files *.har, not one`)
    return { text: files.get(name)!().toString('utf8'), files: filesInArchive(files) }
  }
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b
  const text = isGzip ? gunzipSync(bytes, { maxOutputLength: MOST_UNPACKED }) : bytes
  return { text: text.toString('utf8'), files: filesBeside(path) }
}
