import { expect, it } from 'vitest'
import { freshSimulator, ORIGIN, openSocket } from '../reach-simulator.ts'

const image = (color: number) => ({ class_type: 'EmptyImage', inputs: { width: 32, height: 32, batch_size: 1, color } })
const save = (prefix = 'a') => ({ class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: prefix } })
const still = (color: number, prefix?: string) => ({ '1': image(color), '2': save(prefix) })

function server() {
  const simulator = freshSimulator()
  const { frames } = openSocket(simulator, '/ws?clientId=c1')
  const post = (path: string, body: unknown) =>
    simulator.http(new Request(ORIGIN + path, { method: 'POST', body: JSON.stringify(body) }))
  return {
    simulator,
    frames,
    post,
    prompt: (id: string, prompt: unknown, more = {}) =>
      post('/prompt', { prompt, prompt_id: id, client_id: 'c1', ...more }),
    history: async () =>
      (await (await simulator.http(new Request(`${ORIGIN}/history`))).json()) as Record<
        string,
        { status: { status_str: string } }
      >,
    idle: () => expect.poll(() => simulator.report().remaining, { interval: 1 }).toBe(0),
    ran: (id: string) =>
      frames.filter((frame) => String(frame).includes('"executing"') && String(frame).includes(`"${id}"`)).length - 1,
  }
}

it('runs by number, and prompts sent to the front last in first out', async () => {
  const { prompt, history, idle } = server()
  await prompt('first', still(1))
  await prompt('second', still(2))
  await prompt('low', still(3), { number: -100 })
  await prompt('front a', still(4), { front: true })
  await prompt('front b', still(5), { front: true })
  await idle()
  const order = Object.keys(await history())
  expect(order.filter((id) => id !== 'first')).toEqual(['low', 'front b', 'front a', 'second'])
})

it('drops what the next prompt does not need, so that A, B, A runs A again', async () => {
  const { prompt, idle, ran } = server()
  for (const [id, color] of [
    ['a', 1],
    ['b', 2],
    ['again', 1],
  ] as const) {
    await prompt(id, still(color))
    await idle()
  }
  expect([ran('a'), ran('b'), ran('again')]).toEqual([2, 2, 2])
})

it('forgets the cache with free_memory and keeps it with unload_models', async () => {
  const { prompt, post, idle, ran } = server()
  await prompt('a', still(1))
  await idle()
  await post('/free', { unload_models: true })
  await prompt('cached', still(1))
  await idle()
  await post('/free', { free_memory: true })
  await prompt('fresh', still(1))
  await idle()
  expect([ran('a'), ran('cached'), ran('fresh')]).toEqual([2, 0, 2])
})

it('runs twins once', async () => {
  const { prompt, idle, simulator } = server()
  await prompt('twins', { ...still(1), '3': save() })
  await idle()
  expect(simulator.files.list('output').map(({ filename }) => filename)).toEqual(['a_00001_.png'])
})

it('is wedged by an unreachable node without inputs, as the real server is', async () => {
  const { prompt, simulator } = server()
  expect((await prompt('poison', { ...still(1), '9': { class_type: 'EmptyImage' } })).status).toBe(200)
  await expect.poll(() => simulator.report().wedged, { interval: 1 }).toBe("'inputs'")
  await prompt('waits', still(2))
  expect(simulator.report().remaining).toBe(2)
})

it('says nothing to anybody about a prompt without a client but its progress', async () => {
  const { post, idle, frames } = server()
  await post('/prompt', { prompt: still(1), prompt_id: 'mute' })
  await idle()
  const types = frames.map((frame) => /"type": "(\w+)"/.exec(String(frame))![1])
  expect(new Set(types)).toEqual(new Set(['status', 'progress_state']))
})

it('counts classes as synthetic that the recording never saw running', async () => {
  const { prompt, idle, simulator } = server()
  await prompt('a', {
    '1': image(1),
    '2': { class_type: 'ImageInvert', inputs: { image: ['1', 0] } },
    '3': { class_type: 'PreviewImage', inputs: { images: ['2', 0] } },
  })
  await idle()
  expect(simulator.report().synthetic).toEqual(['EmptyImage', 'ImageInvert', 'PreviewImage'])
})

it('interrupts while idle without any effect', async () => {
  const { prompt, post, idle, history } = server()
  await post('/interrupt', {})
  await prompt('a', still(1))
  await idle()
  expect((await history())['a']!.status.status_str).toBe('success')
})
