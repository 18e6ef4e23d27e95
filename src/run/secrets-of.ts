import type { Settings } from '../config/settings-types.ts'

/** What a run knows to be secret, by name. */
export function secretsOf({ comfyui, servers, pod }: Settings): Record<string, string | null> {
  const others = servers.flatMap(({ token, headers }, index) => [
    [`comfyui_token_${index + 1}`, token] as const,
    ...Object.entries(headers).map(([name, value]) => [`${name}_${index + 1}`, value] as const),
  ])
  return { ...comfyui.headers, comfyui_token: comfyui.token, runpod_api_key: pod.apiKey, ...Object.fromEntries(others) }
}
