/**
 * The bounds of what timers begin; nothing else stops them.
 */
import type { Bound } from "../../kernel/protocol.ts"
import type { What } from "./messages.ts"
import type { Place } from "./rules.ts"

export const epochs: Bound = {
  name: "epochs",
  about: "The system goes through so many epochs, the first among them.",
  usual: 2
}

export const rounds: Bound = {
  name: "rounds",
  about: "An epoch has so many rounds of probing.",
  usual: 2
}

/** Whether the next round or epoch here is within the bounds. */
export const isWithin = (
  bounds: Readonly<Record<string, number>> | undefined,
  { epoch, round }: Place,
  what: What
): boolean => {
  const [{ name }, next] =
    what === "round" ? ([rounds, round + 1] as const) : ([epochs, epoch + 1] as const)
  return next < (bounds?.[name] ?? Number.POSITIVE_INFINITY)
}
