/**
 * Joint signatures of the membership service, each for one purpose only.
 */
import type { Partial, ThresholdCryptography } from "../../spec/kernel/threshold.ts"

/**
 * The signatures of the service for one purpose: the signature of an epoch of the service is not
 * valid for an epoch of the system with the same number and members.
 */
const about =
  (what: string) =>
  (threshold: ThresholdCryptography): ThresholdCryptography => {
    const wrapped = <One extends { readonly content: unknown }>(one: One): One => ({
      ...one,
      content: [what, one.content]
    })
    return {
      ...threshold,
      sign: (share, content) => ({ ...threshold.sign(share, [what, content]), content }),
      verifiesPartial: (partial) => threshold.verifiesPartial(wrapped(partial)),
      combine: <Holder, Content>(partials: ReadonlyArray<Partial<Holder, Content>>) => {
        const [first] = partials
        const signed = threshold.combine(partials.map(wrapped))
        return first === undefined || signed === undefined
          ? undefined
          : { ...signed, content: first.content }
      },
      verifies: (signed) => threshold.verifies(wrapped(signed))
    }
  }

export const ofSystem = about("system")
export const ofService = about("service")
