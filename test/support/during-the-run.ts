/**
 * Does `work` once, when a rehearsal has begun its first job: the simulated network is in place then, and the run under way. What is
 * thrown is nobody's to see.
 */
export function duringTheRun(work: () => unknown): { onSaid: (text: string) => void } {
  let isDone = false
  return {
    onSaid(text) {
      if (isDone || !text.includes('  started\n')) return
      isDone = true
      try {
        work()
      } catch {}
    },
  }
}
