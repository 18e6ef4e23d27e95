import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { loadRecording } from '../../src/recording/load-recording.ts'
import { bytesOf } from '../../src/simulators/media/byte-source.ts'
import { png } from '../../src/simulators/media/png.ts'
import type { Simulator } from '../../src/simulators/simulator.ts'
import { callPr } from '../cli/call-pr.ts'
import { liveServer, workflow } from './live-server.ts'

it('takes a server that already has files of that name', async () => {
  const { cwd, args, folders } = await liveServer()
  for (const colour of [1, 2]) {
    writeFileSync(join(cwd, 'otter.json'), workflow(colour, 'otter'))
    const { stdout, stderr } = await callPr([...args, '--quiet'], { cwd })
    expect([stdout, stderr]).toEqual([expect.stringContaining('Recorded recordings/otter, verified by a replay'), ''])
  }
  expect(folders()).toEqual(['otter'])
})

it('takes the files along that the server has for a workflow', async () => {
  const { cwd, args, url, har } = await liveServer()
  const form = new FormData()
  form.append('image', new Blob([bytesOf(png({ width: 48, height: 32, colour: 7 }))]), 'start.png')
  form.append('subfolder', 'mine')
  expect(
    (await fetch(new URL('upload/image', url), { method: 'POST', body: form, headers: { connection: 'close' } }))
      .status,
  ).toBe(200)
  const graph = {
    1: { class_type: 'LoadImage', inputs: { image: 'mine/start.png' } },
    2: { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'otter' } },
    3: { class_type: 'LoadImage', inputs: { image: 'not-there.png' } },
  }
  writeFileSync(join(cwd, 'otter.json'), JSON.stringify(graph))
  const { stdout, stderr } = await callPr([...args, '--quiet'], { cwd })
  expect([stdout, stderr]).toEqual(['Recorded recordings/otter, verified by a replay: it is new.\n', ''])
  const { entries } = await loadRecording(har)
  const viewed = entries.filter(({ url: { pathname } }) => pathname === '/view')
  expect(viewed.map(({ url, status }) => `${url.search} ${status}`)).toEqual([
    '?filename=start.png&subfolder=mine&type=input 200',
    '?filename=not-there.png&subfolder=&type=input 404',
    '?filename=otter_00001_.png&subfolder=&type=output 200',
  ])
})

it.each([
  ['a warning where its making is not simulated', 'SolidMask', 0],
  ['a refusal where it is', 'EmptyImage', 3],
])('takes a picture of another size for %s', async (_, maker, code) => {
  const picture = Uint8Array.from(bytesOf(png({ width: 32, height: 16, colour: 7 })))
  const change = (http: Simulator): Simulator => {
    const headers = { 'content-type': 'image/png', 'content-length': `${picture.length}` }
    return async (request) =>
      new URL(request.url).pathname === '/view' ? new Response(picture, { headers }) : http(request)
  }
  const { cwd, args } = await liveServer('wan22-two-chunks', { change })
  const save = (images: string) => ({
    class_type: 'SaveImage',
    inputs: { images: [images, 0], filename_prefix: 'otter' },
  })
  const graphs: Record<string, object> = {
    SolidMask: {
      1: { class_type: 'SolidMask', inputs: { value: 1, width: 48, height: 48 } },
      2: { class_type: 'MaskToImage', inputs: { mask: ['1', 0] } },
      3: save('2'),
    },
    EmptyImage: {
      1: { class_type: 'EmptyImage', inputs: { width: 64, height: 16, batch_size: 1, color: 7 } },
      3: save('1'),
    },
  }
  writeFileSync(join(cwd, 'otter.json'), JSON.stringify(graphs[maker]))
  const { exitCode, stdout, stderr } = await callPr([...args, '--quiet'], { cwd })
  const said = (size: string) => `file output/otter_00001_.png of 3: image ${size}`
  expect(exitCode).toBe(code)
  if (code === 0) {
    expect(stdout).toBe('Recorded recordings/otter, verified by a replay: it is new.\n')
    expect(stderr).toBe(
      `warning: otter.json: the server said "${said('32x16')}", the replay "${said('48x48')}"; what MaskToImage, SolidMask makes is not simulated\n`,
    )
  } else expect(stderr).toContain(`the server said "${said('32x16')}", the replay "${said('64x16')}"`)
})
