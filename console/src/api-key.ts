/** The key that calls carry: kept by the browser for this tab until it is closed, and told to nobody but this server. */
const ENTRY = 'stratarouter-api-key'

export const readKey = (): string | null => sessionStorage.getItem(ENTRY)

export const keepKey = (key: string): void => sessionStorage.setItem(ENTRY, key)

export const forgetKey = (): void => sessionStorage.removeItem(ENTRY)
