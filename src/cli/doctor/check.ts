/** What one look at the set-up found. */
export interface Check {
  readonly name: string
  readonly status: 'ok' | 'warn' | 'fail'
  readonly detail: string
  /** What to do about it; given unless all is well. */
  readonly remedy?: string
}

export function ok(name: string, detail: string): Check {
  return { name, status: 'ok', detail }
}

export function warn(name: string, detail: string, remedy: string): Check {
  return { name, status: 'warn', detail, remedy }
}

export function fail(name: string, detail: string, remedy: string): Check {
  return { name, status: 'fail', detail, remedy }
}

/** Turns what a check threw into a failed check. */
export function failedBy(name: string, error: unknown, remedy: string): Check {
  return fail(name, error instanceof Error ? error.message : String(error), remedy)
}
