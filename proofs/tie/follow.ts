/**
 * Moves a structure along with a step of an executable system.
 */
import type { Model } from "../logic/model.ts"
import { hindrances, type Parameters, take } from "../structure/step.ts"
import type { Structure } from "../structure/structure.ts"
import { type Claim, isSo, NotFollowed } from "./claims.ts"

/** A transition that a step is proposed to be, and for which elements; below 0 is none. */
export interface Taken {
  readonly transition: string
  readonly parameters: Parameters
}

/** The relations that the transitions of a model change. */
export const changedIn = ({ transitions }: Model): ReadonlyArray<string> => [
  ...new Set(Object.values(transitions).flatMap(({ does }) => does.map(({ relation }) => relation.name)))
]

/** Takes these transitions, one after the other, if each can be taken; and then all of the claims have to be true. */
export const moveAlong = (
  { transitions }: Model,
  structure: Structure,
  taken: ReadonlyArray<Taken>,
  claims: ReadonlyArray<Claim>
): void => {
  for (const { transition: name, parameters } of taken) {
    const transition = transitions[name]
    if (transition === undefined) throw new NotFollowed(`there is no transition ${name}`)
    const isSomewhere = Object.values(parameters).every((element) => element >= 0)
    const hindered = isSomewhere ? hindrances(transition, structure, parameters) : ["elements"]
    if (hindered.length > 0)
      throw new NotFollowed(`${name} cannot be taken with ${JSON.stringify(parameters)} (${hindered})`)
    take(transition, structure, parameters)
  }
  const wrong = claims.find((one) => !isSo(structure, one))
  if (wrong !== undefined) {
    throw new NotFollowed(`${wrong.relation}(${wrong.key.join()}) is not ${JSON.stringify(wrong.rest)}`)
  }
}
