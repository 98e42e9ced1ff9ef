/*
 * What all scripts share, and none may change for the others: the language's own objects, and `pm`.
 * Where a script has put something else in the place of Array.prototype.map, the old one is put back
 * when the script is over, and it is told once. What scripts add stays (a helper in Object.prototype
 * is a known trick), except for names that the language itself asks every object for.
 *
 * Works with nothing but what it took at the start: any other function may be the script's.
 */
(function (squall) {
'use strict';

const { getOwnPropertyDescriptor, defineProperty, getPrototypeOf, is, prototype: everything } = Object;
const { ownKeys, deleteProperty } = Reflect;
const text = String, outer = globalThis;
const CHECKS_MAX = 500, EACH = 1 << 16; // a check takes a millisecond

/* Names that promises, JSON and property descriptors look for. */
const spoiling = ['then', 'toJSON', 'get', 'set', 'value', 'writable', 'enumerable', 'configurable'];

const kept = [];   // {holder, key, path, descriptor}
const told = new Set();
const wasTold = told.has.bind(told), nowTold = told.add.bind(told);

function tell(words) {
    if (wasTold(words))
        return;
    nowTold(words);
    squall.host.notice(words);
}

/* Everything that can be reached, nearest first, so that paths are those that people know. Accessors
 * of the global object are the old names, which scripts may assign to. */
function keep(queue, seen) {
    for (const { holder, path } of queue) {
        const reach = (value, name) => {
            if (value === null || (typeof value !== 'object' && typeof value !== 'function') || seen.has(value))
                return;
            seen.add(value);
            queue.push({ holder: value, path: name });
        };
        for (const key of ownKeys(holder)) {
            const found = getOwnPropertyDescriptor(holder, key);
            const name = typeof key === 'symbol' ? `${path}[${text(key)}]` : path === '' ? key : `${path}.${key}`;
            reach(found.value, name);
            if ((found.configurable || found.writable) && !(holder === outer && found.get !== undefined))
                kept.push({ holder, key, path: name, descriptor: Object.assign(Object.create(null), found) });
        }
        reach(getPrototypeOf(holder), `Object.getPrototypeOf(${path})`);
    }
}

squall.keepShared = function () {
    const seen = new Set([squall.frame, squall.host, outer]);
    keep([{ holder: outer, path: '' }], seen);
    const queue = [];
    for (const [path, value] of [['[].values()', [].values()], ['new Map().values()', new Map().values()],
                                 ['new Set().values()', new Set().values()], ["''[Symbol.iterator]()", ''[Symbol.iterator]()],
                                 ['(function* () {})', function* () {}], ['(async () => {})', async () => {}],
                                 ["''.matchAll(/a/g)", ''.matchAll(/a/g)]])
        queue.push({ holder: getPrototypeOf(value), path: `Object.getPrototypeOf(${path})` });
    for (const name of ['Assertion', 'AssertionError', 'PostmanResponse', 'OwnResponse', 'PostmanRequest', 'OwnRequest',
                        'Url', 'PropertyList', 'VariableScope', 'CookieJar', 'Buffer'])
        queue.push({ holder: squall[name], path: name });
    keep(queue, seen);
};

/* What an extension has put there is what it is put back to from now on. */
squall.keepAnew = function (holder, key) {
    const one = kept.find(row => row.holder === holder && row.key === key);
    if (one !== undefined)
        one.descriptor = Object.assign(Object.create(null), getOwnPropertyDescriptor(holder, key));
};

function isAsKept(one) {
    const now = getOwnPropertyDescriptor(one.holder, one.key);
    if (now === undefined)
        return false;
    return one.descriptor.get === undefined && one.descriptor.set === undefined
        ? is(now.value, one.descriptor.value)
        : now.get === one.descriptor.get && now.set === one.descriptor.set;
}

/* Whether there was something to mend. */
squall.mendShared = function () {
    let mended = false;
    for (let at = 0; at < spoiling.length; at++) {
        const name = spoiling[at];
        if (getOwnPropertyDescriptor(everything, name) === undefined)
            continue;
        mended = true;
        tell(deleteProperty(everything, name)
            ? `a script puts '${name}' into Object.prototype: it is taken out, since the language itself asks for it`
            : `a script has put '${name}' into Object.prototype for good: scripts can no longer be relied on`);
    }
    for (let at = 0; at < kept.length; at++) {
        const one = kept[at];
        if (isAsKept(one))
            continue;
        mended = true;
        try {
            defineProperty(one.holder, one.key, one.descriptor);
            tell(`a script replaces ${one.path}: it is put back, since all scripts share it`);
        } catch (error) {
            tell(`a script has replaced ${one.path} for good: scripts can no longer be relied on`);
        }
    }
    return mended;
};

/*
 * After a script's run: everything the first times, and always when it was found to replace things
 * then; else what is asked of `pm` most, and everything now and then.
 */
let runs = 0, checks = 0;
squall.afterScript = function (script) {
    const { pm, expect } = squall;
    const isNew = script.runs < 3 && checks < CHECKS_MAX;
    if (++runs % EACH !== 0 && !isNew && !script.spoils && outer.pm === pm && pm.test === squall.test &&
        pm.sendRequest === squall.sendRequest && pm.expect === expect)
        return;
    checks++;
    script.spoils = squall.mendShared() && (isNew || script.spoils);
};
})
