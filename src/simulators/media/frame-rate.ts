export interface FrameRate {
  readonly numerator: number
  readonly denominator: number
}

/** As SaveVideo of ComfyUI 0.3.64 rounds it: to thousandths, then reduced. 29.97 is 2997/100, not 30000/1001. */
export function frameRate(fps: number): FrameRate {
  const thousandths = Math.round(fps * 1000)
  const common = gcd(thousandths, 1000)
  return { numerator: thousandths / common, denominator: 1000 / common }
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b)
}
