import { type FaultSteps, type MockFault, NO_FAULT, parseMockFault } from './mock-fault.ts'
import type { MockRequest } from './request-records.ts'

/** The same fault for every request, or a fault for each of the next ones, or one by request; undefined: none. */
export type MockPlan =
  | MockFault
  | readonly MockFault[]
  | ((request: MockRequest) => MockFault | undefined)
  | undefined

/** Which request gets which fault. */
export class FaultPlan {
  #each: FaultSteps = NO_FAULT
  #next: FaultSteps[] = []
  #choose: ((request: MockRequest) => MockFault | undefined) | undefined

  /** @throws TypeError where a text names no fault; then nothing changes */
  set(plan: MockPlan): void {
    const each = typeof plan === 'string' ? parseMockFault(plan) : NO_FAULT
    const next = typeof plan === 'object' ? plan.map(parseMockFault) : []
    this.#each = each
    this.#next = next
    this.#choose = typeof plan === 'function' ? plan : undefined
  }

  /** Whether it looks at requests. */
  get isByRequest(): boolean {
    return this.#choose !== undefined
  }

  /** @param request needed only where `isByRequest` @throws TypeError where a function names no fault */
  take(request: MockRequest | undefined): FaultSteps {
    if (this.#choose !== undefined && request !== undefined) {
      const chosen = this.#choose(request)
      return chosen === undefined ? NO_FAULT : parseMockFault(chosen)
    }
    return this.#next.shift() ?? this.#each
  }
}
