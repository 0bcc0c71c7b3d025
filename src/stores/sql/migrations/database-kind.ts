/** Where the two have different words for the same thing. */
export type DatabaseKind = 'sqlite' | 'postgresql'
