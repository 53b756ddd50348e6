/**
 * The run in sentences, those of the scenario's course marked; a click on one goes to its step.
 */
import type { PanelProps } from "./long.tsx"

export const StepsPanel = ({ view, onGo }: Pick<PanelProps, "view" | "onGo">) => {
  const { steps, place } = view
  if (steps.length === 0)
    return (
      <p class="muted">
        No step has been taken. The steps that are possible stand under the lanes.
      </p>
    )
  return (
    <ol class="story">
      {steps.map(({ number, sentence, breaks, isGiven }) => (
        <li key={number} class={number > place.at ? "future" : ""}>
          <button
            type="button"
            aria-current={number === place.at ? "step" : undefined}
            class={breaks.length > 0 ? "sentence broken" : "sentence"}
            onClick={() => onGo({ run: place.run, at: number })}
          >
            {isGiven && <i>given: </i>}
            {sentence}
            {breaks.length > 0 && <b> Breaks {breaks.join(", ")}.</b>}
          </button>
        </li>
      ))}
    </ol>
  )
}
