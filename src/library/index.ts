// The gateway without a server.

export type {
  ChatEvent,
  FinishEvent,
  PlainFormat,
  ReasoningEvent,
  SchemaFormat,
  StartEvent,
  TextEvent,
  ToolArgumentsEvent,
  ToolCallEvent,
} from '../contracts/chat.ts'
export type {
  BudgetLimits,
  BudgetLine,
  BudgetRefusal,
  BudgetRequest,
  BudgetSettlement,
  BudgetSpent,
  BudgetStore,
  ChatMessage,
  ChatPart,
  ChatRequest,
  FinishReason,
  ImagePart,
  ReasoningPart,
  ResponseFormat,
  TenantSettings,
  TextPart,
  TokenUsage,
  ToolCallPart,
  ToolChoice,
  ToolDefinition,
  ToolResultPart,
  UsageDimension,
  UsageQuery,
  UsageRow,
  UsageStore,
  UsageSums,
  UsageTotal,
} from '../contracts/index.ts'
export { isStrataError, StrataError } from '../errors/index.ts'
export type { ExecutionReport, ReportedAttempt } from '../runtime/execution-report.ts'
export { createRuntime, type Runtime } from './create-runtime.ts'
export type {
  ExecuteMessage,
  ExecuteOptions,
  ExecutionHead,
  ExecutionResult,
  ExecutionStream,
} from './execution-types.ts'
export type {
  DecidingRouter,
  DeploymentSettings,
  ExecutionSettings,
  ModelSettings,
  PriceSettings,
  ProviderSettings,
  ProviderTimeouts,
  ProviderType,
  RuntimeLogger,
  RuntimeOptions,
  TokenPriceSettings,
} from './runtime-options.ts'
