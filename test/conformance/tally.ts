import type { CaseResult } from './suite.ts'

/** Counts agreeing cases by category, in the order in which categories first appear. */
export class Tally {
  private readonly counts = new Map<string, { agree: number; total: number }>()

  add({ category, differences }: CaseResult): void {
    const count = this.counts.get(category) ?? { agree: 0, total: 0 }
    this.counts.set(category, count)
    count.total += 1
    if (differences.length === 0) count.agree += 1
  }

  get allAgree(): boolean {
    return this.counts.values().every(({ agree, total }) => agree === total)
  }

  /** `category  agree/total` for each, and the sum. */
  lines(): string[] {
    const width = Math.max(0, ...this.counts.keys().map((category) => category.length))
    const sum = { agree: 0, total: 0 }
    const lines = Array.from(this.counts, ([category, { agree, total }]) => {
      sum.agree += agree
      sum.total += total
      return `${category.padEnd(width)}  ${agree}/${total}`
    })
    return [...lines, `conformance: ${sum.agree}/${sum.total} agree`]
  }
}
