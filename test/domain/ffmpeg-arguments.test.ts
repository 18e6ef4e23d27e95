import { expect, it } from 'vitest'
import {
  extractFrameArguments,
  parseExtractFrame,
  parseProbe,
  probeArguments,
} from '../../src/domain/ffmpeg-arguments.ts'
import { fc } from '../support/seeded.ts'

it('writes the command lines', () => {
  const asked = { video: '/videos/chunk_001.mp4', frame: 91, png: '/references/chunk_002.png' }
  expect(extractFrameArguments(asked).join(' ')).toBe(
    '-hide_banner -nostdin -loglevel error -y -i /videos/chunk_001.mp4 -vf select=eq(n\\,91) -frames:v 1 -update 1 -f image2 /references/chunk_002.png',
  )
  expect(probeArguments('/videos/chunk_001.mp4').join(' ')).toBe(
    '-v error -select_streams v:0 -count_packets -show_entries stream=width,height,r_frame_rate,nb_read_packets -of json /videos/chunk_001.mp4',
  )
})

it('reads back what it wrote, and nothing else', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(), fc.string(), (video, frame, png) => {
      const extract = extractFrameArguments({ video, frame, png })
      const probe = probeArguments(video)
      expect([parseExtractFrame(extract), parseProbe(probe)]).toEqual([{ video, frame, png }, video])
      expect([parseExtractFrame(probe), parseProbe(extract)]).toEqual([null, null])
    }),
  )
  expect(parseExtractFrame(['-version'])).toBeNull()
  expect(parseProbe([])).toBeNull()
})
