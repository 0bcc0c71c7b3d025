// Two providers, of which one fails: the calls are answered all the same, and say what happened.
import { createRuntime } from 'stratarouter'
import { startMockProvider } from 'stratarouter/testing'

// Stand-ins for two services, so that this runs without a key. The first one is having a bad day.
const [first, second] = [await startMockProvider(), await startMockProvider()]
first.plan('503')

const runtime = createRuntime({
  providers: {
    openai: { apiKey: 'sk-none', baseUrl: `${first.url}/v1` },
    anthropic: { apiKey: 'sk-none', baseUrl: `${second.url}/v1` },
  },
  models: {
    fast: { provider: 'openai', model: 'gpt-5-mini', fallbacks: ['careful'] },
    careful: { provider: 'anthropic', model: 'claude-sonnet-4-5' },
  },
  defaultModel: 'fast',
  // Each call is tried twice, and after four failures the provider is left alone for a while.
  execution: { retries: 1, retryBaseMs: 1, breakerMinimumCalls: 4 },
})

for (const text of ['Say hello.', 'And again.', 'Once more.']) {
  const { response, attempts } = await runtime.execute({ text })
  console.log(response)
  for (const { provider, outcome, status } of attempts)
    console.log(`  ${provider}: ${outcome} ${status ?? ''}`.trimEnd())
}
console.log(`The first provider was asked ${first.calls} times, the second one ${second.calls}.`)

// A stream that has not begun may go elsewhere too; one that has begun never does.
const stream = await runtime.execute({ text: 'Now in pieces.', stream: true })
let pieces = 0
for await (const event of stream) if (event.kind === 'text') pieces++
console.log(`${pieces} pieces from ${stream.provider}: ${(await stream.result).response}`)

await runtime.close()
await Promise.all([first.close(), second.close()])
