/**
 * The state that Redis keeps for each connection, and the commands that concern the connection
 * rather than registers.
 *
 * No reply claims anything that was not done. If the gateway refuses a command that begins a group
 * (`MULTI`), it refuses the whole group.
 */
import { hash, timingSafeEqual } from "node:crypto"
import { described, nameOf, shown } from "./commands.ts"
import { array, bulk, error, map, number, type Protocol, type Reply, simple } from "./replies.ts"
import type { Request } from "./resp.ts"

/** What all sessions of a gateway share. */
export interface Terms {
  /** The password that a client must give before any other command, if there is one. */
  readonly password: () => string | undefined
  readonly maxClients: number
  readonly clients: () => number
  /** The number of connected storage nodes. */
  readonly nodes: () => number
}

/** The version of Redis whose commands these are; clients adapt to it. */
const version = "7.0.0"
const ok = simple("OK")
const notSupported = (what: string): Reply => error(`ERR ${what} is not supported`)
const wrongNumber = (name: string): Reply =>
  error(`ERR wrong number of arguments for '${name.toLowerCase()}' command`)

/** The arity of each command; negative if it may have more words. */
const arities: Readonly<Record<string, number>> = {
  PING: -1,
  ECHO: 2,
  SELECT: 2,
  HELLO: -1,
  AUTH: -2,
  CLIENT: -2,
  COMMAND: -1,
  CONFIG: -2,
  INFO: -1,
  RESET: 1,
  QUIT: -1,
  DISCARD: 1,
  EXEC: 1,
  UNWATCH: 1
}

/** The commands that a client may send before the password. */
const isFree = (name: string): boolean => ["AUTH", "HELLO", "QUIT", "RESET"].includes(name)

export class Session {
  readonly id: number
  private readonly terms: Terms
  protocol: Protocol = 2
  isAuthenticated: boolean
  private name: Uint8Array | undefined
  /** A `MULTI` was refused, and its group has not ended. */
  private isInRefusedGroup = false
  private isSilent = false
  private skipsNext = false

  constructor(id: number, terms: Terms) {
    this.id = id
    this.terms = terms
    this.isAuthenticated = terms.password() === undefined
  }

  /**
   * The reply to a request that concerns the connection or is not allowed; undefined if the request
   * concerns registers. Also whether the client wants the reply.
   */
  take(request: Request): { readonly reply: Reply | undefined; readonly isHeard: boolean } {
    const isSkipped = this.skipsNext
    this.skipsNext = false
    const reply = this.replyTo(nameOf(request[0]), request.slice(1))
    return { reply, isHeard: !this.isSilent && !isSkipped && !this.skipsNext }
  }

  /** The reply to a request that is too large. */
  takeExcessive(reason: string): { readonly reply: Reply; readonly isHeard: boolean } {
    const isSkipped = this.skipsNext
    this.skipsNext = false
    return { reply: error(reason), isHeard: !this.isSilent && !isSkipped }
  }

  private replyTo(name: string, given: Request): Reply | undefined {
    if (!this.isAuthenticated && !isFree(name)) return error("NOAUTH Authentication required.")
    if (this.isInRefusedGroup) return this.inRefusedGroup(name, given)
    switch (name) {
      case "MULTI":
        this.isInRefusedGroup = true
        return error(
          "ERR MULTI is not supported: registers are read and written one by one; nothing is done before EXEC or DISCARD"
        )
      case "EXEC":
      case "DISCARD":
        return error(`ERR ${name} without MULTI`)
      default:
        return this.single(name, given)
    }
  }

  private inRefusedGroup(name: string, given: Request): Reply | undefined {
    switch (name) {
      case "EXEC":
        this.isInRefusedGroup = false
        return error("EXECABORT Transaction discarded because of previous errors.")
      case "DISCARD":
        this.isInRefusedGroup = false
        return ok
      case "RESET":
      case "QUIT":
        return this.single(name, given)
      default:
        return error(
          "ERR not executed: it belongs to a MULTI that was refused (EXEC or DISCARD ends that)"
        )
    }
  }

