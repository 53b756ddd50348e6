/**
 * Reduction `obsolete-messages`: drops a message when its receiver declares that it will never have
 * an effect.
 */
import { hearsWhatIsDropped, looksAtMessages, type Reduction, takesBack } from "../reduction.ts"

export const obsoleteMessages: Reduction = {
  name: "obsolete-messages",
  about: "drop a message when its receiver declares that it will never have an effect",
  loses: (model) =>
    takesBack(model, ["isObsolete"]) ?? hearsWhatIsDropped(model) ?? looksAtMessages(model),
  install: ({ hooks, promises }) => {
    promises.reliedOnBy("obsolete-messages", hooks)
    hooks.leavesOutObsolete = true
    hooks.inbox.push((process, inbox) =>
      inbox.length === 0
        ? inbox
        : inbox.filter((envelope) => !promises.relyObsolete(process, envelope))
    )
  }
}
