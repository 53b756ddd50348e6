/**
 * Turns the text of a scenario file into a model, or into one error that names the place of the
 * mistake and the fix.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Configuration from "../../spec/configuration/configuration.ts"
import type { QuorumSystem } from "../../spec/configuration/quorums.ts"
import { crashFaults } from "../../spec/configuration/tolerated-faults.ts"
import { type DirectoryId, directory } from "../../spec/directory/directory.ts"
import { setOf } from "../../spec/kernel/data.ts"
import { maxNameLength } from "../../spec/kernel/node.ts"
import { type AnyObjectType, objectTypeOf } from "../../spec/kernel/object.ts"
import type { AnyOperation } from "../../spec/kernel/observation.ts"
import type { AnyProperty } from "../../spec/kernel/property.ts"
import { systemOf, type Variant, variantOf } from "../../spec/kernel/protocol.ts"
import { identitiesIn } from "../../spec/kernel/renaming.ts"
import { administrator, client, type ServerSet, server } from "../../spec/nodes/nodes.ts"
import { protocols, type StorageProtocol } from "../../spec/protocols.ts"
import type { StorageParameters } from "../../spec/storage/parameters.ts"
import { isReconfigure } from "../../spec/storage/reconfiguration.ts"
import { deadlockFreedom } from "../engine/findings.ts"
import type { Model } from "../network/model.ts"
import { courseOf } from "./course.ts"
import { faultsOf } from "./faults.ts"
import { parseJson } from "./json.ts"
import { describeIssue, example, expectedAt, withoutIssue } from "./mistakes.ts"
import { type Loaded, refused, ScenarioRefused, suggest, together } from "./refusal.ts"
import { propertyNames, type Quorums, Scenario } from "./scenario.ts"

export { ScenarioRefused, suggest } from "./refusal.ts"

/** The expected verdict of a property. */
export type Expected = "holds" | "violated"

/** A scenario, ready for a search. */
export interface LoadedScenario {
  readonly name: string
  readonly description: string | undefined
  readonly model: Model
  /** How far processes go before they stop by themselves, by the name of the bound. */
  readonly bounds: Readonly<Record<string, number>>
  readonly checksDeadlock: boolean
  readonly expect: ReadonlyMap<string, Expected>
}

/** Reads the text of a scenario file; `source` names it in errors. */
export const load = (source: string, text: string): Loaded<LoadedScenario> =>
  Result.flatMap(
    Result.mapError(
      parseJson(text),
      ({ place, problem, mend = `write a scenario such as ${example}` }) =>
        new ScenarioRefused({ source, place, problem, mend })
    ),
    (data) => fromData(source, data)
  )

/** Checks the data of a scenario, and builds a model from it. */
export const fromData = (
  source: string,
  data: unknown,
  known: ReadonlyArray<StorageProtocol> = protocols
): Loaded<LoadedScenario> => {
  const decoded = decode(data)
  const loaded = (scenario: Scenario) => new Loader(source, scenario, known).load()
  if (Result.isSuccess(decoded)) return loaded(decoded.success)
  const { issue } = decoded.failure
  const mistakes = describeIssue(source, issue)
  const rest = decode(withoutIssue(data, issue))
  if (Result.isFailure(rest)) return Result.fail(mistakes)
  const others = loaded(rest.success)
  return Result.fail(Result.isFailure(others) ? together([mistakes, others.failure]) : mistakes)
}

const decode = (data: unknown) =>
  Schema.decodeUnknownResult(Scenario)(data, { onExcessProperty: "error", errors: "all" })

const hasDirectory = ({ roles }: StorageProtocol): boolean => "directory" in roles

const hasAdministrator = ({ roles }: StorageProtocol): boolean => "administrator" in roles

/** The name of the directory service, in systems that have one. */
const directoryName = "d"

/** The name of the administrator, in systems that have one. */
const administratorName = "admin"

