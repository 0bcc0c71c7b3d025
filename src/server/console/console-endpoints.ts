import type { FastifyReply } from 'fastify'
import { StrataError } from '../../errors/index.ts'
import { type AnyEndpoint, defineEndpoint } from '../endpoint.ts'
import { type ConsoleFile, readConsoleFiles } from './console-files.ts'

/** Everything comes from here, nothing is inline, no string ever becomes markup, and no other page shows this one. */
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

/** The try-it page at `/` and what it is made of below `/console/`; read at the first request, as most servers are never asked. */
export function consoleEndpoints(): readonly AnyEndpoint[] {
  let files: ReadonlyMap<string, ConsoleFile> | undefined
  const file = (name: string, reply: FastifyReply): string => {
    files ??= readConsoleFiles()
    const found = files.get(name)
    if (found === undefined) {
      throw new StrataError(
        'not_found',
        `There is no file ${name.slice(0, 200)} of the page; reload the page at /.`,
      )
    }
    return sendFile(found, reply)
  }
  const common = { operation: 'console', scope: null, method: 'GET', tag: 'Operation', errors: [] } as const
  return [
    defineEndpoint({
      ...common,
      path: '/',
      summary: 'The try-it page.',
      answers: { 200: { description: 'The page.' } },
      handle: ({ reply }) => file('index.html', reply),
    }),
    defineEndpoint({
      ...common,
      path: '/console/server.json',
      summary: 'What the page says about the server.',
      answers: { 200: { description: 'Version; whether `default` starts as the demo set, and its file.' } },
      handle({ app, reply }) {
        reply.header('cache-control', 'no-cache')
        return { version: app.version, demo: app.demo, file: app.config.routes.file ?? null }
      },
    }),
    defineEndpoint({
      ...common,
      path: '/console/{file}',
      summary: 'A file of the page.',
      answers: { 200: { description: 'The file.' } },
      handle: ({ params, reply }) => file(params.file as string, reply),
    }),
  ]
}

function sendFile({ body, contentType, etag, cacheControl }: ConsoleFile, reply: FastifyReply): string {
  reply
    .header('content-security-policy', CONTENT_SECURITY_POLICY)
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer')
    .header('cross-origin-opener-policy', 'same-origin')
    .header('cache-control', cacheControl)
    .header('etag', etag)
    .type(contentType)
  if (reply.request.headers['if-none-match'] !== etag) return body
  reply.code(304)
  return ''
}
