import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { Connection, jsonRequest } from './connection.ts'

let server: Server | undefined
afterEach(() => {
  server?.close()
})

/** A server that answers every request with these pieces, one write each. */
async function answering(...pieces: string[]): Promise<URL> {
  const started = createServer((socket) => {
    socket.setNoDelay(true)
    socket.on('data', () => writeInTurns(socket, pieces))
  })
  server = started
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve))
  const address = started.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return new URL(`http://127.0.0.1:${address.port}/below/`)
}

/** A turn of the event loop between pieces, in which the reader on this same thread reads what is there. */
function writeInTurns(socket: Socket, [piece, ...rest]: readonly string[]): void {
  if (piece === undefined) return
  socket.write(piece, () => setImmediate(() => setImmediate(() => writeInTurns(socket, rest))))
}

test('an answer is read whole, however it is cut up, and the next one after it', async () => {
  const url = await answering('HTTP/1.1 200 OK\r\nConte', 'nt-Length: 11\r\n\r', '\nhello', ' world')
  const connection = await Connection.open(url)
  const request = jsonRequest(url, '/v1/route', { text: 'é' })
  for (let time = 0; time < 2; time++) {
    const { status, body } = await connection.send(request)
    expect([status, body.toString()]).toEqual([200, 'hello world'])
  }
  connection.close()
})

test('an answer of unknown length is an error that says so', async () => {
  const connection = await Connection.open(
    await answering('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'),
  )
  await expect(connection.send(Buffer.from('x'))).rejects.toThrow('no content-length')
})

test('a request names its path below that of the server, and its length in bytes', () => {
  const request = jsonRequest(new URL('http://host:8000/below/'), '/v1/route', { text: 'é' }).toString()
  expect(request).toMatch(/^POST \/below\/v1\/route HTTP\/1\.1\r\nhost: host:8000\r\n/)
  expect(request).toContain('content-length: 13\r\n')
})
