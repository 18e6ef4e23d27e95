import { splitext } from './python-path.ts'

/** mimetypes.guess_type of Python 3.11 on the recorded server, with the types that ComfyUI adds. */
export function mimeType(filename: string): string {
  let [stem, extension] = splitext(filename)
  if (COMPRESSED.has(extension)) [stem, extension] = splitext(stem)
  return TYPES[extension] ?? TYPES[extension.toLowerCase()] ?? 'application/octet-stream'
}

const COMPRESSED = new Set(['.gz', '.bz2', '.xz', '.Z', '.br'])

const TYPES: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.gif': 'image/gif',
  '.bmp': 'image/bmp',
  '.tif': 'image/tiff',
  '.tiff': 'image/tiff',
  '.svg': 'image/svg+xml',
  '.avif': 'image/avif',
  '.ico': 'image/vnd.microsoft.icon',
  '.mp4': 'video/mp4',
  '.m4v': 'video/mp4',
  '.mov': 'video/quicktime',
  '.webm': 'video/webm',
  '.mkv': 'video/x-matroska',
  '.avi': 'video/x-msvideo',
  '.mpeg': 'video/mpeg',
  '.mpg': 'video/mpeg',
  '.mp3': 'audio/mpeg',
  '.wav': 'audio/x-wav',
  '.flac': 'audio/flac',
  '.ogg': 'audio/ogg',
  '.opus': 'audio/ogg',
  '.m4a': 'audio/mp4',
  '.aac': 'audio/aac',
  '.txt': 'text/plain',
  '.md': 'text/markdown',
  '.py': 'text/x-python',
  '.csv': 'text/csv',
  '.html': 'text/html',
  '.htm': 'text/html',
  '.css': 'text/css',
  '.mjs': 'text/javascript',
  '.js': 'application/javascript; charset=utf-8',
  '.json': 'application/json',
  '.xml': 'text/xml',
  '.xhtml': 'application/xhtml+xml',
  '.pdf': 'application/pdf',
  '.zip': 'application/zip',
  '.tar': 'application/x-tar',
  '.glb': 'model/gltf-binary',
  '.gltf': 'model/gltf+json',
  '.obj': 'model/obj',
}
