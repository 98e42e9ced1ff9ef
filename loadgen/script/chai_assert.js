/*
 * chai's assert(): each of its functions is a chain of expect()'s words with its values in other places.
 *
 * Source: chaijs.com/api/assert, for version 4; the texts are checked by run-chai.json in tests/data/postman.
 */
(function (squall) {
'use strict';

const { Assertion, AssertionError, inspect } = squall;

/* name: the words that follow expect(value); with the value that the last of them is called with, if it is always the same. */
const ofValue = {
    isOk: 'ok', isNotOk: 'not ok', isTrue: 'true', isFalse: 'false', isNaN: 'NaN', isNotNaN: 'not NaN', exists: 'exist',
    notExists: 'not exist', isFinite: 'finite', isExtensible: 'extensible', isNotExtensible: 'not extensible', isSealed: 'sealed',
    isNotSealed: 'not sealed', isFrozen: 'frozen', isNotFrozen: 'not frozen', isEmpty: 'empty', isNotEmpty: 'not empty',
    isNotTrue: ['not equal', true], isNotFalse: ['not equal', false], isNull: ['equal', null], isNotNull: ['not equal', null],
    isUndefined: ['equal', undefined], isDefined: ['not equal', undefined],
};
for (const type of ['Function', 'Object', 'Array', 'String', 'Number', 'Boolean']) {
    ofValue[`is${type}`] = ['a', type.toLowerCase()];
    ofValue[`isNot${type}`] = ['not a', type.toLowerCase()];
}

/* Further values that each takes, before its message. */
const withOne = {
    strictEqual: 'equal', notStrictEqual: 'not equal', deepEqual: 'eql', deepStrictEqual: 'eql', notDeepEqual: 'not eql',
    isAbove: 'above', isAtLeast: 'least', isBelow: 'below', isAtMost: 'most', typeOf: 'a', notTypeOf: 'not a',
    instanceOf: 'instanceOf', notInstanceOf: 'not instanceOf', include: 'include', notInclude: 'not include',
    deepInclude: 'deep include', notDeepInclude: 'not deep include', nestedInclude: 'nested include',
    notNestedInclude: 'not nested include', deepNestedInclude: 'deep nested include',
    notDeepNestedInclude: 'not deep nested include', ownInclude: 'own include', notOwnInclude: 'not own include',
    deepOwnInclude: 'deep own include', notDeepOwnInclude: 'not deep own include', match: 'match', notMatch: 'not match',
    property: 'property', notProperty: 'not property', ownProperty: 'own property', notOwnProperty: 'not own property',
    nestedProperty: 'nested property', notNestedProperty: 'not nested property', lengthOf: 'lengthOf', hasAnyKeys: 'any keys',
    hasAllKeys: 'all keys', containsAllKeys: 'contain all keys', doesNotHaveAnyKeys: 'not any keys',
    doesNotHaveAllKeys: 'not all keys', hasAnyDeepKeys: 'any deep keys', hasAllDeepKeys: 'all deep keys',
    containsAllDeepKeys: 'contain all deep keys', doesNotHaveAnyDeepKeys: 'not any deep keys',
    doesNotHaveAllDeepKeys: 'not all deep keys', sameMembers: 'members', notSameMembers: 'not members',
    sameDeepMembers: 'deep members', notSameDeepMembers: 'not deep members', sameOrderedMembers: 'ordered members',
    notSameOrderedMembers: 'not ordered members', sameDeepOrderedMembers: 'deep ordered members',
    notSameDeepOrderedMembers: 'not deep ordered members', includeMembers: 'include members',
    notIncludeMembers: 'not include members', includeDeepMembers: 'include deep members',
    notIncludeDeepMembers: 'not include deep members', includeOrderedMembers: 'include ordered members',
    notIncludeOrderedMembers: 'not include ordered members', includeDeepOrderedMembers: 'include deep ordered members',
    notIncludeDeepOrderedMembers: 'not include deep ordered members', oneOf: 'oneOf',
};
const withTwo = {
    propertyVal: 'property', notPropertyVal: 'not property', deepPropertyVal: 'deep property',
    notDeepPropertyVal: 'not deep property', ownPropertyVal: 'own property', notOwnPropertyVal: 'not own property',
    deepOwnPropertyVal: 'deep own property', notDeepOwnPropertyVal: 'not deep own property', nestedPropertyVal: 'nested property',
    notNestedPropertyVal: 'not nested property', deepNestedPropertyVal: 'deep nested property',
    notDeepNestedPropertyVal: 'not deep nested property', closeTo: 'closeTo', approximately: 'approximately',
};
const changes = {
    changes: 'change', doesNotChange: 'not change', increases: 'increase', doesNotIncrease: 'not increase', decreases: 'decrease',
    doesNotDecrease: 'not decrease',
};
/* The same, and then by how much. */
const changesBy = {
    changesBy: 'change, by', changesButNotBy: 'change, not by', increasesBy: 'increase, by', increasesButNotBy: 'increase, not by',
    decreasesBy: 'decrease, by', doesNotDecreaseBy: 'not decrease, by', decreasesButNotBy: 'decrease, not by',
};
const silent = ['changes', 'changesBy', 'changesButNotBy', 'increasesBy', 'increasesButNotBy', 'decreasesBy', 'decreasesButNotBy'];
const aliases = {
    ok: 'isOk', notOk: 'isNotOk', throw: 'throws', Throw: 'throws', extensible: 'isExtensible', notExtensible: 'isNotExtensible',
    sealed: 'isSealed', notSealed: 'isNotSealed', frozen: 'isFrozen', notFrozen: 'isNotFrozen', empty: 'isEmpty',
    notEmpty: 'isNotEmpty',
};

/* Walks all words but the last. */
function walk(assertion, words) {
    for (const word of words.slice(0, -1))
        assertion = assertion[word];
    return assertion;
}

function say(value, message, text, given) {
    const words = text.split(' ');
    return walk(new Assertion(value, message, 0), words)[words[words.length - 1]](...given);
}

/* With ==, which no word of expect() has. */
function loose(sentence, holds) {
    return (actual, expected, message) => {
        new Assertion(actual, message, 0).check(holds(actual, expected), sentence, '', expected, actual);
    };
}

const operators = {
    '==': (a, b) => a == b, '===': (a, b) => a === b, '>': (a, b) => a > b, '>=': (a, b) => a >= b, // eslint-disable-line eqeqeq
    '<': (a, b) => a < b, '<=': (a, b) => a <= b, '!=': (a, b) => a != b, '!==': (a, b) => a !== b, // eslint-disable-line eqeqeq
};

function throwing(words) {
    return (run, like, pattern, message) => {
        if (typeof like === 'string' || like instanceof RegExp) {
            pattern = like;
            like = null;
        }
        return say(run, message, words, [like, pattern]).subject;
    };
}

/*
 * `holder, name` or a function alone, and a message behind them. Where it is by how much they change, a
 * function and a message leave the amount to be taken for a name, too, as chai has it.
 */
function changing(words, answers) {
    return function (run, holder, name, message) {
        const alone = arguments.length === 3 && typeof holder === 'function';
        const changed = say(run, alone ? name : message, words, [holder, alone ? null : name]);
        return answers ? changed : undefined;
    };
}
function changingBy(words, answers) {
    const [first, ...more] = words.split(', ');
    return function (run, holder, name, amount, message) {
        const count = arguments.length, alone = count === 4 && typeof holder === 'function';
        const changed = say(run, alone ? amount : message, first, [holder, count === 3 ? null : name]);
        walk(changed, more[0].split(' ')).by(alone || count === 3 ? name : amount);
        return answers ? changed : undefined;
    };
}

squall.chaiAssert = function (fail) {
    function assert(holds, message) {
        new Assertion(null, undefined, 0).assert(holds, message, '[ negation message unavailable ]');
    }
    for (const name of Object.keys(ofValue)) {
        const [text, ...given] = [].concat(ofValue[name]);
        const words = text.split(' ');
        assert[name] = given.length > 0 ? (value, message) => { say(value, message, text, given); }
            : (value, message) => { void walk(new Assertion(value, message, 0), words)[words[words.length - 1]]; };
    }
    for (const name of Object.keys(withOne))
        assert[name] = (value, one, message) => { say(value, message, withOne[name], [one]); };
    for (const name of Object.keys(withTwo))
        assert[name] = (value, one, two, message) => { say(value, message, withTwo[name], [one, two]); };
    for (const name of Object.keys(changes))
        assert[name] = changing(changes[name], !silent.includes(name));
    for (const name of Object.keys(changesBy))
        assert[name] = changingBy(changesBy[name], !silent.includes(name));
    Object.assign(assert, {
        fail: fail('assert'),
        equal: loose('expected {this} to equal {exp}', operators['==']),
        notEqual: loose('expected {this} to not equal {exp}', operators['!=']),
        throws: throwing('throw'),
        doesNotThrow(...given) { throwing('not throw')(...given); },
        operator(value, operator, other, message) {
            if (!Object.hasOwn(operators, operator))
                throw new AssertionError(`${message ? `${message}: ` : message}Invalid operator "${operator}"`);
            new Assertion(operators[operator](value, other), message, 0)
                .check(operators[operator](value, other), `expected ${inspect(value)} to be ${operator} ${inspect(other)}`, '');
        },
        ifError(value) {
            if (value)
                throw value;
        },
    });
    for (const name of Object.keys(aliases))
        assert[name] = assert[aliases[name]];
    return assert;
};
})
