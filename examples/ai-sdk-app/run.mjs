// An app with the AI SDK: the router is a model like any other, and chooses the one that answers.
import { generateText, isStepCount, Output, streamText, tool } from 'ai'
import { createStrataRouter } from 'stratarouter/ai'
import { startMockProvider } from 'stratarouter/testing'
import { z } from 'zod'

// A stand-in for two services, so that this runs without a key.
const mock = await startMockProvider()
const router = createStrataRouter({
  providers: {
    openai: { apiKey: 'sk-none', baseUrl: `${mock.url}/v1` },
    anthropic: { apiKey: 'sk-none', baseUrl: `${mock.url}/v1` },
  },
  models: {
    fast: { provider: 'openai', model: 'gpt-5-mini', fallbacks: ['careful'] },
    careful: { provider: 'anthropic', model: 'claude-sonnet-4-5', fallbacks: ['fast'] },
  },
  defaultModel: 'fast',
  routes: [
    {
      name: 'contracts',
      examples: ['may I end the lease early?', 'what does clause 4 mean?', 'is this contract binding?'],
      target: { model: 'careful' },
    },
  ],
  execution: { retries: 0 },
})

const asked = await generateText({ model: router('auto'), prompt: 'Is my lease binding?' })
const { route, model, provider, costUsd } = asked.providerMetadata.stratarouter
console.log(asked.text)
console.log(`  route ${route}, model ${model} at ${provider}, $${costUsd.toFixed(6)}`)

const streamed = streamText({ model: router('auto'), prompt: 'Tell me a joke.' })
for await (const piece of streamed.textStream) process.stdout.write(piece)
console.log()

const weather = tool({
  description: 'The weather in a city.',
  inputSchema: z.object({ city: z.enum(['Oslo']) }),
  execute: async ({ city }) => `clear in ${city}`,
})
const steps = await generateText({
  model: router('careful'),
  prompt: 'What is the weather in Oslo?',
  tools: { weather },
  stopWhen: isStepCount(2),
  prepareStep: ({ stepNumber }) => ({ toolChoice: stepNumber === 0 ? 'required' : 'none' }),
})
console.log(`${steps.steps[0].toolResults[0].output}; ${steps.text}`)

const schema = z.object({ city: z.enum(['Oslo', 'Bergen']), celsius: z.number().min(4) })
const shaped = await generateText({
  model: router(),
  prompt: 'Oslo, 4 degrees',
  output: Output.object({ schema }),
})
console.log(shaped.output)

// The provider of `fast` fails: the same model, answered elsewhere.
mock.plan(['503'])
const mended = await generateText({ model: router('fast'), prompt: 'Still there?' })
const attempts = mended.providerMetadata.stratarouter.attempts.map(
  ({ provider, outcome }) => `${provider} ${outcome}`,
)
console.log(`${mended.text} (${attempts.join(', then ')})`)

await router.runtime.close()
await mock.close()
