/**
 * The scenario as it is written, to be changed and opened again.
 */
import { useEffect, useId, useState } from "preact/hooks"
import type { Opened } from "../messages.ts"

interface ScenarioProps {
  readonly opened: Opened | undefined
  readonly text: string
  readonly onOpen: (text: string) => void
}

export const ScenarioPanel = ({ opened, text, onOpen }: ScenarioProps) => {
  const [edited, setEdited] = useState(text)
  useEffect(() => setEdited(text), [text])
  const id = useId()
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onOpen(edited)
      }}
    >
      {opened !== undefined && (
        <p>
          <b>{opened.protocol.name}</b>: {opened.protocol.about}
        </p>
      )}
      <label for={id}>
        The scenario. Change it and open it again: whatever is checked or explored then is yours.
      </label>
      <textarea
        id={id}
        rows={18}
        value={edited}
        spellcheck={false}
        onInput={({ currentTarget }) => setEdited(currentTarget.value)}
      />
      <button type="submit" class="main" disabled={opened !== undefined && edited === text}>
        Open
      </button>
    </form>
  )
}
