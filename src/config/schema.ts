import { isIP } from 'node:net'
import { z } from 'zod'
import { redactionProblem } from '../redaction/redactor.ts'
import { describe } from './describe.ts'
import { gatewaySchema } from './gateway-schema.ts'
import { telemetrySchema } from './telemetry-schema.ts'

const bytes = (minimum: number, maximum: number) => z.int().min(minimum).max(maximum)
const milliseconds = (maximum: number) => z.int().min(0).max(maximum)

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const

const MEBIBYTE = 1024 * 1024
export const MOST_WORKERS = 256

const redaction = z.string().superRefine((entry, context) => {
  const message = redactionProblem(entry)
  if (message !== null) context.addIssue({ code: 'custom', message })
})

const NETWORK_NAMES = ['loopback', 'linklocal', 'uniquelocal']

/** An address, a network in CIDR notation, or one of the names that the framework knows. */
const proxy = z.string().refine(
  (entry) => {
    const [, address = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(entry) ?? []
    const family = isIP(address)
    const isNetwork = family !== 0 && Number(prefix ?? 0) <= (family === 4 ? 32 : 128)
    return isNetwork || NETWORK_NAMES.includes(entry)
  },
  `expected an IP address, a network such as 10.0.0.0/8, or one of ${NETWORK_NAMES.join(', ')}`,
)

/** The one schema: validation, defaults, `docs/reference/configuration.md` and JSON Schema come from it. */
export const configSchema = z.strictObject({
  server: z
    .strictObject({
      host: describe(z.string().min(1).default('127.0.0.1'), {
        description:
          'Address to listen on. Beyond loopback the server starts only when there is an API key (`stratarouter keys create`), or `auth.mode: none` is written down.',
      }),
      port: describe(z.int().min(0).max(65535).default(8000), {
        description: 'TCP port; 0 takes any free one.',
      }),
      workers: describe(z.union([z.literal('auto'), z.int().min(1).max(MOST_WORKERS)]).default(1), {
        description:
          'Processes that decide, on the one port. `auto` is one for each core that Node finds it may use (`os.availableParallelism()`). Each holds everything in memory.',
      }),
      allowedHosts: describe(
        z
          .array(
            z
              .string()
              .regex(
                /^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])$/,
                'expected a host name or address alone: no scheme, port or wildcard, IPv6 in brackets',
              ),
          )
          .default([]),
        {
          description:
            'Further names that the server answers to in the Host header, such as the public name that a reverse proxy passes on. On loopback it answers to `localhost`, loopback addresses, `server.host` and these; to any other name 421 `host_not_allowed`. Beyond loopback to any name, unless this is set.',
        },
      ),
      cors: describe(z.array(z.string().min(1)).default([]), {
        description:
          'Origins whose pages may call from a browser, such as `https://app.example`; `*` for any.',
      }),
      trustProxy: describe(z.union([z.boolean(), z.array(proxy)]).default(false), {
        description:
          'Whether `x-forwarded-for` names the client: `true`, or the addresses and networks of the proxies to believe.',
      }),
      tls: z
        .strictObject({
          cert: describe(z.string().min(1), {
            description: 'Certificate chain in PEM, usually `file:/path`.',
            secret: true,
          }),
          key: describe(z.string().min(1), {
            description: 'Private key in PEM, usually `file:/path`.',
            secret: true,
          }),
        })
        .optional(),
      bodyLimitBytes: describe(bytes(1024, 256 * MEBIBYTE).default(MEBIBYTE), {
        description: 'Largest request body; above it 413 `payload_too_large`.',
      }),
      textLimitBytes: describe(bytes(16, MEBIBYTE).default(32 * 1024), {
        description: 'Longest text to route, in bytes of UTF-8; above it 413 `text_too_long`.',
      }),
    })
    .prefault({}),
  auth: z
    .strictObject({
      mode: describe(z.enum(['none']).optional(), {
        description:
          'Written down as `none`, anyone who can reach the server may call it. Otherwise keys are required once the first one has been made, and beyond loopback from the start.',
      }),
    })
    .prefault({}),
  routes: z
    .strictObject({
      file: describe(z.string().min(1).optional(), {
        description:
          'Route file that is the source of the set `default`: watched, and not writable over HTTP. Without it the database is the source.',
        filePath: true,
      }),
    })
    .prefault({}),
  dataDir: describe(z.string().min(1).default('.stratarouter'), {
    description: 'Directory of the database and the compiled snapshots; made when missing.',
    filePath: true,
  }),
  database: z
    .strictObject({
      primary: describe(
        z
          .string()
          .regex(/^(sqlite:.|postgres(ql)?:\/\/)/, 'expected sqlite:PATH or postgresql://USER@HOST/NAME')
          .optional(),
        {
          description:
            'Where route sets, keys, budgets and records are kept: `sqlite:PATH`, or `postgresql://USER@HOST/NAME`, for which the package `pg` has to be installed. Unset: `DATABASE_URL`, otherwise `stratarouter.db` in the data directory.',
        },
      ),
    })
    .prefault({}),
  decisions: z
    .strictObject({
      record: z
        .strictObject({
          sampleRate: describe(z.number().min(0).max(1).default(0), {
            description: 'Share of the decisions that are recorded; 0 records none.',
          }),
          text: describe(z.enum(['full', 'hash', 'none']).default('hash'), {
            description:
              'What is kept of the text: itself, a hash by which equal texts can be counted but not read, or nothing.',
          }),
          redact: describe(z.array(redaction).default(['url', 'email', 'card', 'phone']), {
            description:
              'What is taken out of texts before they are hashed or kept, feedback included: `url`, `email`, `card`, `phone`, `number`, and expressions in RE2 syntax such as `/ORD-\\d+/i`.',
          }),
          retentionDays: describe(z.number().min(0.01).max(3650).default(30), {
            description: 'After so many days recorded decisions are deleted.',
          }),
          maxRows: describe(z.int().min(1).max(100_000_000).default(100_000), {
            description: 'Recorded decisions kept; beyond them the oldest are deleted.',
          }),
          queueBytes: describe(bytes(64 * 1024, 1024 * MEBIBYTE).default(8 * MEBIBYTE), {
            description:
              'Memory for decisions that wait to be written; what finds no room is dropped and counted, and deciding goes on.',
          }),
        })
        .prefault({}),
      feedbackPerSet: describe(z.int().min(1).max(1_000_000).default(10_000), {
        description: 'Texts with feedback kept for each route set; beyond them the oldest are deleted.',
      }),
    })
    .prefault({}),
  encoder: z
    .strictObject({
      kind: describe(z.enum(['builtin', 'onnx', 'openai']).default('builtin'), {
        description:
          'Another encoder is asked where the built-in one is unsure, see `cascade`. `onnx`: a local sentence model, run by the package `onnxruntime-node`, which has to be installed; `openai`: any service that speaks `/v1/embeddings`.',
      }),
      modelFile: describe(z.string().min(1).optional(), {
        description: 'Of `onnx`: the ONNX file of a sentence model of the BERT kind.',
        filePath: true,
      }),
      vocabularyFile: describe(z.string().min(1).optional(), {
        description: 'Of `onnx`: its WordPiece vocabulary, `vocab.txt`.',
        filePath: true,
      }),
      model: describe(z.string().min(1).optional(), {
        description: 'Of `openai`: name of the model, such as `text-embedding-3-small`.',
      }),
      baseUrl: describe(z.url({ protocol: /^https?$/ }).default('https://api.openai.com/v1'), {
        description: 'Of `openai`: where the service is; `/embeddings` is added.',
      }),
      apiKey: describe(z.string().min(1).optional(), {
        description: 'Of `openai`: the key, usually `env:NAME` or `file:/path`. Unset: `OPENAI_API_KEY`.',
        secret: true,
      }),
      dimensions: describe(z.int().min(16).max(16_384).multipleOf(16).optional(), {
        description: 'Of `openai`: numbers in a vector, asked of the service. Unset: what the model makes.',
      }),
      batchWindowMs: describe(milliseconds(1000).default(2), {
        description:
          'Of `openai`: how long a request waits for texts of other messages, so that they share it; with 0 none waits.',
      }),
    })
    .prefault({}),
  cascade: z
    .strictObject({
      share: describe(z.number().gt(0).max(1).default(0.2), {
        description:
          'About this share of the messages that belong to a set, the least sure ones, is asked of the other encoder; 1 asks for all. Before *no match* it is asked always.',
      }),
      timeoutMs: describe(z.int().min(1).max(600_000).default(2000), {
        description: 'How long one asking may take before the built-in encoder decides alone.',
      }),
    })
    .prefault({}),
  ...gatewaySchema,
  ...telemetrySchema,
  log: z
    .strictObject({
      level: describe(z.enum(LOG_LEVELS).default('info'), {
        description: 'Least serious level that is logged. Requests are logged at `debug`.',
      }),
    })
    .prefault({}),
  shutdown: z
    .strictObject({
      drainDelayMs: describe(milliseconds(300_000).optional(), {
        description:
          'After SIGTERM: how long to keep serving while `/health/ready` already answers 503, so that balancers look away. SIGINT skips it. Unset: 5000 where anyone has asked `/health/ready`, otherwise 0, as nobody would notice.',
      }),
      timeoutMs: describe(milliseconds(600_000).default(10_000), {
        description:
          'After the drain: how long requests in flight may take before their connections are cut.',
      }),
    })
    .prefault({}),
  limits: z
    .strictObject({
      routeSets: describe(z.int().min(1).max(10_000).default(1000), {
        description: 'Route sets that may be stored.',
      }),
      routesPerSet: describe(z.int().min(1).max(20_000).default(10_000), {
        description: 'Routes in one set.',
      }),
      versionsKept: describe(z.int().min(1).max(1000).default(20), {
        description:
          'Versions of each set kept in the database, the active one included and what is shadow or canary aside; older ones are deleted.',
      }),
      fitRows: describe(z.int().min(1).max(1_000_000).default(50_000), {
        description: 'Labelled rows, feedback included, that one version of a set may be fitted with.',
      }),
      fitBytes: describe(bytes(1024, 256 * MEBIBYTE).default(8 * MEBIBYTE), {
        description:
          'Size of those rows as JSON. They are kept in the database once for all versions that have the same.',
      }),
      inFlight: describe(z.int().min(1).max(1_000_000).default(1024), {
        description:
          'Requests that may be under way at once; further ones get 503 `overloaded`. Health and metrics are answered always, and calls of models are limited by `execution.concurrency` instead.',
      }),
      eventLoopDelayMs: describe(z.int().min(1).max(600_000).default(250), {
        description:
          'How long requests may wait for the processor before they are answered; those that have waited longer get 503 `overloaded`, calls of models after eight times as long.',
      }),
    })
    .prefault({}),
})

type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T

/** A checked configuration: defaults filled in, paths absolute, secrets read; deep-frozen. */
export type Config = DeepReadonly<z.output<typeof configSchema>>