const namePattern = /^[A-Za-z][A-Za-z0-9_.']*$/

/**
 * The checks that need the scenario as a whole: names that must exist, and what the protocol
 * offers.
 */
class Loader {
  private readonly source: string
  private readonly scenario: Scenario
  private readonly protocols: ReadonlyArray<StorageProtocol>

  constructor(source: string, scenario: Scenario, known: ReadonlyArray<StorageProtocol>) {
    this.source = source
    this.scenario = scenario
    this.protocols = known
  }

  load(): Loaded<LoadedScenario> {
    const { source, scenario } = this
    return Result.gen(this, function* () {
      const mistakes = this.mistakes()
      if (mistakes.length > 0) return yield* Result.fail(together(mistakes))
      const protocol = yield* this.protocol()
      const servers = yield* this.servers()
      yield* this.hasActor()
      const made = yield* this.system(protocol, servers)
      const { variant, system, parameters, clients, bounds, administered } = made
      const scripts = yield* this.scripts(protocol, servers)
      const properties = yield* this.properties(protocol)
      const expect = yield* this.expectations(properties)
      const faults = yield* faultsOf(source, protocol, scenario.faults, made)
      const model: Model = {
        protocol,
        system,
        scripts: Object.fromEntries([
          ...clients.map((id, index) => [id, scripts[index] ?? []] as const),
          ...(administered === undefined ? [] : [[administered.id, administered.script] as const])
        ]),
        faults,
        properties: properties.flatMap((name) =>
          protocol.properties.filter((property) => property.name === name)
        ),
        unused: [...(variant.unused ?? []), ...(protocol.unused?.(parameters) ?? [])]
      }
      const after = yield* courseOf(source, model, scenario.after ?? [])
      return {
        name: source,
        description: scenario.description,
        model: after.length === 0 ? model : { ...model, after },
        bounds,
        checksDeadlock: properties.includes(deadlockFreedom),
        expect
      }
    })
  }

  /**
   * All mistakes that can be found: parts that depend on a mistaken protocol or on mistaken servers
   * are not checked.
   */
  private mistakes(): ReadonlyArray<ScenarioRefused> {
    const of = (loaded: Loaded<unknown>) => (Result.isFailure(loaded) ? [loaded.failure] : [])
    const [protocol, servers] = [this.protocol(), this.servers()]
    const first = [...of(protocol), ...of(servers)]
    if (Result.isFailure(protocol)) return first
    const ofProtocol = [protocol.success].flatMap((known) => {
      const properties = this.properties(known)
      return [
        ...of(this.variant(known)),
        ...of(this.directory(known)),
        ...of(this.bounds(known)),
        ...of(properties),
        ...(Result.isSuccess(properties) ? of(this.expectations(properties.success)) : [])
      ]
    })
    if (Result.isFailure(servers)) return [...first, ...ofProtocol]
    return [
      ...ofProtocol,
      ...of(this.configuration(protocol.success, servers.success)),
      ...of(this.scripts(protocol.success, servers.success)),
      ...of(this.administered(protocol.success, servers.success)),
      ...of(this.faultsOf(protocol.success, servers.success))
    ]
      .flatMap((one) => [
        one,
        ...(one.others ?? []).map((other) => new ScenarioRefused({ source: one.source, ...other }))
      ])
      .map(
        ({ source, place, problem, mend }) => new ScenarioRefused({ source, place, problem, mend })
      )
  }

  /** The administrator, if the first configuration is known. */
  private administered(protocol: StorageProtocol, servers: ServerSet): Loaded<unknown> {
    const configuration = this.configuration(protocol, servers)
    return Result.isFailure(configuration)
      ? Result.succeed(undefined)
      : this.administrator(protocol, servers, configuration.success.members)
  }

  /** The faults, if the system that may suffer them can be built. */
  private faultsOf(protocol: StorageProtocol, servers: ServerSet): Loaded<unknown> {
    const made = this.system(protocol, servers)
    return Result.isFailure(made)
      ? Result.succeed(undefined)
      : faultsOf(this.source, protocol, this.scenario.faults, made.success)
  }

  /** The scenario's system. */
  private system(protocol: StorageProtocol, servers: ServerSet) {
    return Result.gen(this, function* () {
      const variant = yield* this.variant(protocol)
      const clients = this.scenario.clients.map((_, index) => client(`c${index + 1}`))
      const configuration = yield* this.configuration(protocol, servers)
      const directory = yield* this.directory(protocol)
      const bounds = yield* this.bounds(protocol)
      const administered = yield* this.administrator(protocol, servers, configuration.members)
      const parameters: StorageParameters = {
        ...{ servers, clients, ...directory, configuration, bounds },
        ...(administered && { administrator: administered.id, successors: administered.successors })
      }
      const system = systemOf(protocol, parameters, variant)
      const { context } = system
      return { variant, servers, clients, bounds, administered, parameters, system, context }
    })
  }

  private protocol(): Loaded<StorageProtocol> {
    const name = this.scenario.protocol
    const found = this.protocols.find((protocol) => protocol.name === name)
    const known = this.protocols.map((protocol) => protocol.name)
    return found
      ? Result.succeed(found)
      : this.refuse("protocol", `there is no protocol "${name}"`, suggest(name, known))
  }

  private variant(protocol: StorageProtocol): Loaded<Variant<unknown>> {
    const name = this.scenario.variant ?? protocol.variants[0].name
    const found = variantOf(protocol, name)
    if (found !== undefined) return Result.succeed(found)
    const known = protocol.variants.map((variant) => variant.name)
    return this.refuse("variant", `${protocol.name} has no variant "${name}"`, suggest(name, known))
  }

  /** Without a client that invokes an operation, nothing would ever happen. */
  private hasActor(): Loaded<void> {
    const { clients, administrator = [] } = this.scenario
    return clients.length > 0 || administrator.length > 0
      ? Result.succeed(undefined)
      : this.refuse("clients", expectedAt("clients") as string, "")
  }

  /** The bounds of the protocol: the given ones, and the usual values of the others. */
  private bounds(protocol: StorageProtocol): Loaded<Readonly<Record<string, number>>> {
    const known = protocol.bounds ?? []
    const given = this.scenario.bounds ?? {}
    const stranger = Object.keys(given).find((name) => !known.some((bound) => bound.name === name))
    if (stranger === undefined)
      return Result.succeed(
        Object.fromEntries(known.map(({ name, usual }) => [name, given[name] ?? usual]))
      )
    const names = known.map(({ name }) => name)
    return this.refuse(
      `bounds.${stranger}`,
      `${protocol.name} has no bound "${stranger}"`,
      names.length === 0 ? "remove it" : suggest(stranger, names)
    )
  }

  private servers(): Loaded<ServerSet> {
    const given = this.scenario.servers
    const names =
      typeof given === "number"
        ? Array.from({ length: given }, (_, index) => `s${index + 1}`)
        : given
    const clients = this.scenario.clients.map((_, index) => `c${index + 1}`)
    for (const [index, name] of names.entries()) {
      const place = `servers[${index}]`
      if (!namePattern.test(name)) {
        return this.refuse(
          place,
          `"${name}" is not a name`,
          "use a letter, then letters, digits, _ . or '"
        )
      }
      if (name.length > maxNameLength)
        return this.refuse(
          place,
          `the name has ${name.length} characters`,
          `use at most ${maxNameLength}`
        )
      if (names.indexOf(name) < index)
        return this.refuse(place, `the server ${name} is named twice`, "name it once")
      if (clients.includes(name))
        return this.refuse(place, `${name} is the name of a client`, "choose another name")
      if (name === directoryName && this.scenario.directory === true)
        return this.refuse(place, `${name} is the name of the directory`, "choose another name")
      if (name === administratorName && this.scenario.administrator !== undefined)
        return this.refuse(place, `${name} is the name of the administrator`, "choose another name")
    }
    return Result.succeed(setOf(names.map(server)))
  }

  private directory(protocol: StorageProtocol): Loaded<{ readonly directory?: DirectoryId }> {
    if (this.scenario.directory !== true) return Result.succeed({})
    if (hasDirectory(protocol)) return Result.succeed({ directory: directory(directoryName) })
    const known = protocols.filter(hasDirectory).map(({ name }) => name)
    return this.refuse(
      "directory",
      `${protocol.name} makes no use of a directory`,
      `remove it, or check ${known.join(" or ")}`
    )
  }

  private configuration(
    { tolerates = crashFaults }: StorageProtocol,
    servers: ServerSet
  ): Loaded<Configuration.Configuration> {
    const names = this.scenario.configuration ?? servers
    for (const [index, name] of names.entries()) {
      if (!(servers as ReadonlyArray<string>).includes(name))
        return this.unknownServer(`configuration[${index}]`, name, servers)
      if (names.indexOf(name) < index)
        return this.refuse(`configuration[${index}]`, `${name} is named twice`, "name it once")
    }
    const given = this.scenario.quorums
    const pair =
      typeof given === "object" && "read" in given ? given : { read: given, write: given }
    const systemFor = (quorums: Quorums | undefined) =>
      quorums === undefined ? tolerates.quorums : quorumSystem(quorums)
    const made = Configuration.make(
      names.map(server),
      systemFor(pair.read),
      systemFor(pair.write),
      tolerates
    )
    return Result.mapError(
      made,
      (error) =>
        new ScenarioRefused({
          source: this.source,
          place:
            error._tag === "QuorumsDoNotIntersect" || this.scenario.quorums
              ? "quorums"
              : "configuration",
          problem: error.message,
          mend: "every read quorum must meet every write quorum, and all must consist of members"
        })
    )
  }

  private scripts(
    protocol: StorageProtocol,
    servers: ServerSet
  ): Loaded<ReadonlyArray<ReadonlyArray<AnyOperation>>> {
    const scripts: Array<ReadonlyArray<AnyOperation>> = []
    const mistakes: Array<ScenarioRefused> = []
    for (const [index, script] of this.scenario.clients.entries()) {
      const place = `clients[${index}]`
      const operations = this.script(protocol, servers, place, script)
      if (Result.isFailure(operations)) {
        mistakes.push(operations.failure)
        continue
      }
      const at = hasAdministrator(protocol) ? operations.success.findIndex(isReconfigure) : -1
      if (at < 0) scripts.push(operations.success)
      else {
        const problem = `clients of ${protocol.name} do not reconfigure`
        const mend = `move it to "administrator": ["${script[at]}"]`
        mistakes.push(
          new ScenarioRefused({ source: this.source, place: `${place}[${at}]`, problem, mend })
        )
      }
    }
    return mistakes.length === 0 ? Result.succeed(scripts) : Result.fail(together(mistakes))
  }

  private script(
    protocol: StorageProtocol,
    servers: ServerSet,
    place: string,
    script: ReadonlyArray<string>
  ): Loaded<ReadonlyArray<AnyOperation>> {
    const operations: Array<AnyOperation> = []
    const mistakes: Array<ScenarioRefused> = []
    for (const [at, text] of script.entries()) {
      const operation = this.operation(protocol, servers, `${place}[${at}]`, text)
      if (Result.isFailure(operation)) mistakes.push(operation.failure)
      else operations.push(operation.success)
    }
    return mistakes.length === 0 ? Result.succeed(operations) : Result.fail(together(mistakes))
  }

  /** The administrator, with its operations, and the members of the configurations that result. */
  private administrator(protocol: StorageProtocol, servers: ServerSet, first: ServerSet) {
    return Result.gen(this, function* () {
      const { administrator: given } = this.scenario
      if (given === undefined) return undefined
      if (!hasAdministrator(protocol)) {
        const known = protocols.filter(hasAdministrator).map(({ name }) => name)
        const mend = `remove it, or check ${known.join(" or ")}`
        return yield* this.refuse("administrator", `${protocol.name} has no administrator`, mend)
      }
      const script = yield* this.script(protocol, servers, "administrator", given)
      const other = script.findIndex((operation) => !isReconfigure(operation))
      if (other >= 0)
        return yield* this.refuse(
          `administrator[${other}]`,
          "an administrator only reconfigures",
          `write "reconfigure +SERVER… -SERVER…"`
        )
      const successors: Array<ServerSet> = []
      for (const { add, remove } of script.filter(isReconfigure))
        successors.push(Configuration.changedMembers(successors.at(-1) ?? first, add, remove))
      const empty = successors.findIndex(({ length }) => length === 0)
      if (empty >= 0)
        return yield* this.refuse(
          `administrator[${empty}]`,
          "no server would be left",
          "add a server, or keep one"
        )
      return { id: administrator(administratorName), script, successors }
    })
  }

  private operation(
    { name, objects }: StorageProtocol,
    servers: ServerSet,
    place: string,
    text: string
  ): Loaded<AnyOperation> {
    const [verb, ...words] = text.trim().split(/\s+/)
    const kinds = objects.flatMap(({ kinds }) => kinds)
    const kind = kinds.find(({ tag }) => tag.toLowerCase() === verb)
    const operation = kind?.parse(words)
    if (operation === undefined) {
      const problem = kind
        ? `"${text}" is not how ${verb} is written`
        : `${name} has no operation "${text}"`
      const isLong = kind !== undefined && words.length > kind.syntax.split(" ").length - 1
      const mend = `write ${kinds.map(({ syntax }) => `"${syntax}"`).join(" or ")}`
      return this.refuse(place, problem, isLong ? `${mend}; a value is one word` : mend)
    }
    const type = objectTypeOf(objects, operation) as AnyObjectType
    const stranger = identitiesIn(type.Operation)(operation).find(
      (node) => !servers.some((one) => one === node)
    )
    if (stranger !== undefined) return this.unknownServer(place, stranger, servers)
    const wrong = type.problem?.(operation)
    return wrong === undefined
      ? Result.succeed(operation)
      : this.refuse(place, wrong.problem, wrong.mend)
  }

  private properties(protocol: StorageProtocol): Loaded<ReadonlyArray<string>> {
    const { properties, expect = {} } = this.scenario
    return selectProperties(this.source, "properties", protocol, properties, Object.keys(expect))
  }

  private expectations(properties: ReadonlyArray<string>): Loaded<ReadonlyMap<string, Expected>> {
    const expected = Object.entries(this.scenario.expect ?? {})
    const stranger = expected.find(([name]) => !properties.includes(name))
    if (stranger === undefined) return Result.succeed(new Map(expected))
    const problem = `"${stranger[0]}" is not among the properties that are checked`
    return this.refuse(`expect.${stranger[0]}`, problem, suggest(stranger[0], properties))
  }

  private unknownServer(place: string, name: string, servers: ServerSet): Loaded<never> {
    return this.refuse(place, `there is no server ${name}`, suggest(name, servers))
  }

  private refuse(place: string, problem: string, mend: string): Loaded<never> {
    return refused(this.source, place, problem, mend)
  }
}

const quorumSystem = (quorums: Quorums): QuorumSystem => {
  if (quorums === "majority") return { _tag: "Majority" }
  if (quorums === "supermajority") return { _tag: "Supermajority" }
  if ("sets" in quorums)
    return { _tag: "Explicit", quorums: setOf(quorums.sets.map((set) => setOf(set.map(server)))) }
  const weights = Object.entries(quorums.weights).map(([name, weight]) => ({
    server: server(name),
    weight
  }))
  const threshold = quorums.threshold === undefined ? {} : { threshold: quorums.threshold }
  return { _tag: "Weighted", weights: setOf(weights), ...threshold }
}

/**
 * The given properties, if the protocol has them all; by default, all of its properties. Liveness
 * properties and refinements cost reductions, and either a pass or a look at whole states of their
 * own: they are checked only if they are named or expected.
 */
export const selectProperties = (
  source: string,
  place: string,
  protocol: WithProperties,
  given: ReadonlyArray<string> | undefined,
  expected: ReadonlyArray<string> = []
): Loaded<ReadonlyArray<string>> => {
  const known = propertyNames(protocol)
  if (given?.length === 0 && place === "properties")
    return refused(
      source,
      place,
      "no property is named, so nothing would be checked",
      "name one, or leave the field out for all"
    )
  const at = given?.findIndex((name) => !known.includes(name)) ?? -1
  if (given === undefined)
    return Result.succeed(
      known.filter((name) => expected.includes(name) || !isCostly(protocol, name))
    )
  if (at < 0) return Result.succeed([...new Set(given)])
  const name = given[at] as string
  return refused(
    source,
    `${place}[${at}]`,
    `${protocol.name} has no property "${name}"`,
    suggest(name, known)
  )
}

interface WithProperties {
  readonly name: string
  readonly properties: ReadonlyArray<AnyProperty>
}

const isCostly = ({ properties }: WithProperties, wanted: string): boolean =>
  properties.some(({ name, _tag }) => name === wanted && (_tag === "Live" || _tag === "Refines"))
