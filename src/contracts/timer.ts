/** Calls back once after a delay, unless cancelled; handed in so that tests can move time by hand. */
export type Timer = (callback: () => void, delayMs: number) => () => void
