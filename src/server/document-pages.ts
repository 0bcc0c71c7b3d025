import { type AnyEndpoint, defineEndpoint } from './endpoint.ts'
import { type OpenApiDocument, servedAt } from './openapi.ts'
import { renderReferencePage } from './reference-page.ts'
import { requestOrigin } from './request-origin.ts'

/**
 * This interface as OpenAPI and as a page.
 * @param describe called at the first request, as most servers are never asked
 */
export function documentPages(describe: () => OpenApiDocument): AnyEndpoint[] {
  let described: OpenApiDocument | undefined
  const document = () => {
    described ??= describe()
    return described
  }
  const common = { method: 'GET', tag: 'Operation', errors: [] } as const
  return [
    defineEndpoint({
      ...common,
      operation: 'openapi',
      scope: null,
      path: '/openapi.json',
      summary: 'This interface as OpenAPI 3.1.',
      answers: { 200: { description: 'The document.' } },
      handle: ({ reply }) => servedAt(document(), requestOrigin(reply.request)),
    }),
    defineEndpoint({
      ...common,
      operation: 'docs',
      scope: null,
      path: '/docs',
      summary: 'This interface as a page.',
      answers: { 200: { description: 'The page.' } },
      handle({ reply }) {
        reply
          .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
          .type('text/html; charset=utf-8')
        return renderReferencePage(document(), requestOrigin(reply.request))
      },
    }),
  ]
}
