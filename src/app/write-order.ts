/** Runs what is done to one name in the order of asking, and what is done to different names side by side. */
export class WriteOrder {
  /** The last thing asked for of each name that is busy. */
  readonly #last = new Map<string, Promise<void>>()

  /** Names that something is under way for. */
  busy(): string[] {
    return [...this.#last.keys()]
  }

  /** Runs `action` after what was asked for earlier; a failed one does not stop the next. */
  run<T>(name: string, action: () => Promise<T>): Promise<T> {
    const result = (this.#last.get(name) ?? Promise.resolve()).then(action)
    const settled = result.then(
      () => undefined,
      () => undefined,
    )
    this.#last.set(name, settled)
    void settled.then(() => {
      if (this.#last.get(name) === settled) this.#last.delete(name)
    })
    return result
  }

  /** Resolves when nothing is under way. */
  async settle(): Promise<void> {
    while (this.#last.size > 0) await Promise.all(this.#last.values())
  }
}
