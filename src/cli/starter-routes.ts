/** What `init` writes: a small, valid, lint-free route set whose comments teach how to change it. */
export const STARTER_ROUTES = `# Where messages go. Change this file, then try it:  stratarouter route "where is my refund?"
version: 1

routes:
  # One entry for each place a message can go: an agent, a model, a tool, a queue.
  - name: billing
    description: Invoices, payments and refunds        # one line on what belongs here
    # Examples are what people really write. Five different ones beat twenty alike; ten to twenty are plenty.
    examples:
      - where is my refund?
      - I was charged twice this month
      - can I get a copy of the last invoice
      - my card was declined
      - change my payment method
      - why did the price go up
    # Optional. Texts that look right but must not come here.
    negatives:
      - how do I build an invoicing app?
    # Optional. Certainties: "force" decides, "forbid" rules out, "favour" leans this way.
    rules:
      - { when: { regex: '\\bINV-\\d{4,}\\b' }, then: force }
    # Optional and free: comes back with every decision for this route.
    metadata: { team: finance }

  - name: delivery
    description: Orders on their way, late or lost parcels
    examples:
      - where is my parcel
      - the package never arrived
      - can I change the delivery address
      - how long does shipping take
      - it says delivered but nothing is here
      - I want it sent to my office instead

  - name: technical_support
    description: The product does not work
    examples:
      - the app crashes when I open it
      - I cannot log in
      - the page stays blank
      - it keeps showing an error message
      - my password reset mail does not come
      - the screen freezes after the update

# Optional. Messages that no route should take; they teach the router to answer "no match".
outOfScope:
  - what is the meaning of life
  - write me a poem about the sea
  - who won the match last night

defaults:
  # The confidence (0 to 1) a route needs to be chosen. Higher: fewer answers, fewer wrong ones.
  threshold: 0.5
`
