import { type RunContext, warn } from './run-context.ts'

/** Notes which server a film goes on on. Whatever another one may still do of it is told. */
export function placeVideo(context: RunContext, video: string, server: string): void {
  const before = context.earlier?.videos[video]
  const open = Object.values(before?.open ?? {}).map(({ promptId }) => promptId)
  if (before?.server && before.server !== server && open.length > 0)
    warn(context, `Prompt ${open.join(', ')} may still wait or run on ${before.server}, and cost`, video)
  context.emit({ kind: 'video-placed', at: context.now(), video, server })
}
