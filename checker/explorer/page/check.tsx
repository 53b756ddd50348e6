/**
 * The verdict on every run of the scenario, with counterexamples and coverage.
 */
import type { Answer, Checked, Opened } from "../messages.ts"
import { Counts, counted, type PanelProps, Running } from "./long.tsx"

interface CheckProps extends Pick<PanelProps, "ask" | "onGo"> {
  readonly opened: Opened
  readonly checked: Checked | undefined
  readonly progress: Answer | undefined
  readonly isRunning: boolean
  readonly onCheck: () => void
}

export const CheckPanel = ({
  opened,
  checked,
  progress,
  isRunning,
  onCheck,
  ask,
  onGo
}: CheckProps) => (
  <>
    <p>
      Every run of the scenario within its bounds is searched, here in the page.{" "}
      <button type="button" class="main" disabled={isRunning} onClick={onCheck}>
        Check
      </button>
    </p>
    {opened.bounds.length > 0 && <p class="muted">Bounds: {opened.bounds.join("; ")}.</p>}
    {isRunning && <Running answer={progress} onStop={() => ask({ ask: "stop" })} />}
    {checked !== undefined && !isRunning && <Verdicts checked={checked} onGo={onGo} />}
  </>
)

const Verdicts = ({
  checked,
  onGo
}: {
  readonly checked: Checked
  readonly onGo: PanelProps["onGo"]
}) => {
  const { verdict, states, properties, reductions, actions, remarks, isExhaustive } = checked
  return (
    <>
      <p
        class={`verdict ${verdict === "holds" ? "kept" : verdict === "violated" ? "broken" : "open"}`}
        role="status"
      >
        {verdict}: {counted(states, "state")}
        {isExhaustive ? ", all of them" : " visited"}
        {reductions.length === 0 ? "" : `, with the reductions ${reductions.join(", ")}`}.
      </p>
      <ul class="plain verdicts">
        {properties.map(({ name, verdict: one, expected, counterexample }) => (
          <li key={name}>
            <b>{name}</b> <span class={`mark ${one}`}>{one}</span>
            {expected !== undefined && one !== expected && <> (expected: {expected})</>}
            {counterexample !== undefined && (
              <>
                {" "}
                <button
                  type="button"
                  onClick={() =>
                    onGo(
                      { run: counterexample.run, at: counterexample.run.length },
                      counterexample.loop
                    )
                  }
                >
                  Open the run of {counted(counterexample.run.length, "step")}
                </button>
                <p>
                  {counterexample.explanation === ""
                    ? `${counterexample.reason}.`
                    : counterexample.explanation}
                </p>
              </>
            )}
          </li>
        ))}
      </ul>
      {remarks.length > 0 && (
        <ul class="plain muted">
          {remarks.map((remark) => (
            <li key={remark}>{remark}</li>
          ))}
        </ul>
      )}
      <Counts actions={actions} title="Coverage: how often each action was taken in the search" />
    </>
  )
}
