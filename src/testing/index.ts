export { checkDecisionRecordStore } from './conformance/decision-record-store.ts'
export { checkFeedbackStore } from './conformance/feedback-store.ts'
export { checkRouteStore } from './conformance/route-store.ts'
export type { MockFault } from './mock-provider/mock-fault.ts'
export {
  type MockPlan,
  type MockProvider,
  type MockProviderOptions,
  type MockRequest,
  startMockProvider,
} from './mock-provider/mock-provider.ts'
export type { MockShape } from './mock-provider/mock-reply.ts'
