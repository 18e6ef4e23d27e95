import type { Problem, PromptRunnerError } from '../../errors.ts'

/**
 * Takes what gives the caller its rights out of what a server says: some echo a request in an error. Only for words: what is read out of
 * an answer may have the same letters in a name.
 */
export function secretHider(headers: Readonly<Record<string, string>>): (text: string) => string {
  const secrets = Object.entries(headers).flatMap(([name, value]) => (open.includes(name) ? [] : partsOf(value)))
  // Longest first: a part of a secret that was taken out would leave the rest of it.
  const found = [...new Set(secrets)]
    .filter((secret) => secret.length >= SHORTEST)
    .toSorted((a, b) => b.length - a.length)
  return (text) => found.reduce((rest, secret) => rest.replaceAll(secret, '****'), text)
}

/** An error whose words a server has chosen, without our secrets in them. */
export function withoutSecrets(error: PromptRunnerError, hide: (text: string) => string): PromptRunnerError {
  const hint = error.hint === undefined ? undefined : hide(error.hint)
  const problems = error.problems.map(
    (problem): Problem => ({
      ...problem,
      file: hide(problem.file),
      message: hide(problem.message),
      ...(problem.hint === undefined ? {} : { hint: hide(problem.hint) }),
      ...(typeof problem.value === 'string' ? { value: hide(problem.value) } : {}),
    }),
  )
  return error.reworded({ message: hide(error.message), hint, problems })
}

/** Headers that say nothing secret. */
const open: readonly string[] = ['user-agent', 'accept']
/** Less is a word that may stand anywhere. */
const SHORTEST = 6

/** A header as it is sent, what follows its scheme, and of `Basic` also what that says. */
function partsOf(value: string): string[] {
  const [scheme = '', ...rest] = value.split(' ')
  const credentials = rest.join(' ')
  if (!/^basic$/i.test(scheme)) return [value, credentials, encodeURIComponent(value), encodeURIComponent(credentials)]
  const pair = Buffer.from(credentials, 'base64').toString()
  return [value, credentials, pair, pair.slice(pair.indexOf(':') + 1)]
}
