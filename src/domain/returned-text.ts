import type { RunEvent } from './run-event.ts'

/** Why a server gave a film back, in the display and in the summary. */
export function returnedText({ video, server, reason, isOut }: Extract<RunEvent, { kind: 'video-returned' }>): string {
  return `${video}: ${server} gives it back${isOut ? ' and takes no further film' : ''}: ${reason}`
}
