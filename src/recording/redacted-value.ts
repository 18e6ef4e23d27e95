const REDACTED = /^\{\{(?:redacted|secret):/

/** Whether redaction has left nothing of a value: a text that it put there, or an array or object of nothing but such. */
export function isRedacted(value: unknown): boolean {
  if (typeof value === 'string') return REDACTED.test(value)
  if (typeof value !== 'object' || value === null) return false
  const parts = Object.values(value)
  return parts.length > 0 && parts.every(isRedacted)
}

/** The members of an object that redaction has left something of. */
export function withoutRedacted<T>(object: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => !isRedacted(value)))
}
