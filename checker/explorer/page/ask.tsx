/**
 * Questions about the displayed state: the shortest way to another state, and which properties can
 * still be violated.
 */
import { useId, useState } from "preact/hooks"
import type { Term } from "../../report/terms.ts"
import type { Answer, Opened, Place, View } from "../messages.ts"
import { counted, type PanelProps, Running, useLong } from "./long.tsx"

interface AskProps extends PanelProps {
  readonly opened: Opened
}

export const AskPanel = (props: AskProps) => (
  <>
    <WayTo {...props} />
    <StillPossible {...props} />
    <p class="muted">Searches begin at the state that is shown, and stop after a million states.</p>
  </>
)

const WayTo = ({ view, opened, ask, onGo }: AskProps) => {
  const [goal, setGoal] = useState("")
  const [origin, setOrigin] = useState(0)
  const { answer, isRunning, begin, stop } = useLong(ask)
  const list = useId()
  const submit = async (event: Event) => {
    event.preventDefault()
    setOrigin(view.place.at)
    const found = await begin({ ask: "way", place: view.place, goal: goal.trim() })
    if (found.tell === "way" && found.found) onGo(found.place)
  }
  return (
    <form onSubmit={submit}>
      <h3>
        <label for={`${list}-goal`}>Shortest way from here to a state where …</label>
      </h3>
      <div class="row">
        <input
          id={`${list}-goal`}
          list={list}
          value={goal}
          onInput={({ currentTarget }) => setGoal(currentTarget.value)}
          placeholder={
            opened.isRelation
              ? (view.enabled[0]?.text ?? "")
              : `${view.nodes.find(({ isAsked }) => !isAsked)?.id ?? "s1"}.pair.value = 1`
          }
          autocomplete="off"
          spellcheck={false}
        />
        <button type="submit" class="main" disabled={isRunning}>
          Search
        </button>
      </div>
      <datalist id={list}>
        {suggestions(view, opened).map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      {opened.isRelation ? (
        <p class="hint">
          A field (<code>at.p = inside</code>, <code>n &gt; 2</code>), an action, or a property (
          <code>mutual exclusion is broken</code>); with <code>and</code>, several.
        </p>
      ) : (
        <p class="hint">
          A field (<code>s1.pair.value = 1</code>, <code>some server.pair = 1@1.c1</code>,{" "}
          <code>c1.activity is Setting</code>), a step (<code>server receives Set</code>,{" "}
          <code>c2 returns 1</code>) or a property (<code>atomicity is broken</code>); with{" "}
          <code>and</code>, several.
        </p>
      )}
      {isRunning && <Running answer={answer} onStop={stop} />}
      {!isRunning && answer?.tell === "refused" && <p class="verdict broken">{answer.message}</p>}
      {!isRunning && answer?.tell === "way" && (
        <p class={answer.found ? "verdict kept" : "verdict open"} role="status">
          {answer.found
            ? `${counted(answer.place.at - origin, "step")} on; no shorter way exists. (${counted(answer.states, "state")} visited.)`
            : answer.isExhaustive
              ? `No reachable state from there matches: all ${counted(answer.states, "state")} were visited.`
              : `Not found within ${counted(answer.states, "state")}, ${counted(answer.depth, "step")} deep. It is still open.`}
        </p>
      )}
    </form>
  )
}

/** Suggested goals, derived from the state and the possible steps. */
const suggestions = (view: View, opened: Opened): ReadonlyArray<string> => [
  ...opened.properties
    .filter(({ kind }) => kind === "safety")
    .map(({ name }) => `${name} is broken`),
  ...opened.nodes.filter(({ isAsked }) => isAsked).map(({ id }) => `${id} returns`),
  ...view.nodes.flatMap(({ id, state }) =>
    state === undefined ? [] : leaves(opened.isRelation ? "" : id, state)
  )
]

const leaves = (path: string, { text, fields }: Term): ReadonlyArray<string> =>
  fields === undefined
    ? [`${path} = ${text}`]
    : [
        ...(text === "" || path === "" || path.split(".").length === 1
          ? []
          : [`${path} is ${text}`]),
        ...fields.flatMap(({ name, term }) => leaves(path === "" ? name : `${path}.${name}`, term))
      ]

const StillPossible = ({ view, opened, ask, onGo }: AskProps) => {
  const safety = opened.properties.filter(({ kind }) => kind === "safety" || kind === "deadlock")
  const [property, setProperty] = useState(safety[0]?.name ?? "")
  const { answer, isRunning, begin, stop } = useLong(ask)
  const id = useId()
  const submit = (event: Event) => {
    event.preventDefault()
    begin({ ask: "possible", place: view.place, property })
  }
  const found = answer?.tell === "possible" ? answer : undefined
  return (
    <form onSubmit={submit}>
      <h3>
        <label for={id}>Can it still be violated from here?</label>
      </h3>
      <div class="row">
        <select
          id={id}
          value={property}
          onChange={({ currentTarget }) => setProperty(currentTarget.value)}
        >
          {safety.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        <button type="submit" class="main" disabled={isRunning}>
          Find out
        </button>
      </div>
      {isRunning && <Running answer={answer} onStop={stop} />}
      {!isRunning && answer?.tell === "refused" && <p class="verdict broken">{answer.message}</p>}
      {!isRunning && found !== undefined && (
        <p
          class={`verdict ${found.answer === "cannot be violated" ? "kept" : found.answer === "open" ? "open" : "broken"}`}
        >
          {possibleInWords(found)}{" "}
          {found.place !== undefined && (
            <button type="button" onClick={() => onGo(found.place as Place)}>
              Show the run
            </button>
          )}
        </p>
      )}
    </form>
  )
}

const possibleInWords = (found: Extract<Answer, { tell: "possible" }>): string => {
  const { property, answer, states, depth, reductions } = found
  const how = reductions.length === 0 ? "" : `, with the reductions ${reductions.join(", ")}`
  switch (answer) {
    case "broken already":
      return `${property} is broken here already.`
    case "can be violated":
      return `Yes: ${property} can be violated from here.`
    case "cannot be violated":
      return `No: whatever happens from here, ${property} holds. (All ${counted(states, "state")} were visited${how}.)`
    case "open":
      return `Open: no violation within ${counted(states, "state")}, ${counted(depth, "step")} deep.`
  }
}
