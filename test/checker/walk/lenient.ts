/**
 * A slow twin of schedules: takes the events that are possible through the specification itself,
 * skips the others, and knows nothing of the engine's tables or reductions.
 */
import { type Event, type Model, nodesOf } from "../../../checker/network/model.ts"
import { canonical, equals } from "../../../spec/kernel/data.ts"
import type { AnyObservation } from "../../../spec/kernel/observation.ts"
import type { Event as ObserverEvent } from "../../../spec/kernel/observer.ts"

export interface Lenient {
  readonly taken: number
  /** Whether each observer sees a violation, by the name of its property. */
  readonly violated: Readonly<Record<string, boolean>>
}

export const lenient = (model: Model, events: ReadonlyArray<Event>): Lenient => {
  const { context } = model.system
  const nodes = nodesOf(model)
  const states = new Map(nodes.map(({ id, process }) => [id, process.initial(context, id)]))
  const positions = new Map(nodes.map(({ id }) => [id, 0]))
  const onTheWay: Array<string> = []
  const observers = model.properties.flatMap((property) =>
    property._tag === "Observed"
      ? [{ name: property.name, observer: property.observer(context) }]
      : []
  )
  const seen = observers.map(({ observer }) => observer.initial)
  let taken = 0

  const observe = (event: ObserverEvent<AnyObservation>) =>
    observers.forEach(({ observer }, index) => {
      seen[index] = observer.observe(seen[index], event)
    })

  const isPossible = ({ node, action }: Event): boolean => {
    const { process, script } = nodes.find(({ id }) => id === node) as (typeof nodes)[number]
    const state = states.get(node)
    if (state === undefined) return false
    const position = positions.get(node) as number
    switch (action._tag) {
      case "Fault": {
        const named = model.faults.budgets.filter((budget) => budget.nodes.includes(node))
        return (
          named.length > 0 &&
          named.every((budget) => budget.nodes.filter((id) => !states.has(id)).length < budget.most)
        )
      }
      case "Invoke":
        return (
          equals(action.operation, script[position]) &&
          process.ready(context, node, state, action.operation)
        )
      case "Choose":
        return process.choices(context, node, state).some((choice) => equals(choice, action.choice))
      case "Receive":
        return onTheWay.includes(
          canonical({ from: action.from, to: node, message: action.message })
        )
    }
  }

  const take = ({ node, action }: Event): void => {
    taken++
    if (action._tag === "Fault") {
      states.delete(node)
      observe({ _tag: "Fault", node, fault: action.fault })
      return
    }
    if (action._tag === "Invoke") positions.set(node, (positions.get(node) as number) + 1)
    if (action._tag === "Receive") {
      onTheWay.splice(
        onTheWay.indexOf(canonical({ from: action.from, to: node, message: action.message })),
        1
      )
    }
    const { process } = nodes.find(({ id }) => id === node) as (typeof nodes)[number]
    const step = process.step(context, node, states.get(node), action)
    states.set(node, step.state)
    for (const { to, message } of step.sends) onTheWay.push(canonical({ from: node, to, message }))
    for (const observation of step.observations) observe({ _tag: "Observed", node, observation })
  }

  for (const event of events) if (isPossible(event)) take(event)
  const violated = observers.map(
    ({ name, observer }, index) => [name, observer.violation(seen[index]) !== undefined] as const
  )
  return { taken, violated: Object.fromEntries(violated) }
}
