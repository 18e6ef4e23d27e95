import { expect, it } from 'vitest'
import { loadTemplates } from '../../../src/config/templates.ts'
import { buildCombineWorkflow, buildRenderWorkflow } from '../../../src/domain/build-workflow.ts'
import { jobsOf } from '../../../src/domain/plan.ts'
import type { RunEvent } from '../../../src/domain/run-event.ts'
import { reportPage } from '../../../src/report/html/page.ts'
import { planOf } from '../../support/plans.ts'

it('tells of 3,000 jobs with their workflows and 9,000 requests in less than 8 MB', async () => {
  const templates = await loadTemplates(null)
  const plan = planOf('otter', 101_000)
  const jobs = jobsOf(plan)
  const names = (job: number) => ({ folder: `prompt-runner/calm-otter/otter/job_${job}/attempt_1`, video: `v_${job}` })
  const workflows = jobs.map((job) => {
    const { folder, video } = names(job.workflowNumber)
    const built =
      job.kind === 'combine'
        ? buildCombineWorkflow(templates, plan, job, { folder, video, film: job.jobNumber === 1 ? null : `f_${video}` })
        : buildRenderWorkflow(templates, plan, job, {
            folder,
            latent: job.kind === 'low' ? `l_${video}` : null,
            referenceImage: job.chunk.referenceFrame === null ? null : `r_${video}`,
            controlVideo: null,
          })
    return { number: job.workflowNumber, modifications: built.modifications, graph: built.graph }
  })
  const events: RunEvent[] = [
    { kind: 'run-started', at: 0, runId: 'id', runName: 'calm-otter', dryRun: true, videos: ['otter'] },
    { kind: 'video-started', at: 0, video: 'otter', plan, skipped: [] },
    ...jobs.map(({ workflowNumber: workflow }): RunEvent => {
      return { kind: 'job-started', at: workflow, video: 'otter', workflow, promptId: 'p', attempt: 1, graph: '' }
    }),
  ]
  const traffic = jobs.flatMap(({ workflowNumber, jobId }) =>
    ['prompt', `history/${jobId}`, `view?filename=${jobId}&subfolder=${names(workflowNumber).folder}`].map((path) => {
      const url = `http://127.0.0.1:8188/${path}`
      return { at: workflowNumber, service: 'comfyui', method: 'GET', url, status: 200, sent: 0, received: 9, note: '' }
    }),
  )
  const page = reportPage({ summary: null, events, workflows, uploads: [], traffic, differences: null })
  expect([jobs.length, traffic.length]).toEqual([3_000, 9_000])
  expect(page.length).toBeLessThan(8_000_000)
  // A picture stands for each form of a graph: the two passes, of the first chunk and of later ones, and combining.
  expect(page.match(/aria-label=\\"Graph of/g)).toHaveLength(6)
})
