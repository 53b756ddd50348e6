/**
 * The naive ways of reconfiguring (tutorial section 4), and which of them keep atomicity.
 */
import type { Variant } from "../kernel/protocol.ts"
import { online, type Rules, stopTheWorld, writeLocked } from "./rules.ts"

export const variants: readonly [Variant<Rules>, ...ReadonlyArray<Variant<Rules>>] = [
  {
    name: "online",
    kind: "mutant",
    about:
      "Populate, stop, inform, while clients go on reading and writing; each client is told at its own time. Not atomic.",
    rules: online,
    unused: ["Lock", "Locked", "Unlock", "Pause", "Paused", "Informed"]
  },
  {
    name: "stop-the-world",
    kind: "correct",
    about:
      "No operation is in execution while the three steps are taken. Atomic, and nobody is served meanwhile.",
    rules: stopTheWorld,
    unused: ["Lock", "Locked", "Unlock"]
  },
  {
    name: "stop-the-world-unconfirmed",
    kind: "mutant",
    about:
      "The reconfiguration returns when the clients have been sent word, before they are known to have heard.",
    rules: { ...stopTheWorld, clientsConfirm: false, waitsForClients: false },
    unused: ["Lock", "Locked", "Unlock", "Informed"]
  },
  {
    name: "write-locked",
    kind: "correct",
    about:
      "A write lock is held from before the first step until every client was told. Atomic; writes wait.",
    rules: writeLocked,
    unused: ["Pause", "Paused"]
  },
  {
    name: "write-locked-collect-anywhere",
    kind: "mutant",
    about:
      "The write lock read literally: once a majority is locked, the data is collected from any majority, locked or not.",
    rules: { ...writeLocked, collectsFromLocked: false },
    unused: ["Pause", "Paused"]
  },
  {
    name: "write-locked-late-answers-counted",
    kind: "mutant",
    about:
      "A client that is told of the new configuration in the middle of a phase goes on with the answers that it has.",
    rules: { ...writeLocked, numberAgain: (begun) => begun, answersCommute: false },
    unused: ["Pause", "Paused"]
  },
  {
    name: "write-locked-unlock-early",
    kind: "mutant",
    about:
      "The write lock is released when the clients have been sent word, before they are known to have heard.",
    rules: { ...writeLocked, waitsForClients: false },
    unused: ["Pause", "Paused"]
  }
]
