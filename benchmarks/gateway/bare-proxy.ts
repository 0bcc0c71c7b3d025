// What Node and undici alone can do: reads a body, sends it on as it is, and pipes the answer back. The caller says where to in
// the header x-upstream. node benchmarks/gateway/bare-proxy.ts; prints its port.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Agent } from 'undici'

/** Of the answer; a length makes chunks unnecessary. */
const PASSED_BACK = ['content-type', 'content-length']

const agent = new Agent({ connections: 512, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 })

const server = createServer({ noDelay: true }, (request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => sendOn(request, chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks), response))
})

function sendOn({ headers, url }: IncomingMessage, body: Buffer, response: ServerResponse): void {
  const sent = {
    'content-type': 'application/json',
    'content-length': String(body.length),
    authorization: headers.authorization ?? '',
  }
  agent.stream(
    { origin: headers['x-upstream'] as string, path: url!, method: 'POST', headers: sent, body },
    ({ statusCode, headers: answered }) => {
      const known: Record<string, string | string[]> = {}
      for (const name of PASSED_BACK) {
        const value = answered[name]
        if (value !== undefined) known[name] = value
      }
      response.writeHead(statusCode, known)
      return response
    },
    (error) => {
      if (!error) return
      if (response.headersSent) response.destroy()
      else response.writeHead(502, { 'content-length': 0 }).end()
    },
  )
}

server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
