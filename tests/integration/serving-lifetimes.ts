import { rmSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { billing, type ServeOptions, type Serving, serve, support } from './serving.ts'

/** One server for all tests of a file. Each of them finds the routes billing and support in the default set. */
export function servingForAllTests(
  options?: ServeOptions,
): Pick<Serving, 'app' | 'url'> & { readonly call: Serving['call'] } {
  let serving: Serving
  beforeAll(async () => {
    serving = await serve(options)
  })
  afterAll(() => serving.end())
  beforeEach(async () => {
    await serving.call('PUT', '/v1/route-sets/default', { routes: [billing, support] })
  })
  return {
    get app() {
      return serving.app
    },
    get url() {
      return serving.url
    },
    call: (...given) => serving.call(...given),
  }
}

/** Servers that a test starts, and starts again on the same data; those left running end with it. */
export function servingsOfEachTest(): {
  start(options?: ServeOptions): Promise<Serving>
  restart(serving: Serving, options?: ServeOptions): Promise<Serving>
} {
  let open: Serving[] = []
  afterEach(async () => {
    for (const serving of open) await serving.stop()
    for (const { folder } of open) rmSync(folder, { recursive: true, force: true })
    open = []
  })
  const start = async (options?: ServeOptions) => {
    const serving = await serve(options)
    open.push(serving)
    return serving
  }
  return {
    start,
    async restart(serving, options) {
      await serving.stop()
      open = open.filter((other) => other !== serving)
      return start({ folder: serving.folder, ...options })
    },
  }
}
