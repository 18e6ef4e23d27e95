/** `ws://host:port/ws` of ComfyUI at `http://host:port`, below the path that the address has. */
export function socketUrl({ protocol, host, pathname }: URL): string {
  return `${protocol === 'https:' ? 'wss:' : 'ws:'}//${host}${pathname.replace(/\/$/, '')}/ws`
}
