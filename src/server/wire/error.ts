import { z } from 'zod'

export const errorSchema = z
  .object({
    error: z.object({
      code: z.string().describe('One of the error table.'),
      message: z.string().describe('What was expected, what came, what to change.'),
      details: z.array(
        z.object({
          path: z.string(),
          message: z.string(),
          got: z.string().optional(),
          nearest: z.string().optional(),
        }),
      ),
      requestId: z.string(),
    }),
  })
  .meta({ id: 'Error' })
