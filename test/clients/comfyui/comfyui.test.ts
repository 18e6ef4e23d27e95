import { comfyuiClientContract } from '../../contracts/comfyui-client.ts'
import { startLoopback } from '../loopback-comfyui.ts'

comfyuiClientContract('a recorded server on loopback', () => startLoopback())
