export type {
  AskOutcome,
  AsyncEncoder,
  Candidate,
  Decision,
  DecisionReason,
  EncodeOptions,
  Encoder,
  Evaluation,
  Explanation,
  FitProgress,
  FitReport,
  Intent,
  LabelledText,
  RouteDefinition,
  RouteOptions,
  RouteSet,
  Rule,
  RuleCondition,
  RuleEffect,
  Target,
} from '../contracts/index.ts'
export { ERROR_CODES, type ErrorCode, type ErrorDetail, isStrataError, StrataError } from '../errors/index.ts'
export type { AskRule } from './ask-rule.ts'
export type { Asking } from './asker.ts'
export { AsyncRouter } from './async-router.ts'
export { Cascade } from './cascade.ts'
export type { CascadeEvaluation } from './cascade-evaluation.ts'
export type { Join } from './cascade-join.ts'
export type { CascadeCounts, CascadeParts, CascadeReport } from './cascade-parts.ts'
export { parseLabelledRows, parseRoute, parseRouteSet } from './parse-route-set.ts'
export { type FitOptions, Router } from './router.ts'
