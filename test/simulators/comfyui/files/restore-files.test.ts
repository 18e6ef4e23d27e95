import { expect, it } from 'vitest'
import type { LoadedEntry } from '../../../../src/recording/loaded-entry.ts'
import { createFileStore } from '../../../../src/simulators/comfyui/files/file-store.ts'
import { restoreInputs } from '../../../../src/simulators/comfyui/files/restore-files.ts'
import { bytesOf } from '../../../../src/simulators/media/byte-source.ts'
import { png } from '../../../../src/simulators/media/png.ts'
import { virtualClock } from '../../../../src/simulators/virtual-clock.ts'

const picture = bytesOf(png({ width: 48, height: 32, colour: 7 }))

function entry(method: string, path: string, body: Uint8Array | string, status = 200): LoadedEntry {
  const url = new URL(path, 'http://127.0.0.1:8188')
  return { method, url, status, responseBody: () => Buffer.from(body) } as Partial<LoadedEntry> as LoadedEntry
}

it('has the input files that were viewed, and nothing that the recording made or did not show whole', () => {
  const files = createFileStore({ clock: virtualClock(0, 0) })
  restoreInputs(files, [
    entry('GET', '/view?filename=start.png&type=input', picture),
    entry('GET', '/api/view?filename=deep.png&subfolder=a/b&type=input', picture),
    entry('GET', '/view?filename=small.png&type=input&preview=webp;90', picture),
    entry('GET', '/view?filename=red.png&type=input&channel=rgb', picture),
    entry('GET', '/view?filename=made.png&type=output', picture),
    entry('GET', '/view?filename=gone.png&type=input', picture, 404),
    entry('GET', '/view?filename=not-kept.png&type=input', ''),
    { ...entry('GET', '/view?filename=cut.png&type=input', picture), cut: 'gone' },
    entry('POST', '/upload/image', '{"name": "up.png", "subfolder": "", "type": "input"}'),
    entry('GET', '/view?filename=up.png&type=input', picture),
  ])
  expect(files.list('input').map(({ path }) => path)).toEqual(['/comfy/input/start.png', '/comfy/input/a/b/deep.png'])
  expect(files.find('start.png')?.content).toMatchObject({ kind: 'image', images: { width: 48, height: 32 } })
  expect(files.list('output')).toEqual([])
})
