import { openSpending, type Spending } from '../../src/orchestrator/spending.ts'

/** What a run may take for which nobody has given a price or a limit. */
export const unlimited: Spending = openSpending({
  terms: { price: null, budget: null, deadline: null },
  earlier: null,
  resumeCommand: 'pr --resume calm-wren',
  now: () => 0,
})
