import { mswEngine } from '../../src/network/libraries/msw-engine.ts'
import { contractsThrough } from './contracts.ts'
import { installed } from './skin.ts'

contractsThrough('through the msw engine', () => installed(mswEngine))
