/** Frames leave in the order in which they are sent; those that follow an answer wait until that has left. */
export class FrameOrder {
  private waiting: Array<(() => void) | Hold> = []

  /** Sends at once when no answer is awaited. */
  send(act: () => void): void {
    if (this.waiting.length === 0) act()
    else this.waiting.push(act)
  }

  /** What is sent from now on waits; the function that comes back ends that. */
  hold(): () => void {
    const hold = { isOver: false }
    this.waiting.push(hold)
    return () => {
      hold.isOver = true
      this.flush()
    }
  }

  private flush(): void {
    const firm = this.waiting.findIndex((entry) => typeof entry !== 'function' && !entry.isOver)
    const free = this.waiting.splice(0, firm < 0 ? this.waiting.length : firm)
    for (const entry of free) if (typeof entry === 'function') entry()
  }
}

interface Hold {
  isOver: boolean
}
