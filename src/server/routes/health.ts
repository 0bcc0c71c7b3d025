import { z } from 'zod'
import { type AnyEndpoint, defineEndpoint } from '../endpoint.ts'

const liveSchema = z.object({ status: z.literal('ok') })
const readySchema = z.object({
  status: z.enum(['ready', 'draining', 'failing']),
  checks: z.record(z.string(), z.string()).describe('Each `ok`, or what is wrong.'),
})

/** Whether the server should get traffic, and whether anyone wants to know. */
export interface Readiness {
  /** Set when the server is told to stop. */
  isDraining: boolean
  /** Set when `/health/ready` is asked for the first time. */
  wasAsked: boolean
}

export function healthEndpoints(readiness: Readiness): readonly AnyEndpoint[] {
  const live = (operation: string, path: string): AnyEndpoint =>
    defineEndpoint({
      operation,
      scope: null,
      method: 'GET',
      path,
      tag: 'Operation',
      summary: 'Whether the process is alive.',
      anyHost: true,
      neverShed: true,
      answers: { 200: { description: 'Alive.', schema: liveSchema } },
      errors: [],
      handle: () => ({ status: 'ok' }),
    })
  return [
    live('health', '/health'),
    live('healthLive', '/health/live'),
    defineEndpoint({
      operation: 'healthReady',
      scope: null,
      method: 'GET',
      path: '/health/ready',
      tag: 'Operation',
      summary: 'Whether the server should get traffic.',
      anyHost: true,
      neverShed: true,
      description: '503 from the moment it is told to stop, and while the database does not answer.',
      answers: {
        200: { description: 'Ready.', schema: readySchema },
        503: { description: 'Draining, or failing.', schema: readySchema },
      },
      errors: [],
      async handle({ app, reply }) {
        readiness.wasAsked = true
        const checks = await app.check()
        const isFailing = Object.values(checks).some((outcome) => outcome !== 'ok')
        const status = readiness.isDraining ? 'draining' : isFailing ? 'failing' : 'ready'
        if (status !== 'ready') reply.code(503)
        return { status, checks }
      },
    }),
    defineEndpoint({
      operation: 'metrics',
      scope: 'metrics',
      method: 'GET',
      path: '/metrics',
      tag: 'Operation',
      summary: 'Figures for Prometheus.',
      neverShed: true,
      answers: {
        200: {
          description: 'Prometheus text format.',
          contentType: 'text/plain; version=0.0.4; charset=utf-8',
        },
      },
      errors: [],
      async handle({ app, reply }) {
        reply.type('text/plain; version=0.0.4; charset=utf-8')
        return app.metrics.render()
      },
    }),
  ]
}
