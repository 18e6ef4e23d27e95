import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { loadRecording } from '../../../src/recording/load-recording.ts'
import { png } from '../../../src/simulators/media/png.ts'
import { bytesOf } from '../../../src/simulators/media/rope.ts'
import { runPr } from '../run-pr.ts'
import { liveServer, workflow } from './live-server.ts'

it('takes a server that already has files of that name', async () => {
  const { cwd, args, folders } = await liveServer()
  for (const colour of [1, 2]) {
    writeFileSync(join(cwd, 'otter.json'), workflow(colour, 'otter'))
    const { stdout, stderr } = await runPr([...args, '--quiet'], { cwd })
    expect([stdout, stderr]).toEqual([expect.stringContaining('Recorded recordings/otter, verified by a replay'), ''])
  }
  expect(folders()).toEqual(['otter'])
})

it('takes the files along that the server has for a workflow', async () => {
  const { cwd, args, url, har } = await liveServer()
  const form = new FormData()
  form.append('image', new Blob([bytesOf(png({ width: 48, height: 32, colour: 7 }))]), 'start.png')
  form.append('subfolder', 'mine')
  expect((await fetch(new URL('upload/image', url), { method: 'POST', body: form })).status).toBe(200)
  const graph = {
    1: { class_type: 'LoadImage', inputs: { image: 'mine/start.png' } },
    2: { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'otter' } },
    3: { class_type: 'LoadImage', inputs: { image: 'not-there.png' } },
  }
  writeFileSync(join(cwd, 'otter.json'), JSON.stringify(graph))
  const { stdout, stderr } = await runPr([...args, '--quiet'], { cwd })
  expect([stdout, stderr]).toEqual(['Recorded recordings/otter, verified by a replay: it is new.\n', ''])
  const { entries } = await loadRecording(har)
  const viewed = entries.filter(({ url: { pathname } }) => pathname === '/view')
  expect(viewed.map(({ url, status }) => `${url.search} ${status}`)).toEqual([
    '?filename=start.png&subfolder=mine&type=input 200',
    '?filename=not-there.png&subfolder=&type=input 404',
    '?filename=otter_00001_.png&subfolder=&type=output 200',
  ])
})
