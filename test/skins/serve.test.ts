import { contractsThrough } from './contracts.ts'
import { served } from './skin.ts'

contractsThrough('through pr serve', served)
