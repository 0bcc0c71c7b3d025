// Models for the AI SDK.
export { createStrataRouter, router, type StrataRouterProvider } from './create-strata-router.ts'
