/**
 * The forms of naive reconfiguration (tutorial section 4). The correct ones keep atomicity.
 */
import type { Variant } from "../kernel/protocol.ts"
import { online, type Rules, stopTheWorld, writeLocked } from "./rules.ts"

export const variants: readonly [Variant<Rules>, ...ReadonlyArray<Variant<Rules>>] = [
  {
    name: "online",
    kind: "mutant",
    about:
      "Populate, stop, inform, while clients read and write; each client learns of it at its own time. Not atomic.",
    rules: online,
    unused: ["Lock", "Locked", "Unlock", "Pause", "Paused", "Informed"]
  },
  {
    name: "stop-the-world",
    kind: "correct",
    about: "No operation runs during the three steps. Atomic, but unavailable meanwhile.",
    rules: stopTheWorld,
    unused: ["Lock", "Locked", "Unlock"]
  },
  {
    name: "stop-the-world-unconfirmed",
    kind: "mutant",
    about:
      "The reconfiguration returns after it sent the clients the new configuration, before they confirm.",
    rules: { ...stopTheWorld, clientsConfirm: false, waitsForClients: false },
    unused: ["Lock", "Locked", "Unlock", "Informed"]
  },
  {
    name: "write-locked",
    kind: "correct",
    about:
      "The reconfigurer holds a write lock from before the first step until every client has confirmed. Atomic; writes wait.",
    rules: writeLocked,
    unused: ["Pause", "Paused"]
  },
  {
    name: "write-locked-collect-anywhere",
    kind: "mutant",
    about:
      "The write lock read literally: after locking a majority, the reconfigurer collects the data from any majority, locked or not.",
    rules: { ...writeLocked, collectsFromLocked: false },
    unused: ["Pause", "Paused"]
  },
  {
    name: "write-locked-late-answers-counted",
    kind: "mutant",
    about:
      "A client that learns of the new configuration in the middle of a phase keeps the answers it has.",
    rules: { ...writeLocked, numberAgain: (begun) => begun, answersCommute: false },
    unused: ["Pause", "Paused"]
  },
  {
    name: "write-locked-unlock-early",
    kind: "mutant",
    about:
      "The reconfigurer releases the write lock after it sent the clients the new configuration, before they confirm.",
    rules: { ...writeLocked, waitsForClients: false },
    unused: ["Pause", "Paused"]
  }
]
