/** Whether a call wants to be told something and nothing to be done. */
export function asksForHelp(argv: readonly string[]): boolean {
  return ['--help', '-h', '--version'].some((flag) => argv.includes(flag))
}
