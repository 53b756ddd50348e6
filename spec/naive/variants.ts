/**
 * The naive ways of reconfiguring (tutorial section 4), and which of them keep atomicity.
 */
import type { Variant } from "../kernel/protocol.ts"

export const variants = [
  {
    name: "online",
    kind: "mutant",
    about:
      "Populate, stop, inform, while clients go on reading and writing; each client is told at its own time. Not atomic."
  },
  {
    name: "stop-the-world",
    kind: "correct",
    about:
      "No operation is in execution while the three steps are taken. Atomic, and nobody is served meanwhile."
  },
  {
    name: "write-locked",
    kind: "correct",
    about: "A write lock is held from before the first step until every client was told. Atomic; writes wait."
  },
  {
    name: "write-locked-collect-anywhere",
    kind: "mutant",
    about:
      "The write lock read literally: once a majority is locked, the data is collected from any majority, locked or not."
  },
  {
    name: "write-locked-late-answers-counted",
    kind: "mutant",
    about:
      "A client that is told of the new configuration in the middle of a phase goes on with the answers that it has."
  },
  {
    name: "write-locked-unlock-early",
    kind: "mutant",
    about:
      "The write lock is released when the clients have been sent word, before they are known to have heard."
  }
] as const satisfies ReadonlyArray<Variant<string>>

export type VariantName = (typeof variants)[number]["name"]

/** True for the variants that place a write lock. */
export const locksWrites = (variant: VariantName): boolean => variant.startsWith("write-locked")
