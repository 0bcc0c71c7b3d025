/** Who may import whom. A file belongs to the longest folder that contains it. */
export interface Layer {
  /** Folder, or single file, of `src`. */
  readonly path: string
  /** Folders and files of `src` that it may import besides its own. */
  readonly mayImport: readonly string[]
  /** Packages that it may import. */
  readonly packages: readonly string[]
  /** Whether it may import `node:` modules. */
  readonly mayUseNode: boolean
}

const LAYER_0 = ['contracts', 'errors', 'util']
const BELOW_SERVER = [...LAYER_0, 'config', 'observability', 'access', 'protocols', 'runtime', 'app']

export const LAYERS: readonly Layer[] = [
  { path: 'util', mayImport: [], packages: [], mayUseNode: false },
  { path: 'errors', mayImport: ['util'], packages: [], mayUseNode: false },
  { path: 'contracts', mayImport: ['errors', 'util'], packages: [], mayUseNode: false },

  // Pure: no I/O, no clock, no randomness, nothing that a browser lacks.
  { path: 'core', mayImport: LAYER_0, packages: [], mayUseNode: false },
  { path: 'core/rules', mayImport: [...LAYER_0, 'core'], packages: ['re2js'], mayUseNode: false },
  { path: 'observability', mayImport: LAYER_0, packages: ['pino', 'prom-client'], mayUseNode: true },
  // The wire formats of callers and providers: JSON in, JSON out.
  { path: 'protocols', mayImport: LAYER_0, packages: [], mayUseNode: false },
  // Policies of calls; time and chance are handed in.
  { path: 'execution', mayImport: LAYER_0, packages: [], mayUseNode: false },
  // What models cost; prices are data.
  { path: 'pricing', mayImport: LAYER_0, packages: [], mayUseNode: false },
  // Who is asking and what they may; of Node only its hashes and random bytes.
  { path: 'access', mayImport: [...LAYER_0, 'execution'], packages: [], mayUseNode: true },
  { path: 'redaction', mayImport: ['errors', 'util'], packages: ['re2js'], mayUseNode: false },
  // Route files are checked by the engine's own parser, so that a file and a request are judged alike.
  {
    path: 'config',
    mayImport: [...LAYER_0, 'core/parse-route-set.ts', 'redaction'],
    packages: ['yaml', 'zod'],
    mayUseNode: true,
  },

  {
    path: 'encoders/builtin',
    mayImport: [...LAYER_0, 'core/text', 'core/vectors'],
    packages: [],
    mayUseNode: true,
  },
  {
    path: 'encoders/onnx',
    mayImport: [...LAYER_0, 'core/text'],
    packages: ['onnxruntime-node'],
    mayUseNode: true,
  },
  {
    path: 'encoders/openai-compatible',
    mayImport: [...LAYER_0, 'execution'],
    packages: [],
    mayUseNode: true,
  },
  { path: 'stores', mayImport: [...LAYER_0, 'observability'], packages: ['kysely', 'pg'], mayUseNode: true },

  // One never imports another; what they share is the way of a call over HTTP.
  { path: 'providers', mayImport: [...LAYER_0, 'protocols', 'execution'], packages: [], mayUseNode: true },
  { path: 'providers/undici', mayImport: LAYER_0, packages: ['undici'], mayUseNode: true },
  // From a decision to an answer; providers and stores are handed in.
  {
    path: 'runtime',
    mayImport: [...LAYER_0, 'core', 'protocols', 'execution', 'observability', 'access', 'pricing'],
    packages: [],
    mayUseNode: false,
  },

  {
    path: 'app',
    mayImport: [
      ...LAYER_0,
      'core',
      'redaction',
      'observability',
      'config',
      'encoders',
      'stores',
      'protocols',
      'execution',
      'providers',
      'runtime',
      'access',
      'pricing',
    ],
    packages: [],
    mayUseNode: true,
  },

  { path: 'server', mayImport: BELOW_SERVER, packages: ['fastify', 'zod'], mayUseNode: true },
  // Commands that decide without a server use the library as any user does; `serve` starts the server.
  // Those that manage keys open the database themselves, as they work beside a server and without one.
  {
    path: 'cli',
    mayImport: [...BELOW_SERVER, 'core', 'encoders/builtin', 'pricing', 'stores', 'server'],
    packages: [],
    mayUseNode: true,
  },

  {
    path: 'testing',
    mayImport: [...LAYER_0, 'core', 'observability', 'access', 'encoders', 'stores', 'app'],
    packages: ['vitest', 'pg'],
    mayUseNode: true,
  },

  // The gateway without a server. Only what is loaded at the first call may reach Node, through `app`.
  {
    path: 'library',
    mayImport: [
      ...LAYER_0,
      'core',
      'encoders/builtin',
      'config',
      'observability',
      'stores/memory',
      'protocols',
      'runtime',
      'access',
      'app',
    ],
    packages: [],
    mayUseNode: false,
  },
  // A model for the AI SDK; of its package only types.
  { path: 'ai', mayImport: [...LAYER_0, 'library'], packages: ['@ai-sdk/provider'], mayUseNode: false },

  // What a user imports.
  {
    path: 'browser.ts',
    mayImport: [...LAYER_0, 'core', 'encoders/builtin'],
    packages: [],
    mayUseNode: false,
  },
  { path: 'index.ts', mayImport: ['browser.ts', 'library'], packages: [], mayUseNode: false },
]
