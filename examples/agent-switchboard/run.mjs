// Every message goes to the agent that knows about it; agents have instructions, a model and tools of their own.
import { createRouter, createRuntime } from 'stratarouter'
import { startMockProvider } from 'stratarouter/testing'

/** What an agent can do, and what the model is told of it. */
const agents = {
  orders: {
    model: 'fast',
    instructions: 'You help with orders and parcels.',
    tools: {
      findOrder: {
        description: 'Where an order is.',
        parameters: {
          type: 'object',
          properties: { order: { type: 'string', enum: ['A-17'] } },
          required: ['order'],
        },
        run: ({ order }) => `${order} left Rotterdam this morning`,
      },
    },
  },
  billing: {
    model: 'careful',
    instructions: 'You help with invoices and refunds. Never promise money.',
    tools: {
      findPayment: {
        description: 'What was paid, and when.',
        parameters: {
          type: 'object',
          properties: { days: { type: 'integer', minimum: 30 } },
          required: ['days'],
        },
        run: ({ days }) => `two payments of 19 EUR in the last ${days} days`,
      },
    },
  },
}

const router = await createRouter({
  routes: [
    {
      name: 'orders',
      examples: ['where is my parcel?', 'has my order been sent?', 'the package has not arrived'],
    },
    { name: 'billing', examples: ['I was charged twice', 'where is my refund?', 'send me the invoice'] },
  ],
})

// A stand-in for two services, so that this runs without a key.
const mock = await startMockProvider()
const runtime = createRuntime({
  providers: {
    openai: { apiKey: 'sk-none', baseUrl: `${mock.url}/v1` },
    anthropic: { apiKey: 'sk-none', baseUrl: `${mock.url}/v1` },
  },
  models: {
    fast: { provider: 'openai', model: 'gpt-5-mini', fallbacks: ['careful'] },
    careful: { provider: 'anthropic', model: 'claude-sonnet-4-5', fallbacks: ['fast'] },
  },
})

/** Has an agent answer: the model calls tools until it has what it needs. */
async function answer({ model, instructions, tools }, text) {
  const offered = Object.entries(tools).map(([name, { description, parameters }]) => ({
    name,
    description,
    parameters,
  }))
  const messages = [
    { role: 'system', content: instructions },
    { role: 'user', content: text },
  ]
  for (let turn = 0; turn < 5; turn++) {
    const toolChoice = turn === 0 ? 'required' : 'auto'
    const result = await runtime.execute({ messages, model, tools: offered, toolChoice })
    if (result.toolCalls.length === 0) return result.response
    messages.push({ role: 'assistant', content: result.content })
    for (const { id, name, arguments: json } of result.toolCalls) {
      const found = tools[name].run(JSON.parse(json))
      console.log(`  ${name}(${json}) → ${found}`)
      const content = [{ kind: 'text', text: found }]
      messages.push({ role: 'tool', content: [{ kind: 'tool-result', id, content }] })
    }
  }
  return 'I could not find that out.'
}

for (const text of [
  'Has my parcel been sent yet?',
  'You charged me twice!',
  'What is the meaning of life?',
]) {
  const { route } = router.route(text)
  console.log(`${text} → ${route ?? 'a human'}`)
  if (route !== null) console.log(`  ${await answer(agents[route], text)}`)
}

await runtime.close()
await mock.close()
