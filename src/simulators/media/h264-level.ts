/** level_idc, macroblocks per frame, macroblocks per second (ITU-T H.264, table A-1; levels that add nothing are left out). */
const LEVELS = [
  [10, 99, 1485],
  [11, 396, 3000],
  [12, 396, 6000],
  [13, 396, 11_880],
  [21, 792, 19_800],
  [22, 1620, 20_250],
  [30, 1620, 40_500],
  [31, 3600, 108_000],
  [32, 5120, 216_000],
  [40, 8192, 245_760],
  [42, 8704, 522_240],
  [50, 22_080, 589_824],
  [51, 36_864, 983_040],
  [52, 36_864, 2_073_600],
  [60, 139_264, 4_177_920],
  [62, 139_264, 16_711_680],
] as const

/** The lowest level_idc that allows the size in macroblocks and the rate; the highest when none does. */
export function level(columns: number, rows: number, fps: number): number {
  const frame = columns * rows
  const fits = LEVELS.find(
    ([, size, rate]) => frame <= size && frame * fps <= rate && Math.max(columns, rows) <= Math.sqrt(8 * size),
  )
  return (fits ?? LEVELS.at(-1)!)[0]
}
