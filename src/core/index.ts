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
export { AsyncRouter } from './async-router.ts'
export {
  type Asking,
  Cascade,
  type CascadeCounts,
  type CascadeParts,
  type CascadeReport,
} from './cascade.ts'
export type { CascadeEvaluation } from './cascade-evaluation.ts'
export type { Join } from './cascade-join.ts'
export { parseLabelledRows, parseRoute, parseRouteSet } from './parse-route-set.ts'
export { type FitOptions, Router } from './router.ts'
