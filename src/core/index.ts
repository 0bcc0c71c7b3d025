export type {
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
export { AsyncRouter } from './async-router.ts'
export { parseLabelledRows, parseRoute, parseRouteSet } from './parse-route-set.ts'
export { type FitOptions, Router } from './router.ts'
