import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { estimateTextTokens } from './estimate-text-tokens.ts'

/** Counted with o200k_base and cl100k_base (gpt-tokenizer 4.0.0). */
const COUNTED: readonly (readonly [name: string, text: string, o200k: number, cl100k: number])[] = [
  [
    'English',
    "Could you tell me where my parcel is? I ordered it last Tuesday, and the tracking page hasn't changed since Friday morning. If it is lost, please send me another one or give me my money back.",
    42,
    43,
  ],
  [
    'German',
    'Können Sie mir bitte sagen, wo mein Paket geblieben ist? Ich habe es am vergangenen Dienstag bestellt, und seit Freitagmorgen hat sich an der Sendungsverfolgung nichts mehr geändert.',
    38,
    52,
  ],
  [
    'French',
    "Pourriez-vous me dire où se trouve mon colis ? Je l'ai commandé mardi dernier, et la page de suivi n'a pas changé depuis vendredi matin.",
    32,
    39,
  ],
  [
    'Spanish',
    '¿Podría decirme dónde está mi paquete? Lo pedí el martes pasado y la página de seguimiento no ha cambiado desde el viernes por la mañana.',
    31,
    38,
  ],
  [
    'Russian',
    'Не могли бы вы сказать, где моя посылка? Я заказал её в прошлый вторник, и страница отслеживания не менялась с утра пятницы.',
    36,
    57,
  ],
  [
    'Chinese',
    '请问我的包裹在哪里？我上周二下的订单，从周五早上开始物流信息就没有更新过。如果丢失了，请再寄一个或者退款给我。',
    41,
    51,
  ],
  [
    'Japanese',
    '荷物が今どこにあるか教えていただけますか？先週の火曜日に注文しましたが、金曜日の朝から追跡ページが更新されていません。',
    42,
    59,
  ],
  [
    'Korean',
    '제 택배가 어디에 있는지 알려 주시겠어요? 지난주 화요일에 주문했는데 금요일 아침부터 배송 조회 페이지가 바뀌지 않았습니다.',
    39,
    65,
  ],
  [
    'Hindi',
    'क्या आप बता सकते हैं कि मेरा पार्सल कहाँ है? मैंने इसे पिछले मंगलवार को मँगाया था, और शुक्रवार सुबह से ट्रैकिंग नहीं बदली है।',
    35,
    122,
  ],
  [
    'code',
    'export function total(items: readonly Item[]): number {\n  let sum = 0\n  for (const { price, count } of items) {\n    if (count > 0) sum += price * count\n  }\n  return Math.round(sum * 100) / 100\n}\n',
    60,
    60,
  ],
  [
    'JSON',
    '{"orderId":"A-20931","items":[{"sku":"KB-104-US","count":2,"price":49.95},{"sku":"MS-7","count":1,"price":19.5}],"shippedAt":"2026-03-14T09:26:53Z","giftWrap":false}',
    69,
    67,
  ],
  ['emoji', 'Thanks a lot 🎉🎉 see you tomorrow 👋🏽 😀', 15, 18],
]

describe('estimateTextTokens', () => {
  it.each(COUNTED)('finds no less than there is in %s, and not much more', (_, text, o200k, cl100k) => {
    const estimate = estimateTextTokens(text)
    expect(estimate).toBeGreaterThanOrEqual(o200k)
    expect(estimate).toBeGreaterThanOrEqual(0.9 * cl100k)
    expect(estimate).toBeLessThanOrEqual(Math.max(1.7 * o200k, 1.6 * cl100k))
  })

  it('counts nothing in an empty text, and at least one token in any other', () => {
    expect(estimateTextTokens('')).toBe(0)
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), (text) => {
        const estimate = estimateTextTokens(text)
        expect(Number.isInteger(estimate)).toBe(true)
        expect(estimate).toBeGreaterThanOrEqual(1)
        // Not even a tokenizer of bytes makes more than four tokens of a pair of surrogates.
        expect(estimate).toBeLessThanOrEqual(2 * text.length)
      }),
    )
  })

  it('never finds less in a text that goes on', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (text, more) => {
        expect(estimateTextTokens(text + more)).toBeGreaterThanOrEqual(estimateTextTokens(text))
      }),
    )
  })

  it('is not fooled by long texts without spaces', () => {
    expect(estimateTextTokens('9'.repeat(3000))).toBeGreaterThanOrEqual(1000)
    expect(estimateTextTokens('a'.repeat(3000))).toBeGreaterThanOrEqual(375)
  })
})
