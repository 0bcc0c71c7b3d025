import { z } from 'zod'

export const lintProblemSchema = z.object({
  kind: z.string().describe('Such as `overlap` or `few-examples`.'),
  severity: z
    .enum(['error', 'warning', 'info'])
    .describe('Error: cannot do what was meant. Warning: costs accuracy. Info: worth knowing.'),
  routes: z.array(z.string()).describe('The routes concerned; empty when it is the whole set.'),
  detail: z.string(),
  suggestion: z.string().describe('What to change.'),
})

export const lintReportSchema = z.object({ problems: z.array(lintProblemSchema) }).meta({ id: 'LintReport' })
