export type { MockFault } from './mock-provider/mock-fault.ts'
export {
  type MockPlan,
  type MockProvider,
  type MockProviderOptions,
  type MockRequest,
  startMockProvider,
} from './mock-provider/mock-provider.ts'
export type { MockShape } from './mock-provider/mock-reply.ts'
