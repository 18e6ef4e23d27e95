import { keptMembers } from './kept-members.ts'

/** How far into the listed members of an address one place in its JSON is. */
export class KeptPlace {
  readonly #rules: readonly Rule[]
  /** The places below by the names that the rules speak of; made when they are asked for. */
  readonly #named: Map<string, KeptPlace | null>
  #other: KeptPlace | null = null
  /** Whether a string here stays. */
  readonly isKept: boolean
  /** Whether everything below stays, for every node pack has its own. */
  readonly isOpen: boolean

  constructor(rules: readonly Rule[]) {
    this.#rules = rules
    const names = rules.flatMap(({ steps, at }) => (steps[at] instanceof Set ? [...steps[at]] : []))
    this.#named = new Map(names.map((name) => [name, null]))
    this.isOpen = rules.some(({ steps, at }) => steps[at] === '**')
    this.isKept = this.isOpen || rules.some(({ steps, at }) => steps.length === at)
  }

  /** The place under a name. Names that no rule speaks of share one. */
  below(name: string): KeptPlace {
    const named = this.#named.get(name)
    const isListed = named !== undefined
    const known = isListed ? named : this.#other
    if (known) return known
    const made = new KeptPlace(this.#rules.flatMap((rule) => next(rule, name)))
    if (isListed) this.#named.set(name, made)
    else this.#other = made
    return made
  }
}

/** Where the JSON of an address begins. */
export function keptAt(path: string): KeptPlace {
  const known = paths.get(path)
  if (known) return known
  const place = placeOf(rules.map(({ path: pattern }) => pattern.test(path)))
  // Of each prompt there is one.
  if (paths.size >= MANY) paths.clear()
  paths.set(path, place)
  return place
}

const paths = new Map<string, KeptPlace>()
const MANY = 1_000

/** Many addresses follow the same few rules. */
const places = new Map<string, KeptPlace>()

function placeOf(isMatching: readonly boolean[]): KeptPlace {
  const matching = isMatching.join()
  const known = places.get(matching)
  if (known) return known
  const steps = rules.filter((_, index) => isMatching[index]).flatMap(({ members }) => members)
  const place = new KeptPlace(steps.map((each) => ({ steps: each, at: 0 })))
  places.set(matching, place)
  return place
}

type Step = '*' | '**' | ReadonlySet<string>
interface Rule {
  readonly steps: readonly Step[]
  readonly at: number
}

const rules = keptMembers.map(([path, members]) => ({ path, members: members.map(stepsOf) }))

function stepsOf(member: string): Step[] {
  if (member === '') return []
  return member.split('.').map((step) => (step === '*' || step === '**' ? step : new Set(step.split('|'))))
}

function next({ steps, at }: Rule, name: string): Rule[] {
  const step = steps[at]
  if (step === '**') return [{ steps, at }]
  return step === '*' || step?.has(name) ? [{ steps, at: at + 1 }] : []
}
