import type { Plan } from '../domain/plan.ts'
import type { RunState } from '../state/run-state.ts'
import { cancelEarlier, cancelUnplanned } from './cancel-prompts.ts'
import { connect } from './connect.ts'
import { placeVideo } from './place-video.ts'
import { retryUnreachable } from './retry.ts'
import type { RunContext } from './run-context.ts'
import { runVideo } from './run-video.ts'
import { isCancelled, isSpent, notBegun, type ServersOfRun } from './servers-of-run.ts'

/**
 * One server, which gets one film after the other. A run that has lost sight of a prompt begins no other film, nor does one whose prompt
 * a person has taken from the server, or of which the server dies.
 */
export const oneServer: ServersOfRun = {
  async meet(context, plans) {
    await retryUnreachable(context, { video: null, doing: 'connecting to ComfyUI' }, () => connect(context))
    await cancelUnplanned(context, plans)
  },
  async render(context, plans, { attempt, failures, prompts, stateNow }) {
    for (const plan of plans) {
      if (context.closing.aborted) await attempt(null, async () => context.closing.throwIfAborted())
      else await attempt(plan.videoName, () => runHere(context, plan, stateNow))
      if (isCancelled(failures) || isSpent(failures)) return
      // Whatever hides the end of one prompt would hide that of the next.
      if (!prompts.any() && !failures.at(-1)?.error.stopsRun) continue
      const left = plans.slice(plans.indexOf(plan) + 1)
      const why = `the run stopped at ${plan.videoName}`
      failures.push(...left.map(({ videoName: video }) => ({ video, error: notBegun(why) })))
      return
    }
  },
  cancel: cancelEarlier,
  close: ({ clients }) => clients.comfyui.close(),
}

async function runHere(context: RunContext, plan: Plan, stateNow: () => RunState): Promise<void> {
  const before = context.earlier?.videos[plan.videoName]?.server ?? null
  const server = before && context.clients.comfyui.address.href
  // Only of a run that had several servers anybody asks which one it was.
  if (server !== before) placeVideo(context, plan.videoName, server!)
  await runVideo(context, plan, stateNow)
}
