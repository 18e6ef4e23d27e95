export { type Config, defineConfig } from './config/define-config.ts'
export { type ErrorCode, errorCodes, type Problem, PromptRunnerError } from './errors.ts'
