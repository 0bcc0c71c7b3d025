// What Node alone can do: parses the body of each request and answers with a decision made beforehand, of the size that
// the server's answers have. node benchmarks/load/bare-server.ts '<answer>'; prints its port.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const answer = process.argv[2]!
const length = Buffer.byteLength(answer)

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const { text } = JSON.parse(Buffer.concat(chunks).toString()) as { text?: unknown }
    response.writeHead(typeof text === 'string' ? 200 : 400, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': length,
    })
    response.end(answer)
  })
})
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
