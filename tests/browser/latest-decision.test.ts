import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LatestDecision } from '../../console/src/latest-decision.ts'
import type { Decision } from '../../src/contracts/index.ts'

/** Questions that are answered when a test says so. */
function questions() {
  const asked: { text: string; signal: AbortSignal; answer: PromiseWithResolvers<Decision> }[] = []
  const answers: string[] = []
  const problems: unknown[] = []
  const latest = new LatestDecision({
    ask(text, signal) {
      const answer = Promise.withResolvers<Decision>()
      asked.push({ text, signal, answer })
      return answer.promise
    },
    onAnswer: (text) => answers.push(text),
    onProblem: (thrown) => problems.push(thrown),
  })
  return { asked, answers, problems, latest }
}

const decision = {} as Decision

describe('asking while somebody types', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('asks once the typing rests, and only for what stands there then', () => {
    const { asked, latest } = questions()
    for (const text of ['w', 'wh', 'whe']) {
      latest.askSoon(text)
      vi.advanceTimersByTime(100)
    }
    expect(asked).toEqual([])
    vi.advanceTimersByTime(20)
    expect(asked.map(({ text }) => text)).toEqual(['whe'])
  })

  it('takes the latest answer, though an earlier one comes after it', async () => {
    const { asked, answers, problems, latest } = questions()
    const first = latest.askNow('first')
    const second = latest.askNow('second')
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, false])
    asked[1]?.answer.resolve(decision)
    await second
    asked[0]?.answer.resolve(decision)
    await first
    expect({ answers, problems }).toEqual({ answers: ['second'], problems: [] })
  })

  it('passes on what went wrong with the latest question, and nothing of those before', async () => {
    const { asked, answers, problems, latest } = questions()
    const first = latest.askNow('first')
    const second = latest.askNow('second')
    asked[0]?.answer.reject(new Error('aborted'))
    asked[1]?.answer.reject(new Error('no answer'))
    await Promise.all([first, second])
    expect({ answers, problems }).toEqual({ answers: [], problems: [new Error('no answer')] })
  })

  it('forgets the question when the message is taken away', async () => {
    const { asked, answers, latest } = questions()
    const first = latest.askNow('first')
    latest.cancel()
    asked[0]?.answer.resolve(decision)
    await first
    latest.askSoon('second')
    latest.cancel()
    vi.advanceTimersByTime(1000)
    expect({ answers, asked: asked.length }).toEqual({ answers: [], asked: 1 })
  })
})
