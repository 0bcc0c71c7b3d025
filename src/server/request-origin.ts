import type { FastifyRequest } from 'fastify'

/** A name or address as a URL has it, with or without a port; nothing that a shell or a page could take for more. */
const PLAIN_HOST = /^(?:[a-z\d_.-]+|\[[a-f\d:.]+\])(?::\d{1,5})?$/i

/**
 * Where a request was sent, such as `https://router.example:8443`, so that what is shown to its caller can be called from
 * there. A proxy that is trusted (`server.trustProxy`) says it for its callers.
 * @returns the address of the socket where the Host header has none, or one that cannot be written into a command
 */
export function requestOrigin(request: FastifyRequest): string {
  const { host, protocol, socket } = request
  const scheme = protocol === 'https' ? 'https' : 'http'
  return `${scheme}://${PLAIN_HOST.test(host) ? host : `127.0.0.1:${socket.localPort}`}`
}
