/**
 * The bounds of tracking the members; nothing else stops it.
 */
import type { Bound } from "../../kernel/protocol.ts"

export const epochs: Bound = {
  name: "epochs",
  about: "The system goes through so many epochs, the first among them.",
  usual: 2
}

export const rounds: Bound = {
  name: "rounds",
  about:
    "An epoch has so many rounds; nobody is probed in the first of them, which the epoch begins with.",
  usual: 2
}
