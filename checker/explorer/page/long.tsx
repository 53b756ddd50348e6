/**
 * What panels have in common: their properties, and questions whose answers take a while.
 */
import { useState } from "preact/hooks"
import type { Answer, Place, View } from "../messages.ts"
import type { Ask } from "./client.ts"

export interface PanelProps {
  readonly view: View
  readonly ask: Ask
  readonly onGo: (place: Place, loop?: number) => void
}

/** A long task: the text to show meanwhile, and how to stop it. */
export const useLong = (ask: Ask) => {
  const [answer, setAnswer] = useState<Answer | undefined>()
  const [isRunning, setRunning] = useState(false)
  const begin = async (question: Parameters<Ask>[0]) => {
    setRunning(true)
    setAnswer(undefined)
    const last = await ask(question, setAnswer)
    setAnswer(last)
    setRunning(false)
    return last
  }
  return { answer, isRunning, begin, stop: () => ask({ ask: "stop" }) }
}

export const Running = ({
  answer,
  onStop
}: {
  readonly answer: Answer | undefined
  readonly onStop: () => void
}) => (
  <p class="running" role="status">
    {answer?.tell === "progress"
      ? `${counted(answer.states, "state")}, ${counted(answer.depth, "step")} deep …`
      : "Searching …"}{" "}
    <button type="button" onClick={onStop}>
      Stop
    </button>
  </p>
)

export const counted = (count: number, what: string): string =>
  `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`

/** How often each item was counted, with bars. */
export const Counts = ({
  actions,
  title
}: {
  readonly actions: ReadonlyArray<readonly [string, number]>
  readonly title: string
}) => {
  const most = Math.max(1, ...actions.map(([, count]) => count))
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <table class="counts">
        <tbody>
          {actions.map(([name, count]) => (
            <tr key={name}>
              <th>{name}</th>
              <td>{count.toLocaleString("en")}</td>
              <td class="bar">
                <meter min={0} max={most} value={count} title={`${count} of at most ${most}`} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  )
}