  private single(name: string, given: Request): Reply | undefined {
    const arity = Object.hasOwn(arities, name) ? arities[name] : undefined
    if (arity === undefined) return undefined
    const words = given.length + 1
    if (arity < 0 ? words < -arity : words !== arity) return wrongNumber(name)
    switch (name) {
      case "PING":
        return given.length > 1
          ? wrongNumber(name)
          : given[0] === undefined
            ? simple("PONG")
            : bulk(given[0])
      case "ECHO":
        return bulk(given[0] as Uint8Array)
      case "SELECT":
        return nameOf(given[0]) === "0" ? ok : error("ERR DB index is out of range")
      case "HELLO":
        return this.hello(given)
      case "AUTH":
        return this.authenticate(given)
      case "CLIENT":
        return this.client(nameOf(given[0]), given.slice(1))
      case "COMMAND":
        return command(nameOf(given[0]), given.slice(1))
      case "CONFIG":
        return this.config(nameOf(given[0]), given.slice(1))
      case "INFO":
        return bulk(this.info())
      case "RESET":
        this.reset()
        return simple("RESET")
      // The gateway watches no keys.
      case "UNWATCH":
      case "QUIT":
        return ok
      default:
        return undefined
    }
  }

  private reset(): void {
    this.protocol = 2
    this.isAuthenticated = this.terms.password() === undefined
    this.name = undefined
    this.isInRefusedGroup = false
    this.isSilent = false
  }

  /**
   * `HELLO 3 AUTH default secret SETNAME me`. The command takes effect as a whole or not at all.
   */
  private hello(given: Request): Reply {
    let protocol = this.protocol
    if (given[0] !== undefined) {
      const wanted = nameOf(given[0])
      if (!/^-?\d+$/.test(wanted))
        return error("ERR Protocol version is not an integer or out of range")
      if (wanted !== "2" && wanted !== "3") return error("NOPROTO unsupported protocol version")
      protocol = wanted === "3" ? 3 : 2
    }
    let isAuthenticated = this.isAuthenticated
    let { name } = this
    for (let at = 1; at < given.length; ) {
      const option = nameOf(given[at])
      if (option === "AUTH" && at + 2 < given.length) {
        const failure = this.passwordFailure(given[at + 1], given[at + 2] as Uint8Array)
        if (failure !== undefined) return failure
        isAuthenticated = true
        at += 3
      } else if (option === "SETNAME" && at + 1 < given.length) {
        name = given[at + 1]
        if (!isName(name)) return wrongName
        at += 2
      } else return error(`ERR Syntax error in HELLO option '${shown(given[at])}'`)
    }
    if (!isAuthenticated) {
      return error(
        "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time"
      )
    }
    this.protocol = protocol
    this.isAuthenticated = true
    this.name = name
    return map({
      server: bulk("quorate"),
      version: bulk(version),
      proto: number(protocol),
      id: number(this.id),
      mode: bulk("standalone"),
      role: bulk("master"),
      modules: array([])
    })
  }

  /** `AUTH secret` or `AUTH default secret`. */
  private authenticate(given: Request): Reply {
    if (given.length > 2) return error("ERR syntax error")
    const [user, password] = given.length === 1 ? [undefined, given[0]] : given
    if (this.terms.password() === undefined && user === undefined) {
      return error(
        "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?"
      )
    }
    const failure = this.passwordFailure(user, password as Uint8Array)
    if (failure === undefined) this.isAuthenticated = true
    return failure ?? ok
  }

  /** There is one user. Without a password a client may connect as any user, as in Redis. */
  private passwordFailure(user: Uint8Array | undefined, given: Uint8Array): Reply | undefined {
    const password = this.terms.password()
    const isUser = user === undefined || Buffer.from(user).toString("latin1") === "default"
    const isRight = password === undefined || isSame(given, Buffer.from(password))
    return isUser && isRight
      ? undefined
      : error("WRONGPASS invalid username-password pair or user is disabled.")
  }

