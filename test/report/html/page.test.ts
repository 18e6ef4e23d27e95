import { expect, it } from 'vitest'
import type { RunEvent } from '../../../src/domain/run-event.ts'
import { reportPage } from '../../../src/report/html/page.ts'
import type { RunFiles } from '../../../src/report/html/run-files.ts'
import { planOf } from '../../support/plans.ts'

const result = {
  kind: 'high',
  promptId: 'p',
  tookMs: 60_000,
  latent: { server: { filename: 'l', subfolder: '', type: 'output' }, copy: null },
  phases: { load: 10_000, text: 1_000, sampling: 40_000, decode: 4_000, steps: { count: 3, ms: 30_000 } },
} as const
const object = { bucket: 'films', name: 'otter.mp4', size: 2_048, crc32c: 'AAAA', md5: null, generation: '1' }

/** A run of one film, whose first job is done and whose second failed. */
function small(strange = 'otter'): RunFiles {
  const plan = { ...planOf('otter'), positivePrompt: strange }
  const events: RunEvent[] = [
    { kind: 'run-started', at: 0, runId: 'id', runName: 'calm-otter', dryRun: true, videos: ['otter', strange] },
    { kind: 'video-started', at: 0, video: 'otter', plan, skipped: [] },
    { kind: 'job-started', at: 0, video: 'otter', workflow: 1, promptId: 'p', attempt: 1, graph: '' },
    { kind: 'job-finished', at: 60_000, video: 'otter', workflow: 1, result },
    { kind: 'job-started', at: 70_000, video: 'otter', workflow: 2, promptId: 'q', attempt: 2, graph: '' },
    {
      kind: 'job-failed',
      at: 90_000,
      video: 'otter',
      workflow: 2,
      code: 'PR_SERVER',
      reason: strange,
      attempt: 2,
      willRetry: false,
    },
    { kind: 'upload-finished', at: 95_000, video: 'otter', role: 'film', object },
    { kind: 'warning', at: 96_000, video: null, message: strange },
    { kind: 'run-finished', at: 100_000, ok: false },
  ]
  const graph = {
    '1': { class_type: 'Loader', inputs: { name: strange } },
    '2': { class_type: 'Sampler', inputs: { model: ['1', 0] as [string, number], seed: 7 }, _meta: { title: strange } },
  }
  const exchange = { at: 500, service: 'comfyui', method: 'POST', url: `http://127.0.0.1:8188/prompt?${strange}` }
  return {
    summary: null,
    events,
    workflows: [{ number: 1, modifications: [`Prompt: ${strange}`, 'Seed: 7'], graph }],
    uploads: [{ bucket: 'films', object: strange, size: 2_048, crc32c: 'AAAA', md5: null, requests: [1, 2] }],
    traffic: [{ ...exchange, status: 200, sent: 10, received: 20, note: strange }],
    differences: { from: 'temp_dry_run_1', lines: [`~ otter: ${strange}`] },
  }
}

it('tells a small run whole', async () => {
  const page = reportPage(small())
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<script>.*?<\/script>/s, '')
    .replace(/sha256-[^']+/, 'HASH')
    // Local time, as in the names of run folders.
    .replace(/(?<=Began<\/dt><dd>)[\d-]+ [\d:]+/, 'TIME')
  await expect(page).toMatchFileSnapshot('expected/small.html.txt')
})

it('lets no text of a stranger be anything but text', () => {
  const strange = `</script><script>alert(1)</script><!--<img src=x onerror='alert("2")'>&amp;\u202e\u0007`
  const page = reportPage(small(strange))
  expect(page.match(/<script/g)).toHaveLength(2)
  expect(page.match(/<\/script>/g)).toHaveLength(2)
  expect(page).not.toMatch(/<img|<!--|[\u0007\u202e]/)
  // Each quote of it is an escape in HTML, and JSON keeps what it means.
  const data = /id="data">(.*?)<\/script>/s.exec(page)![1]!
  const shown = strange.replace('\u202e', '\\u202e').replace('\u0007', '\\u0007')
  expect(JSON.parse(data).strings).toContain(`Prompt: ${shown}`)
})

it('asks for nothing outside of itself', () => {
  const page = reportPage(small())
  expect(page).toContain(`default-src 'none'`)
  expect(page).not.toMatch(/\b(?:src|href)="(?!#)|url\(|@import|\bfetch\(|XMLHttpRequest/)
})
