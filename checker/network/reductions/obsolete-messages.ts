/**
 * Reduction `obsolete-messages`: a message is dropped when its receiver declares that it will never have an effect.
 */
import { type Reduction, takesBack } from "../reduction.ts"

export const obsoleteMessages: Reduction = {
  name: "obsolete-messages",
  about: "drop a message when its receiver declares that it will never have an effect",
  // A mapping may look at messages on their way, of which one then disappears without a step.
  loses: (model) =>
    takesBack(model, ["isObsolete"]) ?? model.properties.find(({ _tag }) => _tag === "Refines")?.name,
  install: ({ hooks, promises }) => {
    promises.reliedOnBy("obsolete-messages", hooks)
    hooks.inbox.push((process, inbox) =>
      inbox.length === 0 ? inbox : inbox.filter((envelope) => !promises.relyObsolete(process, envelope))
    )
  }
}
