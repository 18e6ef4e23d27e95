import { expect, it } from 'vitest'
import { nearestRoute } from '../../../src/simulators/comfyui/nearest-route.ts'

const routes = ['/queue', '/models', '/models/:folder', '/view']
const nearest = (path: string) => nearestRoute(new URL(path, 'http://127.0.0.1:8188'), routes)

it('names the route that begins most alike, and not the very one that was asked', () => {
  expect(nearest('/manager/start')).toBe('/models')
  expect(nearest('/queues')).toBe('/queue')
  expect([nearest('/models'), nearest('/models/loras?x=1')]).toEqual(['', ''])
})
