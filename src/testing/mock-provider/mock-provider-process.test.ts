import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const FILE = fileURLToPath(new URL('./mock-provider-process.ts', import.meta.url))

test('the process says where it is, answers as it was told, and ends with its standard input', async () => {
  const words = ['--port', '0', '--events', '3', '--characters-per-event', '5', '--fast']
  const child = spawn(process.execPath, [FILE, ...words], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const [line] = await once(createInterface(child.stdout), 'line')
  const { url } = JSON.parse(line)
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] }),
  })
  expect(await answer.json()).toMatchObject({ choices: [{ message: { content: 'mock(m): hi moc' } }] })
  child.stdin.end()
  await ended
})

test('a fault that there is not ends it with the faults that there are', async () => {
  const child = spawn(process.execPath, [FILE, '--fault', 'hung'], { stdio: ['pipe', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  const [status] = await once(child, 'close')
  expect(status).toBe(1)
  expect(said).toContain("no fault is called 'hung'")
})
