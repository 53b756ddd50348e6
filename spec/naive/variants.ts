/**
 * The naive ways of reconfiguring (tutorial section 4), and which of them keep atomicity.
 */
import type { Variant } from "../kernel/protocol.ts"

export const variants = [
  {
    name: "online",
    kind: "mutant",
    about:
      "Populate, stop, inform, while clients go on reading and writing; each client is told at its own time. Not atomic.",
    unused: ["Lock", "Locked", "Unlock", "Pause", "Paused", "Informed"]
  },
  {
    name: "stop-the-world",
    kind: "correct",
    about:
      "No operation is in execution while the three steps are taken. Atomic, and nobody is served meanwhile.",
    unused: ["Lock", "Locked", "Unlock"]
  },
  {
    name: "stop-the-world-unconfirmed",
    kind: "mutant",
    about:
      "The reconfiguration returns when the clients have been sent word, before they are known to have heard.",
    unused: ["Lock", "Locked", "Unlock", "Informed"]
  },
  {
    name: "write-locked",
    kind: "correct",
    about:
      "A write lock is held from before the first step until every client was told. Atomic; writes wait.",
    unused: ["Pause", "Paused"]
  },
  {
    name: "write-locked-collect-anywhere",
    kind: "mutant",
    about:
      "The write lock read literally: once a majority is locked, the data is collected from any majority, locked or not.",
    unused: ["Pause", "Paused"]
  },
  {
    name: "write-locked-late-answers-counted",
    kind: "mutant",
    about:
      "A client that is told of the new configuration in the middle of a phase goes on with the answers that it has.",
    unused: ["Pause", "Paused"]
  },
  {
    name: "write-locked-unlock-early",
    kind: "mutant",
    about:
      "The write lock is released when the clients have been sent word, before they are known to have heard.",
    unused: ["Pause", "Paused"]
  }
] as const satisfies ReadonlyArray<Variant<string>>

export type VariantName = (typeof variants)[number]["name"]

/** True for the variants in which no operation is in execution while the three steps are taken. */
export const stopsTheWorld = (variant: VariantName): boolean => variant.startsWith("stop-the-world")

/** True for the variants that place a write lock. */
export const locksWrites = (variant: VariantName): boolean => variant.startsWith("write-locked")

/** True for the variants in which each client confirms that it was told of the new configuration. */
export const isConfirmed = (variant: VariantName): boolean =>
  variant !== "online" && variant !== "stop-the-world-unconfirmed"
