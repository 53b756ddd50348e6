/**
 * The specification's text for the last step: the functions that it called, each with its comment,
 * which cites its sentence of the paper.
 */
import { useEffect, useState } from "preact/hooks"
import type { ActionSource } from "../messages.ts"
import { type Source, sources } from "./data.ts"

interface SourceProps {
  readonly calls: ReadonlyArray<number>
  /** The author's own function, for a model. */
  readonly own: ActionSource | undefined
}

export const SourcePanel = ({ calls, own: action }: SourceProps) => {
  const called = calls.flatMap((number) => {
    const source = sources[number]
    return source === undefined ? [] : [source]
  })
  const first = actionAmong(called)
  const key = calls.join()
  const [chosen, choose] = useState<Source | undefined>(first)
  useEffect(() => choose(first), [key])
  if (action !== undefined) return <Action action={action} />
  if (called.length === 0)
    return (
      <p class="muted">
        Take a step: the functions of the specification that it calls are shown here, with the
        sentences of the paper that they carry. (A crash calls none.)
      </p>
    )
  const shown = chosen !== undefined && called.includes(chosen) ? chosen : first
  const own = called.filter(({ file }) => !shared.test(file))
  const rest = called.filter((source) => !own.includes(source))
  return (
    <div>
      <Calls called={own} shown={shown} onChoose={choose} />
      {shown !== undefined && <Shown source={shown} />}
      {rest.length > 0 && (
        <details open={shown !== undefined && rest.includes(shown)}>
          <summary>What it shares with other protocols, and who looks on ({rest.length})</summary>
          <Calls called={rest} shown={shown} onChoose={choose} />
        </details>
      )}
    </div>
  )
}

const Action = ({ action: { name, code } }: { readonly action: ActionSource }) => (
  <article class="source">
    <h3>{name}</h3>
    <pre
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
    >
      <code>{coloured(code)}</code>
    </pre>
  </article>
)

interface CallsProps {
  readonly called: ReadonlyArray<Source>
  readonly shown: Source | undefined
  readonly onChoose: (source: Source) => void
}

const Calls = ({ called, shown, onChoose }: CallsProps) => (
  <p class="calls">
    {called.map((source) => (
      <button
        type="button"
        key={`${source.file} ${source.name}`}
        class={source === shown ? "call chosen" : "call"}
        aria-pressed={source === shown}
        title={source.file}
        onClick={() => onChoose(source)}
      >
        {source.name}
      </button>
    ))}
  </p>
)

const Shown = ({ source: { name, file, line, comment, code } }: { readonly source: Source }) => (
  <article class="source">
    <h3>
      {name} <small>{`${file}:${line}`}</small>
    </h3>
    {comment !== "" && <p class="comment">{paragraphs(comment)}</p>}
    <pre
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
    >
      <code>{coloured(code)}</code>
    </pre>
  </article>
)

const paragraphs = (comment: string) =>
  comment.split(/\n\s*\n/).map((paragraph) => <span key={paragraph}>{quoted(paragraph)}</span>)

/** Quotations of the paper stand out. */
const quoted = (text: string) =>
  text
    .split(/("[^"]+")/)
    .map((part) =>
      part.startsWith('"') && part.length > 12 ? <q key={part}>{part.slice(1, -1)}</q> : part
    )

const keyword =
  /^(?:const|return|switch|case|default|if|else|as|type|export|new|throw|for|of|satisfies)$/

/** Comments, strings and keywords, distinguished from the rest. */
const coloured = (code: string) =>
  code.split(/(\/\/.*|\/\*[\s\S]*?\*\/|"[^"\n]*"|`[^`]*`|\b[a-z]+\b)/).map((part, index) => {
    const kind = /^\/[/*]/.test(part)
      ? "remark"
      : /^["`]/.test(part)
        ? "text"
        : keyword.test(part)
          ? "keyword"
          : undefined
    return kind === undefined ? (
      part
    ) : (
      <span key={index} class={kind}>
        {part}
      </span>
    )
  })

/** Functions that pass an input on and do not act on it. */
const dispatchers = ["step", "receive", "invoke", "receiveInPhase", "within"]
/** The folders that many protocols share. */
const shared = /^spec\/(?:kernel|phase|configuration|nodes|register|liveness)\//

/** An action returns a step. */
const isAction = ({ code }: Source): boolean => /:\s*\w*Step(?:<[^=]*>)?\s*=>/.test(code)

/**
 * The step's action among the functions that it called: the first that cites the paper and does
 * more than pass the input on.
 */
const actionAmong = (called: ReadonlyArray<Source>): Source | undefined => {
  const own = called.filter(({ file }) => !shared.test(file))
  const actions = own.filter((source) => isAction(source) && !dispatchers.includes(source.name))
  const [first] = actions
  return (
    actions.find(({ comment }) => cites(comment)) ??
    first ??
    own.find(isAction) ??
    own[0] ??
    called[0]
  )
}

const cites = (comment: string): boolean =>
  /\b\d\.\d\b|[Ss]ection|tutorial|"[^"]{12,}"/.test(comment)
