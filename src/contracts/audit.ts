/** Who changed something. */
export interface AuditActor {
  /** The id of an API key, `cli`, or `anyone` where no key was needed. */
  readonly actor: string
  /** Null for the operator of the installation, who belongs to none. */
  readonly tenant: string | null
}

/** A change that somebody made. */
export interface AuditEvent extends AuditActor {
  /** Such as `key.create` or `route-set.put`. */
  readonly action: string
  /** What was changed, such as the id of the key. */
  readonly subject: string
  /** What it was changed to, as JSON values without secrets; only its hash is kept. */
  readonly payload: unknown
}

/** A row of the audit log. Its hash covers all else in it, and the hash of the row before. */
export interface AuditRecord extends Omit<AuditEvent, 'payload'> {
  /** 1 for the first, then without gaps. */
  readonly sequence: number
  /** Milliseconds since the epoch. */
  readonly at: number
  /** SHA-256 in hexadecimal of the payload as JSON with sorted keys. */
  readonly payloadHash: string
  /** Of the row before; 64 zeros for the first. */
  readonly previousHash: string
  readonly hash: string
}

/** What checking the audit log came to. */
export interface AuditVerdict {
  /** Rows that were checked, up to the first broken one. */
  readonly rows: number
  /** The hash of the last row: noted elsewhere, it shows later that nothing before it was changed; null of an empty log. */
  readonly head: string | null
  /** The first row that is not as it was written, and why; null where all are. */
  readonly broken: { readonly sequence: number; readonly problem: string } | null
}

/** The log of what was changed by whom; it only grows. Every method may throw `storage_failed`. */
export interface AuditLog {
  /** Adds a row; rows of several processes come one after the other. */
  append(event: AuditEvent): Promise<AuditRecord>
  /** Rows below that sequence, the newest first. */
  list(limit: number, before?: number): Promise<readonly AuditRecord[]>
  /**
   * Walks the whole log; a thousand rows a step, other work in between.
   * @param expected hash of a row that was noted elsewhere and has to be there still
   */
  verify(expected?: string): Promise<AuditVerdict>
}
