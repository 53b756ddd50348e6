/**
 * Sessions of the explorer without a page.
 */
import * as Result from "effect/Result"
import { readScenario } from "../../../checker/command/shipped.ts"
import type { Answer, Place, Question, View } from "../../../checker/explorer/messages.ts"
import { Session } from "../../../checker/explorer/session.ts"

export type Opening = Session

export const opened = async (name: string): Promise<Session> =>
  openedWith(name, Result.getOrThrow(readScenario(name)))

export const openedWith = async (name: string, text: string): Promise<Session> => {
  const session = new Session(async () => undefined)
  await asked(session, { ask: "open", name, text }, "opened")
  return session
}

/** The answer to a question, which must be of this kind. */
export const asked = async <Tell extends Answer["tell"]>(
  session: Session,
  question: Question,
  tell: Tell
): Promise<Extract<Answer, { readonly tell: Tell }>> => {
  const answer = await session.answer(question, () => undefined)
  if (answer.tell !== tell) throw new Error(`expected ${tell}: ${JSON.stringify(answer)}`)
  return answer as Extract<Answer, { readonly tell: Tell }>
}

export const viewAt = (session: Session, place: Place): Promise<View> =>
  asked(session, { ask: "view", place }, "view")

/**
 * The end of a walk of at most this many steps, each with an effect, always drawn the same way.
 */
export const walked = async (session: Session, steps: number, seed = 1): Promise<View> => {
  let view = await viewAt(session, { run: [], at: 0 })
  let drawn = seed
  for (let taken = 0; taken < steps; taken++) {
    const choices = view.enabled.filter(
      ({ hasEffect, isSpoken, kind }) => hasEffect && !isSpoken && kind !== "fault"
    )
    if (choices.length === 0) return view
    drawn = (Math.imul(drawn, 1_103_515_245) + 12_345) >>> 0
    const chosen = choices[(drawn >>> 8) % choices.length]?.code ?? ""
    view = await viewAt(session, { run: [...view.place.run, chosen], at: taken + 1 })
  }
  return view
}
