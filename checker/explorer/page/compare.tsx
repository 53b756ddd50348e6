/**
 * The differences between the displayed place and a kept one.
 */
import { useEffect, useState } from "preact/hooks"
import type { Comparison, Place } from "../messages.ts"
import { counted, type PanelProps } from "./long.tsx"

interface CompareProps extends PanelProps {
  readonly kept: Place | undefined
  readonly onKeep: (place: Place) => void
}

export const ComparePanel = ({ view, ask, onGo, kept, onKeep }: CompareProps) => {
  const [comparison, setComparison] = useState<Comparison | undefined>()
  const { run, at } = view.place
  const key = `${kept?.run.join("")} ${kept?.at} ${run.join("")} ${at}`
  useEffect(() => {
    if (kept === undefined) return
    ask({ ask: "compare", left: kept, right: view.place }).then((answer) => {
      if (answer.tell === "compare") setComparison(answer)
    })
  }, [key])
  return (
    <>
      <p class="row">
        <button type="button" class="main" onClick={() => onKeep(view.place)}>
          Keep this place
        </button>
        {kept !== undefined && (
          <button type="button" onClick={() => onGo(kept)}>
            Go to the kept one
          </button>
        )}
      </p>
      {kept === undefined ? (
        <p class="muted">Keep a place, go anywhere else, and see here in what the two differ.</p>
      ) : (
        comparison !== undefined && <Compared comparison={comparison} />
      )}
    </>
  )
}

const Compared = ({ comparison }: { readonly comparison: Comparison }) => {
  const { shared, sameSteps, onlyLeft, onlyRight, differences } = comparison
  return (
    <>
      <p>
        Both begin with the same {counted(shared, "step")}.
        {sameSteps && " They take the same steps, whatever the order."}
      </p>
      <Only title="Only in the kept run" steps={onlyLeft} />
      <Only title="Only in this run" steps={onlyRight} />
      {differences.length === 0 ? (
        <p class="verdict kept">The two states are the same.</p>
      ) : (
        <div class="scroll">
          <table class="differences">
            <thead>
              <tr>
                <th>where</th>
                <th>kept</th>
                <th>here</th>
              </tr>
            </thead>
            <tbody>
              {differences.map(({ place, left, right }) => (
                <tr key={place}>
                  <th>{place}</th>
                  <td>{left === "" ? "–" : left}</td>
                  <td>{right === "" ? "–" : right}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  )
}

const Only = ({
  title,
  steps
}: {
  readonly title: string
  readonly steps: ReadonlyArray<string>
}) =>
  steps.length === 0 ? null : (
    <details open={steps.length < 8}>
      <summary>
        {title} ({steps.length})
      </summary>
      <ul class="plain">
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ul>
    </details>
  )
