import type { Relation } from "../../../checker/relation/relation.ts"

type Message = readonly [kind: "Prepared", from: string] | readonly [kind: "Commit" | "Abort"]

/** The same two-phase commit as most authors write it, with one set of all sent messages. */
export const oneSetOfMessages = (
  managers: ReadonlyArray<string>
): Relation<{
  readonly rm: Readonly<Record<string, string>>
  readonly tm: string
  readonly heard: ReadonlyArray<string>
  readonly messages: ReadonlyArray<Message>
}> => {
  const adding = (messages: ReadonlyArray<Message>, one: Message) =>
    messages.some((other) => other.join() === one.join())
      ? messages
      : [...messages, one].sort((left, right) => (left.join() < right.join() ? -1 : 1))
  const has = (messages: ReadonlyArray<Message>, kind: string, from?: string) =>
    messages.some((one) => one[0] === kind && (from === undefined || one[1] === from))
  return {
    initial: [
      {
        rm: Object.fromEntries(managers.map((one) => [one, "working"])),
        tm: "init",
        heard: [],
        messages: []
      }
    ],
    actions: {
      TMCommit: ({ tm, heard, messages }) =>
        tm === "init" && heard.length === managers.length
          ? [{ tm: "committed", messages: adding(messages, ["Commit"]) }]
          : [],
      TMAbort: ({ tm, messages }) =>
        tm === "init" ? [{ tm: "aborted", messages: adding(messages, ["Abort"]) }] : [],
      ...Object.fromEntries(
        managers.flatMap((one) => [
          [
            `TMRcvPrepared(${one})`,
            ({ tm, heard, messages }) =>
              tm === "init" && has(messages, "Prepared", one)
                ? [{ heard: heard.includes(one) ? heard : [...heard, one].sort() }]
                : []
          ],
          [
            `RMPrepare(${one})`,
            ({ rm, messages }) =>
              rm[one] === "working"
                ? [{ rm: { [one]: "prepared" }, messages: adding(messages, ["Prepared", one]) }]
                : []
          ],
          [
            `RMChooseToAbort(${one})`,
            ({ rm }) => (rm[one] === "working" ? [{ rm: { [one]: "aborted" } }] : [])
          ],
          [
            `RMRcvCommitMsg(${one})`,
            ({ messages }) => (has(messages, "Commit") ? [{ rm: { [one]: "committed" } }] : [])
          ],
          [
            `RMRcvAbortMsg(${one})`,
            ({ messages }) => (has(messages, "Abort") ? [{ rm: { [one]: "aborted" } }] : [])
          ]
        ])
      )
    }
  }
}
