/**
 * Joint signatures of the membership service, each about one thing only.
 */
import { canonical } from "../../spec/kernel/data.ts"
import type { Partial, ThresholdCryptography } from "../../spec/kernel/threshold.ts"

/**
 * The signatures of the service about something: of an epoch of the system, an epoch of the service
 * with the same number and members says nothing.
 */
const about =
  (what: string) =>
  (threshold: ThresholdCryptography, service: string): ThresholdCryptography => {
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
      verifies: (signed) =>
        remembered(canonical([service, what, signed]), () => threshold.verifies(wrapped(signed)))
    }
  }

/** What was verified lately: a certificate is shown many times, and takes long to verify. */
const verdicts = new Map<string, boolean>()
const mostRemembered = 1024
const remembered = (name: string, verify: () => boolean): boolean => {
  const known = verdicts.get(name)
  if (known !== undefined) return known
  const verdict = verify()
  if (verdicts.size >= mostRemembered) verdicts.clear()
  verdicts.set(name, verdict)
  return verdict
}

export const ofSystem = about("system")
export const ofService = about("service")
