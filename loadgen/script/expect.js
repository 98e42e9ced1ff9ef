/*
 * pm.expect: assertions read as chai 4's, with its message texts. An assertion is three fields: the
 * subject, the user's message, and flags as bits, so that a chain costs no more than its words.
 *
 * Source: chaijs.com/api/bdd (the words and what they mean); the texts are checked against
 * tests/data/postman/chai-messages.json.
 */
(function (squall) {
'use strict';

const { inspect, display, equal, kindOf } = squall;

const NEGATE = 1, DEEP = 2, NESTED = 4, OWN = 8, ORDERED = 16, ANY = 32, ALL = 64, CONTAINS = 128,
      LENGTH = 256;

class AssertionError extends Error {
    constructor(message, properties) {
        super(message || 'Unspecified AssertionError');
        Object.assign(this, properties);
    }
}
Object.defineProperty(AssertionError.prototype, 'name', { value: 'AssertionError', writable: true,
                                                          configurable: true });

class Assertion {
    /* Declared, so that they are the assertion's own from the start: an assignment that makes a
     * property asks all prototypes first, and the last of them is a Proxy (refuseUnknown()). */
    subject;
    message;
    flags;

    constructor(subject, message, flags) {
        this.subject = subject;
        this.message = message;
        this.flags = flags;
    }

    /* The sentence with its places filled: {this}, {exp}, {act}. */
    fail(text, expected, actual) {
        const filled = text.replace(/\{(this|exp|act)\}/g, (whole, place) => display(
            place === 'this' ? this.subject : place === 'exp' ? expected : actual));
        throw new AssertionError(this.message ? `${this.message}: ${filled}` : filled,
                                 { showDiff: expected !== undefined, actual, expected });
    }

    /* Fails with `text`, or with `negated` when the sentence has "not" in it. */
    check(holds, text, negated, expected, actual) {
        if (Boolean(holds) !== ((this.flags & NEGATE) !== 0))
            return this;
        this.fail(holds ? negated : text, expected, arguments.length > 4 ? actual : this.subject);
    }

    /* The sentence makes no sense with these values, negated or not. */
    misuse(text) {
        throw new AssertionError(this.message ? `${this.message}: ${text}` : text);
    }
}

const proto = Assertion.prototype;

function word(name, get) {
    Object.defineProperty(proto, name, { get, configurable: true });
}

for (const name of ['to', 'be', 'been', 'is', 'that', 'which', 'and', 'has', 'have', 'with', 'at', 'of',
                    'same', 'but', 'does', 'still', 'also'])
    word(name, function () { return this; });

function flagWord(name, set, clear = 0) {
    word(name, function () {
        this.flags = (this.flags | set) & ~clear;
        return this;
    });
}
flagWord('not', NEGATE);
flagWord('deep', DEEP);
flagWord('nested', NESTED);
flagWord('own', OWN);
flagWord('ordered', ORDERED);
flagWord('any', ANY, ALL);
flagWord('all', ALL, ANY);

const hasFlag = (assertion, flag) => (assertion.flags & flag) !== 0;
const derive = (assertion, subject, flags = assertion.flags) =>
    new Assertion(subject, assertion.message, flags);

/* --- words that assert by themselves -------------------------------------------------------------- */

function property(name, holds, text, negated, expected) {
    word(name, function () {
        return this.check(holds(this.subject, this), `expected {this} ${text}`, `expected {this} ${negated}`,
                          expected);
    });
}

property('ok', value => Boolean(value), 'to be truthy', 'to be falsy');
property('null', value => value === null, 'to be null', 'not to be null');
property('undefined', value => value === undefined, 'to be undefined', 'not to be undefined');
property('NaN', value => Number.isNaN(value), 'to be NaN', 'not to be NaN');
for (const name of ['exist', 'exists'])
    property(name, value => value !== null && value !== undefined, 'to exist', 'to not exist');
property('finite', value => typeof value === 'number' && isFinite(value), 'to be a finite number',
         'to not be a finite number');
property('extensible', value => Object.isExtensible(value), 'to be extensible', 'to not be extensible');
property('sealed', value => Object.isSealed(value), 'to be sealed', 'to not be sealed');
property('frozen', value => Object.isFrozen(value), 'to be frozen', 'to not be frozen');
word('true', function () {
    return this.check(this.subject === true, 'expected {this} to be true', 'expected {this} to be false',
                      !hasFlag(this, NEGATE));
});
word('false', function () {
    return this.check(this.subject === false, 'expected {this} to be false', 'expected {this} to be true',
                      hasFlag(this, NEGATE));
});
for (const name of ['arguments', 'Arguments']) {
    word(name, function () {
        const kind = kindOf(this.subject);
        return this.check(kind === 'Arguments', `expected {this} to be arguments but got ${kind}`,
                          'expected {this} to not be arguments');
    });
}

function itemCount(assertion, value) {
    const kind = kindOf(value).toLowerCase();
    if (kind === 'array' || kind === 'string')
        return value.length;
    if (kind === 'map' || kind === 'set')
        return value.size;
    if (kind === 'weakmap' || kind === 'weakset')
        assertion.misuse('.empty was passed a weak collection');
    if (kind === 'function')
        assertion.misuse(`.empty was passed a function ${value.name}`.trim());
    if (value !== Object(value))
        assertion.misuse(`.empty was passed non-string primitive ${inspect(value)}`);
    return Object.keys(value).length;
}
word('empty', function () {
    return this.check(itemCount(this, this.subject) === 0, 'expected {this} to be empty',
                      'expected {this} not to be empty');
});

/* --- equality ------------------------------------------------------------------------------------- */

function method(names, run) {
    for (const name of names)
        proto[name] = run;
}

/* A message given to the assertion itself stands before its text. */
function noted(assertion, message) {
    if (message !== undefined)
        assertion.message = message;
    return assertion;
}

method(['equal', 'equals', 'eq'], function (value, message) {
    noted(this, message);
    if (this.flags & DEEP) {
        const negate = this.flags & NEGATE;
        const result = this.eql(value);
        this.flags = (this.flags & ~NEGATE) | negate;
        return result;
    }
    return this.check(this.subject === value, 'expected {this} to equal {exp}',
                      'expected {this} to not equal {exp}', value);
});
method(['eql', 'eqls'], function (value, message) {
    return noted(this, message).check(equal(value, this.subject), 'expected {this} to deeply equal {exp}',
                                      'expected {this} to not deeply equal {exp}', value);
});

/* --- types ---------------------------------------------------------------------------------------- */

function article(noun) {
    return (/^[aeiou]/.test(noun) ? 'an ' : 'a ') + noun;
}
const functionKinds = ['function', 'asyncfunction', 'generatorfunction', 'asyncgeneratorfunction'];

function assertType(type, message) {
    noted(this, message);
    const exact = kindOf(this.subject);
    if (exact === type && (this.flags & NEGATE) === 0)
        return this; // no sentence is needed
    type = type.toLowerCase();
    const kind = exact.toLowerCase();
    const holds = type === 'function' ? functionKinds.includes(kind) : kind === type;
    if (holds !== ((this.flags & NEGATE) !== 0))
        return this;
    return this.check(holds, `expected {this} to be ${article(type)}`, `expected {this} not to be ${article(type)}`);
}

method(['instanceof', 'instanceOf'], function (maker, message) {
    noted(this, message);
    let holds = false;
    try {
        holds = this.subject instanceof maker;
    } catch (error) {
        if (error instanceof TypeError)
            this.misuse(`The instanceof assertion needs a constructor but ${kindOf(maker)} was given.`);
        throw error;
    }
    const name = typeof maker === 'function' && maker.name ? maker.name : 'an unnamed constructor';
    return this.check(holds, `expected {this} to be an instance of ${name}`,
                      `expected {this} to not be an instance of ${name}`);
});

/* --- numbers and lengths -------------------------------------------------------------------------- */

const isDate = value => squall.typeTag(value) === 'Date';

function comparison(names, holds, text, negated, numberWord) {
    method(names, function (bound, message) {
        noted(this, message);
        const ofLength = hasFlag(this, LENGTH);
        const kind = kindOf(this.subject).toLowerCase();
        const isCollection = kind === 'map' || kind === 'set';
        if (ofLength && !isCollection)
            derive(this, this.subject, 0).property('length');
        if (!ofLength && isDate(this.subject) && !isDate(bound))
            this.misuse(`the argument to ${numberWord} must be a date`);
        if (typeof bound !== 'number' && (ofLength || typeof this.subject === 'number'))
            this.misuse(`the argument to ${numberWord} must be a number`);
        if (!ofLength && !isDate(this.subject) && typeof this.subject !== 'number')
            this.misuse(`expected ${kind === 'string' ? `'${this.subject}'` : this.subject} to be a number or a date`);
        if (!ofLength)
            return this.check(holds(this.subject, bound), `expected {this} to be ${text} {exp}`,
                              `expected {this} to be ${negated} {exp}`, bound);
        const name = isCollection ? 'size' : 'length';
        const count = this.subject[name];
        return this.check(holds(count, bound), `expected {this} to have a ${name} ${text} {exp} but got {act}`,
                          `expected {this} to have a ${name} ${negated} {exp}`, bound, count);
    });
}
comparison(['above', 'gt', 'greaterThan'], (a, b) => a > b, 'above', 'at most', 'above');
comparison(['least', 'gte', 'greaterThanOrEqual'], (a, b) => a >= b, 'at least', 'below', 'least');
comparison(['below', 'lt', 'lessThan'], (a, b) => a < b, 'below', 'at least', 'below');
comparison(['most', 'lte', 'lessThanOrEqual'], (a, b) => a <= b, 'at most', 'above', 'most');

proto.within = function (from, to, message) {
    noted(this, message);
    const ofLength = hasFlag(this, LENGTH);
    const dates = isDate(from) && isDate(to);
    const range = dates ? `${from.toUTCString()}..${to.toUTCString()}` : `${from}..${to}`;
    const kind = kindOf(this.subject).toLowerCase();
    const isCollection = kind === 'map' || kind === 'set';
    if (ofLength && !isCollection)
        derive(this, this.subject, 0).property('length');
    if (!ofLength && isDate(this.subject) && !dates)
        this.misuse('the arguments to within must be dates');
    if ((typeof from !== 'number' || typeof to !== 'number') && (ofLength || typeof this.subject === 'number'))
        this.misuse('the arguments to within must be numbers');
    if (!ofLength && !isDate(this.subject) && typeof this.subject !== 'number')
        this.misuse(`expected ${kind === 'string' ? `'${this.subject}'` : this.subject} to be a number or a date`);
    if (!ofLength)
        return this.check(this.subject >= from && this.subject <= to, `expected {this} to be within ${range}`,
                          `expected {this} to not be within ${range}`);
    const name = isCollection ? 'size' : 'length';
    const count = this.subject[name];
    return this.check(count >= from && count <= to, `expected {this} to have a ${name} within ${range}`,
                      `expected {this} to not have a ${name} within ${range}`);
};

method(['closeTo', 'approximately'], function (expected, delta, message) {
    noted(this, message);
    if (typeof this.subject !== 'number')
        derive(this, this.subject, 0).a('number');
    if (typeof expected !== 'number' || typeof delta !== 'number')
        this.misuse('the arguments to closeTo or approximately must be numbers' +
                    (delta === undefined ? ', and a delta is required' : ''));
    return this.check(Math.abs(this.subject - expected) <= delta,
                      `expected {this} to be close to ${expected} +/- ${delta}`,
                      `expected {this} not to be close to ${expected} +/- ${delta}`);
});

function assertLength(count, message) {
    noted(this, message);
    if (Array.isArray(this.subject) && this.subject.length === count && (this.flags & NEGATE) === 0)
        return this; // no sentence is needed
    const kind = kindOf(this.subject).toLowerCase();
    const isCollection = kind === 'map' || kind === 'set';
    if (!isCollection && kind !== 'array' && kind !== 'string')
        derive(this, this.subject, 0).property('length');
    const name = isCollection ? 'size' : 'length';
    const actual = this.subject[name];
    if (actual === count && !hasFlag(this, NEGATE))
        return this;
    return this.check(actual === count, `expected {this} to have a ${name} of {exp} but got {act}`,
                      `expected {this} to not have a ${name} of {act}`, count, actual);
}

/* --- texts ---------------------------------------------------------------------------------------- */

method(['match', 'matches'], function (pattern, message) {
    return noted(this, message).check(Boolean(pattern.exec(this.subject)), `expected {this} to match ${pattern}`,
                                      `expected {this} not to match ${pattern}`);
});
proto.string = function (text, message) {
    noted(this, message);
    if (typeof this.subject !== 'string')
        derive(this, this.subject, 0).a('string');
    return this.check(this.subject.indexOf(text) !== -1, `expected {this} to contain ${inspect(text)}`,
                      `expected {this} to not contain ${inspect(text)}`);
};

/* --- anything else -------------------------------------------------------------------------------- */

method(['satisfy', 'satisfies'], function (matches, message) {
    noted(this, message);
    const result = matches(this.subject);
    return this.check(result, `expected {this} to satisfy ${display(matches)}`,
                      `expected {this} to not satisfy ${display(matches)}`, !hasFlag(this, NEGATE), result);
});
method(['respondTo', 'respondsTo'], function (name, message) {
    noted(this, message);
    const holder = typeof this.subject === 'function' && !this.itselfOnly ? this.subject.prototype : this.subject;
    return this.check(typeof holder[name] === 'function', `expected {this} to respond to ${inspect(name)}`,
                      `expected {this} to not respond to ${inspect(name)}`);
});
word('itself', function () {
    this.itselfOnly = true;
    return this;
});

function expect(value, message) {
    return new Assertion(value, message, 0);
}
expect.fail = function (actual, expected, message, operator) {
    if (arguments.length < 2) {
        message = actual;
        actual = undefined;
    }
    throw new AssertionError(message || 'expect.fail()', { actual, expected, operator });
};

squall.expect = expect;
squall.Assertion = Assertion;
squall.AssertionError = AssertionError;
squall.assertionParts = { flagsOf: { NEGATE, DEEP, NESTED, OWN, ORDERED, ANY, ALL, CONTAINS, LENGTH }, method,
                          word, property, noted, hasFlag, derive, assertType, assertLength };
})
