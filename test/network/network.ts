import { type InstalledNetwork, installNetwork, type NetworkOptions } from '../../src/network/install.ts'
import { hostTable } from '../../src/network/safety/host-table.ts'
import { echoService } from './echo-service.ts'

export const COMFYUI = 'http://comfyui.test:8188'

/** The simulated network with an echo service at ComfyUI's and at Google Cloud Storage's address. */
export function echoNetwork(options: Partial<NetworkOptions> = {}): Promise<InstalledNetwork> {
  const services = [echoService('comfyui'), echoService('gcs')]
  return installNetwork({ services, hosts: hostTable(new URL(COMFYUI)), ...options })
}
