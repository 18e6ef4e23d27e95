import { contractsThrough } from './contracts.ts'
import { installed } from './skin.ts'

contractsThrough('through the wire engine', () => installed())
