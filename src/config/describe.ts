import type { z } from 'zod'

/** What the documentation and `config explain` need to know about a setting beyond its type. */
interface SettingMeta {
  description: string
  /** Masked wherever it is shown; may be written as `file:/path` or `env:NAME`. */
  secret?: true
  /** A path: relative to the file that names it, otherwise to the working directory. */
  filePath?: true
}

/** A schema with what people are told about it. */
export const describe = <T extends z.ZodType>(type: T, meta: SettingMeta): T => type.meta({ ...meta })
