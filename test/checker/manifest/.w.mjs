import{createRequire as qr}from'node:module';const require=qr(import.meta.url);
var __defProp = Object.defineProperty;
var __export = (target, all2) => {
  for (var name in all2)
    __defProp(target, name, { get: all2[name], enumerable: true });
};

// test/checker/manifest/write.ts
import { readFileSync as readFileSync3, writeFileSync as writeFileSync2 } from "node:fs";

// checker/command/shipped.ts
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

// node_modules/effect/dist/Pipeable.js
var pipeArguments = (self, args2) => {
  switch (args2.length) {
    case 0:
      return self;
    case 1:
      return args2[0](self);
    case 2:
      return args2[1](args2[0](self));
    case 3:
      return args2[2](args2[1](args2[0](self)));
    case 4:
      return args2[3](args2[2](args2[1](args2[0](self))));
    case 5:
      return args2[4](args2[3](args2[2](args2[1](args2[0](self)))));
    case 6:
      return args2[5](args2[4](args2[3](args2[2](args2[1](args2[0](self))))));
    case 7:
      return args2[6](args2[5](args2[4](args2[3](args2[2](args2[1](args2[0](self)))))));
    case 8:
      return args2[7](args2[6](args2[5](args2[4](args2[3](args2[2](args2[1](args2[0](self))))))));
    case 9:
      return args2[8](args2[7](args2[6](args2[5](args2[4](args2[3](args2[2](args2[1](args2[0](self)))))))));
    default: {
      let ret = self;
      for (let i2 = 0, len = args2.length; i2 < len; i2++) {
        ret = args2[i2](ret);
      }
      return ret;
    }
  }
};
var Prototype = {
  pipe() {
    return pipeArguments(this, arguments);
  }
};
var Class = /* @__PURE__ */ (function() {
  function PipeableBase() {
  }
  PipeableBase.prototype = Prototype;
  return PipeableBase;
})();

// node_modules/effect/dist/Function.js
var dual = function(arity, body) {
  if (typeof arity === "function") {
    return function() {
      return arity(arguments) ? body.apply(this, arguments) : (self) => body(self, ...arguments);
    };
  }
  switch (arity) {
    case 0:
    case 1:
      throw new RangeError(`Invalid arity ${arity}`);
    case 2:
      return function(a2, b2) {
        if (arguments.length >= 2) {
          return body(a2, b2);
        }
        return function(self) {
          return body(self, a2);
        };
      };
    case 3:
      return function(a2, b2, c2) {
        if (arguments.length >= 3) {
          return body(a2, b2, c2);
        }
        return function(self) {
          return body(self, a2, b2);
        };
      };
    default:
      return function() {
        if (arguments.length >= arity) {
          return body.apply(this, arguments);
        }
        const args2 = arguments;
        return function(self) {
          return body(self, ...args2);
        };
      };
  }
};
var identity = (a2) => a2;
var constant = (value) => () => value;
var constTrue = /* @__PURE__ */ constant(true);
var constUndefined = /* @__PURE__ */ constant(void 0);
var constVoid = constUndefined;
function memoize(f2) {
  const cache2 = /* @__PURE__ */ new WeakMap();
  return (a2) => {
    const cached2 = cache2.get(a2);
    if (cached2 !== void 0) return cached2;
    const result2 = f2(a2);
    cache2.set(a2, result2);
    return result2;
  };
}
function memoizeIdempotent(f2) {
  const cache2 = /* @__PURE__ */ new WeakMap();
  return (a2) => {
    const cached2 = cache2.get(a2);
    if (cached2 !== void 0) return cached2;
    const result2 = f2(a2);
    cache2.set(a2, result2);
    if (result2 !== a2) {
      cache2.set(result2, result2);
    }
    return result2;
  };
}

// node_modules/effect/dist/internal/equal.js
var getAllObjectKeys = (obj) => {
  const keys = new Set(Reflect.ownKeys(obj));
  if (obj.constructor === Object) return keys;
  if (obj instanceof Error) {
    keys.delete("stack");
  }
  const proto = Object.getPrototypeOf(obj);
  let current = proto;
  while (current !== null && current !== Object.prototype) {
    const ownKeys = Reflect.ownKeys(current);
    for (let i2 = 0; i2 < ownKeys.length; i2++) {
      keys.add(ownKeys[i2]);
    }
    current = Object.getPrototypeOf(current);
  }
  if (keys.has("constructor") && typeof obj.constructor === "function" && proto === obj.constructor.prototype) {
    keys.delete("constructor");
  }
  return keys;
};
var byReferenceInstances = /* @__PURE__ */ new WeakSet();
var viewBytes = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
var isArrayBufferLike = (u2) => u2 instanceof ArrayBuffer || typeof SharedArrayBuffer !== "undefined" && u2 instanceof SharedArrayBuffer;
var bufferBytes = (buffer) => {
  try {
    return new Uint8Array(buffer);
  } catch {
    return void 0;
  }
};

// node_modules/effect/dist/internal/hash.js
var backEdges = 0;
var addBackEdge = () => {
  backEdges++;
};

// node_modules/effect/dist/Predicate.js
function isString(input) {
  return typeof input === "string";
}
function isNumber(input) {
  return typeof input === "number";
}
function isBoolean(input) {
  return typeof input === "boolean";
}
function isSymbol(input) {
  return typeof input === "symbol";
}
function isPropertyKey(u2) {
  return isString(u2) || isNumber(u2) || isSymbol(u2);
}
function isFunction(input) {
  return typeof input === "function";
}
function isNotNullish(input) {
  return input != null;
}
function isUnknown(_2) {
  return true;
}
function isObjectKeyword(input) {
  return typeof input === "object" && input !== null || isFunction(input);
}
var hasProperty = /* @__PURE__ */ dual(2, (self, property) => isObjectKeyword(self) && property in self);

// node_modules/effect/dist/Hash.js
var symbol = "~effect/Hash";
var hash = (self) => {
  switch (typeof self) {
    case "number":
      return number(self);
    case "bigint":
      return string(self.toString(10));
    case "string":
      return string(self);
    case "function":
    case "object": {
      if (self === null) {
        break;
      } else if (self instanceof Date) {
        if (Number.isNaN(self.getTime())) {
          return string("Invalid Date");
        }
        return string(self.toISOString());
      } else if (self instanceof RegExp) {
        return string(self.toString());
      } else {
        if (byReferenceInstances.has(self)) {
          return random(self);
        }
        const cached2 = hashCache.get(self);
        if (cached2 !== void 0) {
          return cached2;
        }
        if (visitedObjects.has(self)) {
          addBackEdge();
          return string("[Circular]");
        }
        visitedObjects.add(self);
        const seen2 = backEdges;
        let h2;
        try {
          if (symbol in self) {
            h2 = self[symbol]();
          } else if (typeof self === "function") {
            h2 = random(self);
          } else if (isArrayBufferLike(self)) {
            const bytes = bufferBytes(self);
            h2 = bytes === void 0 ? random(self) : array(bytes);
          } else if (self instanceof DataView) {
            h2 = array(viewBytes(self));
          } else if (Array.isArray(self) || ArrayBuffer.isView(self)) {
            h2 = array(self);
          } else if (self instanceof Map) {
            h2 = hashMap(self);
          } else if (self instanceof Set) {
            h2 = hashSet(self);
          } else {
            h2 = structure(self);
          }
        } finally {
          visitedObjects.delete(self);
        }
        if (seen2 === backEdges) {
          hashCache.set(self, h2);
        }
        return h2;
      }
    }
  }
  return optimize(mix(string(String(self))));
};
var random = (self) => {
  if (!randomHashCache.has(self)) {
    randomHashCache.set(self, optimize(Math.random() * 4294967296 | 0));
  }
  return randomHashCache.get(self);
};
var mix = (h2) => {
  h2 ^= h2 >>> 16;
  h2 = Math.imul(h2, 2246822507);
  h2 ^= h2 >>> 13;
  h2 = Math.imul(h2, 3266489909);
  return h2 ^ h2 >>> 16;
};
var combine = /* @__PURE__ */ dual(2, (self, b2) => mix(Math.imul(self, 2654435761) + Math.imul(b2, 2246822507)));
var optimize = (n2) => n2 & 3221225471 | n2 >>> 1 & 1073741824;
var float64 = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(8));
var number = (n2) => {
  const h2 = n2 | 0;
  if (h2 === n2) {
    return optimize(h2);
  }
  float64.setFloat64(0, n2 !== n2 ? NaN : n2);
  return optimize(combine(float64.getInt32(0), float64.getInt32(4)));
};
var string = (str) => {
  let h2 = 5381, i2 = str.length;
  while (i2) {
    h2 = h2 * 33 ^ str.charCodeAt(--i2);
  }
  return optimize(h2);
};
var structureKeys = (o2, keys) => {
  let h2 = 12289;
  for (const key of keys) {
    h2 ^= combine(hash(key), hash(o2[key]));
  }
  return optimize(h2);
};
var structure = (o2) => structureKeys(o2, getAllObjectKeys(o2));
var unordered = (seed, f2) => (iter) => {
  let h2 = seed;
  for (const element of iter) {
    h2 ^= f2(element);
  }
  return optimize(h2);
};
var array = (arr) => {
  let h2 = 6151;
  for (const element of arr) {
    h2 = combine(h2, hash(element));
  }
  return optimize(h2);
};
var hashMap = /* @__PURE__ */ unordered(/* @__PURE__ */ string("Map"), ([k2, v2]) => combine(hash(k2), hash(v2)));
var setSeed = /* @__PURE__ */ string("Set");
var hashSet = /* @__PURE__ */ unordered(setSeed, (element) => combine(setSeed, hash(element)));
var randomHashCache = /* @__PURE__ */ new WeakMap();
var hashCache = /* @__PURE__ */ new WeakMap();
var visitedObjects = /* @__PURE__ */ new WeakSet();

// node_modules/effect/dist/Equal.js
var symbol2 = "~effect/Equal";
function equals() {
  if (arguments.length === 1) {
    return (self) => compareBoth(self, arguments[0]);
  }
  return compareBoth(arguments[0], arguments[1]);
}
function compareBoth(self, that) {
  if (self === that) return true;
  if (self == null || that == null) return false;
  const selfType = typeof self;
  if (selfType !== typeof that) {
    return false;
  }
  if (selfType === "number" && self !== self && that !== that) {
    return true;
  }
  if (selfType !== "object" && selfType !== "function") {
    return false;
  }
  if (byReferenceInstances.has(self) || byReferenceInstances.has(that)) {
    return false;
  }
  return compareObjects(self, that);
}
function compareObjects(self, that) {
  const depth = pathLeft.length;
  for (let i2 = depth; i2-- > 0; ) {
    if (pathLeft[i2] === self && pathRight[i2] === that) return true;
  }
  if (depth) return compareOnPath(self, that);
  let known2 = results.get(self);
  if (!known2) results.set(self, known2 = /* @__PURE__ */ new WeakMap());
  let result2 = known2.get(that);
  if (result2 === void 0) known2.set(that, result2 = compareOnPath(self, that));
  return result2;
}
function compareOnPath(self, that) {
  pathLeft.push(self);
  pathRight.push(that);
  try {
    return compareStructure(self, that);
  } finally {
    pathLeft.pop();
    pathRight.pop();
  }
}
var pathLeft = [];
var pathRight = [];
var results = /* @__PURE__ */ new WeakMap();
function compareStructure(self, that) {
  if (hash(self) !== hash(that)) {
    return false;
  } else if (self instanceof Date) {
    if (!(that instanceof Date)) return false;
    const selfTime = self.getTime();
    const thatTime = that.getTime();
    return selfTime === thatTime || Number.isNaN(selfTime) && Number.isNaN(thatTime);
  } else if (self instanceof RegExp) {
    return that instanceof RegExp && self.toString() === that.toString();
  }
  const bothEquals = isEqual(self);
  if (bothEquals !== isEqual(that) || typeof self === "function" && !bothEquals) {
    return false;
  } else if (bothEquals) {
    return self[symbol2](that);
  } else if (Array.isArray(self)) {
    if (!Array.isArray(that) || self.length !== that.length) {
      return false;
    }
    return compareArrays(self, that);
  } else if (isArrayBufferLike(self)) {
    if (!isArrayBufferLike(that) || self instanceof ArrayBuffer !== that instanceof ArrayBuffer) {
      return false;
    }
    const selfBytes = bufferBytes(self);
    const thatBytes = bufferBytes(that);
    return selfBytes !== void 0 && thatBytes !== void 0 && compareTypedArrays(selfBytes, thatBytes);
  } else if (ArrayBuffer.isView(self)) {
    const selfIsDataView = self instanceof DataView;
    if (!ArrayBuffer.isView(that) || self.byteLength !== that.byteLength || selfIsDataView !== that instanceof DataView) {
      return false;
    }
    if (selfIsDataView) {
      return compareTypedArrays(viewBytes(self), viewBytes(that));
    }
    return compareTypedArrays(self, that);
  } else if (self instanceof Map) {
    if (!(that instanceof Map) || self.size !== that.size) {
      return false;
    }
    return compareHashed(self, that, entryHash, equalEntries);
  } else if (self instanceof Set) {
    if (!(that instanceof Set) || self.size !== that.size) {
      return false;
    }
    return compareHashed(self, that, hash, compareBoth);
  }
  return compareRecords(self, that);
}
function compareArrays(self, that) {
  for (let i2 = 0; i2 < self.length; i2++) {
    if (!compareBoth(self[i2], that[i2])) {
      return false;
    }
  }
  return true;
}
function compareTypedArrays(self, that) {
  if (self.length !== that.length) {
    return false;
  }
  for (let i2 = 0; i2 < self.length; i2++) {
    if (self[i2] !== that[i2]) {
      return false;
    }
  }
  return true;
}
function compareRecords(self, that) {
  const selfKeys = getAllObjectKeys(self);
  const thatKeys = getAllObjectKeys(that);
  if (selfKeys.size !== thatKeys.size) {
    return false;
  }
  for (const key of selfKeys) {
    if (!thatKeys.has(key) || !compareBoth(self[key], that[key])) {
      return false;
    }
  }
  return true;
}
function compareHashed(self, that, hashOf, equivalent) {
  const groups = /* @__PURE__ */ new Map();
  let remaining = 0;
  for (const item of that) {
    const h2 = hashOf(item);
    const group = groups.get(h2);
    if (group) group.push(item);
    else groups.set(h2, [item]);
    remaining++;
  }
  outer: for (const item of self) {
    const group = groups.get(hashOf(item));
    if (group) {
      for (let i2 = 0; i2 < group.length; i2++) {
        if (equivalent(item, group[i2])) {
          group[i2] = group[group.length - 1];
          group.pop();
          remaining--;
          continue outer;
        }
      }
    }
    return false;
  }
  return remaining === 0;
}
var entryHash = (entry) => hash(entry[0]);
var equalEntries = (self, that) => compareBoth(self[0], that[0]) && compareBoth(self[1], that[1]);
var isEqual = (u2) => hasProperty(u2, symbol2);

// node_modules/effect/dist/Redactable.js
var symbolRedactable = /* @__PURE__ */ Symbol.for("~effect/Redactable");
var isRedactable = (u2) => hasProperty(u2, symbolRedactable);
function redact(u2) {
  if (isRedactable(u2)) return getRedacted(u2);
  return u2;
}
function getRedacted(redactable) {
  return redactable[symbolRedactable](globalThis[currentFiberTypeId]?.context ?? emptyContext);
}
var currentFiberTypeId = "~effect/Fiber/currentFiber";
var emptyMap = /* @__PURE__ */ new Map();
var emptyContext = {
  "~effect/Context": {},
  base: emptyMap,
  depth: 0,
  mapUnsafe: emptyMap,
  pipe() {
    return pipeArguments(this, arguments);
  }
};

// node_modules/effect/dist/Formatter.js
function format(input, options) {
  const space = options?.space ?? 0;
  const ancestors = /* @__PURE__ */ new WeakSet();
  const gap = !space ? "" : typeof space === "number" ? " ".repeat(space) : space;
  const ind = (d2) => gap.repeat(d2);
  const wrap = (v2, body) => {
    const ctor = v2?.constructor;
    return ctor && ctor !== Object.prototype.constructor && ctor.name ? `${ctor.name}(${body})` : body;
  };
  const ownKeys = (o2) => {
    try {
      return Reflect.ownKeys(o2);
    } catch {
      return ["[ownKeys threw]"];
    }
  };
  function recur(v2, d2 = 0) {
    try {
      return recurUnsafe(v2, d2);
    } catch {
      if (typeof v2 === "object" && v2 !== null || typeof v2 === "function") ancestors.delete(v2);
      return "[inspection threw]";
    }
  }
  function recurUnsafe(v2, d2 = 0) {
    if (typeof v2 === "string") return JSON.stringify(v2);
    if (typeof v2 === "number" || v2 == null || typeof v2 === "boolean" || typeof v2 === "symbol") return String(v2);
    if (typeof v2 === "bigint") return String(v2) + "n";
    if (typeof v2 === "object" || typeof v2 === "function") {
      if (ancestors.has(v2)) return CIRCULAR;
      ancestors.add(v2);
      let output;
      if (symbolRedactable in v2) {
        output = recur(getRedacted(v2), d2);
      } else if (Array.isArray(v2)) {
        output = !gap || v2.length <= 1 ? `[${v2.map((x2) => recur(x2, d2)).join(",")}]` : `[
${ind(d2 + 1)}${v2.map((x2) => recur(x2, d2 + 1)).join(",\n" + ind(d2 + 1))}
${ind(d2)}]`;
      } else if (v2 instanceof Date) {
        output = formatDate(v2);
      } else if (!options?.ignoreToString && hasProperty(v2, "toString") && typeof v2["toString"] === "function" && v2["toString"] !== Object.prototype.toString && v2["toString"] !== Array.prototype.toString) {
        const s2 = safeToString(v2);
        output = v2 instanceof Error && v2.cause !== void 0 ? `${s2} (cause: ${recur(v2.cause, d2)})` : s2;
      } else if (Symbol.iterator in v2) {
        output = `${v2.constructor.name}(${recur(Array.from(v2), d2)})`;
      } else {
        const keys = ownKeys(v2);
        if (!gap || keys.length <= 1) {
          const body = `{${keys.map((k2) => `${formatPropertyKey(k2)}:${recur(safeGet(v2, k2), d2)}`).join(",")}}`;
          output = wrap(v2, body);
        } else {
          const body = `{
${keys.map((k2) => `${ind(d2 + 1)}${formatPropertyKey(k2)}: ${recur(safeGet(v2, k2), d2 + 1)}`).join(",\n")}
${ind(d2)}}`;
          output = wrap(v2, body);
        }
      }
      ancestors.delete(v2);
      return output;
    }
    return String(v2);
  }
  return recur(input, 0);
}
var CIRCULAR = "[Circular]";
function formatPropertyKey(name) {
  return typeof name === "string" ? JSON.stringify(name) : String(name);
}
function formatPath(path) {
  return path.map((key) => `[${formatPropertyKey(key)}]`).join("");
}
function formatDate(date) {
  try {
    return date.toISOString();
  } catch {
    return "Invalid Date";
  }
}
function safeToString(input) {
  try {
    const s2 = input.toString();
    return typeof s2 === "string" ? s2 : String(s2);
  } catch {
    return "[toString threw]";
  }
}
function safeGet(input, key) {
  try {
    return input[key];
  } catch {
    return "[property access threw]";
  }
}

// node_modules/effect/dist/Inspectable.js
var NodeInspectSymbol = /* @__PURE__ */ Symbol.for("nodejs.util.inspect.custom");
var toJson = (input) => {
  try {
    input = redact(input);
    if (hasProperty(input, "toJSON") && isFunction(input["toJSON"]) && input["toJSON"].length === 0) {
      return input.toJSON();
    } else if (Array.isArray(input)) {
      return input.map(toJson);
    }
    return input;
  } catch {
    return "[toJSON threw]";
  }
};
var BaseProto = {
  toJSON() {
    return toJson(this);
  },
  [NodeInspectSymbol]() {
    return this.toJSON();
  },
  toString() {
    return format(this.toJSON());
  }
};
var Class2 = class {
  /**
   * Node.js custom inspection method.
   *
   * **When to use**
   *
   * Use to expose the class JSON representation to Node.js inspection.
   *
   * @since 2.0.0
   */
  [NodeInspectSymbol]() {
    return this.toJSON();
  }
  /**
   * Returns a formatted string representation of this object.
   *
   * **When to use**
   *
   * Use to format the class JSON representation as a string.
   *
   * @since 2.0.0
   */
  toString() {
    return format(this.toJSON());
  }
};

// node_modules/effect/dist/internal/stackTraceLimit.js
var isStackTraceLimitWritable = () => {
  const desc = Object.getOwnPropertyDescriptor(Error, "stackTraceLimit");
  if (desc === void 0) {
    return Object.isExtensible(Error);
  }
  return Object.hasOwn(desc, "writable") ? desc.writable === true : desc.set !== void 0;
};
var canWriteStackTraceLimit = /* @__PURE__ */ isStackTraceLimitWritable();
var getStackTraceLimit = () => Error.stackTraceLimit;
var setStackTraceLimit = (value) => {
  if (canWriteStackTraceLimit) {
    ;
    Error.stackTraceLimit = value;
  }
};

// node_modules/effect/dist/Utils.js
var SingleShotGen = class {
  constructor(self) {
    this.value = self;
    this.done = false;
  }
  /**
   * Yields the stored value once, then completes with the value sent back in.
   *
   * **When to use**
   *
   * Use to advance a `SingleShotGen` through its single yield and completion
   * step.
   *
   * @since 2.0.0
   */
  next(a2) {
    if (this.done) {
      this.value = a2;
      return this;
    }
    this.done = true;
    return {
      value: this.value,
      done: false
    };
  }
};
var pickInternalCall = () => {
  const InternalTypeId = "~effect/Utils/internal";
  const standard = {
    [InternalTypeId]: (body) => {
      return body();
    }
  };
  const forced = {
    [InternalTypeId]: (body) => {
      try {
        return body();
      } finally {
      }
    }
  };
  const limit = getStackTraceLimit();
  if (limit === 0) return forced[InternalTypeId];
  setStackTraceLimit(2);
  const error = standard[InternalTypeId](() => new Error());
  setStackTraceLimit(limit);
  return error.stack?.includes(InternalTypeId) === true ? standard[InternalTypeId] : forced[InternalTypeId];
};
var internalCall = /* @__PURE__ */ pickInternalCall();

// node_modules/effect/dist/internal/record.js
function assignProperty(self, key, value) {
  if (key === "__proto__") {
    Object.defineProperty(self, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true
    });
  } else {
    ;
    self[key] = value;
  }
}
function assignProperties(self, source) {
  if (!Object.hasOwn(source, "__proto__")) {
    Object.assign(self, source);
    return;
  }
  for (const key of Reflect.ownKeys(source)) {
    if (Object.prototype.propertyIsEnumerable.call(source, key)) {
      assignProperty(self, key, source[key]);
    }
  }
}

// node_modules/effect/dist/internal/core.js
var EffectTypeId = `~effect/Effect`;
var ExitTypeId = `~effect/Exit`;
var effectVariance = {
  _A: identity,
  _E: identity,
  _R: identity
};
var identifier = `${EffectTypeId}/identifier`;
var args = `${EffectTypeId}/args`;
var evaluate = `${EffectTypeId}/evaluate`;
var contA = `${EffectTypeId}/successCont`;
var contE = `${EffectTypeId}/failureCont`;
var contAll = `${EffectTypeId}/ensureCont`;
var Yield = /* @__PURE__ */ Symbol.for("effect/Effect/Yield");
var PipeInspectableProto = {
  pipe() {
    return pipeArguments(this, arguments);
  },
  toJSON() {
    return {
      ...this
    };
  },
  toString() {
    return format(this.toJSON(), {
      ignoreToString: true,
      space: 2
    });
  },
  [NodeInspectSymbol]() {
    return this.toJSON();
  }
};
var StructuralProto = {
  [symbol]() {
    return structureKeys(this, Object.keys(this));
  },
  [symbol2](that) {
    const selfKeys = Object.keys(this);
    const thatKeys = Object.keys(that);
    if (selfKeys.length !== thatKeys.length) return false;
    for (let i2 = 0; i2 < selfKeys.length; i2++) {
      if (selfKeys[i2] !== thatKeys[i2] || !equals(this[selfKeys[i2]], that[selfKeys[i2]])) {
        return false;
      }
    }
    return true;
  }
};
var EffectProto = {
  [EffectTypeId]: effectVariance,
  ...PipeInspectableProto,
  [Symbol.iterator]() {
    return new SingleShotGen(this);
  },
  toJSON() {
    return {
      _id: "Effect",
      op: this[identifier],
      ...args in this ? {
        args: this[args]
      } : void 0
    };
  }
};
var isExit = (u2) => hasProperty(u2, ExitTypeId);
var CauseTypeId = "~effect/Cause";
var CauseReasonTypeId = "~effect/Cause/Reason";
var isCause = (self) => hasProperty(self, CauseTypeId);
var CauseImpl = class {
  constructor(failures) {
    this[CauseTypeId] = CauseTypeId;
    this.reasons = failures;
  }
  pipe() {
    return pipeArguments(this, arguments);
  }
  toJSON() {
    return {
      _id: "Cause",
      reasons: this.reasons.map((f2) => f2.toJSON())
    };
  }
  toString() {
    return `Cause(${format(this.reasons)})`;
  }
  [NodeInspectSymbol]() {
    return this.toJSON();
  }
  [symbol2](that) {
    return isCause(that) && this.reasons.length === that.reasons.length && this.reasons.every((e2, i2) => equals(e2, that.reasons[i2]));
  }
  [symbol]() {
    return array(this.reasons);
  }
};
var annotationsMap = /* @__PURE__ */ new WeakMap();
var ReasonBase = class {
  [CauseReasonTypeId];
  annotations;
  _tag;
  constructor(_tag, annotations, originalError) {
    this[CauseReasonTypeId] = CauseReasonTypeId;
    this._tag = _tag;
    if (annotations !== constEmptyAnnotations && typeof originalError === "object" && originalError !== null && annotations.size > 0) {
      const prevAnnotations = annotationsMap.get(originalError);
      if (prevAnnotations) {
        annotations = new Map([...prevAnnotations, ...annotations]);
      }
      annotationsMap.set(originalError, annotations);
    }
    this.annotations = annotations;
  }
  annotate(annotations, options) {
    if (annotations.mapUnsafe.size === 0) return this;
    const newAnnotations = new Map(this.annotations);
    annotations.mapUnsafe.forEach((value, key) => {
      if (options?.overwrite !== true && newAnnotations.has(key)) return;
      newAnnotations.set(key, value);
    });
    if (options?.overwrite !== true && newAnnotations.size === this.annotations.size) return this;
    const self = Object.assign(Object.create(Object.getPrototypeOf(this)), this);
    self.annotations = newAnnotations;
    return self;
  }
  pipe() {
    return pipeArguments(this, arguments);
  }
  toString() {
    return format(this);
  }
  [NodeInspectSymbol]() {
    return this.toString();
  }
};
var constEmptyAnnotations = /* @__PURE__ */ new Map();
var Fail = class extends ReasonBase {
  constructor(error, annotations = constEmptyAnnotations) {
    super("Fail", annotations, error);
    this.error = error;
  }
  toString() {
    return `Fail(${format(this.error)})`;
  }
  toJSON() {
    return {
      _tag: "Fail",
      error: this.error
    };
  }
  [symbol2](that) {
    return isFailReason(that) && equals(this.error, that.error) && equals(this.annotations, that.annotations);
  }
  [symbol]() {
    return combine(string(this._tag))(combine(hash(this.error))(hash(this.annotations)));
  }
};
var causeFromReasons = (reasons) => new CauseImpl(reasons);
var dedupeReasons = (self, that) => {
  const buckets = /* @__PURE__ */ new Map();
  const out = [];
  for (const reason of self.concat(that)) {
    const hash2 = hash(reason);
    const bucket = buckets.get(hash2);
    if (bucket === void 0) {
      buckets.set(hash2, [reason]);
    } else if (bucket.some((previous) => equals(previous, reason))) {
      continue;
    } else {
      bucket.push(reason);
    }
    out.push(reason);
  }
  return out;
};
var causeCombine = /* @__PURE__ */ dual(2, (self, that) => {
  if (self.reasons.length === 0) {
    return that;
  } else if (that.reasons.length === 0) {
    return self;
  }
  const newCause = new CauseImpl(dedupeReasons(self.reasons, that.reasons));
  return equals(self, newCause) ? self : newCause;
});
var causeAddInterrupts = (self, interrupts) => {
  const reasons = self.reasons.slice();
  for (const reason of interrupts.reasons) {
    if (isInterruptReason(reason) && !reasons.some((r2) => isInterruptReason(r2) && r2.fiberId === reason.fiberId && r2.annotations === reason.annotations)) {
      reasons.push(reason);
    }
  }
  return reasons.length === self.reasons.length ? self : new CauseImpl(reasons);
};
var causeFail = (error) => new CauseImpl([new Fail(error)]);
var Die = class extends ReasonBase {
  constructor(defect, annotations = constEmptyAnnotations) {
    super("Die", annotations, defect);
    this.defect = defect;
  }
  toString() {
    return `Die(${format(this.defect)})`;
  }
  toJSON() {
    return {
      _tag: "Die",
      defect: this.defect
    };
  }
  [symbol2](that) {
    return isDieReason(that) && equals(this.defect, that.defect) && equals(this.annotations, that.annotations);
  }
  [symbol]() {
    return combine(string(this._tag))(combine(hash(this.defect))(hash(this.annotations)));
  }
};
var causeDie = (defect) => new CauseImpl([new Die(defect)]);
var causeAnnotate = /* @__PURE__ */ dual((args2) => isCause(args2[0]), (self, annotations, options) => {
  if (annotations.mapUnsafe.size === 0) return self;
  return new CauseImpl(self.reasons.map((f2) => f2.annotate(annotations, options)));
});
var isFailReason = (self) => self._tag === "Fail";
var isDieReason = (self) => self._tag === "Die";
var isInterruptReason = (self) => self._tag === "Interrupt";
function defaultEvaluate(_fiber) {
  return exitDie(`Effect.evaluate: Not implemented`);
}
var makePrimitiveProto = (options) => ({
  ...EffectProto,
  [identifier]: options.op,
  [evaluate]: options[evaluate] ?? defaultEvaluate,
  [contA]: options[contA],
  [contE]: options[contE],
  [contAll]: options[contAll]
});
var makePrimitive = (options) => {
  const Proto2 = makePrimitiveProto(options);
  const PrimitiveImpl = function(value) {
    this[args] = value;
  };
  PrimitiveImpl.prototype = Proto2;
  return function(value) {
    return new PrimitiveImpl(value);
  };
};
var makeExit = (options) => {
  const Proto2 = {
    [ExitTypeId]: ExitTypeId,
    _tag: options.op,
    get [options.prop]() {
      return this[args];
    },
    ...makePrimitiveProto(options),
    toString() {
      return `${options.op}(${format(this[args])})`;
    },
    toJSON() {
      return {
        _id: "Exit",
        _tag: options.op,
        [options.prop]: this[args]
      };
    },
    [symbol2](that) {
      return isExit(that) && that._tag === this._tag && equals(this[args], that[args]);
    },
    [symbol]() {
      return combine(string(options.op), hash(this[args]));
    }
  };
  const ExitPrimitive = function(value) {
    this[args] = value;
  };
  ExitPrimitive.prototype = Proto2;
  return function(value) {
    return new ExitPrimitive(value);
  };
};
var exitSucceed = /* @__PURE__ */ makeExit({
  op: "Success",
  prop: "value",
  [evaluate](fiber2) {
    const cont = fiber2.getCont(contA);
    return cont ? cont[contA](this[args], fiber2, this) : fiber2.yieldWith(this);
  }
});
var StackTraceKey = {
  key: "effect/Cause/StackTrace"
};
var InterruptorStackTrace = {
  key: "effect/Cause/InterruptorStackTrace"
};
var exitFailCause = /* @__PURE__ */ makeExit({
  op: "Failure",
  prop: "cause",
  [evaluate](fiber2) {
    let cause = this[args];
    let annotated = false;
    if (fiber2.cache.stackFrame) {
      cause = causeAnnotate(cause, {
        mapUnsafe: /* @__PURE__ */ new Map([[StackTraceKey.key, fiber2.cache.stackFrame]])
      });
      annotated = true;
    }
    let cont = fiber2.getCont(contE);
    const interruptedCause = fiber2._interruptedCause;
    if (interruptedCause && fiber2.interruptible) {
      let skippedHandler = false;
      while (cont && fiber2.interruptible) {
        skippedHandler ||= identifier in cont;
        cont = fiber2.getCont(contE);
      }
      if (skippedHandler) {
        cause = causeFromReasons(cause.reasons.filter((reason) => reason._tag !== "Fail"));
      }
      cause = causeAddInterrupts(cause, interruptedCause);
      annotated = true;
    }
    return cont ? cont[contE](cause, fiber2, annotated ? void 0 : this) : fiber2.yieldWith(annotated ? exitFailCause(cause) : this);
  }
});
var exitFail = (e2) => exitFailCause(causeFail(e2));
var exitDie = (defect) => exitFailCause(causeDie(defect));
var withFiber = /* @__PURE__ */ makePrimitive({
  op: "WithFiber",
  [evaluate](fiber2) {
    return this[args](fiber2);
  }
});
var withFiberSucceed = /* @__PURE__ */ makePrimitive({
  op: "WithFiberSucceed",
  [evaluate](fiber2) {
    const value = this[args](fiber2);
    const cont = fiber2.getCont(contA);
    return cont ? cont[contA](value, fiber2) : fiber2.yieldWith(exitSucceed(value));
  }
});
var YieldableError = /* @__PURE__ */ (function() {
  class YieldableError2 extends globalThis.Error {
  }
  const proto = /* @__PURE__ */ makePrimitiveProto({
    op: "YieldableError",
    [evaluate]() {
      return exitFail(this);
    }
  });
  delete proto.toString;
  Object.assign(YieldableError2.prototype, proto);
  return YieldableError2;
})();
var Error2 = /* @__PURE__ */ (function() {
  const plainArgsSymbol = /* @__PURE__ */ Symbol.for("effect/Data/Error/plainArgs");
  return class Base extends YieldableError {
    constructor(args2) {
      super(args2?.message, args2?.cause ? {
        cause: args2.cause
      } : void 0);
      if (args2) {
        assignProperties(this, args2);
        Object.defineProperty(this, plainArgsSymbol, {
          value: args2,
          enumerable: false
        });
      }
    }
    toJSON() {
      return {
        ...this[plainArgsSymbol],
        ...this
      };
    }
  };
})();
var TaggedError = (tag2) => {
  class Base extends Error2 {
    _tag = tag2;
  }
  ;
  Base.prototype.name = tag2;
  return Base;
};
var NoSuchElementErrorTypeId = "~effect/Cause/NoSuchElementError";
var NoSuchElementError = class extends (/* @__PURE__ */ TaggedError("NoSuchElementError")) {
  [NoSuchElementErrorTypeId] = NoSuchElementErrorTypeId;
  constructor(message) {
    super({
      message
    });
  }
};
var DoneTypeId = "~effect/Cause/Done";
var isDone = (u2) => hasProperty(u2, DoneTypeId);
var DoneVoid = {
  [DoneTypeId]: DoneTypeId,
  _tag: "Done",
  value: void 0
};

// node_modules/effect/dist/internal/option.js
var TypeId = "~effect/Option";
var CommonProto = {
  [TypeId]: {
    _A: (_2) => _2
  },
  ...PipeInspectableProto,
  [Symbol.iterator]() {
    return new SingleShotGen(this);
  }
};
var SomeProto = /* @__PURE__ */ Object.defineProperty(/* @__PURE__ */ Object.assign(/* @__PURE__ */ Object.create(CommonProto), {
  _tag: "Some",
  _op: "Some",
  [symbol2](that) {
    return isOption(that) && isSome(that) && equals(this.value, that.value);
  },
  [symbol]() {
    return combine(hash(this._tag))(hash(this.value));
  },
  toString() {
    return `some(${format(this.value)})`;
  },
  toJSON() {
    return {
      _id: "Option",
      _tag: this._tag,
      value: toJson(this.value)
    };
  }
}), "valueOrUndefined", {
  get() {
    return this.value;
  }
});
var NoneHash = /* @__PURE__ */ hash("None");
var NoneProto = /* @__PURE__ */ Object.assign(/* @__PURE__ */ Object.create(CommonProto), {
  _tag: "None",
  _op: "None",
  valueOrUndefined: void 0,
  [symbol2](that) {
    return isOption(that) && isNone(that);
  },
  [symbol]() {
    return NoneHash;
  },
  toString() {
    return `none()`;
  },
  toJSON() {
    return {
      _id: "Option",
      _tag: this._tag
    };
  }
});
var isOption = (input) => hasProperty(input, TypeId);
var isNone = (fa) => fa._tag === "None";
var isSome = (fa) => fa._tag === "Some";
var none = /* @__PURE__ */ Object.create(NoneProto);
var SomeImpl = function(value) {
  this.value = value;
};
SomeImpl.prototype = SomeProto;
var some = (value) => new SomeImpl(value);

// node_modules/effect/dist/internal/result.js
var TypeId2 = "~effect/Result";
var CommonProto2 = {
  [TypeId2]: {
    /* v8 ignore next 2 */
    _A: (_2) => _2,
    _E: (_2) => _2
  },
  ...PipeInspectableProto,
  [Symbol.iterator]() {
    return new SingleShotGen(this);
  }
};
var SuccessProto = /* @__PURE__ */ Object.assign(/* @__PURE__ */ Object.create(CommonProto2), {
  _tag: "Success",
  _op: "Success",
  [symbol2](that) {
    return isResult(that) && isSuccess(that) && equals(this.success, that.success);
  },
  [symbol]() {
    return combine(hash(this._tag))(hash(this.success));
  },
  toString() {
    return `success(${format(this.success)})`;
  },
  toJSON() {
    return {
      _id: "Result",
      _tag: this._tag,
      value: toJson(this.success)
    };
  }
});
var FailureProto = /* @__PURE__ */ Object.assign(/* @__PURE__ */ Object.create(CommonProto2), {
  _tag: "Failure",
  _op: "Failure",
  [symbol2](that) {
    return isResult(that) && isFailure(that) && equals(this.failure, that.failure);
  },
  [symbol]() {
    return combine(hash(this._tag))(hash(this.failure));
  },
  toString() {
    return `failure(${format(this.failure)})`;
  },
  toJSON() {
    return {
      _id: "Result",
      _tag: this._tag,
      failure: toJson(this.failure)
    };
  }
});
var isResult = (input) => hasProperty(input, TypeId2);
var isFailure = (result2) => result2._tag === "Failure";
var isSuccess = (result2) => result2._tag === "Success";
var FailureImpl = function(failure2) {
  this.failure = failure2;
};
FailureImpl.prototype = FailureProto;
var fail = (failure2) => new FailureImpl(failure2);
var SuccessImpl = function(success) {
  this.success = success;
};
SuccessImpl.prototype = SuccessProto;
var succeed = (success) => new SuccessImpl(success);

// node_modules/effect/dist/Result.js
var succeed2 = succeed;
var fail2 = fail;
var isFailure2 = isFailure;
var isSuccess2 = isSuccess;
var mapError = /* @__PURE__ */ dual(2, (self, f2) => isFailure2(self) ? fail2(f2(self.failure)) : self);
var match = /* @__PURE__ */ dual(2, (self, {
  onFailure,
  onSuccess
}) => isFailure2(self) ? onFailure(self.failure) : onSuccess(self.success));
var getOrThrowWith = /* @__PURE__ */ dual(2, (self, onFailure) => {
  if (isSuccess2(self)) {
    return self.success;
  }
  throw onFailure(self.failure);
});
var getOrThrow = /* @__PURE__ */ getOrThrowWith(identity);
var flatMap = /* @__PURE__ */ dual(2, (self, f2) => isFailure2(self) ? fail2(self.failure) : f2(self.success));
var gen = (...args2) => {
  const f2 = args2.length === 1 ? args2[0] : args2[1].bind(args2[0]);
  const iterator = f2();
  let state = iterator.next();
  while (!state.done) {
    const current = state.value;
    if (isFailure2(current)) {
      return current;
    }
    state = iterator.next(current.success);
  }
  return succeed2(state.value);
};

// node_modules/effect/dist/internal/array.js
var isArrayNonEmpty = (self) => self.length > 0;

// node_modules/effect/dist/Order.js
function make(compare2) {
  return (self, that) => self === that ? 0 : compare2(self, that);
}
var Number2 = /* @__PURE__ */ make((self, that) => {
  if (globalThis.Number.isNaN(self) && globalThis.Number.isNaN(that)) return 0;
  if (globalThis.Number.isNaN(self)) return -1;
  if (globalThis.Number.isNaN(that)) return 1;
  return self < that ? -1 : 1;
});
var isLessThan = (O2) => dual(2, (self, that) => O2(self, that) === -1);
var isGreaterThan = (O2) => dual(2, (self, that) => O2(self, that) === 1);
var isLessThanOrEqualTo = (O2) => dual(2, (self, that) => O2(self, that) !== 1);
var isGreaterThanOrEqualTo = (O2) => dual(2, (self, that) => O2(self, that) !== -1);

// node_modules/effect/dist/Option.js
var none2 = () => none;
var some2 = some;

// node_modules/effect/dist/Array.js
var Array2 = globalThis.Array;
var append = /* @__PURE__ */ dual(2, (self, last) => [...self, last]);
var isArray = Array2.isArray;
var isArrayNonEmpty2 = isArrayNonEmpty;
var isReadonlyArrayNonEmpty = isArrayNonEmpty;
var empty = () => [];
var map = /* @__PURE__ */ dual(2, (self, f2) => self.map(f2));

// node_modules/effect/dist/Effectable.js
var Prototype2 = (options) => makePrimitiveProto({
  op: options.label,
  [evaluate]: options.evaluate
});

// node_modules/effect/dist/Context.js
var ServiceTypeId = "~effect/Context/Service";
var Service = function() {
  function KeyClass() {
  }
  const self = KeyClass;
  Object.setPrototypeOf(self, ServiceProto);
  const init = (key, options) => {
    self.key = key;
    if (options?.defaultValue) {
      self[ReferenceTypeId] = ReferenceTypeId;
      self.defaultValue = options.defaultValue;
    }
    if (options?.make) {
      ;
      self.make = options.make;
    }
    if (options?.fiberCached) {
      cacheKeys.add(key);
    }
    return self;
  };
  return arguments.length > 0 ? init(arguments[0], arguments[1]) : init;
};
var ServiceProto = {
  [ServiceTypeId]: ServiceTypeId,
  .../* @__PURE__ */ Prototype2({
    label: "Service",
    evaluate(fiber2) {
      return exitSucceed(get(fiber2.context, this));
    }
  }),
  toJSON() {
    return {
      _id: "Service",
      key: this.key
    };
  },
  of(self) {
    return self;
  },
  context(self) {
    return make2(this, self);
  },
  use(f2) {
    return withFiber((fiber2) => f2(get(fiber2.context, this)));
  },
  useSync(f2) {
    return withFiber((fiber2) => exitSucceed(f2(get(fiber2.context, this))));
  }
};
var cacheKeys = /* @__PURE__ */ new Set();
var ReferenceTypeId = "~effect/Context/Reference";
var TypeId3 = "~effect/Context";
var FlattenAfterBaseHits = 8;
var makeImpl = (cacheRoot, base, overlay, depth, maxDepth) => {
  const self = Object.create(Proto);
  self.cacheRoot = cacheRoot ?? self;
  self.base = base;
  self.overlay = overlay;
  self.depth = depth;
  self._flat = void 0;
  self.baseHits = 0;
  self.maxDepth = maxDepth;
  return self;
};
var applyOverlays = (map6, overlay) => {
  if (!overlay) return;
  applyOverlays(map6, overlay.parent);
  map6.set(overlay.key, overlay.value);
};
var flatten = (self) => {
  if (self._flat) return self._flat;
  if (!self.overlay) return self._flat = self.base;
  const map6 = new Map(self.base);
  applyOverlays(map6, self.overlay);
  return self._flat = map6;
};
var notFound = /* @__PURE__ */ Symbol();
var lookup = (self, key) => {
  const impl = self;
  for (let overlay = impl.overlay; overlay; overlay = overlay.parent) {
    if (overlay.key === key) return overlay.value;
  }
  const value = impl.base.get(key);
  if (value === void 0 && !impl.base.has(key)) return notFound;
  if (impl.overlay && ++impl.baseHits >= impl.base.size && impl.baseHits >= FlattenAfterBaseHits) {
    impl.base = flatten(impl);
    impl.overlay = void 0;
    impl.depth = 0;
  }
  return value;
};
var makeUnsafe = (mapUnsafe, options) => {
  const maxDepth = options?.maxDepth;
  return makeImpl(void 0, mapUnsafe, void 0, 0, Number.isInteger(maxDepth) && maxDepth >= 0 ? maxDepth : 8);
};
var Proto = {
  get mapUnsafe() {
    return flatten(this);
  },
  ...PipeInspectableProto,
  [TypeId3]: {
    _Services: (_2) => _2
  },
  toJSON() {
    return {
      _id: "Context",
      services: Array.from(this.mapUnsafe).map(([key, value]) => ({
        key,
        value
      }))
    };
  },
  [symbol2](that) {
    if (!isContext(that)) return false;
    const self = this.mapUnsafe;
    const other = that.mapUnsafe;
    if (self.size !== other.size) return false;
    for (const [key, value] of self) {
      if (!other.has(key) || !equals(value, other.get(key))) return false;
    }
    return true;
  },
  [symbol]() {
    return number(this.mapUnsafe.size);
  }
};
var hasSameCache = (self, that) => self.cacheRoot === that.cacheRoot;
var isContext = (u2) => hasProperty(u2, TypeId3);
var isReference = (u2) => !!u2[ReferenceTypeId];
var empty2 = () => emptyContext2;
var emptyContext2 = /* @__PURE__ */ makeUnsafe(/* @__PURE__ */ new Map());
var make2 = (key, service2) => makeUnsafe(/* @__PURE__ */ new Map([[key.key, service2]]));
var add = /* @__PURE__ */ dual(3, (self, key, service2) => addUnsafe(self, key.key, service2));
var addUnsafe = (self, key, service2) => {
  const impl = self;
  const cacheRoot = cacheKeys.has(key) ? void 0 : impl.cacheRoot;
  if (impl.depth >= impl.maxDepth) {
    const map6 = new Map(impl._flat ?? impl.base);
    if (!impl._flat) applyOverlays(map6, impl.overlay);
    map6.set(key, service2);
    return makeImpl(cacheRoot, map6, void 0, 0, impl.maxDepth);
  }
  return makeImpl(cacheRoot, impl.base, {
    key,
    value: service2,
    parent: impl.overlay
  }, impl.depth + 1, impl.maxDepth);
};
var getOrUndefinedUnsafe = (self, key) => {
  const value = lookup(self, key);
  return value === notFound ? void 0 : value;
};
var getUnsafe = /* @__PURE__ */ dual(2, (self, service2) => {
  const value = lookup(self, service2.key);
  if (value === notFound) {
    if (isReference(service2)) return getDefaultValue(service2);
    throw serviceNotFoundError(service2);
  }
  return value;
});
var get = getUnsafe;
var defaultValueCacheKey = "~effect/Context/defaultValue";
var getDefaultValue = (ref) => {
  if (defaultValueCacheKey in ref) {
    return ref[defaultValueCacheKey];
  }
  return ref[defaultValueCacheKey] = ref.defaultValue();
};
var serviceNotFoundError = (service2) => {
  const error = new Error(`Service not found${service2.key ? `: ${String(service2.key)}` : ""}`);
  if (error.stack) {
    const lines = error.stack.split("\n");
    lines.splice(1, 3);
    error.stack = lines.join("\n");
  }
  return error;
};
var Reference = Service;

// node_modules/effect/dist/Scheduler.js
var Scheduler = /* @__PURE__ */ Reference("effect/Scheduler", {
  fiberCached: true,
  defaultValue: () => new MixedScheduler()
});
var setMicrotask = (f2) => {
  let cancelled = false;
  Promise.resolve().then(() => {
    if (!cancelled) f2();
  });
  return () => {
    cancelled = true;
  };
};
var setTimer = "setImmediate" in globalThis ? (f2) => {
  const timer = globalThis.setImmediate(f2);
  return () => globalThis.clearImmediate(timer);
} : (f2) => {
  const timer = setTimeout(f2, 0);
  return () => clearTimeout(timer);
};
var setImmediate = (f2) => {
  try {
    return setTimer(f2);
  } catch {
    return setMicrotask(f2);
  }
};
var PriorityBuckets = class {
  buckets = [];
  scheduleTask(task, priority) {
    const buckets = this.buckets;
    const len = buckets.length;
    let bucket;
    let index = 0;
    for (; index < len; index++) {
      if (buckets[index][0] > priority) break;
      bucket = buckets[index];
    }
    if (bucket && bucket[0] === priority) {
      bucket[1].push(task);
    } else if (index === len) {
      buckets.push([priority, [task]]);
    } else {
      buckets.splice(index, 0, [priority, [task]]);
    }
  }
  drain() {
    const buckets = this.buckets;
    this.buckets = [];
    return buckets;
  }
};
var MixedScheduler = class {
  executionMode;
  setImmediate;
  constructor(executionMode = "async", setImmediateFn) {
    this.executionMode = executionMode;
    this.setImmediate = setImmediateFn ?? (executionMode === "sync" ? setMicrotask : setImmediate);
  }
  /**
   * Returns whether the fiber has reached its operation budget and should yield.
   *
   * **When to use**
   *
   * Use to decide whether a fiber should yield after consuming its current
   * operation budget.
   *
   * @since 2.0.0
   */
  shouldYield(fiber2) {
    return fiber2.currentOpCount >= fiber2.cache.maxOpsBeforeYield;
  }
  /**
   * Creates a dispatcher that schedules work through this scheduler.
   *
   * **When to use**
   *
   * Use when you need a standalone dispatcher from a scheduler instance, for
   * example in tests that enqueue tasks and then flush them deterministically.
   *
   * @since 4.0.0
   */
  makeDispatcher() {
    return new MixedSchedulerDispatcher(this.setImmediate);
  }
};
var MixedSchedulerDispatcher = class {
  tasks = /* @__PURE__ */ new PriorityBuckets();
  running = void 0;
  setImmediate;
  constructor(setImmediateFn = setImmediate) {
    this.setImmediate = setImmediateFn;
  }
  /**
   * @since 2.0.0
   */
  scheduleTask(task, priority) {
    this.tasks.scheduleTask(task, priority);
    if (this.running === void 0) {
      this.running = this.setImmediate(this.afterScheduled);
    }
  }
  /**
   * @since 2.0.0
   */
  afterScheduled = () => {
    this.running = void 0;
    this.runTasks();
  };
  /**
   * @since 2.0.0
   */
  runTasks() {
    const buckets = this.tasks.drain();
    for (let i2 = 0; i2 < buckets.length; i2++) {
      const toRun = buckets[i2][1];
      for (let j2 = 0; j2 < toRun.length; j2++) {
        toRun[j2]();
      }
    }
  }
  /**
   * @since 2.0.0
   */
  flush() {
    while (this.tasks.buckets.length > 0) {
      if (this.running !== void 0) {
        this.running();
        this.running = void 0;
      }
      this.runTasks();
    }
  }
};
var MaxOpsBeforeYield = /* @__PURE__ */ Reference("effect/Scheduler/MaxOpsBeforeYield", {
  fiberCached: true,
  defaultValue: () => 2048
});
var PreventSchedulerYield = /* @__PURE__ */ Reference("effect/Scheduler/PreventSchedulerYield", {
  fiberCached: true,
  defaultValue: () => false
});

// node_modules/effect/dist/Data.js
var TaggedError2 = TaggedError;

// node_modules/effect/dist/encoding/EncodingError.js
var EncodingErrorTypeId = "~effect/encoding/EncodingError";
var EncodingError = class extends (/* @__PURE__ */ TaggedError2("EncodingError")) {
  /**
   * Marks this value as an encoding or decoding error for runtime guards.
   *
   * **When to use**
   *
   * Use to identify `EncodingError` instances through `isEncodingError`.
   *
   * @since 4.0.0
   */
  [EncodingErrorTypeId] = EncodingErrorTypeId;
};

// node_modules/effect/dist/Tracer.js
var ParentSpanKey = "effect/Tracer/ParentSpan";
var TracerKey = "effect/Tracer";

// node_modules/effect/dist/internal/metric.js
var FiberRuntimeMetricsKey = "effect/Metric/FiberRuntimeMetrics";

// node_modules/effect/dist/internal/references.js
var CurrentStackFrame = /* @__PURE__ */ Reference("effect/References/CurrentStackFrame", {
  fiberCached: true,
  defaultValue: constUndefined
});
var TracerEnabled = /* @__PURE__ */ Reference("effect/References/TracerEnabled", {
  fiberCached: true,
  defaultValue: constTrue
});
var CurrentLogLevel = /* @__PURE__ */ Reference("effect/References/CurrentLogLevel", {
  fiberCached: true,
  defaultValue: () => "Info"
});
var MinimumLogLevel = /* @__PURE__ */ Reference("effect/References/MinimumLogLevel", {
  fiberCached: true,
  defaultValue: () => "Info"
});

// node_modules/effect/dist/internal/effect.js
var Interrupt = class extends ReasonBase {
  constructor(fiberId2, annotations = constEmptyAnnotations) {
    super("Interrupt", annotations, "Interrupted");
    this.fiberId = fiberId2;
  }
  toString() {
    return `Interrupt(${this.fiberId})`;
  }
  toJSON() {
    return {
      _tag: "Interrupt",
      fiberId: this.fiberId
    };
  }
  [symbol2](that) {
    return isInterruptReason(that) && this.fiberId === that.fiberId && this.annotations === that.annotations;
  }
  [symbol]() {
    return string(`${this._tag}:${this.fiberId}`);
  }
};
var causeInterrupt = (fiberId2) => new CauseImpl([new Interrupt(fiberId2)]);
var hasFails = (self) => self.reasons.some(isFailReason);
var hasDies = (self) => self.reasons.some(isDieReason);
var causeElectDefects = (self) => hasDies(self) && hasFails(self) ? causeFromReasons(self.reasons.map((reason) => reason._tag === "Fail" && !isDone(reason.error) ? new Die(reason.error, reason.annotations) : reason)) : self;
var hasInterrupts = (self) => self.reasons.some(isInterruptReason);
var causeMap = /* @__PURE__ */ dual(2, (self, f2) => {
  let hasFail = false;
  const failures = self.reasons.map((failure2) => {
    if (isFailReason(failure2)) {
      hasFail = true;
      return new Fail(f2(failure2.error), failure2.annotations);
    }
    return failure2;
  });
  return hasFail ? causeFromReasons(failures) : self;
});
var FiberTypeId = "~effect/Fiber";
var fiberVariance = {
  _A: identity,
  _E: identity
};
var fiberIdStore = {
  id: 0
};
var AsyncResource = /* @__PURE__ */ (() => {
  try {
    return globalThis.process?.getBuiltinModule?.("node:async_hooks")?.AsyncResource;
  } catch {
    return void 0;
  }
})();
var captureAsyncContext = () => AsyncResource === void 0 ? void 0 : new AsyncResource("effect/Fiber");
var getCurrentFiber = () => globalThis[currentFiberTypeId];
var FiberImpl = class {
  constructor(context2, interruptible2 = true) {
    this.setContext(context2);
    this.id = ++fiberIdStore.id;
    this.currentOpCount = 0;
    this.interruptible = interruptible2;
    this._stack = [];
    this._observers = void 0;
    this._exit = void 0;
    this._children = void 0;
    this._interruptedCause = void 0;
    this._yielded = void 0;
    this._running = false;
    this._deferredInterrupt = false;
    this._parent = void 0;
    this._asyncContext = void 0;
    this.cache.runtimeMetrics?.recordFiberStart(this.context);
  }
  get [FiberTypeId]() {
    return fiberVariance;
  }
  get currentDispatcher() {
    return this._dispatcher ??= this.cache.scheduler.makeDispatcher();
  }
  getRef(ref) {
    return get(this.context, ref);
  }
  addObserver(cb) {
    if (this._exit) {
      cb(this._exit);
      return constVoid;
    }
    if (this._observers === void 0) {
      this._observers = [cb];
    } else {
      this._observers.push(cb);
    }
    return () => this.removeObserver(cb);
  }
  removeObserver(cb) {
    if (this._exit || this._observers === void 0) return;
    const index = this._observers.indexOf(cb);
    if (index >= 0) {
      this._observers.splice(index, 1);
    }
  }
  interruptUnsafe(fiberId2, annotations) {
    if (this._exit) {
      return;
    }
    let cause = causeInterrupt(fiberId2);
    if (this.cache.stackFrame) {
      cause = causeAnnotate(cause, make2(StackTraceKey, this.cache.stackFrame));
    }
    if (annotations) {
      cause = causeAnnotate(cause, annotations);
    }
    this._interruptedCause = this._interruptedCause ? causeAddInterrupts(this._interruptedCause, cause) : cause;
    if (this.interruptible) {
      if (this._running) {
        this._deferredInterrupt = true;
      } else {
        this.evaluate(failCause(this._interruptedCause));
      }
    }
  }
  pollUnsafe() {
    return this._exit;
  }
  evaluate(effect) {
    if (this._exit) {
      return;
    } else if (this._asyncContext !== void 0) {
      const asyncContext = this._asyncContext;
      this._asyncContext = void 0;
      try {
        return asyncContext.runInAsyncScope(this.evaluate, this, effect);
      } finally {
        asyncContext.emitDestroy();
      }
    } else if (this._yielded !== void 0) {
      const yielded = this._yielded;
      this._yielded = void 0;
      yielded();
    }
    const exit3 = this.runLoop(effect);
    if (exit3 === Yield) {
      this._asyncContext = captureAsyncContext();
      return;
    }
    const interruptChildren = fiberMiddleware.interruptChildren && fiberMiddleware.interruptChildren(this);
    if (interruptChildren !== void 0) {
      return this.evaluate(flatMap2(interruptChildren, () => exit3));
    }
    this._exit = exit3;
    this.cache.runtimeMetrics?.recordFiberEnd(this.context, this._exit);
    if (this._parent) {
      this._parent._children?.delete(this);
      this._parent = void 0;
    }
    if (this._observers !== void 0) {
      const observers = this._observers;
      this._observers = void 0;
      for (let i2 = 0; i2 < observers.length; i2++) {
        observers[i2](exit3);
      }
    }
    this._stack.length = 0;
    this._children = void 0;
    this.context = empty2();
  }
  runLoop(effect) {
    const prevFiber = globalThis[currentFiberTypeId];
    globalThis[currentFiberTypeId] = this;
    const prevRunning = this._running;
    this._running = true;
    let yielding = false;
    let current = effect;
    this.currentOpCount = 0;
    try {
      while (true) {
        try {
          if (this._deferredInterrupt) {
            this._deferredInterrupt = false;
            current = failCause(this._interruptedCause);
          }
          this.currentOpCount++;
          const cache2 = this.cache;
          if (!yielding && !cache2.preventYield && cache2.scheduler.shouldYield(this)) {
            yielding = true;
            const prev = current;
            current = flatMap2(yieldNow, () => prev);
          }
          current = cache2.tracerContext ? cache2.tracerContext(current, this) : current[evaluate](this);
          if (current === Yield) {
            const yielded = this._yielded;
            if (ExitTypeId in yielded) {
              this._deferredInterrupt = false;
              this._yielded = void 0;
              return yielded;
            } else if (this._deferredInterrupt) {
              this._yielded = void 0;
              yielded();
              continue;
            }
            return Yield;
          }
        } catch (error) {
          if (!hasProperty(current, evaluate)) {
            return exitDie(`Fiber.runLoop: Not a valid effect: ${String(current)}`);
          }
          current = exitDie(error);
        }
      }
    } finally {
      this._running = prevRunning;
      globalThis[currentFiberTypeId] = prevFiber;
    }
  }
  getCont(symbol4) {
    if (this._deferredInterrupt) {
      this._deferredInterrupt = false;
      return deferredInterruptCont;
    }
    while (true) {
      const op = this._stack.pop();
      if (!op) return void 0;
      const all2 = op[contAll];
      if (all2 !== void 0) {
        const cont = all2.call(op, this);
        if (cont) {
          ;
          cont[symbol4] = cont;
          return cont;
        }
      }
      if (op[symbol4]) return op;
    }
  }
  // Passes a success value straight to the next continuation instead of
  // returning an Exit for the run loop to unwrap. Each call counts as an
  // operation, and every `maxInlineSteps`th call returns an Exit instead, so
  // continuations calling continuations never nest deeper than that.
  succeedWith(value) {
    if ((++this.currentOpCount & maxInlineSteps - 1) === 0) {
      return exitSucceed(value);
    }
    const cont = this.getCont(contA);
    return cont ? cont[contA](value, this) : this.yieldWith(exitSucceed(value));
  }
  yieldWith(value) {
    this._yielded = value;
    return Yield;
  }
  children() {
    return this._children ??= /* @__PURE__ */ new Set();
  }
  pipe() {
    return pipeArguments(this, arguments);
  }
  setContext(context2) {
    const previous = this.context;
    this.context = context2;
    if (previous !== void 0 && hasSameCache(previous, context2)) return;
    const root2 = context2.cacheRoot;
    const cache2 = root2._fiberCache ??= makeFiberContextCache(context2);
    if (this.cache?.scheduler !== cache2.scheduler) {
      this._dispatcher = void 0;
    }
    this.cache = cache2;
  }
  get currentSpanLocal() {
    const span = this.cache.span;
    return span?._tag === "Span" ? span : void 0;
  }
};
var makeFiberContextCache = (context2) => {
  const currentTracer = getOrUndefinedUnsafe(context2, TracerKey);
  return {
    scheduler: get(context2, Scheduler),
    tracer: currentTracer,
    tracerContext: currentTracer ? currentTracer["context"] : void 0,
    tracerEnabled: get(context2, TracerEnabled),
    span: getOrUndefinedUnsafe(context2, ParentSpanKey),
    logLevel: get(context2, CurrentLogLevel),
    minimumLogLevel: get(context2, MinimumLogLevel),
    stackFrame: get(context2, CurrentStackFrame),
    runtimeMetrics: getOrUndefinedUnsafe(context2, FiberRuntimeMetricsKey),
    maxOpsBeforeYield: get(context2, MaxOpsBeforeYield),
    preventYield: get(context2, PreventSchedulerYield)
  };
};
var deferredInterruptCont = {
  [contA](_value, fiber2) {
    return failCause(fiber2._interruptedCause);
  },
  [contE](_cause, fiber2) {
    return failCause(fiber2._interruptedCause);
  }
};
var maxInlineSteps = 32;
var fiberMiddleware = {
  interruptChildren: void 0
};
var fiberStackAnnotations = (fiber2) => {
  if (!fiber2.cache.stackFrame) return void 0;
  const annotations = /* @__PURE__ */ new Map();
  annotations.set(InterruptorStackTrace.key, fiber2.cache.stackFrame);
  return makeUnsafe(annotations);
};
var fiberAwaitAll = (self) => callback((resume) => {
  const iter = self[Symbol.iterator]();
  const exits = [];
  let cancel = void 0;
  function loop() {
    let result2 = iter.next();
    while (!result2.done) {
      if (result2.value._exit) {
        exits.push(result2.value._exit);
        result2 = iter.next();
        continue;
      }
      cancel = result2.value.addObserver((exit3) => {
        exits.push(exit3);
        loop();
      });
      return;
    }
    resume(succeed3(exits));
  }
  loop();
  return sync(() => cancel?.());
});
var fiberInterruptAll = (fibers) => withFiber((parent) => {
  const annotations = fiberStackAnnotations(parent);
  let fiberArr = empty();
  for (const fiber2 of fibers) {
    fiber2.interruptUnsafe(parent.id, annotations);
    fiberArr.push(fiber2);
  }
  return asVoid(fiberAwaitAll(fiberArr));
});
var succeed3 = exitSucceed;
var failCause = exitFailCause;
var fail3 = exitFail;
var sync = /* @__PURE__ */ makePrimitive({
  op: "Sync",
  [evaluate](fiber2) {
    const thunk = this[args];
    const value = thunk();
    const cont = fiber2.getCont(contA);
    return cont ? cont[contA](value, fiber2) : fiber2.yieldWith(exitSucceed(value));
  }
});
var suspend = /* @__PURE__ */ makePrimitive({
  op: "Suspend",
  [evaluate](_fiber) {
    const thunk = this[args];
    return thunk();
  }
});
var fromResult = /* @__PURE__ */ match({
  onFailure: fail3,
  onSuccess: succeed3
});
var yieldNowWith = /* @__PURE__ */ makePrimitive({
  op: "Yield",
  [evaluate](fiber2) {
    let resumed = false;
    fiber2.currentDispatcher.scheduleTask(() => {
      if (resumed) return;
      fiber2.evaluate(exitVoid);
    }, this[args] ?? 0);
    return fiber2.yieldWith(() => {
      resumed = true;
    });
  }
});
var yieldNow = /* @__PURE__ */ yieldNowWith(0);
var failCauseSync = (evaluate2) => suspend(() => failCause(evaluate2()));
var die = (defect) => exitDie(defect);
var void_ = /* @__PURE__ */ succeed3(void 0);
var try_ = (options) => {
  const evaluate2 = typeof options === "function" ? options : options.try;
  const catcher = typeof options === "function" ? (cause) => new UnknownError(cause, "An error occurred in Effect.try") : options.catch;
  return suspend(() => {
    try {
      return succeed3(evaluate2());
    } catch (err) {
      return fail3(catcher(err));
    }
  });
};
var tryPromise = (options) => {
  const f2 = typeof options === "function" ? options : options.try;
  const catcher = typeof options === "function" ? (cause) => new UnknownError(cause, "An error occurred in Effect.tryPromise") : options.catch;
  return callbackOptions(function(resume, signal) {
    const failWithCatch = (cause) => suspend(() => {
      try {
        return fail3(internalCall(() => catcher(cause)));
      } catch (err) {
        return die(err);
      }
    });
    try {
      f2(signal).then((a2) => resume(succeed3(a2)), (e2) => resume(failWithCatch(e2)));
    } catch (err) {
      resume(failWithCatch(err));
    }
  }, f2.length !== 0);
};
var callbackOptions = /* @__PURE__ */ (function() {
  const Proto2 = /* @__PURE__ */ makePrimitiveProto({
    op: "Async",
    [evaluate](fiber2) {
      let resumed = false;
      let yielded = false;
      const controller = this.withSignal ? new AbortController() : void 0;
      const onCancel = this.register.call(fiber2.cache.scheduler, (effect) => {
        if (resumed) return;
        resumed = true;
        if (yielded) {
          fiber2.evaluate(effect);
        } else {
          yielded = effect;
        }
      }, controller?.signal);
      if (yielded !== false) return yielded;
      yielded = true;
      fiber2.yieldWith(() => {
        resumed = true;
      });
      if (controller === void 0 && onCancel === void 0) {
        return Yield;
      }
      fiber2._stack.push(asyncFinalizer(() => {
        resumed = true;
        controller?.abort();
        return onCancel ?? exitVoid;
      }));
      return Yield;
    }
  });
  const AsyncImpl = function(register2, withSignal) {
    this.register = register2;
    this.withSignal = withSignal;
  };
  AsyncImpl.prototype = Proto2;
  return function(register2, withSignal) {
    return new AsyncImpl(register2, withSignal);
  };
})();
var asyncFinalizer = /* @__PURE__ */ makePrimitive({
  op: "AsyncFinalizer",
  [contAll](fiber2) {
    if (fiber2.interruptible) {
      fiber2.interruptible = false;
      fiber2._stack.push(setInterruptibleTrue);
    }
  },
  [contE](cause, _fiber) {
    return hasInterrupts(cause) ? flatMap2(combineFinalizerCause(exitFailCause(cause), this[args]()), () => failCause(cause)) : failCause(cause);
  }
});
var callback = (register2) => callbackOptions(register2, register2.length >= 2);
var fnBody = (bodyOrOptions, pipeables) => typeof bodyOrOptions === "function" ? bodyOrOptions : pipeables.shift().bind(bodyOrOptions.self);
var defineFunctionLength = (length, fn2) => Object.defineProperty(fn2, "length", {
  value: length,
  configurable: true
});
var fnUntracedEager = (bodyOrOptions, ...pipeables) => {
  const body = fnBody(bodyOrOptions, pipeables);
  return defineFunctionLength(body.length, pipeables.length === 0 ? function() {
    return fromIteratorEagerUnsafe(() => body.apply(this, arguments));
  } : function() {
    let effect = fromIteratorEagerUnsafe(() => body.apply(this, arguments));
    for (const pipeable of pipeables) {
      effect = pipeable(effect, ...arguments);
    }
    return effect;
  });
};
var fromIteratorEagerUnsafe = (evaluate2) => {
  try {
    const iterator = evaluate2();
    let value = void 0;
    while (true) {
      const state = iterator.next(value);
      if (state.done) {
        return succeed3(state.value);
      }
      const primitive = state.value;
      if (primitive && primitive._tag === "Success") {
        value = primitive.value;
        continue;
      } else if (primitive && primitive._tag === "Failure") {
        return state.value;
      } else {
        let isFirstExecution = true;
        return suspend(() => {
          if (isFirstExecution) {
            isFirstExecution = false;
            return flatMap2(state.value, (value2) => fromIteratorUnsafe(iterator, value2));
          } else {
            return suspend(() => fromIteratorUnsafe(evaluate2()));
          }
        });
      }
    }
  } catch (error) {
    return die(error);
  }
};
var fromIteratorUnsafe = /* @__PURE__ */ (function() {
  const Proto2 = /* @__PURE__ */ makePrimitiveProto({
    op: "Iterator",
    [contA](value, fiber2) {
      const iter = this.iterator;
      while (true) {
        const state = iter.next(value);
        if (state.done) return succeed3(state.value);
        if (!effectIsExit(state.value)) {
          fiber2._stack.push(this);
          return state.value;
        } else if (state.value._tag === "Failure") {
          return state.value;
        }
        value = state.value.value;
      }
    },
    [evaluate](fiber2) {
      return this[contA](this.initial, fiber2);
    }
  });
  const IteratorImpl = function(iterator, initial13) {
    this.iterator = iterator;
    this.initial = initial13;
  };
  IteratorImpl.prototype = Proto2;
  return function(iterator, initial13) {
    return new IteratorImpl(iterator, initial13);
  };
})();
var evaluateCont = function(fiber2) {
  fiber2._stack.push(this);
  return this[args];
};
var OnSuccessProto = /* @__PURE__ */ makePrimitiveProto({
  op: "OnSuccess",
  [evaluate]: evaluateCont
});
var ContImpl = function(self, cont, payload) {
  this[args] = self;
  this[contA] = cont;
  this.payload = payload;
};
ContImpl.prototype = OnSuccessProto;
var returnPayload = function() {
  return this.payload;
};
var continuationMarksStack = /* @__PURE__ */ (() => {
  const limit = /* @__PURE__ */ getStackTraceLimit();
  if (limit === 0) return false;
  const marker = "~effect/Effect/stackProbe";
  const probe = {
    [marker]: function stackProbe() {
      return new Error();
    }
  };
  setStackTraceLimit(1);
  const error = /* @__PURE__ */ probe[marker]();
  setStackTraceLimit(limit);
  return error.stack?.includes("[as " + marker + "]") === true;
})();
var mapCont = function(value, fiber2) {
  const f2 = this.payload;
  return fiber2.succeedWith(continuationMarksStack ? f2(value) : internalCall(() => f2(value)));
};
var andThenCont = function(value) {
  const f2 = this.payload;
  return f2(value);
};
var asVoid = (self) => new ContImpl(self, returnPayload, exitVoid);
var flatMap2 = /* @__PURE__ */ dual(2, (self, f2) => new ContImpl(self, andThenCont, f2));
var effectIsExit = (effect) => effect[ExitTypeId] !== void 0;
var flatMapEager = /* @__PURE__ */ dual(2, (self, f2) => {
  if (effectIsExit(self)) {
    return self._tag === "Success" ? f2(self.value) : self;
  }
  return flatMap2(self, f2);
});
var map2 = /* @__PURE__ */ dual(2, (self, f2) => new ContImpl(self, mapCont, f2));
var mapEager = /* @__PURE__ */ dual(2, (self, f2) => effectIsExit(self) ? exitMap(self, f2) : map2(self, f2));
var mapErrorEager = /* @__PURE__ */ dual(2, (self, f2) => effectIsExit(self) ? exitMapError(self, f2) : mapError2(self, f2));
var exitIsSuccess = (self) => self._tag === "Success";
var exitVoid = /* @__PURE__ */ exitSucceed(void 0);
var exitMap = /* @__PURE__ */ dual(2, (self, f2) => self._tag === "Success" ? exitSucceed(f2(self.value)) : self);
var exitMapError = /* @__PURE__ */ dual(2, (self, f2) => {
  if (self._tag === "Success") return self;
  return exitFailCause(causeMap(self.cause, f2));
});
var catchCause = /* @__PURE__ */ dual(2, (self, f2) => new OnFailureImpl(self, f2.length !== 1 ? (cause) => f2(cause) : f2));
var OnFailureProto = /* @__PURE__ */ makePrimitiveProto({
  op: "OnFailure",
  [evaluate]: evaluateCont
});
var OnFailureImpl = function(self, f2) {
  this[args] = self;
  this[contE] = f2;
};
OnFailureImpl.prototype = OnFailureProto;
var mapError2 = /* @__PURE__ */ dual(2, (self, f2) => catchCause(self, (cause) => failCause(causeMap(cause, f2))));
var OnSuccessAndFailureProto = /* @__PURE__ */ makePrimitiveProto({
  op: "OnSuccessAndFailure",
  [evaluate]: evaluateCont
});
var OnSuccessAndFailureImpl = function(self, onSuccess, onFailure) {
  this[args] = self;
  this[contA] = onSuccess;
  this[contE] = onFailure;
};
OnSuccessAndFailureImpl.prototype = OnSuccessAndFailureProto;
var exit = (self) => effectIsExit(self) ? exitSucceed(self) : exitPrimitive(self);
var exitPrimitive = /* @__PURE__ */ makePrimitive({
  op: "Exit",
  [evaluate](fiber2) {
    fiber2._stack.push(this);
    return this[args];
  },
  [contA](value, fiber2, exit3) {
    return fiber2.succeedWith(exit3 ?? exitSucceed(value));
  },
  [contE](cause, fiber2, exit3) {
    return fiber2.succeedWith(exit3 ?? exitFailCause(cause));
  }
});
var combineFinalizerCause = (exit_, finalizer) => exitIsSuccess(exit_) ? finalizer : catchCause(finalizer, (cause) => failCause(causeElectDefects(causeCombine(exit_.cause, cause))));
var uninterruptible = (self) => withFiber((fiber2) => {
  if (!fiber2.interruptible) return self;
  fiber2.interruptible = false;
  fiber2._stack.push(setInterruptibleTrue);
  return self;
});
var setInterruptible = /* @__PURE__ */ makePrimitive({
  op: "SetInterruptible",
  [contAll](fiber2) {
    fiber2.interruptible = this[args];
    if (fiber2._interruptedCause && fiber2.interruptible) {
      return () => failCause(fiber2._interruptedCause);
    }
  }
});
var setInterruptibleTrue = /* @__PURE__ */ setInterruptible(true);
var whileLoop = /* @__PURE__ */ makePrimitive({
  op: "While",
  [contA](value, fiber2) {
    this[args].step(value);
    if (this[args].while()) {
      fiber2._stack.push(this);
      return this[args].body();
    }
    return exitVoid;
  },
  [evaluate](fiber2) {
    if (this[args].while()) {
      fiber2._stack.push(this);
      return this[args].body();
    }
    return exitVoid;
  }
});
var resolveConcurrency = (concurrency) => concurrency === "unbounded" ? Number.POSITIVE_INFINITY : Math.max(1, concurrency ?? 1);
var iterateEager = () => (options) => {
  const onItem = options.onItem;
  const step4 = options.step;
  const resumeSequential = (state, items, index, end, effect) => flatMap2(exit(effect), (itemExit) => step4(state, items[index], itemExit, index) ?? runSequential(state, items, index + 1, end) ?? void_);
  const runSequential = (state, items, index = 0, end = items.length) => {
    for (; index < end; index++) {
      const item = items[index];
      const effect = onItem(state, item, index);
      if (!effectIsExit(effect)) {
        return resumeSequential(state, items, index, end, effect);
      }
      const terminal = step4(state, item, effect, index);
      if (terminal) return terminal._tag === "Failure" ? terminal : void 0;
    }
  };
  return runSequential;
};
var iterateConcurrentImpl = (options) => {
  const onItem = options.onItem;
  const step4 = options.step;
  return (state, items, opts) => {
    let index = 0;
    const end = opts.end ?? items.length;
    const concurrency = opts.concurrency;
    let done2 = false;
    let parentFiber;
    let fibers;
    let resume;
    let terminal;
    let effect;
    const failDefect = (error) => {
      const defect = exitDie(error);
      terminal = defect;
      done2 = true;
      return fibers && fibers.size > 0 ? flatMap2(uninterruptible(fiberInterruptAll(Array.from(fibers))), () => terminal ?? defect) : defect;
    };
    const go = () => {
      let paused = false;
      for (; !terminal && index < end; index++) {
        const item = items[index];
        const eff = effect ?? onItem(state, item, index);
        if (effectIsExit(eff)) {
          terminal = step4(state, item, eff, index);
          if (terminal) break;
        } else if (!parentFiber) {
          return callback((cb) => {
            parentFiber = getCurrentFiber();
            fibers = /* @__PURE__ */ new Set();
            effect = eff;
            resume = cb;
            let result2;
            try {
              result2 = go();
            } catch (error) {
              return cb(failDefect(error));
            }
            if (result2) return cb(result2);
            return suspend(() => {
              terminal ??= exitVoid;
              return flatMap2(fibers ? fiberInterruptAll(fibers) : void_, () => terminal?._tag === "Failure" ? terminal : void_);
            });
          });
        } else {
          effect = void 0;
          const fiber2 = forkUnsafe(parentFiber, eff, true, true, "inherit");
          if (fiber2._exit) {
            terminal = step4(state, item, fiber2._exit, index);
            if (terminal) break;
            continue;
          }
          fibers.add(fiber2);
          const currentIndex = index;
          fiber2.addObserver((exit3) => {
            fibers.delete(fiber2);
            try {
              if (terminal) {
                if (exit3._tag === "Failure") {
                  const reasons = exit3.cause.reasons.filter((reason) => reason._tag !== "Interrupt");
                  if (reasons.length > 0) {
                    const cause = causeFromReasons(reasons);
                    terminal = exitFailCause(terminal._tag === "Failure" ? causeElectDefects(causeCombine(terminal.cause, cause)) : cause);
                  }
                }
              } else {
                const result2 = step4(state, item, exit3, currentIndex);
                if (result2) {
                  terminal = result2;
                  go();
                }
              }
              if (paused) {
                const eff2 = go();
                if (eff2) resume(eff2);
              } else if (done2 && fibers.size === 0) {
                resume(terminal ?? void_);
              }
            } catch (error) {
              resume(failDefect(error));
            }
          });
          if (fibers.size < concurrency) continue;
          paused = true;
          index++;
          return;
        }
      }
      done2 = true;
      if (terminal) {
        if (fibers && fibers.size > 0) {
          const annotations = fiberStackAnnotations(parentFiber);
          fibers.forEach((f2) => f2.interruptUnsafe(parentFiber.id, annotations));
          return;
        }
        if (resume || terminal._tag === "Failure") {
          return terminal;
        }
      } else if (resume) {
        if (!fibers) {
          return exitVoid;
        } else if (fibers.size === 0) {
          resume(void_);
        }
      }
    };
    return go();
  };
};
var iterateConcurrent = () => (options) => iterateConcurrentImpl(options);
var forkUnsafe = (parent, effect, immediate = false, daemon = false, uninterruptible2 = false) => {
  const parentRuntime = parent;
  const interruptible2 = uninterruptible2 === "inherit" ? parentRuntime.interruptible : !uninterruptible2;
  const child = new FiberImpl(parentRuntime.context, interruptible2);
  if (!daemon) {
    parentRuntime.children().add(child);
    child._parent = parentRuntime;
  }
  if (immediate) {
    child.evaluate(effect);
  } else {
    child._asyncContext = captureAsyncContext();
    parentRuntime.currentDispatcher.scheduleTask(() => child.evaluate(effect), 0);
  }
  return child;
};
var runForkWith = (context2) => (effect, options) => {
  const fiber2 = new FiberImpl(options?.scheduler ? add(context2, Scheduler, options.scheduler) : context2, options?.uninterruptible !== true);
  fiber2.evaluate(effect);
  if (fiber2._exit) return fiber2;
  if (options?.signal) {
    if (options.signal.aborted) {
      fiber2.interruptUnsafe();
    } else {
      const abort = () => fiber2.interruptUnsafe();
      options.signal.addEventListener("abort", abort, {
        once: true
      });
      fiber2.addObserver(() => options.signal.removeEventListener("abort", abort));
    }
  }
  if (options?.onFiberStart) {
    options.onFiberStart(fiber2);
  }
  return fiber2;
};
var runSyncExitWith = (context2) => {
  const runFork2 = runForkWith(context2);
  return (effect) => {
    if (effectIsExit(effect)) return effect;
    const scheduler = new MixedScheduler("sync");
    const fiber2 = runFork2(effect, {
      scheduler
    });
    fiber2._dispatcher?.flush();
    return fiber2._exit ?? exitDie(new AsyncFiberError(fiber2));
  };
};
var runSyncExit = /* @__PURE__ */ runSyncExitWith(/* @__PURE__ */ empty2());
var MAX_TIMER_MILLIS = 2 ** 31 - 1;
var TimeoutErrorTypeId = "~effect/Cause/TimeoutError";
var TimeoutError = class extends (/* @__PURE__ */ TaggedError("TimeoutError")) {
  [TimeoutErrorTypeId] = TimeoutErrorTypeId;
  constructor(message) {
    super({
      message
    });
  }
};
var IllegalArgumentErrorTypeId = "~effect/Cause/IllegalArgumentError";
var IllegalArgumentError = class extends (/* @__PURE__ */ TaggedError("IllegalArgumentError")) {
  [IllegalArgumentErrorTypeId] = IllegalArgumentErrorTypeId;
  constructor(message) {
    super({
      message
    });
  }
};
var ExceededCapacityErrorTypeId = "~effect/Cause/ExceededCapacityError";
var ExceededCapacityError = class extends (/* @__PURE__ */ TaggedError("ExceededCapacityError")) {
  [ExceededCapacityErrorTypeId] = ExceededCapacityErrorTypeId;
  constructor(message) {
    super({
      message
    });
  }
};
var AsyncFiberErrorTypeId = "~effect/Cause/AsyncFiberError";
var AsyncFiberError = class extends (/* @__PURE__ */ TaggedError("AsyncFiberError")) {
  [AsyncFiberErrorTypeId] = AsyncFiberErrorTypeId;
  constructor(fiber2) {
    super({
      message: "An asynchronous Effect was executed with Effect.runSync",
      fiber: fiber2
    });
  }
};
var UnknownErrorTypeId = "~effect/Cause/UnknownError";
var UnknownError = class extends (/* @__PURE__ */ TaggedError("UnknownError")) {
  [UnknownErrorTypeId] = UnknownErrorTypeId;
  constructor(cause, message) {
    super({
      message,
      cause
    });
  }
};
var LoggerTypeId = "~effect/Logger";
var LoggerProto = {
  [LoggerTypeId]: {
    _Message: identity,
    _Output: identity
  },
  pipe() {
    return pipeArguments(this, arguments);
  }
};
var colors = {
  bold: "1",
  red: "31",
  green: "32",
  yellow: "33",
  blue: "34",
  cyan: "36",
  white: "37",
  gray: "90",
  black: "30",
  bgBrightRed: "101"
};
var logLevelColors = {
  None: [],
  All: [],
  Trace: [colors.gray],
  Debug: [colors.blue],
  Info: [colors.green],
  Warn: [colors.yellow],
  Error: [colors.red],
  Fatal: [colors.bgBrightRed, colors.black]
};

// node_modules/effect/dist/Cause.js
var isFailReason2 = isFailReason;
var die2 = causeDie;
var map3 = causeMap;

// node_modules/effect/dist/Exit.js
var succeed4 = exitSucceed;
var failCause2 = exitFailCause;
var fail4 = exitFail;
var void_2 = exitVoid;
var isSuccess3 = exitIsSuccess;

// node_modules/effect/dist/Effect.js
var tryPromise2 = tryPromise;
var succeed5 = succeed3;
var suspend2 = suspend;
var fail5 = fail3;
var failCauseSync2 = failCauseSync;
var die3 = die;
var try_2 = try_;
var fromResult2 = fromResult;
var flatMap3 = flatMap2;
var exit2 = exit;
var catchCause2 = catchCause;
var runSyncExit2 = runSyncExit;
var mapEager2 = mapEager;
var mapErrorEager2 = mapErrorEager;
var flatMapEager2 = flatMapEager;
var fnUntracedEager2 = fnUntracedEager;

// node_modules/effect/dist/encoding/Base64.js
var encode = (input) => encodeBytes(typeof input === "string" ? encoder.encode(input) : input);
var decode = (str) => {
  const stripped = stripCrlf(str);
  const length = stripped.length;
  if (length % 4 !== 0) {
    return fail2(new EncodingError({
      kind: "Decode",
      module: "Base64",
      input: stripped,
      message: `Length must be a multiple of 4, but is ${length}`
    }));
  }
  const index = stripped.indexOf("=");
  if (index !== -1 && (index < length - 2 || index === length - 2 && stripped[length - 1] !== "=")) {
    return fail2(new EncodingError({
      kind: "Decode",
      module: "Base64",
      input: stripped,
      message: "Found a '=' character, but it is not at the end"
    }));
  }
  try {
    const missingOctets = stripped.endsWith("==") ? 2 : stripped.endsWith("=") ? 1 : 0;
    const result2 = new Uint8Array(3 * (length / 4) - missingOctets);
    for (let i2 = 0, j2 = 0; i2 < length; i2 += 4, j2 += 3) {
      const buffer = getCode(stripped.charCodeAt(i2)) << 18 | getCode(stripped.charCodeAt(i2 + 1)) << 12 | getCode(stripped.charCodeAt(i2 + 2)) << 6 | getCode(stripped.charCodeAt(i2 + 3));
      result2[j2] = buffer >> 16;
      result2[j2 + 1] = buffer >> 8 & 255;
      result2[j2 + 2] = buffer & 255;
    }
    return succeed2(result2);
  } catch (cause) {
    return fail2(new EncodingError({
      kind: "Decode",
      module: "Base64",
      input: stripped,
      message: cause instanceof Error ? cause.message : "Invalid input"
    }));
  }
};
var encodeBytes = (bytes) => {
  const length = bytes.length;
  const toBase64 = Uint8Array.prototype.toBase64;
  if (length >= 32 && typeof toBase64 === "function") return toBase64.call(bytes);
  return length < 128 ? encodeShort(bytes) : encodeLong(bytes);
};
var encodeShort = (bytes) => {
  const length = bytes.length;
  let result2 = "";
  let i2;
  for (i2 = 2; i2 < length; i2 += 3) {
    result2 += alphabet[bytes[i2 - 2] >> 2];
    result2 += alphabet[(bytes[i2 - 2] & 3) << 4 | bytes[i2 - 1] >> 4];
    result2 += alphabet[(bytes[i2 - 1] & 15) << 2 | bytes[i2] >> 6];
    result2 += alphabet[bytes[i2] & 63];
  }
  if (i2 === length + 1) {
    result2 += alphabet[bytes[i2 - 2] >> 2];
    result2 += alphabet[(bytes[i2 - 2] & 3) << 4];
    result2 += "==";
  }
  if (i2 === length) {
    result2 += alphabet[bytes[i2 - 2] >> 2];
    result2 += alphabet[(bytes[i2 - 2] & 3) << 4 | bytes[i2 - 1] >> 4];
    result2 += alphabet[(bytes[i2 - 1] & 15) << 2];
    result2 += "=";
  }
  return result2;
};
var encodeLong = (bytes) => {
  const length = bytes.length;
  const result2 = new Uint8Array(Math.ceil(length / 3) * 4);
  let i2;
  let j2 = 0;
  for (i2 = 2; i2 < length; i2 += 3, j2 += 4) {
    result2[j2] = alphabetCodes[bytes[i2 - 2] >> 2];
    result2[j2 + 1] = alphabetCodes[(bytes[i2 - 2] & 3) << 4 | bytes[i2 - 1] >> 4];
    result2[j2 + 2] = alphabetCodes[(bytes[i2 - 1] & 15) << 2 | bytes[i2] >> 6];
    result2[j2 + 3] = alphabetCodes[bytes[i2] & 63];
  }
  if (i2 === length + 1) {
    result2[j2] = alphabetCodes[bytes[i2 - 2] >> 2];
    result2[j2 + 1] = alphabetCodes[(bytes[i2 - 2] & 3) << 4];
    result2[j2 + 2] = paddingCode;
    result2[j2 + 3] = paddingCode;
  }
  if (i2 === length) {
    result2[j2] = alphabetCodes[bytes[i2 - 2] >> 2];
    result2[j2 + 1] = alphabetCodes[(bytes[i2 - 2] & 3) << 4 | bytes[i2 - 1] >> 4];
    result2[j2 + 2] = alphabetCodes[(bytes[i2 - 1] & 15) << 2];
    result2[j2 + 3] = paddingCode;
  }
  return decoder.decode(result2);
};
var encoder = /* @__PURE__ */ new TextEncoder();
var decoder = /* @__PURE__ */ new TextDecoder();
var stripCrlf = (str) => str.replace(/[\n\r]/g, "");
var alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
var alphabetCodes = /* @__PURE__ */ encoder.encode(alphabet);
var paddingCode = /* @__PURE__ */ "=".charCodeAt(0);
var codes = /* @__PURE__ */ new Uint8Array(123).fill(255);
for (let i2 = 0; i2 < alphabet.length; i2++) codes[/* @__PURE__ */ alphabet.charCodeAt(i2)] = i2;
codes[/* @__PURE__ */ "=".charCodeAt(0)] = 0;
var getCode = (charCode) => {
  if (charCode >= codes.length || codes[charCode] === 255) {
    throw new TypeError(`Invalid character ${String.fromCharCode(charCode)}`);
  }
  return codes[charCode];
};

// node_modules/effect/dist/internal/schema/annotations.js
function resolve(ast) {
  return ast.checks ? ast.checks[ast.checks.length - 1].annotations : ast.annotations;
}
var STRUCTURAL_ANNOTATION_KEY = "~structural";
var SENTINELS_ANNOTATION_KEY = "~sentinels";
var CONSTRUCTOR_ANNOTATION_KEY = "~constructor";
var getExpected = /* @__PURE__ */ memoize((ast) => {
  const identifier2 = resolve(ast)?.identifier;
  if (typeof identifier2 === "string") return identifier2;
  return ast.getExpected(getExpected);
});

// node_modules/effect/dist/internal/schema/parser.js
var missing = /* @__PURE__ */ Symbol();
var succeed6 = succeed4;
var missingExit = /* @__PURE__ */ succeed6(missing);
var sameExit = /* @__PURE__ */ succeed6(missing);
var toOption = (value) => value === missing ? none2() : some2(value);
var fromOptionExit = (option2) => option2._tag === "None" ? missingExit : succeed6(option2.value);

// node_modules/effect/dist/SchemaIssue.js
var TypeId4 = "~effect/SchemaIssue/Issue";
function isIssue(u2) {
  return hasProperty(u2, TypeId4) && u2[TypeId4] === TypeId4;
}
function hasInput(issue) {
  return Object.hasOwn(issue, "input");
}
var IssueNodeImpl = class {
  [TypeId4] = TypeId4;
  constructor(input, options) {
    if (options?.reportInput === true && input !== missing) {
      this.input = input;
    }
  }
};
var Filter = class extends IssueNodeImpl {
  _tag = "Filter";
  /**
   * The filter that failed.
   */
  filter;
  /**
   * The issue that occurred.
   */
  issue;
  constructor(filter2, issue, input, options) {
    super(input, options);
    this.filter = filter2;
    this.issue = issue;
  }
};
var Encoding = class extends IssueNodeImpl {
  _tag = "Encoding";
  /**
   * The schema that caused the issue.
   */
  ast;
  /**
   * The issue that occurred.
   */
  issue;
  constructor(ast, issue, input, options) {
    super(input, options);
    this.ast = ast;
    this.issue = issue;
  }
};
var Pointer = class extends IssueNodeImpl {
  _tag = "Pointer";
  /**
   * The path to the location in the input that caused the issue.
   */
  path;
  /**
   * The issue that occurred.
   */
  issue;
  constructor(path, issue) {
    super();
    this.path = path;
    this.issue = issue;
  }
};
var MissingKey = class extends IssueNodeImpl {
  _tag = "MissingKey";
  /**
   * The metadata for the issue.
   */
  annotations;
  constructor(annotations) {
    super();
    this.annotations = annotations;
  }
};
var UnexpectedKey = class extends IssueNodeImpl {
  _tag = "UnexpectedKey";
  /**
   * The schema that caused the issue.
   */
  ast;
  constructor(ast, input, options) {
    super(input, options);
    this.ast = ast;
  }
};
var Composite = class extends IssueNodeImpl {
  _tag = "Composite";
  /**
   * The schema that caused the issue.
   */
  ast;
  /**
   * The issues that occurred.
   */
  issues;
  constructor(ast, issues, input, options) {
    super(input, options);
    this.ast = ast;
    this.issues = issues;
  }
};
var InvalidType = class extends IssueNodeImpl {
  _tag = "InvalidType";
  /**
   * The schema that caused the issue.
   */
  ast;
  constructor(ast, input, options) {
    super(input, options);
    this.ast = ast;
  }
};
var InvalidValue = class extends IssueNodeImpl {
  _tag = "InvalidValue";
  /**
   * The metadata for the issue.
   */
  annotations;
  constructor(annotations, input, options) {
    super(input, options);
    this.annotations = annotations;
  }
};
var AnyOf = class extends IssueNodeImpl {
  _tag = "AnyOf";
  /**
   * The schema that caused the issue.
   */
  ast;
  /**
   * The issues that occurred.
   */
  issues;
  constructor(ast, issues, input, options) {
    super(input, options);
    this.ast = ast;
    this.issues = issues;
  }
};
var OneOf = class extends IssueNodeImpl {
  _tag = "OneOf";
  /**
   * The schema that caused the issue.
   */
  ast;
  /**
   * The schemas that were successful.
   */
  successes;
  constructor(ast, successes, input, options) {
    super(input, options);
    this.ast = ast;
    this.successes = successes;
  }
};
function makeFilterIssue(entry, input, options) {
  if (isIssue(entry)) {
    return entry;
  }
  if (typeof entry === "string") {
    return new InvalidValue({
      message: entry
    }, input, options);
  }
  const inner = typeof entry.issue === "string" ? new InvalidValue({
    message: entry.issue
  }, input, options) : entry.issue;
  return new Pointer(entry.path, inner);
}
function makeSingle(out, input, options) {
  if (out === void 0) {
    return void 0;
  }
  if (typeof out === "boolean") {
    return out ? void 0 : new InvalidValue(void 0, input, options);
  }
  return makeFilterIssue(out, input, options);
}
function normalizeFilterOutput(ast, out, input, options) {
  if (Array.isArray(out)) {
    if (!isReadonlyArrayNonEmpty(out)) {
      return void 0;
    }
    return out.length === 1 ? makeFilterIssue(out[0], input, options) : new Composite(ast, map(out, (entry) => makeFilterIssue(entry, input, options)), input, options);
  }
  return makeSingle(out, input, options);
}
var defaultLeafHook = (issue) => {
  const message = findMessage(issue);
  if (message !== void 0) return message;
  switch (issue._tag) {
    case "InvalidType":
      return getExpectedMessage(getExpected(issue.ast), issue);
    case "InvalidValue": {
      const expected = findExpected(issue);
      if (expected !== void 0) return getExpectedMessage(expected, issue);
      const input = formatInput(issue);
      return input === void 0 ? "Expected a valid value" : `Invalid data ${input}`;
    }
    case "MissingKey":
      return "Missing key";
    case "UnexpectedKey": {
      const input = formatInput(issue);
      return input === void 0 ? "Expected no excess property" : `Unexpected key with value ${input}`;
    }
    case "Forbidden":
      return "Forbidden operation";
    case "OneOf": {
      const input = formatInput(issue);
      return input === void 0 ? "Expected exactly one member to match" : `Expected exactly one member to match the input ${input}`;
    }
  }
};
var defaultCheckHook = (issue) => findMessage(issue) ?? findMessage(issue.issue);
function makeFormatterStandardSchemaV1(options) {
  return (issue) => ({
    issues: toDefaultIssues(issue, [], options?.leafHook ?? defaultLeafHook, options?.checkHook ?? defaultCheckHook)
  });
}
function formatInput(issue) {
  return hasInput(issue) ? format(issue.input) : void 0;
}
function findExpected(issue) {
  const expected = issue.annotations?.expected;
  return typeof expected === "string" ? expected : void 0;
}
function getExpectedMessage(expected, issue) {
  const input = formatInput(issue);
  return input === void 0 ? `Expected ${expected}` : `Expected ${expected}, got ${input}`;
}
function getFilterMessage(issue, checkHook) {
  const message = checkHook(issue);
  if (message !== void 0 || issue.issue._tag !== "InvalidValue") return message;
  const expected = findExpected(issue.issue);
  return expected === void 0 ? getExpectedMessage(formatCheck(issue.filter), issue) : getExpectedMessage(expected, issue.issue);
}
function toDefaultIssues(issue, path, leafHook, checkHook, messageOverride) {
  switch (issue._tag) {
    case "Filter":
      return toDefaultIssues(issue.issue, path, leafHook, checkHook, messageOverride ?? getFilterMessage(issue, checkHook));
    case "Encoding":
      return toDefaultIssues(issue.issue, path, leafHook, checkHook, messageOverride);
    case "Pointer":
      return toDefaultIssues(issue.issue, [...path, ...issue.path], leafHook, checkHook, messageOverride);
    case "Composite":
    case "AnyOf": {
      if (issue._tag === "Composite" || issue.issues.length > 0) {
        return issue.issues.flatMap((issue2) => toDefaultIssues(issue2, path, leafHook, checkHook, messageOverride));
      }
      return [{
        path,
        message: messageOverride ?? findMessage(issue) ?? getExpectedMessage(getExpected(issue.ast), issue)
      }];
    }
    default:
      return [{
        path,
        message: messageOverride ?? leafHook(issue)
      }];
  }
}
function formatCheck(check) {
  const expected = check.annotations?.expected;
  if (typeof expected === "string") return expected;
  switch (check._tag) {
    case "Filter":
      return "<filter>";
    case "FilterGroup":
      return check.checks.map((check2) => formatCheck(check2)).join(" & ");
  }
}
function makeFormatterDefault() {
  return (issue) => formatIssue(issue, "");
}
var defaultFormatter = /* @__PURE__ */ makeFormatterDefault();
function formatIssue(issue, path, messageOverride) {
  let message;
  switch (issue._tag) {
    case "Filter":
      return formatIssue(issue.issue, path, messageOverride ?? getFilterMessage(issue, defaultCheckHook));
    case "Encoding":
      return formatIssue(issue.issue, path, messageOverride);
    case "Pointer":
      return formatIssue(issue.issue, path + formatPath(issue.path), messageOverride);
    case "Composite":
    case "AnyOf": {
      if (issue._tag === "Composite" || issue.issues.length > 0) {
        return issue.issues.map((issue2) => formatIssue(issue2, path, messageOverride)).join("\n");
      }
      message = messageOverride ?? findMessage(issue) ?? getExpectedMessage(getExpected(issue.ast), issue);
      break;
    }
    default:
      message = messageOverride ?? defaultLeafHook(issue);
      break;
  }
  return path ? `${message}
  at ${path}` : message;
}
function findMessage(issue) {
  if (issue._tag === "Pointer" || issue._tag === "Composite") return;
  if (issue._tag === "Encoding") return findMessage(issue.issue);
  const annotations = issue._tag === "Filter" ? issue.filter.annotations : "annotations" in issue ? issue.annotations : issue.ast.annotations;
  const message = annotations?.[issue._tag === "MissingKey" ? "messageMissingKey" : issue._tag === "UnexpectedKey" ? "messageUnexpectedKey" : "message"];
  if (typeof message === "string") return message;
}

// node_modules/effect/dist/internal/schema/cause.js
function getSchemaIssue(cause) {
  let issue;
  for (const reason of cause.reasons) {
    if (!isFailReason2(reason) || !isIssue(reason.error)) {
      return void 0;
    }
    issue ??= reason.error;
  }
  return issue;
}
function getSchemaIssueOrThrow(cause, message) {
  const issue = getSchemaIssue(cause);
  if (issue === void 0) {
    throw new Error(message, {
      cause
    });
  }
  return issue;
}

// node_modules/effect/dist/SchemaGetter.js
var makeGetter = (fields) => Object.assign(Object.create(Prototype), fields);
var passthrough_ = /* @__PURE__ */ makeGetter({
  _tag: "Passthrough"
});
function passthrough() {
  return passthrough_;
}
function transform(f2) {
  return makeGetter({
    _tag: "Transform",
    transform: f2
  });
}
function transformEffect(f2) {
  return makeGetter({
    _tag: "TransformEffect",
    transform: f2
  });
}
function String2() {
  return transform(globalThis.String);
}
function Number3() {
  return transform(globalThis.Number);
}
function encodeBase64() {
  return transform(encode);
}
function decodeBase64() {
  return transformEffect((input, options) => mapErrorEager2(fromResult2(decode(input)), () => new InvalidValue({
    expected: "a valid Base64 string"
  }, input, options)));
}

// node_modules/effect/dist/SchemaTransformation.js
var TypeId5 = "~effect/SchemaTransformation/Transformation";
var Transformation = class extends Class {
  [TypeId5] = TypeId5;
  _tag = "Transformation";
  decode;
  encode;
  constructor(decode2, encode2) {
    super();
    this.decode = decode2;
    this.encode = encode2;
  }
  flip() {
    return new Transformation(this.encode, this.decode);
  }
};
function isTransformation(u2) {
  return hasProperty(u2, TypeId5) && u2[TypeId5] === TypeId5;
}
var makeTransformation = (options) => {
  if (isTransformation(options)) {
    return options;
  }
  return new Transformation(options.decode, options.encode);
};
function transformEffect2(options) {
  return new Transformation(transformEffect(options.decode), transformEffect(options.encode));
}
function transform2(options) {
  return new Transformation(transform(options.decode), transform(options.encode));
}
var passthrough_2 = /* @__PURE__ */ new Transformation(/* @__PURE__ */ passthrough(), /* @__PURE__ */ passthrough());
function passthrough2() {
  return passthrough_2;
}
var numberFromString = /* @__PURE__ */ new Transformation(/* @__PURE__ */ Number3(), /* @__PURE__ */ String2());
var urlFromString = /* @__PURE__ */ transformEffect2({
  decode: (s2, options) => URL.canParse(s2) ? succeed5(new URL(s2)) : fail5(new InvalidValue({
    expected: "a valid URL string"
  }, s2, options)),
  encode: (url) => succeed5(url.href)
});
var uint8ArrayFromBase64String = /* @__PURE__ */ new Transformation(/* @__PURE__ */ decodeBase64(), /* @__PURE__ */ encodeBase64());

// node_modules/effect/dist/SchemaAST.js
function makeGuard(tag2) {
  return (ast) => ast._tag === tag2;
}
var isDeclaration = /* @__PURE__ */ makeGuard("Declaration");
var isNever2 = /* @__PURE__ */ makeGuard("Never");
var isLiteral = /* @__PURE__ */ makeGuard("Literal");
var isUniqueSymbol = /* @__PURE__ */ makeGuard("UniqueSymbol");
var isArrays = /* @__PURE__ */ makeGuard("Arrays");
var isObjects = /* @__PURE__ */ makeGuard("Objects");
var isUnion = /* @__PURE__ */ makeGuard("Union");
var isSuspend = /* @__PURE__ */ makeGuard("Suspend");
var Link = class {
  to;
  transformation;
  constructor(to, transformation) {
    this.to = to;
    this.transformation = transformation;
  }
};
var defaultParseOptions = {};
var Context = class {
  isOptional;
  isMutable;
  /** Used for constructor default values (e.g. `withConstructorDefault` API) */
  constructorDefault;
  annotations;
  constructor(isOptional2, isMutable, constructorDefault = void 0, annotations = void 0) {
    this.isOptional = isOptional2;
    this.isMutable = isMutable;
    this.constructorDefault = constructorDefault;
    this.annotations = annotations;
  }
};
var TypeId6 = "~effect/Schema";
var ASTNodeImpl = class {
  [TypeId6] = TypeId6;
  annotations;
  checks;
  encoding;
  context;
  constructor(annotations = void 0, checks = void 0, encoding = void 0, context2 = void 0) {
    this.annotations = annotations;
    this.checks = checks;
    this.encoding = encoding;
    this.context = context2;
  }
  toString() {
    return `<${this._tag}>`;
  }
};
var Declaration = class extends ASTNodeImpl {
  _tag = "Declaration";
  typeParameters;
  run;
  encodingChecks;
  /**
   * Parser factory {@link flip} swaps in, so a declaration can behave
   * differently when encoding. `undefined` reuses `run`.
   */
  encodingRun;
  constructor(typeParameters, run2, annotations, checks, encoding, context2, encodingChecks, encodingRun) {
    super(annotations, checks, encoding, context2);
    this.typeParameters = typeParameters;
    this.run = run2;
    this.encodingChecks = encodingChecks;
    this.encodingRun = encodingRun;
  }
  /** @internal */
  getParser() {
    let run2;
    return (input, options) => {
      if (input === missing) return missingExit;
      run2 ??= this.run(this.typeParameters);
      try {
        return run2(input, this, options);
      } catch (error) {
        return die3(error);
      }
    };
  }
  _rebuild(recur, checks, encodingChecks, run2, encodingRun) {
    const tps = mapOrSame(this.typeParameters, recur);
    return tps === this.typeParameters && checks === this.checks && encodingChecks === this.encodingChecks && run2 === this.run && encodingRun === this.encodingRun ? this : new Declaration(tps, run2, this.annotations, checks, void 0, this.context, encodingChecks, encodingRun);
  }
  /** @internal */
  recur(recur) {
    return this._rebuild(recur, this.checks, this.encodingChecks, this.run, this.encodingRun);
  }
  /** @internal */
  flip(recur) {
    return this._rebuild(recur, this.encodingChecks, this.checks, this.encodingRun ?? this.run, this.run);
  }
  /** @internal */
  getExpected() {
    const expected = this.annotations?.expected;
    if (typeof expected === "string") return expected;
    return "<Declaration>";
  }
};
var Null = class extends ASTNodeImpl {
  _tag = "Null";
  /** @internal */
  getParser() {
    return fromConst(this, null);
  }
  /** @internal */
  getExpected() {
    return "null";
  }
};
var null_ = /* @__PURE__ */ new Null();
var Unknown = class extends ASTNodeImpl {
  _tag = "Unknown";
  /** @internal */
  getParser() {
    return fromRefinement(this, isUnknown);
  }
  /** @internal */
  getExpected() {
    return "unknown";
  }
};
var unknown = /* @__PURE__ */ new Unknown();
var Literal = class extends ASTNodeImpl {
  _tag = "Literal";
  literal;
  constructor(literal, annotations, checks, encoding, context2) {
    super(annotations, checks, encoding, context2);
    if (typeof literal === "number" && !globalThis.Number.isFinite(literal)) {
      throw new Error(`A numeric literal must be finite, got ${format(literal)}`);
    }
    this.literal = literal;
  }
  /** @internal */
  getParser() {
    return fromConst(this, this.literal);
  }
  /** @internal */
  matchPart(s2, _options) {
    return s2 === globalThis.String(this.literal) ? this.literal : void 0;
  }
  /** @internal */
  toCodecJson() {
    return typeof this.literal === "bigint" ? literalToString(this) : this;
  }
  /** @internal */
  toCodecStringTree() {
    return typeof this.literal === "string" ? this : literalToString(this);
  }
  /** @internal */
  getExpected() {
    return typeof this.literal === "string" ? JSON.stringify(this.literal) : globalThis.String(this.literal);
  }
};
function literalToString(ast) {
  const literalAsString = globalThis.String(ast.literal);
  return replaceEncoding(ast, [new Link(new Literal(literalAsString), new Transformation(transform(() => ast.literal), transform(() => literalAsString)))]);
}
var String3 = class extends ASTNodeImpl {
  _tag = "String";
  /** @internal */
  getParser() {
    return fromRefinement(this, isString);
  }
  /** @internal */
  matchPart(s2, options) {
    const checks = this.checks;
    return checks && !options.disableChecks && collectIssues(checks, s2, void 0, this, options) ? void 0 : s2;
  }
  /** @internal */
  getExpected() {
    return "string";
  }
};
var string2 = /* @__PURE__ */ new String3();
var Number4 = class extends ASTNodeImpl {
  _tag = "Number";
  /** @internal */
  getParser() {
    return fromRefinement(this, isNumber);
  }
  /** @internal */
  matchKey(s2, options) {
    return this._match(isStringNumberRegExp, s2, options);
  }
  /** @internal */
  matchPart(s2, options) {
    return this._match(isStringFiniteRegExp, s2, options);
  }
  _match(regexp, s2, options) {
    if (!regexp.test(s2)) return void 0;
    const value = globalThis.Number(s2);
    if (options.disableChecks || !this.checks) return value;
    return collectIssues(this.checks, value, void 0, this, options) ? void 0 : value;
  }
  /** @internal */
  toCodecJson() {
    if (this.checks && (hasCheck(this.checks, "effect/schema/isFinite") || hasCheck(this.checks, "effect/schema/isInt"))) {
      return this;
    }
    return replaceEncoding(this, [numberToJson]);
  }
  /** @internal */
  toCodecStringTree() {
    if (this.toCodecJson() === this) {
      return replaceEncoding(this, [finiteToString]);
    }
    return replaceEncoding(this, [numberToString]);
  }
  /** @internal */
  getExpected() {
    return "number";
  }
};
function hasCheck(checks, id) {
  return checks.some((check) => check.annotations?.representation?.id === id || check._tag === "FilterGroup" && hasCheck(check.checks, id));
}
var number2 = /* @__PURE__ */ new Number4();
var Boolean2 = class extends ASTNodeImpl {
  _tag = "Boolean";
  /** @internal */
  getParser() {
    return fromRefinement(this, isBoolean);
  }
  /** @internal */
  getExpected() {
    return "boolean";
  }
};
var boolean = /* @__PURE__ */ new Boolean2();
var Arrays = class extends ASTNodeImpl {
  _tag = "Arrays";
  isMutable;
  elements;
  rest;
  encodingChecks;
  constructor(isMutable, elements, rest, annotations, checks, encoding, context2, encodingChecks) {
    super(annotations, checks, encoding, context2);
    this.isMutable = isMutable;
    this.elements = elements;
    this.rest = rest;
    this.encodingChecks = encodingChecks;
    let hasOptional = false;
    for (let i2 = 0; i2 < elements.length; i2++) {
      if (isOptional(elements[i2])) {
        hasOptional = true;
      } else if (hasOptional) {
        throw new Error("A required element cannot follow an optional element. ts(1257)");
      }
    }
    if (hasOptional && rest.length > 1) {
      throw new Error("A required element cannot follow an optional element. ts(1257)");
    }
    for (let i2 = 1; i2 < rest.length; i2++) {
      if (isOptional(rest[i2])) {
        throw new Error("An optional element cannot follow a rest element. ts(1266)");
      }
    }
  }
  /** @internal */
  getParser(compile2, compileField2 = compile2) {
    const ast = this;
    let elements;
    let rest;
    const elementLen = ast.elements.length;
    const tailLen = Math.max(0, ast.rest.length - 1);
    function getParser(tailThreshold, index) {
      if (index < elementLen) {
        return elements[index];
      } else if (index >= tailThreshold) {
        return rest[index - tailThreshold + 1];
      }
      return rest[0];
    }
    const finish8 = (state) => {
      const {
        input,
        len,
        options
      } = state;
      if (ast.rest.length === 0 && len > elementLen) {
        for (let i2 = elementLen; i2 < len; i2++) {
          const unexpected = new UnexpectedKey(ast, input[i2], options);
          const issue = new Pointer([i2], unexpected);
          if (options.errors === "all") {
            if (state.issues) state.issues.push(issue);
            else state.issues = [issue];
          } else {
            return fail5(new Composite(ast, [issue], input, options));
          }
        }
      }
      if (state.issues) {
        return fail5(new Composite(ast, state.issues, input, options));
      }
      return succeed6(state.output);
    };
    const parse = (input, options) => {
      const len = input.length;
      const state = {
        ast,
        getParser,
        input,
        len,
        tailThreshold: Math.max(elementLen, len - tailLen),
        output: [],
        issues: void 0,
        options
      };
      const end = ast.rest.length === 0 ? elementLen : Math.max(len, elementLen + tailLen);
      const concurrency = options.concurrency === void 0 ? 1 : resolveConcurrency(options.concurrency);
      const eff = concurrency === 1 ? parseArray(state, input, 0, end) : parseArrayConcurrent(state, input, {
        concurrency,
        end
      });
      if (!eff) return finish8(state);
      if (effectIsExit(eff)) return flatMapEager2(eff, () => finish8(state));
      let first = true;
      return suspend2(() => {
        if (!first) return parse(input, options);
        first = false;
        return flatMap3(eff, () => finish8(state));
      });
    };
    return (input, options) => {
      if (input === missing) return missingExit;
      try {
        if (!Array.isArray(input)) {
          return fail5(new InvalidType(ast, input, options));
        }
        if (!elements) {
          elements = ast.elements.map((ast2) => ({
            ast: ast2,
            parser: compileField2(ast2)
          }));
          rest = ast.rest.map((ast2) => ({
            ast: ast2,
            parser: compileField2(ast2)
          }));
        }
        return parse(input, options);
      } catch (error) {
        return die3(error);
      }
    };
  }
  _rebuild(recur, checks, encodingChecks) {
    const elements = mapOrSame(this.elements, recur);
    const rest = mapOrSame(this.rest, recur);
    return elements === this.elements && rest === this.rest && checks === this.checks && encodingChecks === this.encodingChecks ? this : new Arrays(this.isMutable, elements, rest, this.annotations, checks, void 0, this.context, encodingChecks);
  }
  /** @internal */
  recur(recur) {
    return this._rebuild(recur, this.checks, this.encodingChecks);
  }
  /** @internal */
  flip(recur) {
    return this._rebuild(recur, this.encodingChecks, this.checks);
  }
  /** @internal */
  getExpected() {
    return "array";
  }
};
function stepArray(s2, item, exit3, i2) {
  if (exit3._tag === "Failure") {
    return wrapPropertyKeyIssue(s2, s2.ast, i2, exit3);
  }
  const value = exit3 === sameExit ? item : exit3[args];
  if (value !== missing) {
    s2.output[i2] = value;
  } else {
    const p2 = s2.getParser(s2.tailThreshold, i2);
    if (isOptional(p2.ast)) return;
    const issue = new Pointer([i2], new MissingKey(p2.ast.context?.annotations));
    if (s2.options.errors === "all") {
      if (s2.issues) s2.issues.push(issue);
      else s2.issues = [issue];
    } else {
      return fail4(new Composite(s2.ast, [issue], s2.input, s2.options));
    }
  }
}
var parseArrayOptions = {
  onItem(s2, item, i2) {
    const value = i2 < s2.len ? item : missing;
    return s2.getParser(s2.tailThreshold, i2).parser(value, s2.options);
  },
  step: stepArray
};
var parseArray = /* @__PURE__ */ iterateEager()(parseArrayOptions);
var parseArrayConcurrent = /* @__PURE__ */ iterateConcurrent()(parseArrayOptions);
var wrapPropertyKeyIssue = (s2, ast, key, exit3) => {
  if (exit3.cause.reasons.length === 0) {
    return exit3;
  }
  const issue = getSchemaIssue(exit3.cause);
  if (issue === void 0) {
    return failCause2(map3(exit3.cause, (issue2) => new Composite(ast, [new Pointer([key], issue2)], s2.input, s2.options)));
  }
  const pointer = new Pointer([key], issue);
  if (s2.options.errors === "all") {
    if (s2.issues) s2.issues.push(pointer);
    else s2.issues = [pointer];
  } else {
    return fail4(new Composite(ast, [pointer], s2.input, s2.options));
  }
};
var FINITE_PATTERN = "[+-]?(?:\\d+(?:\\.\\d+)?|\\.\\d+)(?:[Ee][+-]?\\d+)?";
function getIndexSignatureKeys(input, parameter, options = defaultParseOptions) {
  let stringKeys;
  let symbolKeys;
  function go(parameter2) {
    switch (parameter2._tag) {
      case "String":
      case "TemplateLiteral":
        return (stringKeys ??= Object.keys(input)).filter((k2) => parameter2.matchPart(k2, options) !== void 0);
      case "Number":
        return (stringKeys ??= Object.keys(input)).filter((k2) => parameter2.matchKey(k2, options) !== void 0);
      case "Symbol":
        return (symbolKeys ??= Object.getOwnPropertySymbols(input)).filter((k2) => Object.prototype.propertyIsEnumerable.call(input, k2) && parameter2.matchKey(k2, options) !== void 0);
      case "Union":
        return [...new Set(parameter2.types.flatMap(go))];
      default:
        return [];
    }
  }
  return go(parameterFromPropertyKey(toEncoded(parameter)));
}
var PropertySignature = class {
  name;
  type;
  constructor(name, type) {
    this.name = name;
    this.type = type;
  }
};
function isIndexSignatureParameterSide(ast) {
  switch (ast._tag) {
    case "String":
    case "Number":
    case "Symbol":
    case "TemplateLiteral":
      return true;
    case "Union":
      return ast.types.every(isIndexSignatureParameterSide);
    default:
      return false;
  }
}
function isIndexSignatureParameterEncodedSide(ast) {
  const encoded = getLastEncoding(ast);
  switch (encoded._tag) {
    case "String":
    case "Number":
    case "Symbol":
    case "TemplateLiteral":
      return true;
    case "Union":
      return encoded.types.every(isIndexSignatureParameterEncodedSide);
    default:
      return false;
  }
}
function isIndexSignatureParameter(ast) {
  return isIndexSignatureParameterSide(ast) && isIndexSignatureParameterEncodedSide(ast);
}
var IndexSignature = class {
  parameter;
  type;
  constructor(parameter, type) {
    if (!isIndexSignatureParameter(parameter)) {
      throw new Error(`Invalid index signature parameter ${parameter._tag}`);
    }
    this.parameter = parameter;
    this.type = type;
    if (isOptional(type) || type.encoding !== void 0 && isOptional(toEncoded(type))) {
      throw new Error("Cannot use `Schema.optionalKey` or `Schema.optional` with index signatures. Index signatures already allow keys to be absent; use `Schema.UndefinedOr` to allow `undefined` values.");
    }
  }
};
var Objects = class extends ASTNodeImpl {
  _tag = "Objects";
  propertySignatures;
  indexSignatures;
  encodingChecks;
  constructor(propertySignatures, indexSignatures, annotations, checks, encoding, context2, encodingChecks) {
    super(annotations, checks, encoding, context2);
    this.propertySignatures = propertySignatures;
    this.indexSignatures = indexSignatures;
    this.encodingChecks = encodingChecks;
  }
  /** @internal */
  getParser(compile2, compileField2 = compile2) {
    const ast = this;
    const hasProperties = ast.propertySignatures.length;
    const indexCount = ast.indexSignatures.length;
    if (!hasProperties && !indexCount) {
      return fromRefinement(ast, isNotNullish);
    }
    let properties;
    let indexes;
    const compileMembers = () => {
      if (!properties) {
        properties = ast.propertySignatures.map((ps) => ({
          parser: compileField2(ps.type),
          name: ps.name,
          type: ps.type
        }));
        indexes = indexCount ? ast.indexSignatures.map((is3) => ({
          is: is3,
          parserKey: compile2(parameterFromPropertyKey(is3.parameter)),
          parserValue: compileField2(is3.type)
        })) : void 0;
      }
      return properties;
    };
    const makeFallback = () => {
      const expectedKeys = new Set(ast.propertySignatures.map((ps) => typeof ps.name === "number" ? globalThis.String(ps.name) : ps.name));
      const finishIndex = (s2, key, k2, inputValue, exitValue) => {
        if (exitValue._tag === "Failure") {
          return wrapPropertyKeyIssue(s2, ast, key, exitValue) ?? void_2;
        }
        const value = exitValue === sameExit ? inputValue : exitValue[args];
        if (k2 !== missing && value !== missing) {
          if (hasProperties && (expectedKeys.has(key) || expectedKeys.has(typeof k2 === "number" ? globalThis.String(k2) : k2))) return void_2;
          assignProperty(s2.out, k2, value);
        }
        return void_2;
      };
      const parseIndex = (s2, key, index, exitKey) => {
        if (!exitKey) {
          const eff = index.parserKey(key, s2.options);
          if (!effectIsExit(eff)) {
            return flatMap3(exit2(eff), (exit3) => parseIndex(s2, key, index, exit3));
          }
          exitKey = eff;
        }
        if (exitKey._tag === "Failure") {
          return wrapPropertyKeyIssue(s2, ast, key, exitKey) ?? void_2;
        }
        const k2 = exitKey === sameExit ? key : exitKey[args];
        const inputValue = s2.input[key];
        const result2 = index.parserValue(inputValue, s2.options);
        return effectIsExit(result2) ? finishIndex(s2, key, k2, inputValue, result2) : flatMap3(exit2(result2), (exit3) => finishIndex(s2, key, k2, inputValue, exit3));
      };
      const parseStringIndex = (s2, key, index) => {
        const inputValue = s2.input[key];
        const result2 = index.parserValue(inputValue, s2.options);
        return effectIsExit(result2) ? finishIndex(s2, key, key, inputValue, result2) : flatMap3(exit2(result2), (exit3) => finishIndex(s2, key, key, inputValue, exit3));
      };
      const parseIndexes = indexCount ? iterateConcurrent()({
        onItem: (s2, [key, index]) => index.is.parameter === string2 ? parseStringIndex(s2, key, index) : parseIndex(s2, key, index),
        step: (_s, _item, exit3) => exit3._tag === "Failure" ? exit3 : void 0
      }) : void 0;
      return fnUntracedEager2(function* (input, options) {
        if (input === missing) {
          return missing;
        }
        if (!(typeof input === "object" && input !== null && !Array.isArray(input))) {
          return yield* fail5(new InvalidType(ast, input, options));
        }
        compileMembers();
        const record2 = input;
        const out = {};
        const state = {
          ast,
          input: record2,
          out,
          issues: void 0,
          options
        };
        const errorsAllOption = options.errors === "all";
        const onExcessPropertyError = options.onExcessProperty === "error";
        const concurrency = options.concurrency === void 0 ? 1 : resolveConcurrency(options.concurrency);
        const indexKeys = indexCount && onExcessPropertyError ? ast.indexSignatures.map((index) => getIndexSignatureKeys(record2, index.parameter, options)) : void 0;
        if (onExcessPropertyError) {
          const coveredKeys = indexKeys ? new Set(expectedKeys) : expectedKeys;
          if (indexKeys) {
            for (const keys of indexKeys) {
              for (const key of keys) coveredKeys.add(key);
            }
          }
          const inputKeys = Reflect.ownKeys(record2);
          for (let i2 = 0; i2 < inputKeys.length; i2++) {
            const key = inputKeys[i2];
            if (!coveredKeys.has(key) && Object.prototype.propertyIsEnumerable.call(record2, key)) {
              const unexpected = new UnexpectedKey(ast, record2[key], options);
              const issue = new Pointer([key], unexpected);
              if (errorsAllOption) {
                if (state.issues) {
                  state.issues.push(issue);
                } else {
                  state.issues = [issue];
                }
                continue;
              } else {
                return yield* fail5(new Composite(ast, [issue], input, options));
              }
            }
          }
        }
        if (hasProperties) {
          const eff = concurrency === 1 ? parseProperties(state, properties) : parsePropertiesConcurrent(state, properties, {
            concurrency
          });
          if (eff) yield* eff;
        }
        if (indexCount && concurrency === 1) {
          for (let i2 = 0; i2 < indexCount; i2++) {
            const index = indexes[i2];
            const parse = index.is.parameter === string2 ? parseStringIndex : parseIndex;
            const keys = indexKeys?.[i2] ?? (index.is.parameter === string2 ? Object.keys(record2) : getIndexSignatureKeys(record2, index.is.parameter, options));
            for (let j2 = 0; j2 < keys.length; j2++) {
              const eff = parse(state, keys[j2], index);
              if (!effectIsExit(eff)) yield* eff;
              else if (eff._tag === "Failure") return yield* eff;
            }
          }
        } else if (parseIndexes) {
          const keyPairs = empty();
          for (let i2 = 0; i2 < indexCount; i2++) {
            const index = indexes[i2];
            const keys = indexKeys?.[i2] ?? (index.is.parameter === string2 ? Object.keys(record2) : getIndexSignatureKeys(record2, index.is.parameter, options));
            for (let j2 = 0; j2 < keys.length; j2++) {
              keyPairs.push([keys[j2], index]);
            }
          }
          const eff = parseIndexes(state, keyPairs, {
            concurrency
          });
          if (eff) yield* eff;
        }
        if (state.issues) {
          return yield* fail5(new Composite(ast, state.issues, input, options));
        }
        return out;
      });
    };
    if (indexCount) return makeFallback();
    let fallback;
    const resume = (snapshot2, index, pending) => {
      const property = properties[index];
      return flatMap3(exit2(pending), (exit3) => {
        const state = {
          ...snapshot2,
          out: {
            ...snapshot2.out
          }
        };
        const terminal = stepProperty(state, property, exit3);
        if (terminal) return terminal;
        const done2 = () => succeed6(state.out);
        const eff = parseProperties(state, properties.slice(index + 1));
        return eff ? flatMapEager2(eff, done2) : done2();
      });
    };
    return (input, options) => {
      if (input === missing) return missingExit;
      if (options.errors === "all" || options.onExcessProperty !== void 0 || options.concurrency !== void 0 && resolveConcurrency(options.concurrency) !== 1) {
        return (fallback ??= makeFallback())(input, options);
      }
      if (!(typeof input === "object" && input !== null && !Array.isArray(input))) {
        return fail5(new InvalidType(ast, input, options));
      }
      const props = compileMembers();
      const record2 = input;
      const out = {};
      const state = {
        ast,
        input: record2,
        out,
        issues: void 0,
        options
      };
      try {
        for (let index = 0; index < props.length; index++) {
          const property = props[index];
          const name = property.name;
          const hasKey = hasPropertySignature(record2, name);
          const value = hasKey ? record2[name] : missing;
          const exit3 = property.parser(value, options);
          if (!effectIsExit(exit3)) {
            return resume(state, index, exit3);
          }
          if (exit3 === sameExit) {
            if (hasKey) assignProperty(out, name, value);
            continue;
          }
          const terminal = stepProperty(state, property, exit3);
          if (terminal) return terminal;
        }
      } catch (error) {
        return die3(error);
      }
      return succeed6(out);
    };
  }
  _rebuild(recur, recurParameter, checks, encodingChecks) {
    const props = mapOrSame(this.propertySignatures, (ps) => {
      const t2 = recur(ps.type);
      return t2 === ps.type ? ps : new PropertySignature(ps.name, t2);
    });
    const indexes = mapOrSame(this.indexSignatures, (is3) => {
      const p2 = recurParameter(is3.parameter);
      const t2 = recur(is3.type);
      return p2 === is3.parameter && t2 === is3.type ? is3 : new IndexSignature(p2, t2);
    });
    return props === this.propertySignatures && indexes === this.indexSignatures && checks === this.checks && encodingChecks === this.encodingChecks ? this : new Objects(props, indexes, this.annotations, checks, void 0, this.context, encodingChecks);
  }
  /** @internal */
  flip(recur) {
    return this._rebuild(recur, recur, this.encodingChecks, this.checks);
  }
  /** @internal */
  recur(recur, recurParameter = recur) {
    return this._rebuild(recur, recurParameter, this.checks, this.encodingChecks);
  }
  /** @internal */
  getExpected() {
    if (this.propertySignatures.length === 0 && this.indexSignatures.length === 0) return "object | array";
    return "object";
  }
};
function stepProperty(s2, p2, exit3) {
  if (exit3._tag === "Failure") {
    return wrapPropertyKeyIssue(s2, s2.ast, p2.name, exit3);
  }
  if (exit3 === sameExit) return;
  const value = exit3[args];
  if (value !== missing) {
    assignProperty(s2.out, p2.name, value);
    return;
  }
  delete s2.out[p2.name];
  if (!isOptional(p2.type)) {
    const issue = new Pointer([p2.name], new MissingKey(p2.type.context?.annotations));
    if (s2.options.errors === "all") {
      if (s2.issues) s2.issues.push(issue);
      else s2.issues = [issue];
      return;
    } else {
      return fail4(new Composite(s2.ast, [issue], s2.input, s2.options));
    }
  }
}
var parsePropertiesOptions = {
  onItem(s2, p2) {
    if (!hasPropertySignature(s2.input, p2.name)) {
      return p2.parser(missing, s2.options);
    }
    const value = s2.input[p2.name];
    assignProperty(s2.out, p2.name, value);
    return p2.parser(value, s2.options);
  },
  step: stepProperty
};
var parseProperties = /* @__PURE__ */ iterateEager()(parsePropertiesOptions);
var parsePropertiesConcurrent = /* @__PURE__ */ iterateConcurrent()(parsePropertiesOptions);
function combineChecks(a2, b2) {
  if (!a2) return b2;
  if (!b2) return a2;
  return [...a2, ...b2];
}
function struct(fields, checks, annotations) {
  return new Objects(Reflect.ownKeys(fields).map((key) => {
    return new PropertySignature(key, fields[key].ast);
  }), [], annotations, checks);
}
function getAST(self) {
  return self.ast;
}
function union(members, options, checks) {
  return new Union(members.map(getAST), options, void 0, checks);
}
var toCandidate = /* @__PURE__ */ memoizeIdempotent((ast) => {
  while (true) {
    if (isSuspend(ast)) return unknown;
    const encoding = ast.encoding;
    if (!encoding) {
      return ast.recur?.(toCandidate, identity) ?? ast;
    }
    if (encoding.some((link2) => link2.transformation._tag === "Middleware" && link2.transformation.decode !== identity)) return unknown;
    ast = encoding[encoding.length - 1].to;
  }
});
function getCandidateTypes(ast) {
  switch (ast._tag) {
    case "Null":
      return ["null"];
    case "Undefined":
      return ["undefined"];
    case "String":
    case "TemplateLiteral":
      return ["string"];
    case "Number":
      return ["number"];
    case "Boolean":
      return ["boolean"];
    case "Symbol":
    case "UniqueSymbol":
      return ["symbol"];
    case "BigInt":
      return ["bigint"];
    case "Arrays":
      return ["array"];
    case "ObjectKeyword":
      return ["object", "array", "function"];
    case "Objects":
      return ast.propertySignatures.length || ast.indexSignatures.length ? ["object"] : ["string", "number", "boolean", "symbol", "bigint", "object", "array", "function"];
    case "Enum":
      return Array.from(new Set(ast.enums.map(([, v2]) => typeof v2)));
    case "Literal":
      return [typeof ast.literal];
    case "Union":
      return Array.from(new Set(ast.types.flatMap(getCandidateTypes)));
    default:
      return ["null", "undefined", "string", "number", "boolean", "symbol", "bigint", "object", "array", "function"];
  }
}
function collectSentinels(ast) {
  switch (ast._tag) {
    default:
      return [];
    case "Declaration": {
      const s2 = ast.annotations?.[SENTINELS_ANNOTATION_KEY];
      return Array.isArray(s2) ? s2 : [];
    }
    case "Objects":
      return ast.propertySignatures.flatMap((ps) => {
        const type = ps.type;
        if (!isOptional(type)) {
          if (isLiteral(type)) {
            return [{
              key: ps.name,
              literal: type.literal
            }];
          }
          if (isUniqueSymbol(type)) {
            return [{
              key: ps.name,
              literal: type.symbol
            }];
          }
        }
        return [];
      });
    case "Arrays":
      return ast.elements.flatMap((e2, i2) => {
        if (!isOptional(e2)) {
          if (isLiteral(e2)) {
            return [{
              key: i2,
              literal: e2.literal
            }];
          }
          if (isUniqueSymbol(e2)) {
            return [{
              key: i2,
              literal: e2.symbol
            }];
          }
        }
        return [];
      });
    case "Union": {
      if (ast.types.length === 0) return [];
      const members = ast.types.map((type) => collectSentinels(toCandidate(type)));
      return members[0].filter((s2) => members.every((sentinels) => sentinels.some((o2) => o2.key === s2.key && o2.literal === s2.literal)));
    }
    case "Suspend":
      return collectSentinels(ast.thunk());
  }
}
var candidateIndexCache = /* @__PURE__ */ new WeakMap();
var emptyCandidates = /* @__PURE__ */ Object.freeze([]);
var getRuntimeType = (input) => input === null ? "null" : Array.isArray(input) ? "array" : typeof input;
var hasPropertySignature = (input, key) => key === "__proto__" ? Object.hasOwn(input, key) : key in input;
function getCandidateIndex(types) {
  let index = candidateIndexCache.get(types);
  if (index) return index;
  let bySentinel;
  let sentinelCandidateCount = 0;
  let otherwise;
  let literalCandidates;
  let onlyLiterals = true;
  const literalOf = [];
  for (let i2 = 0; i2 < types.length; i2++) {
    const a2 = types[i2];
    const encoded = toCandidate(a2);
    if (isNever2(encoded)) continue;
    if (isLiteral(encoded) || isUniqueSymbol(encoded)) {
      literalCandidates ??= /* @__PURE__ */ new Map();
      const literal = isLiteral(encoded) ? encoded.literal : encoded.symbol;
      literalOf[i2] = literal;
      let arr = literalCandidates.get(literal);
      if (!arr) literalCandidates.set(literal, arr = []);
      arr.push(i2);
    } else {
      onlyLiterals = false;
    }
    const sentinels = collectSentinels(encoded);
    if (sentinels.length) {
      bySentinel ??= /* @__PURE__ */ new Map();
      sentinelCandidateCount++;
      for (const {
        key,
        literal
      } of sentinels) {
        let entry = bySentinel.get(key);
        if (!entry) bySentinel.set(key, entry = [/* @__PURE__ */ new Map(), /* @__PURE__ */ new Set()]);
        entry[1].add(i2);
        let indexes = entry[0].get(literal);
        if (!indexes) entry[0].set(literal, indexes = /* @__PURE__ */ new Set());
        indexes.add(i2);
      }
    } else {
      otherwise ??= {};
      const candidateTypes = getCandidateTypes(encoded);
      for (const t2 of candidateTypes) (otherwise[t2] ??= []).push(i2);
    }
  }
  const fallbacks = {};
  const getFallback = (type) => fallbacks[type] ??= Object.freeze(otherwise?.[type] ?? emptyCandidates);
  if (onlyLiterals && literalCandidates) {
    literalCandidates.forEach(Object.freeze);
    index = (input) => literalCandidates.get(input) ?? emptyCandidates;
  } else if (bySentinel?.size === 1 && !otherwise) {
    const [key, [byValue]] = bySentinel.entries().next().value;
    const candidates = /* @__PURE__ */ new Map();
    for (const [literal, indexes] of byValue) {
      candidates.set(literal, Object.freeze(Array.from(indexes)));
    }
    const all2 = Object.freeze(types.map((_2, i2) => i2));
    index = (input, isConstructor) => {
      if (isObjectKeyword(input)) {
        const value = hasPropertySignature(input, key) ? input[key] : void 0;
        if (value !== void 0) return candidates.get(value) ?? emptyCandidates;
        if (isConstructor) return all2;
      }
      return emptyCandidates;
    };
  } else if (bySentinel) {
    let commonSentinel;
    for (const entry of bySentinel) {
      if ((!commonSentinel || entry[1][0].size > commonSentinel[1][0].size) && entry[1][1].size === sentinelCandidateCount) {
        commonSentinel = entry;
      }
    }
    index = (input, isConstructor) => {
      const runtimeType = getRuntimeType(input);
      if (!isObjectKeyword(input)) return getFallback(runtimeType);
      const selected = new Set(otherwise?.[runtimeType]);
      let directKey;
      if (commonSentinel) {
        const [key, [byValue]] = commonSentinel;
        const hasKey = hasPropertySignature(input, key);
        const value = hasKey ? input[key] : void 0;
        if (hasKey && (!isConstructor || value !== void 0)) {
          const match3 = byValue.get(value);
          if (!match3) return getFallback(runtimeType);
          for (const i2 of match3) selected.add(i2);
          directKey = key;
        }
      }
      if (directKey === void 0) {
        for (const [key, [byValue, all2]] of bySentinel) {
          const hasKey = hasPropertySignature(input, key);
          const value = hasKey ? input[key] : void 0;
          if (hasKey && (!isConstructor || value !== void 0)) {
            const match3 = byValue.get(value);
            if (match3) {
              for (const i2 of match3) selected.add(i2);
            }
          } else if (isConstructor) {
            for (const i2 of all2) selected.add(i2);
          }
        }
      }
      for (const [key, [byValue, all2]] of bySentinel) {
        if (key === directKey) continue;
        const hasKey = hasPropertySignature(input, key);
        const value = hasKey ? input[key] : void 0;
        if (hasKey && (!isConstructor || value !== void 0)) {
          const match3 = byValue.get(value);
          for (const i2 of selected) {
            if (all2.has(i2) && !match3?.has(i2)) selected.delete(i2);
          }
        }
      }
      return Array.from(selected).sort((a2, b2) => a2 - b2);
    };
  } else {
    index = (input) => {
      const fallback = getFallback(getRuntimeType(input));
      return literalCandidates ? fallback.filter((i2) => literalOf[i2] === void 0 || literalOf[i2] === input) : fallback;
    };
  }
  candidateIndexCache.set(types, index);
  return index;
}
var Union = class extends ASTNodeImpl {
  _tag = "Union";
  types;
  options;
  encodingChecks;
  constructor(types, options, annotations, checks, encoding, context2, encodingChecks) {
    super(annotations, checks, encoding, context2);
    this.types = types;
    this.options = options;
    this.encodingChecks = encodingChecks;
  }
  /** @internal */
  getParser(compile2, compileField2) {
    const ast = this;
    const isConstructor = compileField2 !== void 0;
    const parsers = [];
    const parser = (i2) => parsers[i2] ??= compile2(ast.types[i2]);
    let index;
    return (input, options) => {
      if (input === missing) {
        return missingExit;
      }
      const candidates = (index ??= getCandidateIndex(ast.types))(input, isConstructor);
      if (candidates.length === 0) {
        return fail5(new AnyOf(ast, [], input, options));
      }
      if (candidates.length === 1) {
        const result2 = parser(candidates[0])(input, options);
        if (result2._tag === "Success") return result2;
        return effectIsExit(result2) ? failSingleUnionCandidate(ast, result2.cause, input, options) : catchSingleUnionCandidate(ast, result2, input, options);
      }
      return parseUnionCandidates(ast, parser, candidates, input, options);
    };
  }
  _rebuild(recur, checks, encodingChecks) {
    const types = mapOrSame(this.types, recur);
    return types === this.types && checks === this.checks && encodingChecks === this.encodingChecks ? this : new Union(types, this.options, this.annotations, checks, void 0, this.context, encodingChecks);
  }
  /** @internal */
  recur(recur) {
    return this._rebuild(recur, this.checks, this.encodingChecks);
  }
  /** @internal */
  flip(recur) {
    return this._rebuild(recur, this.encodingChecks, this.checks);
  }
  /** @internal */
  matchPart(s2, options) {
    for (const type of this.types) {
      const out = type.matchPart(s2, options);
      if (out !== void 0) return out;
    }
    return void 0;
  }
  /** @internal */
  getExpected(getExpected2) {
    const expected = this.annotations?.expected;
    if (typeof expected === "string") return expected;
    if (this.types.length === 0) return "never";
    const types = this.types.map((type) => {
      const encoded = toEncoded(type);
      switch (encoded._tag) {
        case "Arrays": {
          const literals = encoded.elements.filter(isLiteral);
          if (literals.length > 0) {
            return `${formatIsMutable(encoded.isMutable)}[ ${literals.map((e2) => getExpected2(e2) + formatIsOptional(e2.context?.isOptional)).join(", ")}, ... ]`;
          }
          break;
        }
        case "Objects": {
          const literals = encoded.propertySignatures.filter((ps) => isLiteral(ps.type));
          if (literals.length > 0) {
            return `{ ${literals.map((ps) => `${formatIsMutable(ps.type.context?.isMutable)}${formatPropertyKey(ps.name)}${formatIsOptional(ps.type.context?.isOptional)}: ${getExpected2(ps.type)}`).join(", ")}, ... }`;
          }
          break;
        }
      }
      return getExpected2(encoded);
    });
    return Array.from(new Set(types)).join(" | ");
  }
};
function failSingleUnionCandidate(ast, cause, input, options) {
  const issue = getSchemaIssue(cause);
  if (!issue) return failCause2(cause);
  return fail4(new AnyOf(ast, [issue], input, options));
}
function catchSingleUnionCandidate(ast, result2, input, options) {
  return catchCause2(result2, (cause) => failSingleUnionCandidate(ast, cause, input, options));
}
function parseUnionCandidates(ast, parser, candidates, input, options) {
  const state = {
    ast,
    parser,
    input,
    out: void 0,
    successes: ast.options?.mode === "oneOf" ? [] : void 0,
    issues: void 0,
    options
  };
  const eff = parseUnion(state, candidates);
  if (!eff) {
    if (state.out) return state.out;
    return fail5(new AnyOf(ast, state.issues ?? [], input, options));
  }
  if (effectIsExit(eff)) return resumeUnion(eff, state);
  let first = true;
  return suspend2(() => {
    if (!first) return parseUnionCandidates(ast, parser, candidates, input, options);
    first = false;
    return resumeUnion(eff, state);
  });
}
function resumeUnion(eff, state) {
  return flatMapEager2(eff, (_2) => {
    if (state.out === sameExit) return succeed5(state.input);
    if (state.out) return state.out;
    return fail5(new AnyOf(state.ast, state.issues ?? [], state.input, state.options));
  });
}
var parseUnion = /* @__PURE__ */ iterateEager()({
  onItem(s2, i2) {
    return s2.parser(i2)(s2.input, s2.options);
  },
  step(s2, i2, exit3) {
    if (exit3._tag === "Failure") {
      const issue = getSchemaIssue(exit3.cause);
      if (issue === void 0) {
        return exit3;
      }
      if (s2.issues) s2.issues.push(issue);
      else s2.issues = [issue];
    } else {
      if (s2.out && s2.successes) {
        s2.successes.push(s2.ast.types[i2]);
        return fail4(new OneOf(s2.ast, s2.successes, s2.input, s2.options));
      }
      s2.out = exit3;
      if (s2.successes) {
        s2.successes.push(s2.ast.types[i2]);
      } else {
        return void_2;
      }
    }
  }
});
var nonFiniteLiterals = /* @__PURE__ */ new Union([/* @__PURE__ */ new Literal("Infinity"), /* @__PURE__ */ new Literal("-Infinity"), /* @__PURE__ */ new Literal("NaN")]);
function formatIsMutable(isMutable) {
  return isMutable ? "" : "readonly ";
}
function formatIsOptional(isOptional2) {
  return isOptional2 ? "?" : "";
}
var Filter2 = class extends Class {
  _tag = "Filter";
  run;
  annotations;
  /**
   * Whether the parsing process should be aborted after this check has failed.
   */
  aborted;
  constructor(run2, annotations = void 0, aborted = false) {
    super();
    this.run = run2;
    this.annotations = annotations;
    this.aborted = aborted;
  }
  annotate(annotations) {
    return new Filter2(this.run, {
      ...this.annotations,
      ...annotations
    }, this.aborted);
  }
  abort() {
    return new Filter2(this.run, this.annotations, true);
  }
  and(other, annotations) {
    return new FilterGroup([this, other], annotations);
  }
};
var FilterGroup = class extends Class {
  _tag = "FilterGroup";
  checks;
  annotations;
  constructor(checks, annotations = void 0) {
    super();
    this.checks = checks;
    this.annotations = annotations;
  }
  annotate(annotations) {
    return new FilterGroup(this.checks, {
      ...this.annotations,
      ...annotations
    });
  }
  and(other, annotations) {
    return new FilterGroup([this, other], annotations);
  }
};
function makeFilter(filter2, annotations, aborted = false) {
  return new Filter2((input, ast, options) => normalizeFilterOutput(ast, filter2(input, ast, options), input, options), annotations, aborted);
}
function isFinite(annotations) {
  return makeFilter((n2) => globalThis.Number.isFinite(n2), {
    expected: "a finite number",
    representation: {
      id: "effect/schema/isFinite",
      payload: null
    },
    toJsonSchema: () => ({
      type: "number"
    }),
    toCode: () => ({
      runtime: "Schema.isFinite()"
    }),
    arbitraryConstraint: {
      number: "finite"
    },
    ...annotations
  });
}
var finite = /* @__PURE__ */ appendChecks(number2, [/* @__PURE__ */ isFinite()]);
var numberToJson = /* @__PURE__ */ new Link(/* @__PURE__ */ new Union([finite, nonFiniteLiterals]), /* @__PURE__ */ new Transformation(/* @__PURE__ */ Number3(), /* @__PURE__ */ transform((n2) => globalThis.Number.isFinite(n2) ? n2 : globalThis.String(n2))));
function isPattern(regExp, annotations) {
  const copy2 = new globalThis.RegExp(regExp);
  const payload = {
    source: copy2.source,
    flags: copy2.flags
  };
  return makeFilter((s2) => {
    copy2.lastIndex = 0;
    return copy2.test(s2);
  }, {
    expected: `a string matching the RegExp ${payload.source}`,
    representation: {
      id: "effect/schema/isPattern",
      payload
    },
    // Keep the filter exportable so its JSON Schema annotations are preserved
    // when the RegExp constraint itself is omitted.
    toJsonSchema: () => [{}, true],
    arbitraryConstraint: {
      patterns: [payload]
    },
    ...annotations
  });
}
var bodyOwners = /* @__PURE__ */ new WeakMap();
function copy(ast, changes2) {
  const out = Object.assign(Object.create(Object.getPrototypeOf(ast)), ast, changes2);
  if (Reflect.ownKeys(changes2).every((key) => key === "context" || key === "encoding")) {
    bodyOwners.set(out, getContextOwner(ast));
  }
  return out;
}
function getContextOwner(ast) {
  const existing = bodyOwners.get(ast);
  if (existing !== void 0) return existing;
  if (ast.encoding === void 0) return ast;
  const owner = Object.assign(Object.create(Object.getPrototypeOf(ast)), ast, {
    encoding: void 0
  });
  bodyOwners.set(ast, owner);
  return owner;
}
function replaceEncoding(ast, encoding) {
  return ast.encoding === encoding ? ast : copy(ast, {
    encoding
  });
}
function replaceContext(ast, context2) {
  if (ast.context === context2) {
    return ast;
  }
  const owner = getContextOwner(ast);
  if (owner.context === context2 && owner.encoding === ast.encoding) {
    return owner;
  }
  return copy(ast, {
    context: context2
  });
}
function getLastEncoding(ast) {
  return ast.encoding ? getLastEncoding(ast.encoding[ast.encoding.length - 1].to) : ast;
}
function annotate(ast, annotations) {
  if (ast.checks) {
    const last = ast.checks[ast.checks.length - 1];
    return replaceChecks(ast, append(ast.checks.slice(0, -1), last.annotate(annotations)));
  }
  return copy(ast, {
    annotations: {
      ...ast.annotations,
      ...annotations
    }
  });
}
function replaceChecks(ast, checks) {
  if (ast._tag === "Suspend" && checks) {
    throw new Error("Cannot add checks to Suspend");
  }
  if (ast.checks === checks) {
    return ast;
  }
  return copy(ast, {
    checks
  });
}
function appendChecks(ast, checks) {
  return replaceChecks(ast, combineChecks(ast.checks, checks));
}
function mapLink(link2, f2) {
  const to = f2(link2.to);
  return to === link2.to ? link2 : new Link(to, link2.transformation);
}
function updateLastLink(encoding, f2) {
  const links = encoding;
  const last = links[links.length - 1];
  const out = mapLink(last, f2);
  return out === last ? encoding : append(encoding.slice(0, encoding.length - 1), out);
}
function applyToLastLink(f2) {
  return (ast) => ast.encoding ? replaceEncoding(ast, updateLastLink(ast.encoding, f2)) : ast;
}
function applyToSelfOrLastLinkEncodingIdempotent(f2, options) {
  function out(ast) {
    if (ast.encoding) {
      const last = ast.encoding[ast.encoding.length - 1];
      return options?.stopAt?.(last) ? ast : replaceEncoding(ast, updateLastLink(ast.encoding, out));
    }
    return f2(ast);
  }
  return memoizeIdempotent(out);
}
function appendTransformation(from, transformation, to) {
  const link2 = new Link(from, transformation);
  return replaceEncoding(to, to.encoding ? [...to.encoding, link2] : [link2]);
}
function mapOrSame(as2, f2) {
  let out;
  for (let i2 = 0; i2 < as2.length; i2++) {
    const a2 = as2[i2];
    const fa = f2(a2);
    if (out) {
      out[i2] = fa;
    } else if (fa !== a2) {
      out = new Array(as2.length);
      for (let j2 = 0; j2 < i2; j2++) {
        out[j2] = as2[j2];
      }
      out[i2] = fa;
    }
  }
  return out ?? as2;
}
function annotateKey(ast, annotations) {
  const context2 = ast.context ? new Context(ast.context.isOptional, ast.context.isMutable, ast.context.constructorDefault, {
    ...ast.context.annotations,
    ...annotations
  }) : new Context(false, false, void 0, annotations);
  return replaceContext(ast, context2);
}
var optionalKey = /* @__PURE__ */ memoizeIdempotent((ast) => {
  const context2 = ast.context ? ast.context.isOptional === false ? new Context(true, ast.context.isMutable, ast.context.constructorDefault, ast.context.annotations) : ast.context : new Context(true, false);
  return optionalKeyLastLink(replaceContext(ast, context2));
});
var optionalKeyLastLink = /* @__PURE__ */ applyToLastLink(optionalKey);
function withConstructorDefault(ast, defaultValue) {
  const context2 = ast.context ? new Context(ast.context.isOptional, ast.context.isMutable, defaultValue, ast.context.annotations) : new Context(false, false, defaultValue);
  return replaceContext(ast, context2);
}
function decodeTo(from, to, transformation) {
  return appendTransformation(from, transformation, to);
}
function parseParameter(ast) {
  const literals = [];
  const parameters = [];
  function addLiteral(literal) {
    if (!literals.includes(literal)) {
      literals.push(literal);
    }
  }
  function go(ast2) {
    switch (ast2._tag) {
      case "Literal":
        if (isPropertyKey(ast2.literal)) {
          addLiteral(ast2.literal);
        }
        return;
      case "UniqueSymbol":
        addLiteral(ast2.symbol);
        return;
      case "Enum":
        for (const [, value] of ast2.enums) {
          addLiteral(value);
        }
        return;
      case "Never":
        return;
      case "Union":
        for (let i2 = 0; i2 < ast2.types.length; i2++) {
          go(ast2.types[i2]);
        }
        return;
      default:
        parameters.push(ast2);
    }
  }
  go(ast);
  return {
    literals,
    parameters
  };
}
function record(key, value) {
  const {
    literals,
    parameters: indexSignatures
  } = parseParameter(key);
  return new Objects(literals.map((literal) => new PropertySignature(literal, value)), indexSignatures.map((parameter) => new IndexSignature(parameter, value)));
}
function isOptional(ast) {
  return ast.context?.isOptional ?? false;
}
function isStructuralCheck(check) {
  return check.annotations?.[STRUCTURAL_ANNOTATION_KEY] === true || check._tag === "FilterGroup" && check.checks.every(isStructuralCheck);
}
function extractStructuralChecks(checks) {
  function extract(check) {
    if (isStructuralCheck(check)) return [check];
    return check._tag === "FilterGroup" ? check.checks.flatMap(extract) : [];
  }
  const out = checks.flatMap(extract);
  return isArrayNonEmpty2(out) ? out : void 0;
}
function canPreserveEncodingChecks(ast) {
  let preserve = true;
  function visit2(child) {
    preserve = preserve && !child.encoding && !isSuspend(child);
    if (preserve && "recur" in child) child.recur(visit2);
    return child;
  }
  if ("recur" in ast) ast.recur(visit2);
  return preserve;
}
var toType = /* @__PURE__ */ memoizeIdempotent((ast) => {
  const owner = getContextOwner(ast);
  if (owner !== ast) {
    const type2 = toType(owner);
    return type2 === owner && ast.encoding === void 0 ? ast : replaceContext(type2, ast.context);
  }
  const type = "recur" in ast ? ast.recur(toType) : ast;
  if ("encodingChecks" in type && type.encodingChecks) {
    const checks = canPreserveEncodingChecks(ast) ? type.encodingChecks : isArrays(type) || isObjects(type) || isDeclaration(type) && type.typeParameters.length > 0 ? extractStructuralChecks(type.encodingChecks) : void 0;
    return copy(type, {
      encodingChecks: void 0,
      checks: combineChecks(type.checks, checks)
    });
  }
  return type;
});
var toEncoded = /* @__PURE__ */ memoizeIdempotent((ast) => {
  return toType(flip2(ast));
});
function flipEncoding(ast, encoding) {
  const links = encoding;
  const len = links.length;
  const last = links[len - 1];
  const ls = [new Link(flip2(replaceEncoding(ast, void 0)), links[0].transformation.flip())];
  for (let i2 = 1; i2 < len; i2++) {
    ls.unshift(new Link(flip2(links[i2 - 1].to), links[i2].transformation.flip()));
  }
  const to = flip2(last.to);
  if (to.encoding) {
    return replaceEncoding(to, [...to.encoding, ...ls]);
  } else {
    return replaceEncoding(to, ls);
  }
}
var flip2 = /* @__PURE__ */ memoize((ast) => {
  if (ast.encoding) {
    return flipEncoding(ast, ast.encoding);
  }
  const owner = getContextOwner(ast);
  if (owner !== ast) {
    const flipped = flip2(owner);
    return flipped === owner ? ast : replaceContext(flipped, ast.context);
  }
  return "flip" in ast ? ast.flip(flip2) : "recur" in ast ? ast.recur(flip2) : ast;
});
function fromConst(ast, value) {
  const succeed7 = value === 0 ? sameExit : succeed6(value);
  return (input, options) => {
    if (input === missing) return missingExit;
    if (input === value) return succeed7;
    return fail5(new InvalidType(ast, input, options));
  };
}
function fromRefinement(ast, refinement) {
  return (input, options) => {
    if (input === missing) return missingExit;
    if (refinement(input)) return sameExit;
    return fail5(new InvalidType(ast, input, options));
  };
}
var parameterFromPropertyKey = /* @__PURE__ */ applyToSelfOrLastLinkEncodingIdempotent((ast) => {
  switch (ast._tag) {
    default:
      return ast;
    case "Number":
      return ast.toCodecStringTree();
    case "Union":
      return ast.recur(parameterFromPropertyKey);
  }
});
var isStringFiniteRegExp = /* @__PURE__ */ new globalThis.RegExp(`^${FINITE_PATTERN}$`);
var isStringNumberRegExp = /* @__PURE__ */ new globalThis.RegExp(`^(?:${FINITE_PATTERN}|Infinity|-Infinity|NaN)$`);
function isStringFinite(annotations) {
  return isPattern(isStringFiniteRegExp, {
    expected: "a string representing a finite number",
    representation: {
      id: "effect/schema/isStringFinite",
      payload: null
    },
    toJsonSchema: () => ({
      pattern: isStringFiniteRegExp.source
    }),
    ...annotations
  });
}
var finiteString = /* @__PURE__ */ appendChecks(string2, [/* @__PURE__ */ isStringFinite()]);
var finiteToString = /* @__PURE__ */ new Link(finiteString, numberFromString);
var numberToString = /* @__PURE__ */ new Link(/* @__PURE__ */ new Union([finiteString, nonFiniteLiterals]), numberFromString);
var BIGINT_PATTERN = "-?\\d+";
var isStringBigIntRegExp = /* @__PURE__ */ new globalThis.RegExp(`^${BIGINT_PATTERN}$`);
var REGEXP_PATTERN = "Symbol\\(([\\s\\S]*)\\)";
var isStringSymbolRegExp = /* @__PURE__ */ new globalThis.RegExp(`^${REGEXP_PATTERN}$`);
function collectIssues(checks, value, issues, ast, options) {
  for (let i2 = 0; i2 < checks.length; i2++) {
    const check = checks[i2];
    if (check._tag === "FilterGroup") {
      issues = collectIssues(check.checks, value, issues, ast, options);
      if (issues && (options.errors !== "all" || issues[issues.length - 1].filter.aborted)) {
        return issues;
      }
    } else {
      const issue = check.run(value, ast, options);
      if (issue) {
        const filter2 = new Filter(check, issue, value, options);
        if (issues) issues.push(filter2);
        else issues = [filter2];
        if (options.errors !== "all" || check.aborted) {
          return issues;
        }
      }
    }
  }
  return issues;
}
function getConstructorDescriptor(ast) {
  if (!isDeclaration(ast)) return void 0;
  const getDescriptor = ast.annotations?.[CONSTRUCTOR_ANNOTATION_KEY];
  return isFunction(getDescriptor) ? getDescriptor(ast.typeParameters) : void 0;
}

// node_modules/effect/dist/internal/schema/interpreter.js
var flatMapTransformation = (result2, current, f2) => result2 === sameExit ? f2(current) : flatMapEager2(result2, f2);
function compileTransformation(transformation) {
  const apply = compileTransformationUnsafe(transformation);
  return (result2, current, options) => {
    try {
      return apply(result2, current, options);
    } catch (error) {
      return die3(error);
    }
  };
}
function compileTransformationUnsafe(transformation) {
  if (transformation._tag === "Middleware") {
    return (result2, current, options) => {
      const transformed = result2 === sameExit ? transformation.decode(succeed6(toOption(current)), options) : transformation.decode(mapEager2(result2, toOption), options);
      return fromOptionalEffect(transformed);
    };
  }
  const getter = transformation.decode;
  switch (getter._tag) {
    case "Passthrough":
      return (result2, current) => result2 === sameExit ? succeed6(current) : result2;
    case "Transform": {
      const transform3 = (value) => value === missing ? missingExit : succeed6(getter.transform(value));
      return (result2, current) => flatMapTransformation(result2, current, transform3);
    }
    case "TransformOptional": {
      const transform3 = (value) => fromOptionExit(getter.transform(toOption(value)));
      return (result2, current) => flatMapTransformation(result2, current, transform3);
    }
    case "TransformEffect":
      return (result2, current, options) => flatMapTransformation(result2, current, (value) => value === missing ? missingExit : getter.transform(value, options));
    case "TransformOptionalEffect":
      return (result2, current, options) => flatMapTransformation(result2, current, (value) => fromOptionalEffect(getter.transform(toOption(value), options)));
  }
}
var fromOptionalEffect = (effect) => flatMapEager2(effect, fromOptionExit);
var wrapEncoding = (ast, input, options, effect) => catchCause2(effect, (cause) => failCauseSync2(() => map3(cause, (issue) => new Encoding(ast, issue, input, options))));
function makeConstructorParser(descriptor, compile2) {
  const transform3 = compileTransformation(descriptor.link.transformation);
  let sourceParser;
  return (input, options) => {
    if (input === missing) return missingExit;
    if (descriptor.isConstructed(input)) return sameExit;
    const result2 = (sourceParser ??= compile2(descriptor.link.to))(input, options);
    return transform3(result2, input, options);
  };
}
function withDefault(ast, parser) {
  const defaultValue = ast.context.constructorDefault;
  return (input, options) => {
    if (input !== missing && input !== void 0) return parser(input, options);
    const result2 = defaultValue;
    if (effectIsExit(result2) && result2._tag === "Success") {
      const local = parser(result2[args], options);
      return local === sameExit ? result2 : local;
    }
    return flatMapEager2(wrapEncoding(ast, input, options, result2), (value) => {
      const local = parser(value, options);
      return local === sameExit ? succeed6(value) : local;
    });
  };
}
function compileField(ast, compile2) {
  const parser = compile2(ast);
  return ast.context?.constructorDefault === void 0 ? parser : withDefault(ast, parser);
}
function compile(ast, compile2, compileField2, base, specialize) {
  if (ast._tag === "Declaration") {
    for (const parameter of ast.typeParameters) compile2(parameter);
  }
  const descriptor = compileField2 ? getConstructorDescriptor(ast) : void 0;
  const parser = descriptor ? makeConstructorParser(descriptor, compile2) : base ?? ast.getParser(compile2, compileField2);
  const checks = ast.checks;
  const links = ast.encoding;
  const transformations = links?.map((link2) => compileTransformation(link2.transformation));
  const encodingChecks = ast.encodingChecks;
  if (!links && !checks && !encodingChecks) {
    return parser;
  }
  let encodingParsers;
  const parseChecks = (input, options) => {
    let result2 = parser(input, options);
    try {
      if (encodingChecks && !options.disableChecks) {
        if (effectIsExit(result2)) {
          if (result2._tag === "Success") {
            const output = result2 === sameExit ? input : result2[args];
            if (input !== missing && output !== missing) {
              const issues = collectIssues(encodingChecks, input, void 0, ast, options);
              if (issues) {
                result2 = fail5(new Composite(ast, issues, input, options));
              }
            }
          }
        } else {
          result2 = flatMap3(result2, (value) => {
            if (input !== missing && value !== missing) {
              const issues = collectIssues(encodingChecks, input, void 0, ast, options);
              if (issues) {
                return fail5(new Composite(ast, issues, input, options));
              }
            }
            return succeed5(value);
          });
        }
      }
      if (checks && !options.disableChecks) {
        if (effectIsExit(result2)) {
          if (result2._tag === "Success") {
            const value = result2 === sameExit ? input : result2[args];
            if (value === missing) return result2;
            const issues = collectIssues(checks, value, void 0, ast, options);
            if (issues) {
              result2 = fail5(new Composite(ast, issues, value, options));
            }
          }
        } else {
          result2 = flatMap3(result2, (value) => {
            if (value !== missing) {
              const issues = collectIssues(checks, value, void 0, ast, options);
              if (issues) {
                return fail5(new Composite(ast, issues, value, options));
              }
            }
            return succeed5(value);
          });
        }
      }
      return result2;
    } catch (error) {
      return die3(error);
    }
  };
  const parseLocal = specialize === void 0 ? parseChecks : specialize(parseChecks);
  if (!links) {
    return parseLocal;
  }
  return (input, options) => {
    const parsers = encodingParsers ??= links.map((link2) => compile2(link2.to));
    let current = input;
    let result2 = parsers[parsers.length - 1](input, options);
    for (let i2 = links.length - 1; i2 >= 0; i2--) {
      result2 = transformations[i2](result2, current, options);
      if (i2 !== 0) {
        const next2 = parsers[i2 - 1];
        if (result2._tag === "Success") {
          current = result2[args];
          result2 = next2(current, options);
        } else {
          result2 = flatMapEager2(result2, (value) => {
            const nextResult = next2(value, options);
            return nextResult === sameExit ? succeed6(value) : nextResult;
          });
        }
      }
    }
    if (result2._tag === "Success") {
      const value = result2[args];
      const local = parseLocal(value, options);
      return local === sameExit ? result2 : local;
    }
    result2 = wrapEncoding(ast, input, options, result2);
    return flatMapEager2(result2, (value) => {
      const local = parseLocal(value, options);
      return local === sameExit ? succeed6(value) : local;
    });
  };
}

// node_modules/effect/dist/internal/schema/compilerRegistry.js
var invalid = /* @__PURE__ */ Symbol();
var cache = /* @__PURE__ */ new WeakMap();
var compiler;
var compilerAdaptersEnabled = false;
var decodeChild = (ast) => compilerAdaptersEnabled ? lazyParser(resolve2, ast, "parser") : resolve2(ast).parser;
var makeChild = (ast) => compilerAdaptersEnabled ? lazyParser(resolve2, ast, "makeEffect") : resolve2(ast).makeEffect;
var makeField = (ast) => compileField(ast, makeChild);
var InterpretedEntry = class {
  ast;
  constructor(ast) {
    this.ast = ast;
  }
  get decodeEffect() {
    return this.cachedDecodeEffect ??= compile(this.ast, decodeChild);
  }
  get parser() {
    return this.decodeEffect;
  }
  get makeEffect() {
    return this.cachedMakeEffect ??= compile(this.ast, makeChild, makeField);
  }
};
var CompilerEntry = class extends InterpretedEntry {
  compiled;
  resolve;
  constructor(ast, compiled, resolve3) {
    super(ast);
    this.compiled = compiled;
    this.resolve = resolve3;
  }
  save(key, value) {
    Object.defineProperty(this, key, {
      value
    });
    return value;
  }
  operation(key) {
    const compiled = this.compiled;
    return typeof compiled === "function" ? compiled(this.ast, this.resolve, key) : compiled?.[key];
  }
  get is() {
    return this.save("is", this.operation("is"));
  }
  get decode() {
    return this.save("decode", this.operation("decode"));
  }
  get make() {
    return this.save("make", this.operation("make"));
  }
  get compiledMakeEffect() {
    return this.save("compiledMakeEffect", this.operation("makeEffect"));
  }
  get decodeEffect() {
    return this.save("decodeEffect", this.operation("decodeEffect") ?? compile(this.ast, (ast) => lazyParser(this.resolve, ast, "parser")));
  }
  get parser() {
    const decode2 = this.decode;
    return decode2 === void 0 ? this.decodeEffect : this.save("parser", withDecode(decode2, () => this.decodeEffect));
  }
  get makeEffect() {
    const makeEffect2 = this.compiledMakeEffect;
    if (makeEffect2 !== void 0) return this.save("makeEffect", makeEffect2);
    const child = (ast) => lazyParser(this.resolve, ast, "makeEffect");
    return this.save("makeEffect", compile(this.ast, child, (ast) => compileField(ast, child)));
  }
};
function withDecode(fastDecode, decodeEffect2) {
  let detailed;
  return (input, options) => {
    if (input !== missing) {
      try {
        const value = fastDecode(input, options);
        if (value !== invalid) return value === input ? sameExit : succeed6(value);
      } catch (error) {
        return die3(error);
      }
    }
    return (detailed ??= decodeEffect2())(input, options);
  };
}
function lazyParser(resolve3, ast, operation) {
  const entry = resolve3(ast);
  if (entry.compiled === void 0 || Object.hasOwn(entry, operation)) {
    return entry[operation];
  }
  let parser;
  return (input, options) => (parser ??= entry[operation])(input, options);
}
function resolve2(ast) {
  const cached2 = cache.get(ast);
  if (cached2 !== void 0) return cached2;
  const entry = compiler === void 0 ? new InterpretedEntry(ast) : new CompilerEntry(ast, compiler(ast, resolve2), resolve2);
  cache.set(ast, entry);
  return entry;
}

// node_modules/effect/dist/SchemaParser.js
function makeEffect(schema) {
  const ast = schema.ast;
  let parser;
  return (input, options) => {
    return (parser ??= runWithCompiler(constructorCompiler, toType(ast)))(input, options?.disableChecks ? options?.parseOptions ? {
      ...options.parseOptions,
      disableChecks: true
    } : {
      disableChecks: true
    } : options?.parseOptions);
  };
}
function makeOption(schema) {
  const parser = makeEffect(schema);
  return (input, options) => {
    const exit3 = runSyncExit2(parser(input, options));
    if (isSuccess3(exit3)) {
      return some2(exit3.value);
    }
    getSchemaIssueOrThrow(exit3.cause, "Option adapter can only return none for schema issues");
    return none2();
  };
}
function make3(schema) {
  return makeConstructorSync(toType(schema.ast));
}
function is(schema) {
  return _is(schema.ast);
}
function makeIs(ast) {
  if (!compilerAdaptersEnabled) {
    const parser2 = asExit(run(ast));
    return (input) => {
      const exit3 = parser2(input, defaultParseOptions);
      if (isSuccess3(exit3)) return true;
      getSchemaIssueOrThrow(exit3.cause, "Type guard adapter can only return false for schema issues");
      return false;
    };
  }
  const entry = resolve2(ast);
  const guard = entry.is;
  if (guard !== void 0) {
    return (input) => {
      try {
        return guard(input, defaultParseOptions);
      } catch (error) {
        getSchemaIssueOrThrow(die2(error), "Type guard adapter can only return false for schema issues");
        return false;
      }
    };
  }
  const parser = entry.parser;
  return (input) => {
    const exit3 = runSyncExit2(parserResult(parser(input, defaultParseOptions), input));
    if (isSuccess3(exit3)) return true;
    getSchemaIssueOrThrow(exit3.cause, "Type guard adapter can only return false for schema issues");
    return false;
  };
}
function _is(ast) {
  const typeAST = toType(ast);
  let guard = (input) => {
    guard = makeIs(typeAST);
    return guard(input);
  };
  return (input) => {
    return guard(input);
  };
}
function decodeUnknownEffect(schema, options) {
  const parser = run(schema.ast);
  return options === void 0 ? parser : (input, overrideOptions) => parser(input, mergeParseOptions(options, overrideOptions));
}
function decodeUnknownExit(schema, options) {
  return asExit(decodeUnknownEffect(schema, options));
}
function decodeUnknownResult(schema, options) {
  return asResult(decodeUnknownEffect(schema, options));
}
var mergeParseOptions = (options, overrideOptions) => overrideOptions ? {
  ...options,
  ...overrideOptions
} : options;
var getValue = (value) => {
  if (value === missing) {
    return fail5(new InvalidValue());
  }
  return succeed5(value);
};
function run(ast) {
  return runWithCompiler(normalCompiler, ast);
}
function parserResult(result2, input) {
  if (result2 === sameExit) {
    return succeed5(input);
  }
  if (!effectIsExit(result2)) {
    return flatMapEager2(result2, getValue);
  }
  return result2[args] === missing ? getValue(missing) : result2;
}
function runWithCompiler(compiler2, ast) {
  let parser;
  return (input, options) => {
    const result2 = (parser ??= compiler2(ast))(input, options ?? defaultParseOptions);
    if (result2 === sameExit) {
      return succeed5(input);
    }
    if (!effectIsExit(result2)) {
      return flatMapEager2(result2, getValue);
    }
    return result2[args] === missing ? getValue(missing) : result2;
  };
}
function asExit(parser) {
  return (input, options) => runSyncExit2(parser(input, options));
}
function asResult(parser) {
  const parserExit = asExit(parser);
  return (input, options) => {
    const exit3 = parserExit(input, options);
    if (isSuccess3(exit3)) {
      return succeed2(exit3.value);
    }
    return fail2(getSchemaIssueOrThrow(exit3.cause, "Result adapter can only return schema issues"));
  };
}
function runSync2(effect, message) {
  const exit3 = runSyncExit2(effect);
  if (isSuccess3(exit3)) {
    return exit3.value;
  }
  const issue = getSchemaIssueOrThrow(exit3.cause, message);
  throw new Error("Schema validation failed", {
    cause: issue
  });
}
var constructorDefectMessage = "Constructor adapter can only throw schema issues";
function throwConstructorDefect(error) {
  throw new Error(constructorDefectMessage, {
    cause: die2(error)
  });
}
function makeConstructorSync(ast) {
  let entry;
  return (input, options) => constructSync(entry ??= resolve2(ast), input, options);
}
function constructSync(entry, input, options) {
  const parseOptions = options?.disableChecks ? options.parseOptions ? {
    ...options.parseOptions,
    disableChecks: true
  } : {
    disableChecks: true
  } : options?.parseOptions ?? defaultParseOptions;
  const make8 = entry.make;
  if (make8 !== void 0 && input !== missing) {
    let output;
    try {
      output = make8(input, parseOptions);
    } catch (error) {
      throwConstructorDefect(error);
    }
    if (output !== invalid && output !== missing) return output;
  }
  return runSync2(parserResult(entry.makeEffect(input, parseOptions), input), constructorDefectMessage);
}
function makeClassSync(ast, input, options, construct) {
  const entry = resolve2(ast);
  const descriptor = getConstructorDescriptor(ast);
  if (descriptor === void 0 || entry.make !== void 0 || entry.compiledMakeEffect !== void 0) {
    return constructSync(entry, input, options);
  }
  if (descriptor.isConstructed(input)) return input;
  const fields = constructSync((entry.resolve ?? resolve2)(descriptor.link.to), input, options);
  try {
    return construct(fields);
  } catch (error) {
    throwConstructorDefect(error);
  }
}
var normalCompiler = (ast) => resolve2(ast).parser;
var constructorCompiler = (ast) => resolve2(ast).makeEffect;

// node_modules/effect/dist/internal/schema/make.js
var TypeId7 = "~effect/Schema/Schema";
var RebuildOptions = /* @__PURE__ */ Symbol();
var SchemaProto = {
  [TypeId7]: TypeId7,
  get make() {
    const value = make3(this);
    Object.defineProperty(this, "make", {
      value,
      enumerable: true
    });
    return value;
  },
  get makeEffect() {
    const value = makeEffect(this);
    Object.defineProperty(this, "makeEffect", {
      value,
      enumerable: true
    });
    return value;
  },
  get makeOption() {
    const value = makeOption(this);
    Object.defineProperty(this, "makeOption", {
      value,
      enumerable: true
    });
    return value;
  },
  pipe() {
    return pipeArguments(this, arguments);
  },
  annotate(annotations) {
    return this.rebuild(annotate(this.ast, annotations));
  },
  annotateKey(annotations) {
    return this.rebuild(annotateKey(this.ast, annotations));
  },
  check(...checks) {
    return this.rebuild(appendChecks(this.ast, checks));
  },
  rebuild(ast) {
    return make4(ast, this[RebuildOptions]);
  }
};
function make4(ast, options) {
  function Schema() {
  }
  const self = Object.setPrototypeOf(Schema, SchemaProto);
  if (options && (Object.hasOwn(options, "name") || Object.hasOwn(options, "length") || Object.hasOwn(options, "__proto__"))) {
    Object.defineProperties(self, Object.getOwnPropertyDescriptors({
      ...options
    }));
  } else {
    Object.assign(self, options);
  }
  self[RebuildOptions] = options;
  self.ast = ast;
  return self;
}

// node_modules/effect/dist/Struct.js
var lambda = (f2) => f2;

// node_modules/effect/dist/internal/schemaError.js
var SchemaErrorTypeId = "~effect/Schema/SchemaError";
function isSchemaError(u2) {
  return hasProperty(u2, SchemaErrorTypeId) && u2[SchemaErrorTypeId] === SchemaErrorTypeId;
}

// node_modules/effect/dist/Schema.js
var TypeId8 = TypeId7;
function declareConstructor() {
  return (typeParameters, run2, annotations) => {
    return make5(new Declaration(typeParameters.map(getAST), (typeParameters2) => run2(typeParameters2.map((ast) => make5(ast))), annotations));
  };
}
function declare(is3, annotations) {
  return declareConstructor()([], () => (input, ast, options) => is3(input) ? succeed5(input) : fail5(new InvalidType(ast, input, options)), annotations);
}
var SchemaError = class extends (/* @__PURE__ */ TaggedError2("SchemaError")) {
  [SchemaErrorTypeId] = SchemaErrorTypeId;
  constructor(issue) {
    const stackTraceLimit = getStackTraceLimit();
    setStackTraceLimit(0);
    try {
      super({
        issue
      });
    } finally {
      setStackTraceLimit(stackTraceLimit);
    }
  }
  get message() {
    return defaultFormatter(this.issue);
  }
  toJSON() {
    return {
      _tag: this._tag,
      message: this.message
    };
  }
  [NodeInspectSymbol]() {
    return this.toJSON();
  }
  toString() {
    return `SchemaError(${this.message})`;
  }
};
function isSchemaError2(u2) {
  return isSchemaError(u2);
}
function fromIssueEffect(self) {
  if (effectIsExit(self)) {
    return fromIssueExit(self);
  }
  return catchCause2(self, (cause) => failCauseSync2(() => map3(cause, (issue) => new SchemaError(issue))));
}
function fromIssueExit(exit3) {
  return isSuccess3(exit3) ? exit3 : failCause2(map3(exit3.cause, (issue) => new SchemaError(issue)));
}
function getSchemaErrorOrThrow(cause, message) {
  let schemaError;
  for (const reason of cause.reasons) {
    if (!isFailReason2(reason) || !isSchemaError2(reason.error)) {
      throw new globalThis.Error(message, {
        cause
      });
    }
    schemaError ??= reason.error;
  }
  if (schemaError === void 0) {
    throw new globalThis.Error(message, {
      cause
    });
  }
  return schemaError;
}
function runSchemaErrorSync(self) {
  const exit3 = runSyncExit2(self);
  if (isSuccess3(exit3)) {
    return exit3.value;
  }
  throw getSchemaErrorOrThrow(exit3.cause, "Sync adapter can only throw schema errors");
}
var is2 = is;
function decodeUnknownEffect2(schema, options) {
  const parser = decodeUnknownEffect(schema, options);
  return (input, options2) => {
    return fromIssueEffect(parser(input, options2));
  };
}
function decodeUnknownExit2(schema, options) {
  const parser = decodeUnknownExit(schema, options);
  return (input, options2) => {
    return fromIssueExit(parser(input, options2));
  };
}
function decodeUnknownResult2(schema, options) {
  const parser = decodeUnknownResult(schema, options);
  return (input, options2) => {
    return mapError(parser(input, options2), (issue) => new SchemaError(issue));
  };
}
function decodeUnknownSync(schema, options) {
  const parser = decodeUnknownEffect2(schema, options);
  return (input, options2) => {
    return runSchemaErrorSync(parser(input, options2));
  };
}
var decodeSync = decodeUnknownSync;
var make5 = make4;
function isSchema(u2) {
  return hasProperty(u2, TypeId8) && u2[TypeId8] === TypeId8;
}
var optionalKey2 = /* @__PURE__ */ lambda((schema) => make5(optionalKey(schema.ast), {
  schema
}));
function Literal2(literal) {
  const out = make5(new Literal(literal), {
    literal,
    transform(to) {
      return out.pipe(decodeTo2(Literal2(to), {
        decode: transform(() => to),
        encode: transform(() => literal)
      }));
    }
  });
  return out;
}
var Null2 = /* @__PURE__ */ make5(null_);
var String4 = /* @__PURE__ */ make5(string2);
var Number5 = /* @__PURE__ */ make5(number2);
var Boolean3 = /* @__PURE__ */ make5(boolean);
function makeStruct(ast, fields) {
  return make5(ast, {
    fields,
    mapFields(f2, options) {
      const fields2 = f2(this.fields);
      return makeStruct(struct(fields2, options?.unsafePreserveChecks ? this.ast.checks : void 0), fields2);
    }
  });
}
function Struct(fields) {
  return makeStruct(struct(fields, void 0), fields);
}
function Record(key, value) {
  return make5(record(key.ast, value.ast), {
    key,
    value
  });
}
var ArraySchema = /* @__PURE__ */ lambda((schema) => make5(new Arrays(false, [], [schema.ast]), {
  value: schema
}));
function makeUnion(ast, members) {
  return make5(ast, {
    members,
    mapMembers(f2, options) {
      const members2 = f2(this.members);
      return makeUnion(union(members2, this.ast.options, options?.unsafePreserveChecks ? this.ast.checks : void 0), members2);
    }
  });
}
function Union2(members, options) {
  return makeUnion(union(members, options, void 0), members);
}
function Literals(literals) {
  const members = literals.map(Literal2);
  return make5(union(members, void 0, void 0), {
    literals,
    members,
    mapMembers(f2) {
      return Union2(f2(this.members));
    },
    pick(literals2) {
      return Literals(literals2);
    },
    transform(to) {
      return Union2(members.map((member, index) => member.transform(to[index])));
    }
  });
}
var NullOr = /* @__PURE__ */ lambda((self) => Union2([self, Null2]));
function brand(identifier2) {
  return (schema) => make5(schema.ast, {
    schema,
    identifier: identifier2
  });
}
function decodeTo2(to, transformation) {
  return (from) => {
    return make5(decodeTo(from.ast, to.ast, transformation ? makeTransformation(transformation) : passthrough2()), {
      from,
      to
    });
  };
}
function withConstructorDefault2(defaultValue) {
  return (schema) => make5(withConstructorDefault(schema.ast, defaultValue), {
    schema
  });
}
function tag(literal) {
  return Literal2(literal).pipe(withConstructorDefault2(succeed5(literal)));
}
function TaggedStruct(value, fields) {
  return Struct({
    _tag: tag(value),
    ...fields
  });
}
function instanceOf(constructor, annotations) {
  return declare((u2) => u2 instanceof constructor, annotations);
}
function link() {
  return (encodeTo, transformation) => {
    return new Link(encodeTo.ast, makeTransformation(transformation));
  };
}
var makeFilter2 = makeFilter;
function isBase64(annotations) {
  const pattern = "^([0-9a-zA-Z+/]{4})*(([0-9a-zA-Z+/]{2}==)|([0-9a-zA-Z+/]{3}=))?$";
  const regExp = /^[0-9a-zA-Z+/]*={0,2}$/;
  return makeFilter2((s2) => s2.length % 4 === 0 && regExp.test(s2), {
    expected: "a base64 encoded string",
    representation: {
      id: "effect/schema/isBase64",
      payload: null
    },
    toJsonSchema: () => ({
      pattern
    }),
    arbitraryConstraint: {
      patterns: [{
        source: pattern,
        flags: ""
      }]
    },
    toCode: () => ({
      runtime: "Schema.isBase64()"
    }),
    ...annotations
  });
}
function makeIsGreaterThan(options) {
  const gt = isGreaterThan(options.order);
  const formatter = options.formatter ?? format;
  return (exclusiveMinimum, annotations) => {
    return makeFilter2((input) => gt(input, exclusiveMinimum), {
      expected: `a value greater than ${formatter(exclusiveMinimum)}`,
      arbitraryConstraint: {
        order: options.order,
        minimum: exclusiveMinimum,
        exclusiveMinimum: true
      },
      ...options.annotate?.(exclusiveMinimum),
      ...annotations
    });
  };
}
function makeIsBetween(deriveOptions) {
  const greaterThanOrEqualTo = isGreaterThanOrEqualTo(deriveOptions.order);
  const greaterThan = isGreaterThan(deriveOptions.order);
  const lessThanOrEqualTo = isLessThanOrEqualTo(deriveOptions.order);
  const lessThan = isLessThan(deriveOptions.order);
  const formatter = deriveOptions.formatter ?? format;
  return (options, annotations) => {
    const gte = options.exclusiveMinimum ? greaterThan : greaterThanOrEqualTo;
    const lte = options.exclusiveMaximum ? lessThan : lessThanOrEqualTo;
    return makeFilter2((input) => gte(input, options.minimum) && lte(input, options.maximum), {
      expected: `a value between ${formatter(options.minimum)}${options.exclusiveMinimum ? " (excluded)" : ""} and ${formatter(options.maximum)}${options.exclusiveMaximum ? " (excluded)" : ""}`,
      arbitraryConstraint: {
        order: deriveOptions.order,
        minimum: options.minimum,
        maximum: options.maximum,
        ...options.exclusiveMinimum && {
          exclusiveMinimum: true
        },
        ...options.exclusiveMaximum && {
          exclusiveMaximum: true
        }
      },
      ...deriveOptions.annotate?.(options),
      ...annotations
    });
  };
}
function encodeNumberPayload(number3) {
  if (!globalThis.Number.isFinite(number3)) {
    throw new globalThis.RangeError(`Expected a finite number, got ${format(number3)}`);
  }
  return number3;
}
var isGreaterThan2 = /* @__PURE__ */ makeIsGreaterThan({
  order: Number2,
  annotate: (exclusiveMinimum) => ({
    representation: {
      id: "effect/schema/isGreaterThan",
      payload: {
        exclusiveMinimum: encodeNumberPayload(exclusiveMinimum)
      }
    },
    toJsonSchema: () => ({
      exclusiveMinimum
    }),
    toCode: () => ({
      runtime: `Schema.isGreaterThan(${format(exclusiveMinimum)})`
    })
  })
});
var isBetween = /* @__PURE__ */ makeIsBetween({
  order: Number2,
  annotate: (options) => {
    const exclusiveMinimum = options.exclusiveMinimum ? true : void 0;
    const exclusiveMaximum = options.exclusiveMaximum ? true : void 0;
    const payload = {
      minimum: encodeNumberPayload(options.minimum),
      maximum: encodeNumberPayload(options.maximum),
      ...exclusiveMinimum && {
        exclusiveMinimum
      },
      ...exclusiveMaximum && {
        exclusiveMaximum
      }
    };
    return {
      representation: {
        id: "effect/schema/isBetween",
        payload
      },
      toJsonSchema: () => ({
        [exclusiveMinimum ? "exclusiveMinimum" : "minimum"]: options.minimum,
        [exclusiveMaximum ? "exclusiveMaximum" : "maximum"]: options.maximum
      }),
      toCode: () => ({
        runtime: `Schema.isBetween({ minimum: ${format(options.minimum)}, maximum: ${format(options.maximum)}, exclusiveMinimum: ${format(exclusiveMinimum)}, exclusiveMaximum: ${format(exclusiveMaximum)} })`
      })
    };
  }
});
function isInt(annotations) {
  return makeFilter2((n2) => globalThis.Number.isSafeInteger(n2), {
    expected: "an integer",
    representation: {
      id: "effect/schema/isInt",
      payload: null
    },
    toJsonSchema: () => ({
      type: "integer",
      minimum: globalThis.Number.MIN_SAFE_INTEGER,
      maximum: globalThis.Number.MAX_SAFE_INTEGER
    }),
    toCode: () => ({
      runtime: "Schema.isInt()"
    }),
    arbitraryConstraint: {
      number: "integer"
    },
    ...annotations
  });
}
var Int = /* @__PURE__ */ Number5.check(/* @__PURE__ */ isInt());
function isMinLength(minLength, annotations) {
  minLength = normalizeCardinality(minLength);
  return makeIsMinLength(minLength, Math.ceil(minLength / 2), annotations);
}
function makeIsMinLength(minLength, minCodePoints, annotations) {
  return makeFilter2((input) => input.length >= minLength, {
    expected: `a value with a length of at least ${minLength}`,
    representation: {
      id: "effect/schema/isMinLength",
      payload: {
        minLength
      }
    },
    toJsonSchema: ({
      type
    }) => type === "string" ? minLength <= 1 ? {
      minLength: minCodePoints
    } : [{
      minLength: minCodePoints
    }, true] : type === "array" ? {
      minItems: minLength
    } : type === void 0 ? [{
      minLength: minCodePoints,
      minItems: minLength
    }, true] : [{}, true],
    toCode: () => ({
      runtime: `Schema.isMinLength(${minLength})`
    }),
    [STRUCTURAL_ANNOTATION_KEY]: true,
    arbitraryConstraint: {
      minLength
    },
    ...annotations
  });
}
function isMaxLength(maxLength, annotations) {
  maxLength = normalizeCardinality(maxLength);
  return makeFilter2((input) => input.length <= maxLength, {
    expected: `a value with a length of at most ${maxLength}`,
    representation: {
      id: "effect/schema/isMaxLength",
      payload: {
        maxLength
      }
    },
    toJsonSchema: ({
      type
    }) => type === "string" ? maxLength === 0 ? {
      maxLength
    } : [{
      maxLength
    }, true] : type === "array" ? {
      maxItems: maxLength
    } : type === void 0 ? [{
      maxLength,
      maxItems: maxLength
    }, true] : [{}, true],
    toCode: () => ({
      runtime: `Schema.isMaxLength(${maxLength})`
    }),
    [STRUCTURAL_ANNOTATION_KEY]: true,
    arbitraryConstraint: {
      maxLength
    },
    ...annotations
  });
}
function normalizeCardinality(value) {
  if (!globalThis.Number.isFinite(value)) {
    throw new globalThis.RangeError(`Expected a finite number, got ${value}`);
  }
  return Math.max(0, Math.floor(value));
}
var RegExp2 = /* @__PURE__ */ instanceOf(globalThis.RegExp, {
  representation: {
    id: "effect/schema/RegExp",
    payload: null
  },
  toCode: () => ({
    runtime: `Schema.RegExp`,
    Type: `globalThis.RegExp`
  }),
  expected: "RegExp",
  toCodecJson: () => link()(Struct({
    source: String4,
    flags: String4
  }), transformEffect2({
    decode: (e2, options) => try_2({
      try: () => new globalThis.RegExp(e2.source, e2.flags),
      catch: () => new InvalidValue({
        expected: "valid RegExp source and flags"
      }, e2, options)
    }),
    encode: (regExp) => succeed5({
      source: regExp.source,
      flags: regExp.flags
    })
  }))
});
var URLString = /* @__PURE__ */ String4.annotate({
  expected: "a string that will be decoded as a URL"
});
var URL2 = /* @__PURE__ */ instanceOf(globalThis.URL, {
  representation: {
    id: "effect/schema/URL",
    payload: null
  },
  toCode: () => ({
    runtime: `Schema.URL`,
    Type: `globalThis.URL`
  }),
  expected: "URL",
  toCodecJson: () => link()(URLString, urlFromString)
});
var File = /* @__PURE__ */ instanceOf(globalThis.File, {
  representation: {
    id: "effect/schema/File",
    payload: null
  },
  toCode: () => ({
    runtime: `Schema.File`,
    Type: `globalThis.File`
  }),
  expected: "File",
  toCodecJson: () => link()(Struct({
    data: String4.check(isBase64()),
    type: String4,
    name: String4,
    lastModified: Int
  }), transformEffect2({
    decode: (e2, options) => match(decode(e2.data), {
      onFailure: () => fail5(new InvalidValue({
        expected: "a valid Base64 string"
      }, e2.data, options)),
      onSuccess: (bytes) => {
        const buffer = new globalThis.Uint8Array(bytes);
        return succeed5(new globalThis.File([buffer], e2.name, {
          type: e2.type,
          lastModified: e2.lastModified
        }));
      }
    }),
    encode: (file2, options) => tryPromise2({
      try: async () => {
        const bytes = new globalThis.Uint8Array(await file2.arrayBuffer());
        return {
          data: encode(bytes),
          type: file2.type,
          name: file2.name,
          lastModified: file2.lastModified
        };
      },
      catch: () => new InvalidValue({
        expected: "a readable File"
      }, file2, options)
    })
  }))
});
var URLSearchParams2 = /* @__PURE__ */ instanceOf(globalThis.URLSearchParams, {
  representation: {
    id: "effect/schema/URLSearchParams",
    payload: null
  },
  toCode: () => ({
    runtime: `Schema.URLSearchParams`,
    Type: `globalThis.URLSearchParams`
  }),
  expected: "URLSearchParams",
  toCodecJson: () => link()(String4.annotate({
    expected: "a query string that will be decoded as URLSearchParams"
  }), transform2({
    decode: (e2) => new globalThis.URLSearchParams(e2),
    encode: (params) => params.toString()
  }))
});
var Base64String = /* @__PURE__ */ String4.annotate({
  expected: "a base64 encoded string that will be decoded as Uint8Array",
  format: "byte",
  contentEncoding: "base64"
});
var Uint8Array2 = /* @__PURE__ */ instanceOf(globalThis.Uint8Array, {
  representation: {
    id: "effect/schema/Uint8Array",
    payload: null
  },
  toCode: () => ({
    runtime: `Schema.Uint8Array`,
    Type: `globalThis.Uint8Array`
  }),
  expected: "Uint8Array",
  toCodecJson: () => link()(Base64String, uint8ArrayFromBase64String)
});
var arbitraryMinimumDateTimestamp = -864e13;
var arbitraryMaximumDateTimestamp = 864e13;
var arbitraryMinimumZonedDateTimeTimestamp = arbitraryMinimumDateTimestamp + 14 * 60 * 60 * 1e3;
var arbitraryMaximumZonedDateTimeTimestamp = arbitraryMaximumDateTimestamp - 14 * 60 * 60 * 1e3;
var arbitraryMinimumTimeZoneOffset = -12 * 60 * 60 * 1e3;
var arbitraryMaximumTimeZoneOffset = 14 * 60 * 60 * 1e3;
var immerable = /* @__PURE__ */ globalThis.Symbol.for("immer-draftable");
var payloadToken = {};
function makeClass(Inherited, identifier2, struct2, annotations, proto) {
  const getClassSchema = getClassSchemaFactory(struct2, identifier2, annotations);
  const ClassTypeId = getClassTypeId(identifier2);
  const out = class extends Inherited {
    constructor(...[input, options]) {
      const internalOptions = options;
      const payload = internalOptions?.["~payload"];
      const value = payload?.token === payloadToken ? payload.value : struct2.make(input ?? {}, options);
      super(value, {
        ...options,
        disableChecks: true,
        "~payload": {
          token: payloadToken,
          value
        }
      });
    }
    static [TypeId8] = TypeId8;
    get [ClassTypeId]() {
      return ClassTypeId;
    }
    static [immerable] = true;
    static identifier = identifier2;
    static fields = struct2.fields;
    static get ast() {
      return getClassSchema(this).ast;
    }
    static pipe() {
      return pipeArguments(this, arguments);
    }
    static rebuild(ast) {
      return getClassSchema(this).rebuild(ast);
    }
    static make(input, options) {
      return makeClassSync(toType(getClassSchema(this).ast), input ?? {}, options, (fields) => makeClassTrusted(this, fields));
    }
    static makeOption(input, options) {
      return makeOption(getClassSchema(this))(input ?? {}, options);
    }
    static makeEffect(input, options) {
      return getClassSchema(this).makeEffect(input ?? {}, options);
    }
    static annotate(annotations2) {
      return this.rebuild(annotate(this.ast, annotations2));
    }
    static annotateKey(annotations2) {
      return this.rebuild(annotateKey(this.ast, annotations2));
    }
    static check(...checks) {
      return this.rebuild(appendChecks(this.ast, checks));
    }
    static extend(identifier3) {
      return (schema, annotations2) => {
        const extension = isStruct(schema) ? schema : Struct(schema);
        const fields = {
          ...struct2.fields,
          ...extension.fields
        };
        const ast = struct(fields, struct2.ast.checks, {
          identifier: identifier3
        });
        return makeClass(this, identifier3, makeStruct(appendChecks(ast, extension.ast.checks), fields), annotations2, proto);
      };
    }
    static mapFields(f2, options) {
      return struct2.mapFields(f2, options);
    }
  };
  if (proto !== void 0) {
    Object.assign(out.prototype, proto(identifier2));
  }
  return out;
}
function makeClassTrusted(self, fields) {
  return new self(fields, {
    "~payload": {
      token: payloadToken,
      value: fields
    }
  });
}
function getClassTransformation(self) {
  return new Transformation(transform((input) => makeClassTrusted(self, input)), passthrough());
}
function getClassTypeId(identifier2) {
  return `~effect/Schema/Class/${identifier2}`;
}
function getClassSchemaFactory(from, identifier2, annotations) {
  let memo;
  return (self) => {
    if (memo !== void 0) {
      return memo;
    }
    const ClassTypeId = getClassTypeId(identifier2);
    const isClassValue = (input) => input instanceof self || hasProperty(input, ClassTypeId);
    const transformation = getClassTransformation(self);
    const to = make5(new Declaration([from.ast], () => (input, ast, options) => {
      return isClassValue(input) ? succeed5(input) : fail5(new InvalidType(ast, input, options));
    }, {
      identifier: identifier2,
      [CONSTRUCTOR_ANNOTATION_KEY]: ([from2]) => ({
        isConstructed: isClassValue,
        link: new Link(from2, transformation)
      }),
      toCodec: ([from2]) => new Link(from2.ast, transformation),
      toEquivalence: ([from2]) => from2,
      toFormatter: ([from2]) => (t2) => `${self.identifier}(${from2(t2)})`,
      [SENTINELS_ANNOTATION_KEY]: collectSentinels(from.ast),
      ...annotations
    }));
    return memo = decodeTo2(to, transformation)(from);
  };
}
function isStruct(schema) {
  return isSchema(schema);
}
var Error3 = (identifier2) => (schema, annotations) => {
  const struct2 = isStruct(schema) ? schema : Struct(schema);
  const self = makeClass(Error2, identifier2, struct2, annotations, (identifier3) => ({
    name: identifier3
  }));
  return self;
};
var TaggedError3 = (identifier2) => {
  return (tagValue, schema, annotations) => {
    const struct2 = isStruct(schema) ? schema.mapFields((fields) => ({
      _tag: tag(tagValue),
      ...fields
    }), {
      unsafePreserveChecks: true
    }) : TaggedStruct(tagValue, schema);
    return Error3(identifier2 ?? tagValue)(struct2, annotations);
  };
};

// spec/kernel/data.ts
var compare = (left, right) => {
  if (left === right) return 0;
  const rankLeft = rank(left);
  const rankRight = rank(right);
  if (rankLeft !== rankRight) return rankLeft < rankRight ? -1 : 1;
  if (Array.isArray(left) && Array.isArray(right)) return compareArrays2(left, right);
  if (rankLeft === recordRank) return compareArrays2(entriesOf(left), entriesOf(right));
  if (rankLeft === 0) return 0;
  return left < right ? -1 : 1;
};
var recordRank = 5;
var rank = (value) => {
  if (value === null || value === void 0) return 0;
  if (typeof value === "boolean") return 1;
  if (typeof value === "number") return 2;
  if (typeof value === "string") return 3;
  return Array.isArray(value) ? 4 : recordRank;
};
var entriesOf = (record2) => Object.entries(record2).filter(([, value]) => value !== void 0).sort(([left], [right]) => left < right ? -1 : 1);
var compareArrays2 = (left, right) => {
  for (let index = 0; index < left.length && index < right.length; index++) {
    const order = compare(left[index], right[index]);
    if (order !== 0) return order;
  }
  return left.length === right.length ? 0 : left.length < right.length ? -1 : 1;
};
var equals2 = (left, right) => compare(left, right) === 0;
var canonical = (value) => {
  if (typeof value === "string") return quoted(value);
  if (value === null || typeof value !== "object") return JSON.stringify(value ?? null);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const record2 = value;
  let fields = "";
  for (const key of Object.keys(record2).sort()) {
    if (record2[key] === void 0) continue;
    fields += `${fields === "" ? "" : ","}${quoted(key)}:${canonical(record2[key])}`;
  }
  return `{${fields}}`;
};
var quoted = (text) => isPlain.test(text) ? `"${text}"` : JSON.stringify(text);
var isPlain = /^[\w -]*$/;
var setOf = (elements) => [...elements].sort(compare).filter((element, index, sorted) => index === 0 || !equals2(element, sorted[index - 1]));
var including = (set, element) => set.some((member) => equals2(member, element)) ? set : setOf([...set, element]);
var without = (set, removed) => set.filter((element) => !removed.some((member) => equals2(member, element)));
var union2 = (left, right) => setOf([...left, ...right]);
var tagOf = (data) => {
  if (typeof data !== "object" || data === null) return void 0;
  const { _tag, message, choice } = data;
  return typeof _tag === "string" ? _tag : tagOf(message) ?? tagOf(choice);
};

// spec/kernel/node.ts
var mostNameLength = 200;
var identityAnnotation = "quorate/identity";
var setAnnotation = "quorate/set";
var identityOf = (kind) => ({ [identityAnnotation]: kind });
var NodeId = String4.check(isMinLength(1), isMaxLength(mostNameLength)).pipe(brand("NodeId")).annotate(identityOf("node"));
var isSet = (items) => items.every((item, index) => index === 0 || compare(items[index - 1], item) < 0);
var SetOf = (item) => ArraySchema(item).check(makeFilter2(isSet, { expected: "a set: sorted, each item once" })).annotate({ [setAnnotation]: true });
var mostCounted = 2 ** 52;
var Count = Int.check(isBetween({ minimum: 0, maximum: mostCounted }));

// spec/nodes/nodes.ts
var ServerId = NodeId.pipe(brand("ServerId")).annotate(identityOf("server"));
var ClientId = NodeId.pipe(brand("ClientId")).annotate(identityOf("client"));
var ServerSet = SetOf(ServerId);
var mostMembers = 128;
var Members = ServerSet.check(isMaxLength(mostMembers));
var asGiven = { disableChecks: true };
var server = decodeSync(ServerId, asGiven);
var client = decodeSync(ClientId, asGiven);

// spec/configuration/quorums.ts
var Majority = TaggedStruct("Majority", {});
var Supermajority = TaggedStruct("Supermajority", {});
var Masking = TaggedStruct("Masking", {});
var mostWeight = 2 ** 32;
var Weighted = TaggedStruct("Weighted", {
  weights: SetOf(
    Struct({
      server: ServerId,
      weight: Int.check(isBetween({ minimum: 0, maximum: mostWeight }))
    })
  ),
  threshold: optionalKey2(Count.check(isGreaterThan2(0)))
});
var mostListed = 1024;
var Explicit = TaggedStruct("Explicit", {
  quorums: SetOf(SetOf(ServerId)).check(isMaxLength(mostListed))
});
var QuorumSystem = Union2([Majority, Supermajority, Masking, Weighted, Explicit]);
var countsMembers = (system) => quorumSize(system, 1) !== void 0;
var majorityOf = (size) => Math.floor(size / 2) + 1;
var supermajorityOf = (size) => Math.ceil((size + Math.ceil(size / 3)) / 2);
var maskingOf = (size) => Math.ceil((size + 2 * Math.ceil(size / 4) - 1) / 2);
var quorumSize = ({ _tag }, members) => {
  switch (_tag) {
    case "Majority":
      return majorityOf(members);
    case "Supermajority":
      return supermajorityOf(members);
    case "Masking":
      return maskingOf(members);
    case "Weighted":
    case "Explicit":
      return void 0;
  }
};
var containsQuorum = (system, members, nodes) => {
  const present = members.filter((member) => nodes.includes(member));
  switch (system._tag) {
    case "Majority":
      return present.length >= majorityOf(members.length);
    case "Supermajority":
      return present.length >= supermajorityOf(members.length);
    case "Masking":
      return present.length >= maskingOf(members.length);
    case "Weighted":
      return weightOf(system, present) >= thresholdOf(system);
    case "Explicit":
      return system.quorums.some((quorum) => quorum.every((member) => present.includes(member)));
  }
};
var thresholdOf = (system) => system.threshold ?? majorityOf(system.weights.reduce((sum, { weight }) => sum + weight, 0));
var weightOf = (system, nodes) => system.weights.reduce((sum, { server: server12, weight }) => nodes.includes(server12) ? sum + weight : sum, 0);
var mostExaminedMembers = 20;
var tooFewShared = (first, second, members, leastShared = 1) => {
  const [size, otherSize] = [quorumSize(first, members.length), quorumSize(second, members.length)];
  if (size !== void 0 && otherSize !== void 0) {
    const isEnough2 = size + otherSize - members.length >= leastShared;
    return isEnough2 ? void 0 : [members.slice(0, size), members.slice(members.length - otherSize)];
  }
  if (first._tag !== "Explicit" && second._tag === "Explicit") {
    const apart = tooFewShared(second, first, members, leastShared);
    return apart === void 0 ? void 0 : [apart[1], apart[0]];
  }
  const [isFirst, isSecond] = [quorumTest(first, members), quorumTest(second, members)];
  const all2 = 2 ** members.length - 1;
  const listed4 = first._tag === "Explicit" ? first.quorums.map((quorum) => bitsOf(quorum, members)) : void 0;
  for (const sharing of subsets(members, Math.min(leastShared - 1, members.length))) {
    const shared = bitsOf(sharing, members);
    const areApart = (part2) => isFirst(part2 | shared) && isSecond(all2 & ~part2 | shared);
    const part = listed4 === void 0 ? firstUpTo(all2, areApart) : listed4.find(areApart);
    if (part === void 0) continue;
    const [left, right] = [ofBits(part | shared, members), ofBits(all2 & ~part | shared, members)];
    return [leastQuorum(first, members, left), leastQuorum(second, members, right)];
  }
  return void 0;
};
var firstUpTo = (last, isSo) => {
  for (let number3 = 0; number3 <= last; number3++) if (isSo(number3)) return number3;
  return void 0;
};
var bitsOf = (nodes, members) => members.reduce((bits, member, index) => nodes.includes(member) ? bits | 1 << index : bits, 0);
var ofBits = (bits, members) => members.filter((_2, index) => (bits & 1 << index) !== 0);
var quorumTest = (system, members) => {
  const size = quorumSize(system, members.length);
  if (size !== void 0) {
    const count2 = sumOver(members.map(() => 1));
    return (bits) => count2(bits) >= size;
  }
  if (system._tag === "Weighted") {
    const weight = sumOver(members.map((member) => weightOf(system, [member])));
    const threshold = thresholdOf(system);
    return (bits) => weight(bits) >= threshold;
  }
  if (system._tag === "Explicit") {
    const quorums = system.quorums.filter((quorum) => without(quorum, members).length === 0).map((quorum) => bitsOf(quorum, members));
    return (bits) => quorums.some((quorum) => (quorum & bits) === quorum);
  }
  return (bits) => containsQuorum(system, members, ofBits(bits, members));
};
var sumOver = (numbers) => {
  const half = Math.ceil(numbers.length / 2);
  const [low, high] = [sumsOf(numbers.slice(0, half)), sumsOf(numbers.slice(half))];
  const mask = 2 ** half - 1;
  return (bits) => (low[bits & mask] ?? 0) + (high[bits >> half & mask] ?? 0);
};
var sumsOf = (numbers) => numbers.reduce((sums, number3) => [...sums, ...sums.map((sum) => sum + number3)], [0]);
var subsets = (members, size) => size <= 0 ? [[]] : members.flatMap(
  (first, index) => subsets(members.slice(index + 1), size - 1).map((rest) => [first, ...rest])
);
var leastQuorum = (system, members, nodes) => members.filter((member) => nodes.includes(member)).reduce(
  (kept2, node) => {
    const fewer = kept2.filter((member) => member !== node);
    return containsQuorum(system, members, fewer) ? fewer : kept2;
  },
  members.filter((member) => nodes.includes(member))
);

// spec/configuration/tolerated-faults.ts
var crashFaults = {
  name: "crash",
  quorums: { _tag: "Majority" },
  mostFaulty: (members) => Math.ceil(members / 2) - 1,
  leastShared: () => 1,
  share: { words: "half of", divisor: 2 },
  survives: (lost, current) => 2 * lost < current
};
var byzantineFaults = {
  name: "byzantine",
  quorums: { _tag: "Supermajority" },
  mostFaulty: (members) => Math.ceil(members / 3) - 1,
  leastShared: (members) => Math.ceil(members / 3),
  share: { words: "a third of", divisor: 3 },
  survives: (lost, current) => 3 * lost < current
};
var maskingFaults = {
  name: "masking",
  quorums: { _tag: "Masking" },
  mostFaulty: (members) => Math.ceil(members / 4) - 1,
  leastShared: (members) => 2 * Math.ceil(members / 4) - 1,
  share: { words: "a quarter of", divisor: 4 },
  survives: (lost, current) => 4 * lost < current
};

// spec/configuration/configuration.ts
var Configuration = Struct({
  members: Members.check(isMinLength(1)),
  read: QuorumSystem,
  write: QuorumSystem
}).check(makeFilter2((configuration) => refusalOf(configuration, crashFaults)?.message));
var QuorumsDoNotIntersect = class extends TaggedError3()(
  "QuorumsDoNotIntersect",
  {
    readQuorum: ServerSet,
    writeQuorum: ServerSet,
    /** How many members they must share. */
    leastShared: Int
  }
) {
  get message() {
    const quorums = `read quorum ${listed(this.readQuorum)} and write quorum ${listed(this.writeQuorum)}`;
    return this.leastShared === 1 ? `${quorums} have no member in common: a read could miss a completed write` : `${quorums} share fewer than ${this.leastShared} members: all that they share could be faulty`;
  }
};
var ConfigurationIllFormed = class extends TaggedError3()(
  "ConfigurationIllFormed",
  {
    reason: String4
  }
) {
  get message() {
    return this.reason;
  }
};
var majority = (members) => ({
  members: setOf(members),
  read: { _tag: "Majority" },
  write: { _tag: "Majority" }
});
var withMembers = ({ read, write }, members) => countsMembers(read) && countsMembers(write) ? { members: setOf(members), read, write } : majority(members);
var countsOnly = ({ read, write }) => countsMembers(read) && countsMembers(write);
var make6 = (members, read, write = read, faults = crashFaults) => {
  const configuration = {
    members: setOf(members),
    read: canonicalSystem(read),
    write: canonicalSystem(write)
  };
  const refusal2 = refusalOf(configuration, faults);
  return refusal2 === void 0 ? succeed2(configuration) : fail2(refusal2);
};
var refusalOf = (configuration, faults) => {
  const { members, read, write } = configuration;
  const reason = illFormed(configuration, "read") ?? illFormed(configuration, "write");
  if (reason !== void 0) return new ConfigurationIllFormed({ reason });
  const leastShared = faults.leastShared(members.length);
  const apart = tooFewShared(read, write, members, leastShared);
  return apart && new QuorumsDoNotIntersect({ readQuorum: apart[0], writeQuorum: apart[1], leastShared });
};
var canonicalSystem = (system) => {
  switch (system._tag) {
    case "Majority":
    case "Supermajority":
    case "Masking":
      return system;
    case "Weighted":
      return { ...system, weights: setOf(system.weights) };
    case "Explicit":
      return { ...system, quorums: setOf(system.quorums.map((quorum) => setOf(quorum))) };
  }
};
var illFormed = ({ members, ...systems }, access) => {
  const system = systems[access];
  if (members.length === 0) return "a configuration needs at least one member";
  if (members.length > mostMembers) {
    return `a configuration has at most ${mostMembers} members; here are ${members.length}`;
  }
  if (countsMembers(system)) return void 0;
  if (members.length > mostExaminedMembers) {
    return `quorums other than majorities are examined set by set, for at most ${mostExaminedMembers} members; here are ${members.length}`;
  }
  const named4 = system._tag === "Weighted" ? system.weights.map(({ server: server12 }) => server12) : system._tag === "Explicit" ? system.quorums.flat() : [];
  const stranger = named4.find((server12) => !members.includes(server12));
  if (system._tag === "Weighted" && system.weights.some(({ weight }) => weight < 0)) {
    return `a weight of the ${access} quorums is negative`;
  }
  if (system._tag === "Weighted" && system.weights.some(({ weight }) => weight > mostWeight)) {
    return `a weight of the ${access} quorums is larger than ${mostWeight}`;
  }
  if (system._tag === "Explicit" && system.quorums.length > mostListed) {
    return `at most ${mostListed} ${access} quorums are examined; here are ${system.quorums.length}`;
  }
  if (stranger !== void 0) return `the ${access} quorums name ${stranger}, which is not a member`;
  if (!containsQuorum(system, members, members)) {
    return `all members together are no ${access} quorum, so no ${access} could ever complete`;
  }
  return containsQuorum(system, members, []) ? `the empty set would be a ${access} quorum` : void 0;
};
var isQuorum = (configuration, access, nodes) => containsQuorum(configuration[access], configuration.members, nodes);
var isQuorumWith = (configuration, access, nodes, more) => {
  const others = without(configuration.members, nodes);
  return subsets(others, Math.min(more, others.length)).some(
    (some3) => isQuorum(configuration, access, union2(nodes, some3))
  );
};
var changedMembers = (members, add3, remove) => without(union2(members, add3), remove);
var listed = (members) => `{${members.join(",")}}`;

// node_modules/ts-pattern/dist/index.js
var t = /* @__PURE__ */ Symbol.for("@ts-pattern/matcher");
var e = /* @__PURE__ */ Symbol.for("@ts-pattern/isVariadic");
var n = "@ts-pattern/anonymous-select-key";
var r = (t2) => Boolean(t2 && "object" == typeof t2);
var i = (e2) => e2 && !!e2[t];
var o = (n2, s2, c2) => {
  if (i(n2)) {
    const e2 = n2[t](), { matched: r2, selections: i2 } = e2.match(s2);
    return r2 && i2 && Object.keys(i2).forEach((t2) => c2(t2, i2[t2])), r2;
  }
  if (r(n2)) {
    if (!r(s2)) return false;
    if (Array.isArray(n2)) {
      if (!Array.isArray(s2)) return false;
      let t2 = [], r2 = [], u2 = [];
      for (const o2 of n2.keys()) {
        const s3 = n2[o2];
        i(s3) && s3[e] ? u2.push(s3) : u2.length ? r2.push(s3) : t2.push(s3);
      }
      if (u2.length) {
        if (u2.length > 1) throw new Error("Pattern error: Using `...P.array(...)` several times in a single pattern is not allowed.");
        if (s2.length < t2.length + r2.length) return false;
        const e2 = s2.slice(0, t2.length), n3 = 0 === r2.length ? [] : s2.slice(-r2.length), i2 = s2.slice(t2.length, 0 === r2.length ? Infinity : -r2.length);
        return t2.every((t3, n4) => o(t3, e2[n4], c2)) && r2.every((t3, e3) => o(t3, n3[e3], c2)) && (0 === u2.length || o(u2[0], i2, c2));
      }
      return n2.length === s2.length && n2.every((t3, e2) => o(t3, s2[e2], c2));
    }
    return Reflect.ownKeys(n2).every((e2) => {
      const r2 = n2[e2];
      return (e2 in s2 || i(u2 = r2) && "optional" === u2[t]().matcherType) && o(r2, s2[e2], c2);
      var u2;
    });
  }
  return Object.is(s2, n2);
};
var s = (e2) => {
  var n2, o2, u2;
  return r(e2) ? i(e2) ? null != (n2 = null == (o2 = (u2 = e2[t]()).getSelectionKeys) ? void 0 : o2.call(u2)) ? n2 : [] : Array.isArray(e2) ? c(e2, s) : c(Object.values(e2), s) : [];
};
var c = (t2, e2) => t2.reduce((t3, n2) => t3.concat(e2(n2)), []);
function u(...t2) {
  if (1 === t2.length) {
    const [e2] = t2;
    return (t3) => o(e2, t3, () => {
    });
  }
  if (2 === t2.length) {
    const [e2, n2] = t2;
    return o(e2, n2, () => {
    });
  }
  throw new Error(`isMatching wasn't given the right number of arguments: expected 1 or 2, received ${t2.length}.`);
}
function a(t2) {
  return Object.assign(t2, { optional: () => h(t2), and: (e2) => d(t2, e2), or: (e2) => y(t2, e2), select: (e2) => void 0 === e2 ? v(t2) : v(e2, t2) });
}
function l(t2) {
  return Object.assign(((t3) => Object.assign(t3, { [Symbol.iterator]() {
    let n2 = 0;
    const r2 = [{ value: Object.assign(t3, { [e]: true }), done: false }, { done: true, value: void 0 }];
    return { next: () => {
      var t4;
      return null != (t4 = r2[n2++]) ? t4 : r2.at(-1);
    } };
  } }))(t2), { optional: () => l(h(t2)), select: (e2) => l(void 0 === e2 ? v(t2) : v(e2, t2)) });
}
function h(e2) {
  return a({ [t]: () => ({ match: (t2) => {
    let n2 = {};
    const r2 = (t3, e3) => {
      n2[t3] = e3;
    };
    return void 0 === t2 ? (s(e2).forEach((t3) => r2(t3, void 0)), { matched: true, selections: n2 }) : { matched: o(e2, t2, r2), selections: n2 };
  }, getSelectionKeys: () => s(e2), matcherType: "optional" }) });
}
var f = (t2, e2) => {
  for (const n2 of t2) if (!e2(n2)) return false;
  return true;
};
var g = (t2, e2) => {
  for (const [n2, r2] of t2.entries()) if (!e2(r2, n2)) return false;
  return true;
};
var m = (t2, e2) => {
  const n2 = Reflect.ownKeys(t2);
  for (const r2 of n2) if (!e2(r2, t2[r2])) return false;
  return true;
};
function d(...e2) {
  return a({ [t]: () => ({ match: (t2) => {
    let n2 = {};
    const r2 = (t3, e3) => {
      n2[t3] = e3;
    };
    return { matched: e2.every((e3) => o(e3, t2, r2)), selections: n2 };
  }, getSelectionKeys: () => c(e2, s), matcherType: "and" }) });
}
function y(...e2) {
  return a({ [t]: () => ({ match: (t2) => {
    let n2 = {};
    const r2 = (t3, e3) => {
      n2[t3] = e3;
    };
    return c(e2, s).forEach((t3) => r2(t3, void 0)), { matched: e2.some((e3) => o(e3, t2, r2)), selections: n2 };
  }, getSelectionKeys: () => c(e2, s), matcherType: "or" }) });
}
function p(e2) {
  return { [t]: () => ({ match: (t2) => ({ matched: Boolean(e2(t2)) }) }) };
}
function v(...e2) {
  const r2 = "string" == typeof e2[0] ? e2[0] : void 0, i2 = 2 === e2.length ? e2[1] : "string" == typeof e2[0] ? void 0 : e2[0];
  return a({ [t]: () => ({ match: (t2) => {
    let e3 = { [null != r2 ? r2 : n]: t2 };
    return { matched: void 0 === i2 || o(i2, t2, (t3, n2) => {
      e3[t3] = n2;
    }), selections: e3 };
  }, getSelectionKeys: () => [null != r2 ? r2 : n].concat(void 0 === i2 ? [] : s(i2)) }) });
}
function b(t2) {
  return true;
}
function w(t2) {
  return "number" == typeof t2;
}
function S(t2) {
  return "string" == typeof t2;
}
function j(t2) {
  return "bigint" == typeof t2;
}
var K = a(p(b));
var O = a(p(b));
var E = K;
var x = (t2) => Object.assign(a(t2), { startsWith: (e2) => {
  return x(d(t2, (n2 = e2, p((t3) => S(t3) && t3.startsWith(n2)))));
  var n2;
}, endsWith: (e2) => {
  return x(d(t2, (n2 = e2, p((t3) => S(t3) && t3.endsWith(n2)))));
  var n2;
}, minLength: (e2) => x(d(t2, ((t3) => p((e3) => S(e3) && e3.length >= t3))(e2))), length: (e2) => x(d(t2, ((t3) => p((e3) => S(e3) && e3.length === t3))(e2))), maxLength: (e2) => x(d(t2, ((t3) => p((e3) => S(e3) && e3.length <= t3))(e2))), includes: (e2) => {
  return x(d(t2, (n2 = e2, p((t3) => S(t3) && t3.includes(n2)))));
  var n2;
}, regex: (e2) => {
  return x(d(t2, (n2 = e2, p((t3) => S(t3) && Boolean(t3.match(n2))))));
  var n2;
} });
var A = x(p(S));
var N = (t2) => Object.assign(a(t2), { between: (e2, n2) => N(d(t2, ((t3, e3) => p((n3) => w(n3) && t3 <= n3 && e3 >= n3))(e2, n2))), lt: (e2) => N(d(t2, ((t3) => p((e3) => w(e3) && e3 < t3))(e2))), gt: (e2) => N(d(t2, ((t3) => p((e3) => w(e3) && e3 > t3))(e2))), lte: (e2) => N(d(t2, ((t3) => p((e3) => w(e3) && e3 <= t3))(e2))), gte: (e2) => N(d(t2, ((t3) => p((e3) => w(e3) && e3 >= t3))(e2))), int: () => N(d(t2, p((t3) => w(t3) && Number.isInteger(t3)))), finite: () => N(d(t2, p((t3) => w(t3) && Number.isFinite(t3)))), positive: () => N(d(t2, p((t3) => w(t3) && t3 > 0))), negative: () => N(d(t2, p((t3) => w(t3) && t3 < 0))) });
var P = N(p(w));
var k = (t2) => Object.assign(a(t2), { between: (e2, n2) => k(d(t2, ((t3, e3) => p((n3) => j(n3) && t3 <= n3 && e3 >= n3))(e2, n2))), lt: (e2) => k(d(t2, ((t3) => p((e3) => j(e3) && e3 < t3))(e2))), gt: (e2) => k(d(t2, ((t3) => p((e3) => j(e3) && e3 > t3))(e2))), lte: (e2) => k(d(t2, ((t3) => p((e3) => j(e3) && e3 <= t3))(e2))), gte: (e2) => k(d(t2, ((t3) => p((e3) => j(e3) && e3 >= t3))(e2))), positive: () => k(d(t2, p((t3) => j(t3) && t3 > 0))), negative: () => k(d(t2, p((t3) => j(t3) && t3 < 0))) });
var T = k(p(j));
var B = a(p(function(t2) {
  return "boolean" == typeof t2;
}));
var _ = a(p(function(t2) {
  return "symbol" == typeof t2;
}));
var W = a(p(function(t2) {
  return null == t2;
}));
var $ = a(p(function(t2) {
  return null != t2;
}));
var z = { __proto__: null, matcher: t, optional: h, array: function(...e2) {
  return l({ [t]: () => ({ match: (t2) => {
    if (!Array.isArray(t2)) return { matched: false };
    if (0 === e2.length) return { matched: true };
    const n2 = e2[0];
    let r2 = {};
    if (0 === t2.length) return s(n2).forEach((t3) => {
      r2[t3] = [];
    }), { matched: true, selections: r2 };
    const i2 = (t3, e3) => {
      r2[t3] = (r2[t3] || []).concat([e3]);
    };
    return { matched: t2.every((t3) => o(n2, t3, i2)), selections: r2 };
  }, getSelectionKeys: () => 0 === e2.length ? [] : s(e2[0]) }) });
}, set: function(...e2) {
  return a({ [t]: () => ({ match: (t2) => {
    if (!(t2 instanceof Set)) return { matched: false };
    let n2 = {};
    if (0 === t2.size) return { matched: true, selections: n2 };
    if (0 === e2.length) return { matched: true };
    const r2 = (t3, e3) => {
      n2[t3] = (n2[t3] || []).concat([e3]);
    }, i2 = e2[0];
    return { matched: f(t2, (t3) => o(i2, t3, r2)), selections: n2 };
  }, getSelectionKeys: () => 0 === e2.length ? [] : s(e2[0]) }) });
}, map: function(...e2) {
  return a({ [t]: () => ({ match: (t2) => {
    if (!(t2 instanceof Map)) return { matched: false };
    let n2 = {};
    if (0 === t2.size) return { matched: true, selections: n2 };
    const r2 = (t3, e3) => {
      n2[t3] = (n2[t3] || []).concat([e3]);
    };
    if (0 === e2.length) return { matched: true };
    var i2;
    if (1 === e2.length) throw new Error(`\`P.map\` wasn't given enough arguments. Expected (key, value), received ${null == (i2 = e2[0]) ? void 0 : i2.toString()}`);
    const [s2, c2] = e2;
    return { matched: g(t2, (t3, e3) => {
      const n3 = o(s2, e3, r2), i3 = o(c2, t3, r2);
      return n3 && i3;
    }), selections: n2 };
  }, getSelectionKeys: () => 0 === e2.length ? [] : [...s(e2[0]), ...s(e2[1])] }) });
}, record: function(...e2) {
  return a({ [t]: () => ({ match: (t2) => {
    if (null === t2 || "object" != typeof t2 || Array.isArray(t2)) return { matched: false };
    var n2;
    if (0 === e2.length) throw new Error(`\`P.record\` wasn't given enough arguments. Expected (value) or (key, value), received ${null == (n2 = e2[0]) ? void 0 : n2.toString()}`);
    let r2 = {};
    const i2 = (t3, e3) => {
      r2[t3] = (r2[t3] || []).concat([e3]);
    }, [s2, c2] = 1 === e2.length ? [A, e2[0]] : e2;
    return { matched: m(t2, (t3, e3) => {
      const n3 = "string" != typeof t3 || Number.isNaN(Number(t3)) ? null : Number(t3), r3 = null !== n3 && o(s2, n3, i2), u2 = o(s2, t3, i2), a2 = o(c2, e3, i2);
      return (u2 || r3) && a2;
    }), selections: r2 };
  }, getSelectionKeys: () => 0 === e2.length ? [] : [...s(e2[0]), ...s(e2[1])] }) });
}, intersection: d, union: y, not: function(e2) {
  return a({ [t]: () => ({ match: (t2) => ({ matched: !o(e2, t2, () => {
  }) }), getSelectionKeys: () => [], matcherType: "not" }) });
}, when: p, select: v, any: K, unknown: O, _: E, string: A, number: P, bigint: T, boolean: B, symbol: _, nullish: W, nonNullable: $, instanceOf: function(t2) {
  return a(p(/* @__PURE__ */ (function(t3) {
    return (e2) => e2 instanceof t3;
  })(t2)));
}, shape: function(t2) {
  return a(p(u(t2)));
} };
var I = class extends Error {
  constructor(t2) {
    let e2;
    try {
      e2 = JSON.stringify(t2);
    } catch (n2) {
      e2 = t2;
    }
    super(`Pattern matching error: no pattern matches value ${e2}`), this.input = void 0, this.input = t2;
  }
};
var L = { matched: false, value: void 0 };
function M(t2) {
  return new R(t2, L);
}
var R = class _R {
  constructor(t2, e2) {
    this.input = void 0, this.state = void 0, this.input = t2, this.state = e2;
  }
  with(...t2) {
    if (this.state.matched) return this;
    const e2 = t2[t2.length - 1], r2 = [t2[0]];
    let i2;
    3 === t2.length && "function" == typeof t2[1] ? i2 = t2[1] : t2.length > 2 && r2.push(...t2.slice(1, t2.length - 1));
    let s2 = false, c2 = {};
    const u2 = (t3, e3) => {
      s2 = true, c2[t3] = e3;
    }, a2 = !r2.some((t3) => o(t3, this.input, u2)) || i2 && !Boolean(i2(this.input)) ? L : { matched: true, value: e2(s2 ? n in c2 ? c2[n] : c2 : this.input, this.input) };
    return new _R(this.input, a2);
  }
  when(t2, e2) {
    if (this.state.matched) return this;
    const n2 = Boolean(t2(this.input));
    return new _R(this.input, n2 ? { matched: true, value: e2(this.input, this.input) } : L);
  }
  otherwise(t2) {
    return this.state.matched ? this.state.value : t2(this.input);
  }
  exhaustive(t2 = F) {
    return this.state.matched ? this.state.value : t2(this.input);
  }
  run() {
    return this.exhaustive();
  }
  returnType() {
    return this;
  }
  narrow() {
    return this;
  }
};
function F(t2) {
  throw new I(t2);
}

// spec/kernel/process.ts
var become = (state) => ({
  state,
  sends: [],
  observations: []
});
var ignore2 = become;

// spec/directory/directory.ts
var DirectoryId = NodeId.pipe(brand("DirectoryId")).annotate(identityOf("directory"));
var directory = decodeSync(DirectoryId);
var Directory = Struct({ number: Count, members: Members });
var Announce = TaggedStruct("Announce", { number: Count, members: Members });
var Announced = TaggedStruct("Announced", { number: Count });
var Hint = TaggedStruct("Hint", { members: Members });
var Message = Union2([Announce, Announced, Hint]);
var directoryIn = ({ directory: directory2 }) => directory2 === void 0 ? [] : [{ id: directory2, role: "directory" }];
var initial = ({ configuration }) => ({
  number: 0,
  members: configuration.members
});
var receiveAnnounce = ({ clients: clients2 }, state, from, { number: number3, members }) => {
  const announced = { to: from, message: { _tag: "Announced", number: number3 } };
  if (!isNews(state, number3)) return { state, sends: [announced], observations: [] };
  const others = clients2.filter((client13) => client13 !== from);
  const hints = others.map((to) => ({ to, message: { _tag: "Hint", members } }));
  return { state: { number: number3, members }, sends: [announced, ...hints], observations: [] };
};
var isNews = (state, number3) => number3 > state.number;
var directoryService = () => ({
  State: Directory,
  durable: true,
  initial: (context2) => initial(context2),
  ready: () => false,
  choices: () => [],
  step: (context2, _self, state, input) => {
    if (input._tag !== "Receive") return ignore2(state);
    const { from, message } = input;
    return isAnnounce(message) ? receiveAnnounce(context2, state, from, message) : ignore2(state);
  },
  promises: {
    onlyAnswers: (_context, _self, state, _from, message) => isAnnounce(message) && !isNews(state, message.number)
  }
});
var isAnnounce = (message) => message._tag === "Announce";
var describeMessage = (message) => M(message).with({ _tag: "Announce" }, ({ members }) => `the storage nodes are ${listed(members)}`).with({ _tag: "Announced" }, () => "noted").with({ _tag: "Hint" }, ({ members }) => `the storage nodes may be ${listed(members)}`).exhaustive();

// spec/kernel/cryptography.ts
var termAnnotation = "quorate/term";
var SigningKey = (owner) => Struct({ owner, secret: optionalKey2(String4) }).annotate({
  [termAnnotation]: "signing key"
});
var Signed = (signer, content) => Struct({ signer, content, signature: optionalKey2(String4) }).annotate({
  [termAnnotation]: "signed"
});
var forged = "forged";
var symbolic = {
  ownKey: (owner) => ({ owner }),
  sign: ({ owner }, content) => ({ signer: owner, content }),
  verifies: ({ signature }) => signature === void 0
};

// spec/kernel/schema-shape.ts
var annotation = (ast, key) => [ast, ...ast.checks ?? []].map(({ annotations }) => annotations?.[key]).find((found) => found !== void 0);
var tests = /* @__PURE__ */ new WeakMap();
var accepts = (ast) => {
  const test = tests.get(ast) ?? is2(make5(ast));
  tests.set(ast, test);
  return test;
};
var hasShape = (ast) => {
  const shape = make5(toType(ast));
  const decode2 = decodeUnknownExit2(shape, { disableChecks: true });
  return (value) => isSuccess3(decode2(value));
};
var alternatives = (ast) => ast._tag === "Union" ? ast.types.flatMap(alternatives) : [ast];
var byMember = (ast, make8) => {
  const members = alternatives(ast).map((type) => ({
    tag: tagLiteral(type),
    accepts: accepts(type),
    hasShape: hasShape(type),
    made: make8(type)
  }));
  const byTag = new Map(members.map((member) => [member.tag, member]));
  const isTagged2 = byTag.size === members.length && !byTag.has(void 0);
  return (value) => {
    if (isTagged2) return byTag.get(value?._tag)?.made;
    const found = members.find((member) => member.accepts(value)) ?? members.find((member) => member.hasShape(value));
    return found?.made;
  };
};
var tagLiteral = (ast) => {
  if (ast._tag !== "Objects") return void 0;
  const type = ast.propertySignatures.find(({ name }) => name === "_tag")?.type;
  return type?._tag === "Literal" ? String(type.literal) : void 0;
};

// spec/kernel/adversary.ts
var strengths = ["silent", "stale", "equivocating", "arbitrary"];
var usualLies = [9, "lie"];
var derivation = (adversary) => ({
  learn: (knowledge, { ast }, value) => {
    const heard = [];
    listenerFor(ast)(value, "", (at, part) => heard.push({ at, value: part }));
    return setOf([...knowledge, ...heard]);
  },
  derivable: (knowledge, { ast }) => adversary.strength === "silent" ? [] : new Building(adversary, knowledge).build(ast, "", 0)
});
var listeners = /* @__PURE__ */ new WeakMap();
var listenerFor = (ast) => {
  const known2 = listeners.get(ast);
  if (known2 !== void 0) return known2;
  listeners.set(ast, (value, field, note) => made(value, field, note));
  const made = listener(ast);
  listeners.set(ast, made);
  return made;
};
var placeOf = {
  identity: (kind) => `node ${String(kind)}`,
  term: (kind) => kind,
  leaf: (field) => field,
  record: (field) => `${field}{}`,
  array: (field) => `${field}[]`
};
var listener = (ast) => {
  const identity2 = annotation(ast, identityAnnotation);
  if (identity2 !== void 0) return (value, _2, note) => note(placeOf.identity(identity2), value);
  const term = annotation(ast, termAnnotation);
  switch (ast._tag) {
    case "Literal":
    case "Null":
    case "Undefined":
    case "Boolean":
      return () => void 0;
    case "Union": {
      const listenerOf = byMember(ast, listenerFor);
      return (value, field, note) => listenerOf(value)?.(value, field, note);
    }
    case "Suspend":
      return (value, field, note) => listenerFor(ast.thunk())(value, field, note);
    case "Arrays": {
      const item = ast.rest[0];
      return (value, field, note) => {
        note(placeOf.array(field), value);
        value.forEach((part, index) => {
          const type = ast.elements[index] ?? item;
          if (type !== void 0) listenerFor(type)(part, field, note);
        });
      };
    }
    case "Objects":
      return recordListener(ast, term);
    default:
      return (value, field, note) => note(placeOf.leaf(field), value);
  }
};
var recordListener = (ast, term) => {
  const fields = ast.propertySignatures;
  const other = ast.indexSignatures[0]?.type;
  return (value, field, note) => {
    if (term !== void 0) note(placeOf.term(term), value);
    else if (field !== "") note(placeOf.record(field), value);
    const record2 = value;
    for (const { name, type } of fields) {
      const part = record2[String(name)];
      if (part !== void 0 && !isSecret(term, String(name))) listenerFor(type)(part, String(name), note);
    }
    if (other === void 0) return;
    const named4 = new Set(fields.map(({ name }) => String(name)));
    for (const [name, part] of Object.entries(record2))
      if (!named4.has(name)) listenerFor(other)(part, name, note);
  };
};
var isSecret = (term, field) => term !== void 0 && (field === "signature" || field === "secret");
var Building = class {
  adversary;
  known = /* @__PURE__ */ new Map();
  constructor(adversary, knowledge) {
    this.adversary = adversary;
    for (const { at, value } of knowledge) this.known.set(at, [...this.known.get(at) ?? [], value]);
  }
  /** All values of this type that can be built, to stand in this field at this depth of a message. */
  build(ast, field, depth) {
    const identity2 = annotation(ast, identityAnnotation);
    if (identity2 !== void 0) return this.at(placeOf.identity(identity2), ast);
    const term = annotation(ast, termAnnotation);
    if (term === "signing key") return this.at(placeOf.term(term), ast);
    if (term === "signed") return this.signed(ast, depth);
    switch (ast._tag) {
      case "Literal":
        return [ast.literal];
      case "Null":
        return [null];
      case "Undefined":
        return [void 0];
      case "Boolean":
        return [false, true];
      case "Union":
        return distinct(alternatives(ast).flatMap((member) => this.build(member, field, depth)));
      case "Suspend":
        return this.build(ast.thunk(), field, depth);
      case "Arrays":
        return distinct([...this.at(placeOf.array(field), ast), ...this.lies(field, ast)]);
      case "Objects":
        return this.record(ast, field, depth);
      default:
        return distinct([...this.at(placeOf.leaf(field), ast), ...this.lies(field, ast)]);
    }
  }
  get putsTogether() {
    return this.adversary.strength === "equivocating" || this.adversary.strength === "arbitrary";
  }
  /** What is known to stand there, as far as it is of this type. */
  at(place, ast) {
    return (this.known.get(place) ?? []).filter(accepts(ast));
  }
  lies(field, ast) {
    const { strength, domain } = this.adversary;
    return strength === "arbitrary" ? (domain?.[field] ?? usualLies).filter(accepts(ast)) : [];
  }
  /** A stale adversary repeats the records within a message as they were; a stronger one puts them together. */
  record(ast, field, depth) {
    const heard = this.at(placeOf.record(field), ast);
    if (depth > 0 && !this.putsTogether) return heard;
    const built = ast.propertySignatures.reduce(
      (records, { name, type }) => {
        const values = this.build(type, String(name), depth + 1);
        const choices2 = type.context?.isOptional === true ? [void 0, ...values] : values;
        return records.flatMap(
          (record2) => choices2.map((value) => value === void 0 ? record2 : { ...record2, [String(name)]: value })
        );
      },
      [{}]
    );
    return depth > 0 ? distinct([...heard, ...built]) : built;
  }
  /** Signed terms that were heard; those that a known key makes; and, made up, those whose signature verifies nowhere. */
  signed(ast, depth) {
    const heard = this.at(placeOf.term("signed"), ast);
    if (!this.putsTogether) return heard;
    const typeOf = (field) => {
      const found = ast.propertySignatures.find(({ name }) => name === field);
      return found.type;
    };
    const contents = this.build(typeOf("content"), "content", depth + 1);
    const isSigner = accepts(typeOf("signer"));
    const keys = this.known.get(placeOf.term("signing key")) ?? [];
    const signers = keys.map(({ owner }) => owner).filter(isSigner);
    const made = signers.flatMap((signer) => contents.map((content) => ({ signer, content })));
    if (this.adversary.strength !== "arbitrary") return distinct([...heard, ...made]);
    const madeUp = this.build(typeOf("signer"), "signer", depth + 1).flatMap(
      (signer) => contents.map((content) => ({ signer, content, signature: forged }))
    );
    return distinct([...heard, ...made, ...madeUp]);
  }
};
var distinct = (values) => [
  ...new Map(values.map((value) => [canonical(value), value])).values()
];

// spec/kernel/fault.ts
var crash = { name: "crash", verb: "crashes" };
var corruption = { name: "corruption", verb: "is corrupted", isTakenOver: true };

// spec/kernel/object.ts
var objectTypeOf = (types, { _tag }) => types.find(({ kinds }) => kinds.some(({ tag: tag2 }) => tag2 === _tag));
var describeOperation = (types, operation) => objectTypeOf(types, operation)?.describe(operation) ?? operation._tag;

// spec/kernel/protocol.ts
var variantOf = ({ variants: variants12 }, wanted) => variants12.find(({ name }) => name === wanted);
var systemOf = (protocol, parameters, variant, cryptography = symbolic) => ({
  context: { ...parameters, rules: variant.rules, cryptography },
  parameters,
  nodes: protocol.nodes(parameters).map(({ id, role }) => {
    const process2 = protocol.roles[role];
    if (process2 === void 0) throw new Error(`${protocol.name} has no role ${role}`);
    return { id, role, process: process2 };
  })
});

// spec/kernel/renaming.ts
var renamer = (schema) => {
  const walk = walker(schema.ast);
  return (renaming, value) => walk(renaming, value);
};
var identitiesIn = (schema) => {
  const walk = walker(schema.ast);
  return (value) => {
    const found = [];
    walk(new Listing(found), value);
    return found;
  };
};
var Listing = class extends Map {
  found;
  constructor(found) {
    super();
    this.found = found;
  }
  get(identity2) {
    this.found.push(identity2);
    return void 0;
  }
};
var unchanged = (_2, value) => value;
var walkers = /* @__PURE__ */ new WeakMap();
var walker = (ast) => {
  const known2 = walkers.get(ast);
  if (known2 !== void 0) return known2;
  walkers.set(ast, (renaming, value) => made(renaming, value));
  const made = make7(ast);
  walkers.set(ast, made);
  return made;
};
var make7 = (ast) => {
  if (annotation(ast, identityAnnotation) !== void 0) {
    return (renaming, value) => renaming.get(value) ?? value;
  }
  switch (ast._tag) {
    case "Arrays":
      return arrayWalk(ast);
    case "Objects":
      return recordWalk(ast);
    case "Union":
      return unionWalk(ast);
    case "Suspend":
      return (renaming, value) => walker(ast.thunk())(renaming, value);
    default:
      return unchanged;
  }
};
var arrayWalk = (ast) => {
  const elements = ast.elements.map(walker);
  const rest = ast.rest.map(walker);
  const isSet2 = annotation(ast, setAnnotation) === true;
  return (renaming, value) => {
    const renamed = value.map(
      (item, index) => (elements[index] ?? rest[0] ?? unchanged)(renaming, item)
    );
    return isSet2 ? setOf(renamed) : renamed;
  };
};
var recordWalk = (ast) => {
  const fields = new Map(ast.propertySignatures.map((field) => [field.name, walker(field.type)]));
  const index = ast.indexSignatures[0];
  const renameKey = index === void 0 ? unchanged : walker(index.parameter);
  const other = index === void 0 ? unchanged : walker(index.type);
  return (renaming, value) => Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const field = fields.get(key);
      return field === void 0 ? [renameKey(renaming, key), other(renaming, item)] : [key, field(renaming, item)];
    })
  );
};
var unionWalk = (ast) => {
  const walkFor = byMember(ast, walker);
  return (renaming, value) => walkFor(value)?.(renaming, value) ?? value;
};

// spec/register/operation.ts
var mostWrittenBytes = 2 ** 21 + 2;
var canBeWritten = (text) => 6 * text.length + 2 <= mostWrittenBytes || text.length + 2 <= mostWrittenBytes && new TextEncoder().encode(JSON.stringify(text)).length <= mostWrittenBytes;
var Value = NullOr(
  Union2([
    Int,
    String4.check(
      makeFilter2(canBeWritten, { expected: `a text of at most ${mostWrittenBytes} bytes as JSON` })
    )
  ])
);
var mostRegisterName = 1400;
var RegisterName = String4.check(isMaxLength(mostRegisterName));
var object = { object: optionalKey2(String4) };
var Write = TaggedStruct("Write", { value: Value, ...object });
var Read = TaggedStruct("Read", object);
var Access = Union2([Write, Read]);
var isAccess = (operation) => operation._tag === "Write" || operation._tag === "Read";
var ofValue = ([word, ...rest], operation) => word === void 0 || rest.length > 0 ? void 0 : operation(/^-?\d{1,15}$/.test(word) ? Number(word) : word);
var writeKind = {
  tag: "Write",
  syntax: "write VALUE",
  parse: (words) => ofValue(words, (value) => ({ _tag: "Write", value }))
};
var readKind = {
  tag: "Read",
  syntax: "read",
  parse: (words) => words.length > 0 ? void 0 : { _tag: "Read" }
};
var register = {
  name: "register",
  Operation: Access,
  kinds: [writeKind, readKind],
  describe: (operation) => {
    const of = operation.object === void 0 ? "" : ` ${operation.object}`;
    return operation._tag === "Write" ? `write${of} ${describeValue(operation.value)}` : `read${of}`;
  },
  isKnownByResult: ({ _tag }) => _tag === "Read",
  describeResult: ({ _tag }, result2) => _tag === "Read" ? describeValue(result2) : "ok"
};
var registers = {
  ...register,
  name: "registers",
  kinds: [
    {
      tag: "Write",
      syntax: "write REGISTER VALUE",
      parse: ([object2, ...words]) => object2 === void 0 ? void 0 : ofValue(words, (value) => ({ _tag: "Write", object: object2, value }))
    },
    {
      tag: "Read",
      syntax: "read REGISTER",
      parse: ([object2, ...rest]) => object2 === void 0 || rest.length > 0 ? void 0 : { _tag: "Read", object: object2 }
    }
  ]
};
var describeValue = (value) => value === null ? "\u22A5" : String(value);

// spec/storage/reconfiguration.ts
var Reconfigure = TaggedStruct("Reconfigure", { add: ServerSet, remove: ServerSet });
var isReconfigure = (operation) => operation._tag === "Reconfigure";
var refused = "refused";
var StorageOperation = Union2([Access, Reconfigure]);
var isChange = (words) => words.length > 0 && words.every((word) => /^[+-]./.test(word) && word.length <= 1 + mostNameLength);
var changeOf = (words) => ({
  add: named("+", words),
  remove: named("-", words)
});
var named = (sign2, words) => setOf(words.filter((word) => word.startsWith(sign2)).map((word) => server(word.slice(1))));
var describeChange = ({ add: add3, remove }) => [...add3.map((id) => `+${id}`), ...remove.map((id) => `-${id}`)].join(" ");
var problemOf = ({ add: add3, remove }) => {
  const both = add3.find((name) => remove.includes(name));
  return both === void 0 ? void 0 : { problem: `${both} is both added and removed`, mend: "do one of the two" };
};
var configurable = {
  name: "configuration",
  Operation: Reconfigure,
  kinds: [
    {
      tag: "Reconfigure",
      syntax: "reconfigure +SERVER\u2026 -SERVER\u2026",
      parse: (words) => isChange(words) ? { _tag: "Reconfigure", ...changeOf(words) } : void 0
    }
  ],
  problem: problemOf,
  describe: (operation) => `reconfigure ${describeChange(operation)}`.trim(),
  describeResult: (_2, result2) => result2 === refused ? "refused: it would leave nobody" : "ok"
};

// spec/liveness/sets.ts
var Outstanding = Struct({ client: NodeId, add: ServerSet, remove: ServerSet });
var Sets = Struct({
  /** Current(t): "the configuration that reflects all reconfigurations that completed by time t". */
  current: ServerSet,
  /** What AddPending(t) and RemovePending(t) come from: "reconfigurations that were invoked but did not complete". */
  outstanding: SetOf(Outstanding),
  /** Failed(t): the storage nodes "that crash by time t", or that another fault befalls. */
  failed: ServerSet,
  /** The correct clients, each with an operation of whatever kind that was invoked and not completed, by its object. */
  pending: SetOf(Struct({ client: NodeId, object: optionalKey2(String4) }))
});
var initial2 = ({ configuration }) => ({
  current: configuration.members,
  outstanding: [],
  failed: [],
  pending: []
});
var addPending = ({ current, outstanding }) => without(setOf(outstanding.flatMap(({ add: add3 }) => add3)), current);
var removePending = (sets) => {
  const inSystem = union2(sets.current, addPending(sets));
  return setOf(sets.outstanding.flatMap(({ remove }) => remove)).filter((node) => inSystem.includes(node));
};
var after = (context2, sets, event) => {
  if (event._tag === "Fault") return failed(context2, sets, event.node);
  const { node, observation } = event;
  switch (observation._tag) {
    case "Invocation":
      return invoked(sets, node, observation.operation);
    case "Response":
      return responded(sets, node, observation.operation, observation.result);
    case "Note":
      return sets;
  }
};
var invoked = (sets, client13, operation) => ({
  ...sets,
  outstanding: isReconfigure(operation) ? including(sets.outstanding, changesOf(client13, operation)) : sets.outstanding,
  pending: including(sets.pending, pendingOf(client13, operation))
});
var responded = (sets, client13, operation, result2) => {
  const completed = { ...sets, pending: without(sets.pending, [pendingOf(client13, operation)]) };
  if (!isReconfigure(operation)) return completed;
  return {
    ...completed,
    current: result2 === refused ? sets.current : changedMembers(sets.current, operation.add, operation.remove),
    outstanding: without(sets.outstanding, [changesOf(client13, operation)])
  };
};
var failed = ({ servers: servers2 }, sets, node) => {
  const server12 = servers2.find((one) => one === node);
  return server12 === void 0 ? { ...sets, pending: sets.pending.filter(({ client: client13 }) => client13 !== node) } : { ...sets, failed: including(sets.failed, server12) };
};
var pendingOf = (client13, { object: object2 }) => ({
  client: client13,
  ...object2 === void 0 ? {} : { object: object2 }
});
var changesOf = (client13, { add: add3, remove }) => ({ client: client13, add: add3, remove });

// spec/liveness/liveness.ts
var PremiseName = Literals(["static-liveness", "dynamic-liveness"]);
var staticPremise = (faults, { current, failed: failed2 }) => faults.survives(current.filter((node) => failed2.includes(node)).length, current.length);
var dynamicPremise = (faults, sets) => {
  const lost = union2(sets.failed, removePending(sets));
  const inSystem = union2(sets.current, addPending(sets));
  return faults.survives(inSystem.filter((node) => lost.includes(node)).length, sets.current.length);
};
var premises = {
  "static-liveness": staticPremise,
  "dynamic-liveness": dynamicPremise
};
var Omniscient = Struct({ sets: Sets, held: ArraySchema(PremiseName) });
var omniscient = (context2, faults = crashFaults) => {
  const sets = initial2(context2);
  return {
    // Two that hold different premises to be broken are two.
    name: faults.name === crashFaults.name ? "omniscient" : `omniscient of ${faults.name} faults`,
    initial: { sets, held: PremiseName.literals.filter((name) => premises[name](faults, sets)) },
    observe: ({ sets: sets2, held }, event) => {
      const next2 = after(context2, sets2, event);
      return { sets: next2, held: held.filter((name) => premises[name](faults, next2)) };
    },
    allowsEarlierResponses: false,
    mentionsServers: true,
    violation: () => void 0
  };
};
var premise = (name, faults = crashFaults) => ({
  name,
  observer: (context2) => omniscient(context2, faults),
  holds: ({ held }) => held.includes(name)
});
var livenessOf = (faults) => {
  const observer = (context2) => omniscient(context2, faults);
  const pending = ({ sets }) => sets.pending;
  const excuse2 = ({ sets }) => broken(faults, sets);
  const { share } = faults;
  const owed = "every operation of a client that no fault befalls";
  const termination4 = {
    _tag: "Live",
    name: "termination",
    about: `${owed} eventually completes, whatever befalls others`,
    observer,
    owes: () => true,
    pending
  };
  const staticLiveness4 = {
    _tag: "Live",
    name: "static-liveness",
    about: `if at any time faults have befallen fewer than ${share.words} the configuration, ${owed} completes`,
    observer,
    owes: premise("static-liveness", faults).holds,
    pending,
    excuse: excuse2
  };
  const dynamicLiveness2 = {
    _tag: "Live",
    name: "dynamic-liveness",
    about: `if at any time fewer than |Current|/${share.divisor} of Current and AddPending are in Failed or RemovePending, ${owed} completes`,
    observer,
    owes: premise("dynamic-liveness", faults).holds,
    pending,
    excuse: excuse2
  };
  return { termination: termination4, staticLiveness: staticLiveness4, dynamicLiveness: dynamicLiveness2 };
};
var { termination, staticLiveness, dynamicLiveness } = livenessOf(crashFaults);
var broken = ({ share }, sets) => {
  const [joining, leaving] = [addPending(sets), removePending(sets)];
  const inSystem = union2(sets.current, joining);
  const lost = union2(sets.failed, leaving).filter((node) => inSystem.includes(node));
  const members = [
    `Current is ${listed(sets.current)}`,
    ...joining.length > 0 ? [`AddPending ${listed(joining)}`] : [],
    ...sets.failed.length > 0 ? [`Failed ${listed(sets.failed)}`] : [],
    ...leaving.length > 0 ? [`RemovePending ${listed(leaving)}`] : []
  ];
  return `${members.join(", ")}: ${lost.length} of them failed or may be removed, not fewer than |Current|/${share.divisor}.`;
};

// spec/storage/parameters.ts
var StorageParameters = Struct({
  /** Every storage node that exists, in the initial configuration or not. */
  servers: ServerSet,
  clients: ArraySchema(ClientId),
  /** The configuration that the system begins with. */
  configuration: Configuration,
  /** The directory service, in a system that has one. */
  directory: optionalKey2(DirectoryId),
  /** The bounds of a system whose runs are enumerated, by name. What is not in it is not bounded. */
  bounds: optionalKey2(Record(String4, Int))
});
var serversAndClients = ({
  servers: servers2,
  clients: clients2
}) => [
  ...servers2.map((id) => ({ id, role: "server" })),
  ...clients2.map((id) => ({ id, role: "client" }))
];

// spec/consensus/ballot.ts
var Ballot = Struct({ round: Count, proposer: ClientId });
var Vote = (value) => Struct({ ballot: Ballot, value });
var isHigher = (left, right) => left.round !== right.round ? left.round > right.round : left.proposer > right.proposer;
var higherVote = (first, second) => first === null || second === null ? first ?? second : isHigher(second.ballot, first.ballot) || equals2(second.ballot, first.ballot) && compare(second.value, first.value) > 0 ? second : first;
var describeBallot = ({ round, proposer }) => `${round}.${proposer}`;

// spec/consensus/acceptor.ts
var Acceptor = (value) => Struct({
  /** The highest ballot that it takes part in: it takes part in no lower one. */
  promised: NullOr(Ballot),
  /** Its last vote. */
  vote: NullOr(Vote(value))
});
var initial3 = { promised: null, vote: null };
var receivePrepare = (rules, state, from, prepare) => {
  const { ballot } = prepare;
  if (hasPromisedMore(state, ballot)) return reject(state, from, prepare);
  return {
    state: { ...state, promised: rules.promises(state.promised, ballot) },
    sends: [{ to: from, message: { _tag: "Promise", ballot, vote: state.vote } }],
    observations: []
  };
};
var receiveAccept = (rules, state, from, accept) => {
  const { ballot, value } = accept;
  if (hasPromisedMore(state, ballot)) return reject(state, from, accept);
  return {
    state: { promised: rules.promises(state.promised, ballot), vote: { ballot, value } },
    sends: [{ to: from, message: { _tag: "Accepted", ballot } }],
    observations: []
  };
};
var hasPromisedMore = ({ promised: promised2 }, ballot) => promised2 !== null && isHigher(promised2, ballot);
var reject = (state, from, request) => ({
  state,
  sends: [{ to: from, message: refusal(request, state.promised ?? request.ballot) }],
  observations: []
});
var refusal = ({ _tag, ballot }, promised2 = ballot) => ({
  _tag: "Rejected",
  ballot,
  refused: _tag === "Prepare" ? "Prepare" : "Accept",
  promised: promised2
});
var receive = (rules, state, from, message) => {
  switch (message._tag) {
    case "Prepare":
      return receivePrepare(rules, state, from, message);
    case "Accept":
      return receiveAccept(rules, state, from, message);
    case "Promise":
    case "Accepted":
    case "Rejected":
      return ignore2(state);
  }
};
var onlyAnswers = (state, { _tag, ballot }) => (_tag === "Prepare" || _tag === "Accept") && hasPromisedMore(state, ballot);

// spec/kernel/judged.ts
var judged = ({ name, about: about2 }, initial13, meaning, canFailAt) => ({
  _tag: "Observed",
  name,
  about: about2,
  observer: () => ({
    name,
    initial: initial13,
    observe: (state, event) => observe(meaning, state, event),
    allowsEarlierResponses: true,
    mentionsServers: false,
    violation: ({ violation }) => violation ?? void 0
  }),
  canFailAt
});
var observe = ({ begins: begins3, ends: ends2, notes }, state, event) => {
  if (state.violation !== null || event._tag === "Fault") return state;
  const { node, observation } = event;
  switch (observation._tag) {
    case "Invocation":
      return begins3?.(state, node, observation.operation) ?? state;
    case "Note":
      return notes?.(state, node, observation) ?? state;
    case "Response":
      return ends2?.(state, node, observation.operation, observation.result) ?? state;
  }
};

// spec/consensus/agreement.ts
var DecisionState = Struct({
  proposed: SetOf(Value),
  decision: NullOr(Struct({ value: Value })),
  violation: NullOr(String4)
});
var initial4 = { proposed: [], decision: null, violation: null };
var begins = (state, _client, { value }) => ({
  ...state,
  proposed: including(state.proposed, value)
});
var isResponse = ({ _tag }) => _tag === "Response";
var agreement = judged(
  { name: "agreement", about: "no two decisions differ, now or later" },
  initial4,
  {
    begins,
    ends: (state, _client, _operation, result2) => {
      const { value: decided } = state.decision ?? { value: result2 };
      const violation = equals2(decided, result2) ? null : `${describeValue(decided)} was decided, and then ${describeValue(result2)}`;
      return { ...state, decision: { value: decided }, violation };
    }
  },
  isResponse
);
var validity = judged(
  { name: "validity", about: "what is decided was proposed by somebody before" },
  initial4,
  {
    begins,
    ends: (state, _client, _operation, result2) => {
      const violation = state.proposed.includes(result2) ? null : `${describeValue(result2)} was decided, and nobody had proposed it`;
      return { ...state, decision: state.decision ?? { value: result2 }, violation };
    }
  },
  isResponse
);
var promisesBind = {
  _tag: "Step",
  name: "promises-bind",
  about: "an acceptor never votes in a ballot below one that it takes part in, and never takes its part back",
  role: "server",
  isSymmetric: true,
  holds: (_context, _self, before, after2) => (before.promised === null || after2.promised !== null && !isHigher(before.promised, after2.promised)) && (after2.vote === null || after2.promised !== null && !isHigher(after2.vote.ballot, after2.promised))
};
var ballotsNameValues = {
  _tag: "Pair",
  name: "ballots-name-values",
  about: "two acceptors that voted in the same ballot voted for the same value",
  role: "server",
  isSymmetric: true,
  holds: (_context, left, right) => left.vote === null || right.vote === null || !equals2(left.vote.ballot, right.vote.ballot) || equals2(left.vote.value, right.vote.value)
};

// spec/consensus/bounds.ts
var ballots = {
  name: "ballots",
  about: "A proposer that was preempted begins no ballot of a higher round.",
  usual: 2
};

// spec/phase/position.ts
var comparePositions = (left, right) => {
  for (let index = 0; index < left.length && index < right.length; index++) {
    const [one, other] = [left[index], right[index]];
    if (one !== other) return one < other ? -1 : 1;
  }
  return left.length === right.length ? 0 : left.length < right.length ? -1 : 1;
};
var isBefore = (position, current) => comparePositions(position, current) < 0;
var isSettledAt = (position, current, phase, node) => {
  const order = comparePositions(position, current);
  return order < 0 || order === 0 && phase?.answered.some((member) => member === node) === true;
};
var past = Number.POSITIVE_INFINITY;

// spec/phase/phase.ts
var Phase = (answer2) => Struct({
  /** The configurations that matter: a quorum of each must answer. */
  configurations: SetOf(Configuration),
  /** Those who answered. */
  answered: ServerSet,
  /** Their answers, merged; as given at the beginning while nobody has answered. */
  answer: answer2
});
var begin = (configurations, answer2) => ({
  configurations: setOf(configurations),
  answered: [],
  answer: answer2
});
var startPhase = (configurations, answer2, question2) => {
  const phase = begin(configurations, answer2);
  return { phase, sends: ask(asked(phase), question2) };
};
var asked = (phase) => phase.configurations.reduce(
  (members, configuration) => union2(members, configuration.members),
  []
);
var ask = (nodes, question2) => nodes.map((to) => ({ to, message: question2 }));
var isMissing = (phase, node) => phase.configurations.some(({ members }) => members.some((member) => member === node)) && !phase.answered.some((member) => member === node);
var count = (phase, from, merge2) => {
  const member = asked(phase).find((one) => one === from);
  return member === void 0 || phase.answered.includes(member) ? phase : { ...phase, answered: including(phase.answered, member), answer: merge2(phase.answer) };
};
var advance = (phase, from, merge2, access, enough = isOver) => {
  const counted2 = count(phase, from, merge2);
  return { phase: counted2, isComplete: counted2 !== phase && enough(counted2, access) };
};
var unchanged2 = (answer2) => answer2;
var learn = (phase, configurations) => {
  const learned = { ...phase, configurations: union2(phase.configurations, [...configurations]) };
  return { phase: learned, newcomers: without(asked(learned), asked(phase)) };
};
var isOver = ({ configurations, answered }, access) => configurations.length > 0 && configurations.every((configuration) => isQuorum(configuration, access, answered));
var isOverForBoth = (phase) => isOver(phase, "read") && isOver(phase, "write");
var isOverButForOne = (phase, access) => asked(phase).some((member) => isOver({ ...phase, answered: including(phase.answered, member) }, access));

// spec/consensus/proposer.ts
var Preparing = (value) => TaggedStruct("Preparing", { ballot: Ballot, value, phase: Phase(NullOr(Vote(value))) });
var Accepting = (value) => TaggedStruct("Accepting", { ballot: Ballot, value, phase: Phase(value) });
var Preempted = (value) => TaggedStruct("Preempted", { value, round: Count });
var Proposer = (value) => Union2([Preparing(value), Accepting(value), Preempted(value)]);
var startBallot = (self, configuration, round, value) => {
  const ballot = { round, proposer: self };
  const question2 = { _tag: "Prepare", ballot };
  const { phase, sends } = startPhase([configuration], null, question2);
  return { state: { _tag: "Preparing", ballot, value, phase }, sends, observations: [] };
};
var receivePromise = (rules, state, from, { vote }) => {
  const merge2 = (highest) => higherVote(highest, vote);
  const { phase, isComplete } = advance(state.phase, from, merge2, "read", rules.enough);
  const counted2 = { ...state, phase };
  return isComplete ? startAccept(rules, counted2) : become(counted2);
};
var startAccept = (rules, { ballot, value: own, phase: promises }) => {
  const value = rules.proposes(promises.answer, own);
  const question2 = { _tag: "Accept", ballot, value };
  const { phase, sends } = startPhase(promises.configurations, value, question2);
  return { state: { _tag: "Accepting", ballot, value: own, phase }, sends, observations: [] };
};
var receiveAccepted = (rules, state, from) => {
  const { phase, isComplete } = advance(state.phase, from, unchanged2, "write", rules.enough);
  return isComplete ? become({ _tag: "Decided", round: state.ballot.round, decision: phase.answer }) : become({ ...state, phase });
};
var receiveRejected = (state, from, { promised: promised2 }) => isMissing(state.phase, from) ? become({ _tag: "Preempted", value: state.value, round: promised2.round }) : ignore2(state);
var mayRetry = ({ bounds }, { round }) => {
  const last = bounds?.[ballots.name];
  return last === void 0 || round < last;
};
var retry = (self, configuration, { value, round }) => startBallot(self, configuration, round + 1, value);
var receive2 = (rules, state, from, message) => {
  if (isSettled(state, message)) return ignore2(state);
  switch (message._tag) {
    case "Promise":
      return state._tag === "Preparing" ? receivePromise(rules, state, from, message) : ignore2(state);
    case "Accepted":
      return state._tag === "Accepting" ? receiveAccepted(rules, state, from) : ignore2(state);
    case "Rejected":
      return state._tag === "Preempted" ? ignore2(state) : receiveRejected(state, from, message);
    case "Prepare":
    case "Accept":
      return ignore2(state);
  }
};
var isSettled = (state, message) => isBefore(positionOf(message), standingOf(state));
var positionOf = (message) => {
  const { round } = message.ballot;
  switch (message._tag) {
    case "Prepare":
    case "Promise":
      return [round, 1];
    case "Accept":
    case "Accepted":
      return [round, 2];
    case "Rejected":
      return [round, message.refused === "Prepare" ? 1 : 2];
  }
};
var standingOf = (state) => {
  switch (state._tag) {
    case "Preparing":
      return [state.ballot.round, 1];
    case "Accepting":
      return [state.ballot.round, 2];
    case "Preempted":
      return [state.round, past];
  }
};

// spec/consensus/client.ts
var Idle = TaggedStruct("Idle", { round: Count });
var ClientState = Union2([Idle, Proposer(Value)]);
var Retry = TaggedStruct("Retry", {});
var invoke = ({ configuration }, self, { round }, operation) => {
  const started = startBallot(self, configuration, round + 1, operation.value);
  return { ...within(operation.value, started), observations: [{ _tag: "Invocation", operation }] };
};
var within = (value, step4) => {
  if (step4.state._tag !== "Decided") return { ...step4, state: step4.state };
  const { round, decision } = step4.state;
  return {
    state: { _tag: "Idle", round },
    sends: step4.sends,
    observations: [{ _tag: "Response", operation: { _tag: "Propose", value }, result: decision }]
  };
};
var isSettled2 = (state, message) => state._tag === "Idle" ? isBefore([message.ballot.round], [state.round, past]) : isSettled(state, message);
var client2 = {
  State: ClientState,
  durable: true,
  initial: () => ({ _tag: "Idle", round: 0 }),
  ready: (_context, _self, state) => state._tag === "Idle",
  choices: (context2, _self, state) => state._tag === "Preempted" && mayRetry(context2, state) ? [{ _tag: "Retry" }] : [],
  step: (context2, self, state, input) => M(input).with(
    { _tag: "Invoke" },
    ({ operation }) => state._tag === "Idle" ? invoke(context2, self, state, operation) : ignore2(state)
  ).with(
    { _tag: "Receive" },
    ({ from, message }) => state._tag === "Idle" ? ignore2(state) : within(state.value, receive2(context2.rules, state, from, message))
  ).with(
    { _tag: "Choose" },
    () => state._tag === "Preempted" ? within(state.value, retry(self, context2.configuration, state)) : ignore2(state)
  ).exhaustive(),
  atBound: (context2, state) => state._tag === "Preempted" && !mayRetry(context2, state) ? ballots.name : void 0,
  promises: {
    isObsolete: (_context, _self, state, _from, reply) => isSettled2(state, reply),
    isSettled: (_context, _self, state, _to, request) => isSettled2(state, request),
    isAnswer: ({ configuration }, _self, _state, _from, { _tag }) => countsOnly(configuration) && (_tag === "Promise" || _tag === "Accepted")
  }
};

// spec/consensus/messages.ts
var Prepare = TaggedStruct("Prepare", { ballot: Ballot });
var Accept = (value) => TaggedStruct("Accept", { ballot: Ballot, value });
var PromiseReply = (value) => TaggedStruct("Promise", { ballot: Ballot, vote: NullOr(Vote(value)) });
var Accepted = TaggedStruct("Accepted", { ballot: Ballot });
var Rejected = TaggedStruct("Rejected", {
  ballot: Ballot,
  refused: Literals(["Prepare", "Accept"]),
  promised: Ballot
});
var Message2 = (value) => Union2([Prepare, PromiseReply(value), Accept(value), Accepted, Rejected]);
var describeMessage2 = (message, describeValue2) => {
  const ballot = describeBallot(message.ballot);
  switch (message._tag) {
    case "Prepare":
      return `prepare ${ballot}`;
    case "Promise":
      return message.vote === null ? `promises ${ballot}, has accepted nothing` : `promises ${ballot}, has accepted ${describeValue2(message.vote.value)} in ${describeBallot(message.vote.ballot)}`;
    case "Accept":
      return `accept ${describeValue2(message.value)} in ${ballot}`;
    case "Accepted":
      return `accepted in ${ballot}`;
    case "Rejected":
      return `rejects ${ballot}: has promised ${describeBallot(message.promised)}`;
  }
};

// spec/consensus/operation.ts
var Propose = TaggedStruct("Propose", { value: Value });
var instance = {
  name: "consensus",
  Operation: Propose,
  kinds: [
    {
      tag: "Propose",
      syntax: "propose VALUE",
      parse: (words) => ofValue(words, (value) => ({ _tag: "Propose", value }))
    }
  ],
  describe: ({ value }) => `propose ${describeValue(value)}`,
  isKnownByResult: () => false,
  describeResult: (_2, result2) => describeValue(result2)
};

// spec/consensus/rules.ts
var correct = {
  enough: isOver,
  promises: (_2, ballot) => ballot,
  proposes: (highest, own) => highest === null ? own : highest.value
};

// spec/consensus/variants.ts
var variants = [
  { name: "correct", kind: "correct", about: "Single-decree Paxos.", rules: correct },
  {
    name: "quorum-one-short",
    kind: "mutant",
    about: "A ballot goes on one answer before it has a majority.",
    rules: { ...correct, enough: isOverButForOne }
  },
  {
    name: "promise-forgotten",
    kind: "mutant",
    about: "An acceptor promises and does not remember it, so it still votes in lower ballots.",
    rules: { ...correct, promises: (promised2) => promised2 }
  },
  {
    name: "highest-vote-ignored",
    kind: "mutant",
    about: "A proposer proposes its own value whatever acceptors have voted for before.",
    rules: { ...correct, proposes: (_2, own) => own }
  }
];

// spec/consensus/protocol.ts
var ServerState = Acceptor(Value);
var Message3 = Message2(Value);
var server2 = {
  State: ServerState,
  durable: true,
  initial: () => initial3,
  ready: () => false,
  choices: () => [],
  step: ({ rules }, _self, state, input) => M(input).with({ _tag: "Receive" }, ({ from, message }) => receive(rules, state, from, message)).with({ _tag: "Invoke" }, { _tag: "Choose" }, () => ignore2(state)).exhaustive(),
  promises: { onlyAnswers: (_context, _self, state, _from, message) => onlyAnswers(state, message) }
};
var consensus = {
  name: "consensus",
  about: "Single-decree Paxos among the members of one configuration (tutorial 5).",
  variants,
  objects: [instance],
  Message: Message3,
  roles: { server: server2, client: client2 },
  Parameters: StorageParameters,
  nodes: serversAndClients,
  bounds: [ballots],
  properties: [agreement, validity, promisesBind, ballotsNameValues],
  describe: (message) => describeMessage2(message, describeValue)
};

// spec/kernel/per-object.ts
var unnamed = "";
var perObject = (observer) => ({
  ...observer,
  initial: { untouched: observer.initial, objects: {} },
  observe: (state, event) => observe2(observer, state, event),
  violation: ({ objects }) => {
    for (const [object2, state] of Object.entries(objects)) {
      const violation = observer.violation(state);
      if (violation !== void 0) return object2 === unnamed ? violation : `of ${object2}: ${violation}`;
    }
    return void 0;
  }
});
var observe2 = (observer, { untouched, objects }, event) => {
  if (event._tag === "Fault") {
    const after2 = Object.entries(objects).map(([name, state]) => [name, observer.observe(state, event)]);
    return { untouched: observer.observe(untouched, event), objects: Object.fromEntries(after2) };
  }
  if (event.observation._tag === "Note") return { untouched, objects };
  const { object: object2 = unnamed } = event.observation.operation;
  const before = Object.hasOwn(objects, object2) ? objects[object2] : untouched;
  return { untouched, objects: { ...objects, [object2]: observer.observe(before, event) } };
};

// spec/register/atomicity.ts
var Pending = Struct({
  client: NodeId,
  operation: Union2([TaggedStruct("Write", { value: Value }), TaggedStruct("Read", {})])
});
var Effective = Struct({ client: NodeId, result: Value });
var Possibility = Struct({ value: Value, effective: SetOf(Effective) });
var AtomicityState = Struct({
  pending: SetOf(Pending),
  possibilities: SetOf(Possibility),
  /** The response that left no possibility, in words. */
  violation: NullOr(String4)
});
var initial5 = {
  pending: [],
  possibilities: [{ value: null, effective: [] }],
  violation: null
};
var invoked2 = (state, client13, operation) => {
  const asked2 = operation._tag === "Write" ? { _tag: "Write", value: operation.value } : { _tag: "Read" };
  const pending = setOf([...state.pending, { client: client13, operation: asked2 }]);
  return { ...state, pending, possibilities: closure(pending, state.possibilities) };
};
var responded2 = (state, client13, result2) => {
  const pending = state.pending.filter((other) => other.client !== client13);
  const possibilities = setOf(
    state.possibilities.filter(({ effective }) => effective.some((one) => one.client === client13 && one.result === result2)).map(({ value, effective }) => ({ value, effective: effective.filter((one) => one.client !== client13) }))
  );
  const operation = state.pending.find((other) => other.client === client13)?.operation;
  return {
    pending,
    possibilities,
    violation: possibilities.length > 0 ? null : `${client13}'s ${outcome(operation, result2)}`
  };
};
var crashed = (state, client13) => {
  if (!state.pending.some((other) => other.client === client13 && other.operation._tag === "Read")) return state;
  return {
    ...state,
    pending: state.pending.filter((other) => other.client !== client13),
    possibilities: setOf(
      state.possibilities.map(({ value, effective }) => ({
        value,
        effective: effective.filter((one) => one.client !== client13)
      }))
    )
  };
};
var closure = (pending, from) => {
  const found = new Map(from.map((possibility) => [canonical(possibility), possibility]));
  const open = [...found.values()];
  for (let possibility = open.pop(); possibility !== void 0; possibility = open.pop()) {
    for (const next2 of pending.flatMap((operation) => takeEffect(possibility, operation))) {
      const key = canonical(next2);
      if (!found.has(key)) {
        found.set(key, next2);
        open.push(next2);
      }
    }
  }
  return setOf(found.values());
};
var takeEffect = ({ value, effective }, { client: client13, operation }) => {
  if (effective.some((one) => one.client === client13)) return [];
  return operation._tag === "Write" ? [{ value: operation.value, effective: setOf([...effective, { client: client13, result: null }]) }] : [{ value, effective: setOf([...effective, { client: client13, result: value }]) }];
};
var outcome = (operation, result2) => operation?._tag === "Write" ? `write ${describeValue(operation.value)} returned` : `read returned ${describeValue(result2)}`;
var observe3 = (state, event) => {
  if (state.violation !== null) return state;
  if (event._tag === "Fault") return crashed(state, event.node);
  const { node, observation } = event;
  if (observation._tag === "Note" || !isAccess(observation.operation)) return state;
  return observation._tag === "Invocation" ? invoked2(state, node, observation.operation) : responded2(state, node, observation.result);
};
var atomicity = {
  name: "atomicity",
  initial: initial5,
  observe: observe3,
  // An earlier response only adds to what must precede what: an order that explains the new history explained the old.
  allowsEarlierResponses: true,
  mentionsServers: false,
  violation: ({ violation }) => violation === null ? void 0 : `${violation}, which no order of the operations explains`
};

// spec/kernel/history.ts
var possessive = ({ client: client13, name }) => `${client13}'s ${name}`;

// spec/register/explanation.ts
var isOfRegister = (interval) => isAccess(interval.operation);
var explainAtomicity = (history) => {
  const all2 = history.filter(isOfRegister);
  const ended = all2.filter(({ ending }) => ending === "response");
  const read = ended.reduce(
    (last, one) => last === void 0 || endOf(one) > endOf(last) ? one : last,
    void 0
  );
  if (read === void 0 || read.operation._tag !== "Read" || read.result === void 0) return void 0;
  const value = read.result;
  const intervals = all2.filter(({ operation }) => operation.object === read.operation.object);
  const writes = writesOf(intervals, value);
  if (value !== null && writes.length === 0) {
    return `${possessive(read)} returned ${describeValue(value)}, a value that nobody had written.`;
  }
  if (writes.length > (value === null ? 0 : 1)) return void 0;
  const newer2 = newerThan(intervals, read, value);
  if (newer2 === void 0) return void 0;
  return value === null ? missed(read, newer2) : overtaken(read, value, newer2);
};
var newerThan = (intervals, read, value) => {
  const before = value === null ? void 0 : earliestEnd(onValue(intervals, value).filter((one) => one !== read));
  if (value !== null && before === void 0) return void 0;
  const from = before === void 0 ? 0 : endOf(before);
  const found = newerValues(intervals, value).flatMap((newer2) => {
    const operations = onValue(intervals, newer2);
    const past2 = operations.filter((one) => endOf(one) < read.begin);
    const late = operations.filter(({ begin: begin2 }) => begin2 > from);
    const both = past2.find((one) => late.includes(one));
    const witness = both ?? earliestEnd(past2);
    const after2 = both ?? late[0];
    return witness === void 0 || after2 === void 0 ? [] : [{ value: newer2, witness, after: after2, before }];
  });
  return found.find(({ witness }) => witness.operation._tag === "Write") ?? found[0];
};
var newerValues = (intervals, value) => intervals.flatMap(
  ({ operation }) => operation._tag === "Write" && operation.value !== value && operation.value !== null && writesOf(intervals, operation.value).length === 1 ? [operation.value] : []
);
var writesOf = (intervals, value) => intervals.filter(({ operation }) => operation._tag === "Write" && operation.value === value);
var onValue = (intervals, value) => [
  ...writesOf(intervals, value),
  ...intervals.filter(
    ({ operation, ending, result: result2 }) => operation._tag === "Read" && ending === "response" && result2 === value
  )
];
var endOf = ({ ending, end }) => ending === "response" ? end : Infinity;
var earliestEnd = (intervals) => intervals.filter(({ ending }) => ending === "response").sort((left, right) => endOf(left) - endOf(right))[0];
var missed = (read, { witness }) => `${beganAt(read)} and returned \u22A5, the value before any write. But ${hadReturned(witness)}.${ruleOn(witness)}`;
var overtaken = (read, value, newer2) => {
  const { witness, after: after2, before } = newer2;
  const values = `${describeValue(newer2.value)} is newer than ${describeValue(value)}`;
  const later2 = after2 === witness ? `that ${isRead(after2) ? "read" : "write"} began at step ${after2.begin}` : `${beganAt(after2)}${isRead(after2) ? ` and returned ${describeValue(newer2.value)}` : ""}`;
  const proof = `${later2}, after ${hadReturned(before)}`.replace("had already", "had");
  const claim = `But ${hadReturned(witness)}, and ${values}: ${proof}.`;
  return `${beganAt(read)} and returned ${describeValue(value)}. ${claim}${ruleOn(witness)}`;
};
var isRead = ({ operation }) => operation._tag === "Read";
var ruleOn = (witness) => isRead(witness) ? " Once a read has returned a value, no later read may return an older one." : "";
var beganAt = (interval) => `${possessive(interval)} began at step ${interval.begin}`;
var hadReturned = (interval) => {
  const what2 = isRead(interval) ? ` ${describeValue(interval.result ?? null)}` : "";
  return `${possessive(interval)} had already returned${what2} at step ${interval.end}`;
};

// spec/register/pair.ts
var Timestamp = Struct({ number: Count, client: NullOr(ClientId) }).check(
  makeFilter2(({ number: number3, client: client13 }) => number3 > 0 || client13 === null, {
    expected: "no client where the number is 0"
  })
);
var Pair = Struct({ value: Value, timestamp: Timestamp });
var initialPair = { value: null, timestamp: { number: 0, client: null } };
var isLarger = (left, right) => left.number !== right.number ? left.number > right.number : (left.client ?? "") > (right.client ?? "");
var larger = (first, second) => isLarger(second.timestamp, first.timestamp) ? second : first;
var describePair = ({ value, timestamp }) => `${describeValue(value)}@${timestamp.number}${timestamp.client === null ? "" : `.${timestamp.client}`}`;

// spec/register/properties.ts
var timestampsGrow = {
  _tag: "Step",
  name: "timestamps-grow",
  about: "no storage node ever replaces its vt-pair by one with a smaller timestamp",
  role: "server",
  isSymmetric: true,
  holds: (_context, _self, before, after2) => !isLarger(before.pair.timestamp, after2.pair.timestamp)
};
var timestampsNameValues = {
  _tag: "Pair",
  name: "timestamps-name-values",
  about: "two storage nodes with the same timestamp hold the same value",
  role: "server",
  isSymmetric: true,
  holds: (_context, left, right) => !equals2(left.pair.timestamp, right.pair.timestamp) || equals2(left.pair.value, right.pair.value)
};
var atomic = {
  _tag: "Observed",
  name: "atomicity",
  about: "each operation appears to take place instantaneously between its invocation and its response",
  observer: () => atomicity,
  canFailAt: (observation) => observation._tag === "Response" && observation.operation._tag === "Read",
  explain: explainAtomicity
};
var atomicEach = {
  ...atomic,
  observer: () => perObject(atomicity)
};

// spec/weak-snapshot/change.ts
var Change = Struct({ add: ServerSet, remove: ServerSet });
var Changes = SetOf(Change);
var change = ({ add: add3, remove }) => ({ add: setOf(add3), remove: setOf(remove) });

// spec/weak-snapshot/endorsements.ts
var Endorsement = Struct({ change: Change, by: optionalKey2(ServerId) });
var Endorsements = SetOf(Endorsement);
var includes = (known2, others) => others.every((other) => known2.some((one) => equals2(one, other)));
var changesOf2 = (known2) => setOf(known2.map(({ change: change2 }) => change2));
var describeEndorsements = (known2) => known2.length === 0 ? "nothing" : known2.map(({ by, change: change2 }) => `${by === void 0 ? "" : `${by}: `}${describeChange(change2)}`).join(", ");

// spec/weak-snapshot/stages.ts
var Endorsing = TaggedStruct("Endorsing", {});
var Spreading = TaggedStruct("Spreading", { phase: Phase(Endorsements) });
var Collecting = TaggedStruct("Collecting", {
  round: Literals([1, 2]),
  phase: Phase(Endorsements)
});
var WritingBack = TaggedStruct("WritingBack", {
  round: Literals([1, 2]),
  phase: Phase(Endorsements)
});
var Stage = Union2([Endorsing, Spreading, Collecting, WritingBack]);
var startUpdate = (change2) => ({
  _tag: "Asks",
  stage: { _tag: "Endorsing" },
  question: { _tag: "Endorse", change: change2 }
});
var receiveEndorsed = ({ configurations, rules }, from, { change: change2 }) => {
  const endorser = configurations.flatMap(({ members }) => members).find((member) => member === from);
  if (endorser === void 0) return void 0;
  if (!rules.spreads) return { _tag: "Updated" };
  const endorsements = [rules.endorsement(endorser, change2)];
  return {
    _tag: "Asks",
    stage: { _tag: "Spreading", phase: begin(configurations, endorsements) },
    question: { _tag: "Store", endorsements }
  };
};
var receiveSpread = (state, from) => {
  const { phase, isComplete } = advance(state.phase, from, unchanged2, "write");
  return isComplete ? { _tag: "Updated" } : { _tag: "Waits", stage: { ...state, phase } };
};
var startScan = (context2) => startCollect(context2, 1);
var startCollect = ({ configurations }, round) => ({
  _tag: "Asks",
  stage: { _tag: "Collecting", round, phase: begin(configurations, []) },
  question: { _tag: "Collect" }
});
var receiveCollected = (context2, state, from, { endorsements }) => {
  const { rules } = context2;
  const merge2 = (found2) => union2(found2, endorsements);
  const { phase, isComplete } = advance(state.phase, from, merge2, "read");
  if (!isComplete) return { _tag: "Waits", stage: { ...state, phase } };
  const found = phase.answer;
  if (found.length === 0 && rules.endsWhenEmpty) return { _tag: "Scanned", changes: [] };
  return rules.writesBack ? startWriteBack(context2, state.round, found) : afterCollect(context2, state.round, found);
};
var startWriteBack = ({ configurations }, round, found) => ({
  _tag: "Asks",
  stage: { _tag: "WritingBack", round, phase: begin(configurations, found) },
  question: { _tag: "Store", endorsements: found }
});
var receiveWrittenBack = (context2, state, from) => {
  const { phase, isComplete } = advance(state.phase, from, unchanged2, "write");
  return isComplete ? afterCollect(context2, state.round, phase.answer) : { _tag: "Waits", stage: { ...state, phase } };
};
var afterCollect = (context2, round, found) => round < context2.rules.collects ? startCollect(context2, 2) : { _tag: "Scanned", changes: changesOf2(found) };
var receive3 = (context2, stage, from, answer2) => {
  switch (stage._tag) {
    case "Endorsing":
      return answer2._tag === "Endorsed" ? receiveEndorsed(context2, from, answer2) : void 0;
    case "Spreading":
      return answer2._tag === "Stored" ? receiveSpread(stage, from) : void 0;
    case "Collecting":
      return answer2._tag === "Collected" ? receiveCollected(context2, stage, from, answer2) : void 0;
    case "WritingBack":
      return answer2._tag === "Stored" ? receiveWrittenBack(context2, stage, from) : void 0;
  }
};

// spec/dynastore/view.ts
var View = Change;
var initialView = ({ configuration }) => ({
  add: configuration.members,
  remove: []
});
var membersOf = ({ add: add3, remove }) => without(add3, remove);
var configurationsOf = (context2, view) => {
  if (equals2(view, initialView(context2))) return [context2.configuration];
  const members = membersOf(view);
  return members.length === 0 ? [] : [withMembers(context2.configuration, members)];
};
var extended = (view, change2) => ({
  add: union2(view.add, change2.add),
  remove: union2(view.remove, change2.remove)
});
var lacking = (desired, view) => ({
  add: without(desired.add, view.add),
  remove: without(desired.remove, view.remove)
});
var sizeOf = ({ add: add3, remove }) => add3.length + remove.length;
var smallest = (views) => views.reduce((least, view) => sizeOf(view) < sizeOf(least) ? view : least);
var isWithin = (inner, outer) => sizeOf(lacking(inner, outer)) === 0;
var describeView = (view) => [`{${membersOf(view).join(",")}}`, ...view.remove.map((id) => `-${id}`)].join(" ");

// spec/dynastore/state.ts
var Proposing = TaggedStruct("Proposing", { snapshot: Stage });
var Scanning = TaggedStruct("Scanning", { snapshot: Stage });
var Getting = TaggedStruct("Getting", { found: Changes, phase: Phase(Null2) });
var Setting = TaggedStruct("Setting", { phase: Phase(Null2) });
var Checking = TaggedStruct("Checking", { snapshot: Stage });
var Notifying = TaggedStruct("Notifying", { phase: Phase(Null2) });
var Announcing = TaggedStruct("Announcing", {});
var Stage2 = Union2([Proposing, Scanning, Getting, Setting, Checking, Notifying, Announcing]);
var Traversing = TaggedStruct("Traversing", {
  begun: Count,
  operation: StorageOperation,
  phase: Count,
  /** The view that the traversal began in, or was retried in: operations may begin there. */
  start: View,
  /** All changes that the client has found or wants. */
  desired: View,
  /** The views that it has found and not left behind. */
  front: SetOf(View),
  /** The view that it visits, one of the front. */
  view: View,
  /** The vt-pair with the largest timestamp that it has found, or chosen. */
  pair: Pair,
  /** Whether a write has chosen its timestamp. */
  chosen: Boolean3,
  stage: Stage2
});
var Idle2 = TaggedStruct("Idle", { begun: Count, view: View });
var ClientState2 = Union2([Idle2, Traversing]);
var traversalOf = ({ _tag, stage, ...traversal }) => traversal;
var latestKnown = (state) => state._tag === "Idle" ? state.view : state.start;
var finish = ({ rules }, traversal) => {
  const { begun: begun2, operation, pair: pair2 } = traversal;
  return {
    state: { _tag: "Idle", begun: begun2, view: rules.destination(traversal) },
    sends: [],
    observations: [{ _tag: "Response", operation, result: operation._tag === "Read" ? pair2.value : null }]
  };
};

// spec/dynastore/traversal.ts
var startTraversal = (context2, self, begun2, view, operation) => {
  const desired = operation._tag === "Reconfigure" ? context2.rules.extended(view, operation) : view;
  const step4 = visit(context2, self, {
    begun: begun2,
    operation,
    phase: 0,
    start: view,
    desired,
    front: [view],
    view,
    pair: initialPair,
    chosen: false
  });
  return { ...step4, observations: [{ _tag: "Invocation", operation }, ...step4.observations] };
};
var visit = (context2, self, traversal) => goOn(context2, self, { ...traversal, view: context2.rules.visited(traversal.front) }, null, []);
var goOn = (context2, self, traversal, done2, found) => {
  switch (following(context2.rules.visit, done2)) {
    case "Proposing":
      return propose(context2, self, traversal);
    case "Scanning":
      return scan(context2, self, traversal, "Scanning");
    case "Getting":
      return startGet(context2, traversal, found);
    case void 0:
      return leaveOrStay(context2, self, traversal, found);
  }
};
var following = (order, done2) => done2 === null ? order[0] : order[order.indexOf(done2) + 1];
var propose = (context2, self, traversal) => {
  const { rules } = context2;
  const proposed = rules.lacking(rules.destination(traversal), traversal.view);
  return sizeOf(proposed) === 0 ? goOn(context2, self, traversal, "Proposing", []) : proceed(context2, self, traversal, "Proposing", startUpdate(proposed));
};
var scan = (context2, self, traversal, step4) => proceed(context2, self, traversal, step4, startScan(snapshotOf(context2, traversal)));
var snapshotOf = (context2, { view }) => ({
  configurations: configurationsOf(context2, view),
  rules: context2.rules.snapshot
});
var proceed = (context2, self, traversal, step4, progress) => {
  switch (progress._tag) {
    case "Asks":
      return startStage(traversal, { _tag: step4, snapshot: progress.stage }, progress.question);
    case "Waits":
      return become({ _tag: "Traversing", ...traversal, stage: { _tag: step4, snapshot: progress.stage } });
    case "Updated":
      return goOn(context2, self, traversal, "Proposing", []);
    case "Scanned":
      return step4 === "Checking" ? checked(context2, self, traversal, progress.changes) : goOn(context2, self, traversal, "Scanning", progress.changes);
  }
};
var startStage = (before, stage, question2) => {
  const traversal = { ...before, phase: before.phase + 1 };
  return {
    state: { _tag: "Traversing", ...traversal, stage },
    sends: ask(membersOf(traversal.view), numbered(traversal, question2)),
    observations: []
  };
};
var numbered = ({ begun: begun2, phase, view }, question2) => {
  const numbers = { operation: begun2, phase };
  return question2._tag === "Get" || question2._tag === "Set" ? { ...question2, ...numbers } : { ...question2, ...numbers, view };
};
var receiveAnswer = (context2, self, state, from, answer2) => {
  const { stage } = state;
  if (!("snapshot" in stage)) return void 0;
  const progress = receive3(snapshotOf(context2, state), stage.snapshot, from, answer2);
  return progress && proceed(context2, self, traversalOf(state), stage._tag, progress);
};
var startGet = (context2, traversal, found) => {
  const phase = begin(configurationsOf(context2, traversal.view), null);
  return startStage(traversal, { _tag: "Getting", found, phase }, { _tag: "Get" });
};
var receiveGetReply = (context2, self, state, from, reply) => {
  const { stage } = state;
  if (stage._tag !== "Getting" || !isMissing(stage.phase, from)) return void 0;
  const traversal = { ...traversalOf(state), pair: larger(state.pair, reply.pair) };
  const { phase, isComplete } = advance(stage.phase, from, unchanged2, "read");
  return isComplete ? goOn(context2, self, traversal, "Getting", stage.found) : become({ _tag: "Traversing", ...traversal, stage: { ...stage, phase } });
};
var leaveOrStay = (context2, self, traversal, found) => found.length > 0 ? follow(context2, self, traversal, found) : stay(context2, self, traversal, null);
var follow = (context2, self, traversal, found) => {
  const { extended: extended2 } = context2.rules;
  const { desired, front, view } = traversal;
  const next2 = found.map((one) => extended2(view, one));
  return visit(context2, self, {
    ...traversal,
    front: setOf([...without(front, [view]), ...next2]),
    desired: found.reduce(extended2, desired)
  });
};
var stay = (context2, self, traversal, done2) => {
  switch (following(context2.rules.leaf, done2)) {
    case "Setting":
      return startSet(context2, self, traversal);
    case "Checking":
      return scan(context2, self, traversal, "Checking");
    case void 0:
      return become({ _tag: "Over", traversal });
  }
};
var startSet = (context2, self, before) => {
  const traversal = choosePair(context2, self, before);
  const { pair: pair2, view } = traversal;
  const phase = begin(configurationsOf(context2, view), null);
  const step4 = startStage(traversal, { _tag: "Setting", phase }, { _tag: "Set", pair: pair2 });
  const stores = { _tag: "Note", name: "stores", detail: { view, timestamp: pair2.timestamp } };
  return { ...step4, observations: [stores] };
};
var choosePair = ({ rules }, self, traversal) => {
  const { chosen, operation, pair: pair2 } = traversal;
  if (operation._tag !== "Write" || chosen && rules.keepsTimestamp) return traversal;
  const timestamp = { number: pair2.timestamp.number + 1, client: self };
  return { ...traversal, pair: { value: operation.value, timestamp }, chosen: true };
};
var receiveSetReply = (context2, self, state, from) => {
  const { stage } = state;
  if (stage._tag !== "Setting") return void 0;
  const { phase, isComplete } = advance(stage.phase, from, unchanged2, "write");
  return isComplete ? stay(context2, self, traversalOf(state), "Setting") : become({ ...state, stage: { ...stage, phase } });
};
var checked = (context2, self, traversal, found) => {
  if (found.length === 0) return stay(context2, self, traversal, "Checking");
  return context2.rules.visitsAgain ? visit(context2, self, traversal) : follow(context2, self, traversal, found);
};

// spec/dynastore/discovery.ts
var afterTraversal = (context2, traversal) => {
  if (context2.directory === void 0 || traversal.operation._tag !== "Reconfigure")
    return finish(context2, traversal);
  const arrived = { ...traversal, start: traversal.view };
  return context2.rules.notifiesMembers ? startNotify(context2, arrived) : announce(context2, arrived);
};
var startNotify = (context2, traversal) => {
  const phase = begin(configurationsOf(context2, traversal.view), null);
  return startStage(traversal, { _tag: "Notifying", phase }, { _tag: "Notify" });
};
var receiveNotified = (context2, state, from) => {
  const { stage } = state;
  if (stage._tag !== "Notifying") return void 0;
  const { phase, isComplete } = advance(stage.phase, from, unchanged2, "write", isOverForBoth);
  return isComplete ? announce(context2, traversalOf(state)) : become({ ...state, stage: { ...stage, phase } });
};
var announce = (context2, traversal) => {
  const { view } = traversal;
  const message = { _tag: "Announce", number: sizeOf(view), members: membersOf(view) };
  const sends = ask(
    directoryIn(context2).map(({ id }) => id),
    message
  );
  return context2.rules.awaitsDirectory ? { state: { _tag: "Traversing", ...traversal, stage: { _tag: "Announcing" } }, sends, observations: [] } : { ...finish(context2, traversal), sends };
};
var receiveAnnounced = (context2, state, { number: number3 }) => state._tag === "Traversing" && state.stage._tag === "Announcing" && number3 === sizeOf(state.view) ? finish(context2, traversalOf(state)) : ignore2(state);
var receiveHint = (state, { members }) => ({
  state,
  sends: ask(members, { _tag: "AskView" }),
  observations: []
});
var receiveViewReply = (context2, self, state, { view }) => {
  if (isWithin(view, latestKnown(state))) return ignore2(state);
  if (state._tag === "Idle") return become({ ...state, view });
  const { desired, chosen } = state;
  return visit(context2, self, {
    ...traversalOf(state),
    start: view,
    desired: context2.rules.extended(desired, view),
    front: [view],
    view,
    chosen: chosen && context2.rules.retriesWithTimestamp
  });
};

// spec/dynastore/client.ts
var within2 = (context2, step4) => step4.state._tag === "Over" ? afterTraversal(context2, step4.state.traversal) : { ...step4, state: step4.state };
var invoke2 = (context2, self, { begun: before, view }, operation) => {
  const begun2 = before + 1;
  return operation._tag === "Reconfigure" && membersOf(context2.rules.extended(view, operation)).length === 0 ? {
    state: { _tag: "Idle", begun: begun2, view },
    sends: [],
    observations: [
      { _tag: "Invocation", operation },
      { _tag: "Response", operation, result: refused }
    ]
  } : within2(context2, startTraversal(context2, self, begun2, view, operation));
};
var receive4 = (context2, self, state, from, message) => {
  if (isSettled3(state, message)) return ignore2(state);
  if ("phase" in message) return receiveInPhase(context2, self, state, from, message);
  return M(message).with({ _tag: "Hint" }, (hint) => receiveHint(state, hint)).with(
    { _tag: "ViewReply" },
    (reply) => within2(context2, receiveViewReply(context2, self, state, reply))
  ).with({ _tag: "Announced" }, (announced) => receiveAnnounced(context2, state, announced)).with({ _tag: z.union("Announce", "AskView") }, () => ignore2(state)).exhaustive();
};
var receiveInPhase = (context2, self, state, from, message) => {
  if (state._tag === "Idle") return ignore2(state);
  const step4 = M(message).with(
    { _tag: z.union("Endorsed", "Stored", "Collected") },
    (answer2) => receiveAnswer(context2, self, state, from, answer2)
  ).with({ _tag: "GetReply" }, (reply) => receiveGetReply(context2, self, state, from, reply)).with({ _tag: "SetReply" }, () => receiveSetReply(context2, self, state, from)).with({ _tag: "Notified" }, () => receiveNotified(context2, state, from)).with({ _tag: z.union("Endorse", "Store", "Collect", "Get", "Set", "Notify") }, () => void 0).exhaustive();
  return step4 === void 0 ? ignore2(state) : within2(context2, step4);
};
var isSettled3 = (state, message) => {
  if ("phase" in message) return isBefore([message.operation, message.phase], positionOf2(state));
  if (message._tag === "ViewReply") return isWithin(message.view, latestKnown(state));
  return message._tag === "Announced" && message.number < sizeOf(latestKnown(state));
};
var positionOf2 = (state) => [state.begun, state._tag === "Idle" ? past : state.phase];
var client3 = {
  State: ClientState2,
  durable: false,
  initial: (context2) => ({ _tag: "Idle", begun: 0, view: initialView(context2) }),
  ready: (_context, _self, { _tag }) => _tag === "Idle",
  choices: () => [],
  step: (context2, self, state, input) => M(input).with(
    { _tag: "Invoke" },
    ({ operation }) => state._tag === "Idle" ? invoke2(context2, self, state, operation) : ignore2(state)
  ).with({ _tag: "Receive" }, ({ from, message }) => receive4(context2, self, state, from, message)).with({ _tag: "Choose" }, () => ignore2(state)).exhaustive(),
  promises: {
    isObsolete: (_context, _self, state, _from, answer2) => isSettled3(state, answer2),
    isSettled: (_context, _self, state, _to, question2) => isSettled3(state, question2),
    isAnswer: ({ configuration }, _self, _state, _from, message) => countsOnly(configuration) && "phase" in message
  }
};

// spec/weak-snapshot/messages.ts
var messages_exports2 = {};
__export(messages_exports2, {
  Answer: () => Answer,
  Collect: () => Collect,
  Collected: () => Collected,
  Endorse: () => Endorse,
  Endorsed: () => Endorsed,
  InPhase: () => InPhase,
  Message: () => Message4,
  Question: () => Question,
  Store: () => Store,
  Stored: () => Stored,
  describeMessage: () => describeMessage3
});
var InPhase = { operation: Count, phase: Count };
var Endorse = TaggedStruct("Endorse", { ...InPhase, change: Change });
var Endorsed = TaggedStruct("Endorsed", { ...InPhase, change: Change });
var Store = TaggedStruct("Store", { ...InPhase, endorsements: Endorsements });
var Stored = TaggedStruct("Stored", InPhase);
var Collect = TaggedStruct("Collect", InPhase);
var Collected = TaggedStruct("Collected", { ...InPhase, endorsements: Endorsements });
var Question = Union2([Endorse, Store, Collect]);
var Answer = Union2([Endorsed, Stored, Collected]);
var Message4 = Union2([Question, Answer]);
var describeMessage3 = (message) => {
  switch (message._tag) {
    case "Endorse":
      return `endorse ${describeChange(message.change)}`;
    case "Endorsed":
      return `endorses ${describeChange(message.change)}`;
    case "Store":
      return `store ${describeEndorsements(message.endorsements)}`;
    case "Stored":
      return "stored";
    case "Collect":
      return "collect";
    case "Collected":
      return `knows ${describeEndorsements(message.endorsements)}`;
  }
};

// spec/dynastore/messages.ts
var { InPhase: InPhase2 } = messages_exports2;
var Endorse2 = Struct({ ...Endorse.fields, view: View });
var Store2 = Struct({ ...Store.fields, view: View });
var Collect2 = Struct({ ...Collect.fields, view: View });
var SnapshotQuestion = Union2([Endorse2, Store2, Collect2]);
var GetRequest = TaggedStruct("Get", InPhase2);
var GetReply = TaggedStruct("GetReply", { ...InPhase2, pair: Pair });
var SetRequest = TaggedStruct("Set", { ...InPhase2, pair: Pair });
var SetReply = TaggedStruct("SetReply", InPhase2);
var Notify = TaggedStruct("Notify", { ...InPhase2, view: View });
var Notified = TaggedStruct("Notified", InPhase2);
var AskView = TaggedStruct("AskView", {});
var ViewReply = TaggedStruct("ViewReply", { view: View });
var Message5 = Union2([
  SnapshotQuestion,
  Answer,
  GetRequest,
  GetReply,
  SetRequest,
  SetReply,
  Notify,
  Notified,
  AskView,
  ViewReply,
  ...Message.members
]);
var onlyWithDirectory = [
  "Notify",
  "Notified",
  "AskView",
  "ViewReply",
  "Announce",
  "Announced",
  "Hint"
];
var describeMessage4 = (message) => {
  switch (message._tag) {
    case "Get":
      return "get";
    case "GetReply":
      return `has ${describePair(message.pair)}`;
    case "Set":
      return `set ${describePair(message.pair)}`;
    case "SetReply":
      return "ack";
    case "Endorse":
    case "Store":
    case "Collect":
      return `${describeMessage3(message)} in ${describeView(message.view)}`;
    case "Notify":
      return `operations may begin in ${describeView(message.view)}`;
    case "Notified":
      return "noted";
    case "AskView":
      return "which is the latest configuration?";
    case "ViewReply":
      return `the latest is ${describeView(message.view)}`;
    case "Announce":
    case "Announced":
    case "Hint":
      return describeMessage(message);
    case "Endorsed":
    case "Stored":
    case "Collected":
      return describeMessage3(message);
  }
};

// spec/dynastore/properties.ts
var isStored = (observation) => observation._tag === "Note";
var seen = (name, about2, initial13, { stores, ...others }) => judged(
  { name, about: about2 },
  initial13,
  { ...others, notes: (state, client13, { detail }) => stores?.(state, client13, detail) ?? state },
  isStored
);
var storedViewsFormAChain = seen(
  "stored-views-form-a-chain",
  "of any two views in which data is stored, one contains the other",
  { stored: [], violation: null },
  {
    stores: (state, client13, { view }) => {
      const rival = state.stored.find((other) => !isWithin(other, view) && !isWithin(view, other));
      return rival === void 0 ? { ...state, stored: including(state.stored, view) } : {
        ...state,
        violation: `${client13} stores in ${describeView(view)}, another in ${describeView(rival)}`
      };
    }
  }
);
var courseOf = (courses, client13) => courses.find((course) => course.client === client13);
var withCourse = (courses, course) => setOf([...courses.filter(({ client: client13 }) => client13 !== course.client), course]);
var viewsGrow = seen(
  "views-grow",
  "an operation stores data in no view that lacks changes of a view in which an earlier one had ended",
  { ended: [], courses: [], violation: null },
  {
    begins: (state, client13, { _tag }) => {
      const course = { client: client13, isWrite: _tag === "Write", before: state.ended, stored: null };
      return { ...state, courses: withCourse(state.courses, course) };
    },
    stores: (state, client13, { view }) => {
      const course = courseOf(state.courses, client13);
      if (course === void 0) return state;
      const missed2 = course.before.find((other) => !isWithin(other, view));
      return missed2 === void 0 ? { ...state, courses: withCourse(state.courses, { ...course, stored: view }) } : { ...state, violation: `${client13} stores in ${describeView(view)} after ${describeView(missed2)}` };
    },
    ends: (state, client13) => ({
      ...state,
      courses: state.courses.filter((course) => course.client !== client13),
      ended: largest([...state.ended, courseOf(state.courses, client13)?.stored ?? { add: [], remove: [] }])
    })
  }
);
var largest = (views) => setOf(views).filter((view, at, all2) => !all2.some((other, index) => index !== at && isWithin(view, other)));
var timestampsFollowTime = seen(
  "timestamps-follow-time",
  "an operation that begins after another has ended has no smaller timestamp, and a write has a larger one",
  { ended: null, courses: [], violation: null },
  {
    begins: (state, client13, { _tag }) => {
      if (_tag === "Reconfigure") return state;
      const before = state.ended === null ? [] : [state.ended];
      const course = { client: client13, isWrite: _tag === "Write", before, stored: null };
      return { ...state, courses: withCourse(state.courses, course) };
    },
    stores: (state, client13, { timestamp }) => {
      const course = courseOf(state.courses, client13);
      if (course === void 0 || course.isWrite && course.stored !== null) return state;
      const late = course.before.find(
        (one) => isLarger(one, timestamp) || course.isWrite && !isLarger(timestamp, one)
      );
      return late === void 0 ? { ...state, courses: withCourse(state.courses, { ...course, stored: timestamp }) } : { ...state, violation: `${client13} stores ${describe(timestamp)} after ${describe(late)}` };
    },
    ends: (state, client13) => {
      const stored = courseOf(state.courses, client13)?.stored ?? null;
      const isNewer2 = stored !== null && (state.ended === null || isLarger(stored, state.ended));
      return {
        ...state,
        courses: state.courses.filter((course) => course.client !== client13),
        ended: isNewer2 ? stored : state.ended
      };
    }
  }
);
var describe = ({ number: number3, client: client13 }) => `timestamp (${number3}, ${client13 ?? "\u22A5"})`;
var desiredBy = (state) => state._tag === "Idle" ? state.view : state.desired;
var desiredGrows = {
  _tag: "Step",
  name: "desired-grows",
  about: "a client that desires a change, or is in a view with it, does so for ever",
  role: "client",
  isSymmetric: true,
  holds: (_context, _self, before, after2) => isWithin(desiredBy(before), desiredBy(after2))
};
var frontIsDesired = {
  _tag: "Process",
  name: "front-is-desired",
  about: "every view of a client's front is made of changes that it desires, and the view that it visits is one of them",
  role: "client",
  isSymmetric: true,
  holds: (_context, _self, state) => state._tag === "Idle" || state.front.every((view) => isWithin(view, state.desired)) && state.front.some((view) => isWithin(view, state.view) && isWithin(state.view, view))
};
var storesWhatIsDesired = {
  _tag: "Process",
  name: "stores-in-desired-view",
  about: "a client that stores data does so in the one view of its front, which has all changes that it desires",
  role: "client",
  isSymmetric: true,
  holds: (_context, _self, state) => state._tag === "Idle" || state.stage._tag !== "Setting" || state.front.length === 1 && isWithin(state.desired, state.view)
};
var reconfigurationIsDone = {
  _tag: "Step",
  name: "reconfiguration-is-done",
  about: "a client whose reconfiguration ends is in a view that has its changes",
  role: "client",
  isSymmetric: true,
  holds: (_context, _self, before, after2) => before._tag === "Idle" || after2._tag !== "Idle" || before.operation._tag !== "Reconfigure" || isWithin({ add: before.operation.add, remove: before.operation.remove }, after2.view)
};

// spec/weak-snapshot/server.ts
var ServerState2 = Struct({
  /** N_i[i]: the change that the node endorses; null (⊥) until it is first asked. */
  endorsed: NullOr(Change),
  /** The node's row: what it knows to be endorsed by anybody, itself included. */
  known: Endorsements
});
var initial6 = { endorsed: null, known: [] };
var receiveEndorse = ({ rules }, self, state, from, { operation, phase, change: change2 }) => {
  const endorsed = state.endorsed ?? change2;
  return {
    state: { endorsed, known: including(state.known, rules.endorsement(self, endorsed)) },
    sends: [{ to: from, message: { _tag: "Endorsed", operation, phase, change: endorsed } }],
    observations: []
  };
};
var receiveStore = (state, from, { operation, phase, endorsements }) => ({
  state: { ...state, known: union2(state.known, endorsements) },
  sends: [{ to: from, message: { _tag: "Stored", operation, phase } }],
  observations: []
});
var receive5 = (context2, self, state, from, message) => M(message).with({ _tag: "Endorse" }, (endorse) => receiveEndorse(context2, self, state, from, endorse)).with({ _tag: "Store" }, (store) => receiveStore(state, from, store)).with(
  { _tag: "Collect" },
  ({ operation, phase }) => ({
    state,
    sends: [{ to: from, message: { _tag: "Collected", operation, phase, endorsements: state.known } }],
    observations: []
  })
).with({ _tag: z.union("Endorsed", "Stored", "Collected") }, () => ignore2(state)).exhaustive();
var onlyAnswers2 = ({ endorsed, known: known2 }, message) => M(message).with({ _tag: "Endorse" }, () => endorsed !== null).with({ _tag: "Store" }, ({ endorsements }) => includes(known2, endorsements)).with({ _tag: "Collect" }, () => true).with({ _tag: z.union("Endorsed", "Stored", "Collected") }, () => false).exhaustive();
var server3 = {
  State: ServerState2,
  durable: true,
  initial: () => initial6,
  ready: () => false,
  choices: () => [],
  step: (context2, self, state, input) => M(input).with({ _tag: "Receive" }, ({ from, message }) => receive5(context2, self, state, from, message)).with({ _tag: z.union("Invoke", "Choose") }, () => ignore2(state)).exhaustive(),
  promises: { onlyAnswers: (_context, _self, state, _from, message) => onlyAnswers2(state, message) }
};

// spec/dynastore/server.ts
var ServerState3 = Struct({
  pair: Pair,
  /**
   * The latest view in which it knows that operations may begin. It hears of others only where
   * there is a directory.
   */
  latest: View,
  /** The node's part of each weak snapshot in which it was ever asked to endorse or to store anything. */
  snapshots: SetOf(Struct({ view: View, ...ServerState2.fields }))
});
var receiveGet = (state, from, { operation, phase }) => ({
  state,
  sends: [{ to: from, message: { _tag: "GetReply", operation, phase, pair: state.pair } }],
  observations: []
});
var receiveSet = (state, from, { operation, phase, pair: pair2 }) => ({
  state: isLarger(pair2.timestamp, state.pair.timestamp) ? { ...state, pair: pair2 } : state,
  sends: [{ to: from, message: { _tag: "SetReply", operation, phase } }],
  observations: []
});
var receiveQuestion = ({ rules }, self, state, from, question2) => {
  const { view } = question2;
  const before = snapshotOf2(state, view);
  const step4 = receive5({ rules: rules.snapshot }, self, before, from, question2);
  const others = state.snapshots.filter((other) => !equals2(other.view, view));
  const isUnchanged = equals2(step4.state, before);
  return {
    state: isUnchanged ? state : { ...state, snapshots: setOf([...others, { view, ...step4.state }]) },
    sends: step4.sends,
    observations: []
  };
};
var snapshotOf2 = ({ snapshots }, view) => {
  const found = snapshots.find((one) => equals2(one.view, view));
  return found === void 0 ? initial6 : { endorsed: found.endorsed, known: found.known };
};
var receiveNotify = (state, from, { operation, phase, view }) => ({
  state: isWithin(view, state.latest) ? state : { ...state, latest: view },
  sends: [{ to: from, message: { _tag: "Notified", operation, phase } }],
  observations: []
});
var receiveAskView = (state, from) => ({
  state,
  sends: [{ to: from, message: { _tag: "ViewReply", view: state.latest } }],
  observations: []
});
var receive6 = (context2, self, state, from, message) => M(message).with({ _tag: "Get" }, (get2) => receiveGet(state, from, get2)).with({ _tag: "Set" }, (set) => receiveSet(state, from, set)).with(
  { _tag: z.union("Endorse", "Store", "Collect") },
  (question2) => receiveQuestion(context2, self, state, from, question2)
).with({ _tag: "Notify" }, (notify) => receiveNotify(state, from, notify)).with({ _tag: "AskView" }, () => receiveAskView(state, from)).with({ _tag: notForServers }, () => ignore2(state)).exhaustive();
var notForServers = z.union(
  "GetReply",
  "SetReply",
  "Endorsed",
  "Stored",
  "Collected",
  "Notified",
  "ViewReply",
  "Announce",
  "Announced",
  "Hint"
);
var onlyAnswers3 = (state, message) => M(message).with({ _tag: "Get" }, () => true).with({ _tag: "Set" }, ({ pair: pair2 }) => !isLarger(pair2.timestamp, state.pair.timestamp)).with(
  { _tag: z.union("Endorse", "Store", "Collect") },
  (question2) => onlyAnswers2(snapshotOf2(state, question2.view), question2)
).with({ _tag: "Notify" }, ({ view }) => isWithin(view, state.latest)).with({ _tag: "AskView" }, () => true).with({ _tag: notForServers }, () => false).exhaustive();
var server4 = {
  State: ServerState3,
  durable: true,
  initial: (context2) => ({ pair: initialPair, latest: initialView(context2), snapshots: [] }),
  ready: () => false,
  choices: () => [],
  step: (context2, self, state, input) => M(input).with({ _tag: "Receive" }, ({ from, message }) => receive6(context2, self, state, from, message)).with({ _tag: z.union("Invoke", "Choose") }, () => ignore2(state)).exhaustive(),
  promises: { onlyAnswers: (_context, _self, state, _from, message) => onlyAnswers3(state, message) }
};

// spec/weak-snapshot/rules.ts
var correct2 = {
  endorsement: (_by, change2) => ({ change: change2 }),
  spreads: true,
  collects: 2,
  writesBack: true,
  endsWhenEmpty: true
};

// spec/dynastore/rules.ts
var correct3 = {
  snapshot: correct2,
  visited: smallest,
  visit: ["Proposing", "Scanning", "Getting"],
  leaf: ["Setting", "Checking"],
  visitsAgain: true,
  destination: ({ desired }) => desired,
  extended,
  lacking,
  keepsTimestamp: true,
  retriesWithTimestamp: true,
  notifiesMembers: true,
  awaitsDirectory: true
};

// spec/dynastore/variants.ts
var withOwnChange = ({ operation, view }) => operation._tag === "Reconfigure" ? extended(view, operation) : view;
var largest2 = (views) => views.reduce((most2, view) => sizeOf(view) < sizeOf(most2) ? most2 : view);
var variants2 = [
  {
    name: "correct",
    kind: "correct",
    about: "DynaStore as section 6 of the tutorial describes it, with the details of the original paper [2].",
    rules: correct3
  },
  {
    name: "get-before-scan",
    kind: "mutant",
    about: "In every configuration the data is read first, and the outgoing edges are made and looked for afterwards.",
    rules: { ...correct3, visit: ["Getting", "Proposing", "Scanning"] }
  },
  {
    name: "scan-before-set",
    kind: "mutant",
    about: "The last look for outgoing edges comes before the data is stored, not after.",
    rules: { ...correct3, leaf: ["Checking", "Setting"] }
  },
  {
    name: "no-final-scan",
    kind: "mutant",
    about: "An operation ends when its data is stored, without a look for edges that were made meanwhile.",
    rules: { ...correct3, leaf: ["Setting"] }
  },
  {
    name: "no-second-get",
    kind: "mutant",
    about: "An operation that finds edges after it has stored its data follows them at once, without reading once more.",
    rules: { ...correct3, visitsAgain: false }
  },
  {
    name: "fresh-timestamps",
    kind: "mutant",
    about: "A write chooses a new timestamp in each configuration that it stores its value in.",
    rules: { ...correct3, keepsTimestamp: false }
  },
  {
    name: "unmerged-branches",
    kind: "mutant",
    about: "A client proposes its own change only: it stops at the first leaf and leaves other branches as they are.",
    rules: { ...correct3, destination: withOwnChange }
  },
  {
    name: "largest-first",
    kind: "mutant",
    about: "The front is traversed from its largest view to its smallest.",
    rules: { ...correct3, visited: largest2 }
  },
  {
    name: "one-collect",
    kind: "mutant",
    about: "Scans of weak snapshots collect once instead of twice.",
    rules: { ...correct3, snapshot: { ...correct3.snapshot, collects: 1 } }
  },
  {
    name: "no-write-back",
    kind: "mutant",
    about: "Scans of weak snapshots store what they collected nowhere before they go on.",
    rules: { ...correct3, snapshot: { ...correct3.snapshot, writesBack: false } }
  },
  {
    name: "removed-node-returns",
    kind: "mutant",
    about: "A node that was removed can be added again under the same name.",
    rules: {
      ...correct3,
      extended: (view, change2) => extended({ ...view, remove: without(view.remove, change2.add) }, change2),
      lacking: (desired, view) => lacking(desired, { ...view, add: membersOf(view) })
    }
  },
  {
    name: "restart-chooses-again",
    kind: "mutant",
    about: "A write that is retried in a newer configuration chooses a timestamp once more, though it has stored its value under another.",
    rules: { ...correct3, retriesWithTimestamp: false }
  },
  {
    name: "members-not-notified",
    kind: "mutant",
    about: "A reconfiguration tells the directory who the members of the new configuration are, but not the members that they are.",
    rules: { ...correct3, notifiesMembers: false },
    unused: ["Notify", "Notified"]
  },
  {
    name: "announcement-not-awaited",
    kind: "mutant",
    about: "A reconfiguration returns without waiting until the directory knows of the new configuration.",
    rules: { ...correct3, awaitsDirectory: false }
  }
];

// spec/dynastore/protocol.ts
var dynastore = {
  name: "dynastore",
  about: "Reconfigurable atomic storage without consensus: a graph of configurations (tutorial 6).",
  variants: variants2,
  objects: [register, configurable],
  Message: Message5,
  roles: { server: server4, client: client3, directory: directoryService() },
  Parameters: StorageParameters,
  nodes: (parameters) => [...serversAndClients(parameters), ...directoryIn(parameters)],
  unused: ({ directory: directory2 }) => directory2 === void 0 ? onlyWithDirectory : [],
  properties: [
    atomic,
    timestampsGrow,
    timestampsNameValues,
    storedViewsFormAChain,
    viewsGrow,
    timestampsFollowTime,
    desiredGrows,
    frontIsDesired,
    storesWhatIsDesired,
    reconfigurationIsDone,
    termination,
    dynamicLiveness
  ],
  describe: describeMessage4
};

// spec/majority/position.ts
var rank2 = { Get: 0, Set: 1 };
var standingOf2 = ({ _tag, begun: begun2 }) => {
  switch (_tag) {
    case "Idle":
      return [begun2, past];
    case "Getting":
      return [begun2, rank2.Get];
    case "Setting":
      return [begun2, rank2.Set];
  }
};
var isOver2 = (state, { operation }, phase) => isBefore([operation, rank2[phase]], standingOf2(state));

// spec/majority/client.ts
var Idle3 = TaggedStruct("Idle", { begun: Count });
var Getting2 = TaggedStruct("Getting", {
  begun: Count,
  operation: Access,
  phase: Phase(Pair),
  /** Who answered with that very pair, if the client remembers it. */
  holders: optionalKey2(ServerSet)
});
var Setting2 = TaggedStruct("Setting", {
  begun: Count,
  operation: Access,
  phase: Phase(Pair)
});
var ClientState3 = Union2([Idle3, Getting2, Setting2]);
var initial7 = { _tag: "Idle", begun: 0 };
var invoke3 = (context2, self, state, operation) => {
  const begun2 = state.begun + 1;
  const question2 = { _tag: "Get", operation: begun2 };
  const { phase, sends } = startPhase([context2.configuration], initialPair, question2);
  const getting = { _tag: "Getting", begun: begun2, operation, phase };
  const first = operation._tag === "Read" || context2.rules.writeHasGetPhase ? { state: getting, sends, observations: [] } : startSet2(context2, getting, choosePair2(context2, self, getting));
  return { ...first, observations: [{ _tag: "Invocation", operation }] };
};
var receiveGetReply2 = (context2, self, state, from, { pair: pair2 }) => {
  const { configuration, rules } = context2;
  const merge2 = (found) => larger(found, pair2);
  const { phase, isComplete } = advance(state.phase, from, merge2, "read", rules.enough);
  const counted2 = { ...state, phase, ...holdersAfter(context2, state, phase, pair2) };
  if (!isComplete) return become(counted2);
  const { operation, holders = [] } = counted2;
  return operation._tag === "Read" && rules.returnsAtOnce(configuration, holders) ? finish2(counted2) : startSet2(context2, counted2, choosePair2(context2, self, counted2));
};
var holdersAfter = ({ rules }, { operation, phase: { answered, answer: answer2 }, holders = [] }, after2, pair2) => {
  const answering = without(after2.answered, answered);
  if (!rules.remembersHolders || operation._tag === "Write" || answering.length === 0) return {};
  if (isLarger(pair2.timestamp, answer2.timestamp)) return { holders: answering };
  return { holders: isLarger(answer2.timestamp, pair2.timestamp) ? holders : union2(holders, answering) };
};
var choosePair2 = ({ rules }, self, { begun: begun2, operation, phase }) => operation._tag === "Read" ? phase.answer : { value: operation.value, timestamp: rules.timestampAbove(phase.answer.timestamp, self, begun2) };
var startSet2 = ({ rules }, { begun: begun2, operation, phase }, pair2) => ({
  state: { _tag: "Setting", begun: begun2, operation, phase: begin(phase.configurations, pair2) },
  sends: ask(rules.asksToStore(phase), { _tag: "Set", operation: begun2, pair: pair2 }),
  observations: []
});
var receiveSetReply2 = ({ rules }, state, from) => {
  const { phase, isComplete } = advance(state.phase, from, unchanged2, "write", rules.enough);
  const counted2 = { ...state, phase };
  return isComplete ? finish2(counted2) : become(counted2);
};
var finish2 = ({ begun: begun2, operation, phase }) => ({
  state: { _tag: "Idle", begun: begun2 },
  sends: [],
  observations: [
    { _tag: "Response", operation, result: operation._tag === "Read" ? phase.answer.value : null }
  ]
});
var receive7 = (context2, self, state, from, message) => {
  if (state._tag === "Idle" || message.operation !== state.begun) return ignore2(state);
  return M([state, message]).with(
    [{ _tag: "Getting" }, { _tag: "GetReply" }],
    ([getting, reply]) => receiveGetReply2(context2, self, getting, from, reply)
  ).with([{ _tag: "Setting" }, { _tag: "SetReply" }], ([setting]) => receiveSetReply2(context2, setting, from)).with(
    [{ _tag: "Setting" }, { _tag: "GetReply" }],
    ([setting, late]) => isSettled4(context2, setting, late) ? ignore2(setting) : receiveSetReply2(context2, setting, from)
  ).with([{ _tag: "Getting" }, { _tag: "SetReply" }], () => ignore2(state)).with([{}, { _tag: "Get" }], [{}, { _tag: "Set" }], () => ignore2(state)).exhaustive();
};
var isSettled4 = ({ rules }, state, message) => isOver2(state, message, rules.countsUntil(message));
var client4 = {
  State: ClientState3,
  durable: false,
  initial: () => initial7,
  ready: (_context, _self, state) => state._tag === "Idle",
  choices: () => [],
  step: (context2, self, state, input) => M(input).with(
    { _tag: "Invoke" },
    ({ operation }) => state._tag === "Idle" ? invoke3(context2, self, state, operation) : ignore2(state)
  ).with({ _tag: "Receive" }, ({ from, message }) => receive7(context2, self, state, from, message)).with({ _tag: "Choose" }, () => ignore2(state)).exhaustive(),
  promises: {
    isObsolete: (context2, _self, state, _from, reply) => isSettled4(context2, state, reply),
    isSettled: (context2, _self, state, _to, request) => isSettled4(context2, state, request),
    // Quorums that do not count members may be complete with fewer answers than came: then the order decides which count.
    isAnswer: ({ configuration, rules }) => countsOnly(configuration) && rules.answersCommute
  }
};

// spec/majority/messages.ts
var GetRequest2 = TaggedStruct("Get", { operation: Count });
var GetReply2 = TaggedStruct("GetReply", { operation: Count, pair: Pair });
var SetRequest2 = TaggedStruct("Set", { operation: Count, pair: Pair });
var SetReply2 = TaggedStruct("SetReply", { operation: Count });
var Message6 = Union2([GetRequest2, GetReply2, SetRequest2, SetReply2]);
var phaseOf = ({ _tag }) => _tag === "Get" || _tag === "GetReply" ? "Get" : "Set";
var describeMessage5 = (message) => {
  switch (message._tag) {
    case "Get":
      return "get";
    case "GetReply":
      return `has ${describePair(message.pair)}`;
    case "Set":
      return `set ${describePair(message.pair)}`;
    case "SetReply":
      return "ack";
  }
};

// spec/register/ordered-register.ts
var initial8 = {
  floor: initialPair.timestamp,
  chosen: [initialPair],
  operations: {},
  gone: []
};
var isBelow = (left, right) => isLarger(right, left);
var isAction = (before, after2, client13) => {
  const [was, is3] = [before.operations[client13], after2.operations[client13]];
  if (before.gone.includes(client13) && !after2.gone.includes(client13)) return false;
  if (after2.gone.includes(client13)) return is3 === void 0;
  if (was === void 0) return is3 === void 0 || begins2(before, is3);
  return is3 === void 0 ? ends(after2, was) : goesOn(before, was, is3);
};
var begins2 = ({ floor }, is3) => is3.pair === null && !isBelow(is3.floor, floor);
var goesOn = ({ chosen }, was, is3) => {
  if (!equals2(was.operation, is3.operation) || isBelow(is3.floor, was.floor)) return false;
  if (was.pair !== null || is3.pair === null) return equals2(was.pair, is3.pair);
  const { value, timestamp } = is3.pair;
  return is3.operation._tag === "Write" ? value === is3.operation.value && isLarger(timestamp, was.floor) && !chosen.some((pair2) => equals2(pair2.timestamp, timestamp)) : !isBelow(timestamp, was.floor) && chosen.some((pair2) => equals2(pair2, is3.pair));
};
var ends = ({ floor }, { pair: pair2 }) => pair2 !== null && !isBelow(floor, pair2.timestamp);
var allows = (before, after2) => {
  const clients2 = [
    ...new Set([before, after2].flatMap(({ operations, gone: gone2 }) => [...Object.keys(operations), ...gone2]))
  ];
  const acting = clients2.filter((client13) => hasActed(before, after2, client13));
  const invented = after2.chosen.filter((pair2) => !before.chosen.some((known2) => equals2(known2, pair2)));
  return !isBelow(after2.floor, before.floor) && acting.length <= 1 && clients2.every((client13) => isAction(before, after2, client13)) && invented.every(
    (pair2) => acting.some((client13) => {
      const operation = after2.operations[client13];
      return operation?.operation._tag === "Write" && equals2(operation.pair, pair2);
    })
  );
};
var hasActed = (before, after2, client13) => {
  const [was, is3] = [before.operations[client13], after2.operations[client13]];
  return before.gone.includes(client13) !== after2.gone.includes(client13) || was === void 0 !== (is3 === void 0) || !equals2(was?.pair, is3?.pair);
};

// spec/majority/refinement.ts
var later = (left, right) => isLarger(right, left) ? right : left;
var earlier = (left, right) => isLarger(right, left) ? left : right;
var leastFound = ({ configuration }, answered, found, next2) => {
  const silent = configuration.members.filter((member) => !answered.includes(member));
  const able = silent.flatMap((server12) => {
    const timestamp = next2(server12);
    return timestamp === void 0 ? [] : [{ server: server12, timestamp }];
  });
  const completions = subsetsOf(able).filter(
    (set) => isQuorum(configuration, "read", union2(answered, setOf(set.map(({ server: server12 }) => server12))))
  );
  const outcomes = completions.map(
    (set) => set.reduce((most2, { timestamp }) => later(most2, timestamp), found)
  );
  return outcomes.length === 0 ? endOfTime : outcomes.reduce(earlier);
};
var endOfTime = { number: Number.MAX_SAFE_INTEGER, client: null };
var subsetsOf = (items) => items.reduce(
  (sets, item) => sets.flatMap((set) => [set, [...set, item]]),
  [[]]
);
var nextAnswer = ({ nodes, inFlight }, client13, begun2, server12) => {
  const reply = (inFlight[client13] ?? []).find(
    ({ from, message }) => from === server12 && message._tag === "GetReply" && message.operation === begun2
  )?.message;
  return reply?._tag === "GetReply" ? reply.pair.timestamp : nodes.server[server12]?.pair.timestamp;
};
var orderedOf = (context2, whole, client13, state) => {
  switch (state._tag) {
    case "Idle":
      return void 0;
    case "Getting":
      return { operation: state.operation, floor: floorOf(context2, whole, client13, state), pair: null };
    case "Setting": {
      const { answer: answer2 } = state.phase;
      return { operation: state.operation, floor: answer2.timestamp, pair: answer2 };
    }
  }
};
var floorOf = (context2, whole, client13, { begun: begun2, phase }) => leastFound(
  context2,
  phase.answered,
  phase.answer.timestamp,
  (server12) => nextAnswer(whole, client13, begun2, server12)
);
var pairsOf = (state) => state._tag === "Setting" || state._tag === "Getting" && state.phase.answered.length > 0 ? [state.phase.answer] : [];
var pairsIn = ({ nodes, inFlight }) => setOf([
  ...Object.values(nodes.server).map(({ pair: pair2 }) => pair2),
  ...Object.values(nodes.client).flatMap(pairsOf),
  ...Object.values(inFlight).flatMap(
    (inbox) => inbox.flatMap(({ message }) => "pair" in message ? [message.pair] : [])
  )
]);
var refinesOrderedRegister = {
  _tag: "Refines",
  name: "refines-ordered-register",
  about: "each step is one of a register whose operations are ordered by their timestamps, or none",
  isSymmetric: true,
  mapping: (context2, whole) => ({
    floor: leastFound(
      context2,
      [],
      initialPair.timestamp,
      (server12) => whole.nodes.server[server12]?.pair.timestamp
    ),
    chosen: pairsIn(whole),
    operations: Object.fromEntries(
      context2.clients.flatMap((id) => {
        const state = whole.nodes.client[id];
        const ordered = state && orderedOf(context2, whole, id, state);
        return ordered === void 0 ? [] : [[id, ordered]];
      })
    ),
    gone: context2.clients.filter((id) => whole.nodes.client[id] === void 0)
  }),
  begins: (_context, abstract) => equals2(abstract, initial8),
  allows: (_context, before, after2) => allows(before, after2)
};

// spec/majority/server.ts
var ServerState4 = Struct({ pair: Pair });
var receiveGet2 = (state, from, { operation }) => ({
  state,
  sends: [{ to: from, message: { _tag: "GetReply", operation, pair: state.pair } }],
  observations: []
});
var receiveSet2 = ({ rules }, state, from, { operation, pair: pair2 }) => {
  const stores = isLarger(pair2.timestamp, state.pair.timestamp);
  const acknowledges = stores || rules.acknowledgesOlder;
  return {
    state: stores ? { ...state, pair: pair2 } : state,
    sends: acknowledges ? [{ to: from, message: { _tag: "SetReply", operation } }] : [],
    observations: []
  };
};
var receive8 = (context2, state, from, message) => M(message).with({ _tag: "Get" }, (get2) => receiveGet2(state, from, get2)).with({ _tag: "Set" }, (set) => receiveSet2(context2, state, from, set)).with({ _tag: "GetReply" }, { _tag: "SetReply" }, () => ignore2(state)).exhaustive();
var onlyAnswers4 = (state, message) => message._tag === "Get" || message._tag === "Set" && !isLarger(message.pair.timestamp, state.pair.timestamp);
var server5 = {
  State: ServerState4,
  durable: true,
  initial: () => ({ pair: initialPair }),
  ready: () => false,
  choices: () => [],
  step: (context2, _self, state, input) => M(input).with({ _tag: "Receive" }, ({ from, message }) => receive8(context2, state, from, message)).with({ _tag: "Invoke" }, { _tag: "Choose" }, () => ignore2(state)).exhaustive(),
  promises: { onlyAnswers: (_context, _self, state, _from, message) => onlyAnswers4(state, message) }
};

// spec/majority/rules.ts
var correct4 = {
  enough: isOver,
  writeHasGetPhase: true,
  timestampAbove: ({ number: number3 }, self) => ({ number: number3 + 1, client: self }),
  remembersHolders: false,
  returnsAtOnce: () => false,
  asksToStore: asked,
  countsUntil: phaseOf,
  acknowledgesOlder: true,
  answersCommute: true
};

// spec/majority/variants.ts
var variants3 = [
  {
    name: "correct",
    kind: "correct",
    about: "Majority replication as section 2.3 of the tutorial describes it.",
    rules: correct4
  },
  {
    name: "read-stored-value-at-once",
    kind: "correct",
    about: "A read that found the same pair at a whole write quorum returns it without a Set phase.",
    // A Set phase would change nothing, and be acknowledged by these same nodes. Section 2.3 has it so that later
    // reads find what this one returned; here they do without it.
    rules: {
      ...correct4,
      remembersHolders: true,
      returnsAtOnce: (configuration, holders) => isQuorum(configuration, "write", holders)
    }
  },
  {
    name: "read-stored-at-read-quorum",
    kind: "mutant",
    about: "The same, but a read quorum that holds the pair is taken for enough.",
    rules: {
      ...correct4,
      remembersHolders: true,
      returnsAtOnce: (configuration, holders) => isQuorum(configuration, "read", holders)
    }
  },
  {
    name: "read-without-set-phase",
    kind: "mutant",
    about: "A read returns what its Get phase found and stores it nowhere, so that reads can oscillate.",
    rules: { ...correct4, returnsAtOnce: () => true }
  },
  {
    name: "write-without-get-phase",
    kind: "mutant",
    about: "A writer numbers its writes by itself instead of asking for the largest timestamp first.",
    rules: {
      ...correct4,
      writeHasGetPhase: false,
      timestampAbove: (_2, self, begun2) => ({ number: begun2, client: self })
    }
  },
  {
    name: "timestamp-without-client",
    kind: "mutant",
    about: "A timestamp is a number alone, so that two writers may choose the same one.",
    rules: {
      ...correct4,
      timestampAbove: ({ number: number3 }) => ({ number: number3 + 1, client: null }),
      answersCommute: false
    }
  },
  {
    name: "quorum-one-short",
    kind: "mutant",
    about: "A phase ends one answer before it has a majority.",
    rules: { ...correct4, enough: isOverButForOne }
  },
  {
    name: "late-get-reply-counted",
    kind: "mutant",
    about: "A client in its Set phase takes a late answer to its Get phase for an acknowledgement.",
    rules: { ...correct4, countsUntil: () => "Set", answersCommute: false }
  },
  {
    name: "older-set-not-acknowledged",
    kind: "mutant",
    about: "A storage node acknowledges a Set only if it stored the pair; only liveness is lost.",
    rules: { ...correct4, acknowledgesOlder: false }
  },
  {
    name: "set-only-to-answerers",
    kind: "mutant",
    about: "The Set phase asks only those who answered the Get phase; only liveness is lost, to one crash.",
    rules: { ...correct4, asksToStore: ({ answered }) => answered }
  }
];

// spec/majority/protocol.ts
var majority2 = {
  name: "majority",
  about: "Majority replication of one register over a static set of storage nodes (tutorial 2.3).",
  variants: variants3,
  objects: [register],
  Message: Message6,
  roles: { server: server5, client: client4 },
  Parameters: StorageParameters,
  nodes: serversAndClients,
  properties: [
    atomic,
    timestampsGrow,
    timestampsNameValues,
    termination,
    staticLiveness,
    refinesOrderedRegister
  ],
  describe: describeMessage5
};

// spec/kernel/keyed.ts
var partOf = ({
  State,
  ...process2
}) => ({ ...process2, Shared: Struct({}), Own: State });
var PartAt = class {
  part;
  context;
  self;
  /** What objects share at the beginning, and what each has. */
  initialShared;
  initialOwn;
  isShared;
  constructor(part, context2, self) {
    this.part = part;
    this.context = context2;
    this.self = self;
    this.isShared = new Set(Object.keys(part.Shared.fields));
    const [own, shared] = this.split(part.initial(context2, self));
    this.initialOwn = own;
    this.initialShared = shared;
  }
  /** The state that a step of this object is shown. */
  shown(objects, key) {
    return { ...objects.shared, ...objects.own(key) ?? this.initialOwn };
  }
  /** One step of one object. */
  step(objects, key, input) {
    const before = this.shown(objects, key);
    const objectsAfter = (after2) => this.objectsAfter(objects, after2);
    const { state, sends, observations } = this.part.step(
      this.context,
      this.self,
      before,
      input,
      objectsAfter
    );
    return {
      change: state === before ? void 0 : this.changeOf(key, before, state),
      sends: sends.map(({ to, message, key: about2 = key }) => ({ to, message, key: about2 })),
      observations
    };
  }
  *objectsAfter(objects, after2) {
    for (const key of objects.keysAfter(after2)) yield [key, this.shown(objects, key)];
  }
  /**
   * The fields of which the state after a step has another value, or none. An equal copy of a field that exists once is the
   * same value; of a field that each object has, another: telling would cost more than keeping it does.
   */
  changeOf(key, before, after2) {
    let own;
    let shared;
    let dropped;
    for (const field in after2) {
      const value = after2[field];
      if (Object.is(value, before[field])) continue;
      if (!this.isShared.has(field)) {
        own ??= {};
        own[field] = value;
      } else if (!equals2(value, before[field])) {
        shared ??= {};
        shared[field] = value;
      }
    }
    for (const field in before) {
      if (field in after2) continue;
      dropped ??= [];
      dropped.push(field);
    }
    if (own === void 0 && shared === void 0 && dropped === void 0) return void 0;
    return {
      key,
      ...own === void 0 ? {} : { own },
      ...shared === void 0 ? {} : { shared },
      ...dropped === void 0 ? {} : { dropped }
    };
  }
  split(state) {
    const fields = Object.entries(state);
    return [
      Object.fromEntries(fields.filter(([field]) => !this.isShared.has(field))),
      Object.fromEntries(fields.filter(([field]) => this.isShared.has(field)))
    ];
  }
};
var withChange = (fields, change2, dropped) => {
  const isAnyDropped = dropped?.some((field) => field in fields) === true;
  if (change2 === void 0 && !isAnyDropped) return fields;
  const after2 = { ...fields, ...change2 };
  return isAnyDropped ? Object.fromEntries(Object.entries(after2).filter(([field]) => !dropped?.includes(field))) : after2;
};
var About = (message) => Struct({ key: String4, message });
var objectOf = ({ object: object2 }) => object2 ?? "";
var keyed = (part, keyOf2 = objectOf) => {
  const at = partsAt(part);
  const stateOf2 = (context2, self, state, key) => at(context2, self).shown(plain(state), key);
  const promise3 = (name) => (context2, self, state, node, { key, message }) => part.promises?.[name]?.(context2, self, stateOf2(context2, self, state, key), node, message) ?? false;
  return {
    State: Struct({
      shared: part.Shared,
      objects: Record(String4, part.Own)
    }),
    durable: part.durable,
    initial: (context2, self) => ({ shared: at(context2, self).initialShared, objects: {} }),
    ready: (context2, self, state, operation) => operation === void 0 ? part.ready(context2, self, part.initial(context2, self)) && Object.keys(state.objects).every(
      (key) => part.ready(context2, self, stateOf2(context2, self, state, key))
    ) : part.ready(context2, self, stateOf2(context2, self, state, keyOf2(operation)), operation),
    choices: (context2, self, state) => [...plain(state).keysAfter(null)].flatMap(
      (key) => part.choices(context2, self, stateOf2(context2, self, state, key)).map((choice) => ({ key, choice }))
    ),
    step: (context2, self, state, input) => {
      const objects = at(context2, self);
      const [key, of] = unkeyed(input, keyOf2);
      const { change: change2, sends, observations } = objects.step(plain(state), key, of);
      return {
        state: change2 === void 0 ? state : afterChange(objects, state, change2),
        sends: sends.map(({ to, message, key: about2 }) => ({
          to,
          message: { key: about2, message }
        })),
        observations
      };
    },
    ...part.atBound === void 0 ? {} : {
      // What stops at a bound for one object is no excuse for what is asked of another.
      atBound: (context2, { shared, objects }, operation) => (operation === void 0 ? Object.keys(objects) : [keyOf2(operation)]).map((key) => {
        const own = ownOf(objects, key);
        return own && part.atBound?.(context2, { ...shared, ...own }, operation);
      }).find((bound2) => bound2 !== void 0)
    },
    promises: {
      isObsolete: promise3("isObsolete"),
      onlyAnswers: promise3("onlyAnswers"),
      isSettled: promise3("isSettled"),
      ...part.promises?.isAnswer === void 0 ? {} : { isAnswer: promise3("isAnswer") }
    }
  };
};
var partsAt = (part) => {
  const known2 = /* @__PURE__ */ new WeakMap();
  return (context2, self) => {
    if (typeof context2 !== "object" || context2 === null) return new PartAt(part, context2, self);
    const ofContext = known2.get(context2) ?? /* @__PURE__ */ new Map();
    known2.set(context2, ofContext);
    const made = ofContext.get(self) ?? new PartAt(part, context2, self);
    ofContext.set(self, made);
    return made;
  };
};
var unkeyed = (input, keyOf2) => {
  switch (input._tag) {
    case "Invoke":
      return [keyOf2(input.operation), input];
    case "Receive":
      return [input.message.key, { ...input, message: input.message.message }];
    case "Choose":
      return [input.choice.key, { ...input, choice: input.choice.choice }];
  }
};
var ownOf = (objects, key) => Object.hasOwn(objects, key) ? objects[key] : void 0;
var plain = ({ shared, objects }) => ({
  shared,
  own: (key) => ownOf(objects, key),
  keysAfter: (after2) => Object.keys(objects).sort().filter((key) => after2 === null || key > after2)
});
var afterChange = ({ initialOwn }, { shared, objects }, { key, own, shared: changedShared, dropped }) => {
  const after2 = withChange(ownOf(objects, key) ?? initialOwn, own, dropped);
  const { [key]: _before, ...others } = objects;
  return {
    shared: withChange(shared, changedShared, dropped),
    objects: equals2(after2, initialOwn) ? others : { ...others, [key]: after2 }
  };
};

// spec/kernel/refinement.ts
var initialStateOf = ({ nodes, context: context2 }) => ({
  nodes: statesByRole(nodes, ({ id, process: process2 }) => process2.initial(context2, id)),
  inFlight: Object.fromEntries(nodes.map(({ id }) => [id, []]))
});
var statesByRole = (nodes, stateOf2) => {
  const byRole = {};
  for (const node of nodes) {
    const states = byRole[node.role] ?? {};
    byRole[node.role] = states;
    states[node.id] = stateOf2(node);
  }
  return byRole;
};
var successors = ({ nodes, context: context2 }, state, operations) => nodes.flatMap(({ id, role, process: process2 }) => {
  const own = state.nodes[role]?.[id];
  if (own === void 0) return [];
  const inbox = state.inFlight[id] ?? [];
  const inputs = [
    ...operations.filter((operation) => process2.ready(context2, id, own, operation)).map((operation) => ({ _tag: "Invoke", operation })),
    ...inbox.map(({ from, message }) => ({ _tag: "Receive", from, message })),
    ...process2.choices(context2, id, own).map((choice) => ({ _tag: "Choose", choice }))
  ];
  return inputs.map((input) => {
    const step4 = process2.step(context2, id, own, input);
    const left = input._tag === "Receive" ? withoutOne(inbox, input) : inbox;
    const inFlight = { ...state.inFlight, [id]: left };
    for (const { to, message } of step4.sends) {
      const before = inFlight[to];
      if (before !== void 0) inFlight[to] = [...before, { from: id, message }];
    }
    return { nodes: { ...state.nodes, [role]: { ...state.nodes[role], [id]: step4.state } }, inFlight };
  });
});
var withoutOne = (inbox, { from, message }) => {
  const at = inbox.findIndex((other) => equals2(other, { from, message }));
  return inbox.filter((_2, index) => index !== at);
};
var textOf = ({ nodes, inFlight }) => canonical([
  nodes,
  Object.fromEntries(
    Object.entries(inFlight).map(([node, inbox]) => [node, inbox.map((one) => canonical(one)).sort()])
  )
]);
var isStepOf = (system, before, after2, operations) => {
  const wanted = textOf(after2);
  const moved = system.nodes.filter((node) => hasMoved(before, after2, node));
  const nodes = moved.length > 0 ? moved : system.nodes;
  return successors({ ...system, nodes }, before, operations).some((state) => textOf(state) === wanted);
};
var hasMoved = (before, after2, { id, role }) => {
  const [was, is3] = [before.nodes[role]?.[id], after2.nodes[role]?.[id]];
  if (was !== is3 && !equals2(was, is3)) return true;
  const left = after2.inFlight[id] ?? [];
  return (before.inFlight[id] ?? []).some((one) => !left.some((other) => equals2(one, other)));
};
var among = (left, { nodes, inFlight }) => ({
  nodes: statesByRole(left, ({ id, role }) => nodes[role]?.[id]),
  inFlight: Object.fromEntries(left.map(({ id }) => [id, inFlight[id] ?? []]))
});
var leftOf = (system, gone2) => ({
  ...system,
  nodes: system.nodes.filter(({ id }) => !gone2.includes(id))
});
var stateOf = (system, { gone: gone2, systems }, key) => (Object.hasOwn(systems, key) ? systems[key] : void 0) ?? initialStateOf(leftOf(system, gone2));
var losesOne = (system, before, after2) => {
  const { nodes } = leftOf(system, after2.gone);
  return without(before.gone, after2.gone).length === 0 && after2.gone.length === before.gone.length + 1 && keysOf(before, after2).every(
    (key) => textOf(among(nodes, stateOf(system, before, key))) === textOf(stateOf(system, after2, key))
  );
};
var keysOf = (...all2) => [
  ...new Set(all2.flatMap(({ systems }) => Object.keys(systems)))
];
var refinesSingle = (single2, operationIn2) => ({
  _tag: "Refines",
  name: "refines-single",
  about: "what happens to each object is what happens to it in a system of that object alone",
  mapping: (context2, whole) => {
    const system = single2(context2);
    const isLeft = ({ role, id }) => whole.nodes[role]?.[id] !== void 0;
    const left = system.nodes.filter(isLeft);
    const keys = /* @__PURE__ */ new Set([
      ...Object.values(whole.nodes).flatMap(
        (states) => Object.values(states).flatMap(({ objects }) => Object.keys(objects))
      ),
      ...left.flatMap(({ id }) => (whole.inFlight[id] ?? []).map(({ message }) => message.key))
    ]);
    const shown = ({ role, id, process: process2 }, key) => {
      const keyed2 = whole.nodes[role]?.[id];
      return keyed2 !== void 0 && Object.hasOwn(keyed2.objects, key) ? { ...keyed2.shared, ...keyed2.objects[key] } : process2.initial(system.context, id);
    };
    return {
      gone: system.nodes.filter((node) => !isLeft(node)).map(({ id }) => id),
      systems: Object.fromEntries(
        [...keys].sort().map((key) => [
          key,
          {
            nodes: statesByRole(left, (node) => shown(node, key)),
            inFlight: Object.fromEntries(
              left.map(({ id }) => [
                id,
                (whole.inFlight[id] ?? []).filter(({ message }) => message.key === key).map(({ from, message }) => ({ from, message: message.message }))
              ])
            )
          }
        ])
      )
    };
  },
  begins: (_context, { gone: gone2, systems }) => gone2.length === 0 && Object.keys(systems).length === 0,
  allows: (context2, before, after2) => {
    const system = single2(context2);
    if (!equals2(before.gone, after2.gone)) return losesOne(system, before, after2);
    const moved = keysOf(before, after2).filter(
      (key2) => textOf(stateOf(system, before, key2)) !== textOf(stateOf(system, after2, key2))
    );
    const [key] = moved;
    if (key === void 0) return true;
    const next2 = stateOf(system, after2, key);
    const begun2 = Object.entries(next2.nodes).flatMap(
      ([role, states]) => Object.values(states).flatMap((state) => operationIn2(role, state) ?? [])
    );
    const left = leftOf(system, after2.gone);
    return moved.length === 1 && isStepOf(left, stateOf(system, before, key), next2, begun2);
  }
});

// spec/majority/registers.ts
var parts = { server: partOf(server5), client: partOf(client4) };
var single = (context2) => systemOf(majority2, context2, { ...majority2.variants[0], rules: context2.rules });
var operationIn = (role, state) => {
  const client13 = state;
  return role === "client" && client13._tag !== "Idle" ? client13.operation : void 0;
};
var majorityRegisters = {
  name: "majority-registers",
  about: "Majority replication of several registers over a static set of storage nodes (tutorial 2.3).",
  variants: variants3,
  objects: [registers],
  Message: About(Message6),
  roles: { server: keyed(parts.server), client: keyed(parts.client) },
  Parameters: StorageParameters,
  nodes: serversAndClients,
  properties: [atomicEach, termination, staticLiveness, refinesSingle(single, operationIn)],
  describe: ({ key, message }) => `${key}: ${describeMessage5(message)}`
};

// spec/register/written-values.ts
var Begun = Struct({ values: SetOf(Value), violation: NullOr(String4) });
var observe4 = (state, event) => {
  if (state.violation !== null || event._tag === "Fault" || event.observation._tag === "Note") return state;
  const { node, observation } = event;
  const { operation } = observation;
  if (!isAccess(operation)) return state;
  if (observation._tag === "Invocation")
    return operation._tag === "Write" ? { ...state, values: including(state.values, operation.value) } : state;
  const { result: result2 } = observation;
  return operation._tag === "Write" || state.values.includes(result2) ? state : { ...state, violation: `${node} read ${describeValue(result2)}, which nobody had begun to write` };
};
var writtenValues = {
  name: "written-values",
  initial: { values: [null], violation: null },
  observe: observe4,
  // The earlier a read returns, the fewer writes have begun.
  allowsEarlierResponses: true,
  mentionsServers: false,
  violation: ({ violation }) => violation ?? void 0
};
var onlyWrittenValues = {
  _tag: "Observed",
  name: "only-written-values",
  about: "a read returns the initial value, or one that a write which has begun writes",
  observer: () => writtenValues,
  canFailAt: (observation) => observation._tag === "Response" && observation.operation._tag === "Read"
};

// spec/masking/answers.ts
var Answers = SetOf(Struct({ server: ServerId, pair: Pair }));
var withAnswer = (answers, server12, pair2) => setOf([...answers.filter((answer2) => answer2.server !== server12), { server: server12, pair: pair2 }]);
var accepted = (context2, answers) => setOf(answers.map(({ pair: pair2 }) => pair2)).toSorted((left, right) => fromLargest(left.timestamp, right.timestamp)).find((pair2) => isVouched(context2, answers, pair2) && !mayBeReplaced(context2, answers, pair2));
var fromLargest = (left, right) => isLarger(left, right) ? -1 : isLarger(right, left) ? 1 : 0;
var isVouched = ({ configuration, rules }, answers, pair2) => answers.filter((answer2) => equals2(answer2.pair, pair2)).length >= rules.vouchers(rules.masked(configuration.members.length));
var mayBeReplaced = ({ configuration, rules }, answers, { timestamp }) => {
  const above = answers.filter(({ pair: pair2 }) => isLarger(pair2.timestamp, timestamp)).map(({ server: server12 }) => server12);
  const silent = configuration.members.filter(
    (member) => !answers.some(({ server: server12 }) => server12 === member)
  );
  const liars = rules.masked(configuration.members.length);
  return isQuorumWith(configuration, "write", rules.mayHoldNewer(above, silent), liars);
};
var trusted = ({ configuration, rules }, answers) => answers.map(({ pair: pair2 }) => pair2.timestamp).toSorted(fromLargest).at(rules.passesOver(rules.masked(configuration.members.length)));

// spec/masking/client.ts
var Idle4 = TaggedStruct("Idle", { begun: Count });
var Getting3 = TaggedStruct("Getting", {
  begun: Count,
  operation: Access,
  phase: Phase(Answers)
});
var Setting3 = TaggedStruct("Setting", {
  begun: Count,
  operation: Access,
  phase: Phase(Pair)
});
var ClientState4 = Union2([Idle4, Getting3, Setting3]);
var initial9 = { _tag: "Idle", begun: 0 };
var invoke4 = ({ configuration }, state, operation) => {
  const begun2 = state.begun + 1;
  const question2 = { _tag: "Get", operation: begun2 };
  const { phase, sends } = startPhase([configuration], [], question2);
  return {
    state: { _tag: "Getting", begun: begun2, operation, phase },
    sends,
    observations: [{ _tag: "Invocation", operation }]
  };
};
var receiveGetReply3 = (context2, self, state, from, { pair: pair2 }) => {
  const { rules } = context2;
  const { phase } = state;
  const server12 = asked(phase).find((one) => one === from);
  const hadQuorum = rules.enough(phase, "read");
  if (server12 === void 0 || !hadQuorum && phase.answered.includes(server12)) return ignore2(state);
  const heard = {
    ...state,
    phase: {
      ...phase,
      answered: including(phase.answered, server12),
      answer: withAnswer(phase.answer, server12, pair2)
    }
  };
  if (!rules.enough(heard.phase, "read")) return become(heard);
  if (heard.operation._tag === "Write") return startWriting(context2, self, heard, heard.operation.value);
  const found = accepted(context2, heard.phase.answer);
  if (found === void 0) return askAgain(context2, heard, hadQuorum ? [server12] : heard.phase.answered);
  return rules.writesBack ? startSet3(heard, found) : finish3(heard, found);
};
var askAgain = ({ rules }, heard, who2) => ({
  state: heard,
  sends: rules.asksAgain ? ask(who2, { _tag: "Get", operation: heard.begun }) : [],
  observations: []
});
var startWriting = (context2, self, heard, value) => {
  const { number: number3 } = trusted(context2, heard.phase.answer) ?? initialPair.timestamp;
  const timestamp = { number: number3 + 1, client: self };
  const observations = [{ _tag: "Note", name: "chose", detail: timestamp }];
  return { ...startSet3(heard, { value, timestamp }), observations };
};
var startSet3 = ({ begun: begun2, operation, phase }, pair2) => ({
  state: { _tag: "Setting", begun: begun2, operation, phase: begin(phase.configurations, pair2) },
  sends: ask(asked(phase), { _tag: "Set", operation: begun2, pair: pair2 }),
  observations: []
});
var receiveSetReply3 = ({ rules }, state, from) => {
  const { phase, isComplete } = advance(state.phase, from, unchanged2, "write", rules.enough);
  const counted2 = { ...state, phase };
  return isComplete ? finish3(counted2, phase.answer) : become(counted2);
};
var finish3 = ({ begun: begun2, operation }, { value }) => ({
  state: { _tag: "Idle", begun: begun2 },
  sends: [],
  observations: [{ _tag: "Response", operation, result: operation._tag === "Read" ? value : null }]
});
var receive9 = (context2, self, state, from, message) => {
  if (state._tag === "Idle" || message.operation !== state.begun) return ignore2(state);
  return M([state, message]).with(
    [{ _tag: "Getting" }, { _tag: "GetReply" }],
    ([getting, reply]) => receiveGetReply3(context2, self, getting, from, reply)
  ).with([{ _tag: "Setting" }, { _tag: "SetReply" }], ([setting]) => receiveSetReply3(context2, setting, from)).with([{ _tag: "Getting" }, { _tag: "SetReply" }], () => ignore2(state)).with([{ _tag: "Setting" }, { _tag: "GetReply" }], () => ignore2(state)).with([{}, { _tag: "Get" }], [{}, { _tag: "Set" }], () => ignore2(state)).exhaustive();
};
var isSettled5 = (state, message) => isOver2(state, message, phaseOf(message));
var decidesByAnswers = (state) => state._tag === "Getting" && state.operation._tag === "Read";
var client5 = {
  State: ClientState4,
  durable: false,
  initial: () => initial9,
  ready: (_context, _self, state) => state._tag === "Idle",
  choices: () => [],
  step: (context2, self, state, input) => M(input).with(
    { _tag: "Invoke" },
    ({ operation }) => state._tag === "Idle" ? invoke4(context2, state, operation) : ignore2(state)
  ).with({ _tag: "Receive" }, ({ from, message }) => receive9(context2, self, state, from, message)).with({ _tag: "Choose" }, () => ignore2(state)).exhaustive(),
  promises: {
    isObsolete: (_context, _self, state, _from, reply) => isSettled5(state, reply),
    isSettled: (_context, _self, state, _to, request) => isSettled5(state, request),
    // Quorums that do not count members may be complete with fewer answers than came: then the
    // order decides which count.
    isAnswer: ({ configuration }, _self, state) => countsOnly(configuration) && !decidesByAnswers(state)
  }
};

// spec/masking/properties.ts
var isChoice = (note) => note.name === "chose";
var Counted = Struct({ begun: Count, violation: NullOr(String4) });
var observe5 = (state, event) => {
  if (state.violation !== null || event._tag === "Fault") return state;
  const { node, observation } = event;
  if (observation._tag === "Note") {
    if (!isChoice(observation) || observation.detail.number <= state.begun) return state;
    const { number: number3 } = observation.detail;
    return {
      ...state,
      violation: `${node} chose number ${number3} for its write when ${state.begun} had begun`
    };
  }
  const isNew = observation._tag === "Invocation" && observation.operation._tag === "Write";
  return isNew ? { ...state, begun: state.begun + 1 } : state;
};
var timestampCount = {
  name: "timestamp-count",
  initial: { begun: 0, violation: null },
  observe: observe5,
  // The earlier a write chooses, the fewer have begun.
  allowsEarlierResponses: true,
  mentionsServers: false,
  violation: ({ violation }) => violation ?? void 0
};
var timestampsCountWrites = {
  _tag: "Observed",
  name: "timestamps-count-writes",
  about: "no write chooses a timestamp with a number above that of the writes that have begun",
  observer: () => timestampCount,
  canFailAt: (observation) => observation._tag === "Note" && isChoice(observation)
};

// spec/masking/server.ts
var isClient = ({ clients: clients2 }, node) => clients2.some((client13) => client13 === node);
var server6 = {
  State: server5.State,
  durable: server5.durable,
  initial: (_context, self) => server5.initial({ rules: correct4 }, self),
  ready: () => false,
  choices: () => [],
  step: (context2, self, state, input) => input._tag === "Receive" && !isClient(context2, input.from) ? ignore2(state) : server5.step({ rules: correct4 }, self, state, input),
  promises: {
    isObsolete: (context2, _self, _state, from) => !isClient(context2, from),
    onlyAnswers: (_context, _self, state, _from, message) => onlyAnswers4(state, message)
  }
};

// spec/masking/rules.ts
var correct5 = {
  enough: isOver,
  masked: maskingFaults.mostFaulty,
  vouchers: (liars) => liars + 1,
  mayHoldNewer: union2,
  passesOver: (liars) => liars,
  asksAgain: true,
  writesBack: true
};

// spec/masking/variants.ts
var variants4 = [
  {
    name: "correct",
    kind: "correct",
    about: "Masking replication: what more storage nodes say than can lie, if nothing newer can have been written.",
    rules: correct5
  },
  {
    name: "highest-vouched",
    kind: "mutant",
    about: "A read accepts the highest pair with enough vouchers: a completed write may have fewer.",
    rules: { ...correct5, mayHoldNewer: () => [] }
  },
  {
    name: "one-voucher-short",
    kind: "mutant",
    about: "A pair is believed if as many storage nodes answer with it as can lie.",
    rules: { ...correct5, vouchers: (liars) => liars }
  },
  {
    name: "silent-not-counted",
    kind: "mutant",
    about: "Only those who answered so are taken to hold something newer, not those who have yet to answer.",
    rules: { ...correct5, mayHoldNewer: (above) => above }
  },
  {
    name: "read-without-write-back",
    kind: "mutant",
    about: "A read returns what it accepted and stores it nowhere, so that reads can oscillate.",
    rules: { ...correct5, writesBack: false }
  },
  {
    name: "highest-timestamp",
    kind: "mutant",
    about: "A writer goes above the largest timestamp that it heard: a liar inflates timestamps.",
    rules: { ...correct5, passesOver: () => 0 }
  },
  {
    name: "quorum-one-short",
    kind: "mutant",
    about: "A phase has enough answers one before it has a quorum.",
    rules: { ...correct5, enough: isOverButForOne }
  },
  {
    name: "quarter-masked",
    kind: "mutant",
    about: "A quarter of the storage nodes may lie, not fewer than a quarter.",
    rules: { ...correct5, masked: (members) => Math.floor(members / 4) }
  },
  {
    name: "asked-once",
    kind: "mutant",
    about: "A client never asks again, so that a read beside writes may wait for ever; only liveness is lost.",
    rules: { ...correct5, asksAgain: false }
  }
];

// spec/masking/protocol.ts
var { staticLiveness: staticLiveness2, termination: termination2 } = livenessOf(maskingFaults);
var masking = {
  name: "masking",
  about: "Replication of one register, unsigned, over masking quorums of a static set of storage nodes, some of which lie (tutorial 7).",
  tolerates: maskingFaults,
  variants: variants4,
  objects: [register],
  Message: Message6,
  roles: { server: server6, client: client5 },
  Parameters: StorageParameters,
  nodes: serversAndClients,
  properties: [
    atomic,
    onlyWrittenValues,
    timestampsGrow,
    timestampsNameValues,
    timestampsCountWrites,
    termination2,
    staticLiveness2
  ],
  describe: describeMessage5
};

// spec/naive/messages.ts
var Lock = TaggedStruct("Lock", { operation: Count });
var Locked = TaggedStruct("Locked", { operation: Count, pair: Pair });
var Unlock = TaggedStruct("Unlock", { operation: Count });
var Stop = TaggedStruct("Stop", { operation: Count });
var Pause = TaggedStruct("Pause", { operation: Count });
var Paused = TaggedStruct("Paused", { operation: Count });
var Inform = TaggedStruct("Inform", { operation: Count, configuration: Configuration });
var Informed = TaggedStruct("Informed", { operation: Count });
var Message7 = Union2([
  Message6,
  Lock,
  Locked,
  Unlock,
  Stop,
  Pause,
  Paused,
  Inform,
  Informed
]);
var isOfMajority = (message) => message._tag === "Get" || message._tag === "GetReply" || message._tag === "Set" || message._tag === "SetReply";
var describeMessage6 = (message) => {
  switch (message._tag) {
    case "Lock":
      return "lock";
    case "Locked":
      return `is locked and has ${describePair(message.pair)}`;
    case "Unlock":
      return "unlock";
    case "Stop":
      return "stop";
    case "Pause":
      return "pause";
    case "Paused":
      return "has paused";
    case "Inform":
      return `the configuration is ${listed(message.configuration.members)}`;
    case "Informed":
      return "uses it";
    case "Get":
    case "GetReply":
    case "Set":
    case "SetReply":
      return describeMessage5(message);
  }
};

// spec/naive/reconfigurer.ts
var common = { begun: Count, operation: Reconfigure, from: Configuration, to: Configuration };
var Pausing = TaggedStruct("Pausing", { ...common, missing: SetOf(ClientId) });
var Locking = TaggedStruct("Locking", { ...common, phase: Phase(Pair) });
var Collecting2 = TaggedStruct("Collecting", { ...common, phase: Phase(Pair) });
var Populating = TaggedStruct("Populating", { ...common, phase: Phase(Pair) });
var Informing = TaggedStruct("Informing", { ...common, missing: SetOf(ClientId) });
var Stage3 = Union2([Pausing, Locking, Collecting2, Populating, Informing]);
var othersThan = (self, { clients: clients2 }) => without(clients2, [self]);
var startReconfiguration = (context2, self, begun2, from, operation) => {
  const members = changedMembers(from.members, operation.add, operation.remove);
  const invocation = { _tag: "Invocation", operation };
  if (members.length === 0) {
    const response = { _tag: "Response", operation, result: refused };
    return { state: { _tag: "Over", begun: begun2, to: from }, sends: [], observations: [invocation, response] };
  }
  const to = withMembers(from, members);
  const step4 = startBarrier(context2, self, { begun: begun2, operation, from, to });
  return { ...step4, observations: [invocation] };
};
var startBarrier = (context2, self, reconfiguration3) => {
  switch (context2.rules.barrier) {
    case "nothing":
      return startCollect2(reconfiguration3);
    case "pause":
      return startPause(reconfiguration3, othersThan(self, context2));
    case "write-lock":
      return startLock(reconfiguration3);
  }
};
var startPause = (reconfiguration3, others) => others.length === 0 ? startCollect2(reconfiguration3) : {
  state: { _tag: "Pausing", ...reconfiguration3, missing: others },
  sends: ask(others, { _tag: "Pause", operation: reconfiguration3.begun }),
  observations: []
};
var receivePaused = (state, from) => {
  const missing3 = state.missing.filter((client13) => client13 !== from);
  return missing3.length > 0 ? become({ ...state, missing: missing3 }) : startCollect2(commonOf(state));
};
var startLock = (reconfiguration3) => {
  const { begun: begun2, from, to } = reconfiguration3;
  const question2 = { _tag: "Lock", operation: begun2 };
  const { phase, sends } = startPhase([from, to], initialPair, question2);
  return { state: { _tag: "Locking", ...reconfiguration3, phase }, sends, observations: [] };
};
var receiveLocked = ({ rules }, state, from, { pair: pair2 }) => {
  const { phase, isComplete } = advance(state.phase, from, (found) => larger(found, pair2), "read");
  if (!isComplete) return become({ ...state, phase });
  return rules.collectsFromLocked ? startPopulate(commonOf(state), phase.answer) : startCollect2(commonOf(state));
};
var startCollect2 = (reconfiguration3) => {
  const question2 = { _tag: "Get", operation: reconfiguration3.begun };
  const { phase, sends } = startPhase([reconfiguration3.from], initialPair, question2);
  return { state: { _tag: "Collecting", ...reconfiguration3, phase }, sends, observations: [] };
};
var receiveGetReply4 = (state, from, { pair: pair2 }) => {
  const { phase, isComplete } = advance(state.phase, from, (found) => larger(found, pair2), "read");
  return isComplete ? startPopulate(commonOf(state), phase.answer) : become({ ...state, phase });
};
var startPopulate = (reconfiguration3, pair2) => {
  const question2 = { _tag: "Set", operation: reconfiguration3.begun, pair: pair2 };
  const { phase, sends } = startPhase([reconfiguration3.to], pair2, question2);
  return { state: { _tag: "Populating", ...reconfiguration3, phase }, sends, observations: [] };
};
var receiveSetReply4 = (context2, self, state, from) => {
  const { phase, isComplete } = advance(state.phase, from, unchanged2, "write");
  return isComplete ? stopAndInform(context2, self, commonOf(state)) : become({ ...state, phase });
};
var stopAndInform = (context2, self, reconfiguration3) => {
  const { begun: begun2, from, to } = reconfiguration3;
  const others = othersThan(self, context2);
  const sends = [
    ...ask(without(from.members, to.members), { _tag: "Stop", operation: begun2 }),
    ...ask(others, { _tag: "Inform", operation: begun2, configuration: to })
  ];
  if (context2.rules.waitsForClients && others.length > 0) {
    return { state: { _tag: "Informing", ...reconfiguration3, missing: others }, sends, observations: [] };
  }
  const step4 = finish4(context2, reconfiguration3);
  return { ...step4, sends: [...sends, ...step4.sends] };
};
var receiveInformed = (context2, state, from) => {
  const missing3 = state.missing.filter((client13) => client13 !== from);
  return missing3.length > 0 ? become({ ...state, missing: missing3 }) : finish4(context2, state);
};
var finish4 = ({ rules }, { begun: begun2, operation, from, to }) => ({
  state: { _tag: "Over", begun: begun2, to },
  sends: rules.barrier === "write-lock" ? ask(union2(from.members, to.members), { _tag: "Unlock", operation: begun2 }) : [],
  observations: [{ _tag: "Response", operation, result: null }]
});
var commonOf = ({ begun: begun2, operation, from, to }) => ({ begun: begun2, operation, from, to });

// spec/naive/client.ts
var ClientState5 = Struct({
  /** The configuration that the client was last told of. */
  configuration: Configuration,
  /** The reconfigurers that asked the client to pause, and in which of their operations; none of them is done yet. */
  pauses: SetOf(Struct({ by: NodeId, operation: Count })),
  /** Nothing, an operation of majority replication, or a reconfiguration. */
  activity: Union2([ClientState3, Stage3])
});
var invoke5 = (context2, self, state, operation) => {
  const { activity, configuration } = state;
  if (activity._tag !== "Idle") return ignore2(state);
  return operation._tag === "Reconfigure" ? within3(
    state,
    startReconfiguration(context2, self, activity.begun + 1, configuration, operation)
  ) : within3(state, invoke3(plain2(configuration), self, activity, operation));
};
var plain2 = (configuration) => ({ configuration, rules: correct4 });
var within3 = (state, step4) => {
  const next2 = step4.state._tag === "Over" ? { ...state, configuration: step4.state.to, activity: { _tag: "Idle", begun: step4.state.begun } } : { ...state, activity: step4.state };
  const waiting = next2.activity._tag === "Idle" && state.activity._tag !== "Idle" ? state.pauses : [];
  const answers = waiting.flatMap(({ by, operation }) => ask([by], { _tag: "Paused", operation }));
  return { state: next2, sends: [...step4.sends, ...answers], observations: step4.observations };
};
var receivePause = (state, by, { operation }) => ({
  state: { ...state, pauses: setOf([...state.pauses, { by, operation }]) },
  sends: state.activity._tag === "Idle" ? ask([by], { _tag: "Paused", operation }) : [],
  observations: []
});
var receiveInform = ({ rules }, state, from, inform) => {
  const { configuration, operation } = inform;
  const pauses = state.pauses.filter((pause) => pause.by !== from || pause.operation !== operation);
  const informed = { ...state, configuration, pauses };
  if (!rules.clientsConfirm) return become(informed);
  const again = rules.barrier === "write-lock" ? beginAgain(rules, informed) : become(informed);
  return { ...again, sends: [...again.sends, ...ask([from], { _tag: "Informed", operation })] };
};
var beginAgain = (rules, state) => {
  const { activity, configuration } = state;
  if (activity._tag !== "Getting" && activity._tag !== "Setting") return become(state);
  const begun2 = rules.numberAgain(activity.begun);
  const isGet = activity._tag === "Getting";
  const pair2 = isGet ? initialPair : activity.phase.answer;
  const question2 = isGet ? { _tag: "Get", operation: begun2 } : { _tag: "Set", operation: begun2, pair: pair2 };
  const { phase, sends } = startPhase([configuration], pair2, question2);
  return { state: { ...state, activity: { ...activity, begun: begun2, phase } }, sends, observations: [] };
};
var receive10 = (context2, self, state, from, message) => {
  if (message._tag === "Pause") return receivePause(state, from, message);
  if (message._tag === "Inform") return receiveInform(context2, state, from, message);
  const { activity } = state;
  if (message.operation !== activity.begun) return ignore2(state);
  switch (activity._tag) {
    case "Idle":
      return ignore2(state);
    case "Getting":
    case "Setting":
      return isOfMajority(message) ? within3(state, receive7(plain2(state.configuration), self, activity, from, message)) : ignore2(state);
    case "Pausing":
      return message._tag === "Paused" ? within3(state, receivePaused(activity, from)) : ignore2(state);
    case "Locking":
      return message._tag === "Locked" ? within3(state, receiveLocked(context2, activity, from, message)) : ignore2(state);
    case "Collecting":
      return message._tag === "GetReply" ? within3(state, receiveGetReply4(activity, from, message)) : ignore2(state);
    case "Populating":
      return message._tag === "SetReply" ? within3(state, receiveSetReply4(context2, self, activity, from)) : ignore2(state);
    case "Informing":
      return message._tag === "Informed" ? within3(state, receiveInformed(context2, activity, from)) : ignore2(state);
  }
};
var takesAnswersInAnyOrder = ({ activity }) => (activity._tag === "Getting" || activity._tag === "Setting" || activity._tag === "Collecting") && activity.phase.configurations.every(countsOnly);
var isSettled6 = ({ activity }, message) => isBefore(positionOf3(message), standingOf3(activity));
var positionOf3 = ({ _tag, operation }) => {
  switch (_tag) {
    case "Locked":
      return [operation, 1];
    case "Get":
    case "GetReply":
      return [operation, 2];
    case "Pause":
    case "Paused":
    case "Lock":
    case "Set":
    case "SetReply":
    case "Stop":
    case "Unlock":
      return [operation, 3];
    case "Inform":
    case "Informed":
      return [operation, 4];
  }
};
var standingOf3 = ({ _tag, begun: begun2 }) => {
  switch (_tag) {
    case "Pausing":
    case "Locking":
      return [begun2, 1];
    case "Getting":
    case "Collecting":
      return [begun2, 2];
    case "Setting":
    case "Populating":
      return [begun2, 3];
    case "Informing":
      return [begun2, 4];
    case "Idle":
      return [begun2, past];
  }
};
var client6 = {
  State: ClientState5,
  durable: false,
  initial: ({ configuration }) => ({ configuration, pauses: [], activity: initial7 }),
  ready: (_context, _self, { activity, pauses }) => activity._tag === "Idle" && pauses.length === 0,
  choices: () => [],
  step: (context2, self, state, input) => M(input).with({ _tag: "Invoke" }, ({ operation }) => invoke5(context2, self, state, operation)).with({ _tag: "Receive" }, ({ from, message }) => receive10(context2, self, state, from, message)).with({ _tag: "Choose" }, () => ignore2(state)).exhaustive(),
  promises: {
    isObsolete: (_context, _self, state, _from, message) => message._tag !== "Pause" && message._tag !== "Inform" && isSettled6(state, message),
    isSettled: (_context, _self, state, _to, message) => isSettled6(state, message),
    isAnswer: ({ rules }, _self, state, _from, { _tag }) => rules.answersCommute && (_tag === "GetReply" || _tag === "SetReply") && takesAnswersInAnyOrder(state)
  }
};

// spec/naive/server.ts
var ServerState5 = Struct({
  pair: Pair,
  /** The reconfigurer that holds the write lock, if any. */
  lockedBy: NullOr(NodeId),
  /** The reconfigurations whose lock was released: a Lock of theirs that comes later comes too late. */
  released: SetOf(Struct({ client: NodeId, operation: Count })),
  /** Writes that came while the node was locked, to be taken when it is unlocked. */
  held: SetOf(Struct({ from: NodeId, request: SetRequest2 })),
  /** Whether the node was told to stop. */
  stopped: Boolean3
});
var plain3 = { rules: correct4 };
var receiveMajority = (state, from, message) => message._tag === "Set" && isHeldBack(state, from, message) ? become({ ...state, held: setOf([...state.held, { from, request: message }]) }) : receive8(plain3, state, from, message);
var isHeldBack = (state, from, { pair: pair2 }) => state.lockedBy !== null && state.lockedBy !== from && isLarger(pair2.timestamp, state.pair.timestamp);
var receiveLock = (state, from, operation) => isReleased(state, from, operation) ? ignore2(state) : {
  state: { ...state, lockedBy: from },
  sends: [{ to: from, message: { _tag: "Locked", operation, pair: state.pair } }],
  observations: []
};
var isReleased = ({ released }, client13, operation) => released.some((one) => one.client === client13 && one.operation === operation);
var receiveUnlock = (state, from, operation) => state.held.reduce(
  (step4, { from: from2, request }) => {
    const next2 = receiveSet2(plain3, step4.state, from2, request);
    return { ...next2, sends: [...step4.sends, ...next2.sends] };
  },
  become({
    ...state,
    lockedBy: null,
    held: [],
    released: setOf([...state.released, { client: from, operation }])
  })
);
var receive11 = (state, from, message) => {
  if (state.stopped) return ignore2(state);
  return M(message).with(
    { _tag: z.union("Get", "Set", "GetReply", "SetReply") },
    (plainMessage) => receiveMajority(state, from, plainMessage)
  ).with({ _tag: "Lock" }, ({ operation }) => receiveLock(state, from, operation)).with({ _tag: "Unlock" }, ({ operation }) => receiveUnlock(state, from, operation)).with({ _tag: "Stop" }, () => become({ ...state, stopped: true })).with({ _tag: z.union("Locked", "Pause", "Paused", "Inform", "Informed") }, () => ignore2(state)).exhaustive();
};
var server7 = {
  State: ServerState5,
  durable: true,
  initial: () => ({ pair: initialPair, lockedBy: null, released: [], held: [], stopped: false }),
  ready: () => false,
  choices: () => [],
  step: (_context, _self, state, input) => M(input).with({ _tag: "Receive" }, ({ from, message }) => receive11(state, from, message)).with({ _tag: z.union("Invoke", "Choose") }, () => ignore2(state)).exhaustive(),
  promises: {
    isObsolete: (_context, _self, state, from, { _tag, operation }) => state.stopped || _tag === "Lock" && isReleased(state, from, operation),
    onlyAnswers: (_context, _self, state, _from, message) => isOfMajority(message) && onlyAnswers4(state, message)
  }
};

// spec/naive/rules.ts
var online = {
  barrier: "nothing",
  clientsConfirm: false,
  waitsForClients: false,
  collectsFromLocked: false,
  numberAgain: (begun2) => begun2 + 1,
  answersCommute: true
};
var stopTheWorld = {
  ...online,
  barrier: "pause",
  clientsConfirm: true,
  waitsForClients: true
};
var writeLocked = {
  ...online,
  barrier: "write-lock",
  clientsConfirm: true,
  waitsForClients: true,
  collectsFromLocked: true
};

// spec/naive/variants.ts
var variants5 = [
  {
    name: "online",
    kind: "mutant",
    about: "Populate, stop, inform, while clients go on reading and writing; each client is told at its own time. Not atomic.",
    rules: online,
    unused: ["Lock", "Locked", "Unlock", "Pause", "Paused", "Informed"]
  },
  {
    name: "stop-the-world",
    kind: "correct",
    about: "No operation is in execution while the three steps are taken. Atomic, and nobody is served meanwhile.",
    rules: stopTheWorld,
    unused: ["Lock", "Locked", "Unlock"]
  },
  {
    name: "stop-the-world-unconfirmed",
    kind: "mutant",
    about: "The reconfiguration returns when the clients have been sent word, before they are known to have heard.",
    rules: { ...stopTheWorld, clientsConfirm: false, waitsForClients: false },
    unused: ["Lock", "Locked", "Unlock", "Informed"]
  },
  {
    name: "write-locked",
    kind: "correct",
    about: "A write lock is held from before the first step until every client was told. Atomic; writes wait.",
    rules: writeLocked,
    unused: ["Pause", "Paused"]
  },
  {
    name: "write-locked-collect-anywhere",
    kind: "mutant",
    about: "The write lock read literally: once a majority is locked, the data is collected from any majority, locked or not.",
    rules: { ...writeLocked, collectsFromLocked: false },
    unused: ["Pause", "Paused"]
  },
  {
    name: "write-locked-late-answers-counted",
    kind: "mutant",
    about: "A client that is told of the new configuration in the middle of a phase goes on with the answers that it has.",
    rules: { ...writeLocked, numberAgain: (begun2) => begun2, answersCommute: false },
    unused: ["Pause", "Paused"]
  },
  {
    name: "write-locked-unlock-early",
    kind: "mutant",
    about: "The write lock is released when the clients have been sent word, before they are known to have heard.",
    rules: { ...writeLocked, waitsForClients: false },
    unused: ["Pause", "Paused"]
  }
];

// spec/naive/protocol.ts
var clientsDiffer = {
  _tag: "Sometimes",
  name: "clients-differ",
  isSymmetric: true,
  about: "at some time two clients know different configurations",
  holds: (_context, { nodes }) => {
    const [first, ...rest] = Object.values(nodes.client);
    return rest.some(({ configuration }) => !equals2(configuration, first?.configuration));
  }
};
var naive = {
  name: "naive",
  about: "Reconfiguration by populate, stop and inform, as section 4 of the tutorial warns against it.",
  variants: variants5,
  objects: [register, configurable],
  Message: Message7,
  roles: { server: server7, client: client6 },
  Parameters: StorageParameters,
  nodes: serversAndClients,
  properties: [atomic, timestampsGrow, timestampsNameValues, clientsDiffer, termination, dynamicLiveness],
  describe: describeMessage6
};

// spec/rambo/agreed-sequence.ts
var knownBy = ({ nodes, inFlight }) => {
  const correct11 = [...Object.values(nodes.server), ...Object.values(nodes.client)];
  const told2 = Object.values(inFlight).flatMap(
    (inbox) => inbox.flatMap(({ message }) => "map" in message ? [message.map] : [])
  );
  const maps = [...correct11.map(({ map: map6 }) => map6), ...told2];
  const retired2 = Math.max(0, ...maps.map((map6) => map6.retired));
  const known2 = Math.max(0, ...maps.map((map6) => map6.retired + map6.active.length));
  return {
    retired: retired2,
    active: Array.from(
      { length: known2 - retired2 },
      (_2, place) => setOf(maps.flatMap((map6) => map6.active[retired2 + place - map6.retired] ?? []))
    ),
    correct: correct11.length
  };
};
var goesOn2 = (before, after2) => {
  const [last, next2] = [before.active.at(-1)?.[0], after2.active.at(-1)];
  return after2.retired === before.retired && equals2(after2.active.slice(0, -1), before.active) && next2?.length === 1 && !equals2(next2[0], last) && (next2[0]?.members.length ?? 0) > 0;
};
var retires = (most2, before, after2) => {
  const count2 = after2.retired - before.retired;
  return count2 >= 1 && count2 <= most2 && after2.active.length > 0 && equals2(after2.active, before.active.slice(count2));
};
var forgets = (before, after2) => {
  const least = before.retired - after2.retired;
  return least >= 0 && after2.retired + after2.active.length <= before.retired + before.active.length && after2.active.every(
    (known2, place) => place < least ? known2.length === 1 : without(known2, before.active[place - least] ?? []).length === 0
  );
};
var refines = (name, about2, most2) => ({
  _tag: "Refines",
  name,
  about: about2,
  isSymmetric: true,
  mapping: (_context, whole) => knownBy(whole),
  begins: ({ configuration }, abstract) => abstract.retired === 0 && equals2(abstract.active, [[configuration]]),
  allows: (_context, before, after2) => before.correct === after2.correct ? goesOn2(before, after2) || retires(most2, before, after2) : after2.correct === before.correct - 1 && forgets(before, after2)
});
var refinesSequence = refines(
  "refines-sequence",
  "each step continues an agreed sequence of configurations by one, retires the oldest active one, or does neither",
  1
);
var refinesSequenceInParallel = refines(
  "refines-sequence-in-parallel",
  "each step continues an agreed sequence of configurations by one, retires some of the oldest ones, or does neither",
  Number.POSITIVE_INFINITY
);

// spec/rambo/configuration-map.ts
var mostActive = 64;
var ConfigurationMap = Struct({
  /** How many configurations are retired: those with the indices below this one. */
  retired: Count,
  /** The active configurations, from the index `retired` on. */
  active: ArraySchema(Configuration).check(isMinLength(1), isMaxLength(mostActive))
});
var initial10 = (configuration) => ({
  retired: 0,
  active: [configuration]
});
var known = ({ retired: retired2, active }) => retired2 + active.length;
var isDecided = (map6, index) => known(map6) > index + 1;
var activeAt = ({ retired: retired2, active }, index) => active[index - retired2];
var latest = ({ active }) => active.at(-1);
var append2 = (map6, configuration) => ({
  ...map6,
  active: [...map6.active, configuration]
});
var retireBelow = (map6, index) => index <= map6.retired ? map6 : { retired: index, active: map6.active.slice(index - map6.retired) };
var integrate = (left, right) => {
  const retired2 = Math.max(left.retired, right.retired);
  const length = Math.max(known(left), known(right)) - retired2;
  const active = Array.from(
    { length },
    (_2, place) => greater(activeAt(left, retired2 + place), activeAt(right, retired2 + place))
  );
  return { retired: retired2, active };
};
var greater = (left, right) => compare(left, right) < 0 ? right : left;
var isNoNews = (base, map6) => equals2(integrate(base, map6), base);
var agree = (left, right) => left.active.every((configuration, place) => {
  const other = activeAt(right, left.retired + place);
  return other === void 0 || equals2(configuration, other);
});
var describeMap = ({ retired: retired2, active }) => [
  ...retired2 === 0 ? [] : [retired2 === 1 ? "0:\xB1" : `0-${retired2 - 1}:\xB1`],
  ...active.map(({ members }, place) => `${retired2 + place}:${listed(members)}`)
].join(" ");

// spec/rambo/access.ts
var startGet2 = (state, operation) => {
  const { retired: retired2, active } = state.map;
  const { phase, sends } = startPhase(active, initialPair, getRequest(state, retired2));
  return {
    state: { ...state, activity: { _tag: "Getting", operation, retired: retired2, phase } },
    sends,
    observations: []
  };
};
var getRequest = ({ begun: begun2 }, retired2) => ({
  _tag: "Get",
  operation: begun2,
  retired: retired2
});
var startSet4 = (state, operation, pair2) => {
  const { retired: retired2, active } = state.map;
  const { phase, sends } = startPhase(active, pair2, setRequest(state, retired2, pair2));
  return {
    state: { ...state, activity: { _tag: "Setting", operation, retired: retired2, phase } },
    sends,
    observations: []
  };
};
var setRequest = ({ begun: begun2 }, retired2, pair2) => ({
  _tag: "Set",
  operation: begun2,
  retired: retired2,
  pair: pair2
});
var receiveMap = ({ rules }, state, activity, told2) => {
  const heard = rules.hears(state.map, told2);
  const learned = { ...state, map: integrate(state.map, heard) };
  const { operation, phase } = activity;
  if (!rules.extends.includes(activity._tag)) return become(learned);
  if (rules.beginsAnew && learned.map.retired > state.map.retired)
    return activity._tag === "Getting" ? startGet2(learned, operation) : startSet4(learned, operation, phase.answer);
  return awaitAlso(learned, activity, [...learned.map.active, ...activeIn(heard, learned.map.retired)]);
};
var awaitAlso = (state, activity, configurations) => {
  const { phase, newcomers } = learn(activity.phase, configurations);
  return {
    state: { ...state, activity: { ...activity, phase } },
    sends: ask(newcomers, questionOf(state, activity)),
    observations: []
  };
};
var activeIn = (told2, retired2) => told2.active.slice(Math.max(0, retired2 - told2.retired));
var questionOf = (state, activity) => activity._tag === "Getting" ? getRequest(state, activity.retired) : setRequest(state, activity.retired, activity.phase.answer);
var receiveReply = (context2, state, activity, from, { map: map6 }, merge2) => {
  const step4 = receiveMap(context2, state, activity, map6);
  const { activity: after2 } = step4.state;
  if (after2._tag !== "Getting" && after2._tag !== "Setting" || after2.retired > activity.retired) return step4;
  return { ...step4, state: { ...step4.state, activity: { ...after2, phase: count(after2.phase, from, merge2) } } };
};
var receiveGetReply5 = (context2, state, getting, from, reply) => receiveReply(context2, state, getting, from, reply, (found) => larger(found, reply.pair));
var receiveSetReply5 = (context2, state, setting, from, reply) => receiveReply(context2, state, setting, from, reply, unchanged2);
var isFixedPoint = ({ rules }, { map: map6 }, { _tag, phase }) => {
  const configurations = rules.extends.includes(_tag) ? rules.awaits(map6, phase) : phase.configurations;
  return isOver({ ...phase, configurations }, _tag === "Getting" ? "read" : "write");
};
var choosePair3 = (self, { operation, phase }) => operation._tag === "Write" ? { value: operation.value, timestamp: { number: phase.answer.timestamp.number + 1, client: self } } : phase.answer;

// spec/rambo/state.ts
var retired = Count;
var Idle5 = TaggedStruct("Idle", {});
var Getting4 = TaggedStruct("Getting", { operation: Access, retired, phase: Phase(Pair) });
var Setting4 = TaggedStruct("Setting", { operation: Access, retired, phase: Phase(Pair) });
var reconfiguration = { operation: Reconfigure, goal: Count, retired, phase: Phase(Pair) };
var Pointing = TaggedStruct("Pointing", reconfiguration);
var Copying = TaggedStruct("Copying", reconfiguration);
var Populating2 = TaggedStruct("Populating", reconfiguration);
var Retiring = TaggedStruct("Retiring", reconfiguration);
var Announcing2 = TaggedStruct("Announcing", {
  operation: Reconfigure,
  goal: Count,
  number: Count
});
var Deciding = TaggedStruct("Deciding", {
  operation: Reconfigure,
  instance: Count,
  proposer: Proposer(Configuration)
});
var Stage4 = Union2([Pointing, Copying, Populating2, Retiring]);
var ClientState6 = Struct({
  /** How many operations the client has begun. */
  begun: Count,
  map: ConfigurationMap,
  activity: Union2([Idle5, Getting4, Setting4, Deciding, Stage4, Announcing2])
});
var GoOn = TaggedStruct("GoOn", {});
var Retry2 = TaggedStruct("Retry", {});
var initial11 = (configuration) => ({
  begun: 0,
  map: initial10(configuration),
  activity: { _tag: "Idle" }
});
var finish5 = (state, operation, result2) => ({
  state: { ...state, activity: { _tag: "Idle" } },
  sends: [],
  observations: [{ _tag: "Response", operation, result: result2 }]
});

// spec/rambo/reconfigurer.ts
var proceed2 = (context2, state, task, done2) => {
  const { course } = context2.rules;
  const part = course[done2 === void 0 ? 0 : course.indexOf(done2) + 1];
  if (part === void 0) return finish5(state, task.operation, null);
  switch (part) {
    case "garbage collection":
      return collectGarbage(context2, state, task);
    case "announcement":
      return announce2(context2, state, task);
  }
};
var collectGarbage = (context2, state, task) => {
  if (state.map.retired >= task.goal) return proceed2(context2, state, task, "garbage collection");
  const [first] = stagesOf(context2);
  return first.start(state, task, initialPair);
};
var stagesOf = (context2) => context2.rules.stages({
  point: { tag: "Pointing", start: (state, task, got) => startPoint(context2, state, task, got) },
  copy: { tag: "Copying", start: (state, task) => startCopy(state, task) },
  populate: { tag: "Populating", start: (state, task, got) => startPopulate2(context2, state, task, got) },
  retire: { tag: "Retiring", start: (state, task) => startRetire(context2, state, task) },
  collect: (state, task) => collectGarbage(context2, state, task)
});
var start = (state, tag2, { operation, goal }, configurations, answer2, question2) => {
  const { phase, sends } = startPhase(configurations, answer2, question2);
  return {
    state: { ...state, activity: { _tag: tag2, operation, goal, retired: state.map.retired, phase } },
    sends,
    observations: []
  };
};
var announce2 = (context2, state, task) => {
  const { directory: directory2, rules } = context2;
  const goesOn3 = () => proceed2(context2, state, task, "announcement");
  if (directory2 === void 0) return goesOn3();
  const { operation, goal } = task;
  const number3 = Math.max(goal, state.map.retired);
  const { members } = activeAt(state.map, number3);
  const sends = [{ to: directory2, message: { _tag: "Announce", number: number3, members } }];
  return rules.awaitsDirectory ? {
    state: { ...state, activity: { _tag: "Announcing", operation, goal, number: number3 } },
    sends,
    observations: []
  } : { ...goesOn3(), sends };
};
var receiveAnnounced2 = (context2, state, announcing, { number: number3 }) => number3 === announcing.number ? proceed2(context2, state, announcing, "announcement") : ignore2(state);
var oldest = ({ map: map6 }) => activeAt(map6, map6.retired);
var next = ({ rules }, { map: map6 }, { goal }) => activeAt(map6, rules.nextOldest(map6, goal));
var old = ({ rules }, { map: map6 }, { goal }) => rules.pointsIn(map6.active.slice(0, rules.nextOldest(map6, goal) - map6.retired));
var startPoint = (context2, state, task, got) => {
  const { begun: operation, map: map6 } = state;
  const { retired: retired2 } = map6;
  return start(state, "Pointing", task, old(context2, state, task), got, {
    _tag: "Point",
    operation,
    retired: retired2,
    map: map6
  });
};
var startCopy = (state, task) => {
  const { begun: operation } = state;
  const { retired: retired2 } = state.map;
  return start(state, "Copying", task, [oldest(state)], initialPair, { _tag: "Get", operation, retired: retired2 });
};
var startPopulate2 = (context2, state, task, pair2) => {
  const { begun: operation } = state;
  const { retired: retired2 } = state.map;
  return start(state, "Populating", task, [next(context2, state, task)], pair2, {
    _tag: "Set",
    operation,
    retired: retired2,
    pair: pair2
  });
};
var startRetire = ({ rules }, state, task) => {
  const map6 = retireBelow(state.map, rules.nextOldest(state.map, task.goal));
  const { begun: operation } = state;
  const { retired: retired2 } = map6;
  const after2 = { ...state, map: map6 };
  return start(after2, "Retiring", task, [oldest(after2)], initialPair, {
    _tag: "Retire",
    operation,
    retired: retired2,
    map: map6
  });
};
var receiveMap2 = (context2, state, stage, map6) => {
  const learned = { ...state, map: integrate(state.map, map6) };
  return learned.map.retired > stage.retired ? collectGarbage(context2, learned, stage) : become(learned);
};
var receiveReply2 = (context2, state, stage, from, reply) => {
  const step4 = receiveMap2(context2, state, stage, reply.map);
  const learned = step4.state;
  if (learned.map.retired > stage.retired) return step4;
  const isLookedAt = context2.rules.looksIn.includes(stage._tag);
  const { phase, isComplete } = advance(
    stage.phase,
    from,
    (got) => isLookedAt && "pair" in reply ? larger(got, reply.pair) : got,
    "write",
    isEnough(context2, stage)
  );
  return isComplete ? startNext(context2, learned, { ...stage, phase }) : become({ ...learned, activity: { ...stage, phase } });
};
var isEnough = ({ rules }, { _tag }) => _tag === "Pointing" ? rules.isPointerStored : isOverForBoth;
var startNext = (context2, state, stage) => {
  const stages = stagesOf(context2);
  const following2 = stages[stages.findIndex(({ tag: tag2 }) => tag2 === stage._tag) + 1];
  return following2 === void 0 ? collectGarbage(context2, state, stage) : following2.start(state, stage, stage.phase.answer);
};

// spec/rambo/sequence.ts
var changed = (from, { add: add3, remove }) => {
  const members = changedMembers(from.members, add3, remove);
  return equals2(members, from.members) ? void 0 : withMembers(from, members);
};
var continueSequence = (context2, self, state, operation) => {
  const from = latest(state.map);
  const to = changed(from, operation);
  if (to === void 0) return goalReached(context2, state, operation);
  if (!context2.rules.maySucceed(to)) return finish5(state, operation, refused);
  switch (context2.rules.sequence) {
    case "person":
      return goalReached(context2, { ...state, map: append2(state.map, to) }, operation);
    case "consensus": {
      const instance2 = known(state.map) - 1;
      return within4(context2, self, state, operation, instance2, startBallot(self, from, 1, to));
    }
  }
};
var goalReached = (context2, state, operation) => proceed2(context2, state, { operation, goal: known(state.map) - 1 });
var within4 = (context2, self, state, operation, instance2, { state: proposer, sends }) => proposer._tag === "Decided" ? continueSequence(context2, self, { ...state, map: append2(state.map, proposer.decision) }, operation) : {
  state: { ...state, activity: { _tag: "Deciding", operation, instance: instance2, proposer } },
  sends: sends.map(({ to, message }) => ({
    to,
    message: { _tag: "Ballot", operation: state.begun, instance: instance2, message }
  })),
  observations: []
};
var receiveMap3 = (context2, self, state, { operation, instance: instance2 }, map6) => {
  const learned = { ...state, map: integrate(state.map, map6) };
  return isDecided(learned.map, instance2) ? continueSequence(context2, self, learned, operation) : become(learned);
};
var receiveBallotReply = (context2, self, state, deciding, from, { message, map: map6 }) => {
  const learning = receiveMap3(context2, self, state, deciding, map6);
  const learned = learning.state;
  const { operation, instance: instance2, proposer } = deciding;
  if (isDecided(learned.map, instance2)) return learning;
  const step4 = receive2(context2.rules.consensus, proposer, from, message);
  return within4(context2, self, learned, operation, instance2, step4);
};
var mayRetry2 = (context2, { proposer }) => proposer._tag === "Preempted" && mayRetry(context2, proposer);
var isAtBound = (context2, { proposer }) => proposer._tag === "Preempted" && !mayRetry(context2, proposer);
var retry2 = (context2, self, state, { operation, instance: instance2, proposer }) => proposer._tag === "Preempted" ? within4(context2, self, state, operation, instance2, retry(self, latest(state.map), proposer)) : ignore2(state);

// spec/rambo/discovery.ts
var receiveHint2 = (state, { members }) => ({
  state,
  sends: ask(members, { _tag: "AskMap" }),
  observations: []
});
var receiveMapReply = (context2, self, state, { map: map6 }) => {
  const { activity } = state;
  switch (activity._tag) {
    case "Idle":
    case "Announcing":
      return become({ ...state, map: integrate(state.map, map6) });
    case "Getting":
    case "Setting":
      return receiveMap(context2, state, activity, map6);
    case "Deciding":
      return receiveMap3(context2, self, state, activity, map6);
    case "Pointing":
    case "Copying":
    case "Populating":
    case "Retiring":
      return receiveMap2(context2, state, activity, map6);
  }
};

// spec/rambo/client.ts
var invoke6 = (context2, self, state, operation) => {
  if (state.activity._tag !== "Idle") return ignore2(state);
  const begun2 = { ...state, begun: state.begun + 1 };
  const step4 = operation._tag === "Reconfigure" ? continueSequence(context2, self, begun2, operation) : startGet2(begun2, operation);
  return { ...step4, observations: [{ _tag: "Invocation", operation }, ...step4.observations] };
};
var goOn2 = (context2, self, state) => {
  const { activity } = state;
  if (activity._tag !== "Getting" && activity._tag !== "Setting") return ignore2(state);
  if (!isFixedPoint(context2, state, activity)) return ignore2(state);
  const { operation, phase } = activity;
  return activity._tag === "Getting" ? startSet4(state, operation, choosePair3(self, activity)) : finish5(state, operation, operation._tag === "Read" ? phase.answer.value : null);
};
var receive12 = (context2, self, state, from, message) => {
  if (isSettled7(state, from, message)) return ignore2(state);
  return M([state.activity, message]).with([z._, { _tag: "Hint" }], ([, hint]) => receiveHint2(state, hint)).with([z._, { _tag: "MapReply" }], ([, reply]) => receiveMapReply(context2, self, state, reply)).with(
    [{ _tag: "Announcing" }, { _tag: "Announced" }],
    ([announcing, announced]) => receiveAnnounced2(context2, state, announcing, announced)
  ).with(
    [{ _tag: "Getting" }, { _tag: "GetReply" }],
    ([getting, reply]) => receiveGetReply5(context2, state, getting, from, reply)
  ).with(
    [{ _tag: "Setting" }, { _tag: "SetReply" }],
    ([setting, reply]) => receiveSetReply5(context2, state, setting, from, reply)
  ).with(
    [{ _tag: "Deciding" }, { _tag: "BallotReply" }],
    ([deciding, reply]) => receiveBallotReply(context2, self, state, deciding, from, reply)
  ).with(
    [{ _tag: "Pointing" }, { _tag: "PointReply" }],
    [{ _tag: "Copying" }, { _tag: "GetReply" }],
    [{ _tag: "Populating" }, { _tag: "SetReply" }],
    [{ _tag: "Retiring" }, { _tag: "RetireReply" }],
    ([stage, reply]) => receiveReply2(context2, state, stage, from, reply)
  ).otherwise(() => ignore2(state));
};
var positionOf4 = (message) => message._tag === "Ballot" || message._tag === "BallotReply" ? [message.operation, 0, message.instance] : [message.operation, 1, message.retired, rankOfMessage[message._tag]];
var standsAt = ({ begun: begun2, activity }) => {
  switch (activity._tag) {
    case "Idle":
    case "Announcing":
      return [begun2, past];
    case "Deciding":
      return [begun2, 0, activity.instance];
    default:
      return [begun2, 1, activity.retired, rankOfActivity[activity._tag]];
  }
};
var rankOfActivity = {
  Retiring: 0,
  Pointing: 1,
  Getting: 2,
  Copying: 2,
  Setting: 3,
  Populating: 3
};
var rankOfMessage = {
  Retire: 0,
  RetireReply: 0,
  Point: 1,
  PointReply: 1,
  Get: 2,
  GetReply: 2,
  Set: 3,
  SetReply: 3
};
var phaseOf2 = ({ activity }) => "phase" in activity ? activity.phase : void 0;
var isSettled7 = (state, node, message) => {
  if (!("operation" in message)) return message._tag === "MapReply" && isNoNews(state.map, message.map);
  const [position, current] = [positionOf4(message), standsAt(state)];
  return isSettledAt(position, current, phaseOf2(state), node) || comparePositions(position, current) === 0 && isBallotSettled(state, message);
};
var isBallotSettled = ({ activity }, message) => activity._tag === "Deciding" && (message._tag === "Ballot" || message._tag === "BallotReply") && isSettled(activity.proposer, message.message);
var isAnswer = ({ map: map6, activity }, reply) => {
  if (!("operation" in reply)) return false;
  switch (activity._tag) {
    case "Idle":
    case "Announcing":
      return false;
    case "Getting":
    case "Setting":
      return "map" in reply && reply.map.retired <= map6.retired;
    case "Deciding":
      return reply._tag === "BallotReply" && isNoNews(map6, reply.map) && countsOnly(latest(map6));
    case "Pointing":
    case "Copying":
    case "Populating":
    case "Retiring":
      return "map" in reply && reply.map.retired <= map6.retired && activity.phase.configurations.every(countsOnly);
  }
};
var step = (context2, self, state, input) => M(input).with({ _tag: "Invoke" }, ({ operation }) => invoke6(context2, self, state, operation)).with({ _tag: "Receive" }, ({ from, message }) => receive12(context2, self, state, from, message)).with({ _tag: "Choose", choice: { _tag: "GoOn" } }, () => goOn2(context2, self, state)).with(
  { _tag: "Choose", choice: { _tag: "Retry" } },
  () => state.activity._tag === "Deciding" ? retry2(context2, self, state, state.activity) : ignore2(state)
).exhaustive();
var client7 = {
  State: ClientState6,
  durable: false,
  initial: ({ configuration }) => initial11(configuration),
  ready: (_context, _self, { activity }) => activity._tag === "Idle",
  choices: (context2, _self, state) => {
    const { activity } = state;
    if (activity._tag === "Deciding") return mayRetry2(context2, activity) ? [{ _tag: "Retry" }] : [];
    return (activity._tag === "Getting" || activity._tag === "Setting") && isFixedPoint(context2, state, activity) ? [{ _tag: "GoOn" }] : [];
  },
  step,
  atBound: (context2, { activity }) => activity._tag === "Deciding" && isAtBound(context2, activity) ? ballots.name : void 0,
  promises: {
    isObsolete: (_context, _self, state, from, reply) => isSettled7(state, from, reply),
    isSettled: (_context, _self, state, to, request) => isSettled7(state, to, request),
    isAnswer: (_context, _self, state, _from, reply) => isAnswer(state, reply)
  }
};

// spec/rambo/messages.ts
var question = { operation: Count, retired: Count };
var answer = { ...question, map: ConfigurationMap };
var GetRequest3 = TaggedStruct("Get", question);
var GetReply3 = TaggedStruct("GetReply", { ...answer, pair: Pair });
var SetRequest3 = TaggedStruct("Set", { ...question, pair: Pair });
var SetReply3 = TaggedStruct("SetReply", answer);
var Point = TaggedStruct("Point", answer);
var PointReply = TaggedStruct("PointReply", { ...answer, pair: Pair });
var Retire = TaggedStruct("Retire", answer);
var RetireReply = TaggedStruct("RetireReply", answer);
var Ballot2 = TaggedStruct("Ballot", {
  operation: Count,
  instance: Count,
  message: Message2(Configuration)
});
var BallotReply = TaggedStruct("BallotReply", {
  operation: Count,
  instance: Count,
  message: Message2(Configuration),
  map: ConfigurationMap
});
var AskMap = TaggedStruct("AskMap", {});
var MapReply = TaggedStruct("MapReply", { map: ConfigurationMap });
var Message8 = Union2([
  GetRequest3,
  GetReply3,
  SetRequest3,
  SetReply3,
  Point,
  PointReply,
  Retire,
  RetireReply,
  Ballot2,
  BallotReply,
  AskMap,
  MapReply,
  Announce,
  Announced,
  Hint
]);
var unused = ({ directory: directory2 }) => directory2 === void 0 ? ["AskMap", "MapReply", "Announce", "Announced", "Hint"] : [];
var describeMessage7 = (message) => {
  switch (message._tag) {
    case "Get":
      return "get";
    case "GetReply":
      return `has ${describePair(message.pair)}, knows ${describeMap(message.map)}`;
    case "Set":
      return `set ${describePair(message.pair)}`;
    case "SetReply":
      return `ack, knows ${describeMap(message.map)}`;
    case "Point":
      return `next is ${describeMap(message.map)}`;
    case "PointReply":
      return `stored, has ${describePair(message.pair)}, knows ${describeMap(message.map)}`;
    case "Retire":
      return `retired: ${describeMap(message.map)}`;
    case "RetireReply":
      return `stored, knows ${describeMap(message.map)}`;
    case "Ballot":
      return `after ${message.instance}: ${describeBallot2(message.message)}`;
    case "BallotReply":
      return `after ${message.instance}: ${describeBallot2(message.message)}, knows ${describeMap(message.map)}`;
    case "AskMap":
      return "which configurations?";
    case "MapReply":
      return `knows ${describeMap(message.map)}`;
    case "Announce":
    case "Announced":
    case "Hint":
      return describeMessage(message);
  }
};
var describeBallot2 = (message) => describeMessage2(message, ({ members }) => listed(members));

// spec/rambo/properties.ts
var mapsAreUsable = {
  _tag: "Process",
  name: "maps-are-usable",
  about: "every storage node knows at least one active configuration",
  role: "server",
  isSymmetric: true,
  holds: (_context, _self, { map: map6 }) => map6.retired >= 0 && map6.active.length > 0
};
var mapsGrow = {
  _tag: "Step",
  name: "maps-grow",
  about: "no storage node ever forgets a configuration, or that it is retired",
  role: "server",
  isSymmetric: true,
  holds: (_context, _self, before, after2) => equals2(integrate(before.map, after2.map), after2.map)
};
var oneSuccessor = {
  _tag: "Pair",
  name: "one-successor",
  about: "no two storage nodes know different configurations at one place in the sequence",
  role: "server",
  isSymmetric: true,
  holds: (_context, left, right) => agree(left.map, right.map)
};
var configurationsChange = {
  _tag: "Process",
  name: "configurations-change",
  about: "no client knows a configuration that is followed by itself",
  role: "client",
  isSymmetric: true,
  holds: (_context, _self, { map: map6 }) => map6.active.every((configuration, place) => !equals2(configuration, map6.active[place + 1]))
};
var configurationsHaveMembers = {
  _tag: "Process",
  name: "configurations-have-members",
  about: "no client knows a configuration without members",
  role: "client",
  isSymmetric: true,
  holds: (_context, _self, { map: map6 }) => map6.active.every(({ members }) => members.length > 0)
};
var reconfigurationIsDone2 = {
  _tag: "Step",
  name: "reconfiguration-is-done",
  about: "a reconfiguration that returns has its change in the configuration at its goal, and all before it are retired",
  role: "client",
  isSymmetric: true,
  holds: (_context, _self, { activity }, { map: map6, activity: after2 }) => {
    if (!("goal" in activity) || after2._tag !== "Idle") return true;
    const { operation, goal } = activity;
    const reached = activeAt(map6, goal);
    return map6.retired >= goal && (reached === void 0 || isMade(operation, reached));
  }
};
var isMade = ({ add: add3, remove }, { members }) => equals2(changedMembers(members, add3, remove), members);

// spec/rambo/server.ts
var ServerState6 = Struct({
  pair: Pair,
  map: ConfigurationMap,
  /** The node's part in instances of consensus that it does not know to be decided, by the index of the configuration. */
  instances: SetOf(Struct({ instance: Count, acceptor: Acceptor(Configuration) }))
});
var receiveGet3 = (state, from, { operation, retired: retired2 }) => {
  const { pair: pair2, map: map6 } = state;
  const reply = { _tag: "GetReply", operation, retired: retired2, pair: pair2, map: map6 };
  return { state, sends: [{ to: from, message: reply }], observations: [] };
};
var receiveSet3 = (state, from, { operation, retired: retired2, pair: pair2 }) => {
  const reply = { _tag: "SetReply", operation, retired: retired2, map: state.map };
  return {
    state: isLarger(pair2.timestamp, state.pair.timestamp) ? { ...state, pair: pair2 } : state,
    sends: [{ to: from, message: reply }],
    observations: []
  };
};
var receivePoint = (context2, state, from, { operation, retired: retired2, map: map6 }) => {
  const after2 = told(context2, state, map6);
  return {
    state: after2,
    sends: [
      { to: from, message: { _tag: "PointReply", operation, retired: retired2, pair: after2.pair, map: after2.map } }
    ],
    observations: []
  };
};
var receiveRetire = (context2, state, from, { operation, retired: retired2, map: map6 }) => {
  const after2 = told(context2, state, map6);
  return {
    state: after2,
    sends: [{ to: from, message: { _tag: "RetireReply", operation, retired: retired2, map: after2.map } }],
    observations: []
  };
};
var receiveBallot = ({ rules }, state, from, { operation, instance: instance2, message }) => {
  const reply = { _tag: "BallotReply", operation, instance: instance2, map: state.map };
  const isRefused = message._tag === "Accept" && !rules.maySucceed(message.value);
  if (isRefused || isDecided(state.map, instance2))
    return {
      state,
      sends: [{ to: from, message: { ...reply, message: refusal(message) } }],
      observations: []
    };
  const key = rules.instances.of(instance2);
  const acceptor = acceptorOf(state, key);
  const step4 = receive(correct, acceptor, from, message);
  const others = state.instances.filter((one) => one.instance !== key);
  return {
    state: equals2(step4.state, acceptor) ? state : { ...state, instances: setOf([...others, { instance: key, acceptor: step4.state }]) },
    sends: step4.sends.map(({ to, message: answer2 }) => ({ to, message: { ...reply, message: answer2 } })),
    observations: []
  };
};
var acceptorOf = ({ instances: instances2 }, instance2) => instances2.find((one) => one.instance === instance2)?.acceptor ?? initial3;
var told = ({ rules }, state, map6) => {
  const integrated = integrate(state.map, map6);
  return {
    ...state,
    map: integrated,
    instances: state.instances.filter(({ instance: instance2 }) => !rules.instances.isOver(integrated, instance2))
  };
};
var receiveAskMap = (state, from) => ({
  state,
  sends: [{ to: from, message: { _tag: "MapReply", map: state.map } }],
  observations: []
});
var receive13 = (context2, state, from, message) => M(message).with({ _tag: "Get" }, (get2) => receiveGet3(state, from, get2)).with({ _tag: "Set" }, (set) => receiveSet3(state, from, set)).with({ _tag: "Point" }, (point) => receivePoint(context2, state, from, point)).with({ _tag: "Ballot" }, (ballot) => receiveBallot(context2, state, from, ballot)).with({ _tag: "Retire" }, (retire) => receiveRetire(context2, state, from, retire)).with({ _tag: "AskMap" }, () => receiveAskMap(state, from)).with(
  { _tag: z.union("GetReply", "SetReply", "PointReply", "RetireReply", "BallotReply", "MapReply") },
  () => ignore2(state)
).with({ _tag: z.union("Announce", "Announced", "Hint") }, () => ignore2(state)).exhaustive();
var onlyAnswers5 = ({ rules }, state, message) => {
  const { pair: pair2, map: map6 } = state;
  switch (message._tag) {
    case "Get":
    case "AskMap":
      return true;
    case "Set":
      return !isLarger(message.pair.timestamp, pair2.timestamp);
    case "Point":
    case "Retire":
      return isNoNews(map6, message.map);
    case "Ballot":
      return isDecided(map6, message.instance) || onlyAnswers(acceptorOf(state, rules.instances.of(message.instance)), message.message);
    case "GetReply":
    case "SetReply":
    case "PointReply":
    case "RetireReply":
    case "BallotReply":
    case "MapReply":
    case "Announce":
    case "Announced":
    case "Hint":
      return false;
  }
};
var server8 = {
  State: ServerState6,
  durable: true,
  initial: ({ configuration }) => ({ pair: initialPair, map: initial10(configuration), instances: [] }),
  ready: () => false,
  choices: () => [],
  step: (context2, _self, state, input) => M(input).with({ _tag: "Receive" }, ({ from, message }) => receive13(context2, state, from, message)).with({ _tag: z.union("Invoke", "Choose") }, () => ignore2(state)).exhaustive(),
  promises: { onlyAnswers: (context2, _self, state, _from, message) => onlyAnswers5(context2, state, message) }
};

// spec/rambo/rules.ts
var correct6 = {
  consensus: correct,
  sequence: "person",
  maySucceed: ({ members }) => members.length > 0,
  instances: { of: (index) => index, isOver: isDecided },
  hears: (_known, told2) => told2,
  extends: ["Getting", "Setting"],
  beginsAnew: true,
  awaits: ({ active }) => active,
  stages: ({ point, populate, retire }) => [point, populate, retire],
  isPointerStored: isOverForBoth,
  looksIn: ["Pointing", "Copying"],
  nextOldest: ({ retired: retired2 }) => retired2 + 1,
  pointsIn: (retiring) => retiring,
  course: ["garbage collection", "announcement"],
  awaitsDirectory: true
};
var withConsensus = { ...correct6, sequence: "consensus" };

// spec/rambo/variants.ts
var unusedWithoutConsensus = ["Ballot", "BallotReply"];
var copiedFromAnywhere = ({ point, copy: copy2, populate, retire }) => [
  point,
  copy2,
  populate,
  retire
];
var retiredBeforeTransfer = ({ point, populate, retire, collect: collect2 }) => [
  point,
  {
    ...populate,
    start: (state, task, got) => {
      const step4 = populate.start(state, task, got);
      return { ...step4, sends: [...retire.start(state, task, got).sends, ...step4.sends] };
    }
  },
  { ...retire, start: (state, task, got) => collect2(retire.start(state, task, got).state, task) }
];
var onlyTheLatest = (mine, told2) => {
  const longer = known(told2) < known(mine) ? mine : told2;
  return retireBelow(longer, known(longer) - 1);
};
var variants6 = [
  {
    name: "correct",
    kind: "correct",
    about: "Section 5 with two rules changed: what is copied is what the storage nodes hold that have the forward pointer, and a Get phase begins anew when it learns of a retirement. The sequence is given by a person.",
    rules: correct6,
    unused: unusedWithoutConsensus
  },
  {
    name: "with-consensus",
    kind: "correct",
    about: "The same, with the sequence decided by consensus: an instance for each configuration.",
    rules: withConsensus
  },
  {
    name: "as-written",
    kind: "mutant",
    about: "Every sentence of section 5 as it is written, with neither rule changed.",
    rules: { ...correct6, stages: copiedFromAnywhere, beginsAnew: false },
    unused: unusedWithoutConsensus
  },
  {
    name: "copied-from-anywhere",
    kind: "mutant",
    about: "The first rule is as written: once a majority has the forward pointer, a Get phase asks any majority for what is to be copied.",
    rules: { ...correct6, stages: copiedFromAnywhere },
    unused: unusedWithoutConsensus
  },
  {
    name: "answers-kept-at-retirement",
    kind: "mutant",
    about: "The second rule is as written: a Get phase that learns of a retirement goes on with the answers that it has.",
    rules: { ...correct6, beginsAnew: false },
    unused: unusedWithoutConsensus
  },
  {
    name: "no-forward-pointer",
    kind: "mutant",
    about: "Action 1 is left out.",
    rules: { ...correct6, stages: ({ copy: copy2, populate, retire }) => [copy2, populate, retire] },
    unused: [...unusedWithoutConsensus, "Point", "PointReply"]
  },
  {
    name: "forward-pointer-one-short",
    kind: "mutant",
    about: "Action 1 is over one storage node before a majority has the forward pointer.",
    rules: { ...correct6, isPointerStored: (phase) => isOverButForOne(phase, "write") },
    unused: unusedWithoutConsensus
  },
  {
    name: "get-before-forward-pointer",
    kind: "mutant",
    about: "State transfer begins before Action 1 is over: what it copies was got before it.",
    rules: {
      ...correct6,
      stages: ({ copy: copy2, point, populate, retire }) => [copy2, point, populate, retire],
      looksIn: ["Copying"]
    },
    unused: unusedWithoutConsensus
  },
  {
    name: "populate-without-get",
    kind: "mutant",
    about: "State transfer is a Set phase alone: nothing that the old configuration holds is copied.",
    rules: { ...correct6, looksIn: [] },
    unused: unusedWithoutConsensus
  },
  {
    name: "retire-before-transfer",
    kind: "mutant",
    about: "The old configuration is said to be retired when Action 1 is over, before the state transfer.",
    rules: { ...correct6, stages: retiredBeforeTransfer },
    unused: unusedWithoutConsensus
  },
  {
    name: "learned-configuration-ignored",
    kind: "mutant",
    about: "A client that reads or writes does not integrate the cmaps that it receives.",
    rules: { ...correct6, hears: (known2) => known2 },
    unused: unusedWithoutConsensus
  },
  {
    name: "new-configuration-alone",
    kind: "mutant",
    about: "A client that learns of a new configuration uses it alone from then on.",
    rules: { ...correct6, hears: onlyTheLatest },
    unused: unusedWithoutConsensus
  },
  {
    name: "set-phase-not-extended",
    kind: "mutant",
    about: "A Set phase neither asks nor waits for the configurations that it learns of.",
    rules: { ...correct6, extends: ["Getting"] },
    unused: unusedWithoutConsensus
  },
  {
    name: "announcement-not-awaited",
    kind: "mutant",
    about: "A reconfiguration returns without waiting until the directory knows of the new configuration.",
    rules: { ...correct6, awaitsDirectory: false },
    unused: unusedWithoutConsensus
  },
  {
    name: "announced-first",
    kind: "mutant",
    about: "The directory is told of a new configuration before the storage nodes are, as section 5 says; but a client asks for a hint only once.",
    rules: { ...correct6, course: ["announcement", "garbage collection"] },
    unused: unusedWithoutConsensus
  },
  {
    name: "consensus-instance-shared",
    kind: "mutant",
    about: "The sequence is decided by consensus, and all configurations share one instance.",
    rules: { ...withConsensus, instances: { of: () => 0, isOver: () => false } }
  },
  {
    name: "empty-successor-proposed",
    kind: "mutant",
    about: "Neither who proposes a configuration nor who votes for it looks whether it has members: two clients remove everybody.",
    rules: { ...withConsensus, maySucceed: () => true }
  }
];

// spec/rambo/protocol.ts
var rambo = {
  name: "rambo",
  about: "Reconfiguration along an agreed sequence of configurations (tutorial 5, after RAMBO).",
  variants: variants6,
  objects: [register, configurable],
  Message: Message8,
  roles: { server: server8, client: client7, directory: directoryService() },
  Parameters: StorageParameters,
  nodes: (parameters) => [...serversAndClients(parameters), ...directoryIn(parameters)],
  bounds: [ballots],
  unused,
  properties: [
    atomic,
    timestampsGrow,
    timestampsNameValues,
    mapsAreUsable,
    mapsGrow,
    oneSuccessor,
    configurationsChange,
    configurationsHaveMembers,
    reconfigurationIsDone2,
    termination,
    dynamicLiveness,
    refinesSequence
  ],
  describe: describeMessage7
};

// spec/rambo/registers/messages.ts
var wholeNode = "";
var Held = Struct({ name: RegisterName, pair: Pair });
var List = TaggedStruct("List", {
  ...question,
  map: ConfigurationMap,
  after: NullOr(RegisterName),
  most: Count
});
var Listing2 = TaggedStruct("Listing", {
  ...question,
  map: ConfigurationMap,
  after: NullOr(RegisterName),
  registers: ArraySchema(Held),
  isLast: Boolean3
});
var Populate = TaggedStruct("Populate", { ...question, ...Held.fields });
var Populated = TaggedStruct("Populated", {
  ...question,
  name: RegisterName,
  map: ConfigurationMap
});
var Message9 = Union2([
  GetRequest3,
  GetReply3,
  SetRequest3,
  SetReply3,
  Retire,
  RetireReply,
  Ballot2,
  BallotReply,
  AskMap,
  MapReply,
  Hint,
  List,
  Listing2,
  Populate,
  Populated
]);
var isOfOneRegister = (message) => {
  switch (message._tag) {
    case "List":
    case "Listing":
    case "Populate":
    case "Populated":
      return false;
    default:
      return true;
  }
};
var describeMessage8 = (message) => {
  switch (message._tag) {
    case "List":
      return `next is ${describeMap(message.map)}; registers after ${message.after ?? "the beginning"}?`;
    case "Listing":
      return `stored, holds ${[...message.registers.map(describeHeld), ...message.isLast ? [] : ["\u2026"]].join(", ") || "nothing more"}`;
    case "Populate":
      return `set ${describeHeld(message)}`;
    case "Populated":
      return `ack of ${JSON.stringify(message.name)}, knows ${describeMap(message.map)}`;
    default:
      return describeMessage7(message);
  }
};
var describeHeld = ({ name, pair: pair2 }) => `${JSON.stringify(name)}: ${describePair(pair2)}`;

// spec/rambo/registers/state.ts
var reconfiguration2 = { operation: Reconfigure, goal: Count, retired: Count };
var Listed = Struct({
  registers: ArraySchema(Held),
  /** Null if everybody who answered listed everything. */
  upTo: NullOr(RegisterName)
});
var Surveying = TaggedStruct("Surveying", {
  ...reconfiguration2,
  after: NullOr(RegisterName),
  phase: Phase(Listed)
});
var Transferring = TaggedStruct("Transferring", {
  ...reconfiguration2,
  /** Where the next list begins; null if there is no next one. */
  upTo: NullOr(RegisterName),
  /** How many there were, and those that are not yet at a majority of the next configuration. */
  listed: Count,
  left: ArraySchema(Struct({ name: RegisterName, phase: Phase(Pair) }))
});
var Shared = Struct({ map: ConfigurationMap });
var Own = Struct({
  begun: Count,
  activity: Union2([
    Idle5,
    Getting4,
    Setting4,
    Deciding,
    Surveying,
    Transferring,
    Retiring
  ])
});
var CatchUp = TaggedStruct("CatchUp", {});
var transferred = "registers transferred";

// spec/rambo/registers/transfer.ts
var between = ({ begun: begun2, map: map6 }) => ({ begun: begun2, map: map6, activity: { _tag: "Idle" } });
var forAll = (context2, step4) => {
  const { state, observations } = step4;
  return state.activity._tag === "Pointing" ? { ...startSurvey(context2, state, state.activity, null), observations } : step4;
};
var collect = (context2, state, task) => forAll(context2, collectGarbage(context2, between(state), task));
var startSurvey = ({ rules }, { begun: begun2, map: map6 }, { operation, goal }, after2) => {
  const { retired: retired2 } = map6;
  const { phase, sends } = startPhase(
    [oldest({ map: map6 })],
    { registers: [], upTo: null },
    { _tag: "List", operation: begun2, retired: retired2, map: map6, after: after2, most: rules.mostListed }
  );
  return {
    state: { begun: begun2, map: map6, activity: { _tag: "Surveying", operation, goal, retired: retired2, after: after2, phase } },
    sends,
    observations: []
  };
};
var receiveListing = (context2, state, survey, from, listing) => {
  const learned = { ...state, map: integrate(state.map, listing.map) };
  if (learned.map.retired > survey.retired) return collect(context2, learned, survey);
  if (listing.after !== survey.after) return become(learned);
  const { phase, isComplete } = advance(
    survey.phase,
    from,
    (listed4) => merged(listed4, listing),
    "write",
    context2.rules.isListed
  );
  return isComplete ? startTransfer(context2, learned, survey, phase.answer) : become({ ...learned, activity: { ...survey, phase } });
};
var merged = (before, { registers: registers2, isLast }) => {
  const pairs = new Map(before.registers.map(({ name, pair: pair2 }) => [name, pair2]));
  for (const { name, pair: pair2 } of registers2) pairs.set(name, larger(pairs.get(name) ?? pair2, pair2));
  const end = isLast ? null : registers2.at(-1)?.name ?? null;
  return {
    registers: [...pairs].map(([name, pair2]) => ({ name, pair: pair2 })).sort(byName),
    upTo: earlier2(before.upTo, end)
  };
};
var byName = (left, right) => left.name < right.name ? -1 : 1;
var earlier2 = (left, right) => left === null || right === null ? left ?? right : left < right ? left : right;
var startTransfer = (context2, state, survey, { registers: registers2, upTo }) => {
  const listed4 = registers2.filter(({ name }) => upTo === null || name <= upTo);
  const { begun: begun2 } = state;
  const { operation, goal, retired: retired2 } = survey;
  if (listed4.length === 0) return afterTransfer(context2, state, survey, upTo);
  const to = next(context2, state, survey);
  return {
    state: {
      ...state,
      activity: {
        _tag: "Transferring",
        operation,
        goal,
        retired: retired2,
        upTo,
        listed: listed4.length,
        left: listed4.map(({ name, pair: pair2 }) => ({ name, phase: begin([to], pair2) }))
      }
    },
    sends: listed4.flatMap((held) => askToPopulate(to, begun2, retired2, held)),
    observations: []
  };
};
var askToPopulate = ({ members }, operation, retired2, held) => ask(members, { _tag: "Populate", operation, retired: retired2, ...held }).map((send) => ({
  ...send,
  key: held.name
}));
var receivePopulated = (context2, state, transfer, from, { name, map: map6 }) => {
  const learned = { ...state, map: integrate(state.map, map6) };
  if (learned.map.retired > transfer.retired) return collect(context2, learned, transfer);
  const left = transfer.left.flatMap((one) => {
    if (one.name !== name) return [one];
    const { phase, isComplete } = advance(one.phase, from, unchanged2, "write", isOverForBoth);
    return isComplete ? [] : [{ name, phase }];
  });
  if (left.length > 0) return become({ ...learned, activity: { ...transfer, left } });
  const step4 = afterTransfer(context2, learned, transfer, transfer.upTo);
  return {
    ...step4,
    observations: [{ _tag: "Note", name: transferred, detail: transfer.listed }, ...step4.observations]
  };
};
var afterTransfer = (context2, state, task, upTo) => context2.rules.isTransferred(upTo) ? forAll(context2, startRetire(context2, between(state), task)) : startSurvey(context2, state, task, upTo);

// spec/rambo/registers/client.ts
var isBehind = ({ rules }, { map: map6, activity }) => {
  switch (activity._tag) {
    case "Idle":
      return false;
    case "Getting":
    case "Setting":
      return rules.heedsOthers && (map6.retired > activity.retired || map6.active.some((one) => !activity.phase.configurations.some((known2) => equals2(known2, one))));
    case "Deciding":
      return isDecided(map6, activity.instance);
    case "Surveying":
    case "Transferring":
    case "Retiring":
      return map6.retired > activity.retired;
  }
};
var catchUp = (context2, self, state) => {
  const { activity } = state;
  switch (activity._tag) {
    case "Idle":
      return become(state);
    case "Getting":
      return forAll(context2, startGet2(between(state), activity.operation));
    case "Setting":
      return forAll(context2, startSet4(between(state), activity.operation, activity.phase.answer));
    case "Deciding":
      return forAll(context2, continueSequence(context2, self, between(state), activity.operation));
    case "Surveying":
    case "Transferring":
    case "Retiring":
      return collect(context2, state, activity);
  }
};
var ofOne = (context2, self, state, input) => {
  const { activity } = state;
  return activity._tag === "Surveying" || activity._tag === "Transferring" ? ignore2(state) : forAll(context2, step(context2, self, { ...state, activity }, input));
};
var receive14 = (context2, self, state, from, message) => {
  const { activity } = state;
  switch (message._tag) {
    case "Hint":
      return receiveHint2(state, message);
    case "MapReply":
      return become({ ...state, map: integrate(state.map, message.map) });
    case "Listing":
      return activity._tag === "Surveying" && isCurrent(state, activity, message) ? receiveListing(context2, state, activity, from, message) : ignore2(state);
    case "Populated":
      return activity._tag === "Transferring" && isCurrent(state, activity, message) ? receivePopulated(context2, state, activity, from, message) : ignore2(state);
    case "List":
    case "Populate":
      return ignore2(state);
    default:
      return ofOne(context2, self, state, { _tag: "Receive", from, message });
  }
};
var isCurrent = ({ begun: begun2 }, { retired: retired2 }, reply) => reply.operation === begun2 && reply.retired === retired2;
var take = (context2, self, state, input) => {
  switch (input._tag) {
    case "Receive":
      return receive14(context2, self, state, input.from, input.message);
    case "Invoke":
      return ofOne(context2, self, state, input);
    case "Choose": {
      const { choice } = input;
      return choice._tag === "CatchUp" ? ignore2(state) : ofOne(context2, self, state, { _tag: "Choose", choice });
    }
  }
};
var step2 = (context2, self, state, input) => {
  if (input._tag === "Receive" && isSettled8(state, input.from, input.message)) return ignore2(state);
  if (!isBehind(context2, state)) return take(context2, self, state, input);
  const caught = catchUp(context2, self, state);
  const after2 = take(context2, self, caught.state, input);
  return {
    state: after2.state,
    sends: [...caught.sends, ...after2.sends],
    observations: [...caught.observations, ...after2.observations]
  };
};
var choices = (context2, self, state) => {
  if (isBehind(context2, state)) return [{ _tag: "CatchUp" }];
  const { activity } = state;
  return activity._tag === "Surveying" || activity._tag === "Transferring" ? [] : client7.choices(context2, self, { ...state, activity });
};
var isSettled8 = (state, node, message) => {
  if (!isOfOneRegister(message)) return isTransferSettled(state, message);
  const { activity } = state;
  return isSettled7(
    {
      ...state,
      activity: activity._tag === "Surveying" || activity._tag === "Transferring" ? asStage(activity) : activity
    },
    node,
    message
  );
};
var asStage = ({ operation, goal, retired: retired2 }) => ({ _tag: "Pointing", operation, goal, retired: retired2, phase: begin([], initialPair) });
var isTransferSettled = (state, message) => {
  if (message._tag === "Populate") return false;
  const order = comparePositions([message.operation, 1, message.retired], standsAt2(state));
  return order < 0 || order === 0 && isPageDone(state, message);
};
var standsAt2 = ({ begun: begun2, activity }) => {
  switch (activity._tag) {
    case "Idle":
      return [begun2, past];
    case "Deciding":
      return [begun2, 0];
    default:
      return [begun2, 1, activity.retired];
  }
};
var isPageDone = ({ activity }, message) => {
  switch (activity._tag) {
    case "Surveying":
      if (activity.after === null) return false;
      return message._tag === "Populated" ? message.name <= activity.after : message.after === null || message.after < activity.after;
    case "Transferring":
      return message._tag !== "Populated" || (activity.upTo === null || message.name <= activity.upTo) && !activity.left.some(({ name }) => name === message.name);
    default:
      return false;
  }
};
var client8 = {
  Shared,
  Own,
  durable: false,
  initial: ({ configuration }) => between(initial11(configuration)),
  ready: (_context, _self, { activity }) => activity._tag === "Idle",
  choices,
  step: step2,
  atBound: (context2, state) => {
    const { activity } = state;
    return activity._tag === "Surveying" || activity._tag === "Transferring" ? void 0 : client7.atBound?.(context2, { ...state, activity });
  },
  promises: {
    isObsolete: (_context, _self, state, from, reply) => isSettled8(state, from, reply),
    isSettled: (_context, _self, state, to, request) => isSettled8(state, to, request)
  }
};

// spec/rambo/registers/server.ts
var mostListedLength = 2 ** 18;
var receiveList = (context2, state, from, { operation, retired: retired2, map: map6, after: after2, most: most2 }, objectsAfter) => {
  const told2 = receivePoint(context2, state, from, {
    _tag: "Point",
    operation,
    retired: retired2,
    map: map6
  }).state;
  const { map: known2 } = told2;
  const listing = { _tag: "Listing", operation, retired: retired2, map: known2, after: after2 };
  return {
    state: context2.rules.storesPointer ? told2 : state,
    sends: [{ to: from, message: { ...listing, ...listed2(objectsAfter(after2), most2) } }],
    observations: []
  };
};
var listed2 = (held, most2) => {
  const registers2 = [];
  let length = 0;
  for (const [name, { pair: pair2 }] of held) {
    if (!isLarger(pair2.timestamp, initialPair.timestamp)) continue;
    if (registers2.length >= most2 || length > mostListedLength) return { registers: registers2, isLast: false };
    registers2.push({ name, pair: pair2 });
    length += String(pair2.value).length;
  }
  return { registers: registers2, isLast: true };
};
var receivePopulate = (state, from, { operation, retired: retired2, name, pair: pair2 }) => ({
  state: isLarger(pair2.timestamp, state.pair.timestamp) ? { ...state, pair: pair2 } : state,
  sends: [
    {
      to: from,
      key: wholeNode,
      message: { _tag: "Populated", operation, retired: retired2, name, map: state.map }
    }
  ],
  observations: []
});
var receive15 = (context2, state, from, message, objectsAfter) => {
  switch (message._tag) {
    case "List":
      return receiveList(context2, state, from, message, objectsAfter);
    case "Populate":
      return receivePopulate(state, from, message);
    case "Listing":
    case "Populated":
      return ignore2(state);
    default: {
      const step4 = receive13(context2, state, from, message);
      return { ...step4, sends: step4.sends };
    }
  }
};
var onlyAnswers6 = (context2, state, message) => {
  if (isOfOneRegister(message)) return onlyAnswers5(context2, state, message);
  switch (message._tag) {
    case "List":
      return isNoNews(state.map, message.map);
    case "Populate":
      return !isLarger(message.pair.timestamp, state.pair.timestamp);
    case "Listing":
    case "Populated":
      return false;
  }
};
var { pair, map: map5, instances } = ServerState6.fields;
var server9 = {
  Shared: Struct({ map: map5, instances }),
  Own: Struct({ pair }),
  durable: true,
  initial: server8.initial,
  ready: () => false,
  choices: () => [],
  step: (context2, _self, state, input, objectsAfter) => M(input).with({ _tag: "Receive" }, ({ from, message }) => receive15(context2, state, from, message, objectsAfter)).with({ _tag: z.union("Invoke", "Choose") }, () => ignore2(state)).exhaustive(),
  promises: { onlyAnswers: (context2, _self, state, _from, message) => onlyAnswers6(context2, state, message) }
};

// spec/rambo/registers/parts.ts
var parts2 = { server: server9, client: client8 };

// spec/rambo/registers/rules.ts
var correct7 = {
  ...withConsensus,
  mostListed: 256,
  isListed: isOverForBoth,
  storesPointer: true,
  isTransferred: (upTo) => upTo === null,
  heedsOthers: true
};

// spec/rambo/registers/variants.ts
var unused2 = ["Hint", "AskMap", "MapReply"];
var inSmall = { ...correct7, mostListed: 1 };
var variants7 = [
  {
    name: "correct",
    kind: "correct",
    about: "All registers that a majority with the forward pointer holds are transferred before the configuration is retired.",
    rules: correct7,
    unused: unused2
  },
  {
    name: "in-small",
    kind: "correct",
    about: "The same with lists of one register, so that few registers make several pages.",
    rules: inSmall,
    unused: unused2
  },
  {
    name: "retired-after-first-register",
    kind: "mutant",
    about: "The old configuration is retired when the first register that was listed is transferred.",
    rules: { ...inSmall, isTransferred: () => true },
    unused: unused2
  },
  {
    name: "listed-by-one",
    kind: "mutant",
    about: "One storage node is asked which registers there are and what they hold, not a majority.",
    rules: { ...inSmall, isListed: () => true },
    unused: unused2
  },
  {
    name: "list-without-pointer",
    kind: "mutant",
    about: "A storage node says what it holds without storing the forward pointer.",
    rules: { ...inSmall, storesPointer: false },
    unused: unused2
  },
  {
    name: "other-registers-not-begun-anew",
    kind: "mutant",
    about: "A client that learns of a retirement on account of one register goes on with what it is doing to others.",
    rules: { ...inSmall, heedsOthers: false },
    unused: unused2
  }
];

// spec/rambo/registers/protocol.ts
var client9 = keyed(parts2.client);
var ofWholeNode = { _tag: "Reconfigure", add: [], remove: [] };
var reconfiguringAlone = {
  ...client9,
  ready: (context2, self, state, operation) => client9.ready(context2, self, state, operation) && client9.ready(context2, self, state, ofWholeNode)
};
var ramboRegisters = {
  name: "rambo-registers",
  about: "Registers that are reconfigured together, as a store of many registers is (tutorial 5).",
  variants: variants7,
  objects: [registers, configurable],
  Message: About(Message9),
  roles: { server: keyed(parts2.server), client: reconfiguringAlone },
  Parameters: StorageParameters,
  nodes: serversAndClients,
  bounds: [ballots],
  properties: [atomicEach, termination, dynamicLiveness],
  describe: ({ key, message }) => key === wholeNode ? describeMessage8(message) : `${key}: ${describeMessage8(message)}`
};

// spec/rambo-ii/variants.ts
var correct8 = { ...withConsensus, nextOldest: (_map, goal) => goal };
var variants8 = [
  {
    name: "correct",
    kind: "correct",
    about: "RAMBO II, with consensus: all configurations before the one that a client wants to see installed are retired in one go.",
    rules: correct8
  },
  {
    name: "parallel-retirement-of-one",
    kind: "mutant",
    about: "Parallel retirement, with Action 1 in the last of the configurations that are to be retired alone: what the others hold is lost.",
    rules: { ...correct8, pointsIn: (retiring) => retiring.slice(-1) }
  }
];

// spec/rambo-ii/protocol.ts
var ramboII = {
  ...rambo,
  name: "rambo-ii",
  about: "Reconfiguration along an agreed sequence, of which old configurations are retired together (after RAMBO II).",
  variants: variants8,
  properties: [...rambo.properties, refinesSequenceInParallel]
};

// spec/rds/state.ts
var Deciding2 = TaggedStruct("Deciding", {
  ...Deciding.fields,
  pair: optionalKey2(Pair)
});
var ClientState7 = Struct({
  ...ClientState6.fields,
  activity: Union2([Idle5, Getting4, Setting4, Deciding2, Stage4, Announcing2])
});

// spec/rds/client.ts
var receiveReply3 = (context2, self, state, from, reply) => {
  const step4 = step(context2, self, state, { _tag: "Receive", from, message: reply });
  const { activity } = step4.state;
  if (activity === state.activity || step4.state.map.retired > state.map.retired) return step4;
  if (activity._tag !== "Getting" && activity._tag !== "Setting") return step4;
  const asking = awaitAlso(step4.state, activity, reply.accepted);
  return { ...asking, sends: [...step4.sends, ...asking.sends] };
};
var receiveBallotReply2 = (context2, self, state, deciding, from, reply) => {
  const step4 = step(context2, self, state, { _tag: "Receive", from, message: reply });
  const { activity } = step4.state;
  const held = deciding.pair && larger(deciding.pair, reply.pair ?? initialPair);
  if (activity._tag === "Deciding" && activity.instance === deciding.instance)
    return held === void 0 ? step4 : holding(step4, activity, held);
  const isTold = isDecided(integrate(state.map, reply.map), deciding.instance);
  if (held === void 0 || isTold || activity._tag !== "Pointing") return collecting(context2, step4);
  const isOfOldest = activity.goal === activity.retired + 1;
  return isOfOldest ? startPopulate2(context2, step4.state, activity, context2.rules.copies(held)) : step4;
};
var collecting = (context2, step4) => {
  const { activity, map: map6 } = step4.state;
  return activity._tag === "Deciding" && context2.rules.collectsIn(activity.instance, map6.retired) ? holding(step4, activity, initialPair) : step4;
};
var holding = (step4, deciding, pair2) => ({
  ...step4,
  state: { ...step4.state, activity: { ...deciding, pair: pair2 } }
});
var step3 = (context2, self, state, input) => {
  if (input._tag === "Receive") {
    const { from, message } = input;
    if (isSettled7(state, from, message)) return ignore2(state);
    if (message._tag === "GetReply" || message._tag === "SetReply")
      return receiveReply3(context2, self, state, from, message);
    if (message._tag === "BallotReply" && state.activity._tag === "Deciding")
      return receiveBallotReply2(context2, self, state, state.activity, from, message);
  }
  const taken = step(context2, self, state, input);
  return taken.state.activity === state.activity ? taken : collecting(context2, taken);
};
var client10 = { ...client7, State: ClientState7, step: step3 };

// spec/rds/messages.ts
var accepted2 = { accepted: SetOf(Configuration) };
var GetReply4 = TaggedStruct("GetReply", { ...GetReply3.fields, ...accepted2 });
var SetReply4 = TaggedStruct("SetReply", { ...SetReply3.fields, ...accepted2 });
var BallotReply2 = TaggedStruct("BallotReply", {
  ...BallotReply.fields,
  pair: optionalKey2(Pair)
});
var Message10 = Union2([
  GetRequest3,
  GetReply4,
  SetRequest3,
  SetReply4,
  Point,
  PointReply,
  Retire,
  RetireReply,
  Ballot2,
  BallotReply2,
  AskMap,
  MapReply,
  Announce,
  Announced,
  Hint
]);

// spec/rds/rules.ts
var correct9 = {
  ...withConsensus,
  consensus: { ...correct, enough: isOverForBoth },
  awaits: (_map, { configurations }) => configurations,
  tellsAccepted: (accepted3) => accepted3,
  collectsIn: (instance2, retired2) => instance2 === retired2,
  copies: (held) => held
};
var acceptedBy = ({ instances: instances2 }) => setOf(instances2.flatMap(({ acceptor: { vote } }) => vote === null ? [] : [vote.value]));

// spec/rds/server.ts
var saying = ({ rules }, state, { to, message }) => {
  switch (message._tag) {
    case "GetReply":
    case "SetReply":
      return { to, message: { ...message, accepted: rules.tellsAccepted(acceptedBy(state)) } };
    case "BallotReply":
      return { to, message: message.message._tag === "Accepted" ? { ...message, pair: state.pair } : message };
    default:
      return { to, message };
  }
};
var server10 = {
  ...server8,
  step: (context2, self, state, input) => {
    const { sends, ...step4 } = server8.step(context2, self, state, input);
    return { ...step4, sends: sends.map((send) => saying(context2, state, send)) };
  }
};

// spec/rds/variants.ts
var variants9 = [
  {
    name: "correct",
    kind: "correct",
    about: "After RDS: the instance of consensus is the forward pointer, and an acceptor that accepts says what it holds; Action 1 is left out where the client itself made the decision.",
    rules: correct9
  },
  {
    name: "fused-pointer-untold",
    kind: "mutant",
    about: "Fused with consensus, but a storage node does not tell clients what it has accepted.",
    rules: { ...correct9, tellsAccepted: () => [] }
  },
  {
    name: "fused-pair-ignored",
    kind: "mutant",
    about: "Fused with consensus, but what acceptors hold is not copied.",
    rules: { ...correct9, copies: () => initialPair }
  },
  {
    name: "fused-while-older-active",
    kind: "mutant",
    about: "Fused with consensus, and a client collects what acceptors hold even while an older configuration is being retired.",
    rules: { ...correct9, collectsIn: () => true }
  },
  {
    name: "fused-votes-of-a-write-quorum",
    kind: "mutant",
    about: "Fused with consensus, and a decision takes the votes of a write quorum alone, as it does elsewhere.",
    rules: { ...correct9, consensus: correct }
  }
];

// spec/rds/protocol.ts
var rds = {
  ...rambo,
  name: "rds",
  about: "Reconfiguration along an agreed sequence, fused with the consensus on it (after RDS).",
  variants: variants9,
  Message: Message10,
  roles: { server: server10, client: client10, directory: directoryService() }
};

// spec/supermajority/signed-pair.ts
var SignedPair = Signed(ClientId, Pair);
var StampedValue = Struct({ timestamp: Timestamp, signed: Signed(ClientId, Value) });
var Written = NullOr(Union2([SignedPair, StampedValue]));
var pairOf = (written) => {
  if (written === null) return initialPair;
  if ("content" in written) return written.content;
  return { value: written.signed.content, timestamp: written.timestamp };
};
var isNewer = (left, right) => isLarger(pairOf(left).timestamp, pairOf(right).timestamp);
var newer = (first, second) => isNewer(second, first) ? second : first;
var sign = (cryptography, key, pair2) => cryptography.sign(key, pair2);
var isGenuine = (cryptography, written) => written === null || "content" in written && written.signer === written.content.timestamp.client && cryptography.verifies(written);
var describeWritten = (written) => {
  if (written === null) return "nothing";
  const { signer, signature } = "content" in written ? written : written.signed;
  const name = signature === forged ? `forged as ${signer}'s` : `signed by ${signer}`;
  return `${describePair(pairOf(written))} ${name}`;
};

// spec/supermajority/client.ts
var kept = { begun: Count, key: SigningKey(ClientId) };
var Idle6 = TaggedStruct("Idle", kept);
var Getting5 = TaggedStruct("Getting", {
  ...kept,
  operation: Access,
  phase: Phase(Written),
  /** Whether all answers so far were the same, if the client remembers it. */
  agree: optionalKey2(Boolean3)
});
var Setting5 = TaggedStruct("Setting", { ...kept, operation: Access, phase: Phase(Written) });
var ClientState8 = Union2([Idle6, Getting5, Setting5]);
var initial12 = ({ cryptography }, self) => ({
  _tag: "Idle",
  begun: 0,
  key: cryptography.ownKey(self)
});
var invoke7 = ({ configuration }, { begun: begun2, key }, operation) => {
  const question2 = { _tag: "Get", operation: begun2 + 1 };
  const { phase, sends } = startPhase([configuration], null, question2);
  return {
    state: { _tag: "Getting", begun: begun2 + 1, key, operation, phase },
    sends,
    observations: [{ _tag: "Invocation", operation }]
  };
};
var receiveGetReply6 = (context2, self, state, from, { written }) => {
  const { rules } = context2;
  const merge2 = (found) => newer(found, written);
  const { phase, isComplete } = advance(state.phase, from, merge2, "read", rules.enough);
  const counted2 = { ...state, phase, ...agreementAfter(context2, state, written) };
  if (!isComplete) return become(phase === state.phase ? state : counted2);
  return counted2.operation._tag === "Read" && rules.returnsAtOnce(counted2.agree === true) ? finish6(counted2) : startSet5(counted2, choosePair4(context2, self, counted2));
};
var agreementAfter = ({ rules }, { operation, phase, agree: agree2 = true }, written) => {
  if (!rules.remembersAgreement || operation._tag === "Write") return {};
  return { agree: agree2 && (phase.answered.length === 0 || equals2(phase.answer, written)) };
};
var choosePair4 = ({ rules, cryptography }, self, { key, operation, phase }) => {
  if (operation._tag === "Read") return phase.answer;
  const { number: number3 } = pairOf(phase.answer).timestamp;
  const timestamp = { number: number3 + 1, client: self };
  return rules.sign(cryptography, key, { value: operation.value, timestamp });
};
var startSet5 = ({ begun: begun2, key, operation, phase }, written) => ({
  state: { _tag: "Setting", begun: begun2, key, operation, phase: begin(phase.configurations, written) },
  sends: ask(asked(phase), { _tag: "Set", operation: begun2, written }),
  observations: []
});
var receiveSetReply6 = ({ rules }, state, from) => {
  const { phase, isComplete } = advance(state.phase, from, unchanged2, "write", rules.enough);
  const counted2 = { ...state, phase };
  return isComplete ? finish6(counted2) : become(counted2);
};
var finish6 = ({ begun: begun2, key, operation, phase }) => ({
  state: { _tag: "Idle", begun: begun2, key },
  sends: [],
  observations: [
    {
      _tag: "Response",
      operation,
      result: operation._tag === "Read" ? pairOf(phase.answer).value : null
    }
  ]
});
var receive16 = (context2, self, state, from, message) => {
  if (state._tag === "Idle" || message.operation !== state.begun) return ignore2(state);
  return M([state, message]).with(
    [{ _tag: "Getting" }, { _tag: "GetReply" }],
    ([getting, reply]) => isGarbage(context2, reply) ? ignore2(getting) : receiveGetReply6(context2, self, getting, from, reply)
  ).with([{ _tag: "Setting" }, { _tag: "SetReply" }], ([setting]) => receiveSetReply6(context2, setting, from)).with([{ _tag: "Getting" }, { _tag: "SetReply" }], () => ignore2(state)).with([{ _tag: "Setting" }, { _tag: "GetReply" }], () => ignore2(state)).with([{}, { _tag: "Get" }], [{}, { _tag: "Set" }], () => ignore2(state)).exhaustive();
};
var isGarbage = ({ rules, cryptography }, message) => message._tag === "GetReply" && !rules.believes(cryptography, message.written);
var isSettled9 = (state, message) => isOver2(state, message, phaseOf(message));
var client11 = {
  State: ClientState8,
  durable: false,
  initial: initial12,
  ready: (_context, _self, state) => state._tag === "Idle",
  choices: () => [],
  step: (context2, self, state, input) => M(input).with(
    { _tag: "Invoke" },
    ({ operation }) => state._tag === "Idle" ? invoke7(context2, state, operation) : ignore2(state)
  ).with({ _tag: "Receive" }, ({ from, message }) => receive16(context2, self, state, from, message)).with({ _tag: "Choose" }, () => ignore2(state)).exhaustive(),
  promises: {
    isObsolete: (context2, _self, state, _from, reply) => isGarbage(context2, reply) || isSettled9(state, reply),
    isSettled: (_context, _self, state, _to, request) => isSettled9(state, request),
    // Quorums that do not count members may be complete with fewer answers than came: then the
    // order decides which count.
    isAnswer: ({ configuration, rules }) => countsOnly(configuration) && rules.answersCommute
  }
};

// spec/supermajority/messages.ts
var GetReply5 = TaggedStruct("GetReply", { operation: Count, written: Written });
var SetRequest4 = TaggedStruct("Set", { operation: Count, written: Written });
var Message11 = Union2([GetRequest2, GetReply5, SetRequest4, SetReply2]);
var describeMessage9 = (message) => {
  switch (message._tag) {
    case "Get":
      return "get";
    case "GetReply":
      return `has ${describeWritten(message.written)}`;
    case "Set":
      return `set ${describeWritten(message.written)}`;
    case "SetReply":
      return "ack";
  }
};

// spec/supermajority/properties.ts
var replica = ({ written }) => ({ pair: pairOf(written) });
var timestampsGrow2 = {
  ...timestampsGrow,
  holds: (context2, self, before, after2) => timestampsGrow.holds(context2, self, replica(before), replica(after2))
};
var timestampsNameValues2 = {
  ...timestampsNameValues,
  holds: (context2, left, right) => timestampsNameValues.holds(context2, replica(left), replica(right))
};

// spec/supermajority/server.ts
var ServerState7 = Struct({ written: Written });
var receiveGet4 = (state, from, { operation }) => ({
  state,
  sends: [{ to: from, message: { _tag: "GetReply", operation, written: state.written } }],
  observations: []
});
var receiveSet4 = ({ rules, cryptography }, state, from, { operation, written }) => {
  if (!rules.believes(cryptography, written)) return ignore2(state);
  return {
    state: isNewer(written, state.written) ? { written } : state,
    sends: [{ to: from, message: { _tag: "SetReply", operation } }],
    observations: []
  };
};
var receive17 = (context2, state, from, message) => !isClient2(context2, from) ? ignore2(state) : M(message).with({ _tag: "Get" }, (get2) => receiveGet4(state, from, get2)).with({ _tag: "Set" }, (set) => receiveSet4(context2, state, from, set)).with({ _tag: "GetReply" }, { _tag: "SetReply" }, () => ignore2(state)).exhaustive();
var isClient2 = ({ clients: clients2 }, node) => clients2.some((client13) => client13 === node);
var isGarbage2 = (context2, from, message) => !isClient2(context2, from) || message._tag === "Set" && !context2.rules.believes(context2.cryptography, message.written);
var onlyAnswers7 = (context2, state, from, message) => isGarbage2(context2, from, message) || message._tag === "Get" || message._tag === "Set" && !isNewer(message.written, state.written);
var server11 = {
  State: ServerState7,
  durable: true,
  initial: () => ({ written: null }),
  ready: () => false,
  choices: () => [],
  step: (context2, _self, state, input) => M(input).with({ _tag: "Receive" }, ({ from, message }) => receive17(context2, state, from, message)).with({ _tag: "Invoke" }, { _tag: "Choose" }, () => ignore2(state)).exhaustive(),
  promises: {
    isObsolete: (context2, _self, _state, from, message) => isGarbage2(context2, from, message),
    onlyAnswers: (context2, _self, state, from, message) => onlyAnswers7(context2, state, from, message)
  }
};

// spec/supermajority/rules.ts
var correct10 = {
  enough: isOver,
  sign,
  believes: isGenuine,
  remembersAgreement: false,
  returnsAtOnce: () => false,
  answersCommute: true
};

// spec/supermajority/variants.ts
var isOverByMajorities = (phase, access) => isOver({ ...phase, configurations: phase.configurations.map(({ members }) => majority(members)) }, access);
var isSignedValue = (cryptography, written) => written !== null && "signed" in written ? written.signed.signer === written.timestamp.client && cryptography.verifies(written.signed) : isGenuine(cryptography, written);
var variants10 = [
  {
    name: "correct",
    kind: "correct",
    about: "Replication of signed pairs over super-majorities, as section 7 of the tutorial supposes it.",
    rules: correct10
  },
  {
    name: "unanimous-reads-return-at-once",
    kind: "correct",
    about: "A read to which a whole super-majority gave the same answer returns it without a Set phase.",
    // The correct ones among those who answered are in every later super-majority, and hold the
    // pair.
    rules: { ...correct10, remembersAgreement: true, returnsAtOnce: (agree2) => agree2 }
  },
  {
    name: "plain-majorities",
    kind: "mutant",
    about: "A phase waits for a majority: two of them may share nobody but a liar.",
    rules: { ...correct10, enough: isOverByMajorities }
  },
  {
    name: "supermajority-one-short",
    kind: "mutant",
    about: "A phase ends one answer before it has a super-majority.",
    rules: { ...correct10, enough: isOverButForOne }
  },
  {
    name: "read-without-write-back",
    kind: "mutant",
    about: "A read returns what its Get phase found and stores it nowhere, so that reads can oscillate.",
    rules: { ...correct10, returnsAtOnce: () => true }
  },
  {
    name: "unsigned-pairs-believed",
    kind: "mutant",
    about: "Nobody verifies signatures, so that a liar makes up what was written.",
    rules: { ...correct10, believes: () => true, answersCommute: false }
  },
  {
    name: "timestamp-outside-signature",
    kind: "mutant",
    about: "The signature covers the value alone: a liar gives an old value a new timestamp.",
    rules: {
      ...correct10,
      sign: (cryptography, key, { value, timestamp }) => ({
        timestamp,
        signed: cryptography.sign(key, value)
      }),
      believes: isSignedValue,
      answersCommute: false
    }
  }
];

// spec/supermajority/protocol.ts
var { staticLiveness: staticLiveness3, termination: termination3 } = livenessOf(byzantineFaults);
var supermajority = {
  name: "supermajority",
  about: "Replication of one register of signed pairs over super-majorities of a static set of storage nodes, some of which lie (tutorial 7).",
  tolerates: byzantineFaults,
  variants: variants10,
  objects: [register],
  Message: Message11,
  roles: { server: server11, client: client11 },
  Parameters: StorageParameters,
  nodes: serversAndClients,
  properties: [
    atomic,
    onlyWrittenValues,
    timestampsGrow2,
    timestampsNameValues2,
    termination3,
    staticLiveness3
  ],
  describe: describeMessage9
};

// spec/weak-snapshot/operation.ts
var Update = TaggedStruct("Update", { add: ServerSet, remove: ServerSet });
var Scan = TaggedStruct("Scan", {});
var SnapshotOperation = Union2([Update, Scan]);
var snapshot = {
  name: "weak-snapshot",
  Operation: SnapshotOperation,
  kinds: [
    {
      tag: "Update",
      syntax: "update +SERVER\u2026 -SERVER\u2026",
      parse: (words) => isChange(words) ? { _tag: "Update", ...changeOf(words) } : void 0
    },
    {
      tag: "Scan",
      syntax: "scan",
      parse: (words) => words.length > 0 ? void 0 : { _tag: "Scan" }
    }
  ],
  problem: (operation) => operation._tag === "Update" ? problemOf(operation) : void 0,
  describe: (operation) => operation._tag === "Update" ? `update ${describeChange(operation)}`.trim() : "scan",
  describeResult: (_2, result2) => result2 === null ? "ok" : listed3(result2)
};
var listed3 = (changes2) => `{${changes2.map(describeChange).join(", ")}}`;

// spec/weak-snapshot/client.ts
var Idle7 = TaggedStruct("Idle", { begun: Count });
var Busy = TaggedStruct("Busy", {
  begun: Count,
  operation: SnapshotOperation,
  phase: Count,
  stage: Stage
});
var ClientState9 = Union2([Idle7, Busy]);
var invoke8 = (context2, { begun: begun2 }, operation) => {
  const progress = operation._tag === "Update" ? startUpdate(change(operation)) : startScan(snapshotOf3(context2));
  const step4 = proceed3(context2, { begun: begun2 + 1, operation, phase: 0 }, progress);
  return { ...step4, observations: [{ _tag: "Invocation", operation }, ...step4.observations] };
};
var snapshotOf3 = ({ configuration, rules }) => ({
  configurations: [configuration],
  rules
});
var proceed3 = (context2, { begun: begun2, operation, phase }, progress) => {
  switch (progress._tag) {
    case "Asks": {
      const { stage, question: question2 } = progress;
      const next2 = phase + 1;
      return {
        state: { _tag: "Busy", begun: begun2, operation, phase: next2, stage },
        sends: ask(context2.configuration.members, { ...question2, operation: begun2, phase: next2 }),
        observations: []
      };
    }
    case "Waits":
      return become({ _tag: "Busy", begun: begun2, operation, phase, stage: progress.stage });
    case "Updated":
      return finish7(begun2, operation, null);
    case "Scanned":
      return finish7(begun2, operation, progress.changes);
  }
};
var finish7 = (begun2, operation, result2) => ({
  state: { _tag: "Idle", begun: begun2 },
  sends: [],
  observations: [{ _tag: "Response", operation, result: result2 }]
});
var receive18 = (context2, state, from, message) => M(message).with(
  { _tag: z.union("Endorsed", "Stored", "Collected") },
  (answer2) => receiveReply4(context2, state, from, answer2)
).with({ _tag: z.union("Endorse", "Store", "Collect") }, () => ignore2(state)).exhaustive();
var receiveReply4 = (context2, state, from, answer2) => {
  if (state._tag === "Idle" || isSettled10(state, answer2)) return ignore2(state);
  const progress = receive3(snapshotOf3(context2), state.stage, from, answer2);
  return progress === void 0 ? ignore2(state) : proceed3(context2, state, progress);
};
var isSettled10 = (state, { operation, phase }) => isBefore([operation, phase], positionOf5(state));
var positionOf5 = (state) => [state.begun, state._tag === "Idle" ? past : state.phase];
var client12 = {
  State: ClientState9,
  durable: false,
  initial: () => ({ _tag: "Idle", begun: 0 }),
  ready: (_context, _self, { _tag }) => _tag === "Idle",
  choices: () => [],
  step: (context2, _self, state, input) => M(input).with(
    { _tag: "Invoke" },
    ({ operation }) => state._tag === "Idle" ? invoke8(context2, state, operation) : ignore2(state)
  ).with({ _tag: "Receive" }, ({ from, message }) => receive18(context2, state, from, message)).with({ _tag: "Choose" }, () => ignore2(state)).exhaustive(),
  promises: {
    isObsolete: (_context, _self, state, _from, answer2) => isSettled10(state, answer2),
    isSettled: (_context, _self, state, _to, question2) => isSettled10(state, question2),
    isAnswer: ({ configuration }) => countsOnly(configuration)
  }
};

// spec/weak-snapshot/properties.ts
var isScanned = (observation) => observation._tag === "Response" && observation.operation._tag === "Scan";
var promised = (name, about2, initial13, { updateBegins, updateEnds, scanBegins, scanEnds }) => judged(
  { name, about: about2 },
  initial13,
  {
    begins: (state, client13, operation) => (operation._tag === "Update" ? updateBegins?.(state, change(operation)) : scanBegins?.(state, client13)) ?? state,
    // An update returns null, a scan the changes that it found.
    ends: (state, client13, _operation, result2) => (result2 === null ? updateEnds?.(state) : scanEnds?.(state, client13, result2)) ?? state
  },
  isScanned
);
var integrity = promised(
  "integrity",
  "a scan returns only changes that some update proposed before",
  { proposed: [], violation: null },
  {
    updateBegins: (state, proposal) => ({ ...state, proposed: including(state.proposed, proposal) }),
    scanEnds: (state, client13, found) => {
      const invented = without(found, state.proposed);
      return invented.length === 0 ? state : { ...state, violation: `${client13}'s scan returned ${listed3(invented)}, which nobody had proposed` };
    }
  }
);
var validity2 = promised(
  "validity",
  "once an update is complete, every scan that begins finds some change",
  { isUpdated: false, mustFind: [], violation: null },
  {
    updateEnds: (state) => ({ ...state, isUpdated: true }),
    scanBegins: (state, client13) => state.isUpdated ? { ...state, mustFind: including(state.mustFind, client13) } : state,
    scanEnds: (state, client13, found) => state.mustFind.includes(client13) && found.length === 0 ? {
      ...state,
      violation: `${client13}'s scan found nothing, though an update was complete before it began`
    } : { ...state, mustFind: without(state.mustFind, [client13]) }
  }
);
var monotonicity = promised(
  "monotonicity",
  "a change that a scan has returned is returned by every scan that begins afterwards",
  { returned: [], before: [], violation: null },
  {
    scanBegins: (state, client13) => ({
      ...state,
      before: setOf([...state.before, { client: client13, changes: state.returned }])
    }),
    scanEnds: (state, client13, found) => {
      const missed2 = without(state.before.find((scan2) => scan2.client === client13)?.changes ?? [], found);
      if (missed2.length > 0) {
        const what2 = `${client13}'s scan returned ${listed3(found)} without ${listed3(missed2)}`;
        return { ...state, violation: `${what2}, which an earlier scan had returned` };
      }
      return {
        returned: union2(state.returned, found),
        before: state.before.filter((scan2) => scan2.client !== client13),
        violation: null
      };
    }
  }
);
var nonEmptyIntersection = promised(
  "non-empty-intersection",
  "some change is returned by all scans that are not empty",
  { common: null, violation: null },
  {
    scanEnds: (state, client13, found) => {
      if (found.length === 0) return state;
      const common2 = state.common === null ? found : state.common.filter((one) => including(found, one) === found);
      if (common2.length > 0) return { ...state, common: common2 };
      const others = `the earlier ones have only ${listed3(state.common ?? [])} in common`;
      return { common: common2, violation: `${client13}'s scan returned ${listed3(found)}; ${others}` };
    }
  }
);
var endorsementsAreFinal = {
  _tag: "Step",
  name: "endorsements-are-final",
  about: "a storage node that endorses a change never endorses another one, and never takes it back",
  role: "server",
  isSymmetric: true,
  holds: (_context, _self, before, after2) => before.endorsed === null || equals2(before.endorsed, after2.endorsed)
};
var columnsHaveOneChange = {
  _tag: "Pair",
  name: "columns-have-one-change",
  about: "no two storage nodes, nor one of them, know two changes to be endorsed by one storage node",
  role: "server",
  isSymmetric: true,
  holds: (_context, left, right) => {
    const rows = [...left.known, ...right.known];
    return rows.every(
      ({ by, change: change2 }) => rows.every((other) => by === void 0 || other.by !== by || equals2(other.change, change2))
    );
  }
};

// spec/weak-snapshot/variants.ts
var variants11 = [
  {
    name: "correct",
    kind: "correct",
    about: "Two collects, each written back before the next step; a scan whose first collect finds nothing returns nothing.",
    rules: correct2
  },
  {
    name: "to-the-letter",
    kind: "correct",
    about: "As the tutorial has it: with the matrix's columns, and a second collect even if the first found nothing.",
    rules: { ...correct2, endorsement: (by, change2) => ({ change: change2, by }), endsWhenEmpty: false }
  },
  {
    name: "no-write-back",
    kind: "mutant",
    about: "Two collects that only read: what 'similarly to a read()' means is overlooked.",
    rules: { ...correct2, writesBack: false }
  },
  {
    name: "one-collect",
    kind: "mutant",
    about: "One collect, written back, instead of two.",
    rules: { ...correct2, collects: 1 }
  },
  {
    name: "one-collect-no-write-back",
    kind: "mutant",
    about: "One collect, and it only reads.",
    rules: { ...correct2, collects: 1, writesBack: false }
  },
  {
    name: "update-without-set-phase",
    kind: "mutant",
    about: "An update ends with the first endorsement, before a majority knows of it.",
    rules: { ...correct2, spreads: false }
  }
];

// spec/weak-snapshot/protocol.ts
var endorsementsDiffer = {
  _tag: "Sometimes",
  name: "endorsements-differ",
  isSymmetric: true,
  about: "at some time two storage nodes have endorsed different changes",
  holds: (_context, { nodes }) => {
    const endorsed = Object.values(nodes.server).flatMap((server12) => server12.endorsed ?? []);
    return endorsed.some((one) => !equals2(one, endorsed[0]));
  }
};
var weakSnapshot = {
  name: "weak-snapshot",
  about: "The weak snapshot of one configuration, out of which DynaStore is built (tutorial 6).",
  variants: variants11,
  objects: [snapshot],
  Message: Message4,
  roles: { server: server3, client: client12 },
  Parameters: StorageParameters,
  nodes: serversAndClients,
  properties: [
    integrity,
    validity2,
    monotonicity,
    nonEmptyIntersection,
    endorsementsAreFinal,
    columnsHaveOneChange,
    endorsementsDiffer,
    termination,
    staticLiveness
  ],
  describe: describeMessage3
};

// spec/protocols.ts
var protocols = [
  majority2,
  majorityRegisters,
  supermajority,
  masking,
  naive,
  consensus,
  rambo,
  ramboII,
  rds,
  ramboRegisters,
  weakSnapshot,
  dynastore
];

// checker/engine/numbers.ts
var partitionBits = 6;
var partitionCount = 1 << partitionBits;
var partitionMask = partitionCount - 1;
var numberOf = (partition3, row) => row << partitionBits | partition3;
var partitionOf = (number3) => number3 & partitionMask;
var rowOf = (number3) => number3 >>> partitionBits;
var isEarlier = (left, right) => partitionOf(left) !== partitionOf(right) ? partitionOf(left) < partitionOf(right) : left < right;

// checker/engine/findings.ts
var deadlockFreedom = "deadlock-freedom";
var Findings = class {
  found = /* @__PURE__ */ new Map();
  get size() {
    return this.found.size;
  }
  get all() {
    return [...this.found.values()];
  }
  /** Takes note of a failure, unless a nearer one is known. */
  note(finding) {
    const known2 = this.found.get(finding.property);
    if (known2 === void 0 || isBefore2(finding, known2)) this.found.set(finding.property, finding);
  }
};
var isBefore2 = (left, right) => left.depth !== right.depth ? left.depth < right.depth : left.round !== right.round ? left.round < right.round : left.inTransition !== right.inTransition ? left.inTransition : isEarlier(left.state, right.state);

// checker/scenario/scenario.ts
var mostNodes = 100;
var mostBound = 1e3;
var described = (schema, description) => schema.annotate({ description });
var names = ArraySchema(String4);
var bound = Int.check(isBetween({ minimum: 0, maximum: mostNodes }));
var Quorums = Union2([
  Literals(["majority", "supermajority"]),
  Struct({
    weights: Record(String4, Int),
    threshold: optionalKey2(Int)
  }),
  Struct({ sets: ArraySchema(names) })
]);
var servers = Union2([
  Int.check(isBetween({ minimum: 1, maximum: mostNodes })),
  names.check(isMinLength(1), isMaxLength(mostNodes))
]);
var clients = ArraySchema(names.check(isMinLength(1))).check(
  isMinLength(1),
  isMaxLength(mostNodes)
);
var who = Union2([bound, names]);
var crashes = Union2([
  PremiseName,
  Struct({
    servers: optionalKey2(who),
    clients: optionalKey2(who),
    while: optionalKey2(PremiseName)
  })
]);
var corruptions = Struct({
  atStart: optionalKey2(names),
  servers: optionalKey2(who),
  clients: optionalKey2(who),
  while: optionalKey2(PremiseName),
  strength: optionalKey2(Literals(strengths)),
  domain: optionalKey2(
    Record(String4, ArraySchema(Union2([Int, String4])))
  )
});
var Scenario = Struct({
  $schema: optionalKey2(String4),
  description: optionalKey2(described(String4, "What the scenario shows, in a sentence or two.")),
  protocol: described(String4, "The protocol to check."),
  variant: optionalKey2(
    described(String4, "A variant of the protocol, such as a mutant; without it, the protocol itself.")
  ),
  servers: described(servers, "The storage nodes: how many (3 stands for s1, s2, s3), or their names."),
  configuration: optionalKey2(
    described(names, "The members of the initial configuration; without it, all servers.")
  ),
  quorums: optionalKey2(
    described(
      Union2([Quorums, Struct({ read: Quorums, write: Quorums })]),
      "The quorums of the initial configuration; without it, majorities."
    )
  ),
  directory: optionalKey2(
    described(
      Boolean3,
      "Whether the system has a directory service, which never fails; without it, there is none."
    )
  ),
  clients: described(clients, "One script per client: the operations that it invokes one after the other."),
  faults: optionalKey2(
    described(
      Struct({
        crashes: optionalKey2(crashes),
        corruptions: optionalKey2(corruptions)
      }),
      "Which faults may happen: how many servers and clients may crash at any time, or which, or that any may as long as a premise of liveness holds; and who is corrupt at the beginning or may be corrupted, and how strong the adversary is that speaks for them (arbitrary, if nothing is said)."
    )
  ),
  bounds: optionalKey2(
    described(
      Record(String4, Int.check(isBetween({ minimum: 1, maximum: mostBound }))),
      "How far processes go before they stop by themselves, so that the search ends: such as how many rounds of ballots a proposer begins. Without it, what is usual."
    )
  ),
  properties: optionalKey2(
    described(
      names,
      "The properties to check; without it, all that the protocol promises, those of liveness only if something is expected of them."
    )
  ),
  expect: optionalKey2(
    described(
      Record(String4, Literals(["holds", "violated"])),
      "The verdict that is expected of each property."
    )
  )
}).annotate({ title: "Quorate scenario" });
var propertyNames = (protocol) => [...protocol.properties.map(({ name }) => name), deadlockFreedom];

// checker/scenario/load.ts
var ScenarioRefused = class extends TaggedError3()("ScenarioRefused", {
  /** The file or the name. */
  source: String4,
  /** Where in it: a path such as `clients[1][0]`, or a line and a column; empty for the whole. */
  place: String4,
  problem: String4,
  mend: String4
}) {
  get message() {
    return [this.source, this.place, `${this.problem}${this.mend === "" ? "" : ` \u2014 ${this.mend}`}`].filter((part) => part !== "").join(": ");
  }
};
var suffering = { crashes: "crash", corruptions: "be corrupted" };
var load = (source, text) => flatMap(parseJson2(source, text), (data) => fromData(source, data));
var parseJson2 = (source, given) => {
  const text = given.replace(/^\uFEFF/, "");
  try {
    return succeed2(JSON.parse(text));
  } catch (error) {
    const message = error.message;
    const position = /position (\d+)/.exec(message)?.[1];
    const offset = position === void 0 ? offsetOfStrangeWord(text) : Number(position);
    const place = placeOf2(text, offset);
    const what2 = text.trim() === "" ? "the file is empty" : `this is not JSON (${reasonOf(message)})`;
    return refused2(source, place, what2, `write a scenario such as ${example}`);
  }
};
var example = `{"protocol": "majority", "servers": 3, "clients": [["write 1"], ["read"]]}`;
var reasonOf = (message) => message.replace(/ in JSON at position.*$/s, "").replace(/, ".*$/s, "").replace(/ is not valid JSON$/, "");
var placeOf2 = (text, offset) => {
  const before = text.slice(0, offset).split("\n");
  return `line ${before.length}, column ${(before.at(-1) ?? "").length + 1}`;
};
var offsetOfStrangeWord = (text) => {
  if (!hasStrangeWord(text)) return text.length;
  let [before, end] = [0, text.length];
  while (end - before > 1) {
    const middle = before + end >> 1;
    if (hasStrangeWord(text.slice(0, middle))) end = middle;
    else before = middle;
  }
  return end - (/\w+$/.exec(text.slice(0, end))?.[0].length ?? 1);
};
var hasStrangeWord = (text) => {
  try {
    JSON.parse(text);
    return false;
  } catch (error) {
    return error.message.startsWith("Unexpected token");
  }
};
var fromData = (source, data) => {
  const decoded = decodeUnknownResult2(Scenario)(data, { onExcessProperty: "error" });
  return flatMap(
    mapError(decoded, (error) => describeIssue(source, error.issue)),
    (scenario) => new Loader(source, scenario).load()
  );
};
var whatIsExpected = [
  [/^$/, "expected a record with protocol, servers and clients"],
  [/^protocol$/, `expected the name of a protocol, such as "majority"`],
  [/^variant$/, "expected the name of a variant (quorate list shows them)"],
  [/^description$/, "expected a text"],
  [
    /^servers/,
    `expected a whole number from 1 to ${mostNodes} (3 stands for s1, s2, s3), or a list of names such as ["s1", "s2"]`
  ],
  [/^configuration/, `expected a list of names of servers, such as ["s1", "s2"]`],
  [
    /^quorums/,
    `expected "majority", "supermajority", {"weights": {"s1": 2, "s2": 1}, "threshold": 2}, {"sets": [["s1", "s2"]]}, or {"read": \u2026, "write": \u2026}`
  ],
  [/^directory$/, "expected true or false"],
  [/^clients$/, `expected a list with one list of operations per client, such as [["write 1"], ["read"]]`],
  [/^clients\[\d+\]$/, `expected a list of at least one operation, such as ["write 1", "read"]`],
  [/^clients\[\d+\]\[\d+\]$/, `expected an operation in quotes, such as "write 1"`],
  [/^faults$/, `expected {"crashes": {"servers": 1}} or {"corruptions": {"servers": 1}}`],
  [
    /^faults\.crashes$/,
    `expected {"servers": 1, "clients": 0}, or a premise of liveness such as "dynamic-liveness"`
  ],
  [/^faults\.crashes\.while$/, `expected "static-liveness" or "dynamic-liveness"`],
  [/^bounds$/, `expected a record such as {"ballots": 3}`],
  [/^bounds\./, `expected a whole number from 1 to ${mostBound}`],
  [
    /^faults\.corruptions$/,
    `expected {"atStart": ["s4"], "servers": 1, "strength": "arbitrary"}, each of them optional`
  ],
  [/^faults\.corruptions\.strength$/, `expected ${strengths.map((name) => `"${name}"`).join(", ")}`],
  [/^faults\.corruptions\.atStart/, `expected a list of names of nodes, such as ["s4"]`],
  [/^faults\.corruptions\.while$/, `expected "static-liveness" or "dynamic-liveness"`],
  [/^faults\.corruptions\.domain/, `expected lists of values by the names of fields, such as {"value": [9]}`],
  [/^faults\.corruptions\./, `expected a whole number from 0 to ${mostNodes}, or a list of names`],
  [/^faults\.crashes\./, `expected a whole number from 0 to ${mostNodes}, or a list of names`],
  [/^properties/, `expected a list of names of properties, such as ["atomicity"]`],
  [/^expect$/, `expected a record such as {"atomicity": "holds"}`],
  [/^expect\./, `expected "holds" or "violated"`]
];
var what = (place) => whatIsExpected.find(([pattern]) => pattern.test(place))?.[1];
var formatIssue2 = makeFormatterStandardSchemaV1();
var describeIssue = (source, issue) => {
  const first = formatIssue2(issue).issues[0];
  const path = (first?.path ?? []).map((part) => typeof part === "object" ? part.key : part);
  const name = String(path.at(-1) ?? "");
  const place = pathText(path);
  const message = what(place) ?? first?.message ?? "this is no scenario";
  if (first?.message.startsWith("Expected no excess")) {
    const fields = Object.keys(Scenario.fields).filter((key) => key !== "$schema");
    const mend = path.length === 1 ? suggest(name, fields) : "remove it";
    return new ScenarioRefused({ source, place, problem: `unknown field "${name}"`, mend });
  }
  if (first?.message === "Missing key") {
    return new ScenarioRefused({
      source,
      place: "",
      problem: `the field "${name}" is missing`,
      mend: `add it, as in ${example}`
    });
  }
  return new ScenarioRefused({ source, place, problem: message, mend: "" });
};
var pathText = (path) => path.reduce(
  (text, part) => typeof part === "number" ? `${text}[${part}]` : text === "" ? String(part) : `${text}.${String(part)}`,
  ""
);
var refused2 = (source, place, problem, mend) => fail2(new ScenarioRefused({ source, place, problem, mend }));
var suggest = (name, known2) => {
  const near = known2.find((other) => distance(name.toLowerCase(), other.toLowerCase()) <= 2);
  return near === void 0 ? `known: ${known2.join(", ")}` : `did you mean "${near}"?`;
};
var distance = (from, to) => {
  let row = Array.from({ length: to.length + 1 }, (_2, index) => index);
  for (let i2 = 1; i2 <= from.length; i2++) {
    const next2 = [i2];
    for (let j2 = 1; j2 <= to.length; j2++) {
      const replaced = row[j2 - 1] + (from[i2 - 1] === to[j2 - 1] ? 0 : 1);
      next2.push(Math.min(replaced, row[j2] + 1, next2[j2 - 1] + 1));
    }
    row = next2;
  }
  return row[to.length];
};
var hasDirectory = ({ roles }) => "directory" in roles;
var directoryName = "d";
var namePattern = /^[A-Za-z][A-Za-z0-9_.']*$/;
var Loader = class {
  source;
  scenario;
  constructor(source, scenario) {
    this.source = source;
    this.scenario = scenario;
  }
  load() {
    const { source, scenario } = this;
    return gen(this, function* () {
      const protocol = yield* this.protocol();
      const variant = yield* this.variant(protocol);
      const servers2 = yield* this.servers();
      const clients2 = scenario.clients.map((_2, index) => client(`c${index + 1}`));
      const configuration = yield* this.configuration(protocol, servers2);
      const directory2 = yield* this.directory(protocol);
      const bounds = yield* this.bounds(protocol);
      const scripts = yield* this.scripts(protocol, servers2);
      const faults = yield* this.faults(protocol, servers2, clients2);
      const properties = yield* this.properties(protocol);
      const expect = yield* this.expectations(properties);
      const parameters = { servers: servers2, clients: clients2, ...directory2, configuration, bounds };
      return {
        name: source,
        description: scenario.description,
        model: {
          protocol,
          system: systemOf(protocol, parameters, variant),
          scripts: Object.fromEntries(clients2.map((id, index) => [id, scripts[index] ?? []])),
          faults,
          properties: properties.flatMap(
            (name) => protocol.properties.filter((property) => property.name === name)
          ),
          unused: [...variant.unused ?? [], ...protocol.unused?.(parameters) ?? []]
        },
        bounds,
        checksDeadlock: properties.includes(deadlockFreedom),
        expect
      };
    });
  }
  protocol() {
    const name = this.scenario.protocol;
    const found = protocols.find((protocol) => protocol.name === name);
    const known2 = protocols.map((protocol) => protocol.name);
    return found ? succeed2(found) : this.refuse("protocol", `there is no protocol "${name}"`, suggest(name, known2));
  }
  variant(protocol) {
    const name = this.scenario.variant ?? protocol.variants[0].name;
    const found = variantOf(protocol, name);
    if (found !== void 0) return succeed2(found);
    const known2 = protocol.variants.map((variant) => variant.name);
    return this.refuse("variant", `${protocol.name} has no variant "${name}"`, suggest(name, known2));
  }
  /** The bounds of the protocol: those that are given, and what is usual of the others. */
  bounds(protocol) {
    const known2 = protocol.bounds ?? [];
    const given = this.scenario.bounds ?? {};
    const stranger = Object.keys(given).find((name) => !known2.some((bound2) => bound2.name === name));
    if (stranger === void 0)
      return succeed2(Object.fromEntries(known2.map(({ name, usual }) => [name, given[name] ?? usual])));
    const names3 = known2.map(({ name }) => name);
    return this.refuse(
      `bounds.${stranger}`,
      `${protocol.name} has no bound "${stranger}"`,
      names3.length === 0 ? "remove it" : suggest(stranger, names3)
    );
  }
  servers() {
    const given = this.scenario.servers;
    const names3 = typeof given === "number" ? Array.from({ length: given }, (_2, index) => `s${index + 1}`) : given;
    const clients2 = this.scenario.clients.map((_2, index) => `c${index + 1}`);
    for (const [index, name] of names3.entries()) {
      const place = `servers[${index}]`;
      if (!namePattern.test(name)) {
        return this.refuse(place, `"${name}" is no name`, "use a letter, then letters, digits, _ . or '");
      }
      if (name.length > mostNameLength)
        return this.refuse(place, `the name has ${name.length} characters`, `use at most ${mostNameLength}`);
      if (names3.indexOf(name) < index)
        return this.refuse(place, `the server ${name} is named twice`, "name it once");
      if (clients2.includes(name))
        return this.refuse(place, `${name} is the name of a client`, "choose another name");
      if (name === directoryName && this.scenario.directory === true)
        return this.refuse(place, `${name} is the name of the directory`, "choose another name");
    }
    return succeed2(setOf(names3.map(server)));
  }
  directory(protocol) {
    if (this.scenario.directory !== true) return succeed2({});
    if (hasDirectory(protocol)) return succeed2({ directory: directory(directoryName) });
    const known2 = protocols.filter(hasDirectory).map(({ name }) => name);
    return this.refuse(
      "directory",
      `${protocol.name} makes no use of a directory`,
      `remove it, or check ${known2.join(" or ")}`
    );
  }
  configuration({ tolerates = crashFaults }, servers2) {
    const names3 = this.scenario.configuration ?? servers2;
    for (const [index, name] of names3.entries()) {
      if (!servers2.includes(name))
        return this.unknownServer(`configuration[${index}]`, name, servers2);
    }
    const given = this.scenario.quorums;
    const pair2 = typeof given === "object" && "read" in given ? given : { read: given, write: given };
    const systemFor = (quorums) => quorums === void 0 ? tolerates.quorums : quorumSystem(quorums);
    const made = make6(names3.map(server), systemFor(pair2.read), systemFor(pair2.write), tolerates);
    return mapError(
      made,
      (error) => new ScenarioRefused({
        source: this.source,
        place: error._tag === "QuorumsDoNotIntersect" || this.scenario.quorums ? "quorums" : "configuration",
        problem: error.message,
        mend: "every read quorum must meet every write quorum, and all must consist of members"
      })
    );
  }
  scripts(protocol, servers2) {
    const scripts = [];
    for (const [index, script] of this.scenario.clients.entries()) {
      const operations = [];
      for (const [at, text] of script.entries()) {
        const operation = this.operation(protocol, servers2, `clients[${index}][${at}]`, text);
        if (isFailure2(operation)) return fail2(operation.failure);
        operations.push(operation.success);
      }
      scripts.push(operations);
    }
    return succeed2(scripts);
  }
  operation({ name, objects }, servers2, place, text) {
    const [verb, ...words] = text.trim().split(/\s+/);
    const kinds = objects.flatMap(({ kinds: kinds2 }) => kinds2);
    const kind = kinds.find(({ tag: tag2 }) => tag2.toLowerCase() === verb);
    const operation = kind?.parse(words);
    if (operation === void 0) {
      const problem = kind ? `"${text}" is not how ${verb} is written` : `${name} has no operation "${text}"`;
      return this.refuse(place, problem, `write ${kinds.map(({ syntax }) => `"${syntax}"`).join(" or ")}`);
    }
    const type = objectTypeOf(objects, operation);
    const stranger = identitiesIn(type.Operation)(operation).find(
      (node) => !servers2.some((one) => one === node)
    );
    if (stranger !== void 0) return this.unknownServer(place, stranger, servers2);
    const wrong = type.problem?.(operation);
    return wrong === void 0 ? succeed2(operation) : this.refuse(place, wrong.problem, wrong.mend);
  }
  faults({ tolerates }, servers2, clients2) {
    const { crashes: crashes2 = {}, corruptions: corruptions2 } = this.scenario.faults ?? {};
    const bounds = typeof crashes2 === "string" ? { while: crashes2 } : crashes2;
    const all2 = { servers: servers2, clients: clients2 };
    return gen(this, function* () {
      const mayCrash = yield* this.budgets("crashes", crash, all2, bounds, []);
      const supposed = yield* this.premise(bounds.while, corruptions2?.while);
      const crashing = {
        budgets: mayCrash,
        ...supposed === void 0 ? {} : { premise: premise(supposed, tolerates) }
      };
      if (corruptions2 === void 0) return crashing;
      const { strength = "arbitrary", domain } = corruptions2;
      const atStart = yield* this.corruptAtStart(all2);
      const mayTurn = yield* this.budgets("corruptions", corruption, all2, corruptions2, atStart);
      return {
        ...crashing,
        budgets: [...mayCrash, ...mayTurn],
        atStart: atStart.map((node) => ({ fault: corruption, node })),
        adversary: { strength, ...domain === void 0 ? {} : { domain } }
      };
    });
  }
  premise(ofCrashes, ofCorruptions) {
    return ofCrashes !== void 0 && ofCorruptions !== void 0 && ofCrashes !== ofCorruptions ? this.refuse("faults.corruptions.while", "crashes suppose another premise", `write "${ofCrashes}"`) : succeed2(ofCrashes ?? ofCorruptions);
  }
  corruptAtStart({ servers: servers2, clients: clients2 }) {
    const names3 = this.scenario.faults?.corruptions?.atStart ?? [];
    const nodes = [...servers2, ...clients2];
    for (const [index, name] of names3.entries()) {
      const place = `faults.corruptions.atStart[${index}]`;
      if (!nodes.some((node) => node === name))
        return this.refuse(place, `there is no node ${name}`, suggest(name, nodes));
      if (names3.indexOf(name) < index) return this.refuse(place, `${name} is named twice`, "name it once");
    }
    return succeed2(nodes.filter((node) => names3.includes(node)));
  }
  /** Of each role, who may suffer this fault and how many of them at most; who has suffered it at the beginning counts. */
  budgets(kind, fault, all2, bounds, already) {
    const budgets = [];
    for (const role of ["servers", "clients"]) {
      const nodes = all2[role];
      const begun2 = nodes.filter((node) => already.includes(node));
      const bound2 = bounds[role] ?? (bounds.while === void 0 ? begun2.length : nodes.length);
      const place = `faults.${kind}.${role}`;
      const isListed = (id) => typeof bound2 === "number" || bound2.includes(id) || begun2.includes(id);
      const stranger = typeof bound2 === "number" ? void 0 : bound2.find((name) => !nodes.some((node) => node === name));
      if (stranger !== void 0)
        return this.refuse(place, `there is no ${role.slice(0, -1)} ${stranger}`, suggest(stranger, nodes));
      const named4 = nodes.filter(isListed);
      const most2 = typeof bound2 === "number" ? bound2 : named4.length;
      if (most2 > nodes.length)
        return this.refuse(
          place,
          `${most2} ${role} cannot ${suffering[kind]} where there are only ${nodes.length}`,
          `write a number from 0 to ${nodes.length}`
        );
      if (most2 < begun2.length)
        return this.refuse(
          place,
          `${begun2.length} ${role} are corrupt at the beginning, and at most ${most2} may be`,
          `write ${begun2.length} or more`
        );
      budgets.push({ fault, nodes: begun2.length > 0 && most2 === begun2.length ? begun2 : named4, most: most2 });
    }
    return succeed2(budgets);
  }
  properties(protocol) {
    const { properties, expect = {} } = this.scenario;
    return selectProperties(this.source, "properties", protocol, properties, Object.keys(expect));
  }
  expectations(properties) {
    const expected = Object.entries(this.scenario.expect ?? {});
    const stranger = expected.find(([name]) => !properties.includes(name));
    if (stranger === void 0) return succeed2(new Map(expected));
    const problem = `"${stranger[0]}" is not among the properties that are checked`;
    return this.refuse(`expect.${stranger[0]}`, problem, suggest(stranger[0], properties));
  }
  unknownServer(place, name, servers2) {
    return this.refuse(place, `there is no server ${name}`, suggest(name, servers2));
  }
  refuse(place, problem, mend) {
    return refused2(this.source, place, problem, mend);
  }
};
var quorumSystem = (quorums) => {
  if (quorums === "majority") return { _tag: "Majority" };
  if (quorums === "supermajority") return { _tag: "Supermajority" };
  if ("sets" in quorums)
    return { _tag: "Explicit", quorums: setOf(quorums.sets.map((set) => setOf(set.map(server)))) };
  const weights = Object.entries(quorums.weights).map(([name, weight]) => ({ server: server(name), weight }));
  const threshold = quorums.threshold === void 0 ? {} : { threshold: quorums.threshold };
  return { _tag: "Weighted", weights: setOf(weights), ...threshold };
};
var selectProperties = (source, place, protocol, given, expected = []) => {
  const known2 = propertyNames(protocol);
  const at = given?.findIndex((name2) => !known2.includes(name2)) ?? -1;
  if (given === void 0)
    return succeed2(known2.filter((name2) => expected.includes(name2) || !isCostly(protocol, name2)));
  if (at < 0) return succeed2([...new Set(given)]);
  const name = given[at];
  return refused2(
    source,
    `${place}[${at}]`,
    `${protocol.name} has no property "${name}"`,
    suggest(name, known2)
  );
};
var isCostly = ({ properties }, wanted) => properties.some(({ name, _tag }) => name === wanted && (_tag === "Live" || _tag === "Refines"));

// checker/command/shipped.ts
var packageRoot = () => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json")) && folder !== dirname(folder)) folder = dirname(folder);
  return folder;
};
var scenarioFolder = () => join(packageRoot(), "checker", "scenarios");
var shippedNames = () => readdirSync(scenarioFolder(), { recursive: true, encoding: "utf8" }).filter((file2) => file2.endsWith(".json") && file2.includes("/")).map((file2) => file2.slice(0, -".json".length)).sort();
var quickNames = () => shippedNames().filter((name) => !isLarge(name));
var isLarge = (name) => name.includes("/large/");
var expand = (argument) => {
  const folder = argument.replace(/\/?\*?$/, "/");
  const names3 = isLarge(folder) ? shippedNames() : quickNames();
  const below = names3.filter((name) => name.startsWith(folder));
  return shippedNames().includes(argument) || below.length === 0 ? [argument] : below;
};
var readScenario = (name) => {
  const names3 = shippedNames();
  const file2 = names3.includes(name) ? join(scenarioFolder(), `${name}.json`) : name;
  try {
    return succeed2(readFileSync(file2, "utf8"));
  } catch (error) {
    const code = error.code;
    const isFile = name.endsWith(".json") || name.startsWith(".") || name.startsWith("/");
    const problem = code === "EISDIR" ? "this is a folder" : code !== "ENOENT" ? `the file cannot be read (${code})` : isFile ? "there is no such file" : "there is no such scenario or file";
    const near = suggest(name, names3);
    const mend = isFile ? "check the path" : near.startsWith("did you mean") ? near : "quorate list shows what there is";
    return fail2(new ScenarioRefused({ source: name, place: "", problem, mend }));
  }
};

// checker/engine/pair-memo.ts
var initialSize = 1 << 10;
var missing2 = -1;
var PairMemo = class {
  /** Triples (first + 1, second, value); a first entry of 0 is an empty slot. */
  slots = new Int32Array(initialSize * 3);
  mask = initialSize - 1;
  size = 0;
  get(first, second) {
    const { slots, mask } = this;
    let slot = mix2(first, second) & mask;
    for (; ; ) {
      const at = slot * 3;
      const found = slots[at];
      if (found === first + 1 && slots[at + 1] === second) return slots[at + 2];
      if (found === 0) return missing2;
      slot = slot + 1 & mask;
    }
  }
  set(first, second, value) {
    if ((this.size + 1) * 2 > this.mask) this.grow();
    const { slots, mask } = this;
    let slot = mix2(first, second) & mask;
    while (slots[slot * 3] !== 0) slot = slot + 1 & mask;
    slots[slot * 3] = first + 1;
    slots[slot * 3 + 1] = second;
    slots[slot * 3 + 2] = value;
    this.size++;
  }
  get bytes() {
    return this.slots.byteLength;
  }
  grow() {
    const old2 = this.slots;
    this.mask = this.mask * 2 + 1;
    this.slots = new Int32Array((this.mask + 1) * 3);
    this.size = 0;
    for (let at = 0; at < old2.length; at += 3) {
      if (old2[at] !== 0) this.set(old2[at] - 1, old2[at + 1], old2[at + 2]);
    }
  }
};
var mix2 = (first, second) => {
  const mixed = Math.imul(Math.imul(first, 2654435761) ^ second, 2246822507);
  return mixed ^ mixed >>> 15;
};

// checker/network/model.ts
var nodesOf = ({ system, scripts }) => system.nodes.map((node) => ({ ...node, script: scripts[node.id] ?? [] }));
var faultsOf = ({ faults }) => [
  ...new Set(faults.budgets.map(({ fault }) => fault))
];
var canFail = ({ _tag }) => _tag !== "Sometimes" && _tag !== "Live";
var livePropertiesOf = ({ properties }) => properties.flatMap((property) => property._tag === "Live" ? [property] : []);
var watchers = (model) => {
  const { premise: premise2 } = model.faults;
  return premise2 === void 0 ? livePropertiesOf(model) : [...livePropertiesOf(model), premise2];
};
var mayBeTakenOver = ({ faults }, node) => faults.budgets.some(
  ({ fault, nodes, most: most2 }) => fault.isTakenOver === true && most2 > 0 && nodes.includes(node)
);
var hasAdversary = (model) => model.faults.budgets.some(({ nodes }) => nodes.some((node) => mayBeTakenOver(model, node)));
var actionKind = (faults, role, action) => {
  switch (action._tag) {
    case "Invoke":
      return `${role} invokes ${action.operation._tag}`;
    case "Receive":
      return `${role} receives ${tagOf(action.message) ?? "of its own"}`;
    case "Choose":
      return `${role} takes step ${tagOf(action.choice) ?? "of its own"}`;
    case "Fault":
      return `${role} ${faults.find(({ name }) => name === action.fault)?.verb ?? action.fault}`;
  }
};

// checker/network/process-table.ts
var gone = -1;
var nothing = -1;
var notAtOnce = -2;
var correctly = 0;
var senderBit = (slot) => 1 << Math.min(slot, 30);
var PromiseBroken = class extends Error {
  name = "PromiseBroken";
  /** The reductions that cannot be used. */
  reductions;
  constructor(reductions2, message) {
    super(message);
    this.reductions = reductions2;
  }
};

// checker/network/reduction.ts
var looksAtMessages = (model) => {
  const { context: context2, nodes } = model.system;
  const ofRole = (role) => Object.fromEntries(
    nodes.filter((node) => node.role === role).map(({ id, process: process2 }) => [id, process2.initial(context2, id)])
  );
  return model.properties.find((property) => {
    if (property._tag === "Refines") return true;
    if (property._tag !== "Whole" && property._tag !== "Sometimes") return false;
    let looks = false;
    property.holds(context2, {
      nodes: Object.fromEntries(nodes.map(({ role }) => [role, ofRole(role)])),
      get inFlight() {
        looks = true;
        return Object.fromEntries(nodes.map(({ id }) => [id, []]));
      }
    });
    return looks;
  })?.name;
};
var takesBack = (model, promises) => {
  const replacing = model.faults.budgets.filter(({ fault, most: most2 }) => fault.becomes !== void 0 && most2 > 0);
  return replacing.find(({ fault, nodes }) => {
    const before = [
      ...nodesOf(model).filter(({ id }) => nodes.includes(id)),
      ...replacing.flatMap(
        ({ fault: other, nodes: befallen }) => other.name !== fault.name && other.becomes !== void 0 && befallen.some((id) => nodes.includes(id)) ? [other.becomes] : []
      )
    ];
    return before.some(({ process: process2 }) => promises.some((promise3) => process2.promises?.[promise3] !== void 0));
  })?.fault.name;
};

// checker/network/reductions/questions.ts
var Questions = class {
  /** Told when messages that were taken for alternatives are none after all. */
  isRefuted;
  /** Per message to a client; null if it was sent together with others, or by itself. */
  originsOf = /* @__PURE__ */ new Map();
  /** Per state of a process: the steps from there that were seen, and what was sent on some way there. */
  edges = [];
  sentBefore = [];
  /** Per message of a client, the states in which it was sent. */
  sentIn = /* @__PURE__ */ new Map();
  /** What was relied on: answers that are alternatives, answers with such origins as are known, origins never both sent. */
  alternatives = /* @__PURE__ */ new Set();
  reliedAnswers = /* @__PURE__ */ new Set();
  reliedOrigins = /* @__PURE__ */ new Set();
  constructor(isRefuted) {
    this.isRefuted = isRefuted;
  }
  /** Whether never both messages are on their way, as far as was seen; from now on that is relied on. */
  areAlternatives(left, right) {
    if (this.alternatives.has(keyOf(left, right))) return true;
    const origins = this.originsOf.get(left);
    const others = this.originsOf.get(right);
    if (origins == null || others == null) return false;
    for (const origin of origins) for (const other of others) if (this.areSent(origin, other)) return false;
    for (const origin of origins) for (const other of others) this.reliedOrigins.add(keyOf(origin, other));
    this.reliedAnswers.add(left).add(right);
    this.alternatives.add(keyOf(left, right));
    return true;
  }
  /** A node sends these messages to another, when it receives `origin` from that one; undefined: on its own account. */
  noteAnswers(origin, packet) {
    for (const envelope of packet) {
      const known2 = this.originsOf.get(envelope);
      if (known2 === null || origin !== void 0 && packet.length === 1 && known2?.has(origin) === true)
        continue;
      if (origin === void 0 || packet.length > 1) this.originsOf.set(envelope, null);
      else this.originsOf.set(envelope, /* @__PURE__ */ new Set([...known2 ?? [], origin]));
      if (this.reliedAnswers.has(envelope)) this.refute();
    }
  }
  /** A step of a client leads from one of its states to another, and sends these messages. */
  noteStep(before, to, sends) {
    const edges = this.edges[before] ?? [];
    this.edges[before] = edges;
    edges.push({ to, sends });
    for (const envelope of sends) {
      const states = this.sentIn.get(envelope) ?? /* @__PURE__ */ new Set();
      this.sentIn.set(envelope, states.add(before));
    }
    const earlier3 = this.sentBefore[before] ?? [];
    sends.forEach((envelope, index) => {
      for (const other of sends.slice(0, index)) this.noteBothSent(other, envelope);
      for (const other of earlier3) this.noteBothSent(other, envelope);
    });
    this.spread(to, [...sends, ...earlier3]);
  }
  /** These messages were sent on some way to a state, hence on the ways that go on from there. */
  spread(process2, envelopes) {
    const todo = [{ process: process2, envelopes }];
    for (const { process: process3, envelopes: envelopes2 } of todo) {
      const known2 = this.sentBefore[process3] ?? /* @__PURE__ */ new Set();
      this.sentBefore[process3] = known2;
      const fresh = envelopes2.filter((envelope) => !known2.has(envelope));
      if (fresh.length === 0) continue;
      for (const envelope of fresh) known2.add(envelope);
      for (const { to, sends } of this.edges[process3] ?? []) {
        for (const envelope of fresh) for (const other of sends) this.noteBothSent(envelope, other);
        todo.push({ process: to, envelopes: fresh });
      }
    }
  }
  /** Whether some run was seen to send both messages of a client, or the one message twice. */
  areSent(left, right) {
    return this.isSentAfter(left, right) || this.isSentAfter(right, left);
  }
  /** Whether some step was seen that sends the second message together with the first, or on a way on which it was sent. */
  isSentAfter(first, second) {
    for (const state of this.sentIn.get(second) ?? []) {
      if (this.sentBefore[state]?.has(first) === true) return true;
      const isTogether = ({ sends }) => sends.includes(second) && sends.indexOf(first) >= 0 && sends.indexOf(first) !== sends.lastIndexOf(second);
      if (this.edges[state]?.some(isTogether) === true) return true;
    }
    return false;
  }
  noteBothSent(left, right) {
    if (this.reliedOrigins.has(keyOf(left, right))) this.refute();
  }
  refute() {
    this.alternatives.clear();
    this.reliedAnswers.clear();
    this.reliedOrigins.clear();
    this.isRefuted();
  }
};
var keyOf = (left, right) => left < right ? left * 2 ** 26 + right : right * 2 ** 26 + left;

// checker/network/reductions/answers-at-once.ts
var together = (first, second) => {
  const packets = [...first.packets, ...second.packets].map(({ slot, packet }) => `${slot}:${packet}`).sort();
  return `${second.process}|${packets.join(",")}`;
};
var isAnother = (object2, others = []) => object2 !== void 0 && others.every((other) => other !== void 0 && other !== object2);
var Answers2 = class {
  questions = new Questions(() => this.reconsider());
  tables;
  locals;
  promises;
  /** Per local state and packet, the transition that takes it at once. */
  takings = new PairMemo();
  /** Per process state: what the process may take there, by its canonical text. */
  met = [];
  /** Pairs that are left alone because never both are on their way. */
  alternatives = [];
  /** What is to be done yet; what is found out meanwhile joins the end. */
  meetings = [];
  pairs = [];
  isBusy = false;
  constructor(tables) {
    this.tables = tables;
    this.locals = tables.processes;
    this.promises = tables.promises;
  }
  /** The transition in which the node takes a packet at once, if the packet is a single answer with an effect. */
  takeAtOnce = (local, packet) => {
    const known2 = this.takings.get(local, packet);
    if (known2 !== missing2) return known2;
    const label = this.answerTransition(local, this.locals.packet(packet));
    this.takings.set(local, packet, label);
    return label;
  };
  answerTransition(local, packet) {
    const { locals } = this.tables;
    const process2 = locals.processOf(local);
    const envelope = packet[0];
    if (process2 === gone || packet.length !== 1 || !this.isTaken(process2, envelope)) return notAtOnce;
    this.meet(process2, { _tag: "Receive", ...this.locals.envelope(envelope) }, true);
    return locals.takingTransition(local, envelope);
  }
  /** True when the process, in this state, takes this message as an answer that has an effect. */
  isTaken(process2, envelope) {
    const { context: context2 } = this.locals.model.system;
    const { id } = this.locals.nodeOf(process2);
    const { from, message } = this.locals.envelope(envelope);
    const { promises } = this.locals.runs(process2);
    if (promises?.isAnswer?.(context2, id, this.locals.stateOf(process2), from, message) !== true) return false;
    return !this.isSilent(process2, this.locals.receipt(process2, envelope));
  }
  /** The process takes something in this state. The promise is broken if it must not come after an answer there. */
  meet = (process2, input, isAnswer2) => {
    this.meetings.push({ process: process2, input, isAnswer: isAnswer2 });
    this.work();
  };
  /** What another worker has met. */
  hear = (fact) => {
    if (fact._tag !== "Met") return;
    const { slot, mode, state } = fact.at;
    this.meet(this.locals.processAt(slot, state, mode), fact.input, fact.isAnswer);
  };
  /** A step of a process: who asks what, and who answers it. */
  note = (process2, input, effect) => {
    const { locals, questions } = this;
    const asker = input._tag === "Receive" ? locals.slotOfNode(input.from) : void 0;
    for (const { slot, packet } of effect.packets) {
      const origin = slot === asker ? locals.envelopeNumber(process2, input) : void 0;
      questions.noteAnswers(origin, locals.packet(packet));
    }
    const sends = effect.packets.flatMap(({ packet }) => locals.packet(packet));
    if (locals.runs(process2).promises?.isAnswer !== void 0)
      questions.noteStep(process2, effect.process, sends);
  };
  work() {
    if (this.isBusy) return;
    this.isBusy = true;
    while (this.meetings.length > 0 || this.pairs.length > 0) {
      const pair2 = this.pairs.pop();
      if (pair2 !== void 0) this.relyBeside(pair2);
      else this.consider(this.meetings.pop());
    }
    this.isBusy = false;
  }
  /** Everything that the process may take in this state is tried beside every answer that may be on its way. */
  consider({ process: process2, ...one }) {
    const met = this.met[process2] ?? /* @__PURE__ */ new Map();
    this.met[process2] = met;
    const key = canonical(one.input);
    const known2 = met.get(key);
    if (known2 !== void 0 && (known2.isAnswer || !one.isAnswer)) return;
    met.set(key, one);
    this.locals.facts.keep(() => {
      const { locals } = this;
      const slot = locals.slotOfNode(locals.nodeOf(process2).id);
      const at = { slot, mode: locals.modeOf(process2), state: locals.stateOf(process2) };
      return { _tag: "Met", at, ...one };
    });
    for (const image of this.tables.hooks.images?.(process2, one.input) ?? [])
      this.meetings.push({ ...image, isAnswer: one.isAnswer });
    if (one.isAnswer) this.checkInvokesNothing(process2, one.input);
    for (const [otherKey, other] of met) {
      if (otherKey === key) continue;
      if (one.isAnswer) this.pairs.push({ process: process2, answer: one.input, other: other.input });
      if (other.isAnswer) this.pairs.push({ process: process2, answer: other.input, other: one.input });
    }
  }
  /** The answer may be on its way in this state, and still be after the process has taken the other. */
  relyBeside(pair2) {
    const { process: process2, answer: answer2, other } = pair2;
    if (this.areAlternatives(pair2)) {
      this.alternatives.push(pair2);
      return;
    }
    this.compare(pair2);
    const after2 = this.locals.effectOf(process2, other).process;
    if (!this.promises.relyObsolete(after2, this.locals.envelopeNumber(after2, answer2)))
      this.meetings.push({ process: after2, input: answer2, isAnswer: true });
  }
  areAlternatives({ process: process2, answer: answer2, other }) {
    if (other._tag !== "Receive" || answer2.from !== other.from) return false;
    const { locals, questions } = this;
    if (mayBeTakenOver(locals.model, answer2.from)) return false;
    return questions.areAlternatives(
      locals.envelopeNumber(process2, answer2),
      locals.envelopeNumber(process2, other)
    );
  }
  /** Some messages may after all be on their way together. */
  reconsider() {
    const left = this.alternatives;
    this.alternatives = [];
    for (const pair2 of left) (this.areAlternatives(pair2) ? this.alternatives : this.pairs).push(pair2);
    this.work();
  }
  /** Taking `other` and then the answer, where it still has an effect, comes to the same as the answer first. */
  compare({ process: process2, answer: answer2, other }) {
    const { locals } = this;
    const early = locals.effectOf(process2, other);
    const late = locals.effectOf(early.process, answer2);
    if (this.isSilent(early.process, late)) return;
    const first = locals.effectOf(process2, answer2);
    const second = locals.effectOf(first.process, other);
    if (this.isOffered(first.process, other) && this.comesToTheSame([first, second], [early, late])) return;
    this.refuse(process2, answer2, `it matters whether it comes before or after ${canonical(other)}`);
  }
  /** Whether the process takes this in this state, if it is an invocation or a step of its own. */
  isOffered(process2, input) {
    const { context: context2 } = this.locals.model.system;
    const { id } = this.locals.nodeOf(process2);
    const state = this.locals.stateOf(process2);
    const runs = this.locals.runs(process2);
    switch (input._tag) {
      case "Receive":
        return true;
      case "Invoke":
        return runs.ready(context2, id, state, input.operation);
      case "Choose":
        return runs.choices(context2, id, state).some((choice) => equals2(choice, input.choice));
    }
  }
  /** An answer that is taken early may make responses come earlier, and nothing else of what observers are fed. */
  checkInvokesNothing(process2, answer2) {
    const { events } = this.locals.effectOf(process2, answer2);
    if (this.locals.observations(events).some(({ _tag }) => _tag === "Invocation"))
      this.refuse(process2, answer2, "an operation begins with it");
  }
  refuse(process2, answer2, reason) {
    const { id } = this.locals.nodeOf(process2);
    throw new PromiseBroken(
      ["answers-at-once"],
      `${id} promised that ${canonical(answer2)} is an answer, but ${reason} in state ${canonical(this.locals.stateOf(process2))}`
    );
  }
  comesToTheSame([first, second], [early, late]) {
    if (together(first, second) !== together(early, late)) return false;
    const inOrder = (...events) => events.filter((number3) => number3 !== nothing).join();
    return inOrder(first.events, second.events) === inOrder(early.events, late.events) || first.events === late.events && second.events === early.events && this.isResponse(first, second);
  }
  /** Whether the answer is observed by responses alone, and what is observed of the other is about other objects. */
  isResponse(answer2, other) {
    const [responses, others] = [answer2, other].map(({ events }) => this.locals.observations(events));
    const objects = responses?.map((one) => one._tag === "Response" ? one.operation.object : void 0);
    return others?.every((one) => one._tag !== "Note" && isAnother(one.operation.object, objects)) === true;
  }
  isSilent(process2, effect) {
    return effect.process === process2 && effect.packets.length === 0 && effect.events === nothing;
  }
};
var takesAnswers = ({ system }, role) => system.nodes.some((node) => node.role === role && node.process.promises?.isAnswer !== void 0);
var answersAtOnce = {
  name: "answers-at-once",
  about: "take an answer in the step in which it is given, or never",
  loses: (model, checksDeadlock) => {
    if (checksDeadlock) return "deadlock-freedom";
    const fault = takesBack(model, ["isAnswer"]);
    if (fault !== void 0) return fault;
    const { premise: premise2 } = model.faults;
    if (premise2 !== void 0 && !premise2.observer(model.system.context).allowsEarlierResponses)
      return premise2.name;
    return model.properties.find((property) => {
      switch (property._tag) {
        case "Observed":
          return !property.observer(model.system.context).allowsEarlierResponses;
        case "Process":
        case "Step":
        case "Pair":
          return takesAnswers(model, property.role);
        case "Whole":
        case "Sometimes":
        case "Refines":
        case "Live":
          return true;
        default:
          return property;
      }
    })?.name;
  },
  install: (tables) => {
    const answers = new Answers2(tables);
    tables.promises.reliedOnBy("answers-at-once", tables.hooks);
    tables.hooks.effect.push(answers.note);
    tables.hooks.met.push(answers.meet);
    tables.hooks.heard.push(answers.hear);
    tables.hooks.takeAtOnce = answers.takeAtOnce;
  }
};

// checker/network/reductions/dead-requests.ts
var DeadRequests = class {
  tables;
  /** The nodes that may declare a request of theirs settled. */
  isSender;
  senders;
  purges = new PairMemo();
  constructor(tables) {
    this.tables = tables;
    this.isSender = tables.processes.nodes.map(({ process: process2 }) => process2.promises?.isSettled !== void 0);
    this.senders = this.isSender.flatMap((isSender, slot) => isSender ? [slot] : []);
  }
  /** A purge may find new local states, and lists that grow move: they are looked up anew each time. */
  changed = (successor, slot) => {
    const { locals, processes } = this.tables;
    const process2 = locals.processOf(successor[slot]);
    if (process2 === gone) return;
    if (this.isSender[slot] === true) {
      const bit = senderBit(slot);
      for (let other = 0; other < processes.nodes.length; other++) {
        const local = successor[other];
        if (other !== slot && (locals.sendersOf(local) & bit) !== 0)
          successor[other] = this.purge(local, slot, process2);
      }
    }
    for (let index = 0; index < this.senders.length; index++) {
      const sender = this.senders[index];
      const local = successor[slot];
      if (sender === slot || (locals.sendersOf(local) & senderBit(sender)) === 0) continue;
      const senderProcess = locals.processOf(successor[sender]);
      if (senderProcess !== gone) successor[slot] = this.purge(local, sender, senderProcess);
    }
  };
  /** The local state without the requests whose sender, in state `sender` of its process, no longer needs them. */
  purge(local, senderSlot, sender) {
    const known2 = this.purges.get(local, sender);
    if (known2 !== missing2) return known2;
    const { locals, processes, promises } = this.tables;
    const process2 = locals.processOf(local);
    const inbox = locals.inboxOf(local);
    const from = processes.nodes[senderSlot]?.id;
    const isDead = (envelope) => processes.envelope(envelope).from === from && promises.relyDead(process2, envelope, sender);
    const after2 = process2 === gone || inbox.length === 0 ? local : locals.withInbox(
      local,
      inbox.filter((envelope) => !isDead(envelope))
    );
    this.purges.set(local, sender, after2);
    return after2;
  }
};
var deadRequests = {
  name: "dead-requests",
  about: "drop a request that will never change its receiver when its sender no longer waits for answers to it",
  loses: (model) => takesBack(model, ["isSettled", "onlyAnswers"]) ?? looksAtMessages(model),
  install: (tables) => {
    tables.promises.reliedOnBy("dead-requests", tables.hooks);
    tables.hooks.answersTellNothing = true;
    tables.hooks.changed.push(new DeadRequests(tables).changed);
  }
};

// checker/network/reductions/obsolete-messages.ts
var obsoleteMessages = {
  name: "obsolete-messages",
  about: "drop a message when its receiver declares that it will never have an effect",
  loses: (model) => takesBack(model, ["isObsolete"]) ?? looksAtMessages(model),
  install: ({ hooks, promises }) => {
    promises.reliedOnBy("obsolete-messages", hooks);
    hooks.inbox.push(
      (process2, inbox) => inbox.length === 0 ? inbox : inbox.filter((envelope) => !promises.relyObsolete(process2, envelope))
    );
  }
};

// checker/engine/hash.ts
var hashText = (text, seed) => {
  let mixed = Math.imul(seed + 1, 2654435761);
  for (let at = 0; at < text.length; at++) {
    let block = Math.imul(text.charCodeAt(at), 3432918353);
    block = block << 15 | block >>> 17;
    mixed ^= Math.imul(block, 461845907);
    mixed = mixed << 13 | mixed >>> 19;
    mixed = Math.imul(mixed, 5) + 3864292196 | 0;
  }
  return avalanche(mixed ^ text.length);
};
var avalanche = (given) => {
  let mixed = given ^ given >>> 16;
  mixed = Math.imul(mixed, 2246822507);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 3266489909);
  return mixed ^ mixed >>> 16;
};
var fingerprints = 2 ** 64;
var omissionProbability = (states) => Math.min(1, states * (states - 1) / 2 / fingerprints);

// checker/network/reductions/server-symmetry.ts
var renameNode = renamer(NodeId);
var interchangeable = (model) => {
  const { protocol, system } = model;
  if (protocol.Parameters === void 0) return [];
  const renameParameters = renamer(protocol.Parameters);
  const nodes = nodesOf(model);
  const scripts = nodes.map(({ script }) => script);
  const renamed = (swap) => [
    renameParameters(swap, system.parameters),
    scripts.map(
      (script) => script.map((operation) => {
        const type = objectTypeOf(protocol.objects, operation);
        return type === void 0 ? operation : renamer(type.Operation)(swap, operation);
      })
    )
  ];
  const asItIs = canonical([system.parameters, scripts]);
  const isSame = (left, right) => left.role === right.role && left.process === right.process && equals2(sufferedBy(model, left.id), sufferedBy(model, right.id)) && canonical(renamed(swapOf(left.id, right.id))) === asItIs;
  const classes = [];
  for (const node of nodes.filter(({ script }) => script.length === 0)) {
    const known2 = classes.find(([first]) => first !== void 0 && isSame(first, node));
    if (known2 === void 0) classes.push([node]);
    else known2.push(node);
  }
  return classes.filter(({ length }) => length > 1).map((alike) => alike.map(({ id }) => id));
};
var sufferedBy = ({ faults: { budgets, atStart = [] } }, node) => [
  budgets.map(({ nodes }) => nodes.includes(node)),
  atStart.filter((one) => one.node === node).map(({ fault }) => fault.name)
];
var swapOf = (left, right) => /* @__PURE__ */ new Map([
  [left, right],
  [right, left]
]);
var itself = "*";
var another = "_";
var mostExactPlaces = 13;
var Symmetry = class {
  tables;
  /** Per class, the slots of its servers, ascending. */
  classes;
  otherSlots;
  swaps;
  /** Per local state and server, how the server looks from there. */
  looks = [];
  renamings = [];
  renamingNumbers = /* @__PURE__ */ new Map();
  renamed = new PairMemo();
  swappedProcesses = new PairMemo();
  swappedEnvelopes = new PairMemo();
  /** Per process state, what it offers to do, as text. */
  offers = [];
  unverified = [];
  isVerifying = false;
  scratch;
  /** Scratch: the slots of a class in the order of their looks. */
  order;
  /** Where the node of each slot stands in the representative that was made last. */
  places;
  constructor(tables) {
    const { model, processes } = tables;
    this.tables = tables;
    const classes = interchangeable(model);
    this.classes = classes.map((nodes) => nodes.map((node) => processes.slotOfNode(node)));
    const roles = new Set(this.classes.flat().map((slot) => processes.nodes[slot]?.role));
    this.otherSlots = processes.nodes.flatMap(({ role }, slot) => roles.has(role) ? [] : [slot]);
    this.swaps = classes.flatMap(
      (nodes) => nodes.slice(1).map((node, index) => swapOf(nodes[index], node))
    );
    for (const node of classes.flat()) tables.hooks.unnamed.add(node);
    this.scratch = new Int32Array(processes.nodes.length);
    this.order = new Int32Array(processes.nodes.length);
    this.places = Int32Array.from(processes.nodes, (_2, slot) => slot);
  }
  /** Replaces the nodes' part of a state by that of its representative. */
  represent = (state) => {
    const { places } = this;
    for (let slot = 0; slot < places.length; slot++) places[slot] = slot;
    let moved = false;
    for (const slots of this.classes) moved = this.sort(state, slots) || moved;
    if (!moved) return;
    const renaming = this.renamingOfPlaces();
    for (let slot = 0; slot < places.length; slot++) {
      this.scratch[places[slot]] = this.rename(state[slot], renaming);
    }
    state.set(this.scratch);
  };
  /** Puts the servers of a class in order of their looks; returns whether any of them moves. */
  sort(state, slots) {
    const { order, places } = this;
    let moved = false;
    for (let at = 0; at < slots.length; at++) {
      const slot = slots[at];
      let to = at;
      while (to > 0 && this.comesBefore(state, slot, order[to - 1])) {
        order[to] = order[to - 1];
        to--;
        moved = true;
      }
      order[to] = slot;
    }
    if (moved) for (let at = 0; at < slots.length; at++) places[order[at]] = slots[at];
    return moved;
  }
  comesBefore(state, left, right) {
    const own = this.look(state[left], left) - this.look(state[right], right);
    if (own !== 0) return own < 0;
    for (const other of this.otherSlots) {
      const local = state[other];
      const difference = this.look(local, left) - this.look(local, right);
      if (difference !== 0) return difference < 0;
    }
    return false;
  }
  /**
   * How the server at `slot` looks from a local state, as a hash of 52 bits: every worker must come to the same
   * order. Should two looks have the same hash, some states have more than one representative.
   */
  look(local, slot) {
    let row = this.looks[local];
    if (row === void 0) {
      row = new Float64Array(this.tables.processes.nodes.length).fill(missing2);
      this.looks[local] = row;
    }
    const known2 = row[slot];
    if (known2 !== missing2) return known2;
    const server12 = this.tables.processes.nodes[slot]?.id;
    const masked = new Map(
      this.classes.flat().map((other) => {
        const id = this.tables.processes.nodes[other]?.id;
        return [id, id === server12 ? itself : another];
      })
    );
    const text = canonical(this.content(local, masked));
    const number3 = (hashText(text, 0) >>> 0) * 2 ** 20 + (hashText(text, 1) >>> 12);
    row[slot] = number3;
    return number3;
  }
  /** What a local state holds, renamed: the process's state, its position, and the messages on their way to it. */
  content(local, renaming) {
    const { slot, position, faults } = this.tables.locals.detail(local);
    const decoded = this.tables.locals.decode(local);
    if (decoded === void 0) return { position, faults };
    const rename = this.tables.processes.renameState(slot, decoded.mode ?? correctly);
    const inbox = decoded.inbox.map((envelope) => this.renameEnvelope(envelope, renaming));
    return {
      position,
      ...faults === 0 ? {} : { faults },
      state: rename(renaming, decoded.state),
      inbox: inbox.map((envelope) => ({ envelope, text: canonical(envelope) })).sort(byText)
    };
  }
  renameEnvelope({ from, message }, renaming) {
    return {
      from: renameNode(renaming, from),
      message: this.tables.processes.renameMessage(renaming, message)
    };
  }
  renamingOfPlaces() {
    const key = this.placesKey();
    const known2 = this.renamingNumbers.get(key);
    if (known2 !== void 0) return known2;
    const { nodes } = this.tables.processes;
    const renaming = new Map(
      nodes.map(({ id }, slot) => [id, nodes[this.places[slot]]?.id])
    );
    const number3 = this.renamings.length;
    this.renamings.push(renaming);
    this.renamingNumbers.set(key, number3);
    return number3;
  }
  /** A key for `places`: a number, as long as it is exact. */
  placesKey() {
    const { places } = this;
    if (places.length > mostExactPlaces) return places.join(",");
    let key = 0;
    for (let slot = 0; slot < places.length; slot++) key = key * places.length + places[slot];
    return key;
  }
  rename(local, number3) {
    const known2 = this.renamed.get(local, number3);
    if (known2 !== missing2) return known2;
    const renaming = this.renamings[number3];
    const { locals, processes } = this.tables;
    const { slot, position, faults } = locals.detail(local);
    const { id } = processes.nodes[slot];
    const decoded = locals.decode(local);
    const mode = decoded?.mode ?? correctly;
    const renamed = locals.compose(
      this.slotOfImage(id, renaming),
      position,
      faults,
      decoded && {
        state: processes.renameState(slot, mode)(renaming, decoded.state),
        mode,
        inbox: decoded.inbox.map((envelope) => this.renameEnvelope(envelope, renaming))
      }
    );
    this.renamed.set(local, number3, renamed);
    return renamed;
  }
  /** What swapping two neighbours of a class makes of a process state and an input, for every such two. */
  images = (process2, input) => {
    const { processes } = this.tables;
    const slot = processes.slotOfNode(processes.nodeOf(process2).id);
    return this.swaps.map((_2, number3) => ({
      process: this.swapped(process2, number3),
      input: input._tag === "Receive" ? processes.receiving(this.swappedEnvelope(slot, processes.envelopeNumber(process2, input), number3)) : input
    }));
  };
  /** A process state with two servers swapped. */
  swapped(process2, swapNumber) {
    const known2 = this.swappedProcesses.get(process2, swapNumber);
    if (known2 !== missing2) return known2;
    const swap = this.swaps[swapNumber];
    const { processes } = this.tables;
    const { id } = processes.nodeOf(process2);
    const mode = processes.modeOf(process2);
    const state = processes.renameState(processes.slotOfNode(id), mode)(swap, processes.stateOf(process2));
    const after2 = processes.processAt(this.slotOfImage(id, swap), state, mode);
    this.swappedProcesses.set(process2, swapNumber, after2);
    return after2;
  }
  swappedEnvelope(slot, envelope, swapNumber) {
    const known2 = this.swappedEnvelopes.get(envelope, swapNumber);
    if (known2 !== missing2) return known2;
    const swap = this.swaps[swapNumber];
    const { processes } = this.tables;
    const to = this.slotOfImage(processes.nodes[slot].id, swap);
    const after2 = processes.envelopeAt(to, this.renameEnvelope(processes.envelope(envelope), swap));
    this.swappedEnvelopes.set(envelope, swapNumber, after2);
    return after2;
  }
  slotOfImage(node, renaming) {
    return this.tables.processes.slotOfNode(renameNode(renaming, node));
  }
  /**
   * Tries that a step treats interchangeable servers alike: the same input with two of them swapped must give the same
   * step with the two swapped. Swaps of neighbours generate all renamings, and each image is verified in turn: so
   * whatever is known of steps is known of all their renamings.
   */
  verify = (process2, input) => {
    this.unverified.push({ process: process2, input });
    if (this.isVerifying) return;
    this.isVerifying = true;
    for (let next2 = this.unverified.pop(); next2 !== void 0; next2 = this.unverified.pop()) {
      const { process: process3, input: input2 } = next2;
      const effect = this.tables.processes.effectOf(process3, input2);
      this.images(process3, input2).forEach((image, swapNumber) => {
        const other = this.tables.processes.effectOf(image.process, image.input);
        if (!this.isImage(effect, other, swapNumber))
          this.refuse(process3, `with input ${canonical(input2)}`, swapNumber);
      });
    }
    this.isVerifying = false;
  };
  isImage(effect, other, swapNumber) {
    const { processes } = this.tables;
    const observed = ({ events }) => canonical(processes.observations(events));
    const sent = effect.packets.flatMap(
      ({ slot, packet }) => processes.packet(packet).map((envelope) => this.swappedEnvelope(slot, envelope, swapNumber))
    );
    const sentByOther = other.packets.flatMap(({ packet }) => processes.packet(packet));
    return this.swapped(effect.process, swapNumber) === other.process && ascendingText(sent) === ascendingText(sentByOther) && (effect.events === other.events || observed(effect) === observed(other));
  }
  /** Tries that a process offers to do the same by itself, and to be invoked, with two servers swapped. */
  verifyOffers = (process2) => {
    if (this.offers[process2] !== void 0) return;
    const { model, processes } = this.tables;
    const { context: context2 } = model.system;
    const { id } = processes.nodeOf(process2);
    const state = processes.stateOf(process2);
    const runs = processes.runs(process2);
    this.offers[process2] = canonical([runs.ready(context2, id, state), runs.choices(context2, id, state)]);
    const befallen = this.befallen(process2);
    this.swaps.forEach((_2, swapNumber) => {
      const image = this.swapped(process2, swapNumber);
      this.verifyOffers(image);
      if (this.offers[image] !== this.offers[process2])
        this.refuse(process2, "does not offer to do the same", swapNumber);
      const other = this.befallen(image);
      if (befallen.some((after2, index) => this.swapped(after2, swapNumber) !== other[index]))
        this.refuse(process2, "is something else after a fault", swapNumber);
    });
  };
  /** What a process state becomes by each of the faults that may give its node another process. */
  befallen(process2) {
    const { model, processes } = this.tables;
    const { id } = processes.nodeOf(process2);
    const slot = processes.slotOfNode(id);
    const state = processes.stateOf(process2);
    return faultsOf(model).flatMap(
      ({ name, becomes }, number3) => becomes !== void 0 && model.faults.budgets.some(
        ({ fault, nodes, most: most2 }) => fault.name === name && most2 > 0 && nodes.includes(id)
      ) ? [processes.processAt(slot, becomes.begin(id, state), number3 + 1)] : []
    );
  }
  refuse(process2, what2, swapNumber) {
    const names3 = [...this.swaps[swapNumber].keys()].join(" and ");
    const { id } = this.tables.processes.nodeOf(process2);
    throw new PromiseBroken(
      ["server-symmetry"],
      `${this.tables.model.protocol.name} does not treat ${names3} alike: ${id} in state ${canonical(this.tables.processes.stateOf(process2))} ${what2}`
    );
  }
};
var byText = (left, right) => left.text < right.text ? -1 : left.text > right.text ? 1 : 0;
var ascendingText = (numbers) => [...numbers].sort((left, right) => left - right).join();
var serverSymmetry = {
  name: "server-symmetry",
  about: "of the states that differ only in the names of interchangeable servers, visit one",
  loses: (model) => model.faults.premise?.name ?? model.properties.find((property) => {
    if (property._tag === "Observed") return property.observer(model.system.context).mentionsServers;
    return property._tag === "Live" || !(property.isSymmetric ?? false);
  })?.name,
  install: (tables) => {
    const symmetry = new Symmetry(tables);
    tables.hooks.effect.push(symmetry.verify);
    tables.hooks.offers.push(symmetry.verifyOffers);
    tables.hooks.images = symmetry.images;
    tables.hooks.represent = symmetry.represent;
  }
};

// checker/network/reductions.ts
var reductions = [
  obsoleteMessages,
  deadRequests,
  answersAtOnce,
  serverSymmetry
];
var allReductions = reductions.map(({ name }) => name);
var soundReductions = (names3, model, checksDeadlock) => reductions.filter(({ name, loses }) => names3.includes(name) && loses(model, checksDeadlock) === void 0).map(({ name }) => name);

// checker/engine/code-book.ts
var OwnCodes = class {
  codes;
  values;
  space;
  constructor(space) {
    this.space = space;
    this.codes = Array.from({ length: space.width }, () => /* @__PURE__ */ new Map());
    this.values = Array.from({ length: space.width }, () => []);
  }
  codeOf(component, value) {
    const codes2 = this.codes[component];
    const known2 = codes2.get(value);
    if (known2 !== void 0) return known2;
    const code = this.values[component].push(value);
    codes2.set(value, code);
    return code;
  }
  valueWith(component, code) {
    return this.values[component][code - 1];
  }
  count(component) {
    return this.values[component].length;
  }
  get all() {
    return this.values.map((values, component) => values.map((value) => this.space.content(component, value)));
  }
  adopt(contents) {
    contents.forEach((ofComponent, component) => {
      for (const content of ofComponent) this.codeOf(component, this.space.numberFor(component, content));
    });
  }
};

// checker/engine/integers.ts
var initialCapacity = 1 << 10;
var Integers = class {
  size = 0;
  /** The integers; it is another array after a push. */
  items = new Int32Array(initialCapacity);
  get(index) {
    return this.items[index];
  }
  set(index, item) {
    this.items[index] = item;
  }
  push(item) {
    if (this.size === this.items.length) {
      const grown = new Int32Array(this.size * 2);
      grown.set(this.items);
      this.items = grown;
    }
    this.items[this.size++] = item;
  }
  /** Takes the last one away. There must be one. */
  pop() {
    return this.items[--this.size];
  }
  /** A copy of the items from `start` on. */
  from(start3) {
    return this.items.slice(start3, this.size);
  }
  get bytes() {
    return this.items.byteLength;
  }
};

// checker/engine/packing.ts
var wordBits = 32;
var Layout = class {
  /** How many bits each component has at least. */
  needs;
  /** How many words a packed state has. */
  words;
  /** Per component: its word, how far it is shifted in it, and a mask of its bits when it is shifted back. */
  wordOf;
  shiftOf;
  maskOf;
  /** Gives each component the bits that it needs, and shares out what is left over in each word. */
  constructor(needs) {
    this.needs = needs;
    this.wordOf = new Int32Array(needs.length);
    this.shiftOf = new Int32Array(needs.length);
    this.maskOf = new Int32Array(needs.length);
    let first = 0;
    let word = 0;
    for (; first < needs.length; word++) {
      let left = wordBits;
      let end = first;
      while (end < needs.length && needs[end] <= left) left -= needs[end++];
      let shift = 0;
      for (; first < end; first++) {
        const share = Math.floor(left / (end - first));
        const bits = needs[first] + share;
        left -= share;
        this.wordOf[first] = word;
        this.shiftOf[first] = shift;
        this.maskOf[first] = -1 >>> wordBits - bits;
        shift += bits;
      }
    }
    this.words = word;
  }
  hasRoomFor(component, code) {
    return code <= this.maskOf[component] >>> 0;
  }
};
var entrySize = 4;
var initialEntries = 1 << 6;
var Packing = class {
  layout;
  /** Per component and value: the code at its place in the state, the two halves of the value's hash, and the code. */
  entries;
  /**
   * Per move: the word that it changes, what to combine that with (exclusive or), and the same for the two halves of the
   * hash. Move number 0 changes nothing.
   */
  deltas = new Int32Array(initialEntries * entrySize);
  /** Whether a value was met that the layout has no room for. */
  isOutgrown = false;
  /** The hash of the state that was opened last. */
  hash0 = 0;
  hash1 = 0;
  space;
  codes;
  /** Per component and code: the value plus one (0 if it is not known yet), and the two halves of its hash. */
  decoding;
  /** Per move, its component and the two codes. */
  moveOfCodes;
  movers = new Integers();
  constructor(space, codes2) {
    this.space = space;
    this.codes = codes2;
    this.entries = Array.from({ length: space.width }, () => new Int32Array(initialEntries * entrySize));
    this.decoding = Array.from({ length: space.width }, () => new Int32Array(initialEntries * entrySize));
    this.moveOfCodes = Array.from({ length: space.width }, () => new PairMemo());
    for (let word = 0; word < moverSize; word++) this.movers.push(0);
    this.layout = new Layout(this.entries.map(() => 1));
  }
  /** How many bits each component needs by now. */
  get needs() {
    return this.entries.map((_2, component) => wordBits - Math.clz32(this.codes.count(component)));
  }
  /** The memory that is taken by what is known of values and moves. */
  get bytes() {
    const tables = [...this.entries, ...this.decoding, this.deltas, this.movers.items];
    const memos = this.moveOfCodes.reduce((sum, { bytes }) => sum + bytes, 0);
    return tables.reduce((sum, { byteLength }) => sum + byteLength, memos);
  }
  /** Takes up a new layout. What was packed in the old one must be packed again. */
  change(layout) {
    this.layout = layout;
    this.isOutgrown = false;
    this.decoding.forEach((decoding, component) => {
      for (let code = 1; code * entrySize < decoding.length; code++) {
        const value = decoding[code * entrySize] - 1;
        if (value < 0) continue;
        const placed2 = code << layout.shiftOf[component];
        this.entries[component][value * entrySize] = placed2;
      }
    });
    for (let move = 1; move * moverSize < this.movers.size; move++) this.placeMove(move);
  }
  /** Sees to it that the value has an entry. */
  meet(component, value) {
    const known2 = this.entries[component];
    if (value * entrySize < known2.length && known2[value * entrySize + 3] !== 0) return;
    const content = this.space.content(component, value);
    const code = this.codes.codeOf(component, value, content);
    if (!this.layout.hasRoomFor(component, code)) this.isOutgrown = true;
    const hash0 = hashText(content, component * 2);
    const hash1 = hashText(content, component * 2 + 1);
    const placed2 = code << this.layout.shiftOf[component];
    this.entries[component] = withEntry(known2, value, [placed2, hash0, hash1, code]);
    const decoding = this.decoding[component];
    this.decoding[component] = withEntry(decoding, code, [value + 1, hash0, hash1, 0]);
  }
  /** The number of the move of a component from one value to another. */
  moveOf(component, from, to) {
    if (from === to) return 0;
    this.meet(component, from);
    this.meet(component, to);
    const entries = this.entries[component];
    const fromCode = entries[from * entrySize + 3];
    const toCode = entries[to * entrySize + 3];
    const memo = this.moveOfCodes[component];
    const known2 = memo.get(fromCode, toCode);
    if (known2 !== missing2) return known2;
    const move = this.movers.size / moverSize;
    memo.set(fromCode, toCode, move);
    for (const item of [component, from, to]) this.movers.push(item);
    if ((move + 1) * entrySize > this.deltas.length) this.deltas = doubled(this.deltas);
    this.placeMove(move);
    return move;
  }
  /** Packs a state, every value of which was met, into `into`, from `at`. */
  pack(state, into, at) {
    const { entries, layout } = this;
    into.fill(0, at, at + layout.words);
    for (let component = 0; component < entries.length; component++) {
      const placed2 = entries[component][state[component] * entrySize];
      const word = at + layout.wordOf[component];
      into[word] = into[word] | placed2;
    }
  }
  /** Half `half` (0 or 1) of the hash of a state, every value of which was met. */
  hash(state, half) {
    let mixed = 0;
    for (let component = 0; component < state.length; component++) {
      const at = state[component] * entrySize + 1 + half;
      mixed ^= this.entries[component][at];
    }
    return mixed;
  }
  /** The hash of any state. */
  fingerprint(state) {
    for (let component = 0; component < state.length; component++)
      this.meet(component, state[component]);
    return [this.hash(state, 0), this.hash(state, 1)];
  }
  /** The first half of the hash of a packed state. */
  hashOfPacked(from, at) {
    const { wordOf, shiftOf, maskOf } = this.layout;
    const { decoding } = this;
    let mixed = 0;
    for (let component = 0; component < decoding.length; component++) {
      const word = from[at + wordOf[component]];
      const code = word >>> shiftOf[component] & maskOf[component];
      const entry = code * entrySize;
      if (entry >= decoding[component].length || decoding[component][entry] === 0)
        this.lookUp(component, code);
      mixed ^= decoding[component][entry + 1];
    }
    return mixed;
  }
  /** Unpacks the state in `from` into `into`, and finds its hash: `hash0` and `hash1`. */
  open(from, into) {
    const { wordOf, shiftOf, maskOf } = this.layout;
    const { decoding } = this;
    let hash0 = 0;
    let hash1 = 0;
    for (let component = 0; component < into.length; component++) {
      const word = from[wordOf[component]];
      const code = word >>> shiftOf[component] & maskOf[component];
      const at = code * entrySize;
      let known2 = decoding[component];
      if (at >= known2.length || known2[at] === 0) {
        this.lookUp(component, code);
        known2 = decoding[component];
      }
      into[component] = known2[at] - 1;
      hash0 ^= known2[at + 1];
      hash1 ^= known2[at + 2];
    }
    this.hash0 = hash0;
    this.hash1 = hash1;
  }
  /** Unpacks the state that was packed into `from`, from `at`, when the layout was this one. */
  unpack(from, at, into, layout = this.layout) {
    const { decoding } = this;
    const { wordOf, shiftOf, maskOf } = layout;
    for (let component = 0; component < decoding.length; component++) {
      const word = from[at + wordOf[component]];
      const code = word >>> shiftOf[component] & maskOf[component];
      const known2 = decoding[component];
      const value = code * entrySize < known2.length ? known2[code * entrySize] - 1 : -1;
      into[component] = value >= 0 ? value : this.lookUp(component, code);
    }
  }
  /** The value of a code that was given elsewhere. */
  lookUp(component, code) {
    const value = this.codes.valueWith(component, code);
    this.meet(component, value);
    return value;
  }
  placeMove(move) {
    const { deltas } = this;
    const [component, from, to] = this.movers.items.subarray(move * moverSize);
    const entries = this.entries[component];
    const at = move * entrySize;
    deltas[at] = this.layout.wordOf[component];
    for (let item = 0; item < entrySize - 1; item++) {
      const before = entries[from * entrySize + item];
      deltas[at + 1 + item] = before ^ entries[to * entrySize + item];
    }
  }
};
var moverSize = 3;
var withEntry = (array2, index, entry) => {
  let room = array2;
  while ((index + 1) * entrySize > room.length) room = doubled(room);
  room.set(entry, index * entrySize);
  return room;
};
var doubled = (array2) => {
  const grown = new Int32Array(array2.length * 2);
  grown.set(array2);
  return grown;
};

// checker/engine/saving.ts
var contentsName = "contents";
var writeContents = (archive, contents) => ({
  [contentsName]: archive.write(contentsName, ({ write }) => {
    write(Int32Array.of(contents.length));
    for (const ofComponent of contents) {
      write(Int32Array.of(ofComponent.length));
      for (const content of ofComponent) {
        write(Int32Array.of(content.length));
        write(Int32Array.from({ length: content.length }, (_2, at) => content.charCodeAt(at)));
      }
    }
  })
});
var readContents = (archive) => {
  let contents = [];
  archive.read(contentsName, ({ read }) => {
    const number3 = () => read(1)[0];
    const listOf = (item) => Array.from({ length: number3() }, item);
    const text = () => Array.from(read(number3()), (unit) => String.fromCharCode(unit)).join("");
    contents = listOf(() => listOf(text));
  });
  return contents;
};

// checker/engine/frontier.ts
var enteredAt = (level, partition3) => (level & 1) * partitionCount + partition3;
var initialLength = 1 << 8;
var Frontier = class {
  /** The partition of each state, in order; the states from `first` up to `end` are left to expand. */
  order = new Uint8Array(initialLength);
  first = 0;
  end = 0;
  /** Where this round and this level end. */
  roundEnd = 0;
  levelEnd = 0;
  level = -1;
  /** What has been taken in and is still to be put in order. */
  unordered = "nothing";
  /** Begins a round with at most so many states of the level. */
  beginRound(states) {
    this.roundEnd = Math.min(this.first + states, this.levelEnd);
  }
  /** The round is done, and what was found in it has been taken in. A round without states has found the initial ones. */
  endRound() {
    this.unordered = this.roundSize === 0 ? "initial states" : "round";
  }
  /** How many states this round has. */
  get roundSize() {
    return this.roundEnd - this.first;
  }
  /** The partition that state number `index` of this round is in. */
  partitionAt(index) {
    return this.order[this.first + index];
  }
  /** Whether the level has states beyond this round. */
  get hasMore() {
    return this.roundEnd < this.levelEnd;
  }
  /** A level begins, of all states that were put in order; those that were found two steps ahead are the next level's first. */
  enter(level) {
    this.level = level;
    this.order.copyWithin(0, this.first, this.end);
    this.end -= this.first;
    this.first = 0;
    this.roundEnd = 0;
    this.levelEnd = this.end;
    this.unordered = "level";
  }
  /** Puts in order what everyone has found and taken in since this was done last. */
  arrange(everyones) {
    const { unordered: unordered2 } = this;
    this.unordered = "nothing";
    if (unordered2 === "level") this.arrangeLevel(everyones);
    if (unordered2 === "initial states") {
      const [found] = everyones;
      this.arrangeEntries(found, 0, found.counts[0]);
    }
    if (unordered2 === "round") {
      this.arrangeRound(everyones);
      this.first = this.roundEnd;
    }
  }
  arrangeRound(everyones) {
    const workers = everyones.length;
    const states = new Int32Array(workers);
    const entries = new Int32Array(workers);
    for (let at = this.first; at < this.roundEnd; at++) {
      const worker = this.order[at] % workers;
      const found = everyones[worker];
      const state = states[worker];
      const from = entries[worker];
      const to = from + found.counts[state];
      states[worker] = state + 1;
      entries[worker] = to;
      this.arrangeEntries(found, from, to);
    }
  }
  arrangeEntries({ marks }, from, to) {
    for (let entry = from; entry < to; entry++) {
      const mark2 = marks[entry];
      if (mark2 !== 0) this.push(mark2 - 1);
    }
  }
  arrangeLevel(everyones) {
    for (let partition3 = 0; partition3 < partitionCount; partition3++) {
      const found = everyones[partition3 % everyones.length];
      for (let count2 = found.entered[enteredAt(this.level, partition3)]; count2 > 0; count2--)
        this.push(partition3);
    }
  }
  push(partition3) {
    if (this.end === this.order.length) {
      const grown = new Uint8Array(this.order.length * 2);
      grown.set(this.order);
      this.order = grown;
    }
    this.order[this.end++] = partition3;
  }
  get bytes() {
    return this.order.byteLength;
  }
  /** Writes the order, when everything is arranged. */
  save({ write }) {
    write(Int32Array.of(this.end - this.first, this.levelEnd - this.first));
    write(Int32Array.from(this.order.subarray(this.first, this.end)));
  }
  load({ read }) {
    const [length, level] = read(2);
    this.order = new Uint8Array(Math.max(initialLength, length));
    this.order.set(read(length));
    this.end = length;
    this.levelEnd = level;
  }
};

// checker/engine/partition.ts
var pageBits = 10;
var pageSize = 1 << pageBits;
var pageMask = pageSize - 1;
var initialPageSize = 1 << 4;
var initialIndexSize = 1 << 5;
var mostLoad = 0.8;
var batchSize = 64;
var Partition = class {
  /** How many states there are; they are numbered from 0 in the order in which they were added. */
  size = 0;
  /** The words of a key. */
  keyWords;
  /** The words of a row. */
  stride;
  pages;
  /**
   * Per slot: a state's number plus one, or 0. Numbers are less than the size of the index; in the bits above them
   * stand those bits of the state's hash that the slot does not tell, so that hardly any row is looked at in vain.
   */
  index = new Int32Array(initialIndexSize);
  indexMask = initialIndexSize - 1;
  /** The size at which the index must grow. */
  mostSize = Math.floor(initialIndexSize * mostLoad);
  /** Keeps what only waits for the memory from being left out as useless. */
  touched = 0;
  hashOf;
  /** `hashOf` tells the hash of a key that was added, at `start` in `page`. */
  constructor(keyWords, hashOf) {
    this.hashOf = hashOf;
    this.keyWords = keyWords;
    this.stride = keyWords + 1;
    this.pages = [new Int32Array(initialPageSize * this.stride)];
  }
  /**
   * Adds the states of a list of entries, from `first` up to `end`, that are not there, and tells which entries these are. An
   * entry begins with the state's hash.
   *
   * To look a state up is to wait for the memory, for the index and then for the row. So some are first looked for together,
   * in short loops without branches, in which many reads are under way at a time.
   */
  addAll(list, first, end, { stride, keyAt, parentAt: parentAt2 }, isNew) {
    for (let from = first; from < end; from += batchSize * stride) {
      const until = Math.min(end, from + batchSize * stride);
      this.lookAhead(list, from, until, stride);
      for (let at = from; at < until; at += stride) {
        if (this.add(list, at + keyAt, list[at], list[at + parentAt2])) isNew(list, at);
      }
    }
  }
  /** Reads what adding these entries will read. */
  lookAhead(list, first, end, stride) {
    const { index, indexMask, pages, stride: rowWords } = this;
    let touched = 0;
    for (let at = first; at < end; at += stride) touched ^= index[list[at] & indexMask];
    for (let at = first; at < end; at += stride) {
      const entry = index[list[at] & indexMask];
      const row = Math.max(0, (entry & indexMask) - 1);
      touched ^= pages[row >>> pageBits][(row & pageMask) * rowWords];
    }
    this.touched = touched;
  }
  /**
   * Adds the state with the key in `from`, from `at`, unless it is there. `hash` is a hash of it. Returns whether it is
   * new.
   */
  add(from, at, hash2, parent) {
    const { indexMask, index, pages, keyWords, stride } = this;
    let slot = hash2 & indexMask;
    for (let entry = index[slot]; entry !== 0; entry = index[slot]) {
      if (((entry ^ hash2) & ~indexMask) === 0) {
        const known2 = (entry & indexMask) - 1;
        const page = pages[known2 >>> pageBits];
        const start3 = (known2 & pageMask) * stride;
        let different = 0;
        for (let word = 0; word < keyWords; word++) {
          different |= page[start3 + word] ^ from[at + word];
        }
        if (different === 0) return false;
      }
      slot = slot + 1 & indexMask;
    }
    index[slot] = this.size + 1 | hash2 & ~indexMask;
    this.append(from, at, parent);
    return true;
  }
  /** The number of the state with the key in `from`, from `at`; -1 if it is not there. */
  find(from, at, hash2) {
    const { indexMask, index, keyWords } = this;
    for (let slot = hash2 & indexMask; ; slot = slot + 1 & indexMask) {
      const entry = index[slot];
      if (entry === 0) return -1;
      const known2 = (entry & indexMask) - 1;
      if (((entry ^ hash2) & ~indexMask) !== 0) continue;
      const page = this.pages[known2 >>> pageBits];
      const start3 = (known2 & pageMask) * this.stride;
      let same = true;
      for (let word = 0; word < keyWords; word++) same &&= page[start3 + word] === from[at + word];
      if (same) return known2;
    }
  }
  /** The page that row `number` is in, and where it begins there. */
  page(number3) {
    return this.pages[number3 >>> pageBits];
  }
  start(number3) {
    return (number3 & pageMask) * this.stride;
  }
  /** What state `number` was first reached from, as it was told to `add`. */
  parentOf(number3) {
    return this.page(number3)[this.start(number3) + this.keyWords];
  }
  setParent(number3, parent) {
    this.page(number3)[this.start(number3) + this.keyWords] = parent;
  }
  /** The memory that the part occupies. */
  get bytes() {
    return this.pages.reduce((sum, { byteLength }) => sum + byteLength, this.index.byteLength);
  }
  /** Gives all keys other words; their hashes stay what they were. */
  rewrite(keyWords, key) {
    const { stride } = this;
    const newStride = keyWords + 1;
    this.pages = this.pages.map((page, pageNumber) => {
      const rows = page.length / stride;
      const rewritten = new Int32Array(rows * newStride);
      const used = Math.min(rows, this.size - pageNumber * pageSize);
      for (let row = 0; row < used; row++) {
        key(page, row * stride, rewritten, row * newStride);
        rewritten[row * newStride + keyWords] = page[row * stride + stride - 1];
      }
      return rewritten;
    });
    this.keyWords = keyWords;
    this.stride = newStride;
  }
  /** Writes all rows. */
  save({ write }) {
    write(Int32Array.of(this.size));
    for (let first = 0; first < this.size; first += pageSize)
      write(this.page(first).subarray(0, Math.min(pageSize, this.size - first) * this.stride));
  }
  /** Reads the rows of a part whose keys have as many words into this one, which is empty. */
  load({ read }) {
    const [size] = read(1);
    const { stride } = this;
    for (let first = 0; first < size; first += pageSize) {
      const rows = Math.min(pageSize, size - first);
      const page = new Int32Array((first > 0 ? pageSize : powerOfTwo(rows, initialPageSize)) * stride);
      page.set(read(rows * stride));
      this.pages[first >>> pageBits] = page;
    }
    this.size = size;
    this.buildIndex(powerOfTwo(Math.ceil((size + 1) / mostLoad), initialIndexSize));
  }
  buildIndex(length) {
    const index = new Int32Array(length);
    const mask = length - 1;
    for (let number3 = 0; number3 < this.size; number3++) {
      const hash2 = this.hashOf(this.page(number3), this.start(number3));
      let slot = hash2 & mask;
      while (index[slot] !== 0) slot = slot + 1 & mask;
      index[slot] = number3 + 1 | hash2 & ~mask;
    }
    this.index = index;
    this.indexMask = mask;
    this.mostSize = Math.floor(length * mostLoad);
  }
  append(from, at, parent) {
    const number3 = this.size++;
    const { stride, keyWords } = this;
    const page = this.pageFor(number3);
    const start3 = (number3 & pageMask) * stride;
    for (let word = 0; word < keyWords; word++) page[start3 + word] = from[at + word];
    page[start3 + keyWords] = parent;
    if (this.size === this.mostSize) this.buildIndex(this.index.length * 2);
  }
  /** The page for a new row. The first page grows, so that small searches take little memory. */
  pageFor(number3) {
    const { pages, stride } = this;
    const last = pages[number3 >>> pageBits];
    if (last === void 0) {
      const page = new Int32Array(pageSize * stride);
      pages.push(page);
      return page;
    }
    if ((number3 & pageMask) * stride < last.length) return last;
    const grown = new Int32Array(last.length * 2);
    grown.set(last);
    pages[number3 >>> pageBits] = grown;
    return grown;
  }
};
var powerOfTwo = (count2, least) => {
  let power = least;
  while (power < count2) power *= 2;
  return power;
};

// checker/engine/queue.ts
var noRoom = -1;
var pageBits2 = 10;
var pageSize2 = 1 << pageBits2;
var pageMask2 = pageSize2 - 1;
var initialPageSize2 = 1 << 4;
var Queue = class {
  /** How many records were put in so far; they are numbered from 0. */
  end = 0;
  /** The first record that is there. */
  begin = 0;
  words;
  /** The pages from number `first` on. The last is always at hand. */
  pages = [];
  first = 0;
  last = new Int32Array(0);
  store;
  /** The page that was put away and read again last, and its number. */
  fetched = new Int32Array(0);
  fetchedNumber = -1;
  /** Records have so many words. Without a store, nothing is put away. */
  constructor(words, store) {
    this.words = words;
    this.store = store;
  }
  push(from, at) {
    const { words } = this;
    const start3 = (this.end++ & pageMask2) * words;
    if (start3 === 0) this.beginPage();
    else if (start3 === this.last.length) this.growPage();
    const page = this.last;
    for (let word = 0; word < words; word++) page[start3 + word] = from[at + word];
  }
  /** Puts in the records in part of a list. */
  append(list, from, to) {
    for (let at = from; at < to; at += this.words) this.push(list, at);
  }
  /** Copies record `number`, which was not forgotten, into `into`. */
  read(number3, into) {
    const page = this.page(number3 >>> pageBits2);
    const start3 = (number3 & pageMask2) * this.words;
    for (let word = 0; word < this.words; word++) into[word] = page[start3 + word];
  }
  /** Visits all records in their order, many at a time. */
  each(visit2) {
    for (let number3 = this.first; number3 << pageBits2 < this.end; number3++)
      visit2(this.page(number3), this.beginOf(number3) * this.words, this.usedOf(number3) * this.words);
  }
  /** Forgets the records before number `number`, but for those in its page. */
  forget(number3) {
    this.begin = number3;
    const spent = Math.min(number3 >>> pageBits2, this.first + this.pages.length) - this.first;
    if (spent <= 0) return;
    for (const page of this.pages.splice(0, spent)) this.free(page);
    this.first += spent;
  }
  /** Forgets everything. */
  clear() {
    for (const page of this.pages) this.free(page);
    this.pages = [];
    this.first = 0;
    this.begin = 0;
    this.end = 0;
    this.fetched = new Int32Array(0);
    this.fetchedNumber = -1;
  }
  /** Puts away all pages but the last. */
  putAway() {
    const { store, pages } = this;
    if (store === void 0) return;
    for (let index = 0; index < pages.length - 1; index++) {
      const page = pages[index];
      if (typeof page === "number") continue;
      const place = store.put(page);
      if (place === noRoom) return;
      pages[index] = place;
    }
  }
  /** The memory that the pages at hand occupy. */
  get bytes() {
    return this.pages.reduce(
      (sum, page) => sum + (typeof page === "number" ? 0 : page.byteLength),
      this.fetched.byteLength
    );
  }
  /** Gives all records another number of words. */
  rewrite(words, record2) {
    const pages = this.pages.map((page, index) => {
      const number3 = this.first + index;
      const isAway = typeof page === "number";
      const from = this.page(number3);
      const rewritten = new Int32Array(from.length / this.words * words);
      for (let row = this.beginOf(number3); row < this.usedOf(number3); row++)
        record2(from, row * this.words, rewritten, row * words);
      this.free(page);
      const place = isAway ? this.store.put(rewritten) : noRoom;
      return place === noRoom ? rewritten : place;
    });
    this.words = words;
    this.pages = pages;
    this.last = pages.at(-1) ?? this.last;
    this.fetched = new Int32Array(0);
    this.fetchedNumber = -1;
  }
  /** Writes the records from number `from` on; those before are forgotten. */
  save({ write }, from = 0) {
    this.forget(from);
    write(Int32Array.of(this.end - from));
    this.each((list, begin2, end) => write(list.subarray(begin2, end)));
  }
  /** Reads the records from number `from` on into this queue, which is empty. */
  load({ read }, from = 0) {
    const [count2] = read(1);
    this.first = from >>> pageBits2;
    this.end = this.first << pageBits2;
    const absent = new Int32Array(this.words);
    while (this.end < from) this.push(absent, 0);
    this.begin = from;
    for (let done2 = 0; done2 < count2; done2 += pageSize2) {
      const records = Math.min(pageSize2, count2 - done2);
      this.append(read(records * this.words), 0, records * this.words);
    }
  }
  /** Which record of page `number` is the first that is there. */
  beginOf(number3) {
    return Math.max(0, this.begin - (number3 << pageBits2));
  }
  /** How many records of page `number` were put in. */
  usedOf(number3) {
    return Math.min(pageSize2, this.end - (number3 << pageBits2));
  }
  page(number3) {
    const page = this.pages[number3 - this.first];
    return typeof page === "number" ? this.fetch(number3, page) : page;
  }
  fetch(number3, place) {
    if (this.fetchedNumber !== number3) {
      if (this.fetched.length === 0) this.fetched = new Int32Array(pageSize2 * this.words);
      this.store.get(place, this.fetched);
      this.fetchedNumber = number3;
    }
    return this.fetched;
  }
  free(page) {
    if (typeof page === "number") this.store?.free(page, pageSize2 * this.words);
  }
  beginPage() {
    this.last = new Int32Array(initialPageSize2 * this.words);
    this.pages.push(this.last);
  }
  growPage() {
    const grown = new Int32Array(this.last.length * 2);
    grown.set(this.last);
    this.last = grown;
    this.pages[this.pages.length - 1] = grown;
  }
};

// checker/engine/buckets.ts
var initialCapacity2 = 1 << 5;
var Buckets = class {
  count;
  /** All entries; bucket `n` has those from `n * capacity` up to `ends[n]`. */
  words;
  capacity = initialCapacity2;
  ends;
  allocate;
  constructor(count2, allocate = (length) => new Int32Array(length)) {
    this.count = count2;
    this.allocate = allocate;
    this.words = allocate(count2 * initialCapacity2);
    this.ends = allocate(count2);
    this.clear();
  }
  /** Sees to it that the bucket has room for so many more words. */
  reserve(bucket, words) {
    const used = this.ends[bucket] - bucket * this.capacity;
    if (used + words > this.capacity) this.resize(Math.max(this.capacity * 2, used + words));
  }
  begin(bucket) {
    return bucket * this.capacity;
  }
  get bytes() {
    return this.words.byteLength;
  }
  clear() {
    for (let bucket = 0; bucket < this.count; bucket++) this.ends[bucket] = bucket * this.capacity;
  }
  resize(capacity) {
    const { words, capacity: before, count: count2 } = this;
    this.capacity = capacity;
    this.words = this.allocate(count2 * capacity);
    for (let bucket = 0; bucket < count2; bucket++) {
      const end = this.ends[bucket];
      this.words.set(words.subarray(bucket * before, end), bucket * capacity);
      this.ends[bucket] = bucket * capacity + end - bucket * before;
    }
  }
};

// checker/engine/recent.ts
var leastSize = 1 << 6;
var mostSize = 1 << 14;
var Recent = class {
  /** Per slot: half of the hash, then the packed state. */
  slots = new Int32Array(0);
  words = 0;
  mask = 0;
  /** Forgets everything, and from now on notices states of so many words. The more were found, the more it keeps. */
  begin(words, found) {
    let size = leastSize;
    while (size < mostSize && size < found >>> 2) size *= 2;
    this.words = words;
    this.mask = size - 1;
    this.slots = new Int32Array(size * (words + 1));
    for (let slot = 0; slot < size; slot++) this.slots[slot * (words + 1)] = ~slot;
  }
  /** Whether it should begin again, in order to keep more. */
  isSmallFor(found) {
    return this.mask + 1 < mostSize && this.mask + 1 < found >>> 4;
  }
  /** Whether this packed state was noticed last of those that share its slot; it is now. */
  notice(packed, hash2) {
    const { slots, words, mask } = this;
    const at = (hash2 & mask) * (words + 1);
    let different = slots[at] ^ hash2;
    for (let word = 0; word < words; word++)
      different |= slots[at + 1 + word] ^ packed[word];
    if (different === 0) return true;
    slots[at] = hash2;
    for (let word = 0; word < words; word++) slots[at + 1 + word] = packed[word];
    return false;
  }
};

// checker/engine/staging.ts
var entryHead = 5;
var hashAt = 0;
var parentAt = 2;
var numberAt = 3;
var orderAt = 4;
var Staging = class {
  /** Successors one step on and two: a bucket per partition. */
  next;
  late;
  /** How many words an entry has. */
  entryWords = entryHead;
  /** The state that is being expanded, and its number in the round. */
  parent = -1;
  order = 0;
  words = 0;
  /** How many entries all rounds have had; this round's, and where those of the state begin; states of this round. */
  all = 0;
  entries = 0;
  states = 0;
  before = 0;
  /** Others may still look at those of the round before: there are two of each. */
  counts;
  marks;
  otherCounts;
  otherMarks;
  entered;
  allocate;
  recent;
  /** States have so many words. With `skipsRecent`, one that was found a moment ago is not passed on again. */
  constructor(words, allocate, skipsRecent) {
    this.allocate = allocate;
    this.next = new Buckets(partitionCount, allocate);
    this.late = new Buckets(partitionCount, allocate);
    this.entered = allocate(2 * partitionCount);
    this.counts = allocate(1);
    this.otherCounts = allocate(1);
    this.marks = allocate(1);
    this.otherMarks = allocate(1);
    this.recent = skipsRecent ? new Recent() : void 0;
    this.change(words);
  }
  /** From now on states have so many words. */
  change(words) {
    this.words = words;
    this.entryWords = entryHead + words;
    this.recent?.begin(words, this.all);
  }
  /** Begins a round in which this shard expands at most so many states. */
  beginRound(states) {
    this.all += this.entries;
    this.clear();
    [this.counts, this.otherCounts] = [this.otherCounts, this.counts];
    [this.marks, this.otherMarks] = [this.otherMarks, this.marks];
    if (this.counts.length <= states) this.counts = this.allocate(states + 1);
    if (this.recent?.isSmallFor(this.all) === true) this.recent.begin(this.words, this.all);
  }
  /** The successors that follow are those of state `parent`, which is the state with this number in the round. */
  beginState(parent, order) {
    this.parent = parent;
    this.order = order;
    this.before = this.entries;
  }
  endState() {
    this.counts[this.states++] = this.entries - this.before;
  }
  /** A successor one step on. */
  add(packed, hash0, hash1) {
    if (this.recent?.notice(packed, hash0) !== true) this.put(this.next, packed, hash0, hash1);
  }
  /** A successor two steps on. */
  addLate(packed, hash0, hash1) {
    this.put(this.late, packed, hash0, hash1);
  }
  put(buckets, packed, hash0, hash1) {
    const bucket = hash1 & partitionMask;
    const { entryWords } = this;
    if (buckets.ends[bucket] + entryWords > (bucket + 1) * buckets.capacity)
      buckets.reserve(bucket, entryWords);
    const { words, ends: ends2 } = buckets;
    const at = ends2[bucket];
    words[at + hashAt] = hash0;
    words[at + hashAt + 1] = hash1;
    words[at + parentAt] = this.parent;
    words[at + numberAt] = this.entries++;
    words[at + orderAt] = this.order;
    for (let word = 0; word < this.words; word++) words[at + entryHead + word] = packed[word];
    ends2[bucket] = at + entryWords;
  }
  /** All states of the round are expanded: from now on others may look. */
  endRound() {
    if (this.marks.length < this.entries) this.marks = this.allocate(this.entries * 2);
    else this.marks.fill(0, 0, this.entries);
  }
  get found() {
    const { next: next2, late, counts, marks, entered } = this;
    return { next: next2, late, counts, marks, entered };
  }
  /** When a level began, so many of the states of a partition that were found two steps ahead were new. */
  enter(level, partition3, states) {
    this.entered[enteredAt(level, partition3)] = states;
  }
  /** Forgets the entries. What was noticed a moment ago stays noticed, unless the round is undone. */
  clear() {
    this.next.clear();
    this.late.clear();
    this.entries = 0;
    this.states = 0;
  }
  undo() {
    this.clear();
    this.recent?.begin(this.words, this.all);
  }
  get bytes() {
    const { counts, otherCounts, marks, otherMarks } = this;
    const lists = [counts, otherCounts, marks, otherMarks];
    return lists.reduce((sum, { byteLength }) => sum + byteLength, this.next.bytes + this.late.bytes);
  }
};
var mark = (everyones, list, at, partition3) => {
  const parent = list[at + parentAt];
  const finder = parent < 0 ? 0 : partitionOf(parent) % everyones.length;
  const { marks } = everyones[finder];
  marks[list[at + numberAt]] = partition3 + 1;
};
var Merging = class {
  list = new Int32Array(0);
  begin = 0;
  end = 0;
  merge(everyones, which, partition3, stride) {
    const lists = everyones.map((found) => found[which]);
    if (lists.length === 1) {
      const [{ words, capacity, ends: ends2 }] = lists;
      this.list = words;
      this.begin = partition3 * capacity;
      this.end = ends2[partition3];
      return;
    }
    const cursors = lists.map(({ capacity }) => partition3 * capacity);
    const length = lists.reduce(
      (sum, { ends: ends2 }, index) => sum + ends2[partition3] - cursors[index],
      0
    );
    if (this.list.length < length) this.list = new Int32Array(length * 2);
    this.begin = 0;
    this.end = 0;
    while (this.end < length) this.copyNext(lists, cursors, partition3, stride);
  }
  /** Copies the entries of the parent that comes first of those that are left. */
  copyNext(lists, cursors, partition3, stride) {
    let first = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let index = 0; index < lists.length; index++) {
      const { words: words2, ends: ends3 } = lists[index];
      const cursor2 = cursors[index];
      if (cursor2 === ends3[partition3] || words2[cursor2 + orderAt] >= least) continue;
      first = index;
      least = words2[cursor2 + orderAt];
    }
    const { words, ends: ends2 } = lists[first];
    const end = ends2[partition3];
    let cursor = cursors[first];
    for (; cursor < end && words[cursor + orderAt] === least; cursor += stride) {
      for (let word = 0; word < stride; word++) this.list[this.end + word] = words[cursor + word];
      this.end += stride;
    }
    cursors[first] = cursor;
  }
};

// checker/engine/shard.ts
var fingerprintWords = 2;
var privately = (length) => new Int32Array(length);
var nameOf = (partition3) => `partition-${String(partition3).padStart(2, "0")}`;
var orderName = "order";
var nobodyAsks = () => void 0;
var Shard = class {
  packing;
  findings = new Findings();
  /** Successors that this round has found. */
  staging;
  /** Per partition, the entries of states two steps on from this level. */
  waiting;
  /** The partitions that this shard owns, and, per partition, its visited states. */
  own;
  partitions;
  /**
   * States that were expanded, transitions plus initial states, states that are done, and states of which bounds let
   * nobody tell whether they are deadlocks.
   */
  expanded = 0;
  generated = 0;
  doneStates = 0;
  unclearStates = 0;
  /** The level that is being expanded, and the most steps to a state that was found. */
  level = -1;
  depth = 0;
  space;
  keeping;
  isFirst;
  checksDeadlock;
  /** Per partition, the packed states that are left to expand, if the visited set has fingerprints only. */
  pending;
  round = 0;
  frontier = new Frontier();
  /** Per partition, the next row to expand. */
  cursors = new Int32Array(partitionCount);
  /** The number in the round of the next state. */
  at = 0;
  /** The state that is being expanded, its number, its packed form and its hash. */
  state;
  base;
  current = -1;
  base0 = 0;
  base1 = 0;
  scratch;
  moves;
  undo = () => void 0;
  merging = new Merging();
  isOwn;
  /** What everyone has found in the last round. */
  everyones = [];
  constructor(options) {
    const { space, codes: codes2, keeping, checksDeadlock, index, count: count2, pageStore } = options;
    const { allocate = privately, looksEachUp = false } = options;
    this.space = space;
    this.keeping = keeping;
    this.checksDeadlock = checksDeadlock;
    this.packing = new Packing(space, codes2);
    this.staging = new Staging(this.packing.layout.words, allocate, !looksEachUp);
    this.state = new Int32Array(space.width);
    this.base = new Int32Array(space.width);
    this.scratch = new Int32Array(space.width);
    this.moves = new Int32Array(space.width);
    const all2 = Array.from({ length: partitionCount }, (_2, partition3) => partition3);
    this.isFirst = index === 0;
    this.isOwn = all2.map((partition3) => partition3 % count2 === index);
    this.own = all2.filter((partition3) => this.isOwn[partition3]);
    this.partitions = all2.map(() => new Partition(this.keyWords, this.hashOfKey()));
    this.pending = all2.map(() => new Queue(this.packing.layout.words, pageStore));
    this.waiting = all2.map(() => new Queue(this.staging.entryWords, pageStore));
  }
  /** Finds the initial states. */
  seed() {
    const { packing, staging } = this;
    staging.beginState(-1, 0);
    for (const initial13 of this.space.initial) {
      this.generated++;
      const [hash0, hash1] = packing.fingerprint(initial13);
      packing.pack(initial13, this.scratch, 0);
      if (!packing.isOutgrown) staging.add(this.scratch, hash0, hash1);
    }
    staging.endState();
    staging.endRound();
  }
  /** Begins a round with at most so many states of the level; the first round, of none, finds the initial states. */
  beginRound(round, states) {
    this.arrange();
    this.frontier.beginRound(states);
    this.round = round;
    this.at = 0;
    this.staging.beginRound(this.frontier.roundSize);
    const { expanded, generated, doneStates, unclearStates, space } = this;
    const forget = space.remember();
    const cursors = this.cursors.slice();
    this.undo = () => {
      Object.assign(this, { expanded, generated, doneStates, unclearStates, at: 0 });
      this.cursors.set(cursors);
      this.staging.undo();
      forget();
    };
  }
  /** Expands up to `count` states of this round. Returns how many. None are left if it is fewer. */
  expandSome(count2) {
    const { frontier, cursors, isOwn, packing } = this;
    const size = frontier.roundSize;
    let done2 = 0;
    for (; this.at < size; this.at++) {
      const partition3 = frontier.partitionAt(this.at);
      if (!isOwn[partition3]) continue;
      if (done2 === count2 || packing.isOutgrown) return done2;
      const row = cursors[partition3];
      this.expand(partition3, row);
      cursors[partition3] = row + 1;
      done2++;
    }
    this.staging.endRound();
    return done2;
  }
  /** Expands one state, which is `depth` steps from the beginning. */
  expandState(number3, depth) {
    this.level = depth;
    this.expand(partitionOf(number3), rowOf(number3));
  }
  /** Undoes what this round has done, if states were met that the packing has no room for. It must be done again. */
  startAgain() {
    this.undo();
  }
  /** A transition of the state that is being expanded leads to the space's successor. */
  visit(label, steps) {
    const { space, state, scratch, base, packing } = this;
    if (space.judgesTransitions) this.judgeTransition(label, steps);
    const { successor } = space;
    const { entries, layout } = packing;
    const { words, wordOf } = layout;
    let hash0 = this.base0;
    let hash1 = this.base1;
    for (let word = 0; word < words; word++) scratch[word] = base[word];
    for (let component = 0; component < state.length; component++) {
      const value = successor[component];
      const before = state[component];
      if (value === before) continue;
      let entry = entries[component];
      const to = value * entrySize;
      if (to >= entry.length || entry[to + 3] === 0) {
        packing.meet(component, value);
        entry = entries[component];
      }
      const from = before * entrySize;
      const word = wordOf[component];
      scratch[word] = scratch[word] ^ entry[to] ^ entry[from];
      hash0 ^= entry[to + 1] ^ entry[from + 1];
      hash1 ^= entry[to + 2] ^ entry[from + 2];
    }
    if (packing.isOutgrown) return;
    if (steps === 2) this.staging.addLate(scratch, hash0, hash1);
    else this.staging.add(scratch, hash0, hash1);
  }
  moveOf(component, from, to) {
    return this.packing.moveOf(component, from, to);
  }
  /** A transition of the state that is being expanded makes the first `count` of the moves. */
  take(label, count2) {
    const { base, scratch, moves, packing } = this;
    if (this.space.judgesTransitions) this.judgeTransition(label, 1);
    const { deltas } = packing;
    const { words } = packing.layout;
    let hash0 = this.base0;
    let hash1 = this.base1;
    for (let word = 0; word < words; word++) scratch[word] = base[word];
    for (let index = 0; index < count2; index++) {
      const delta = moves[index] * entrySize;
      const word = deltas[delta];
      scratch[word] = scratch[word] ^ deltas[delta + 1];
      hash0 ^= deltas[delta + 2];
      hash1 ^= deltas[delta + 3];
    }
    this.staging.add(scratch, hash0, hash1);
  }
  /** Takes in what shards, each in its own lists, have found for the partitions of this one in this round. */
  takeIn(everyones) {
    const { merging, staging } = this;
    this.everyones = everyones;
    for (const partition3 of this.own) {
      const before = this.sizeOf(partition3);
      merging.merge(everyones, "next", partition3, staging.entryWords);
      this.add(
        partition3,
        merging.list,
        merging.begin,
        merging.end,
        (list, at) => mark(everyones, list, at, partition3)
      );
      this.judgeFrom(partition3, before, this.level + 1);
      merging.merge(everyones, "late", partition3, staging.entryWords);
      this.waiting[partition3].append(merging.list, merging.begin, merging.end);
    }
    this.frontier.endRound();
  }
  /** Puts in order what everyone has taken in: nobody has begun a round since. */
  arrange() {
    this.frontier.arrange(this.everyones);
  }
  /** What this shard has found in this round, for others to take in. */
  get found() {
    return this.staging.found;
  }
  /** Adds the states in part of a list to a partition, and says of which entries they are new. */
  add(number3, list, first, end, isNew = nobodyAsks) {
    const partition3 = this.partitions[number3];
    const stride = this.staging.entryWords;
    if (this.keeping === "states") {
      partition3.addAll(list, first, end, { stride, keyAt: entryHead, parentAt }, isNew);
      return;
    }
    const pending = this.pending[number3];
    for (let at = first; at < end; at += stride) {
      if (!partition3.add(list, at, list[at + hashAt], list[at + parentAt])) continue;
      pending.push(list, at + entryHead);
      isNew(list, at);
    }
  }
  /** Judges the states of a partition from row `first` on, which were found `depth` steps from the beginning. */
  judgeFrom(number3, first, depth) {
    const { size } = this.partitions[number3];
    if (size > first && depth > this.depth) this.depth = depth;
    if (!this.space.judgesStates) return;
    for (let row = first; row < size; row++) {
      this.readPacked(number3, row);
      this.packing.unpack(this.base, 0, this.state);
      const failures = this.space.judge(this.state);
      if (failures !== 0) this.note(failures, numberOf(number3, row), false, depth);
    }
  }
  /** Whether states of this level are left to expand. */
  get hasMore() {
    return this.frontier.hasMore;
  }
  /** Whether all states of which this shard knows are expanded. */
  get isSpent() {
    return this.waiting.every(({ end }) => end === 0) && this.distinct === this.expanded;
  }
  /** Goes on to a level: to all states that were found so far and not expanded. */
  enter(level) {
    this.arrange();
    this.frontier.enter(level);
    this.level = level;
    for (const partition3 of this.own) {
      const waiting = this.waiting[partition3];
      const before = this.sizeOf(partition3);
      this.pending[partition3].forget(this.cursors[partition3]);
      waiting.each((list, from, to) => this.add(partition3, list, from, to));
      waiting.clear();
      this.judgeFrom(partition3, before, level + 1);
      this.staging.enter(level, partition3, this.sizeOf(partition3) - before);
    }
  }
  /** Puts away what waits to be expanded or added, as far as it is not needed soon. */
  putAway() {
    for (const partition3 of this.own) {
      this.pending[partition3]?.putAway();
      this.waiting[partition3]?.putAway();
    }
  }
  /** Writes the partitions of this shard, between two rounds. */
  save(archive) {
    this.arrange();
    const order = this.isFirst ? { [orderName]: archive.write(orderName, (writer) => this.frontier.save(writer)) } : {};
    const files = this.own.map((partition3) => {
      const name = nameOf(partition3);
      const checksum = archive.write(name, (writer) => {
        const cursor = this.cursors[partition3];
        writer.write(Int32Array.of(cursor));
        this.partitions[partition3]?.save(writer);
        this.waiting[partition3]?.save(writer);
        if (this.keeping === "fingerprints") this.pending[partition3]?.save(writer, cursor);
      });
      return [name, checksum];
    });
    return { ...order, ...Object.fromEntries(files) };
  }
  /**
   * Reads the partitions of this shard, which is new and whose codes are those of the search that was saved. Of
   * several shards, the first takes over what was counted and found.
   */
  load(archive, progress) {
    const { needs, level, depth, generated, doneStates, unclearStates, findings } = progress;
    this.change(new Layout(needs));
    Object.assign(this, { level, depth });
    if (this.isFirst) {
      Object.assign(this, { generated, doneStates, unclearStates });
      for (const finding of findings) this.findings.note(finding);
    }
    archive.read(orderName, (reader) => this.frontier.load(reader));
    for (const partition3 of this.own) {
      archive.read(nameOf(partition3), (reader) => {
        const [cursor] = reader.read(1);
        this.cursors[partition3] = cursor;
        this.expanded += cursor;
        this.partitions[partition3]?.load(reader);
        this.waiting[partition3]?.load(reader);
        if (this.keeping === "fingerprints") this.pending[partition3]?.load(reader, cursor);
      });
    }
  }
  /** Takes up a new layout, and packs everything anew. */
  change(layout) {
    const { packing, keeping } = this;
    const old2 = packing.layout;
    packing.change(layout);
    this.staging.change(layout.words);
    const unpacked = new Int32Array(this.space.width);
    const pack = (from, at, into, to) => {
      packing.unpack(from, at, unpacked, old2);
      packing.pack(unpacked, into, to);
    };
    for (const partition3 of this.own) {
      if (keeping === "states") this.partitions[partition3].rewrite(layout.words, pack);
      else this.pending[partition3].rewrite(layout.words, pack);
      this.waiting[partition3]?.rewrite(this.staging.entryWords, (from, at, into, to) => {
        for (let word = 0; word < entryHead; word++) into[to + word] = from[at + word];
        pack(from, at + entryHead, into, to + entryHead);
      });
    }
  }
  sizeOf(partition3) {
    return this.partitions[partition3].size;
  }
  /** The number of the state of an entry, which was added before. */
  numberOfEntry(partition3, list, at) {
    const key = this.keeping === "states" ? at + entryHead : at;
    return numberOf(
      partition3,
      this.partitions[partition3].find(list, key, list[at + hashAt])
    );
  }
  /** Takes note that the parent in an entry is the one that a state comes from. */
  comeFrom(number3, list, at) {
    ;
    this.partitions[partitionOf(number3)].setParent(
      rowOf(number3),
      list[at + parentAt]
    );
  }
  /** How many states were found in the partitions of this shard. */
  get distinct() {
    return this.own.reduce((sum, partition3) => sum + this.partitions[partition3].size, 0);
  }
  /** The memory of the visited states, and of everything. */
  get visitedBytes() {
    return this.own.reduce((sum, partition3) => sum + this.partitions[partition3].bytes, 0);
  }
  get bytes() {
    const queues = [...this.pending, ...this.waiting].reduce((sum, { bytes }) => sum + bytes, 0);
    return this.visitedBytes + this.packing.bytes + queues + this.staging.bytes + this.frontier.bytes;
  }
  /** Copies state `number`, of which all is kept, into `into`. */
  read(number3, into) {
    const partition3 = this.partitions[partitionOf(number3)];
    const row = rowOf(number3);
    this.packing.unpack(partition3.page(row), partition3.start(row), into);
  }
  /** What state `number` was first reached from; -1 for an initial state. */
  parentOf(number3) {
    return this.partitions[partitionOf(number3)].parentOf(rowOf(number3));
  }
  /** The fingerprint of state `number`. */
  fingerprintOf(number3) {
    if (this.keeping === "fingerprints") {
      const partition3 = this.partitions[partitionOf(number3)];
      const page = partition3.page(rowOf(number3));
      const start3 = partition3.start(rowOf(number3));
      return [page[start3], page[start3 + 1]];
    }
    this.read(number3, this.state);
    return this.packing.fingerprint(this.state);
  }
  get keyWords() {
    return this.keeping === "states" ? this.packing.layout.words : fingerprintWords;
  }
  hashOfKey() {
    if (this.keeping === "fingerprints") return (page, start3) => page[start3];
    return (page, start3) => this.packing.hashOfPacked(page, start3);
  }
  expand(partition3, row) {
    const { packing, state, base, space, staging } = this;
    this.current = numberOf(partition3, row);
    this.readPacked(partition3, row);
    packing.open(base, state);
    this.base0 = packing.hash0;
    this.base1 = packing.hash1;
    this.expanded++;
    staging.beginState(this.current, this.at);
    const transitions = space.expandMoves === void 0 ? space.expand(state, this) : space.expandMoves(state, this);
    staging.endState();
    this.generated += transitions;
    if (transitions > 0) return;
    if (space.isDone(state)) this.doneStates++;
    else if (this.checksDeadlock) this.noteStuck(space.cutOf?.(state) ?? "not");
  }
  /** The state that is being expanded is not done and has no transitions. */
  noteStuck(cut) {
    if (cut === "partly") this.unclearStates++;
    if (cut === "not")
      this.findings.note({
        property: deadlockFreedom,
        state: this.current,
        inTransition: false,
        depth: this.level,
        round: this.round
      });
  }
  /** Copies a packed state into `base`. */
  readPacked(number3, row) {
    const { base } = this;
    if (this.keeping === "fingerprints") {
      ;
      this.pending[number3].read(row, base);
      return;
    }
    const partition3 = this.partitions[number3];
    const page = partition3.page(row);
    const start3 = partition3.start(row);
    for (let word = 0; word < partition3.keyWords; word++) base[word] = page[start3 + word];
  }
  judgeTransition(label, steps) {
    const failures = this.space.judgeTransition(label);
    if (failures !== 0) this.note(failures, this.current, true, this.level + steps);
  }
  note(failures, state, inTransition, depth) {
    this.space.properties.forEach((property, bit) => {
      if ((failures & 1 << bit) !== 0)
        this.findings.note({ property, state, inTransition, depth, round: this.round });
    });
  }
};

// checker/engine/search.ts
var never3 = () => false;
var statesOfRound = (distinct2) => Math.max(leastStates, Math.min(mostStates, distinct2 >>> 2));
var leastStates = 1 << 8;
var mostStates = 1 << 17;
var areNearest = (findings, level) => findings.every(({ depth }) => depth <= level + 1);
var Search = class {
  shard;
  codes;
  round = 0;
  level = -1;
  isOver = false;
  /** Whether a round has begun and is not done. */
  isInRound = false;
  constructor(space, { checksDeadlock, keeping = "states", pageStore, from }) {
    const codes2 = new OwnCodes(space);
    this.codes = codes2;
    this.shard = new Shard({ space, codes: codes2, keeping, checksDeadlock, index: 0, count: 1, pageStore });
    if (from === void 0) this.begin();
    else this.goOnFrom(from.progress, from.archive);
  }
  /** Of each property, the nearest failure that was found. */
  get findings() {
    return this.shard.findings.all;
  }
  get counts() {
    const { distinct: distinct2, expanded, generated, depth } = this.shard;
    return { distinct: distinct2, generated, depth, frontier: distinct2 - expanded };
  }
  get doneStates() {
    return this.shard.doneStates;
  }
  get unclearStates() {
    return this.shard.unclearStates;
  }
  /** The memory of the visited states. */
  get bytes() {
    return this.shard.visitedBytes;
  }
  /** The memory that the search holds, but for its space's. */
  get heldBytes() {
    return this.shard.bytes;
  }
  /** Makes room in memory, as far as something can be put away. */
  putAway() {
    this.shard.putAway();
  }
  /** True when every state that was found has been expanded. */
  get exhausted() {
    return this.isOver;
  }
  /**
   * Expands up to `count` more states, but none after findings at which `decided` says that it knows enough: so a
   * search ends at the same state, whatever the pieces of work are. Returns false when the search is over.
   */
  advance(count2, decided = never3) {
    let left = count2;
    while (left > 0) {
      if (this.isOver || !this.isInRound && this.isDecided(decided)) return false;
      if (!this.isInRound) this.beginRound();
      const done2 = this.shard.expandSome(left);
      if (done2 === left) return true;
      left -= done2;
      this.endRound();
    }
    return true;
  }
  /** The fingerprints of the states on the way to a finding, from an initial state on. */
  pathTo({ state }) {
    const path = [];
    for (let at = state; at >= 0; at = this.shard.parentOf(at)) path.unshift(this.shard.fingerprintOf(at));
    return path;
  }
  /** Does what is left of the round that is under way. */
  finishRound() {
    while (this.isInRound) {
      this.shard.expandSome(Number.POSITIVE_INFINITY);
      this.endRound();
    }
  }
  /** Writes everything that another run needs to go on from here. No round may be under way. */
  save(archive) {
    const { shard, round, level, findings } = this;
    const { generated, doneStates, unclearStates, depth } = shard;
    const { needs } = shard.packing.layout;
    const files = { ...writeContents(archive, this.codes.all), ...shard.save(archive) };
    const counted2 = { generated, doneStates, unclearStates, depth };
    return { progress: { round, level, needs, ...counted2, findings }, files };
  }
  goOnFrom(progress, archive) {
    this.codes.adopt(readContents(archive));
    this.shard.load(archive, progress);
    this.round = progress.round;
    this.level = progress.level;
  }
  begin() {
    const { shard } = this;
    shard.beginRound(0, 0);
    for (shard.seed(); shard.packing.isOutgrown; shard.seed()) this.startAgain();
    this.takeIn();
  }
  beginRound() {
    this.isInRound = true;
    this.shard.beginRound(++this.round, statesOfRound(this.shard.distinct));
  }
  endRound() {
    if (this.shard.packing.isOutgrown) this.startAgain();
    else {
      this.isInRound = false;
      this.takeIn();
    }
  }
  /** What was met does not fit: the round is done again with more room. */
  startAgain() {
    const { shard } = this;
    shard.startAgain();
    shard.change(new Layout(shard.packing.needs));
  }
  /** Takes in what the round has found, and goes on to the next level that has states if this one has no more. */
  takeIn() {
    const { shard } = this;
    shard.takeIn([shard.found]);
    while (!shard.hasMore) {
      if (shard.isSpent) {
        this.isOver = true;
        return;
      }
      shard.enter(++this.level);
    }
  }
  isDecided(decided) {
    const { findings } = this;
    return findings.length > 0 && areNearest(findings, this.level) && decided(findings);
  }
};

// checker/engine/depth-first.ts
var DepthFirst = class {
  shard;
  mostSteps;
  /** Pairs of a state to expand and its depth. */
  stack = new Integers();
  /** Per state, the least depth at which it was found; kept only if there is a bound. */
  depths = /* @__PURE__ */ new Map();
  /** States that were not expanded because they are too deep. */
  tooDeep = /* @__PURE__ */ new Set();
  expandedOnce = /* @__PURE__ */ new Set();
  /** States more than `mostSteps` steps away are not expanded. */
  constructor(space, checksDeadlock, mostSteps = Number.POSITIVE_INFINITY) {
    const codes2 = new OwnCodes(space);
    const alone = { index: 0, count: 1, keeping: "states" };
    this.shard = new Shard({ space, codes: codes2, checksDeadlock, looksEachUp: true, ...alone });
    this.mostSteps = mostSteps;
    this.take(() => this.shard.seed(), -1);
  }
  get findings() {
    return this.shard.findings.all;
  }
  get counts() {
    const { distinct: distinct2, expanded, generated, depth } = this.shard;
    return { distinct: distinct2, generated, depth, frontier: distinct2 - expanded };
  }
  get doneStates() {
    return this.shard.doneStates;
  }
  get unclearStates() {
    return this.shard.unclearStates;
  }
  get bytes() {
    return this.shard.visitedBytes + this.stack.items.byteLength;
  }
  get heldBytes() {
    return this.shard.bytes + this.stack.items.byteLength;
  }
  /** True when every state that was found has been expanded. */
  get exhausted() {
    return this.stack.size === 0 && this.tooDeep.size === 0;
  }
  /** Expands up to `count` more states. Returns false when the search is over. */
  advance(count2, decided = never3) {
    for (let done2 = 0; done2 < count2; done2++) {
      if (this.stack.size === 0 || this.findings.length > 0 && decided(this.findings)) return false;
      const depth = this.stack.pop();
      this.expand(this.stack.pop(), depth);
    }
    return this.stack.size > 0;
  }
  /** The fingerprints of the states on the way to a finding, from an initial state on. */
  pathTo({ state }) {
    const path = [];
    for (let at = state; at >= 0; at = this.shard.parentOf(at)) path.unshift(this.shard.fingerprintOf(at));
    return path;
  }
  expand(state, depth) {
    const { shard } = this;
    if (depth >= this.mostSteps) {
      this.tooDeep.add(state);
      return;
    }
    const { unclearStates } = shard;
    this.take(() => shard.expandState(state, depth), depth);
    if (this.mostSteps === Number.POSITIVE_INFINITY) return;
    if (this.expandedOnce.has(state)) {
      shard.expanded--;
      shard.unclearStates = unclearStates;
    }
    this.expandedOnce.add(state);
  }
  /** Does what puts states into the shard's buckets, and takes note of what it put there. */
  take(find, depth) {
    const { shard } = this;
    shard.beginRound(0, 0);
    for (find(); shard.packing.isOutgrown; find()) {
      shard.startAgain();
      shard.change(new Layout(shard.packing.needs));
    }
    this.takeIn(shard.staging.next, depth + 1);
    this.takeIn(shard.staging.late, depth + 2);
  }
  takeIn(buckets, depth) {
    for (let partition3 = 0; partition3 < partitionCount; partition3++) {
      const end = buckets.ends[partition3];
      if (end > buckets.begin(partition3)) this.push(buckets, partition3, depth);
    }
    buckets.clear();
  }
  push(buckets, partition3, depth) {
    const { shard, depths, stack } = this;
    const list = buckets.words;
    const end = buckets.ends[partition3];
    const before = shard.sizeOf(partition3);
    for (let at = buckets.begin(partition3); at < end; at += shard.staging.entryWords) {
      const size = shard.sizeOf(partition3);
      shard.add(partition3, list, at, at + shard.staging.entryWords);
      const isNew = shard.sizeOf(partition3) > size;
      if (!isNew && this.mostSteps === Number.POSITIVE_INFINITY) continue;
      const state = isNew ? numberOf(partition3, size) : shard.numberOfEntry(partition3, list, at);
      if (!isNew) {
        if (depths.get(state) <= depth) continue;
        shard.comeFrom(state, list, at);
        this.tooDeep.delete(state);
      }
      if (this.mostSteps < Number.POSITIVE_INFINITY) depths.set(state, depth);
      stack.push(state);
      stack.push(depth);
    }
    shard.judgeFrom(partition3, before, depth);
  }
};

// checker/engine/begin.ts
var beginSearch = (space, { order, mostSteps, ...settings }) => order === "bfs" ? new Search(space, settings) : new DepthFirst(space, settings.checksDeadlock, mostSteps);

// checker/liveness/components.ts
var closed = 2147483647;
var Components = class {
  graph;
  /** Per node: 0 until it is visited; then the smallest order of a node that it is known to reach; then `closed`. */
  rank;
  /** Visited nodes that belong to the component of a node that is still on the path. */
  waiting = new Integers();
  /** The path: per node on it, the node, its order, and where its successors begin and go on. */
  path = new Integers();
  orders = new Integers();
  starts = new Integers();
  nexts = new Integers();
  edges = new Integers();
  order = 1;
  root = 0;
  constructor(graph) {
    this.graph = graph;
    this.rank = new Int32Array(graph.size);
  }
  /** Visits up to `count` more nodes. Returns false when all have been visited. */
  advance(count2) {
    for (let visited = 0; visited < count2; visited++) {
      const node = this.nextNode();
      if (node < 0) return false;
      this.enter(node);
    }
    return true;
  }
  get bytes() {
    const stacks = [this.waiting, this.path, this.orders, this.starts, this.nexts, this.edges];
    return stacks.reduce((sum, { bytes }) => sum + bytes, this.rank.byteLength);
  }
  /** The next node to visit: along the path, or, where that is done, another root; -1 if there is none. */
  nextNode() {
    const { rank: rank3, path, starts, nexts, edges, graph } = this;
    while (path.size > 0) {
      const top = path.size - 1;
      const next2 = nexts.get(top);
      const end = edges.size;
      if (next2 === end) {
        edges.size = starts.get(top);
        this.leave();
        continue;
      }
      nexts.set(top, next2 + 1);
      const node = edges.get(next2);
      if (rank3[node] === 0) return node;
      this.reaches(path.get(top), node);
    }
    while (this.root < graph.size) {
      const node = this.root++;
      if (rank3[node] === 0 && graph.isRoot(node)) return node;
    }
    return -1;
  }
  enter(node) {
    const { path, orders, starts, nexts, edges } = this;
    this.rank[node] = this.order;
    path.push(node);
    orders.push(this.order++);
    starts.push(edges.size);
    nexts.push(edges.size);
    this.graph.successors(node, edges);
  }
  reaches(node, other) {
    const { rank: rank3 } = this;
    if (rank3[other] < rank3[node]) rank3[node] = rank3[other];
  }
  /** All that the last node of the path reaches is known. If that is nothing before it, a component is complete. */
  leave() {
    const { rank: rank3, waiting, path, orders, starts, nexts } = this;
    const node = path.pop();
    const order = orders.pop();
    starts.pop();
    nexts.pop();
    if (rank3[node] === order) this.close(node);
    else waiting.push(node);
    if (path.size > 0) this.reaches(path.get(path.size - 1), node);
  }
  close(node) {
    const { rank: rank3, waiting, graph } = this;
    const order = rank3[node];
    let start3 = waiting.size;
    while (start3 > 0 && rank3[waiting.get(start3 - 1)] >= order) start3--;
    if (start3 < waiting.size) {
      waiting.push(node);
      const members = waiting.from(start3);
      for (const member of members) rank3[member] = closed;
      waiting.size = start3;
      graph.found(members);
    } else rank3[node] = closed;
  }
};

// checker/liveness/fair-component.ts
var FairComponents = class {
  space;
  visited;
  /** Per state, its place in the set that is looked at, plus one; 0 outside of it. */
  places;
  state;
  constructor(space, visited) {
    this.space = space;
    this.visited = visited;
    this.places = new Int32Array(visited.size);
    this.state = new Int32Array(space.width);
  }
  get bytes() {
    return this.places.byteLength;
  }
  /** A fair part of a component all of whose states satisfy `inside`; undefined if there is none. */
  fairPart(component, inside) {
    const sets = [component];
    for (let members = sets.pop(); members !== void 0; members = sets.pop()) {
      const { weak, strong, taken, always } = this.survey(members, inside);
      if ([...always].some((one) => !taken.has(one))) continue;
      const unserved = [...strong].filter((one) => !taken.has(one));
      if (unserved.length === 0) return { members, weak, strong };
      const rest = members.filter((number3) => !this.enables(number3, unserved));
      sets.push(...this.components(rest, inside));
    }
    return void 0;
  }
  /** The components of more than one state of these states. */
  components(members, inside) {
    const found = [];
    this.within(members, () => {
      const places = this.places;
      const components = new Components({
        size: members.length,
        isRoot: () => true,
        successors: (place, into) => {
          this.eachStep(
            members[place],
            (_2, number3) => {
              if (number3 >= 0 && places[number3] > 0) into.push(places[number3] - 1);
            },
            inside
          );
        },
        found: (component) => found.push(component.map((place) => members[place]))
      });
      components.advance(Number.POSITIVE_INFINITY);
    });
    return found;
  }
  /**
   * Visits the steps of a state, but for those that lead back to it: the label, and the number of the state that it leads
   * to, -1 if that is not inside.
   */
  eachStep(from, visit2, inside) {
    const { space, visited, state } = this;
    visited.read(from, state);
    space.expand(state, {
      visit: (label) => {
        const to = inside(space.successor) ? visited.find(space.successor) : -1;
        if (to !== from) visit2(label, to, state);
      }
    });
  }
  /** What the classes are about in these states: enabled somewhere, enabled everywhere, taken from one to another. */
  survey(members, inside) {
    const { fairness } = this.space;
    const taken = /* @__PURE__ */ new Set();
    const weak = /* @__PURE__ */ new Set();
    const strong = /* @__PURE__ */ new Set();
    let always;
    this.within(members, () => {
      for (const number3 of members) {
        const enabled = /* @__PURE__ */ new Set();
        this.eachStep(
          number3,
          (label, to, state) => {
            for (const one of fairness.classesOf(state, label)) {
              enabled.add(one);
              if (to >= 0 && this.places[to] > 0) taken.add(one);
            }
          },
          inside
        );
        for (const one of enabled) (fairness.isStrong(one) ? strong : weak).add(one);
        const before = always ?? enabled;
        always = new Set([...before].filter((one) => enabled.has(one) && !fairness.isStrong(one)));
      }
    });
    return { taken, weak, strong, always: always ?? /* @__PURE__ */ new Set() };
  }
  /** Whether any of these classes is enabled in the state. */
  enables(number3, classes) {
    let found = false;
    this.eachStep(
      number3,
      (label, _2, state) => {
        if (!found) found = this.space.fairness.classesOf(state, label).some((one) => classes.includes(one));
      },
      anywhere
    );
    return found;
  }
  within(members, look) {
    members.forEach((number3, place) => {
      this.places[number3] = place + 1;
    });
    look();
    for (const number3 of members) this.places[number3] = 0;
  }
};
var anywhere = () => true;

// checker/liveness/loop.ts
var fairLoop = (components, { members, weak, strong }, from, inside) => {
  const finder = new Finder(components, members, inside);
  const unserved = /* @__PURE__ */ new Set([...weak, ...strong]);
  const isServed = (one, enabled) => weak.has(one) && !enabled.has(one);
  const rest = (enabled) => {
    for (const one of [...unserved]) if (isServed(one, enabled)) unserved.delete(one);
  };
  let at = from;
  const loop = [];
  rest(finder.enabled(at));
  while (unserved.size > 0) {
    const way = finder.way(
      at,
      (step4, taken) => taken.some((one) => unserved.has(one)) || [...unserved].some((one) => isServed(one, finder.enabled(step4.state)))
    );
    for (const step4 of way) {
      for (const one of finder.taken(at, step4)) unserved.delete(one);
      loop.push(step4);
      at = step4.state;
      rest(finder.enabled(at));
    }
  }
  const isBack = at === from && loop.length > 0;
  return isBack ? loop : [...loop, ...finder.way(at, ({ state }) => state === from)];
};
var Finder = class {
  components;
  members;
  inside;
  enabledIn = /* @__PURE__ */ new Map();
  constructor(components, members, inside) {
    this.components = components;
    this.members = new Set(members);
    this.inside = inside;
  }
  /** The classes that are enabled in a state. */
  enabled(number3) {
    const known2 = this.enabledIn.get(number3);
    if (known2 !== void 0) return known2;
    const enabled = /* @__PURE__ */ new Set();
    this.components.eachStep(
      number3,
      (label, _2, state) => {
        for (const one of this.components.space.fairness.classesOf(state, label)) enabled.add(one);
      },
      this.inside
    );
    this.enabledIn.set(number3, enabled);
    return enabled;
  }
  /** The classes that a step takes. */
  taken(from, { label }) {
    const { space, visited } = this.components;
    const state = new Int32Array(space.width);
    visited.read(from, state);
    return space.fairness.classesOf(state, label);
  }
  /** A shortest way, of at least one step, whose last step is one that `isEnd` says. */
  way(from, isEnd) {
    const cameBy = /* @__PURE__ */ new Map();
    const open = [from];
    for (const number3 of open) {
      let last;
      for (const step4 of this.steps(number3)) {
        if (isEnd(step4, this.taken(number3, step4))) {
          last = step4;
          break;
        }
        if (step4.state === from || cameBy.has(step4.state)) continue;
        cameBy.set(step4.state, { before: number3, step: step4 });
        open.push(step4.state);
      }
      if (last === void 0) continue;
      const way = [last];
      for (let at = number3; at !== from; ) {
        const { before, step: step4 } = cameBy.get(at);
        way.unshift(step4);
        at = before;
      }
      return way;
    }
    throw new Error("a set of states that was taken for a component is none");
  }
  steps(number3) {
    const steps = [];
    this.components.eachStep(
      number3,
      (label, state) => {
        if (state >= 0 && this.members.has(state)) steps.push({ label, state });
      },
      this.inside
    );
    return steps;
  }
};

// checker/liveness/region.ts
var outside = -2;
var start2 = -1;
var Region = class {
  /** Per state: the state from which it was reached, `start` or `outside`. */
  parents;
  space;
  visited;
  demand;
  constructor(space, visited, demand) {
    this.space = space;
    this.visited = visited;
    this.demand = demand;
    this.parents = new Int32Array(visited.size).fill(outside);
    const open = this.starts();
    const state = new Int32Array(space.width);
    for (let next2 = 0; next2 < open.size; next2++) {
      const number3 = open.get(next2);
      visited.read(number3, state);
      space.expand(state, {
        visit: () => {
          if (demand.isOpen(space.successor)) this.add(visited.find(space.successor), number3, open);
        }
      });
    }
  }
  has(number3) {
    return this.parents[number3] !== outside;
  }
  get bytes() {
    return this.parents.byteLength;
  }
  /** The states on the way to this one, itself the last, from where the demand is made. */
  wayTo(number3) {
    const way = [];
    for (let at = number3; at >= 0; at = this.parents[at]) way.unshift(at);
    return way;
  }
  starts() {
    const { space, visited, demand } = this;
    const open = new Integers();
    if (demand.made === "initially") {
      for (const initial13 of space.initial)
        if (demand.isOpen(initial13)) this.add(visited.find(initial13), start2, open);
      return open;
    }
    const state = new Int32Array(space.width);
    for (let number3 = 0; number3 < visited.size; number3++) {
      if (!visited.has(number3)) continue;
      visited.read(number3, state);
      const isMade2 = demand.made === "anywhere" || demand.made(state);
      if (isMade2 && demand.isOpen(state)) this.add(number3, start2, open);
    }
    return open;
  }
  add(number3, parent, open) {
    if (this.parents[number3] !== outside) return;
    this.parents[number3] = parent;
    open.push(number3);
  }
};

// checker/liveness/pass.ts
var most = 31;
var LivenessPass = class {
  /** Per demand, in order: whether any state was open, so that there was something to decide. */
  spoken;
  space;
  visited;
  demands;
  violations;
  regions;
  fairComponents;
  state;
  /** The demands that are being decided begin with this one. */
  first = 0;
  components;
  constructor(space, visited, demands) {
    this.space = space;
    this.visited = visited;
    this.demands = demands;
    this.spoken = demands.map(() => false);
    this.violations = demands.map(() => ({ stutter: void 0, set: void 0 }));
    this.regions = demands.map(
      (demand) => demand.made === "anywhere" ? void 0 : new Region(space, visited, demand)
    );
    this.state = new Int32Array(space.width);
    this.components = this.begin();
  }
  /** Expands up to `count` more states. Returns false when every demand is decided. */
  advance(count2) {
    if (this.first >= this.demands.length) return false;
    if (this.components.advance(count2)) return true;
    this.first += most;
    if (this.first >= this.demands.length) return false;
    this.components = this.begin();
    return true;
  }
  /** Whether the demand with this index is violated. */
  isViolated(demand) {
    const { stutter, set } = this.violations[demand];
    return stutter !== void 0 || set !== void 0;
  }
  /** How the demand with this index is violated, by the shorter of the ways that are known; undefined if it is not. */
  lassoOf(demand) {
    const { stutter, set } = this.violations[demand];
    const { isOpen } = this.demands[demand];
    const stuttering = stutter === void 0 ? void 0 : this.lassoTo(demand, stutter.number, []);
    const staying = set && this.lassoTo(demand, set.first, fairLoop(this.ofFairness(), set.fair, set.first, isOpen));
    if (stuttering === void 0 || staying === void 0) return stuttering ?? staying;
    return lengthOf(stuttering) <= lengthOf(staying) ? stuttering : staying;
  }
  /** The memory that the decision takes, besides the visited states. */
  get bytes() {
    const regions = this.regions.reduce((sum, region) => sum + (region?.bytes ?? 0), 0);
    return this.components.bytes + (this.fairComponents?.bytes ?? 0) + regions;
  }
  begin() {
    return new Components({
      size: this.visited.size,
      isRoot: (number3) => this.visited.has(number3) && this.openAt(number3) !== 0,
      successors: (number3, into) => this.successors(number3, into),
      found: (members) => this.found(members)
    });
  }
  /** The demands that are open in a state, one bit each, whether they have been made or not. */
  open(state) {
    let bits = 0;
    const count2 = Math.min(most, this.demands.length - this.first);
    for (let bit = 0; bit < count2; bit++) {
      if (this.demands[this.first + bit].isOpen(state)) bits |= 1 << bit;
    }
    return bits;
  }
  /** The demands that have been made and are still open in a visited state. Leaves the state in `this.state`. */
  openAt(number3) {
    this.visited.read(number3, this.state);
    let bits = this.open(this.state);
    for (let bit = 0; bits >> bit !== 0; bit++) {
      const region = this.regions[this.first + bit];
      if (region !== void 0 && !region.has(number3)) bits &= ~(1 << bit);
    }
    return bits;
  }
  /** The states in which, after this one, some demand is still open. If no class obliges to leave it, a run may stay. */
  successors(number3, into) {
    const { space, visited, state } = this;
    const bits = this.openAt(number3);
    this.speak(bits);
    let mayStay = true;
    space.expand(state, {
      visit: (label) => {
        const next2 = (this.open(space.successor) & bits) === 0 ? -1 : visited.find(space.successor);
        if (next2 === number3) return;
        if (next2 >= 0) into.push(next2);
        if (mayStay && space.fairness.classesOf(state, label).length > 0) mayStay = false;
      }
    });
    if (mayStay) this.violateHere(number3, bits);
  }
  found(members) {
    const sets = /* @__PURE__ */ new Map();
    for (const number3 of members) {
      const bits = this.openAt(number3);
      for (let bit = 0; bits >> bit !== 0; bit++) {
        if ((bits & 1 << bit) === 0) continue;
        const set = sets.get(bit) ?? new Integers();
        sets.set(bit, set);
        set.push(number3);
      }
    }
    for (const [bit, numbers] of sets) this.decide(bit, members, numbers.from(0));
  }
  /** Looks for a fair run in the states of a component in which this demand is open. */
  decide(bit, component, open) {
    const { isOpen } = this.demands[this.first + bit];
    const fair = this.ofFairness();
    const parts3 = open.length === component.length ? [component] : fair.components(open, isOpen);
    for (const part of parts3) {
      const fairSet = fair.fairPart(part, isOpen);
      if (fairSet === void 0) continue;
      const violation = this.violations[this.first + bit];
      for (const first of fairSet.members) {
        const depth = this.depthOf(first, violation.set?.depth);
        if (depth < (violation.set?.depth ?? Number.POSITIVE_INFINITY))
          violation.set = { first, depth, fair: fairSet };
      }
    }
  }
  lassoTo(demand, first, loop) {
    const made = this.regions[demand]?.wayTo(first) ?? [first];
    const before = this.wayTo(made[0]);
    return { stem: [...before.slice(0, -1), ...made], made: before.length - 1, loop };
  }
  /** A run may stutter in this state, where these demands are open. */
  violateHere(number3, bits) {
    const depth = this.depthOf(number3);
    for (let bit = 0; bits >> bit !== 0; bit++) {
      if ((bits & 1 << bit) === 0) continue;
      const violation = this.violations[this.first + bit];
      const known2 = violation.stutter;
      if (known2 === void 0 || depth < known2.depth || depth === known2.depth && number3 < known2.number)
        violation.stutter = { number: number3, depth };
    }
  }
  /** How many steps lead to a state, by the way on which it was found; or `most`, if it is as many or more. */
  depthOf(number3, most2 = Number.POSITIVE_INFINITY) {
    let depth = -1;
    for (let at = number3; at >= 0 && depth < most2; at = this.visited.parentOf(at)) depth++;
    return depth;
  }
  speak(bits) {
    for (let bit = 0; bits >> bit !== 0; bit++)
      if ((bits & 1 << bit) !== 0) this.spoken[this.first + bit] = true;
  }
  wayTo(number3) {
    const way = [];
    for (let at = number3; at >= 0; at = this.visited.parentOf(at)) way.unshift(at);
    return way;
  }
  ofFairness() {
    this.fairComponents ??= new FairComponents(this.space, this.visited);
    return this.fairComponents;
  }
};
var lengthOf = ({ stem, loop }) => stem.length + loop.length;

// checker/liveness/visited.ts
var visitedOf = (shard) => {
  const { packing, partitions } = shard;
  const key = new Int32Array(packing.layout.words);
  const sizes = Array.from({ length: partitionCount }, (_2, partition3) => shard.sizeOf(partition3));
  return {
    size: Math.max(...sizes) * partitionCount,
    has: (number3) => rowOf(number3) < sizes[partitionOf(number3)],
    read: (number3, into) => shard.read(number3, into),
    // Every state that is asked for was met by the search, and so was every value in it.
    find: (state) => {
      packing.pack(state, key, 0);
      const partition3 = packing.hash(state, 1) & partitionMask;
      const row = partitions[partition3].find(key, 0, packing.hash(state, 0));
      return row < 0 ? -1 : numberOf(partition3, row);
    },
    parentOf: (number3) => shard.parentOf(number3)
  };
};

// checker/engine/interner.ts
var Interner = class {
  numbers = /* @__PURE__ */ new Map();
  values = [];
  /** The number of this value; `key` must be its canonical text. */
  number(value, key = canonical(value)) {
    const known2 = this.numbers.get(key);
    if (known2 !== void 0) return known2;
    const number3 = this.values.length;
    this.numbers.set(key, number3);
    this.values.push(value);
    return number3;
  }
  value(number3) {
    return this.values[number3];
  }
  get size() {
    return this.values.length;
  }
};

// checker/network/bounds.ts
var cutOf = (locals, state) => {
  const isAnyAtBound = state.subarray(0, locals.nodes.length).some((local) => locals.isAtBound(local));
  if (!isAnyAtBound) return "not";
  const isWhole = locals.nodes.every((_2, slot) => {
    const local = state[slot];
    return locals.doneOf[local] === true || standsStill(locals, local);
  });
  return isWhole ? "wholly" : "partly";
};
var standsStill = (locals, local) => {
  const { slot, position } = locals.detail(local);
  const asked2 = locals.nodes[slot]?.script.slice(0, position + 1) ?? [];
  return asked2.every((operation) => isReadyFor(locals, local, operation) || excuses(locals, local, operation));
};
var isReadyFor = (locals, local, operation) => {
  const asked2 = correctAt(locals, local);
  return asked2?.process.ready(locals.model.system.context, asked2.id, asked2.state, operation) === true;
};
var excuses = (locals, local, operation) => {
  const asked2 = correctAt(locals, local);
  return asked2?.process.atBound?.(locals.model.system.context, asked2.state, operation) !== void 0;
};
var correctAt = (locals, local) => {
  const node = locals.nodes[locals.detail(local).slot];
  const content = locals.decode(local);
  if (node === void 0 || content === void 0 || content.mode !== void 0) return void 0;
  return { id: node.id, process: node.process, state: content.state };
};

// checker/network/fairness.ts
var fairSpaceOf = (network) => ({
  width: network.width,
  initial: network.initial,
  successor: network.successor,
  expand: (state, sink) => network.expand(state, sink),
  fairness: new NetworkFairness(network)
});
var none3 = [];
var nobody = -1;
var NetworkFairness = class {
  network;
  classes = new Interner();
  /** Per transition: its class, in a list, and the slot of the node whose message it receives. */
  classOf = [];
  senderOf = [];
  constructor(network) {
    this.network = network;
  }
  classesOf(state, label) {
    const known2 = this.classOf[label] ?? this.learn(label);
    if (known2.length === 0) return none3;
    const { locals } = this.network;
    const sender = this.senderOf[label];
    const slot = locals.transitions.slotOf.items[label];
    const isFaulty = (at) => locals.isFaulty(state[at]);
    return isFaulty(slot) || sender !== nobody && isFaulty(sender) ? none3 : known2;
  }
  isStrong() {
    return false;
  }
  learn(label) {
    const { node, action } = this.network.describe(label)[0];
    this.senderOf[label] = action._tag === "Receive" ? this.network.processes.slotOfNode(action.from) : nobody;
    const isFair = action._tag === "Receive" || action._tag === "Choose";
    const known2 = isFair ? [this.classes.number(canonical([node, action]))] : none3;
    this.classOf[label] = known2;
    return known2;
  }
};
var demandsOf = (network) => {
  const { model } = network;
  const nodes = nodesOf(model);
  const asked2 = nodes.filter(({ script }) => script.length > 0);
  const isBounded = nodes.some(({ process: process2 }) => process2.atBound !== void 0);
  return livePropertiesOf(model).flatMap(
    (property) => asked2.flatMap(({ id }) => {
      const demand = demandFor(network, property, id);
      return isBounded ? [certainly(network, demand), demand] : [{ ...demand, isCertain: true }];
    })
  );
};
var certainly = ({ locals }, demand) => {
  const known2 = [];
  const isAtBound2 = (local) => {
    const stands = known2[local] ?? locals.isAtBound(local);
    known2[local] = stands;
    return stands;
  };
  const isAnyAtBound = (state) => {
    for (let slot = 0; slot < locals.nodes.length; slot++) if (isAtBound2(state[slot])) return true;
    return false;
  };
  return { ...demand, isCertain: true, isOpen: (state) => demand.isOpen(state) && !isAnyAtBound(state) };
};
var demandFor = (network, property, client13) => {
  const { locals, model } = network;
  const slot = network.processes.slotOfNode(client13);
  const observer = network.onlookerAt(property.observer(model.system.context).name);
  const script = locals.nodes[slot]?.script ?? [];
  const pendingIn = [];
  const askObserver = (state) => {
    const seen2 = network.observed(state, observer - locals.nodes.length);
    if (!property.owes(seen2)) return "nothing is owed";
    const pending = property.pending(seen2).filter((one) => one.client === client13);
    return pending.map(({ object: object2 }) => script.find((operation) => operation.object === object2));
  };
  const isWaitingIn = new PairMemo();
  const isWaiting = (local, pending) => {
    const next2 = locals.isFaulty(local) ? void 0 : script[locals.detail(local).position];
    const isKept2 = next2 !== void 0 && !isReadyFor(locals, local, next2);
    return (isKept2 ? [...pending, next2] : pending).some((operation) => !excuses(locals, local, operation));
  };
  return {
    property: property.name,
    client: client13,
    isCertain: false,
    made: "anywhere",
    isOpen: (state) => {
      const [local, number3] = [state[slot], state[observer]];
      const pending = pendingIn[number3] ?? askObserver(state);
      pendingIn[number3] = pending;
      if (pending === "nothing is owed") return false;
      const known2 = isWaitingIn.get(local, number3);
      if (known2 !== missing2) return known2 === 1;
      const waits = isWaiting(local, pending);
      isWaitingIn.set(local, number3, waits ? 1 : 0);
      return waits;
    }
  };
};

// checker/report/for-ever.ts
var excuse = ({ protocol, system }, { initial: initial13, steps }) => {
  const snapshots = [initial13, ...steps.map(({ after: after2 }) => after2)];
  const seenBy = (property) => snapshots.map(({ observers }) => observers[property.observer(system.context).name]);
  const isOwed = (property, state) => state === void 0 || property.owes(state);
  const excusing = protocol.properties.find(
    (property) => property._tag === "Live" && !isOwed(property, seenBy(property).at(-1))
  );
  if (excusing === void 0) return void 0;
  const seen2 = seenBy(excusing);
  const step4 = seen2.findIndex((state) => !isOwed(excusing, state));
  return `excused by ${excusing.name}: from step ${step4} on its premise is broken. ${excusing.excuse?.(seen2[step4]) ?? ""}`;
};
var lostIn = ({ nodes, inFlight }) => inFlight.filter(({ from }) => nodes.some((node) => node.id === from && !isCorrect(node)));
var isCorrect = ({ state, fault }) => state !== void 0 && fault === void 0;

// checker/engine/space.ts
var mostProperties = 30;

// checker/network/ill-formed.ts
var mostFaults = 30;
var ModelIllFormed = class extends TaggedError3()("ModelIllFormed", {
  /** The part of the model: `faults.budgets[0]`. */
  where: String4,
  problem: String4,
  mend: String4
}) {
  get message() {
    return `${this.where}: ${this.problem}; ${this.mend}`;
  }
};
var refuse = (where, problem, mend) => {
  throw new ModelIllFormed({ where, problem, mend });
};
var repeated = (items) => items.find((item, index) => items.indexOf(item) < index);
var refuseIllFormed = (model) => {
  refuseNodes(model);
  refuseFaults(model);
  for (const [index, budget] of model.faults.budgets.entries())
    refuseBudget(model, budget, `faults.budgets[${index}]`);
  refuseBeginning(model);
  refuseProperties(model);
};
var refuseNodes = ({ system, scripts }) => {
  const ids = system.nodes.map(({ id }) => id);
  const twice = repeated(ids);
  if (twice !== void 0) refuse("system.nodes", `two nodes are named "${twice}"`, "rename one of them");
  const stranger = Object.keys(scripts).find((name) => !ids.some((id) => id === name));
  if (stranger !== void 0) refuseStranger(`scripts["${stranger}"]`, stranger, ids);
};
var refuseStranger = (where, stranger, known2) => refuse(where, `there is no node "${stranger}"`, `name some of ${known2.join(", ")}, or add the node`);
var mentions = ({ budgets, atStart = [] }) => [
  ...budgets.map(({ fault }, index) => ({ fault, where: `faults.budgets[${index}]` })),
  ...atStart.map(({ fault }, index) => ({ fault, where: `faults.atStart[${index}]` }))
];
var refuseFaults = (model) => {
  const byName2 = /* @__PURE__ */ new Map();
  for (const { fault, where } of mentions(model.faults)) {
    const known2 = byName2.get(fault.name) ?? fault;
    if (known2 !== fault)
      refuse(
        where,
        `another fault than before is named "${fault.name}"`,
        "name one of them otherwise; if both are meant to be one fault, make it once and use it twice"
      );
    byName2.set(fault.name, fault);
  }
  const { length } = faultsOf(model);
  if (length > mostFaults)
    refuse(
      "faults.budgets",
      `there are ${length} kinds of faults, and one search tells at most ${mostFaults} apart`,
      "join some of them, or check them in two searches"
    );
  if (hasAdversary(model) && model.faults.adversary === void 0)
    refuse(
      "faults.adversary",
      "nodes may be taken over, and nothing is said of who speaks in their name",
      'add it, such as { strength: "arbitrary" }'
    );
};
var refuseBudget = ({ system, faults }, budget, where) => {
  const { fault, nodes, most: most2 } = budget;
  const ids = system.nodes.map(({ id }) => id);
  const stranger = nodes.find((node) => !ids.includes(node));
  if (stranger !== void 0) refuseStranger(`${where}.nodes`, stranger, ids);
  const twice = repeated(nodes);
  if (twice !== void 0) refuse(`${where}.nodes`, `"${twice}" is named twice`, "name it once");
  if (!(Number.isInteger(most2) && most2 >= 0))
    refuse(`${where}.most`, `${most2} is no number of nodes`, "write a whole number from 0 on");
  const begun2 = (faults.atStart ?? []).filter((one) => one.fault === fault && nodes.includes(one.node)).length;
  if (begun2 > most2)
    refuse(
      `${where}.most`,
      `${fault.name} has befallen ${begun2} of these nodes at the beginning, and may befall ${most2}`,
      `write ${begun2} or more`
    );
};
var refuseBeginning = ({ system, faults }) => {
  const { atStart = [], budgets } = faults;
  const ids = system.nodes.map(({ id }) => id);
  atStart.forEach(({ fault, node }, index) => {
    const where = `faults.atStart[${index}]`;
    if (!ids.includes(node)) refuseStranger(where, node, ids);
    if (!budgets.some((budget) => budget.fault === fault && budget.nodes.includes(node)))
      refuse(where, `no budget of ${fault.name} names "${node}"`, "let one name it: faults count in budgets");
  });
  const twice = repeated(atStart.map(({ node }) => node));
  if (twice !== void 0)
    refuse("faults.atStart", `two faults befall "${twice}" at the beginning`, "keep one of them");
};
var refuseProperties = (model) => {
  const names3 = model.properties.map(({ name }) => name);
  const twice = repeated([deadlockFreedom, ...names3]);
  if (twice !== void 0)
    refuse("properties", `two properties are named "${twice}"`, "give one of them another name");
  const { length } = model.properties.filter(canFail);
  if (length > mostProperties)
    refuse(
      "properties",
      `${length} of them can fail in a state or a step, and one search decides at most ${mostProperties}`,
      "join some of them, or check them in two searches"
    );
  const namesake = watchers(model).map((watcher) => watcher.observer(model.system.context).name).find((name) => names3.includes(name));
  if (namesake !== void 0)
    refuse(
      "properties",
      `one is named "${namesake}" like the observer of a property of liveness or of the premise`,
      "give one of them another name: reports show what both have seen, by name"
    );
};

// checker/network/onlookers.ts
var onlookers = (model) => {
  const byName2 = /* @__PURE__ */ new Map();
  for (const watcher of watchers(model)) {
    const made = watcher.observer(model.system.context);
    byName2.set(made.name, [...byName2.get(made.name) ?? [], made]);
  }
  return [...byName2.values()].flatMap(asOne);
};
var asOne = ([first, ...others]) => {
  if (first === void 0) return [];
  if (others.length === 0) return [first];
  const { name, initial: initial13 } = first;
  if (others.some((other) => !equals2(other.initial, initial13))) throw namesakes(name, "at the beginning");
  const observe6 = (state, event) => {
    const after2 = first.observe(state, event);
    if (others.every((other) => equals2(other.observe(state, event), after2))) return after2;
    throw namesakes(name, `of ${canonical(event)}`);
  };
  return [{ ...first, observe: observe6 }];
};
var namesakes = (name, where) => new ModelIllFormed({
  where: "properties",
  problem: `two observers are named "${name}", and they do not see the same ${where}`,
  mend: "give one of them another name"
});

// checker/network/speaking.ts
var nobody2 = -1;
var knownAtStart = (model) => {
  const { system } = model;
  const { learn: learn2 } = derivationOf(model);
  const begun2 = system.nodes.reduce(
    (known2, { id, process: process2 }) => learn2(known2, process2.State, process2.initial(system.context, id)),
    toldToAll(model)
  );
  return begun2.filter(({ at }) => at !== "signing key");
};
var toldToAll = (model) => {
  const { protocol, system } = model;
  return protocol.Parameters === void 0 ? [] : derivationOf(model).learn([], protocol.Parameters, system.parameters);
};
var derivationOf = ({ faults }) => derivation(faults.adversary ?? { strength: "silent" });
var Speaking = class {
  /** The number of what is known before anything has happened. */
  initial;
  model;
  locals;
  processes;
  hooks;
  derives;
  /** The bits of the faults that hand a node over. */
  handsOver;
  /** What all are told at the beginning, in canonical text. */
  told;
  knowledge = new Interner();
  /** Per process and state of knowledge, whether the process's state tells nothing new. */
  open = new PairMemo();
  heard = new PairMemo();
  /** Per state of knowledge, the messages that can be built from it. */
  messages = [];
  /** Who speaks, with what they know, by the number of both; and what nodes in their local states may take from them. */
  speakers = new Interner();
  voices = new PairMemo();
  voiceOf = [];
  receptions = new PairMemo();
  labels = [];
  constructor(model, locals, processes, hooks) {
    this.model = model;
    this.hooks = hooks;
    this.locals = locals;
    this.processes = processes;
    this.derives = derivationOf(model);
    this.handsOver = faultsOf(model).reduce(
      (bits, { isTakenOver }, number3) => isTakenOver === true ? bits | 1 << number3 : bits,
      0
    );
    this.told = new Set(toldToAll(model).map(canonical));
    this.initial = this.number(knownAtStart(model));
    if (hooks.answersTellNothing)
      hooks.effect.push((process2, input, effect) => this.tryAnswer(process2, input, effect));
  }
  /** What is known once this packet was overheard. */
  overhear(knowledge, packet) {
    const known2 = this.heard.get(knowledge, packet);
    if (known2 !== missing2) return known2;
    const { protocol } = this.model;
    const after2 = this.number(
      this.processes.packet(packet).reduce(
        (sum, envelope) => this.derives.learn(sum, protocol.Message, this.processes.envelope(envelope).message),
        this.knowledge.value(knowledge)
      )
    );
    this.heard.set(knowledge, packet, after2);
    return after2;
  }
  /** What is known once a node in this state has been taken over. */
  takeOver(knowledge, process2) {
    const { State } = this.processes.runs(process2);
    return this.number(
      this.derives.learn(this.knowledge.value(knowledge), State, this.processes.stateOf(process2))
    );
  }
  /**
   * What `dead-requests` rests on: a process that may answer a dropped request holds nothing that the adversary does not know,
   * and its answer says nothing but what it holds and was asked (`tryAnswer`).
   */
  tryOpenness(state, knowledge) {
    if (!this.hooks.answersTellNothing) return;
    for (let slot = 0; slot < this.locals.nodes.length; slot++) {
      const process2 = this.locals.processOf(state[slot]);
      if (process2 === gone || this.open.get(process2, knowledge) !== missing2) continue;
      if (this.answersOnly(process2) && this.takeOver(knowledge, process2) !== knowledge)
        this.refuse(process2, "holds what the adversary does not know");
      this.open.set(process2, knowledge, 1);
    }
  }
  /** The number of who speaks for the adversary in this state, with what it knows there; `nobody` if nobody does. */
  voiceIn(state, knowledge) {
    const { locals, handsOver, model } = this;
    const faultsAt = locals.faultsOf.items;
    const ids = [];
    for (let slot = 0; slot < locals.nodes.length; slot++)
      if ((faultsAt[state[slot]] & handsOver) !== 0)
        ids.push(model.system.nodes[slot].id);
    if (ids.length === 0) return nobody2;
    const speakers = this.speakers.number(ids, ids.join(" "));
    const known2 = this.voices.get(speakers, knowledge);
    if (known2 !== missing2) return known2;
    this.voices.set(speakers, knowledge, this.voiceOf.length);
    return this.voiceOf.push({ speakers, knowledge }) - 1;
  }
  /** The transitions in which the node in this local state takes a message from the adversary that has an effect. */
  reception(local, voice) {
    const known2 = this.receptions.get(local, voice);
    if (known2 !== missing2) return this.labels[known2];
    const found = this.receive(local, voice);
    this.receptions.set(local, voice, this.labels.length);
    this.labels.push(found);
    return found;
  }
  /** The canonical text of what is known, and its number. */
  content(knowledge) {
    return canonical(this.knowledge.value(knowledge));
  }
  numberFor(content) {
    return this.number(JSON.parse(content));
  }
  receive(local, voice) {
    const process2 = this.locals.processOf(local);
    if (process2 === gone) return [];
    const { speakers, knowledge } = this.voiceOf[voice];
    const from = this.speakers.value(speakers);
    return this.buildable(knowledge).flatMap(
      (message) => from.flatMap((speaker) => {
        const envelope = this.processes.envelopeNumber(process2, { from: speaker, message });
        const effect = this.processes.receipt(process2, envelope);
        const isSilent = effect.process === process2 && effect.events === nothing;
        if (isSilent && effect.packets.every(({ slot, packet }) => this.isInVain(slot, packet, voice)))
          return [];
        for (const meet of this.hooks.met) meet(process2, this.processes.receiving(envelope), false);
        return [this.locals.takingTransition(local, envelope)];
      })
    );
  }
  /** Whether a packet goes to somebody who speaks for the adversary, and tells it nothing new. */
  isInVain(slot, packet, voice) {
    const { speakers, knowledge } = this.voiceOf[voice];
    const { id } = this.locals.nodes[slot];
    return this.speakers.value(speakers).includes(id) && this.overhear(knowledge, packet) === knowledge;
  }
  answersOnly(process2) {
    return this.processes.runs(process2).promises?.onlyAnswers !== void 0;
  }
  tryAnswer(process2, input, effect) {
    if (input._tag !== "Receive" || effect.process !== process2 || !this.answersOnly(process2)) return;
    const { Message: Message12 } = this.model.protocol;
    const asked2 = this.number(
      this.derives.learn(this.knowledge.value(this.takeOver(this.initial, process2)), Message12, input.message)
    );
    if (effect.packets.some(({ packet }) => this.overhear(asked2, packet) !== asked2))
      this.refuse(process2, `says more than it holds when it receives ${canonical(input.message)}`);
  }
  refuse(process2, problem) {
    const { id } = this.processes.nodeOf(process2);
    const state = canonical(this.processes.stateOf(process2));
    throw new PromiseBroken(["dead-requests"], `${id} ${problem}, in state ${state}`);
  }
  buildable(knowledge) {
    const known2 = this.messages[knowledge];
    if (known2 !== void 0) return known2;
    const built = this.derives.derivable(this.knowledge.value(knowledge), this.model.protocol.Message);
    this.messages[knowledge] = built;
    return built;
  }
  number(knowledge) {
    const before = this.knowledge.size;
    const number3 = this.knowledge.number(setOf(knowledge));
    if (number3 === before) this.tryNames(knowledge);
    return number3;
  }
  /** What `server-symmetry` rests on: a swap of two nodes leaves what is known as it is. */
  tryNames(knowledge) {
    const { unnamed: unnamed2 } = this.hooks;
    if (unnamed2.size === 0) return;
    for (const known2 of knowledge) {
      const text = canonical(known2);
      if (this.told.has(text)) continue;
      for (const node of unnamed2)
        if (text.includes(JSON.stringify(node)))
          throw new PromiseBroken(["server-symmetry"], `what the adversary knows names ${node}: ${text}`);
    }
  }
};

// checker/report/replay.ts
var ReplayDiverged = class extends Error {
  name = "ReplayDiverged";
};
var wayTo = (network, path, finding) => {
  const { events, end } = wayAlong(network, path);
  return finding.inTransition ? { events: [...events, ...network.describe(failingTransition(network, end, finding.property))], end } : { events, end };
};
var wayAlong = (network, path) => {
  const hashes = new Packing(network, new OwnCodes(network));
  let end = network.start;
  const events = [];
  for (const target of path.slice(1)) {
    const step4 = stepTo(network, end, hashes, target);
    events.push(...network.describe(step4.label));
    end = step4.state;
  }
  return { events, end };
};
var stepTo = (network, state, hashes, [wanted0, wanted1]) => {
  let found;
  network.expand(state, {
    visit: (label) => {
      if (found !== void 0) return;
      const [hash0, hash1] = hashes.fingerprint(network.successor);
      if (hash0 !== wanted0 || hash1 !== wanted1) return;
      found = {
        label,
        state: (network.represents ? network.raw : network.successor).slice()
      };
    }
  });
  if (found === void 0) throw new ReplayDiverged("no transition leads to the next state of the way");
  return found;
};
var failingTransition = (network, state, property) => {
  const bit = 1 << network.properties.indexOf(property);
  let found = -1;
  network.expand(state, {
    visit: (label) => {
      if (found < 0 && (network.judgeTransition(label) & bit) !== 0) found = label;
    }
  });
  if (found < 0) throw new ReplayDiverged(`no transition breaks ${property}`);
  return found;
};
var replay = (model, events) => {
  const run2 = new Run(model);
  const initial13 = run2.snapshot();
  return { initial: initial13, steps: events.map((event) => run2.take(event)) };
};
var drained = (model, events) => {
  const run2 = new Run(model);
  for (const event of events) run2.take(event);
  for (let received = 0; received < mostDrained; received++) {
    const next2 = run2.snapshot().inFlight[0];
    if (next2 === void 0) return run2.snapshot();
    run2.take({ node: next2.to, action: { _tag: "Receive", from: next2.from, message: next2.message } });
  }
  throw new ReplayDiverged("messages that are without effect keep coming");
};
var mostDrained = 1e4;
var Run = class {
  model;
  running;
  inFlight = [];
  derives;
  /** What the adversary knows. */
  knowledge;
  observers;
  constructor(model) {
    const { context: context2 } = model.system;
    this.model = model;
    this.running = new Map(
      nodesOf(model).map((node) => {
        const state = node.process.initial(context2, node.id);
        return [node.id, { node, process: node.process, state, fault: void 0, isTakenOver: false }];
      })
    );
    this.observers = new Map([
      ...model.properties.flatMap((property) => {
        if (property._tag !== "Observed") return [];
        const observer = property.observer(context2);
        return [[property.name, { observer, state: observer.initial }]];
      }),
      ...onlookers(model).map((observer) => [observer.name, { observer, state: observer.initial }])
    ]);
    const { adversary, atStart = [] } = model.faults;
    this.derives = adversary && derivation(adversary);
    this.knowledge = knownAtStart(model);
    for (const { fault, node } of atStart) this.strike(this.running.get(node), fault);
  }
  take({ node, action }) {
    const running = this.running.get(node);
    if (running.state === void 0) throw new ReplayDiverged(`${node} acts after it has crashed`);
    if (action._tag === "Fault") return this.fail(running, action.fault);
    if (action._tag === "Receive") this.receive({ from: action.from, to: node, message: action.message });
    const step4 = running.process.step(this.model.system.context, node, running.state, action);
    running.state = step4.state;
    for (const { to, message } of step4.sends) {
      if (this.running.get(to)?.state !== void 0) this.inFlight.push({ from: node, to, message });
      this.learn(this.model.protocol.Message, message);
    }
    const observations = running.fault === void 0 ? step4.observations : [];
    for (const observation of observations) this.feed({ _tag: "Observed", node, observation });
    return this.step(running, action, step4.sends, observations);
  }
  snapshot() {
    return {
      nodes: [...this.running.values()].map(({ node: { id, role, script }, state, fault, isTakenOver }) => ({
        ...{ id, role, state, isAsked: script.length > 0 },
        ...fault === void 0 || state === void 0 && !isTakenOver ? {} : { fault }
      })),
      inFlight: [...this.inFlight],
      observers: Object.fromEntries([...this.observers].map(([name, { state }]) => [name, state]))
    };
  }
  fail(running, name) {
    this.strike(running, faultsOf(this.model).find((fault) => fault.name === name));
    return this.step(running, { _tag: "Fault", fault: name }, [], []);
  }
  strike(running, { name, becomes, isTakenOver }) {
    const { id } = running.node;
    if (isTakenOver === true) this.learn(running.process.State, running.state);
    running.fault = name;
    running.isTakenOver = isTakenOver === true;
    running.state = becomes?.begin(id, running.state);
    if (becomes !== void 0) running.process = becomes.process;
    else {
      const lost = this.inFlight.filter(({ to }) => to === id);
      for (const message of lost) this.inFlight.splice(this.inFlight.indexOf(message), 1);
    }
    this.feed({ _tag: "Fault", node: id, fault: name });
  }
  learn(schema, value) {
    if (this.derives !== void 0) this.knowledge = this.derives.learn(this.knowledge, schema, value);
  }
  /** A message is on its way, or the adversary can build it and speaks for its sender. */
  receive(message) {
    if (this.consume(message)) return;
    const isSaid = this.running.get(message.from)?.isTakenOver === true && this.isDerivable(message.message);
    if (!isSaid)
      throw new ReplayDiverged(`${message.to} receives ${canonical(message)}, which is not on its way`);
  }
  isDerivable(message) {
    const text = canonical(message);
    const { protocol } = this.model;
    return this.derives?.derivable(this.knowledge, protocol.Message).some((one) => canonical(one) === text) ?? false;
  }
  step({ node: { id, role } }, action, sends, observations) {
    return { node: id, role, action, sends, observations, after: this.snapshot() };
  }
  /** Takes a message that is on its way; false if it is not. */
  consume(message) {
    const key = canonical(message);
    const at = this.inFlight.findIndex((other) => canonical(other) === key);
    if (at >= 0) this.inFlight.splice(at, 1);
    return at >= 0;
  }
  feed(event) {
    for (const observed of this.observers.values()) {
      observed.state = observed.observer.observe(observed.state, event);
    }
  }
};
var confirm = (network, finding, end) => {
  if (!finding.inTransition) confirmState(network, end.way.end, end.after);
  const { model } = network;
  const property = model.properties.find(({ name }) => name === finding.property);
  const reason = finding.property === deadlockFreedom ? stuck(end.after, drained(model, end.way.events)) : property && failure(model, property, end);
  if (reason === void 0) throw new ReplayDiverged(`the replayed run does not break ${finding.property}`);
  return reason;
};
var confirmState = (network, state, snapshot2) => {
  snapshot2.nodes.forEach(({ id, state: replayed }, slot) => {
    const engine = network.locals.decode(state[slot]);
    const inFlight = snapshot2.inFlight.filter(({ to }) => to === id).map(({ from, message }) => canonical({ from, message }));
    const same = engine === void 0 ? replayed === void 0 : equals2(engine.state, replayed) && contains(inFlight, engine.inbox.map(canonical));
    if (!same) throw new ReplayDiverged(`${id} is in another state after the replay than in the search`);
  });
};
var contains = (whole, part) => {
  const left = [...whole];
  return part.every((item) => {
    const at = left.indexOf(item);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
};
var correctOf = ({ nodes }, role) => nodes.filter((one) => one.role === role && one.state !== void 0 && one.fault === void 0);
var failure = (model, property, { way, before, after: after2 }) => {
  const { context: context2 } = model.system;
  const node = way.events.at(-1)?.node;
  switch (property._tag) {
    case "Observed":
      return property.observer(context2).violation(after2.observers[property.name]);
    case "Process": {
      const culprit = correctOf(after2, property.role).find(
        ({ id, state }) => !property.holds(context2, id, state)
      );
      return culprit && `it does not hold of ${culprit.id}`;
    }
    case "Step": {
      const states = [before, after2].map(({ nodes }) => nodes.find(({ id }) => id === node)?.state);
      const holds = property.holds(context2, node, states[0], states[1]);
      return holds ? void 0 : `the last step of ${node} breaks it`;
    }
    case "Pair": {
      const nodes = correctOf(after2, property.role);
      const pairs = nodes.flatMap(
        (left, index) => nodes.slice(index + 1).map((right) => [left, right])
      );
      const culprits = pairs.find(([left, right]) => !property.holds(context2, left.state, right.state));
      return culprits && `it does not hold between ${culprits[0].id} and ${culprits[1].id}`;
    }
    case "Whole":
      return property.holds(context2, wholeOf(after2)) ? void 0 : "it does not hold of the last state";
    case "Refines": {
      const [was, is3] = [before, after2].map((state) => property.mapping(context2, wholeOf(state)));
      if (way.events.length === 0)
        return property.begins(context2, is3) ? void 0 : "the abstract system does not begin like this";
      return equals2(was, is3) || property.allows(context2, was, is3) ? void 0 : `the last step of ${node} is no step from ${canonical(was)} to ${canonical(is3)}`;
    }
    case "Sometimes":
    case "Live":
      return void 0;
  }
};
var wholeOf = (snapshot2) => {
  const { nodes, inFlight } = snapshot2;
  const roles = [...new Set(nodes.map(({ role }) => role))];
  const statesOf2 = (role) => Object.fromEntries(correctOf(snapshot2, role).map(({ id, state }) => [id, state]));
  return {
    nodes: Object.fromEntries(roles.map((role) => [role, statesOf2(role)])),
    inFlight: Object.fromEntries(
      nodes.filter(({ state }) => state !== void 0).map(({ id }) => [
        id,
        inFlight.filter(({ to }) => to === id).map(({ from, message }) => ({ from, message }))
      ])
    )
  };
};
var stuck = (end, rest) => {
  const clients2 = ({ nodes }) => nodes.filter(({ isAsked, state }) => isAsked && state !== void 0);
  if (!equals2(clients2(end), clients2(rest))) return void 0;
  const what2 = end.inFlight.length === 0 ? "no message is on its way" : "no message on its way has an effect any more";
  return `${what2} and no node can take a step, but not every client is done`;
};

// checker/report/lasso.ts
var lassoRun = (network, shard, lasso, waiting) => {
  const { model } = network;
  const { events, end } = wayAlong(
    network,
    lasso.stem.map((number3) => shard.fingerprintOf(number3))
  );
  const loop = events.length;
  const round = lasso.loop.flatMap(({ label }) => network.describe(label));
  const { initial: initial13, steps } = replay(model, [...events, ...round]);
  const run2 = { initial: initial13, steps, loop };
  confirmLasso(network, end, run2, waiting);
  const excused = excuse(model, run2);
  return {
    ...run2,
    waiting: waiting.client,
    reason: reasonOf2(model, run2, waiting),
    ...excused === void 0 ? {} : { excuse: excused }
  };
};
var statesOf = ({ initial: initial13, steps, loop }) => {
  const [first = initial13, ...rest] = [initial13, ...steps.map(({ after: after2 }) => after2)].slice(loop);
  return [first, ...rest];
};
var confirmLasso = (network, end, run2, waiting) => {
  const states = statesOf(run2);
  for (const state of [states[0], states.at(-1)]) confirmState(network, end, state);
  const { model } = network;
  if (!states.every((state) => isKept(model, state, waiting)))
    throw new ReplayDiverged(`${waiting.client} does not wait for ever in the replayed run`);
  const undone = firstUndone(network, end, run2);
  if (undone !== void 0) throw new ReplayDiverged(`the replayed run is not fair: ${undone}`);
};
var isKept = (model, { nodes, observers }, { property, client: client13 }) => {
  const live = livePropertiesOf(model).find(({ name }) => name === property);
  if (live === void 0) return false;
  const { context: context2, nodes: all2 } = model.system;
  const seen2 = observers[live.observer(context2).name];
  const state = nodes.find(({ id }) => id === client13)?.state;
  if (state === void 0 || !live.owes(seen2)) return false;
  const process2 = all2.find(({ id }) => id === client13)?.process;
  const isPending = live.pending(seen2).some((operation) => operation.client === client13);
  return isPending || process2?.ready(context2, client13, state) === false;
};
var firstUndone = ({ model, locals }, end, run2) => {
  const states = statesOf(run2);
  const steps = run2.steps.slice(run2.loop);
  for (const [slot, node] of nodesOf(model).entries()) {
    const content = locals.decode(end[slot]);
    if (content === void 0 || content.mode !== void 0) continue;
    const within5 = states.map(({ nodes }) => nodes.find(({ id }) => id === node.id)?.state);
    const isOwed = (input) => within5.every((state) => changes(model, node, state, input)) && !steps.some((step4) => step4.node === node.id && equals2(step4.action, input));
    const messages = content.inbox.filter(({ from }) => states[0].nodes.some((sender) => sender.id === from && isCorrect(sender))).map(({ from, message }) => ({ _tag: "Receive", from, message }));
    const choicesIn = (state) => node.process.choices(model.system.context, node.id, state);
    const choices2 = choicesIn(content.state).filter((choice) => within5.every((state) => choicesIn(state).some((other) => equals2(other, choice)))).map((choice) => ({ _tag: "Choose", choice }));
    const undone = [...messages, ...choices2].find(isOwed);
    if (undone !== void 0) return `${node.id} never takes ${canonical(undone)}`;
  }
  return void 0;
};
var changes = (model, { id, process: process2 }, state, input) => {
  const step4 = process2.step(model.system.context, id, state, input);
  const isSentAgain = ({ to, message }) => input._tag === "Receive" && to === id && input.from === id && equals2(message, input.message);
  const isBack = input._tag === "Receive" ? step4.sends.length === 1 && step4.sends.every(isSentAgain) : step4.sends.length === 0;
  return !isBack || step4.observations.length > 0 || !equals2(step4.state, state);
};
var reasonOf2 = (model, { initial: initial13, steps, loop }, { client: client13 }) => {
  const trace = steps.filter(({ node }) => node === client13);
  const begun2 = trace.flatMap(({ observations }) => observations.filter(({ _tag }) => _tag === "Invocation"));
  const ended = trace.flatMap(({ observations }) => observations.filter(({ _tag }) => _tag === "Response"));
  const script = nodesOf(model).find(({ id }) => id === client13)?.script ?? [];
  const next2 = script[ended.length];
  const what2 = next2 === void 0 ? "operation" : describeOperation(model.protocol.objects, next2);
  const never4 = begun2.length > ended.length ? "never completes" : "can never begin";
  const last = steps.length;
  if (loop < last) {
    const range = last === loop + 1 ? `step ${last} is` : `steps ${loop + 1} to ${last} are`;
    return `${client13}'s ${what2} ${never4}, though ${range} repeated for ever and nothing is put off for ever`;
  }
  const left = lostIn(steps.at(-1)?.after ?? initial13);
  const but = left.length === 0 ? "" : ", but what crashed nodes sent, which may be lost";
  return `${client13}'s ${what2} ${never4}: nothing that must happen is left to happen${but}`;
};

// checker/liveness-check.ts
var LivenessCheck = class {
  /** Whether everything is decided. */
  isOver = false;
  network;
  shard;
  demands;
  pass;
  constructor(network, shard) {
    this.network = network;
    this.shard = shard;
    this.demands = demandsOf(network);
    this.pass = new LivenessPass(fairSpaceOf(network), visitedOf(shard), this.demands);
  }
  /** Expands up to `states` more states. Returns false when everything is decided. */
  advance(states) {
    this.isOver = !this.pass.advance(states);
    return !this.isOver;
  }
  /** The properties that demanded something in some state. */
  get spoken() {
    return new Set(this.demands.flatMap(({ property }, index) => this.pass.spoken[index] ? [property] : []));
  }
  /** The memory that the decision takes besides the visited states. */
  get bytes() {
    return this.pass.bytes;
  }
  /** The clients that, as far as this property goes, may wait for ever for a node that stands at a bound. */
  unclear(property) {
    return this.demands.filter((demand, index) => demand.property === property && this.pass.isViolated(index)).map(({ client: client13 }) => client13);
  }
  /** A run that breaks a property, of the shortest that were found for each client; undefined if there is none. */
  runOf(property) {
    const found = this.demands.flatMap((demand, index) => {
      const isOne = demand.property === property && demand.isCertain;
      const lasso = isOne ? this.pass.lassoOf(index) : void 0;
      return lasso === void 0 ? [] : [{ demand, lasso }];
    });
    const [first] = found.sort((left, right) => lengthOf2(left.lasso) - lengthOf2(right.lasso));
    return first && lassoRun(this.network, this.shard, first.lasso, first.demand);
  }
};
var lengthOf2 = ({ stem, loop }) => stem.length + loop.length;

// checker/network/fault-bounds.ts
var FaultBounds = class {
  /** Whether any fault may ever happen. */
  exist;
  locals;
  processes;
  budgets;
  premise;
  keeps;
  /** Per fault and slot, the number of the event that it befalls the node. */
  events;
  /** Per state of the premise's observer, whether the premise holds. */
  holds = [];
  constructor(model, locals, processes, onlooker) {
    const { premise: premise2 } = model.faults;
    const faults = faultsOf(model);
    this.locals = locals;
    this.processes = processes;
    this.budgets = model.faults.budgets.map(({ fault, nodes, most: most2 }) => ({
      fault: faults.indexOf(fault),
      slots: nodes.map((node) => processes.slotOfNode(node)),
      most: most2
    }));
    this.exist = this.budgets.some(({ slots, most: most2 }) => slots.length > 0 && most2 > 0);
    this.premise = premise2 && onlooker(premise2.observer(model.system.context).name);
    this.keeps = (state) => premise2?.holds(state) ?? true;
    this.events = faults.map(
      ({ name }) => processes.nodes.map(({ id }) => processes.events.number([{ _tag: "Fault", node: id, fault: name }]))
    );
  }
  /** Whether this fault may befall the node at this slot now. */
  allow(state, slot, fault) {
    return this.isInBudget(state, slot, fault) && this.keepsPremise(state, slot, fault);
  }
  isInBudget(state, slot, fault) {
    const faultsOf2 = this.locals.faultsOf.items;
    for (const budget of this.budgets) {
      if (budget.fault !== fault || !budget.slots.includes(slot)) continue;
      let spent = 0;
      for (const other of budget.slots)
        if ((faultsOf2[state[other]] & 1 << fault) !== 0) spent++;
      if (spent >= budget.most) return false;
    }
    return true;
  }
  keepsPremise(state, slot, fault) {
    const { premise: premise2, holds } = this;
    if (premise2 === void 0) return true;
    const event = this.events[fault]?.[slot];
    const after2 = premise2.run.feed(state[premise2.at], event, this.processes.events);
    const known2 = holds[after2] ?? this.keeps(premise2.run.state(after2));
    holds[after2] = known2;
    return known2;
  }
};

// checker/network/hooks.ts
var Hooks = class {
  /** A step was computed for the first time. */
  effect = [];
  /** A process may take this in this state, possibly as an answer that could have been taken at once. */
  met = [];
  /** What a process offers to do by itself in this state is about to be listed. */
  offers = [];
  /** The messages on their way to a process in this state: what is left out will never be received. */
  inbox = [];
  /** A step has changed the process at `slot`: other nodes' local states in `successor` may be replaced. */
  changed = [];
  /** Nodes that the adversary's knowledge must not name, but as everybody does at the beginning. */
  unnamed = /* @__PURE__ */ new Set();
  /** Whether answers to requests that change nothing must tell the adversary nothing. */
  answersTellNothing = false;
  /** Another worker has met, or relied on, something. */
  heard = [];
  /**
   * The transition in which the node in this local state takes a packet at once, without its ever being on its way;
   * `notAtOnce` if it is none that is taken at once.
   */
  takeAtOnce;
  /** What else is known with a process state and an input: the same with interchangeable nodes swapped. */
  images;
  /** Replaces the nodes' part of a state by that of the one that stands for it. */
  represent;
};

// checker/engine/dependency-memo.ts
var DependencyMemo = class {
  /** How often the function was really called. */
  calls = 0;
  root;
  compute;
  constructor(compute) {
    this.compute = compute;
  }
  get(state) {
    let tree = this.root;
    while (tree !== void 0) {
      if ("result" in tree) return tree.result;
      tree = tree.branches.get(state[tree.component]);
    }
    return this.learn(state);
  }
  learn(state) {
    const order = [];
    const result2 = this.compute((component) => {
      if (!order.includes(component)) order.push(component);
      return state[component];
    });
    this.calls++;
    this.root = graft(this.root, state, order, 0, { result: result2 });
    return result2;
  }
};
var graft = (tree, state, order, at, leaf) => {
  const component = order[at];
  if (component === void 0) return leaf;
  const node = tree !== void 0 && "branches" in tree ? tree : { component, branches: /* @__PURE__ */ new Map() };
  if (node.component !== component)
    throw new Error("a memoised function read its state in two different orders");
  const value = state[component];
  node.branches.set(value, graft(node.branches.get(value), state, order, at + 1, leaf));
  return node;
};

// checker/network/judgement.ts
var noBit = -1;
var isOnlooker = (bit) => bit === noBit;
var dropping = ["obsolete-messages", "dead-requests"];
var failing = ({ properties }) => properties.filter(canFail).map((property, bit) => ({ property, bit }));
var ofKind = (model, tag2) => failing(model).flatMap(
  ({ property, bit }) => property._tag === tag2 ? [{ property, bit }] : []
);
var stepJudge = (model) => {
  const steps = ofKind(model, "Step");
  const { context: context2, nodes } = model.system;
  return (slot, before, after2) => {
    const { id, role } = nodes[slot];
    return steps.reduce(
      (failures, { property, bit }) => property.role !== role || property.holds(context2, id, before, after2) ? failures : failures | 1 << bit,
      0
    );
  };
};
var Judgement = class {
  /** The names of the properties that can fail; `Failures` has a bit for each. */
  names;
  /** The observers that a state has a component for; one that only looks on has no bit. */
  observers;
  /** Whether steps of single processes are judged. */
  judgesSteps;
  /** Whether each step is held against another system. */
  judgesRefinement;
  /** The `Sometimes` properties that have been reached. */
  reached = /* @__PURE__ */ new Set();
  /** The state in which everything begins, once it is known. */
  initial;
  model;
  hooks;
  locals;
  processes;
  roles;
  ids;
  singles;
  pairs;
  wholes;
  refinements;
  goals;
  /** Per state of a process, the failures of the invariants over it alone; undefined if not evaluated yet. */
  singleFailures = [];
  pairFailures = new PairMemo();
  constructor(model, locals, processes, hooks) {
    this.model = model;
    this.hooks = hooks;
    this.locals = locals;
    this.processes = processes;
    const { nodes, context: context2 } = model.system;
    this.roles = nodes.map(({ role }) => role);
    this.ids = nodes.map(({ id }) => id);
    this.names = failing(model).map(({ property }) => property.name);
    this.observers = [
      ...ofKind(model, "Observed").map(({ property, bit }) => ({
        observer: property.observer(context2),
        bit
      })),
      ...onlookers(model).map((observer) => ({ observer, bit: noBit }))
    ];
    this.singles = ofKind(model, "Process");
    this.pairs = ofKind(model, "Pair");
    this.wholes = ofKind(model, "Whole").map(({ property, bit }) => ({
      bit,
      memo: this.remembered(property)
    }));
    this.refinements = ofKind(model, "Refines").map(
      ({ property, bit }) => new Refinement(model, property, bit, (read) => this.view(read))
    );
    this.judgesSteps = ofKind(model, "Step").length > 0;
    this.judgesRefinement = this.refinements.length > 0;
    this.goals = model.properties.flatMap(
      (property) => property._tag === "Sometimes" ? [{ name: property.name, memo: this.remembered(property) }] : []
    );
  }
  /** The refinements that this step does not keep. */
  judgeStepBetween(before, after2) {
    return this.refinements.reduce((failures, one) => failures | one.judge(before, after2), 0);
  }
  /** Whether there is anything to judge in states, observers aside. */
  get judgesStates() {
    const { singles, pairs, wholes, refinements, goals } = this;
    return singles.length + pairs.length + wholes.length + refinements.length + goals.length > 0;
  }
  /** The failures in a state, observers aside. */
  judge(state) {
    let failures = 0;
    for (let slot = 0; slot < this.roles.length; slot++) failures |= this.judgeNode(state, slot);
    for (const { bit, memo } of this.wholes) if (!memo.get(state)) failures |= 1 << bit;
    if (this.refinements.length > 0 && this.initial?.every((value, at) => value === state[at]))
      for (const one of this.refinements) failures |= one.judgeBeginning(state);
    for (const { name, memo } of this.goals) if (memo.get(state)) this.reach(name);
    return failures;
  }
  /** Only the node that took the step has a new process state: what speaks of others alone was judged before. */
  judgeNode(state, slot) {
    const processOf = this.locals.processes.items;
    const process2 = processOf[state[slot]];
    if (process2 === gone) return 0;
    let failures = this.singleFailures[process2] ?? this.judgeSingle(slot, process2);
    if (this.pairs.length === 0) return failures;
    const role = this.roles[slot];
    for (let other = 0; other < this.roles.length; other++) {
      if (other === slot || this.roles[other] !== role) continue;
      const otherProcess = processOf[state[other]];
      if (otherProcess === gone) continue;
      failures |= slot < other ? this.judgePair(role, process2, otherProcess) : this.judgePair(role, otherProcess, process2);
    }
    return failures;
  }
  judgeSingle(slot, process2) {
    const failures = this.isCorrect(process2) ? this.singles.reduce(
      (sum, { property, bit }) => property.role !== this.roles[slot] || property.holds(
        this.model.system.context,
        this.ids[slot],
        this.processes.stateOf(process2)
      ) ? sum : sum | 1 << bit,
      0
    ) : 0;
    this.singleFailures[process2] = failures;
    return failures;
  }
  judgePair(role, left, right) {
    const known2 = this.pairFailures.get(left, right);
    if (known2 !== missing2) return known2;
    const states = [this.processes.stateOf(left), this.processes.stateOf(right)];
    const failures = this.isCorrect(left) && this.isCorrect(right) ? this.pairs.reduce(
      (sum, { property, bit }) => property.role !== role || property.holds(this.model.system.context, ...states) ? sum : sum | 1 << bit,
      0
    ) : 0;
    this.pairFailures.set(left, right, failures);
    return failures;
  }
  reach(name) {
    this.reached.add(name);
    this.goals = this.goals.filter((goal) => goal.name !== name);
  }
  isCorrect(process2) {
    return this.processes.modeOf(process2) === correctly;
  }
  remembered({ holds }) {
    return new DependencyMemo((read) => holds(this.model.system.context, this.view(read)));
  }
  /** The whole state, read as it is looked at. */
  view(read) {
    const contentAt = (slot) => {
      const content = this.locals.decode(read(slot));
      return content?.mode === void 0 ? content : void 0;
    };
    const ofRole = (role) => lazyRecord(this.slotsOf(role), (slot) => contentAt(slot)?.state);
    const inFlight = lazyRecord(
      this.ids.map((id, slot) => [id, slot]),
      (slot) => this.locals.decode(read(slot))?.inbox
    );
    const showMessages = () => this.showMessages(inFlight);
    return {
      nodes: Object.fromEntries([...new Set(this.roles)].map((role) => [role, ofRole(role)])),
      get inFlight() {
        return showMessages();
      }
    };
  }
  /** Who asks for the messages on their way must see them all: not with reductions on that drop some. */
  showMessages(inFlight) {
    if (this.hooks.inbox.length + this.hooks.changed.length > 0)
      throw new PromiseBroken(
        dropping,
        "a property looks at the messages on their way, of which some are dropped"
      );
    return inFlight;
  }
  slotsOf(role) {
    return this.ids.flatMap((id, slot) => this.roles[slot] === role ? [[id, slot]] : []);
  }
};
var Refinement = class {
  context;
  property;
  failure;
  abstracts = [];
  numbers = /* @__PURE__ */ new Map();
  memo;
  steps = new PairMemo();
  constructor({ system }, property, bit, view) {
    this.context = system.context;
    this.property = property;
    this.failure = 1 << bit;
    this.memo = new DependencyMemo((read) => this.number(property.mapping(this.context, view(read))));
  }
  judgeBeginning(state) {
    return this.property.begins(this.context, this.abstracts[this.memo.get(state)]) ? 0 : this.failure;
  }
  judge(before, after2) {
    const [from, to] = [this.memo.get(before), this.memo.get(after2)];
    if (from === to) return 0;
    const known2 = this.steps.get(from, to);
    if (known2 !== missing2) return known2;
    const isStep = this.property.allows(this.context, this.abstracts[from], this.abstracts[to]);
    const failures = isStep ? 0 : this.failure;
    this.steps.set(from, to, failures);
    return failures;
  }
  number(abstract) {
    const text = canonical(abstract);
    const known2 = this.numbers.get(text);
    if (known2 !== void 0) return known2;
    this.numbers.set(text, this.abstracts.length);
    this.abstracts.push(abstract);
    return this.abstracts.length - 1;
  }
};
var lazyRecord = (slots, fieldAt) => {
  const slotOf = new Map(slots);
  const get2 = (key) => {
    const slot = typeof key === "string" ? slotOf.get(key) : void 0;
    return slot === void 0 ? void 0 : fieldAt(slot);
  };
  return new Proxy(
    {},
    {
      get: (_2, key) => get2(key),
      has: (_2, key) => get2(key) !== void 0,
      ownKeys: () => slots.filter(([, slot]) => fieldAt(slot) !== void 0).map(([id]) => id),
      getOwnPropertyDescriptor: (_2, key) => {
        const value = get2(key);
        return value === void 0 ? void 0 : { value, enumerable: true, configurable: true };
      }
    }
  );
};

// checker/engine/dense-memo.ts
var DenseMemo = class {
  /** Per row, where its cells begin; rows without cells of their own share the first block, which stays empty. */
  startOf = new Int32Array(1 << 10);
  cells = new Int32Array(1 << 10).fill(missing2);
  columns = 1;
  blocks = 1;
  get(row, column) {
    if (column >= this.columns || row >= this.startOf.length) return missing2;
    return this.cells[this.startOf[row] + column];
  }
  set(row, column, value) {
    if (column >= this.columns) this.widen(column);
    if (row >= this.startOf.length) this.startOf = withRoom(this.startOf, row, 0);
    if (this.startOf[row] === 0) this.startOf[row] = this.blocks++ * this.columns;
    const at = this.startOf[row] + column;
    if (at + this.columns >= this.cells.length) this.cells = withRoom(this.cells, at + this.columns, missing2);
    this.cells[at] = value;
  }
  widen(column) {
    const { columns, cells, startOf } = this;
    while (this.columns <= column) this.columns *= 2;
    this.cells = new Int32Array((this.blocks + 1) * this.columns * 2).fill(missing2);
    for (let row = 0; row < startOf.length; row++) {
      const from = startOf[row];
      if (from === 0) continue;
      const to = from / columns * this.columns;
      this.cells.set(cells.subarray(from, from + columns), to);
      startOf[row] = to;
    }
  }
};
var withRoom = (array2, index, empty3) => {
  const larger2 = new Int32Array(Math.max(array2.length * 2, index + 1)).fill(empty3);
  larger2.set(array2);
  return larger2;
};

// checker/network/transitions.ts
var noFault = -1;
var Transitions = class {
  /** Per transition, in parallel: the node, the local state that it comes to, what is observed, and what that breaks. */
  slotOf = new Integers();
  targetOf = new Integers();
  eventsOf = new Integers();
  failuresOf = new Integers();
  kindOf = new Integers();
  /** The number of the fault that it is, or `noFault`. */
  faultOf = new Integers();
  /** Where its packets begin and end among those that transitions send. */
  firstSend = new Integers();
  lastSend = new Integers();
  sendSlot = new Integers();
  sendPacket = new Integers();
  /** The kinds of actions, and how many transitions were taken of each. */
  kinds = new Interner();
  kindCounts = [];
  nodes;
  faults;
  actionOf = [];
  /** For a transition that is two in one, the second. */
  secondOf = [];
  pairs = new PairMemo();
  constructor(model, nodes) {
    this.nodes = nodes;
    this.faults = faultsOf(model);
  }
  get size() {
    return this.slotOf.size;
  }
  /** Adds a transition of the node at `slot`, and returns its label. */
  add(slot, target, effect, action) {
    const label = this.size;
    this.slotOf.push(slot);
    this.targetOf.push(target);
    this.eventsOf.push(effect.events);
    this.failuresOf.push(effect.failures);
    this.kindOf.push(this.kindNumber(slot, action));
    this.faultOf.push(
      action._tag === "Fault" ? this.faults.findIndex(({ name }) => name === action.fault) : noFault
    );
    this.actionOf.push(action);
    this.firstSend.push(this.sendSlot.size);
    for (const { slot: to, packet } of effect.packets) {
      this.sendSlot.push(to);
      this.sendPacket.push(packet);
    }
    this.lastSend.push(this.sendSlot.size);
    return label;
  }
  /** The transition that is `first` and, in the same step, `second`: only its label and its failures are looked at. */
  together(first, second) {
    const known2 = this.pairs.get(first, second);
    if (known2 !== missing2) return known2;
    const label = this.size;
    this.slotOf.push(this.slotOf.items[first]);
    this.failuresOf.push(this.failuresOf.items[first] | this.failuresOf.items[second]);
    this.actionOf.push(this.actionOf[first]);
    this.secondOf[label] = second;
    for (const parallel of [this.targetOf, this.eventsOf, this.kindOf, this.firstSend, this.lastSend])
      parallel.push(0);
    this.faultOf.push(noFault);
    this.pairs.set(first, second, label);
    return label;
  }
  /** What happens in transition `label`: one event, or two if an answer is taken at once. */
  describe(label) {
    const { id } = this.nodes[this.slotOf.items[label]];
    const second = this.secondOf[label];
    return [
      { node: id, action: this.actionOf[label] },
      ...second === void 0 ? [] : this.describe(second)
    ];
  }
  kindNumber(slot, action) {
    const { role } = this.nodes[slot];
    const kind = this.kinds.number(actionKind(this.faults, role, action));
    if (kind === this.kindCounts.length) this.kindCounts.push(0);
    return kind;
  }
};

// checker/network/locals.ts
var Locals = class {
  model;
  nodes;
  transitions;
  /** Per local state, in parallel: its process, the node's faults, whether the node is done, where its transitions are. */
  processes = new Integers();
  faultsOf = new Integers();
  doneOf = [];
  /** Per local state, the bits of the nodes that have sent some of the messages on their way to it (`senderBit`). */
  senders = new Integers();
  firstTransition = new Integers();
  lastTransition = new Integers();
  /** The bounds that some node has come to. */
  boundsReached = /* @__PURE__ */ new Set();
  table;
  hooks;
  faults;
  locals = new Interner();
  takings = new PairMemo();
  deliveries = new DenseMemo();
  constructor(model, table, hooks) {
    this.model = model;
    this.table = table;
    this.hooks = hooks;
    this.nodes = table.nodes;
    this.faults = faultsOf(model);
    this.transitions = new Transitions(model, table.nodes);
  }
  get size() {
    return this.locals.size;
  }
  /** The local state of each node at the beginning, after what has befallen it by then. */
  initial() {
    const { atStart = [] } = this.model.faults;
    return this.nodes.map(({ id }, slot) => {
      const first = {
        ...{ slot, process: this.table.initialAt(slot), position: 0, faults: 0 },
        inbox: []
      };
      const number3 = this.faults.findIndex(
        ({ name }) => atStart.some(({ fault, node }) => node === id && fault.name === name)
      );
      return this.local(number3 < 0 ? first : this.struck(first, number3));
    });
  }
  /** The local state after a packet was put on its way to the node. */
  deliver(local, packet) {
    const known2 = this.deliveries.get(local, this.table.columnOf[packet]);
    return known2 === missing2 ? this.firstDelivery(local, packet) : known2;
  }
  firstDelivery(local, packet) {
    const before = this.locals.value(local);
    const after2 = before.process === gone ? local : this.local({
      ...before,
      inbox: this.table.inOrder([...before.inbox, ...this.table.packet(packet)])
    });
    this.deliveries.set(local, this.table.columnOf[packet], after2);
    return after2;
  }
  takingTransition(local, envelope) {
    const known2 = this.takings.get(local, envelope);
    if (known2 !== missing2) return known2;
    const { slot, process: process2, ...rest } = this.locals.value(local);
    const effect = this.table.receipt(process2, envelope);
    const target = this.local({ ...rest, slot, process: effect.process });
    const label = this.transitions.add(slot, target, effect, this.table.receiving(envelope));
    this.takings.set(local, envelope, label);
    return label;
  }
  processOf(local) {
    return this.processes.items[local];
  }
  inboxOf(local) {
    return this.locals.value(local).inbox;
  }
  sendersOf(local) {
    return this.senders.items[local];
  }
  withInbox(local, inbox) {
    return this.local({ ...this.locals.value(local), inbox });
  }
  /** Finds the transitions of a local state, if that has not been done. */
  prepare(local) {
    if (this.firstTransition.items[local] >= 0) return;
    const first = this.transitions.size;
    const state = this.locals.value(local);
    if (state.process !== gone) {
      for (const verify of this.hooks.offers) verify(state.process);
      this.addInvocation(state);
      this.addChoices(state);
      this.addReceipts(state);
      this.addFaults(state);
      this.noteBound(state);
    }
    this.firstTransition.items[local] = first;
    this.lastTransition.items[local] = this.transitions.size;
  }
  detail(local) {
    return this.locals.value(local);
  }
  compose(slot, position, faults, content) {
    if (content === void 0) return this.local({ slot, process: gone, position, faults, inbox: [] });
    const inbox = content.inbox.map((envelope) => this.table.envelopeAt(slot, envelope));
    const process2 = this.table.processAt(slot, content.state, content.mode);
    return this.local({ slot, process: process2, position, faults, inbox: this.table.inOrder(inbox) });
  }
  decode(local) {
    const { process: process2, inbox } = this.locals.value(local);
    if (process2 === gone) return void 0;
    const mode = this.table.modeOf(process2);
    return {
      state: this.table.stateOf(process2),
      ...mode === correctly ? {} : { mode },
      inbox: inbox.map((number3) => this.table.envelope(number3))
    };
  }
  /** Whether the node is gone, or runs another process than its own. */
  isFaulty(local) {
    const process2 = this.processOf(local);
    return process2 === gone || this.table.modeOf(process2) !== correctly;
  }
  /** Whether a bound keeps the node from going on by itself. */
  isAtBound(local) {
    return !this.isFaulty(local) && this.boundAt(this.processOf(local)) !== void 0;
  }
  /** The canonical text of a local state, whatever its parts are numbered. */
  content(local) {
    const { process: process2, position, faults, inbox } = this.locals.value(local);
    const suffered = faults === 0 ? "" : `,"faults":${faults}`;
    if (process2 === gone) return `{"content":null,"position":${position}${suffered}}`;
    const mode = this.table.modeOf(process2);
    const messages = inbox.map((envelope) => this.table.text(envelope)).join(",");
    const text = `"inbox":[${messages}],"state":${this.table.stateText(process2)}`;
    return `{"content":{${mode === correctly ? "" : `"mode":${mode},`}${text}},"position":${position}${suffered}}`;
  }
  /** The local state of the node at `slot` with this content. */
  withContent(slot, text) {
    const { position, content, faults = 0 } = JSON.parse(text);
    return this.compose(slot, position, faults, content ?? void 0);
  }
  addInvocation(local) {
    const { slot, process: process2, position } = local;
    const { id, script } = this.node(slot);
    const operation = script[position];
    if (operation === void 0 || this.table.modeOf(process2) !== correctly) return;
    const { context: context2 } = this.model.system;
    if (!this.table.runs(process2).ready(context2, id, this.table.stateOf(process2), operation)) return;
    this.add({ ...local, position: position + 1 }, { _tag: "Invoke", operation });
  }
  addChoices(local) {
    const { slot, process: process2 } = local;
    const { id } = this.node(slot);
    const { context: context2 } = this.model.system;
    const choices2 = this.table.runs(process2).choices(context2, id, this.table.stateOf(process2));
    for (const choice of choices2) this.add(local, { _tag: "Choose", choice });
  }
  addReceipts({ inbox, ...local }) {
    inbox.forEach((envelope, at) => {
      if (at > 0 && inbox[at - 1] === envelope) return;
      const rest = inbox.filter((_2, index) => index !== at);
      for (const meet of this.hooks.met) meet(local.process, this.table.receiving(envelope), false);
      const effect = this.table.receipt(local.process, envelope);
      this.addTransition({ ...local, inbox: rest }, effect, this.table.receiving(envelope));
    });
  }
  addFaults(local) {
    const { id } = this.node(local.slot);
    this.faults.forEach((fault, number3) => {
      const isNamed = this.model.faults.budgets.some(
        (budget) => budget.fault.name === fault.name && budget.most > 0 && budget.nodes.includes(id)
      );
      if (!isNamed || (local.faults & 1 << number3) !== 0) return;
      const after2 = this.struck(local, number3);
      const events = this.table.events.number([{ _tag: "Fault", node: id, fault: fault.name }]);
      const effect = { process: after2.process, packets: [], events, failures: 0 };
      this.transitions.add(local.slot, this.local(after2), effect, { _tag: "Fault", fault: fault.name });
    });
  }
  /** The local state after a fault, by its number. Of a node that is the adversary's no state is kept. */
  struck({ slot, process: process2, position, faults, inbox }, number3) {
    const { becomes } = this.faults[number3];
    const begin2 = becomes?.begin(this.node(slot).id, this.table.stateOf(process2));
    const after2 = becomes === void 0 ? gone : this.table.processAt(slot, begin2, number3 + 1);
    return {
      ...{ slot, position, process: after2, faults: faults | 1 << number3 },
      inbox: after2 === gone ? [] : inbox
    };
  }
  noteBound({ process: process2 }) {
    if (this.table.modeOf(process2) !== correctly) return;
    const bound2 = this.boundAt(process2);
    if (bound2 !== void 0) this.boundsReached.add(bound2);
  }
  boundAt(process2) {
    return this.table.runs(process2).atBound?.(this.model.system.context, this.table.stateOf(process2));
  }
  add(local, input) {
    for (const meet of this.hooks.met) meet(local.process, input, false);
    this.addTransition(local, this.table.effectOf(local.process, input), input);
  }
  addTransition(local, effect, input) {
    this.transitions.add(local.slot, this.local({ ...local, process: effect.process }), effect, input);
  }
  local(given) {
    const { slot, process: process2, position, faults } = given;
    const inbox = process2 === gone ? given.inbox : this.hooks.inbox.reduce((left, leaveOut) => leaveOut(process2, left), given.inbox);
    const local = { slot, process: process2, position, faults, inbox };
    const number3 = this.locals.number(local, `${slot}|${process2}|${position}|${faults}|${inbox.join(",")}`);
    if (number3 === this.processes.size) {
      this.processes.push(process2);
      this.faultsOf.push(faults);
      this.doneOf.push(this.isDone(local));
      this.senders.push(inbox.reduce((bits, envelope) => bits | this.senderBitOf(envelope), 0));
      this.firstTransition.push(-1);
      this.lastTransition.push(-1);
    }
    return number3;
  }
  senderBitOf(envelope) {
    return senderBit(this.table.slotOfNode(this.table.envelope(envelope).from));
  }
  /** A node is done when a fault has befallen it, or when nothing is left of its script and it could begin anew. */
  isDone({ slot, process: process2, position }) {
    const { id, script } = this.node(slot);
    if (process2 === gone || script.length === 0 || this.table.modeOf(process2) !== correctly) return true;
    return position === script.length && this.table.runs(process2).ready(this.model.system.context, id, this.table.stateOf(process2));
  }
  node(slot) {
    return this.nodes[slot];
  }
};

// checker/network/plain.ts
var head2 = 4;
var about = {
  /** Whether its transitions are known, and where they begin and end in the program, without and with its fault. */
  isKnown: 0,
  begin: 1,
  end: 2,
  faultEnd: 3,
  /** How often its transitions were taken, and its fault. */
  runs: 4,
  faultRuns: 5
};
var aboutSize = 6;
var theFault = 0;
var PlainMoves = class {
  moved;
  nodeCount;
  hasFaults;
  /** Per local state, one after the other: what `about` names. */
  locals = new Integers();
  /** Transitions; behind the head of each, for each packet that it sends, the receiver and the packet's column. */
  program = new Integers();
  /** Per local state and column: the move of receiving the packet. */
  receiving = new DenseMemo();
  constructor(moved, hasFaults) {
    this.moved = moved;
    this.nodeCount = moved.locals.nodes.length;
    this.hasFaults = hasFaults;
  }
  expand(state, sink) {
    const { moved, nodeCount, program, receiving } = this;
    const { moves } = sink;
    let transitions = 0;
    for (let slot = 0; slot < nodeCount; slot++) {
      const local = state[slot];
      const base = local * aboutSize;
      if (base >= this.locals.size || this.locals.items[base] === 0) this.compile(slot, local, sink);
      const known2 = this.locals.items;
      known2[base + about.runs] = known2[base + about.runs] + 1;
      const end = this.hasFaults ? this.endOf(state, slot, base) : known2[base + about.end];
      for (let at = known2[base + about.begin]; at < end; transitions++) {
        const { items } = program;
        const label = items[at];
        const events = items[at + 2];
        const last = items[at + 3];
        let count2 = 1;
        moves[0] = items[at + 1];
        for (at += head2; at < last; at += 2) {
          const to = items[at];
          const column = items[at + 1];
          const move = receiving.get(state[to], column);
          moves[count2++] = move === missing2 ? this.receive(state, to, column, sink) : move;
        }
        if (events !== nothing) count2 = moved.observe(state, events, sink, count2);
        sink.take(label, count2);
      }
    }
    return transitions;
  }
  /** Adds what was counted to the counts of each kind of action. */
  addTo(kindCounts) {
    const { locals } = this.moved;
    for (let local = 0; local * aboutSize < this.locals.size; local++) {
      const last = locals.lastTransition.items[local];
      for (let label = locals.firstTransition.items[local]; label < last; label++) {
        const which = locals.transitions.faultOf.items[label] === noFault ? about.runs : about.faultRuns;
        const kind = locals.transitions.kindOf.items[label];
        const runs = this.locals.items[local * aboutSize + which];
        kindCounts[kind] = kindCounts[kind] + runs;
      }
    }
  }
  /** Remembers what was counted so far; the answer takes back what is counted from now on. */
  remember() {
    const before = this.locals.items.slice(0, this.locals.size);
    return () => {
      const { items, size } = this.locals;
      for (let at = 0; at < size; at += aboutSize) {
        items[at + about.runs] = before[at + about.runs] ?? 0;
        items[at + about.faultRuns] = before[at + about.faultRuns] ?? 0;
      }
    };
  }
  endOf(state, slot, base) {
    const { items } = this.locals;
    if (items[base + about.end] === items[base + about.faultEnd]) return items[base + about.end];
    if (!this.moved.mayFail(state, slot, theFault)) return items[base + about.end];
    items[base + about.faultRuns] = items[base + about.faultRuns] + 1;
    return items[base + about.faultEnd];
  }
  compile(slot, local, sink) {
    const { locals } = this.moved;
    const base = local * aboutSize;
    while (this.locals.size < base + aboutSize) this.locals.push(0);
    locals.prepare(local);
    const begin2 = this.program.size;
    let end = begin2;
    const last = locals.lastTransition.items[local];
    for (let label = locals.firstTransition.items[local]; label < last; label++) {
      this.write(slot, local, label, sink);
      if (locals.transitions.faultOf.items[label] === noFault) end = this.program.size;
    }
    this.locals.items.set([1, begin2, end, this.program.size], base);
  }
  write(slot, local, label, sink) {
    const { locals, processes } = this.moved;
    const { transitions } = locals;
    const sends = [];
    let target = transitions.targetOf.items[label];
    const last = transitions.lastSend.items[label];
    for (let send = transitions.firstSend.items[label]; send < last; send++) {
      const to = transitions.sendSlot.items[send];
      const packet = transitions.sendPacket.items[send];
      if (to === slot) target = locals.deliver(target, packet);
      else sends.push(to, processes.columnOf[packet]);
    }
    const events = transitions.eventsOf.items[label];
    const end = this.program.size + head2 + sends.length;
    for (const item of [label, sink.moveOf(slot, local, target), events, end, ...sends])
      this.program.push(item);
  }
  receive(state, to, column, sink) {
    const { locals, processes } = this.moved;
    const local = state[to];
    const move = sink.moveOf(to, local, locals.deliver(local, processes.packetOf(to, column)));
    this.receiving.set(local, column, move);
    return move;
  }
};

// checker/network/facts.ts
var Facts = class {
  isKept;
  kept = [];
  told = 0;
  isHearing = false;
  constructor(isKept2) {
    this.isKept = isKept2;
  }
  /** Keeps a fact, unless it follows from what others have said. */
  keep(fact) {
    if (this.isKept && !this.isHearing) this.kept.push(fact());
  }
  /** What was kept since this was asked last. */
  tell() {
    const fresh = this.kept.slice(this.told);
    this.told = this.kept.length;
    return fresh;
  }
  /** Everything that was kept. */
  get all() {
    return this.kept;
  }
  /** While others' facts are heard, nothing is kept. */
  hearing(hear) {
    this.isHearing = true;
    hear();
    this.isHearing = false;
  }
};

// checker/network/processes.ts
var Processes = class {
  model;
  nodes;
  facts;
  /** Calls of the specification's transition functions. */
  transitionCalls = 0;
  events = new Interner();
  /** Per packet, its number among the packets to the same node. */
  columnOf = [];
  renameMessage;
  hooks;
  judgeStep;
  /** What nodes run after each fault. */
  afterFault;
  slots;
  envelopes = new Interner();
  packets = new Interner();
  processes = new Interner();
  packetsTo = [];
  /** Per process and envelope, which of the effects receiving it has. */
  receipts = new PairMemo();
  receiptEffects = [];
  /** Per envelope, its text, and the input of receiving it. */
  texts = [];
  inputs = [];
  /** The envelopes of those inputs. */
  received = /* @__PURE__ */ new WeakMap();
  /** Per process, the text of its state. */
  stateTexts = [];
  effects = /* @__PURE__ */ new Map();
  renames = /* @__PURE__ */ new Map();
  constructor(model, hooks, judgeStep, keepsFacts) {
    this.model = model;
    this.hooks = hooks;
    this.judgeStep = judgeStep;
    this.facts = new Facts(keepsFacts);
    this.nodes = nodesOf(model);
    this.afterFault = faultsOf(model).map(({ becomes }) => becomes?.process);
    this.slots = new Map(this.nodes.map(({ id }, slot) => [id, slot]));
    this.renameMessage = renamer(model.protocol.Message);
  }
  /** The process state of the node at `slot` at the beginning. */
  initialAt(slot) {
    const { id, process: process2 } = this.node(slot);
    return this.processAt(slot, process2.initial(this.model.system.context, id));
  }
  /** The packet to the node at `slot` that has this number among them. */
  packetOf(slot, column) {
    return this.packetsTo[slot][column];
  }
  stateOf(process2) {
    return this.processes.value(process2).state;
  }
  modeOf(process2) {
    return this.processes.value(process2).mode;
  }
  slotOf(process2) {
    return this.processes.value(process2).slot;
  }
  nodeOf(process2) {
    return this.node(this.processes.value(process2).slot);
  }
  runs(process2) {
    const { slot, mode } = this.processes.value(process2);
    return this.runsAt(slot, mode);
  }
  slotOfNode(node) {
    return this.slots.get(node);
  }
  processAt(slot, state, mode = correctly) {
    const text = canonical(state);
    return this.processes.number(
      { slot, mode, state },
      mode === correctly ? `${slot}${text}` : `${slot}!${mode}${text}`
    );
  }
  envelope(number3) {
    return this.envelopes.value(number3).envelope;
  }
  receiverOf(envelope) {
    return this.node(this.envelopes.value(envelope).slot);
  }
  envelopeAt(slot, { from, message }) {
    return this.envelopes.number({ slot, envelope: { from, message } });
  }
  envelopeNumber(process2, envelope) {
    return this.received.get(envelope) ?? this.envelopeAt(this.slotOf(process2), envelope);
  }
  observations(events) {
    if (events === nothing) return [];
    return this.events.value(events).flatMap((event) => event._tag === "Observed" ? [event.observation] : []);
  }
  renameState(slot, mode) {
    const process2 = this.runsAt(slot, mode);
    const known2 = this.renames.get(process2);
    if (known2 !== void 0) return known2;
    const rename = renamer(process2.State);
    this.renames.set(process2, rename);
    return rename;
  }
  /** The envelopes of a packet. */
  packet(number3) {
    return this.packets.value(number3);
  }
  effectOf(process2, input) {
    const { slot, mode, state: before } = this.processes.value(process2);
    const taken = input._tag === "Receive" ? this.envelopeNumber(process2, input) : canonical(input);
    const key = `${process2} ${taken}`;
    const known2 = this.effects.get(key);
    if (known2 !== void 0) return known2;
    const { id } = this.node(slot);
    const step4 = this.runsAt(slot, mode).step(this.model.system.context, id, before, input);
    this.transitionCalls++;
    const isCorrect2 = mode === correctly;
    const effect = {
      process: this.processAt(slot, step4.state, mode),
      packets: this.pack(id, step4.sends),
      events: isCorrect2 ? this.eventsOf(id, step4) : nothing,
      failures: isCorrect2 ? this.judgeStep(slot, before, step4.state) : 0
    };
    this.effects.set(key, effect);
    this.facts.keep(() => ({ _tag: "Step", at: this.placeOf(process2), input }));
    for (const note of this.hooks.effect) note(process2, input, effect);
    return effect;
  }
  receipt(process2, envelope) {
    const known2 = this.receipts.get(process2, envelope);
    if (known2 !== missing2) return this.receiptEffects[known2];
    const effect = this.effectOf(process2, this.receiving(envelope));
    this.receipts.set(process2, envelope, this.receiptEffects.length);
    this.receiptEffects.push(effect);
    return effect;
  }
  /** The input of receiving an envelope. */
  receiving(envelope) {
    const known2 = this.inputs[envelope];
    if (known2 !== void 0) return known2;
    const input = { _tag: "Receive", ...this.envelope(envelope) };
    this.inputs[envelope] = input;
    this.received.set(input, envelope);
    return input;
  }
  /** Where a process state is, for facts. */
  placeOf(process2) {
    return this.processes.value(process2);
  }
  /** The canonical texts of an envelope and of the state of a process. */
  text(envelope) {
    this.texts[envelope] ??= canonical(this.envelope(envelope));
    return this.texts[envelope];
  }
  stateText(process2) {
    this.stateTexts[process2] ??= canonical(this.stateOf(process2));
    return this.stateTexts[process2];
  }
  /** Envelopes in the order of their texts: an order that does not depend on how they are numbered. */
  inOrder(envelopes) {
    const text = (envelope) => this.text(envelope);
    return [...envelopes].sort((left, right) => left === right ? 0 : text(left) < text(right) ? -1 : 1);
  }
  runsAt(slot, mode) {
    return mode === correctly ? this.node(slot).process : this.afterFault[mode - 1];
  }
  pack(from, sends) {
    const bySlot = /* @__PURE__ */ new Map();
    for (const { to, message } of sends) {
      const slot = this.slots.get(to);
      if (slot === void 0)
        throw new Error(`${from} sends ${canonical(message)} to ${to}, which is not a node`);
      const envelope = this.envelopeAt(slot, { from, message });
      bySlot.set(slot, [...bySlot.get(slot) ?? [], envelope]);
    }
    return [...bySlot].map(([slot, packet]) => {
      const number3 = this.packets.number(this.inOrder(packet));
      if (number3 === this.columnOf.length) {
        this.packetsTo[slot] ??= [];
        this.columnOf.push(this.packetsTo[slot].push(number3) - 1);
      }
      return { slot, packet: number3 };
    });
  }
  eventsOf(node, { observations }) {
    if (observations.length === 0) return nothing;
    return this.events.number(
      observations.map((observation) => ({ _tag: "Observed", node, observation }))
    );
  }
  node(slot) {
    return this.nodes[slot];
  }
};

// checker/network/promise-proof.ts
var PromiseProof = class {
  locals;
  /** The reductions that rely on promises: all of them are off if one is broken. */
  relying = [];
  /** Per process state: the messages of which each promise was relied on there or before. */
  relied = { isObsolete: [], onlyAnswers: [] };
  /** Per request that was dropped: the states of its sender in which it was settled, and the answers it may get. */
  settled = [];
  answersTo = [];
  /** Per process state: the process states that steps lead to from there. */
  successors = [];
  /** Per process state and message, whether each promise is given: 1 or 0. */
  given = {
    isObsolete: new PairMemo(),
    onlyAnswers: new PairMemo(),
    isSettled: new PairMemo()
  };
  constructor(locals) {
    this.locals = locals;
  }
  /** A reduction begins to rely on promises: from now on steps are followed. */
  reliedOnBy(reduction, hooks) {
    this.relying.push(reduction);
    if (this.relying.length > 1) return;
    hooks.effect.push((process2, _input, effect) => this.follow(process2, effect.process));
    hooks.heard.push((fact) => {
      if (fact._tag === "Relied" || fact._tag === "Settled") this.hear(fact);
    });
  }
  /** Whether the message may be dropped: its sender no longer waits for answers, and it will never change its receiver. */
  relyDead(process2, envelope, sender) {
    if (!this.promises("isSettled", sender, envelope)) return false;
    if (!this.promises("onlyAnswers", process2, envelope)) return false;
    this.settle(envelope, sender, this.slotOf(process2));
    this.rely("onlyAnswers", process2, envelope);
    return true;
  }
  /** Whether the process declares the message obsolete in this state; if so, that is relied on. */
  relyObsolete(process2, envelope) {
    const isObsolete = this.promises("isObsolete", process2, envelope);
    if (isObsolete) this.rely("isObsolete", process2, envelope);
    return isObsolete;
  }
  /** A step leads from one state of a process to another: what was relied on before must hold after. */
  follow(before, after2) {
    const successors2 = this.successors[before] ?? /* @__PURE__ */ new Set();
    this.successors[before] = successors2;
    if (before === after2 || successors2.has(after2)) return;
    successors2.add(after2);
    for (const promise3 of ["isObsolete", "onlyAnswers"]) {
      for (const envelope of this.relied[promise3][before] ?? []) this.rely(promise3, after2, envelope);
    }
  }
  promises(promise3, process2, envelope) {
    const memo = this.given[promise3];
    const known2 = memo.get(process2, envelope);
    if (known2 !== missing2) return known2 === 1;
    const isGiven = this.asks(promise3, process2, envelope);
    memo.set(process2, envelope, isGiven ? 1 : 0);
    return isGiven;
  }
  asks(promise3, process2, envelope) {
    const { locals } = this;
    const { context: context2 } = locals.model.system;
    const { id } = locals.nodeOf(process2);
    const { from, message } = locals.envelope(envelope);
    const node = promise3 === "isSettled" ? locals.receiverOf(envelope).id : from;
    const { promises } = locals.runs(process2);
    return promises?.[promise3]?.(context2, id, locals.stateOf(process2), node, message) === true;
  }
  /** What another worker has relied on. */
  hear(fact) {
    const { locals } = this;
    const process2 = locals.processAt(fact.at.slot, fact.at.state, fact.at.mode);
    if (fact._tag === "Relied")
      this.rely(fact.promise, process2, locals.envelopeAt(fact.at.slot, fact.envelope));
    else this.settle(locals.envelopeAt(fact.to, fact.envelope), process2, fact.to);
  }
  fact(_tag, process2) {
    const { locals } = this;
    const at = { slot: this.slotOf(process2), mode: locals.modeOf(process2), state: locals.stateOf(process2) };
    return { _tag, at };
  }
  slotOf(process2) {
    return this.locals.slotOfNode(this.locals.nodeOf(process2).id);
  }
  rely(promise3, process2, envelope) {
    const relied = this.relied[promise3][process2] ?? /* @__PURE__ */ new Set();
    this.relied[promise3][process2] = relied;
    if (relied.has(envelope)) return;
    relied.add(envelope);
    this.locals.facts.keep(() => ({
      ...this.fact("Relied", process2),
      promise: promise3,
      envelope: this.locals.envelope(envelope)
    }));
    this.verify(promise3, process2, envelope);
    for (const after2 of this.successors[process2] ?? []) this.rely(promise3, after2, envelope);
  }
  /** The promise holds in this state: it is given, and the step that receives the message bears it out. */
  verify(promise3, process2, envelope) {
    const effect = this.locals.receipt(process2, envelope);
    const sender = this.locals.slotOfNode(this.locals.envelope(envelope).from);
    const silent = effect.packets.every(({ slot }) => promise3 === "onlyAnswers" && slot === sender);
    const kept2 = effect.process === process2 && effect.events === nothing && silent;
    if (kept2 && this.promises(promise3, process2, envelope)) {
      if (promise3 === "onlyAnswers") this.noteAnswers(envelope, effect);
      return;
    }
    const { from, message } = this.locals.envelope(envelope);
    const { id } = this.locals.nodeOf(process2);
    throw new PromiseBroken(
      this.relying,
      `${id} promised "${promise3}" of ${canonical(message)} from ${from}, but ${kept2 ? "takes the promise back" : "the message has an effect"} in state ${canonical(this.locals.stateOf(process2))}`
    );
  }
  /** The sender, in this state, no longer waits for answers to the request: any that it may get must be obsolete. */
  settle(envelope, sender, to) {
    const settled = this.settled[envelope] ?? /* @__PURE__ */ new Set();
    this.settled[envelope] = settled;
    if (settled.has(sender)) return;
    settled.add(sender);
    this.locals.facts.keep(() => ({
      ...this.fact("Settled", sender),
      to,
      envelope: this.locals.envelope(envelope)
    }));
    for (const answer2 of this.answersTo[envelope] ?? []) this.rely("isObsolete", sender, answer2);
  }
  /** The request would be answered like this in some state that the receiver has or may come to. */
  noteAnswers(envelope, { packets }) {
    const answers = this.answersTo[envelope] ?? /* @__PURE__ */ new Set();
    this.answersTo[envelope] = answers;
    for (const answer2 of packets.flatMap(({ packet }) => this.locals.packet(packet))) {
      if (answers.has(answer2)) continue;
      answers.add(answer2);
      for (const sender of this.settled[envelope] ?? []) this.rely("isObsolete", sender, answer2);
    }
  }
};

// checker/network/network.ts
var none4 = [];
var Network = class {
  model;
  width;
  successor;
  initial;
  properties;
  processes;
  locals;
  judgement;
  /** The initial state, and the successor that is being visited, as they are before a representative is taken. */
  start;
  raw;
  /** Whether states are represented by others. */
  represents;
  judgesStates;
  judgesTransitions;
  hooks = new Hooks();
  nodeCount;
  hasFaults;
  changed;
  /** Present if no reduction has a say in what a transition leads to. */
  plain;
  /** The node for which `apply` held an answer back, and the packet that it is in. */
  heldFor = nothing;
  heldPacket = 0;
  /** The refinements that the transition which is being visited does not keep. */
  refuted = 0;
  observers;
  faultBounds;
  faults;
  adversary;
  /** The component of what the adversary knows. */
  knowledgeAt;
  constructor(model, reductions2 = [], keepsFacts = false) {
    refuseIllFormed(model);
    this.model = model;
    this.faults = faultsOf(model);
    const { hooks } = this;
    this.processes = new Processes(model, hooks, stepJudge(model), keepsFacts && reductions2.length > 0);
    this.locals = new Locals(model, this.processes, hooks);
    this.judgement = new Judgement(model, this.locals, this.processes, hooks);
    this.install(reductions2);
    this.represents = hooks.represent !== void 0;
    const { observers, judgesStates, judgesSteps, judgesRefinement } = this.judgement;
    this.judgesStates = judgesStates || observers.some(({ bit }) => !isOnlooker(bit));
    this.judgesTransitions = judgesSteps || judgesRefinement;
    this.changed = hooks.changed;
    this.nodeCount = this.locals.nodes.length;
    this.observers = this.judgement.observers.map(({ observer, bit }) => new ObserverRun(observer, bit));
    this.faultBounds = new FaultBounds(model, this.locals, this.processes, (name) => this.onlooker(name));
    this.hasFaults = this.faultBounds.exist;
    const isPlain2 = hooks.changed.length === 0 && hooks.takeAtOnce === void 0 && !this.represents && !this.judgement.judgesRefinement && !hasAdversary(model) && faultsOf(model).length <= 1;
    this.plain = isPlain2 ? new PlainMoves(this, this.hasFaults) : void 0;
    this.adversary = hasAdversary(model) ? new Speaking(model, this.locals, this.processes, hooks) : void 0;
    this.knowledgeAt = this.nodeCount + this.observers.length;
    this.width = this.knowledgeAt + (this.adversary === void 0 ? 0 : 1);
    this.successor = new Int32Array(this.width);
    this.start = this.beginning();
    this.raw = this.start.slice();
    const initial13 = this.start.slice();
    hooks.represent?.(initial13);
    this.initial = [initial13];
    this.judgement.initial = initial13;
    this.properties = this.judgement.names;
  }
  /** The initial state: after what has befallen nodes by then. */
  beginning() {
    const { locals, observers, processes, adversary } = this;
    const atStart = this.model.faults.atStart ?? [];
    const events = processes.events.number(
      atStart.map(({ fault, node }) => ({ _tag: "Fault", node, fault: fault.name }))
    );
    const knowledge = adversary === void 0 ? [] : [
      atStart.filter(({ fault }) => fault.isTakenOver).map(({ node }) => processes.initialAt(processes.slotOfNode(node))).reduce((known2, process2) => adversary.takeOver(known2, process2), adversary.initial)
    ];
    return Int32Array.from([
      ...locals.initial(),
      ...observers.map((observer) => atStart.length === 0 ? 0 : observer.feed(0, events, processes.events)),
      ...knowledge
    ]);
  }
  install(names3) {
    const { model, processes, locals, hooks } = this;
    const promises = new PromiseProof(processes);
    for (const reduction of reductions)
      if (names3.includes(reduction.name)) reduction.install({ model, processes, locals, promises, hooks });
  }
  /** Takes note of what other workers have met: what is relied on must be true of that as well. */
  hear(facts) {
    const { processes, hooks } = this;
    processes.facts.hearing(() => {
      for (const fact of facts) {
        if (fact._tag === "Step") {
          const { slot, state, mode } = fact.at;
          processes.effectOf(processes.processAt(slot, state, mode), fact.input);
        }
        for (const hear of hooks.heard) hear(fact);
      }
    });
  }
  expand(state, sink) {
    const { successor, nodeCount, locals } = this;
    const { faultOf } = locals.transitions;
    for (let component = 0; component < state.length; component++)
      successor[component] = state[component];
    let transitions = 0;
    for (let slot = 0; slot < nodeCount; slot++) {
      const local = state[slot];
      if (locals.firstTransition.items[local] < 0) locals.prepare(local);
      const last = locals.lastTransition.items[local];
      for (let label = locals.firstTransition.items[local]; label < last; label++) {
        if (this.hasFaults) {
          const fault = faultOf.items[label];
          if (fault !== noFault && !this.mayFail(state, slot, fault)) continue;
        }
        this.take(state, slot, label, sink);
        transitions++;
      }
    }
    for (const label of this.spoken(state)) {
      this.take(state, locals.transitions.slotOf.items[label], label, sink);
      transitions++;
    }
    return transitions;
  }
  /** The transitions out of a state in which a node takes a message from the adversary. */
  spoken(state) {
    const { adversary, knowledgeAt, nodeCount } = this;
    if (adversary === void 0) return none4;
    adversary.tryOpenness(state, state[knowledgeAt]);
    const voice = adversary.voiceIn(state, state[knowledgeAt]);
    if (voice === nobody2) return none4;
    const labels = [];
    for (let slot = 0; slot < nodeCount; slot++)
      labels.push(...adversary.reception(state[slot], voice));
    return labels;
  }
  get expandMoves() {
    const { plain: plain4 } = this;
    return plain4 && ((state, sink) => plain4.expand(state, sink));
  }
  judge(state) {
    let failures = this.judgement.judge(state);
    for (let index = 0; index < this.observers.length; index++) {
      failures |= this.observers[index].failures(state[this.nodeCount + index]);
    }
    return failures;
  }
  remember() {
    const { kindCounts } = this.locals.transitions;
    const before = [...kindCounts];
    const forget = this.plain?.remember();
    return () => {
      kindCounts.forEach((_2, kind) => {
        kindCounts[kind] = before[kind] ?? 0;
      });
      forget?.();
    };
  }
  /** Per kind of action, how many transitions were of it. */
  actionCounts() {
    const counts = [...this.locals.transitions.kindCounts];
    this.plain?.addTo(counts);
    return counts;
  }
  /** Lists the moves of the observers when they are fed these events; returns how many moves there are then. */
  observe(state, events, sink, count2) {
    const { nodeCount, observers, processes } = this;
    for (let index = 0; index < observers.length; index++) {
      const before = state[nodeCount + index];
      const after2 = observers[index].feed(before, events, processes.events);
      sink.moves[count2 + index] = sink.moveOf(nodeCount + index, before, after2);
    }
    return count2 + observers.length;
  }
  /** Whether this fault, by its number, may befall the node at this slot now. */
  mayFail(state, slot, fault) {
    return this.faultBounds.allow(state, slot, fault);
  }
  /** The component of a state that holds the state of the onlooker of this name; -1 if there is none. */
  onlookerAt(name) {
    const { observers } = this.judgement;
    const index = observers.findIndex(({ observer, bit }) => isOnlooker(bit) && observer.name === name);
    return index < 0 ? -1 : this.nodeCount + index;
  }
  onlooker(name) {
    const at = this.onlookerAt(name);
    return { at, run: this.observers[at - this.nodeCount] };
  }
  content(component, value) {
    const { nodeCount } = this;
    if (component < nodeCount) return this.locals.content(value);
    if (this.adversary !== void 0 && component === this.knowledgeAt) return this.adversary.content(value);
    return canonical(this.observers[component - nodeCount].state(value));
  }
  numberFor(component, content) {
    const { nodeCount } = this;
    if (component < nodeCount) return this.locals.withContent(component, content);
    if (this.adversary !== void 0 && component === this.knowledgeAt)
      return this.adversary.numberFor(content);
    return this.observers[component - nodeCount].numberOf(JSON.parse(content));
  }
  judgeTransition(label) {
    return this.locals.transitions.failuresOf.items[label] | this.refuted;
  }
  isDone(state) {
    for (let slot = 0; slot < this.nodeCount; slot++) {
      if (this.locals.doneOf[state[slot]] !== true) return false;
    }
    return true;
  }
  cutOf(state) {
    return cutOf(this.locals, state);
  }
  /** What happens in transition `label`: one event, or two if an answer is taken at once. */
  describe(label) {
    return this.locals.transitions.describe(label);
  }
  /** The state of observer number `index` in a state. */
  observed(state, index) {
    return this.observers[index].state(state[this.nodeCount + index]);
  }
  /** Takes transition `label` of the node at `slot`. The successor must equal the state, and does so again after. */
  take(state, slot, label, sink) {
    const { successor, locals } = this;
    const { takeAtOnce } = this.hooks;
    this.apply(slot, label, takeAtOnce);
    if (this.heldFor < 0) this.visit(state, label, 1, sink);
    else {
      if (this.changesMore(state, slot, label)) this.visit(state, label, 1, sink);
      const answer2 = takeAtOnce?.(successor[this.heldFor], this.heldPacket);
      this.apply(this.heldFor, answer2, void 0);
      this.visit(state, locals.transitions.together(label, answer2), 2, sink);
    }
    for (let component = 0; component < state.length; component++)
      successor[component] = state[component];
  }
  /** Whether a transition that gives an answer also changes its node or begins an operation, sends more, or is observed. */
  changesMore(state, slot, label) {
    const { successor, locals } = this;
    const { lastSend, firstSend, eventsOf } = locals.transitions;
    return locals.processOf(successor[slot]) !== locals.processOf(state[slot]) || locals.detail(successor[slot]).position !== locals.detail(state[slot]).position || lastSend.items[label] - firstSend.items[label] > 1 || eventsOf.items[label] !== nothing;
  }
  visit(state, label, steps, sink) {
    if (this.judgement.judgesRefinement) this.refuted = this.judgement.judgeStepBetween(state, this.successor);
    if (!this.represents) sink.visit(label, steps);
    else {
      this.raw.set(this.successor);
      this.hooks.represent?.(this.successor);
      sink.visit(label, steps);
      this.successor.set(this.raw);
    }
  }
  /**
   * Makes the successor what it is after transition `label` of the node at `slot`. If answers are taken at once, one
   * answer with an effect is held back, for `heldFor`.
   */
  apply(slot, label, takeAtOnce) {
    const { successor, locals, changed: changed2 } = this;
    const { transitions } = locals;
    const { kindCounts, sendSlot, sendPacket } = transitions;
    const kind = transitions.kindOf.items[label];
    kindCounts[kind] = kindCounts[kind] + 1;
    const before = locals.processOf(successor[slot]);
    successor[slot] = transitions.targetOf.items[label];
    this.takeOver(transitions.faultOf.items[label], before);
    this.heldFor = nothing;
    const last = transitions.lastSend.items[label];
    for (let send = transitions.firstSend.items[label]; send < last; send++) {
      const to = sendSlot.items[send];
      const packet = sendPacket.items[send];
      this.overhear(packet);
      if (takeAtOnce !== void 0 && this.heldFor < 0 && to !== slot && takeAtOnce(successor[to], packet) >= 0) {
        this.heldFor = to;
        this.heldPacket = packet;
        continue;
      }
      successor[to] = locals.deliver(successor[to], packet);
    }
    if (changed2.length > 0 && locals.processOf(successor[slot]) !== before)
      for (const react of changed2) react(successor, slot);
    const events = transitions.eventsOf.items[label];
    if (events !== nothing) this.feed(events);
  }
  overhear(packet) {
    const { successor, adversary, knowledgeAt } = this;
    if (adversary !== void 0)
      successor[knowledgeAt] = adversary.overhear(successor[knowledgeAt], packet);
  }
  /** If this is the number of a fault that hands a node over, the adversary learns what the node knew. */
  takeOver(fault, process2) {
    const { successor, adversary, knowledgeAt, faults } = this;
    if (adversary !== void 0 && fault !== noFault && faults[fault]?.isTakenOver === true)
      successor[knowledgeAt] = adversary.takeOver(successor[knowledgeAt], process2);
  }
  /** Feeds events to the observers of the successor. */
  feed(events) {
    const { successor, processes, nodeCount, observers } = this;
    for (let index = 0; index < observers.length; index++) {
      const at = nodeCount + index;
      const observer = observers[index];
      successor[at] = observer.feed(successor[at], events, processes.events);
    }
  }
};
var ObserverRun = class {
  states = new Interner();
  failuresOf = [];
  steps = new PairMemo();
  observer;
  bit;
  constructor(observer, bit) {
    this.observer = observer;
    this.bit = bit;
    this.numberOf(observer.initial);
  }
  feed(state, events, table) {
    const known2 = this.steps.get(state, events);
    if (known2 !== missing2) return known2;
    const { observer } = this;
    const after2 = this.numberOf(
      table.value(events).reduce((seen2, event) => observer.observe(seen2, event), this.states.value(state))
    );
    this.steps.set(state, events, after2);
    return after2;
  }
  failures(state) {
    return this.failuresOf[state];
  }
  state(number3) {
    return this.states.value(number3);
  }
  numberOf(state) {
    const number3 = this.states.number(state);
    if (number3 === this.failuresOf.length) {
      const isFailure5 = !isOnlooker(this.bit) && this.observer.violation(state) !== void 0;
      this.failuresOf.push(isFailure5 ? 1 << this.bit : 0);
    }
    return number3;
  }
};

// checker/report/history.ts
var intervalsOf = ({
  steps,
  objects
}) => {
  const intervals = [];
  steps.forEach(({ node, action, observations }, index) => {
    const step4 = index + 1;
    const close = (ending, result2, operation) => {
      const at = intervals.findLastIndex(
        ({ client: client13, end, operation: begun2 }) => client13 === node && end === void 0 && (operation === void 0 || equals2(begun2, operation))
      );
      if (at >= 0) intervals[at] = { ...intervals[at], end: step4, ending, result: result2 };
      return at >= 0;
    };
    for (const observation of observations) {
      if (observation._tag === "Invocation")
        intervals.push(
          begun(describeOperation(objects, observation.operation), node, observation.operation, step4)
        );
      if (observation._tag === "Response") close("response", observation.result, observation.operation);
    }
    if (action._tag === "Fault") while (close("fault", void 0)) ;
  });
  return named2(intervals);
};
var begun = (name, client13, operation, begin2) => ({
  client: client13,
  operation,
  name,
  begin: begin2,
  end: void 0,
  ending: "none",
  result: void 0
});
var named2 = (intervals) => intervals.map((interval) => {
  const alike = intervals.filter(({ client: client13, name: name2 }) => client13 === interval.client && name2 === interval.name);
  if (alike.length === 1) return interval;
  const place = alike.indexOf(interval);
  const ordinal = ordinals[place];
  const name = ordinal === void 0 ? `${interval.name} number ${place + 1}` : `${ordinal} ${interval.name}`;
  return { ...interval, name };
});
var ordinals = "first second third fourth fifth sixth seventh eighth ninth tenth".split(" ");
var explanationOf = ({ properties }, name, reason, run2) => {
  const property = properties.find((one) => one.name === name);
  if (property?._tag !== "Observed" || property.explain === void 0) return void 0;
  return property.explain(intervalsOf(run2)) ?? `${reason}.`;
};

// checker/report/natural-order.ts
var naturalOrder = (steps) => {
  const left = new Map(placed(steps).entries());
  const done2 = /* @__PURE__ */ new Set();
  const ordered = [];
  let client13;
  while (left.size > 0) {
    const ready = [...left].filter(([, { before }]) => [...before].every((index2) => done2.has(index2)));
    const [index, next2] = ready.find(([, one]) => one.client === client13) ?? ready[0];
    left.delete(index);
    done2.add(index);
    ordered.push(next2.event);
    client13 = next2.client;
  }
  return ordered;
};
var placed = (steps) => {
  const isAsked = (node) => steps[0]?.after.nodes.some(({ id, isAsked: isAsked2 }) => id === node && isAsked2);
  const last = /* @__PURE__ */ new Map();
  const sent = /* @__PURE__ */ new Map();
  let observed = -1;
  return steps.map(({ node, action, sends, observations }, index) => {
    const before = /* @__PURE__ */ new Set();
    const own = last.get(node);
    if (own !== void 0) before.add(own);
    last.set(node, index);
    if (action._tag === "Receive") {
      const sender = sent.get(canonical([action.from, node, action.message]))?.shift();
      if (sender !== void 0) before.add(sender);
    }
    for (const { to, message } of sends) {
      const key = canonical([node, to, message]);
      sent.set(key, [...sent.get(key) ?? [], index]);
    }
    if (observations.length > 0 || action._tag === "Fault") {
      if (observed >= 0) before.add(observed);
      observed = index;
    }
    if (index === steps.length - 1) for (let other = 0; other < index; other++) before.add(other);
    const client13 = isAsked(node) ? node : action._tag === "Receive" ? action.from : void 0;
    return { event: { node, action }, before, client: client13 };
  });
};

// checker/report/trace.ts
var wordsOf = (model) => ({
  describeMessage: model.protocol.describe,
  objects: model.protocol.objects,
  faults: faultsOf(model)
});

// checker/result.ts
var kindOf = (property) => {
  switch (property?._tag) {
    case void 0:
      return "deadlock";
    case "Sometimes":
      return "reachability";
    case "Live":
      return "liveness";
    default:
      return "safety";
  }
};
var aboutDeadlock = "as long as an operation is pending, some message can be received or some step be taken";
var isBroken = ({ verdict, kind, expected }) => verdict === "violated" && (kind !== "reachability" || expected !== void 0);
var isAsExpected = (property) => property.expected === void 0 ? !isBroken(property) : property.verdict === property.expected;
var isDecided2 = ({ expect }, findings) => [...expect.keys()].every((name) => findings.some(({ property }) => property === name));

// checker/running-check.ts
var withoutBroken = (reductions2, { reductions: broken2, message }) => {
  const left = reductions2.filter((name) => !broken2.includes(name));
  if (left.length === reductions2.length) throw new Error(`a reduction that is off failed: ${message}`);
  const names3 = broken2.filter((name) => reductions2.includes(name)).join(" and ");
  return { left, note: `left out, for a promise that it relies on is broken: ${names3}. ${message}` };
};

// checker/told.ts
var toldBy = (network) => {
  const { events, transitionCalls, facts } = network.processes;
  const { transitions, boundsReached } = network.locals;
  const counts = network.actionCounts().map((count2, kind) => [transitions.kinds.value(kind), count2]);
  return {
    actions: Object.fromEntries(counts.filter(([, count2]) => count2 > 0)),
    reached: [...network.judgement.reached],
    observations: Array.from({ length: events.size }, (_2, number3) => events.value(number3)).flat().flatMap((event) => event._tag === "Observed" ? [event.observation] : []),
    transitionCalls,
    boundsReached: [...boundsReached].sort(),
    facts: facts.all
  };
};
var merged2 = (all2) => {
  const actions = {};
  for (const { actions: each } of all2)
    for (const [kind, count2] of Object.entries(each)) actions[kind] = (actions[kind] ?? 0) + count2;
  return {
    actions: Object.fromEntries(Object.entries(actions).sort(([left], [right]) => left < right ? -1 : 1)),
    reached: [...new Set(all2.flatMap(({ reached }) => reached))],
    observations: all2.flatMap(({ observations }) => observations),
    transitionCalls: all2.reduce((sum, told2) => sum + told2.transitionCalls, 0),
    boundsReached: [...new Set(all2.flatMap(({ boundsReached }) => boundsReached))].sort(),
    facts: all2.flatMap(({ facts }) => facts)
  };
};

// checker/vacuity.ts
var vacuities = ({ model }, observations, actions, { exhausted, completed, reached, spoken }) => {
  if (!exhausted) return [];
  const kinds = Object.keys(actions);
  const { protocol, unused: unused3 = [] } = model;
  const unheard = messageTags(protocol).filter(
    (tag2) => !unused3.includes(tag2) && !kinds.some((kind) => kind.endsWith(` receives ${tag2}`))
  );
  const unreached = model.properties.filter(({ _tag, name }) => _tag === "Sometimes" && !reached.has(name));
  const untested = model.properties.filter(
    (property) => property._tag === "Observed" && !observations.some((one) => property.canFailAt?.(one) ?? true)
  );
  const silent = model.properties.filter(({ _tag, name }) => _tag === "Live" && !spoken.has(name));
  const harmless = expectedFaults(model).filter((kind) => !kinds.includes(kind));
  return [
    ...unheard.map((tag2) => `no ${tag2} was ever received`),
    ...completed ? [] : ["no run completes every client's script"],
    ...unreached.map(({ name }) => `${name} was never reached`),
    ...untested.map(({ name }) => `${name} could not fail: nothing was observed that it speaks of`),
    ...silent.map(
      ({ name }) => `${name} demands nothing: no operation is ever pending while its premise holds`
    ),
    ...harmless.map(
      (kind) => `no ${kind.replace(" ", " ever ")}: whichever did would break ${model.faults.premise?.name}`
    )
  ];
};
var expectedFaults = (model) => {
  const faults = faultsOf(model);
  const { budgets, atStart = [] } = model.faults;
  const kinds = budgets.flatMap(
    ({ fault, nodes, most: most2 }) => nodesOf(model).flatMap(
      ({ id, role }) => nodes.includes(id) && most2 > atStart.filter((one) => one.fault === fault && nodes.includes(one.node)).length ? [actionKind(faults, role, { _tag: "Fault", fault: fault.name })] : []
    )
  );
  return [...new Set(kinds)];
};
var messageTags = (protocol) => tagsOf(protocol.Message.ast);
var tagsOf = (ast) => {
  if (isUnion(ast)) return ast.types.flatMap(tagsOf);
  if (!isObjects(ast)) return [];
  const typeOf = (field) => ast.propertySignatures.find(({ name }) => name === field)?.type;
  const [tag2, wrapped] = [typeOf("_tag"), typeOf("message")];
  if (tag2 !== void 0 && isLiteral(tag2)) return [String(tag2.literal)];
  return wrapped === void 0 ? [] : tagsOf(wrapped);
};

// checker/check.ts
var Check = class {
  scenario;
  network;
  search;
  told = () => this.toldByNow();
  /** What was learned in an earlier run, from which this one goes on. */
  toldBefore;
  options;
  reductions;
  notes = [];
  stopReason;
  liveness;
  constructor(scenario, order, reductions2, options = {}) {
    this.scenario = scenario;
    const isLive = livePropertiesOf(scenario.model).length > 0;
    this.options = { ...options, order, ...isLive ? { keeping: "states" } : {} };
    if (isLive && options.keeping === "fingerprints")
      this.notes.push("whole states were kept, because liveness is decided on them");
    this.reductions = soundReductions(reductions2, scenario.model, scenario.checksDeadlock);
    this.network = new Network(scenario.model, this.reductions, this.options.isSaved);
    this.search = this.begin();
  }
  get counts() {
    return this.search.counts;
  }
  get space() {
    return this.network;
  }
  /** The memory that the visited states occupy. */
  get bytes() {
    return this.search.bytes;
  }
  /** The memory that the search holds. */
  get heldBytes() {
    return this.search.heldBytes;
  }
  /** Makes room in memory, as far as something can be put away. */
  putAway() {
    if (this.search instanceof Search) this.search.putAway();
  }
  /** Expands up to `states` more states. Returns false when the check is over. */
  advance(states) {
    if (this.liveness !== void 0) return this.liveness.advance(states);
    try {
      const more = this.search.advance(states, (findings) => isDecided2(this.scenario, findings));
      if (!more && !this.search.exhausted) this.stop("a violation was found");
      return more || this.beginLiveness();
    } catch (error) {
      if (!(error instanceof PromiseBroken)) throw error;
      this.restartWithout(error);
      return true;
    }
  }
  /** Every state was visited: what is demanded of runs can be decided. Returns false if nothing is, or no states were kept. */
  beginLiveness() {
    const { search, network, scenario } = this;
    if (!search.exhausted || livePropertiesOf(scenario.model).length === 0) return false;
    if (search.shard === void 0) {
      this.stop("liveness is decided by one worker");
      return false;
    }
    const told2 = toldBy(network);
    this.told = () => told2;
    this.liveness = new LivenessCheck(network, search.shard);
    return true;
  }
  /** Whether everything was decided that was asked for. */
  get isExhausted() {
    const isLivenessDecided = this.liveness?.isOver ?? livePropertiesOf(this.scenario.model).length === 0;
    return this.search.exhausted && isLivenessDecided;
  }
  /** A reduction relied on a promise that is broken: the search begins anew without it. */
  restartWithout(broken2) {
    const { left, note } = withoutBroken(this.reductions, broken2);
    this.notes.push(note);
    this.reductions = left;
    this.network = new Network(this.scenario.model, left, this.options.isSaved);
    this.toldBefore = void 0;
    this.search = this.begin();
  }
  /** Writes everything that another run needs to go on from here; does the round that is under way first. */
  save(archive) {
    for (; ; ) {
      if (!(this.search instanceof Search)) throw new Error("only a breadth-first search can be saved");
      try {
        this.search.finishRound();
        const { progress, files } = this.search.save(archive);
        return { check: this.saved(progress, this.told()), files };
      } catch (error) {
        if (!(error instanceof PromiseBroken)) throw error;
        this.restartWithout(error);
      }
    }
  }
  saved(progress, told2) {
    return { progress, reductions: this.reductions, notes: this.notes, told: told2 };
  }
  /** Goes on from where an earlier run was saved. */
  resume(saved, archive) {
    this.adopt(saved);
    const { checksDeadlock } = this.scenario;
    const { keeping, pageStore } = this.options;
    const from = { progress: saved.progress, archive };
    this.search = new Search(this.network, { checksDeadlock, keeping, pageStore, from });
  }
  /** Takes over what an earlier run has learned, but for its search. */
  adopt({ reductions: reductions2, notes, told: told2 }) {
    this.reductions = reductions2;
    this.notes = [...notes];
    this.network = new Network(this.scenario.model, reductions2, this.options.isSaved);
    this.network.hear(told2.facts);
    this.toldBefore = told2;
  }
  toldByNow() {
    const told2 = toldBy(this.network);
    return this.toldBefore === void 0 ? told2 : merged2([this.toldBefore, told2]);
  }
  /** A check whose search was done elsewhere, by workers with networks of their own. */
  static after(check, search, told2) {
    check.search = search;
    check.told = () => told2;
    check.beginLiveness();
    return check;
  }
  begin() {
    const { checksDeadlock } = this.scenario;
    return beginSearch(this.network, { ...this.options, checksDeadlock });
  }
  /** Ends the check before its time. */
  stop(reason) {
    this.stopReason = reason;
  }
  /** What is known by now. */
  result() {
    const { actions, reached, observations, transitionCalls, boundsReached } = this.told();
    const forget = this.network.remember();
    const properties = this.propertyResults();
    forget();
    const violated = properties.some(isBroken);
    const { counts, isExhausted } = this;
    const isDecided3 = isExhausted && properties.every(({ verdict }) => verdict !== "inconclusive");
    const transitions = Math.max(1, counts.generated - 1);
    return {
      scenario: this.scenario,
      verdict: violated ? "violated" : isDecided3 ? "holds" : "inconclusive",
      asExpected: properties.every(isAsExpected) && (isDecided3 || violated),
      properties,
      reductions: this.reductions,
      exhaustive: isExhausted,
      stopped: isExhausted ? void 0 : this.stopReason,
      boundsReached,
      counts,
      engine: {
        transitionCalls,
        memoHitRate: Math.max(0, 1 - transitionCalls / transitions),
        bytesPerState: this.bytes / counts.distinct,
        ...this.options.keeping === "fingerprints" ? { omissionProbability: omissionProbability(counts.distinct) } : {}
      },
      actions,
      notes: [...this.notes, ...this.unclear(properties)],
      vacuous: vacuities(this.scenario, observations, actions, {
        exhausted: isExhausted,
        completed: this.search.doneStates > 0,
        reached: new Set(reached),
        spoken: this.liveness?.spoken ?? /* @__PURE__ */ new Set()
      })
    };
  }
  propertyResults() {
    const { scenario } = this;
    const named4 = scenario.model.properties.map((property) => this.propertyResult(property.name, property));
    return scenario.checksDeadlock ? [...named4, this.propertyResult(deadlockFreedom, void 0)] : named4;
  }
  propertyResult(name, property) {
    const finding = this.search.findings.find((one) => one.property === name);
    const kind = kindOf(property);
    const expected = this.scenario.expect.get(name);
    if (property?._tag === "Live") {
      const counterexample2 = this.lasso(name, property.about);
      const isClear = this.isExhausted && this.liveness?.unclear(name).length === 0;
      const otherwise = isClear ? "holds" : "inconclusive";
      const verdict = counterexample2 === void 0 ? otherwise : "violated";
      return { name, kind, verdict, expected, counterexample: counterexample2 };
    }
    const counterexample = finding && this.counterexample(finding, kind, property?.about ?? aboutDeadlock);
    return { name, kind, verdict: this.verdictOf(name, kind, finding), expected, counterexample };
  }
  /** What bounds leave open, though every state was visited, in sentences. */
  unclear(properties) {
    if (!this.isExhausted) return [];
    const { unclearStates } = this.search;
    return properties.flatMap(({ name, kind, verdict }) => {
      if (verdict !== "inconclusive") return [];
      if (kind === "deadlock")
        return `${name} is open: ${counted(unclearStates)} at a bound while others wait, who may wait for whoever stopped there`;
      const clients2 = this.liveness?.unclear(name).join(" and ");
      return `${name} is open: ${clients2} may wait for ever, but for one that has stopped at a bound`;
    });
  }
  verdictOf(name, kind, finding) {
    if (kind === "reachability" && this.told().reached.includes(name)) return "holds";
    if (finding !== void 0) return "violated";
    if (!this.search.exhausted) return "inconclusive";
    if (kind === "deadlock" && this.search.unclearStates > 0) return "inconclusive";
    return kind === "reachability" ? "violated" : "holds";
  }
  counterexample(finding, kind, about2) {
    const { network, search, scenario } = this;
    const found = wayTo(network, search.pathTo(finding), finding);
    const way = { ...found, events: naturalOrder(replay(scenario.model, found.events).steps) };
    const { initial: initial13, steps } = replay(scenario.model, way.events);
    const after2 = steps.at(-1)?.after ?? initial13;
    const before = steps.at(-2)?.after ?? initial13;
    const reason = confirm(network, finding, { way, before, after: after2 });
    const words = wordsOf(scenario.model);
    const explanation = explanationOf(scenario.model, finding.property, reason, { ...words, steps });
    return {
      scenario: scenario.name,
      property: finding.property,
      kind,
      about: about2,
      reason,
      shortest: this.options.order === "bfs",
      initial: initial13,
      steps,
      ...words,
      ...explanation === void 0 ? {} : { explanation }
    };
  }
  lasso(name, about2) {
    const run2 = this.liveness?.runOf(name);
    if (run2 === void 0) return void 0;
    const { name: scenario, model } = this.scenario;
    const common2 = { scenario, property: name, kind: "liveness", about: about2, shortest: false };
    return { ...common2, ...run2, ...wordsOf(model) };
  }
};
var counted = (states) => states === 1 ? "1 state ends" : `${states.toLocaleString("en")} states end`;

// test/checker/network/searching.ts
var runCheck = (scenario, { order = "bfs", reductions: reductions2 = [], mostStates: mostStates2 = Number.POSITIVE_INFINITY, slice = 500 } = {}) => {
  const check = new Check(scenario, order, reductions2);
  while (check.advance(slice)) if (check.counts.distinct > mostStates2) return void 0;
  return check.result();
};
var checked2 = (scenario, options = {}) => runCheck(scenario, options);
var stepsToViolation = ({ properties }) => Object.fromEntries(
  properties.filter(({ verdict }) => verdict === "violated").map(({ name, counterexample }) => [name, counterexample?.steps.length ?? Number.POSITIVE_INFINITY])
);

// test/checker/shipped.ts
var shipped = (name) => getOrThrow(load(name, textOf2(name)));
var texts = /* @__PURE__ */ new Map();
var textOf2 = (name) => {
  const text = texts.get(name) ?? getOrThrow(readScenario(name));
  texts.set(name, text);
  return text;
};

// test/checker/manifest/documents.ts
import { readdirSync as readdirSync2 } from "node:fs";
import { fileURLToPath as fileURLToPath2 } from "node:url";
var documents = () => [
  `${root}README.md`,
  ...["checker", "impl", "proofs", "spec", "test"].flatMap(
    (folder) => readdirSync2(root + folder, { recursive: true, encoding: "utf8" }).filter((file2) => file2.endsWith(".md")).map((file2) => `${root}${folder}/${file2}`)
  )
];
var root = fileURLToPath2(new URL("../../../", import.meta.url));
var inEnglish = (count2) => count2.toLocaleString("en");
var withNumbersOf = (manifest2, text) => inProse(manifest2, inTables(manifest2, text));
var inTables = (manifest2, text) => {
  let column = -1;
  return text.split("\n").map((line) => {
    if (!line.startsWith("|")) {
      column = -1;
      return line;
    }
    const cells = line.split("|");
    const states = cells.findIndex((cell) => cell.trim() === "states");
    if (states >= 0) column = states;
    const found = manifest2[/^`(.*)`$/.exec(cells[1]?.trim() ?? "")?.[1] ?? ""];
    return found === void 0 || column < 0 ? line : cells.map((cell, index) => index === column ? numberIn(cell, found) : stepsIn(cell, found)).join("|");
  }).join("\n");
};
var numberIn = (cell, { distinct: distinct2 }) => ` ${inEnglish(distinct2)} `.padEnd(cell.length);
var stepsIn = (cell, found) => cell.replace(/violated in (\d+) steps/, (_2, told2) => `violated in ${stepsOf(found, told2)} steps`);
var inProse = (manifest2, text) => text.replace(
  /(`([a-z0-9/-]+)`[,:]?\s\(?)(\d[\d,]*\d|\d)(?=(\ssteps)?)/g,
  (all2, before, name, told2, ofSteps) => {
    const found = manifest2[name];
    if (found === void 0) return all2;
    return `${before}${ofSteps === void 0 ? inEnglish(found.distinct) : stepsOf(found, told2)}`;
  }
);
var stepsOf = ({ violated = {} }, told2) => {
  const steps = Object.values(violated).map(String);
  return steps.includes(told2) ? told2 : steps[0] ?? "no";
};

// test/checker/manifest/manifest.ts
import { readFileSync as readFileSync2, writeFileSync } from "node:fs";
var foundIn = (result2) => {
  const { distinct: distinct2, generated, depth } = result2.counts;
  const violated = stepsToViolation(result2);
  return {
    ...{ distinct: distinct2, generated, depth },
    ...Object.keys(violated).length > 0 && { violated },
    ...result2.vacuous.length > 0 && { vacuous: result2.vacuous }
  };
};
var file = new URL("../../../checker/scenarios/manifest.json", import.meta.url);
var readManifest = () => JSON.parse(readFileSync2(file, "utf8"));
var writeManifest = (manifest2) => {
  const lines = Object.keys(manifest2).sort().map((name) => `  ${JSON.stringify(name)}: ${JSON.stringify(manifest2[name])}`);
  writeFileSync(file, `{
${lines.join(",\n")}
}
`);
};

// test/checker/manifest/write.ts
var named3 = process.argv.slice(2).flatMap(expand);
var names2 = named3.length > 0 ? named3 : quickNames();
var isShipped = new Set(shippedNames());
var unknown2 = names2.filter((name) => !isShipped.has(name));
if (unknown2.length > 0) throw new Error(`not shipped: ${unknown2.join(", ")}`);
var add2 = (name, found) => {
  const present = Object.entries(readManifest()).filter(([listed4]) => isShipped.has(listed4));
  writeManifest({ ...Object.fromEntries(present), [name]: found });
};
for (const name of names2) {
  const result2 = checked2(shipped(name), { reductions: allReductions, slice: 1e4 });
  if (!result2.asExpected || result2.notes.length > 0) {
    console.error(`${name} is not as expected: ${result2.verdict}; ${result2.notes.join("; ")}`);
    process.exitCode = 1;
    continue;
  }
  const [before, after2] = [readManifest()[name], foundIn(result2)];
  if (JSON.stringify(before) === JSON.stringify(after2)) continue;
  console.log(`${name}: ${JSON.stringify(before) ?? "new"} \u2192 ${JSON.stringify(after2)}`);
  add2(name, after2);
}
var manifest = readManifest();
for (const file2 of documents()) {
  const text = readFileSync3(file2, "utf8");
  const corrected = withNumbersOf(manifest, text);
  if (corrected === text) continue;
  console.log(`${file2}: numbers corrected`);
  writeFileSync2(file2, corrected);
}
