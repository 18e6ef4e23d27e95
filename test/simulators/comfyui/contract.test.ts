import { comfyuiContract } from '../../contracts/comfyui.ts'
import { directly } from './reach-simulator.ts'

comfyuiContract('the simulator itself', async () => directly())
