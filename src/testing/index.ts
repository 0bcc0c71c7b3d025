export { checkApiKeyStore } from './conformance/api-key-store.ts'
export { checkAuditLog } from './conformance/audit-log.ts'
export { checkBudgetStore } from './conformance/budget-store.ts'
export { checkDecisionRecordStore } from './conformance/decision-record-store.ts'
export { checkFeedbackStore } from './conformance/feedback-store.ts'
export { checkRouteStore } from './conformance/route-store.ts'
export { checkUsageStore } from './conformance/usage-store.ts'
export type { MockPlan } from './mock-provider/fault-plan.ts'
export type { MockFault } from './mock-provider/mock-fault.ts'
export {
  type MockProvider,
  type MockProviderOptions,
  startMockProvider,
} from './mock-provider/mock-provider.ts'
export type { MockShape } from './mock-provider/mock-reply.ts'
export type { MockRequest } from './mock-provider/request-records.ts'
