/** Under which the AI SDK keeps what is ours, in options and metadata. */
export const METADATA_NAME = 'stratarouter'
