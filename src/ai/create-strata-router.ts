import type { LanguageModelV4, ProviderV4 } from '@ai-sdk/provider'
import { StrataError } from '../errors/index.ts'
import { createRuntime, type Runtime } from '../library/create-runtime.ts'
import type { RuntimeOptions } from '../library/runtime-options.ts'
import { contentOf, finishOf, metadataOf, usageOf } from './answer-parts.ts'
import { callOptions } from './call-options.ts'
import { METADATA_NAME } from './metadata-name.ts'
import { partsStream } from './stream-parts.ts'

/** Models for the AI SDK that are chosen for every message, with failover inside. */
export interface StrataRouterProvider extends ProviderV4 {
  /** A model: one of the runtime, `route:NAME`, or `auto`, which is the default: the decision names it. */
  (model?: string): LanguageModelV4
  /** What answers; close it when no more calls come. */
  readonly runtime: Runtime
}

/**
 * Models for `generateText`, `streamText` and the rest of the AI SDK. `providerMetadata.stratarouter` of an answer says
 * why that model, every attempt, and the cost; `providerOptions.stratarouter` takes `session`, `tenant` and `user`.
 * @param options of a runtime, or a `runtime` that is there; default: what the configuration file says
 */
export function createStrataRouter(
  options?: RuntimeOptions | { readonly runtime: Runtime },
): StrataRouterProvider {
  const runtime = options !== undefined && 'runtime' in options ? options.runtime : createRuntime(options)
  const languageModel = (model = 'auto') => languageModelOf(runtime, model)
  return Object.assign((model?: string) => languageModel(model), {
    specificationVersion: 'v4' as const,
    runtime,
    languageModel,
    embeddingModel: (model: string) => none(model, 'embeddings'),
    imageModel: (model: string) => none(model, 'pictures'),
  })
}

/** The models of the configuration file (`stratarouter.yaml`, or `STRATAROUTER_CONFIG`), which the first call reads. */
export const router: StrataRouterProvider = createStrataRouter()

function none(model: string, what: string): never {
  throw new StrataError(
    'model_not_found',
    `There is no model ${JSON.stringify(model)} for ${what}: the router has only language models.`,
  )
}

function languageModelOf(runtime: Runtime, model: string): LanguageModelV4 {
  return {
    specificationVersion: 'v4',
    provider: METADATA_NAME,
    modelId: model,
    // Not every model takes addresses, and which one answers is not known yet: the SDK fetches what they lead to.
    supportedUrls: {},
    async doGenerate(call) {
      const { options, warnings } = callOptions(model, call)
      const result = await runtime.execute(options)
      return {
        content: contentOf(result),
        finishReason: finishOf(result.finish),
        usage: usageOf(result.usage),
        providerMetadata: metadataOf(result),
        response: { id: result.executionId, modelId: result.model, timestamp: new Date() },
        warnings,
      }
    },
    async doStream(call) {
      const { options, warnings } = callOptions(model, call)
      const execution = await runtime.execute({ ...options, stream: true })
      return { stream: partsStream(execution, warnings, call.abortSignal) }
    },
  }
}
