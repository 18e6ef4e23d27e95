/** `1 frame`, `3 frames`: a number with its noun, for nouns whose plural ends in `s`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
