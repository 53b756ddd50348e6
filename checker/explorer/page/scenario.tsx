/**
 * The scenario's text, to be changed and opened again.
 */
import { useEffect, useId, useState } from "preact/hooks"
import type { Opened } from "../messages.ts"

interface ScenarioProps {
  readonly opened: Opened | undefined
  /** Whether it is a module of the user's, which cannot be changed here. */
  readonly isModel: boolean
  readonly text: string
  readonly onOpen: (text: string) => void
}

export const ScenarioPanel = ({ opened, isModel, text, onOpen }: ScenarioProps) => {
  const [edited, setEdited] = useState(text)
  useEffect(() => setEdited(text), [text])
  const id = useId()
  if (isModel)
    return (
      <article class="source">
        <p>The module, as the page was made of it. Change its file, and make the page anew.</p>
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
          tabIndex={0}
        >
          <code>{text}</code>
        </pre>
      </article>
    )
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