  private client(what: string, given: Request): Reply {
    switch (`${what} ${given.length}`) {
      case "ID 0":
        return number(this.id)
      case "GETNAME 0":
        return bulk(this.name ?? null)
      case "INFO 0":
        return bulk(`id=${this.id} name=${shown(this.name)} db=0 resp=${this.protocol}\n`)
      case "SETNAME 1":
        if (!isName(given[0])) return wrongName
        this.name = given[0]?.length === 0 ? undefined : given[0]
        return ok
      case "SETINFO 2":
        // The name and version of the client library, which no command here returns.
        return ["LIB-NAME", "LIB-VER"].includes(nameOf(given[0]))
          ? ok
          : error(`ERR Unrecognized option '${shown(given[0])}'`)
      case "REPLY 1":
        return this.reply(nameOf(given[0]))
      // The gateway evicts no client and expires no key, so there is nothing to do.
      case "NO-EVICT 1":
      case "NO-TOUCH 1":
        return ["ON", "OFF"].includes(nameOf(given[0])) ? ok : error("ERR syntax error")
      default:
        return [
          "ID",
          "GETNAME",
          "INFO",
          "SETNAME",
          "SETINFO",
          "REPLY",
          "NO-EVICT",
          "NO-TOUCH"
        ].includes(what)
          ? wrongNumber(`client|${what}`)
          : notSupported(`CLIENT ${shown(Buffer.from(what))}`)
    }
  }

  private reply(mode: string): Reply {
    switch (mode) {
      case "ON":
        this.isSilent = false
        return ok
      case "OFF":
        this.isSilent = true
        return ok
      case "SKIP":
        this.skipsNext = !this.isSilent
        return ok
      default:
        return error("ERR syntax error")
    }
  }

  private config(what: string, given: Request): Reply {
    if (what !== "GET") return notSupported(`CONFIG ${shown(Buffer.from(what))}`)
    if (given.length === 0) return wrongNumber("config|get")
    const parameters: Readonly<Record<string, string>> = {
      databases: "1",
      maxclients: String(this.terms.maxClients),
      "maxmemory-policy": "noeviction",
      timeout: "0"
    }
    const asked = given.map((name) => nameOf(name).toLowerCase())
    const told = Object.entries(parameters).filter(
      ([name]) => asked.includes("*") || asked.includes(name)
    )
    return map(Object.fromEntries(told.map(([name, value]) => [name, bulk(value)])))
  }

  private info(): string {
    const { clients, maxClients, nodes } = this.terms
    return [
      "# Server",
      `redis_version:${version}`,
      "redis_mode:standalone",
      "server_name:quorate",
      "",
      "# Clients",
      `connected_clients:${clients()}`,
      `maxclients:${maxClients}`,
      "",
      "# Persistence",
      "loading:0",
      "",
      "# Replication",
      "role:master",
      "",
      "# Quorate",
      `storage_nodes:${nodes()}`,
      ""
    ].join("\r\n")
  }
}

const isSame = (left: Uint8Array, right: Uint8Array): boolean => {
  const digest = (bytes: Uint8Array) => hash("sha256", bytes, "buffer")
  return timingSafeEqual(digest(left), digest(right))
}

/** A name is of printable letters, without spaces. */
const isName = (name: Uint8Array | undefined): boolean =>
  name?.every((byte) => byte > 32 && byte < 127) === true
const wrongName = error("ERR Client names cannot contain spaces, newlines or special characters.")

/** The list of commands, for clients that fetch it first. */
const command = (what: string, given: Request): Reply => {
  const known: Readonly<Record<string, Reply>> = {
    ...described(),
    ...Object.fromEntries(
      Object.entries(arities).map(([name, arity]) => [
        name.toLowerCase(),
        array([
          bulk(name.toLowerCase()),
          number(arity),
          array([simple("fast")]),
          number(0),
          number(0),
          number(0)
        ])
      ])
    )
  }
  switch (what) {
    case "":
      return array(Object.values(known))
    case "COUNT":
      return number(Object.keys(known).length)
    case "LIST":
      return array(Object.keys(known).map((name) => bulk(name)))
    case "INFO":
      return array(given.map((name) => known[nameOf(name).toLowerCase()] ?? bulk(null)))
    case "DOCS":
      return map({})
    default:
      return notSupported(`COMMAND ${shown(Buffer.from(what))}`)
  }
}
