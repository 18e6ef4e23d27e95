/** Stamps of file names and files, in local time. `at` is epoch milliseconds. */

/** `2025-08-10T18:23:50.123000`: microseconds, no zone. */
export function microsecondStamp(at: number): string {
  return `${localIso(at)}000`
}

/** `20250810` */
export function dayStamp(at: number): string {
  return localIso(at).slice(0, 10).replaceAll('-', '')
}

/** `182350` */
export function timeStamp(at: number): string {
  return localIso(at).slice(11, 19).replaceAll(':', '')
}

/** `2025-08-10T18:23:50.123` */
export function localIso(at: number): string {
  const offset = new Date(at).getTimezoneOffset() * 60_000
  return new Date(at - offset).toISOString().slice(0, -1)
}
