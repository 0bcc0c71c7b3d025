/** What is waited for; looked at again whenever something has happened. */
export class Conditions {
  readonly #looks = new Set<() => void>()

  /**
   * Resolves when `isSo`.
   * @param hindrance why that will not come, once it is known; rejects with it
   */
  until(isSo: () => boolean, hindrance: () => Error | undefined = () => undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const reason = hindrance()
        if (reason) reject(reason)
        else if (isSo()) resolve()
        else return
        this.#looks.delete(look)
      }
      this.#looks.add(look)
      look()
    })
  }

  /** Something has happened. */
  look(): void {
    for (const look of [...this.#looks]) look()
  }
}
