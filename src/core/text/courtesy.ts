import { wordsOf } from './words.ts'

const wordSet = (list: string): ReadonlySet<string> => new Set(list.split(' '))

/** Words that make a sentence a courtesy. */
const COURTESIES = wordSet(
  'thanks thank thankyou thx ty appreciate appreciated grateful sorry apologies hi hello hey greetings please cheers ' +
    'bye goodbye welcome kindly pardon excuse regards',
)
/** Words that may stand beside them without asking for anything. */
const COMPANIONS = wordSet(
  'you so much very really a lot i im it that this the your my for to all and we us me would be is are am have has do ' +
    'had good great nice day morning afternoon evening night weekend week there again everyone everybody folks guys ' +
    'friend friends team in advance many tons bunch million bother bothering long message help time lifesaver hope ' +
    'hoping well doing today too ever of about something small kind best wishes always take care',
)

// Nobody thanks for longer than this without saying something else.
const LONGEST_COURTESY = 200

/**
 * True for a sentence that greets, thanks or apologises and does nothing else ("thanks so much!", "sorry to bother
 * you"). In a longer message such a sentence accompanies the request; it is not one.
 */
export function isCourtesy(text: string): boolean {
  if (text.length > LONGEST_COURTESY) return false
  let courteous = false
  for (const word of wordsOf(text)) {
    if (COURTESIES.has(word)) courteous = true
    else if (!COMPANIONS.has(word)) return false
  }
  return courteous
}
