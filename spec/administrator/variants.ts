/**
 * The variants of reconfiguration by an administrator, without proofs of which nodes may still
 * serve: in each, removed storage nodes can say "I still work here". The two with a trusted server
 * are defences that the text names and rejects (7.1).
 */
import type { Variant } from "../kernel/protocol.ts"
import { plain, type Rules } from "./rules.ts"

export const variants: readonly [Variant<Rules>, ...ReadonlyArray<Variant<Rules>>] = [
  {
    name: "correct",
    kind: "correct",
    about:
      "Reconfiguration by a trusted administrator; clients believe any storage node that says it works here (7.1).",
    rules: plain,
    unused: ["Ask", "Current"]
  },
  {
    name: "trusted-server-asked-first",
    kind: "mutant",
    about:
      "A client asks the trusted server for the configuration once, when its operation begins.",
    rules: { ...plain, asksFirst: true }
  },
  {
    name: "trusted-server-asked-after-each-phase",
    kind: "correct",
    about:
      "A client asks the trusted server after each phase whether the configuration is still the same.",
    rules: { ...plain, asksAfterwards: true }
  }
]
