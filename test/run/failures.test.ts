import { describe, expect, it } from 'vitest'
import { readFaultFile } from '../../src/config/fault-file.ts'
import { callPr } from '../cli/call-pr.ts'
import type { PrResult } from '../cli/run-pr.ts'
import { type Json, promptFile, rehearsalFolder, runFolder } from '../support/rehearse.ts'

const failures = await readFaultFile('fixtures/faults/failures.yaml')

/** How a film of two chunks ends today with those that it does not come through, or does not come through unharmed. */
const harm: Readonly<Record<string, string>> = {
  '04-server-restarts': 'done, job 3 sent 2 times',
  '04-server-restarts-empty': 'PR_COMFY_REJECTED, job 3 sent 2 times',
  '06-model-is-missing': 'PR_COMFY_REJECTED',
  '07-branch-is-left-out': 'PR_COMFY_REJECTED',
  '08-outputs-come-from-the-cache': 'PR_NO_OUTPUT',
  '11-server-dies-at-the-second-model': 'done, job 2 sent 2 times',
  '11-server-dies-there-each-time': 'PR_COMFY_LOST, job 2 sent 2 times',
  '12-out-of-memory-at-decoding': 'PR_COMFY_FAILED',
  '13-proxy-says-404': 'PR_COMFY_HTTP',
  '14-upload-is-too-large': 'PR_COMFY_HTTP',
  '15-somebody-interrupts': 'PR_COMFY_INTERRUPTED',
  '16-job-hangs': 'PR_JOB_TIMEOUT',
  '17-disk-of-the-server-is-full': 'PR_COMFY_FAILED',
  '17-disk-is-full': 'PR_FILE',
  '21-latent-is-another': 'PR_COMFY_FAILED',
  '21-latent-is-damaged': 'PR_COMFY_FAILED',
  'retry-4-503': 'PR_FAULT_UNUSED, never happened: storage.objects.patch: status 503 as json',
  'retry-4-reset': 'PR_FAULT_UNUSED, never happened: storage.objects.patch: reset',
  'retry-5-400': 'PR_UPLOAD',
  'retry-5-401': 'PR_CREDENTIALS',
  'retry-6-503-400': 'PR_UPLOAD',
  'retry-6-reset-401': 'PR_CREDENTIALS',
  'retry-7-503-after-256K':
    'PR_FAULT_UNUSED, never happened: storage.objects.insert: status 503 as json after 256 KiB sent',
  'retry-7-503-after-8192K-408':
    'PR_FAULT_UNUSED, never happened: storage.objects.insert: status 503 as json after 8 MiB sent, never happened: status check of upload 1: status 408 as json',
  'answer-401': 'PR_COMFY_HTTP',
  'answer-403': 'PR_COMFY_HTTP',
  'answer-302': 'PR_COMFY_HTTP',
  'history-without-outputs': 'PR_NO_OUTPUT',
  'queue-401': 'PR_COMFY_HTTP',
  'file-damaged-on-the-server': 'PR_FFMPEG',
  'file-cut-on-the-server': 'PR_OUTPUT_MISMATCH',
  'file-gone': 'PR_COMFY_HTTP',
  'reference-frame-fails': 'PR_FFMPEG',
  'video-check-fails': 'PR_FFMPEG',
  'journal-does-not-fit': 'PR_FILE',
}

describe('a rehearsal of the failures that users had', () => {
  it('knows nothing of failures that are not there', () => {
    expect(Object.keys(harm).filter((name) => failures[name] === undefined)).toEqual([])
  })

  it.for(Object.entries(failures))('ends as it is known to end with %s', async ([name, faults]) => {
    const cwd = rehearsalFolder({ 'prompt_files/otter.txt': promptFile('otter', 24) })
    const pod = name.includes('pod') ? ['--pod-id', 'p1', '--force-shutdown'] : []
    // Nothing else ends a job that hangs, but a person.
    const patience = name === '16-job-hangs' ? ['--job-timeout', '30s'] : []
    const args = ['--dry-run', ...small, ...pod, ...patience, ...faults.flatMap((each) => ['--fault', each])]
    expect(outcomeOf(await callPr(args, { cwd, env: { RUNPOD_API_KEY: 'key' } }))).toBe(harm[name] ?? 'done')
  })
})

/** One video of two chunks. */
const small = ['--width', '64', '--height', '64', '--frames-per-chunk', '13']

/** The codes that a run ended with, which faults never happened, and which jobs were sent more than once. */
function outcomeOf({ exitCode, cwd, stderr }: PrResult): string {
  const { summary, json } = runFolder(cwd)
  const faults: Json[] = summary?.rehearsal.faults ?? []
  return [
    ...(exitCode === 0 ? ['done'] : new Set(codesIn(summary === null ? stderr : JSON.stringify(summary.failures)))),
    ...faults.filter(({ times }) => times === 0).map(({ fault }) => `never happened: ${fault}`),
    ...(summary === null ? [] : sentAgain(json('traffic.har').log.entries)),
  ].join(', ')
}

function codesIn(text: string): string[] {
  const codes = text.match(/PR_[A-Z_]+/g) ?? []
  return codes.length > 1 ? codes.filter((code) => code !== 'PR_RUN_FAILED') : codes
}

/** By what the server has seen: an answer that was made up before it says nothing of a service. */
function sentAgain(entries: Json[]): string[] {
  const sent = entries
    .filter(({ request, _pr }) => request.method === 'POST' && request.url.endsWith('/prompt') && _pr.provenance)
    .map(({ request }) => JSON.parse(request.postData.text).extra_data.prompt_runner.workflow_id)
  return [...Map.groupBy(sent, (id) => id)]
    .filter(([, all]) => all.length > 1)
    .map(([id, all]) => `job ${id} sent ${all.length} times`)
}
