import { z } from 'zod'
import { describe } from './describe.ts'

/** What the server tells others of its work; joined into the one schema. */
export const telemetrySchema = {
  telemetry: z
    .strictObject({
      traces: z
        .strictObject({
          endpoint: describe(
            z
              .url({
                protocol: /^https?$/,
                error: 'expected an address such as http://127.0.0.1:4318',
              })
              .optional(),
            {
              description:
                'Collector that takes OpenTelemetry traces over OTLP/HTTP, as JSON; `/v1/traces` is added where it is not there. Unset: `OTEL_EXPORTER_OTLP_ENDPOINT`, otherwise there are no traces.',
            },
          ),
          headers: describe(z.record(z.string(), z.string()).optional(), {
            description:
              'Headers of what is sent there, such as a key. Unset: `OTEL_EXPORTER_OTLP_HEADERS`, written `name=value,name=value`.',
            secret: true,
          }),
          sampleRatio: describe(z.number().min(0).max(1).default(1), {
            description:
              'Share of the traces that begin here which are recorded. A trace that a caller began is recorded where the caller records it.',
          }),
          serviceName: describe(z.string().min(1).max(256).default('stratarouter'), {
            description: 'Name of this service in traces. Unset: `OTEL_SERVICE_NAME`.',
          }),
        })
        .prefault({}),
    })
    .prefault({}),
}
