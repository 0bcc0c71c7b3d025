import type { UsageQuery, UsageRow } from '../contracts/index.ts'
import { StrataError } from '../errors/index.ts'
import type { ExecuteOptions, ExecutionResult, ExecutionStream } from './execution-types.ts'
import type { OpenRuntime } from './open-runtime.ts'
import type { RuntimeOptions } from './runtime-options.ts'

/** Carries calls to models: decides where each goes, and has it answered there. */
export interface Runtime {
  /**
   * Loads what is needed, checks the options and compiles the routes; otherwise the first call does.
   * @throws StrataError `invalid_configuration` with every problem in `details`, `invalid_route_set`
   */
  ready(): Promise<void>
  /**
   * Has a call answered; resolves with its first event at hand. Whatever fails before it is tried again, there or elsewhere.
   * @throws StrataError `invalid_request`, `model_not_found`, `untranslatable`, `rate_limited`, `budget_exceeded`,
   *  `overloaded`, `all_attempts_failed`, `provider_refused` and others
   */
  execute(options: ExecuteOptions & { readonly stream: true }): Promise<ExecutionStream>
  /** Has a call answered; resolves with the whole answer. */
  execute(options: ExecuteOptions & { readonly stream?: false }): Promise<ExecutionResult>
  /**
   * What was used, summed up by what the query groups it by.
   * @throws StrataError `invalid_request` where that is more than 10,000 lines, `storage_failed`
   */
  usage(query: UsageQuery): Promise<readonly UsageRow[]>
  /** Writes what waits and ends connections. Calls under way are answered; later ones are refused with `shutting_down`. */
  close(): Promise<void>
}

/**
 * The gateway without a server: providers, failover, limits, budgets and cost in this process. Costs nothing until the
 * first call, or `ready()`, loads it; in Node.
 * @param options by the names of the configuration file; checked by the first call, or by `ready()`. Default: what the
 *  configuration file and the environment say, read as the server reads them
 */
export function createRuntime(options?: RuntimeOptions): Runtime {
  let opened: Promise<OpenRuntime> | undefined
  let closed: Promise<void> | undefined
  const open = (): Promise<OpenRuntime> => {
    if (closed !== undefined) {
      return Promise.reject(new StrataError('shutting_down', 'This runtime has been closed; make another.'))
    }
    opened ??= import('./open-runtime.ts').then(({ openRuntime }) => openRuntime(options))
    return opened
  }
  function execute(options: ExecuteOptions & { readonly stream: true }): Promise<ExecutionStream>
  function execute(options: ExecuteOptions & { readonly stream?: false }): Promise<ExecutionResult>
  async function execute(
    options: ExecuteOptions & { readonly stream?: boolean },
  ): Promise<ExecutionStream | ExecutionResult> {
    const runtime = await open()
    return options.stream === true ? runtime.stream(options) : runtime.answer(options)
  }
  return {
    async ready() {
      await open()
    },
    execute,
    usage: async (query) => (await open()).usage(query),
    close() {
      // What could not be opened has nothing to close, and whoever called it knows why.
      closed ??= opened?.then(
        (runtime) => runtime.close(),
        () => undefined,
      )
      closed ??= Promise.resolve()
      return closed
    },
  }
}
