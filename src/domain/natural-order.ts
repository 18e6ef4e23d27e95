/** Compares names so that numbers in them count as numbers: `_2` comes before `_10`. The same on every machine. */
export function naturalOrder(a: string, b: string): number {
  return collator.compare(a, b)
}

const collator = new Intl.Collator('en', { numeric: true })
