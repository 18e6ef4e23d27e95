import * as fc from 'fast-check'

/**
 * What every random choice of the tests follows from: PR_SEED, else another number each time. A property that fails tells it
 * (`seed: …`), and `PR_SEED=… npm test -- FILE` makes the same choices again.
 */
const seed = Number(process.env['PR_SEED'] || Math.floor(Math.random() * 2 ** 31))
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed })

export { fc }
