import { z } from 'zod'
import { lintProblemSchema } from './lint.ts'
import { nameSchema } from './route-request.ts'

// These describe what is sent and answered; bodies are checked by the reader of route files, which knows more.

const ruleSchema = z.object({
  when: z
    .object({
      phrase: z
        .string()
        .optional()
        .describe('A literal phrase, on word boundaries, ignoring case and accents.'),
      regex: z.string().optional().describe('A regular expression in RE2 syntax.'),
      flags: z.string().optional().describe('Any of i, m, s; i if absent.'),
      metadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
    })
    .describe('Exactly one of phrase, regex, metadata.'),
  then: z.enum(['force', 'forbid', 'favour']),
  priority: z.number().optional().describe('Higher is tried first among force rules; 0 if absent.'),
})

const routeFields = {
  description: z.string().optional(),
  examples: z.array(z.string()).optional().describe('Texts that belong here. Alias: utterances.'),
  negatives: z.array(z.string()).optional().describe('Texts that must not go here.'),
  rules: z.array(ruleSchema).optional(),
  keywords: z.array(z.string()).optional().describe('Phrases that favour the route.'),
  patterns: z.array(z.string()).optional().describe('Phrases or /regex/flags that force the route.'),
  threshold: z.number().min(0).max(1).optional().describe("Overrides the set's."),
  tags: z.array(z.string()).optional(),
  metadata: z.record(z.string(), z.unknown()).optional().describe('Free; returned with the decision.'),
  target: z.record(z.string(), z.unknown()).optional(),
}

export const routeSchema = z
  .object({ name: nameSchema.describe('Unique in its set. Alias: id.'), ...routeFields })
  .meta({ id: 'Route' })

export const routeBodySchema = z
  .object({ name: nameSchema.optional().describe('If given, the name in the path.'), ...routeFields })
  .meta({ id: 'RouteBody' })

/** As a route, each field null to take it out. */
export const routePatchSchema = z
  .object(
    Object.fromEntries(
      Object.entries(routeFields).map(([name, field]) => [name, field.unwrap().nullable().optional()]),
    ),
  )
  .meta({ id: 'RoutePatch' })

export const examplesBodySchema = z
  .strictObject({ examples: z.array(z.string()).min(1).describe('Texts that belong to the route.') })
  .meta({ id: 'ExamplesBody' })

export const routeSetFields = {
  routes: z.array(routeSchema),
  outOfScope: z.array(z.string()).optional().describe('Texts that no route should take.'),
  defaults: z
    .object({
      threshold: z.number().min(0).max(1).optional(),
      maxErrorRate: z.number().min(0).max(1).optional(),
    })
    .optional(),
}

export const routeSetBodySchema = z
  .object({
    name: nameSchema.optional().describe('If given, the name in the path.'),
    version: z.int().optional().describe('Not read; so that what GET answered may be sent back.'),
    ...routeSetFields,
  })
  .meta({ id: 'RouteSetBody' })

export const versionSchema = z.int().describe('Version of the route set, also in the header ETag.')

const setState = {
  name: nameSchema,
  version: versionSchema,
  readOnly: z.boolean().describe('True when a file is the source of the set.'),
  provisional: z.boolean().describe('True from an edit until the background refit is done.'),
}

export const routeSetSchema = z.object({ ...setState, ...routeSetFields }).meta({ id: 'RouteSet' })

const routeSetSummarySchema = z
  .object({ ...setState, routes: z.int().describe('Number of routes.') })
  .meta({ id: 'RouteSetSummary' })

export const routeSetListSchema = z
  .object({ routeSets: z.array(routeSetSummarySchema) })
  .meta({ id: 'RouteSetList' })

export const routeListSchema = z
  .object({ routeSet: nameSchema, version: versionSchema, routes: z.array(routeSchema) })
  .meta({ id: 'RouteList' })

export const writtenRouteSchema = z
  .object({ version: versionSchema, route: routeSchema })
  .meta({ id: 'WrittenRoute' })

export const addedExamplesSchema = z
  .object({
    version: versionSchema,
    added: z.int().describe('How many of the examples are new.'),
    route: routeSchema,
  })
  .meta({ id: 'AddedExamples' })

export const writtenSetSchema = z
  .object({
    name: nameSchema,
    version: versionSchema,
    routes: z.int(),
    problems: z
      .array(lintProblemSchema)
      .optional()
      .describe(
        'A `defaults.maxErrorRate` that is not kept until a fit with labelled data; `lint` finds more.',
      ),
  })
  .meta({ id: 'WrittenRouteSet' })

export const versionAnswerSchema = z.object({ version: versionSchema })
