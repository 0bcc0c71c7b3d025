import type { onRequestHookHandler } from 'fastify'
import { type Config, isLoopbackHost } from '../config/index.ts'
import { StrataError } from '../errors/index.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answers whatever name the request was sent to. */
    anyHost?: boolean
  }
}

/**
 * Refuses requests that were sent to a name which is not this server's. A web page can make its own name point to
 * 127.0.0.1 (DNS rebinding) and would then be allowed to read and write here like a page of ours; its name in the
 * Host header gives it away.
 * @returns undefined where anyone may call under any name: beyond loopback, unless `server.allowedHosts` is set
 */
export function refuseForeignHosts(server: Config['server']): onRequestHookHandler | undefined {
  const names = ownNames(server)
  if (names === undefined) return undefined
  return (request, _reply, done) => {
    // Not request.host, which a client may set through x-forwarded-host.
    const { host } = request.headers
    if (request.routeOptions.config.anyHost === true || isOwnName(host, names)) done()
    else done(refusal(host, names))
  }
}

/** Whether a Host header names this server, asked once for each name in a row. */
export function hostCheck(server: Config['server']): (host: string | undefined) => boolean {
  const names = ownNames(server)
  if (names === undefined) return () => true
  let known: string | undefined
  return (host) => {
    if (host !== undefined && host === known) return true
    if (!isOwnName(host, names)) return false
    known = host
    return true
  }
}

/** Undefined where any name will do. */
function ownNames(server: Config['server']): ReadonlySet<string> | undefined {
  if (!isLoopbackHost(server.host) && server.allowedHosts.length === 0) return undefined
  return new Set([bracketed(server.host), ...server.allowedHosts].map((name) => name.toLowerCase()))
}

function isOwnName(host: string | undefined, names: ReadonlySet<string>): boolean {
  if (host === undefined) return false
  const name = host.replace(/:\d*$/, '').toLowerCase()
  return names.has(name) || isLoopbackHost(name)
}

const bracketed = (host: string): string => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host)

function refusal(host: string | undefined, names: ReadonlySet<string>): StrataError {
  const got = host === undefined ? 'without a Host header' : `to ${JSON.stringify(host.slice(0, 80))}`
  const known = [...new Set(['localhost', '127.0.0.1', '[::1]', ...names])].join(', ')
  return new StrataError(
    'host_not_allowed',
    `This server answers requests to ${known}, and this one was sent ${got}. Call it by one of these names, or add the name to server.allowedHosts.`,
  )
}
