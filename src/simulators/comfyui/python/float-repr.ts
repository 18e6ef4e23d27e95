/** Python's `repr(float)`: shortest digits that round trip, always with `.0` or an exponent; `nan`, `inf`, `-inf`. */
export function floatRepr(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (Object.is(value, -0)) return '-0.0'
  const [mantissa = '', power = ''] = value.toExponential().split('e')
  const exponent = Number(power)
  if (value !== 0 && (exponent < -4 || exponent >= 16)) {
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
  }
  // Between 1e-4 and 1e16 JS writes no exponent either and the same digits.
  const text = String(value)
  return text.includes('.') ? text : `${text}.0`
}
