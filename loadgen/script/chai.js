/*
 * require('chai') beside its expect(): should(), config, and what extensions of chai work with (use(),
 * util.flag(), Assertion.addMethod() and its like). assert() is in chai_assert.js.
 *
 * Source: chaijs.com/api/plugins, for version 4.
 */
(function (squall) {
'use strict';

const { Assertion, AssertionError, inspect, display, equal, kindOf } = squall;
const { flagsOf, chainableParts, teach } = squall.assertionParts;
const proto = Assertion.prototype;

/* --- flags of an assertion by their names ---------------------------------------------------------- */

const bits = { negate: flagsOf.NEGATE, deep: flagsOf.DEEP, nested: flagsOf.NESTED, own: flagsOf.OWN, ordered: flagsOf.ORDERED,
               any: flagsOf.ANY, all: flagsOf.ALL, contains: flagsOf.CONTAINS, doLength: flagsOf.LENGTH };
const fields = { object: 'subject', message: 'message' };
const others = new WeakMap(); // what extensions keep with an assertion

function flag(assertion, name, value) {
    const reads = arguments.length < 3;
    if (Object.hasOwn(fields, name))
        return reads ? assertion[fields[name]] : void (assertion[fields[name]] = value);
    if (Object.hasOwn(bits, name)) {
        if (!reads)
            assertion.flags = value ? assertion.flags | bits[name] : assertion.flags & ~bits[name];
        return reads ? (assertion.flags & bits[name]) !== 0 || undefined : undefined;
    }
    const own = others.get(assertion) || {};
    if (reads)
        return own[name];
    others.set(assertion, { ...own, [name]: value });
    return undefined;
}

function transferFlags(from, to, withSubject = true) {
    to.flags = from.flags;
    to.message = from.message;
    if (withSubject)
        to.subject = from.subject;
    if (others.has(from))
        others.set(to, { ...others.get(from) });
}

/* --- assert() of an assertion, as extensions call it ------------------------------------------------ */

const test = (assertion, given) => flag(assertion, 'negate') ? !given[0] : given[0];
const getActual = (assertion, given) => given.length > 4 ? given[4] : assertion.subject;

function getMessage(assertion, given) {
    const words = given[flag(assertion, 'negate') ? 2 : 1];
    const places = { this: assertion.subject, act: getActual(assertion, given), exp: given[3] };
    const text = String((typeof words === 'function' ? words() : words) || '')
        .replace(/#\{(this|act|exp)\}/g, (whole, place) => display(places[place]));
    return assertion.message ? `${assertion.message}: ${text}` : text;
}

proto.assert = function (...given) {
    if (test(this, given))
        return;
    throw new AssertionError(getMessage(this, given), {
        actual: getActual(this, given), expected: given[3],
        showDiff: given[5] !== false && (given[3] !== undefined || given[4] !== undefined) });
};
Object.defineProperty(proto, '_obj', {
    configurable: true,
    get() { return this.subject; },
    set(value) { this.subject = value; },
});

/* --- new words, and old ones done anew --------------------------------------------------------------- */

/* What a word answers when it answers nothing. */
function goOn(assertion, result) {
    if (result !== undefined)
        return result;
    const next = new Assertion(undefined, undefined, 0);
    transferFlags(assertion, next);
    return next;
}

/* A word that was done anew stays so for all scripts. */
function learn(holder, name) {
    teach(name);
    squall.keepAnew(holder, name);
}

/* What was there before an extension came; when it comes again, with the next script, the same. */
const before = new Map();
function replaced(name, make, old) {
    const key = `${name} ${make}`;
    if (!before.has(key))
        before.set(key, old);
    return before.get(key);
}

function addProperty(holder, name, get) {
    Object.defineProperty(holder, name, { configurable: true, get() { return goOn(this, get && get.call(this)); } });
    learn(holder, name);
}
function addMethod(holder, name, call) {
    Object.defineProperty(holder, name, { configurable: true, writable: true, enumerable: true,
                                          value(...given) { return goOn(this, call.apply(this, given)); } });
    learn(holder, name);
}
const nothing = () => {};
function overwriteProperty(holder, name, make) {
    const { get = nothing } = replaced(name, make, Object.getOwnPropertyDescriptor(holder, name) || {});
    addProperty(holder, name, function () { return make(get).call(this); });
}
function overwriteMethod(holder, name, make) {
    const missing = () => { throw new Error(`${name} is not a function`); };
    const old = replaced(name, make, typeof holder[name] === 'function' ? holder[name] : missing);
    addMethod(holder, name, function (...given) { return make(old).apply(this, given); });
}
function addChainableMethod(holder, name, call, onChain = nothing) {
    chainableParts.add([name], function (...given) { return goOn(this, call.apply(this, given)); }, 0, onChain);
    learn(holder, name);
}
function overwriteChainableMethod(holder, name, makeCall, makeOnChain) {
    const { call, onChain } = replaced(name, makeCall, { ...chainableParts.find(name) });
    const newCall = makeCall(call), newOnChain = makeOnChain(onChain || nothing);
    chainableParts.change(name, function (...given) { return goOn(this, newCall.apply(this, given)); }, newOnChain);
}

const changers = { addProperty, addMethod, addChainableMethod, overwriteProperty, overwriteMethod, overwriteChainableMethod };
for (const name of Object.keys(changers))
    Assertion[name] = (...given) => changers[name](proto, ...given);

/* --- should ------------------------------------------------------------------------------------------ */

function fail(what) {
    return function (actual, expected, message, operator) {
        if (arguments.length < 2) {
            message = actual;
            actual = undefined;
        }
        throw new AssertionError(message || `${what}.fail()`, { actual, expected, operator });
    };
}

function shouldOf(make) {
    const words = {
        equal: (value, wanted, message) => { make(value, message).equal(wanted); },
        Throw: (run, like, pattern, message) => { make(run, message).Throw(like, pattern); },
        exist: (value, message) => { void make(value, message).exist; },
    };
    return { ...words, throw: words.Throw };
}

/* Gives everything a `should`, which can be put elsewhere by an assignment. */
function should() {
    Object.defineProperty(Object.prototype, 'should', {
        configurable: true,
        get() { return new Assertion(this, undefined, 0); },
        set(value) { Object.defineProperty(this, 'should', { value, enumerable: true, configurable: true, writable: true }); },
    });
    const { Throw, equal: same, exist, throw: again } = shouldOf((value, message) => new Assertion(value, message, 0));
    return { fail: fail('should'), equal: same, Throw, exist,
             not: shouldOf((value, message) => new Assertion(value, message, 0).not), throw: again };
}

/* --- the module --------------------------------------------------------------------------------------- */

const used = new Set();
const util = {
    test, type: kindOf, getMessage, getActual, inspect, objDisplay: display, flag, transferFlags, eql: equal, ...changers,
    getName: run => run.name, isNaN: Number.isNaN, proxify: value => value, addLengthGuard: run => run, isProxyEnabled: () => true,
    expectTypes(assertion, types) {
        const kind = kindOf(assertion.subject).toLowerCase(), wanted = types.map(type => type.toLowerCase()).sort();
        if (!wanted.includes(kind))
            assertion.misuse(`object tested must be ${wanted.map((type, at) => (at > 0 && at === wanted.length - 1 ? 'or ' : '') +
                (/^[aeiou]/.test(type) ? 'an ' : 'a ') + type).join(', ')}, but ${kind} given`);
    },
};
const chai = {
    version: '4.3.8',
    AssertionError,
    use(extend) {
        if (!used.has(extend)) {
            used.add(extend);
            extend(chai, util);
        }
        return chai;
    },
    util, config: squall.chaiConfig, Assertion, expect: squall.expect, should, Should: should, assert: squall.chaiAssert(fail),
};
squall.chai = chai;
})
