/** Python's os.path on POSIX, where Node's path.posix differs: trailing slashes, leading `//`, `basename('dir/')`. */

/** os.path.join: an absolute part drops everything before it. */
export function join(...parts: string[]): string {
  return parts.reduce((path, part) => {
    if (part.startsWith('/')) return part
    return path === '' || path.endsWith('/') ? path + part : `${path}/${part}`
  })
}

/** os.path.normpath: `''` becomes `.`, exactly two leading slashes stay. */
export function normpath(path: string): string {
  const root = path.startsWith('//') && !path.startsWith('///') ? '//' : path.startsWith('/') ? '/' : ''
  const kept: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..' || (root === '' && kept.length === 0) || kept.at(-1) === '..') kept.push(part)
    else kept.pop()
  }
  return root + kept.join('/') || '.'
}

/** os.path.dirname: everything before the last slash, without trailing slashes. */
export function dirname(path: string): string {
  const head = path.slice(0, path.lastIndexOf('/') + 1)
  return /^\/*$/.test(head) ? head : head.replace(/\/+$/, '')
}

/** os.path.basename: everything after the last slash, so `''` for `dir/`. */
export function basename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** os.path.splitext: leading dots belong to the stem. */
export function splitext(path: string): [stem: string, extension: string] {
  const name = basename(path)
  const dot = name.lastIndexOf('.')
  if (dot <= 0 || /^\.+$/.test(name.slice(0, dot))) return [path, '']
  return [path.slice(0, path.length - name.length + dot), name.slice(dot)]
}

/** Whether an absolute, normalised path is `folder` or lies below it (os.path.commonpath((folder, path)) == folder). */
export function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}

/** os.path.commonpath of two absolute paths. */
export function commonpath(one: string, other: string): string {
  const [a, b] = [one, other].map((path) => path.split('/').filter((part) => part !== '' && part !== '.'))
  const differs = a!.findIndex((part, index) => part !== b![index])
  return `/${a!.slice(0, differs === -1 ? a!.length : differs).join('/')}`
}
