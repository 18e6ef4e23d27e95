/** Packs that are known by how they name their classes. Packs of the server itself are learnt from its own list. */
const KNOWN: ReadonlyArray<readonly [name: RegExp, pack: string]> = [
  [/^VHS_/, 'ComfyUI-VideoHelperSuite'],
  [/GGUF/, 'ComfyUI-GGUF'],
  [/^WanVideo/, 'ComfyUI-WanVideoWrapper'],
  [/^(RIFE|FILM|GMFSS) /, 'ComfyUI-Frame-Interpolation'],
  [/\(rgthree\)$/, 'rgthree-comfy'],
  [/KJ(v2)?$/, 'ComfyUI-KJNodes'],
]

/** The node pack that a class unknown to the server probably belongs to, or null. */
export function missingPack(
  className: string,
  classes: ReadonlyArray<{ readonly name: string; readonly module: string }>,
): string | null {
  const prefix = /^[A-Z]+_/.exec(className)?.[0]
  const sibling =
    prefix && classes.find(({ name, module }) => name.startsWith(prefix) && module.startsWith('custom_nodes.'))
  if (sibling) return sibling.module.slice('custom_nodes.'.length)
  return KNOWN.find(([name]) => name.test(className))?.[1] ?? null
}
