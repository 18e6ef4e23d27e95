/** The path of an address without the prefix `/api`, below which ComfyUI has every route a second time. */
export function plainPath({ pathname }: URL): string {
  return pathname.replace(/^\/api\//, '/')
}
