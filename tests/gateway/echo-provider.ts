import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * A provider that repeats in its errors all that it was sent: address, headers with the key, body with the prompt. The name
 * of the model, wherever it stands, says how it fails.
 */
export async function startEchoProvider(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const told = `you sent ${request.url} ${JSON.stringify(request.headers)} ${body}`
    const [, kind = '400'] = /fails-(\w+)/.exec(`${request.url} ${body}`) ?? []
    const error = { message: told, type: told, code: 'echoed', status: told, param: told }
    const send = (status: number, type: string, text: string) =>
      response.writeHead(status, { 'content-type': type }).end(text)
    switch (kind) {
      case 'malformed':
        return send(200, 'application/json', told)
      case 'page':
        return send(502, 'text/html', `<html>${told}`)
      case 'error':
        return send(200, 'application/json', JSON.stringify({ error }))
      case 'stream':
        return send(
          200,
          'text/event-stream',
          `data: {"choices":[]}\n\ndata: ${JSON.stringify({ error })}\n\n`,
        )
      case 'event':
        return send(
          200,
          'text/event-stream',
          `event: error\ndata: ${JSON.stringify({ type: 'error', error })}\n\n`,
        )
      case 'garbage':
        return send(200, 'text/event-stream', `data: {"x": ${told},\n\n`)
      case 'reset':
        return request.socket.destroy()
      default:
        return send(Number(kind), 'application/json', JSON.stringify({ type: 'error', error }))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
