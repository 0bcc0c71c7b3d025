/** Something that can be asked and answers later, such as a call of a provider. */
export type Operation<Request, Result> = (request: Request) => Promise<Result>

/** A policy around an operation: may refuse, repeat, delay or change what it passes on. */
export type Layer<Request, Result> = (request: Request, next: Operation<Request, Result>) => Promise<Result>

/** What layers need of a request. A layer that narrows it passes on a copy. */
export interface Abortable {
  /** Aborted when nobody wants the answer any more; its reason is what the caller is rejected with. */
  readonly signal: AbortSignal
  /** When the answer comes too late, on the monotonic clock of the layers. Set by `timeouts` with a total. */
  readonly deadlineMs?: number | undefined
}

/** Puts layers around an operation, the first one outermost. */
export function compose<Request, Result>(
  operation: Operation<Request, Result>,
  ...layers: readonly Layer<Request, Result>[]
): Operation<Request, Result> {
  return layers.reduceRight<Operation<Request, Result>>(
    (next, layer) => (request) => layer(request, next),
    operation,
  )
}

/** Calls an operation, so that what it throws at once is a rejection like any other. */
export function invoke<Request, Result>(
  operation: Operation<Request, Result>,
  request: Request,
): Promise<Result> {
  try {
    return operation(request)
  } catch (error) {
    return Promise.reject(error)
  }
}
