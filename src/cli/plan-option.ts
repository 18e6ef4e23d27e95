import type { Option } from './command.ts'

/** `--plan FILE`, for the commands that take a plan file. */
export const planOption = {
  plan: {
    type: 'string',
    shows: 'FILE',
    group: 'Plan',
    describe: 'do what pr plan -o FILE has written, and refuse it when anything has changed since',
  },
} as const satisfies Record<string, Option>
