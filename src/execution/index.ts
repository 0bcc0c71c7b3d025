// Policies of calls: each a layer that is usable alone, put around an operation by `compose`.
export {
  type Attempt,
  AttemptLog,
  type AttemptOutcome,
  type RecordOptions,
  recordAttempts,
  type TargetedRequest,
} from './attempt-log.ts'
export { type BalanceOptions, balanced } from './balanced.ts'
export { Breaker, type BreakerOptions, type BreakerState } from './breaker.ts'
export {
  BreakerOpen,
  type CircuitBreakerOptions,
  circuitBreaker,
  type Verdict,
  verdictOf,
} from './circuit-breaker.ts'
export {
  type DeploymentLease,
  DeploymentPool,
  type DeploymentPoolOptions,
  type PooledDeployment,
} from './deployment-pool.ts'
export { type FailoverOptions, type FailoverRequest, failover, mayBeMendedElsewhere } from './failover.ts'
export { FairQueue, type FairQueueOptions, type QueueShare, type Slot, SOLE_SHARE } from './fair-queue.ts'
export { type Abortable, compose, type Layer, type Operation } from './layer.ts'
export { MicroBatcher, type MicroBatcherOptions } from './micro-batcher.ts'
export { type QueueOptions, queued } from './queued.ts'
export { isPassing, type RetryOptions, type RetryPolicy, retry, retryDelayMs } from './retry.ts'
export { RetryBudget, type RetryBudgetOptions } from './retry-budget.ts'
export {
  type JoinedCall,
  SingleFlight,
  type SingleFlightOptions,
  type SingleFlightStreams,
  singleFlight,
} from './single-flight.ts'
export { type TimeoutLimits, type TimeoutOptions, timeouts } from './timeouts.ts'
export { TokenBucket, type TokenBucketOptions } from './token-bucket.ts'
export { type StreamAccess, WatchedStream } from './watched-stream.ts'
