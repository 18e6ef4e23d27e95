import type { Settings } from '../config/settings-types.ts'

/** What a run knows to be secret, by name. */
export function secretsOf({ comfyui, pod }: Settings): Record<string, string | null> {
  return { ...comfyui.headers, comfyui_token: comfyui.token, runpod_api_key: pod.apiKey }
}
