export * from './browser.ts'
export { createRuntime, type Runtime } from './library/create-runtime.ts'
