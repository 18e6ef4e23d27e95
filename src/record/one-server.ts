import type { Settings } from '../config/settings-types.ts'
import { PromptRunnerError } from '../errors.ts'

/** Throws PR_USAGE where several servers are given, for what is done with one at a time. */
export function refuseSeveral({ servers }: Settings, what: string): void {
  if (servers.length === 0) return
  throw new PromptRunnerError('PR_USAGE', `${what} one server at a time, and ${servers.length} were given`, {
    hint: 'give --comfyui-url with one of them',
  })
}
