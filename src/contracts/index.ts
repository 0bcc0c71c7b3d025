export type {
  ApiKey,
  ApiKeyChanges,
  ApiKeySettings,
  ApiKeyStore,
  BudgetLimits,
  RateLimits,
  Scope,
  StoredApiKey,
  TenantSettings,
} from './api-keys.ts'
export type { AuditActor, AuditEvent, AuditLog, AuditRecord, AuditVerdict } from './audit.ts'
export type {
  BudgetLine,
  BudgetRefusal,
  BudgetRequest,
  BudgetSettlement,
  BudgetSpent,
  BudgetStore,
  UsageDimension,
  UsageQuery,
  UsageRow,
  UsageStore,
  UsageSums,
  UsageTotal,
} from './budgets.ts'
export type {
  ChatAnswer,
  ChatEvent,
  ChatMessage,
  ChatPart,
  ChatRequest,
  FinishReason,
  ImagePart,
  ReasoningPart,
  ResponseFormat,
  TextPart,
  TokenUsage,
  ToolCallPart,
  ToolChoice,
  ToolDefinition,
  ToolResultPart,
} from './chat.ts'
export type { Clock } from './clock.ts'
export type {
  AskOutcome,
  Candidate,
  Decision,
  DecisionReason,
  Explanation,
  Intent,
  RouteOptions,
} from './decision.ts'
export type {
  DecisionFilter,
  DecisionRecordStore,
  Feedback,
  FeedbackPage,
  FeedbackPosition,
  FeedbackStore,
  RecordedDecision,
  RecordPage,
  RecordPosition,
} from './decision-records.ts'
export type { DriftReference, DriftReferenceStore } from './drift-references.ts'
export type { AsyncEncoder, EncodeOptions, Encoder } from './encoder.ts'
export type { JsonObject } from './json.ts'
export type {
  AnswerKeeper,
  CallOptions,
  ModelCall,
  Protocol,
  Provider,
  ProviderAnswer,
  StreamedAnswer,
  WholeAnswer,
} from './provider.ts'
export type { Evaluation, FitProgress, FitReport } from './reports.ts'
export type {
  LabelledText,
  RouteDefinition,
  RouteSet,
  Rule,
  RuleCondition,
  RuleEffect,
  Target,
} from './route-set.ts'
export type {
  FeedbackRow,
  FitInputs,
  FitOutcome,
  KeyedFitInputs,
  RouteStore,
  StateChange,
  StoredRouteSet,
  StoredRouteSetSummary,
  StoredTrial,
  StoredVersion,
  VersionContent,
  VersionState,
  WriteCondition,
} from './store.ts'
export type { Timer } from './timer.ts'
export type { Attributes, Span, SpanEnd, Tracer } from './tracer.ts'
export type { Transport, TransportAnswer, TransportRequest } from './transport.ts'
