/**
 * The bound of the move of the service, beside its script: nothing else ends what may happen at any
 * time.
 */
import type { Bound } from "../../kernel/protocol.ts"

export const epochs: Bound = {
  name: "epochs",
  about: "The system whose members the service tracks goes through so many epochs.",
  usual: 1
}
