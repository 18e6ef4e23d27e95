/**
 * JSON as Python writes it: `NaN`, `Infinity` and `-Infinity` may stand bare and become null. Only text that is no JSON is
 * looked at twice. Integers above 2^53 lose their last digits, as with JSON.parse.
 */
export function parsePythonJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const repaired = text.replace(STRING_OR_CONSTANT, (token) => (token.startsWith('"') ? token : 'null'))
    if (repaired === text) throw error
    return JSON.parse(repaired)
  }
}

const STRING_OR_CONSTANT = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"|-?\bInfinity\b|\bNaN\b/g
