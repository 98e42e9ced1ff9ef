/* Assertions about what a value holds: properties, keys, members, text and items included; and those
 * about what a function does: throw, change. And the words that are both a word and a call. */
(function (squall) {
'use strict';

const { inspect, equal, kindOf, Assertion } = squall;
const { flagsOf, method, noted, hasFlag, derive, assertType, assertLength } = squall.assertionParts;
const { NEGATE, DEEP, NESTED, OWN, ORDERED, ANY, ALL, CONTAINS, LENGTH } = flagsOf;
const proto = Assertion.prototype;

/* --- properties ----------------------------------------------------------------------------------- */

/* "a.b[0].c" as steps; \. and \[ stand for themselves. */
function pathSteps(path) {
    const steps = [];
    for (const part of path.replace(/([^\\])\[/g, '$1.[').match(/(\\\.|[^.]+?)+/g) || []) {
        const index = /^\[(\d+)\]$/.exec(part);
        steps.push(index ? Number(index[1]) : part.replace(/\\([.[\]])/g, '$1'));
    }
    return steps;
}

function atPath(value, path) {
    const steps = pathSteps(path);
    let parent = value;
    for (const step of steps.slice(0, -1))
        parent = parent === null || parent === undefined ? undefined : parent[step];
    const last = steps[steps.length - 1];
    const exists = parent !== null && parent !== undefined && (last in Object(parent));
    return { exists, value: exists ? parent[last] : undefined };
}

function lookUp(assertion, name) {
    const subject = assertion.subject;
    if (hasFlag(assertion, NESTED))
        return atPath(subject, name);
    if (hasFlag(assertion, OWN))
        return { exists: Object.prototype.hasOwnProperty.call(subject, name), value: subject[name] };
    return { exists: name in Object(subject), value: subject[name] };
}

function assertProperty(name, value, message) {
    noted(this, message);
    const nested = hasFlag(this, NESTED), own = hasFlag(this, OWN), deep = hasFlag(this, DEEP);
    const type = typeof name;
    if (nested && type !== 'string')
        this.misuse('the argument to property must be a string when using nested syntax');
    if (!nested && type !== 'string' && type !== 'number' && type !== 'symbol')
        this.misuse('the argument to property must be a string, number, or symbol');
    if (nested && own)
        this.misuse('The "nested" and "own" flags cannot be combined.');
    if (this.subject === null || this.subject === undefined)
        this.misuse('Target cannot be null or undefined.');
    const found = lookUp(this, name);
    const valueGiven = arguments.length > 1;
    if (found.exists && !hasFlag(this, NEGATE) &&
        (!valueGiven || (deep ? equal(value, found.value) : value === found.value))) {
        this.subject = found.value; // no sentence is needed
        return this;
    }
    let words = (deep ? 'deep ' : '') + (own ? 'own ' : '') + (nested ? 'nested ' : '') + 'property ' + inspect(name);
    if (!hasFlag(this, NEGATE) || !valueGiven)
        this.check(found.exists, `expected {this} to have ${words}`, `expected {this} to not have ${words}`);
    if (valueGiven)
        this.check(found.exists && (deep ? equal(value, found.value) : value === found.value),
                   `expected {this} to have ${words} of {exp}, but got {act}`,
                   `expected {this} to not have ${words} of {act}`, value, found.value);
    this.subject = found.value;
    return this;
}
proto.property = assertProperty;
method(['ownProperty', 'haveOwnProperty'], function (...given) {
    this.flags |= OWN;
    return assertProperty.apply(this, given);
});
method(['ownPropertyDescriptor', 'haveOwnPropertyDescriptor'], function (name, descriptor, message) {
    if (typeof descriptor === 'string') {
        message = descriptor;
        descriptor = undefined;
    }
    noted(this, message);
    const actual = Object.getOwnPropertyDescriptor(Object(this.subject), name);
    const words = `own property descriptor for ${inspect(name)}`;
    if (actual && descriptor)
        this.check(equal(descriptor, actual),
                   `expected the ${words} on {this} to match ${inspect(descriptor)}, got ${inspect(actual)}`,
                   `expected the ${words} on {this} to not match ${inspect(descriptor)}`, descriptor, actual);
    else
        this.check(actual, `expected {this} to have an ${words}`, `expected {this} to not have an ${words}`);
    this.subject = actual;
    return this;
});

/* --- include -------------------------------------------------------------------------------------- */

function includesProperties(assertion, wanted) {
    if (wanted !== Object(wanted)) {
        assertion.misuse(`the given combination of arguments (${kindOf(assertion.subject).toLowerCase()} and ` +
            `${kindOf(wanted).toLowerCase()}) is invalid for this assertion. You can use an array, a map, an ` +
            `object, a set, a string, or a weakset instead of a ${kindOf(wanted).toLowerCase()}`);
    }
    const keys = Object.keys(wanted);
    let first = null, failures = 0;
    for (const key of keys) {
        const one = derive(assertion, assertion.subject, assertion.flags & ~(LENGTH | CONTAINS));
        if (!hasFlag(assertion, NEGATE) || keys.length === 1) {
            one.property(key, wanted[key]);
            continue;
        }
        try {
            one.property(key, wanted[key]);
        } catch (error) {
            if (!(error instanceof squall.AssertionError))
                throw error;
            first = first || error;
            failures++;
        }
    }
    if (hasFlag(assertion, NEGATE) && keys.length > 1 && failures === keys.length)
        throw first;
    return assertion;
}

function assertInclude(value, message) {
    noted(this, message);
    const subject = this.subject, kind = kindOf(subject).toLowerCase();
    const deep = hasFlag(this, DEEP);
    let holds = false;
    switch (kind) {
    case 'string':
        holds = subject.indexOf(value) !== -1;
        break;
    case 'weakset':
        if (deep)
            this.misuse('unable to use .deep.include with WeakSet');
        holds = subject.has(value);
        break;
    case 'map':
        for (const item of subject.values())
            holds = holds || (deep ? equal(item, value) : item === value || (item !== item && value !== value));
        break;
    case 'set':
        holds = deep ? [...subject].some(item => equal(item, value)) : subject.has(value);
        break;
    case 'array':
        holds = deep ? subject.some(item => equal(item, value)) : subject.indexOf(value) !== -1;
        break;
    default:
        return includesProperties(this, value);
    }
    if (holds === !hasFlag(this, NEGATE))
        return this;
    const words = `${deep ? 'deep ' : ''}include ${inspect(value)}`;
    return this.check(holds, `expected {this} to ${words}`, `expected {this} to not ${words}`);
}

proto.oneOf = function (list, message) {
    noted(this, message);
    if (!Array.isArray(list))
        derive(this, list, 0).a('array');
    const deep = hasFlag(this, DEEP);
    if (hasFlag(this, CONTAINS))
        return this.check(list.some(item => this.subject.indexOf(item) > -1), 'expected {this} to contain one of {exp}',
                          'expected {this} to not contain one of {exp}', list);
    return this.check(deep ? list.some(item => equal(this.subject, item)) : list.indexOf(this.subject) > -1,
                      'expected {this} to be one of {exp}', 'expected {this} to not be one of {exp}', list);
};

/* --- members -------------------------------------------------------------------------------------- */

function holdsAll(subset, superset, same, contains, ordered) {
    if (!contains && subset.length !== superset.length)
        return false;
    const rest = contains ? null : superset.slice();
    return subset.every((item, at) => {
        if (ordered)
            return same ? same(item, superset[at]) : item === superset[at];
        const pool = rest || superset;
        const found = same ? pool.findIndex(other => same(item, other)) : pool.indexOf(item);
        if (found !== -1 && rest)
            rest.splice(found, 1);
        return found !== -1;
    });
}

proto.members = function (wanted, message) {
    noted(this, message);
    for (const list of [this.subject, wanted]) {
        if (kindOf(list) !== 'Array' && !(list && typeof list[Symbol.iterator] === 'function' && typeof list !== 'string'))
            derive(this, list, 0).to.be.an('array');
    }
    const contains = hasFlag(this, CONTAINS), ordered = hasFlag(this, ORDERED);
    const words = contains ? `be ${ordered ? 'an ordered superset' : 'a superset'} of {exp}`
                           : `have the same ${ordered ? 'ordered ' : ''}members as {exp}`;
    return this.check(holdsAll([...wanted], [...this.subject], hasFlag(this, DEEP) ? equal : null, contains, ordered),
                      `expected {this} to ${words}`, `expected {this} to not ${words}`, wanted);
};

/* --- keys ----------------------------------------------------------------------------------------- */

function listed(names, conjunction) {
    const shown = names.map(name => inspect(name));
    if (shown.length < 2)
        return shown.join('');
    return `${shown.slice(0, -1).join(', ')}, ${conjunction} ${shown[shown.length - 1]}`;
}

function wantedKeys(assertion, first, given, isCollection) {
    const mixed = 'when testing keys against an object or an array you must give a single Array|Object|String argument or multiple String arguments';
    const kind = kindOf(first);
    if (isCollection)
        return kind === 'Array' ? first : given;
    if (kind !== 'Array' && kind !== 'Object')
        return given;
    if (given.length > 1)
        assertion.misuse(mixed);
    return kind === 'Array' ? first : Object.keys(first);
}

method(['keys', 'key'], function (...given) {
    const isCollection = kindOf(this.subject) === 'Map' || kindOf(this.subject) === 'Set';
    let wanted = wantedKeys(this, given[0], given, isCollection);
    const actual = isCollection ? [...this.subject.keys()]
                                : [...Object.keys(this.subject), ...Object.getOwnPropertySymbols(this.subject).filter(
                                      symbol => Object.prototype.propertyIsEnumerable.call(this.subject, symbol))];
    if (!isCollection)
        wanted = wanted.map(key => typeof key === 'symbol' ? key : String(key));
    if (wanted.length === 0)
        this.misuse('keys required');
    const same = isCollection && hasFlag(this, DEEP) ? equal : (a, b) => a === b || (a !== a && b !== b);
    const found = key => actual.some(other => same(key, other));
    const any = hasFlag(this, ANY), contains = hasFlag(this, CONTAINS);
    const holds = any ? wanted.some(found)
                      : wanted.every(found) && (contains || wanted.length === actual.length);
    const deeply = isCollection && hasFlag(this, DEEP) ? 'deeply ' : '';
    const words = `${deeply}${contains ? 'contain' : 'have'} ${wanted.length > 1 ? 'keys' : 'key'} ${listed(wanted, any ? 'or' : 'and')}`;
    return this.check(holds, `expected {this} to ${words}`, `expected {this} to not ${words}`,
                      wanted.slice().sort(), actual.slice().sort());
});

/* --- what a function does ------------------------------------------------------------------------- */

function nameOf(maker) {
    return maker instanceof Error ? Object.getPrototypeOf(maker).constructor.name || maker.name
                                  : maker.name || (maker.prototype instanceof Error ? new maker().name : '');
}

/* Whether what was thrown is what was asked for, by instance, class and text; each may be absent. */
function throwChecks(caught, like, pattern) {
    const checks = [];
    if (like instanceof Error)
        checks.push({ holds: caught === like, text: 'to throw {exp} but {act} was thrown', negated: 'to not throw {exp}',
                      expected: String(like), actual: String(caught) });
    else if (like)
        checks.push({ holds: caught instanceof like, text: 'to throw {exp} but {act} was thrown',
                      negated: 'to not throw {exp} but {act} was thrown', expected: nameOf(like),
                      actual: caught instanceof Error ? String(caught) : caught });
    if (pattern !== undefined && pattern !== null) {
        const text = caught !== null && typeof caught === 'object' ? caught.message : String(caught);
        const matching = pattern instanceof RegExp;
        checks.push({ holds: matching ? pattern.test(text) : String(text).includes(pattern),
                      text: `to throw error ${matching ? 'matching' : 'including'} {exp} but got {act}`,
                      negated: `to throw error not ${matching ? 'matching' : 'including'} {exp}`,
                      expected: pattern, actual: text });
    }
    return checks;
}

method(['throw', 'throws', 'Throw'], function (like, pattern, message) {
    noted(this, message);
    const run = this.subject;
    if (typeof run !== 'function')
        derive(this, run, 0).a('function');
    if (like instanceof RegExp || typeof like === 'string') {
        pattern = like;
        like = null;
    }
    let caught, threw = false;
    try {
        run();
    } catch (error) {
        caught = error;
        threw = true;
    }
    const any = !like && (pattern === undefined || pattern === null);
    const negate = hasFlag(this, NEGATE);
    if (any || (!threw && !negate)) {
        const what = like instanceof Error ? '{exp}' : like ? nameOf(like) : 'an error';
        this.check(threw, `expected {this} to throw ${what}`,
                   'expected {this} to not throw an error but {act} was thrown', like ? String(like) : undefined,
                   caught instanceof Error ? String(caught) : caught);
    } else if (threw) {
        const checks = throwChecks(caught, like, pattern);
        // Negated, one thing that differs is enough.
        const failed = negate ? (checks.every(one => one.holds) ? checks.slice(0, 1) : [])
                              : checks.filter(one => !one.holds);
        if (failed.length > 0)
            this.fail(`expected {this} ${negate ? failed[0].negated : failed[0].text}`, failed[0].expected,
                      failed[0].actual);
    }
    this.subject = caught;
    return this;
});

function changeOf(assertion, holder, name) {
    if (!name) {
        if (typeof holder !== 'function')
            derive(assertion, holder, 0).a('function');
        return { read: holder, words: '' };
    }
    derive(assertion, holder, 0).to.have.property(name);
    return { read: () => holder[name], words: `.${name}` };
}

function change(names, verb, holds) {
    method(names, function (holder, name, message) {
        noted(this, message);
        if (typeof this.subject !== 'function')
            derive(this, this.subject, 0).a('function');
        const watched = changeOf(this, holder, name);
        const before = watched.read();
        if (verb !== 'change')
            derive(this, before, 0).a('number');
        this.subject();
        const after = watched.read();
        const what = name === undefined || name === null ? before : watched.words;
        this.behaviour = verb;
        this.changed = what;
        this.delta = verb === 'change' ? before !== after && after - before : after - before;
        this.realDelta = after - before;
        return this.check(holds(before, after), `expected ${what} to ${verb}`, `expected ${what} to not ${verb}`);
    });
}
change(['change', 'changes'], 'change', (before, after) => before !== after);
change(['increase', 'increases'], 'increase', (before, after) => after - before > 0);
change(['decrease', 'decreases'], 'decrease', (before, after) => after - before < 0);
proto.by = function (delta, message) {
    noted(this, message);
    const holds = this.behaviour === 'change' ? Math.abs(delta) === Math.abs(this.realDelta)
                                              : this.realDelta === (this.behaviour === 'decrease' ? -delta : delta);
    return this.check(holds, `expected ${this.changed} to ${this.behaviour} by ${delta}`,
                      `expected ${this.changed} to not ${this.behaviour} by ${delta}`);
};

/* --- words that are calls too: a, an, include, contain, length ------------------------------------- */

/*
 * `expect(x).to.include(1)` calls; `expect(x).to.include.members([1])` goes on. One function serves
 * all assertions: reading the word remembers the assertion, and what follows takes it up at once.
 */
let latest = null;
const chainables = new Map(); // name: {call, flags, onChain, words}
const isChainable = new Set();

/* The word `name` after a chainable one. */
function teachOne(row, name) {
    Object.defineProperty(row.words, name, {
        configurable: true,
        get() {
            latest.flags |= row.flags;
            const value = latest[name];
            return typeof value === 'function' && !latest.hasOwnProperty(name) && !isChainable.has(value)
                ? value.bind(latest) : value;
        },
    });
}

function chainable(names, call, flags, onChain) {
    const row = { call, flags, onChain, words: Object.create(Function.prototype) };
    const go = onChain === undefined
        ? function (value, message) { return row.call.call(this instanceof Assertion ? this : latest, value, message); }
        : function (...given) { return row.call.apply(this instanceof Assertion ? this : latest, given); };
    Object.setPrototypeOf(go, row.words);
    for (const name of Object.getOwnPropertyNames(proto)) {
        if (name !== 'constructor')
            teachOne(row, name);
    }
    delete go.length;
    isChainable.add(go);
    for (const name of names) {
        chainables.set(name, row);
        Object.defineProperty(proto, name, {
            configurable: true,
            get() {
                latest = this;
                if (row.onChain !== undefined)
                    row.onChain.call(this);
                return go;
            },
        });
    }
}

/* For extensions: a new word is known after the chainable ones, too. */
function teach(name) {
    for (const row of new Set(chainables.values()))
        teachOne(row, name);
}
Object.assign(squall.assertionParts, {
    teach,
    chainableParts: {
        add: chainable,
        find: name => chainables.get(name),
        change: (name, call, onChain) => { Object.assign(chainables.get(name), { call, onChain }); },
    },
});

/* --- words that do not exist ---------------------------------------------------------------------- */

function distance(a, b) {
    let row = Array.from({ length: b.length + 1 }, (unused, at) => at);
    for (let i = 1; i <= a.length; i++) {
        const next = [i];
        for (let j = 1; j <= b.length; j++)
            next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
        row = next;
    }
    return row[b.length];
}

/*
 * A misspelt assertion must not pass: `expect(x).to.be.tru`. It is looked for behind the prototype,
 * where only words that nothing has get to.
 */
function refuseUnknown() {
    const known = () => Object.getOwnPropertyNames(proto).filter(
        name => !(name in Object.prototype) && !['fail', 'check', 'misuse', '_obj'].includes(name));
    Object.setPrototypeOf(proto, new Proxy(Object.prototype, {
        get(target, name, receiver) {
            if (typeof name !== 'string' || name in target || ['then', 'inspect', 'toJSON', '$$typeof'].includes(name))
                return Reflect.get(target, name, receiver);
            let best = null, least = 4;
            for (const word of known()) {
                const far = distance(name, word);
                if (far < least) {
                    best = word;
                    least = far;
                }
            }
            throw new Error(`Invalid Chai property: ${name}` + (best ? `. Did you mean "${best}"?` : ''));
        },
    }));
}

squall.finishAssertions = function () {
    chainable(['a', 'an'], assertType, 0);
    chainable(['include', 'includes', 'contain', 'contains'], assertInclude, CONTAINS);
    chainable(['length', 'lengthOf'], assertLength, LENGTH);
    refuseUnknown();
};
})
