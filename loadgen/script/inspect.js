/*
 * How a value looks in an assertion's message: `'text'`, `[ 1, 2 ]`, `{ a: 1 }`, cut at 40
 * characters, as chai 4 shows it (its "truncateThreshold"). Expectation: tests/data/postman.
 */
(function (squall) {
'use strict';

/* chai.config, which scripts may change. */
const config = { includeStack: false, showDiff: true, truncateThreshold: 40, useProxy: true,
                 proxyExcludedKeys: ['then', 'catch', 'inspect', 'toJSON'], deepEqual: null };
const MARK = '…';

function cut(text, room, mark = MARK) {
    if (mark.length > room && text.length > mark.length)
        return mark;
    return text.length > room && text.length > mark.length
        ? text.slice(0, room - mark.length) + mark
        : text;
}

/*
 * Parts joined while they fit in `room`; what does not is counted: "1, 2, …(8)". The rule looks one
 * part ahead, so that a count never stands where the last part itself would have fitted.
 */
function joinFitting(items, show, room) {
    let out = '';
    let ahead = '';
    for (let at = 0; at < items.length; at++) {
        const left = items.length - at;
        const tail = left === 1 ? '' : ', ';
        const rest = `${MARK}(${left})`;
        const text = ahead || show(items[at], room - out.length - tail.length) + tail;
        const next = out.length + text.length;
        if (left === 1 && next > room && out.length + rest.length <= room)
            return out + rest;
        if (left > 2 && next + rest.length > room)
            return out + rest;
        ahead = left === 1 ? '' : show(items[at + 1], room - out.length - tail.length) +
                                  (left === 2 ? '' : ', ');
        if (left === 2 && next + rest.length > room && next + ahead.length > room)
            return out + rest;
        out += text;
        if (left > 2 && next + ahead.length >= room)
            return `${out}${MARK}(${left - 1})`;
    }
    return out;
}

const escapes = { '\b': '\\b', '\t': '\\t', '\n': '\\n', '\f': '\\f', '\r': '\\r', "'": "\\'", '\\': '\\\\' };
// Quotes, controls and what is invisible or alone: soft hyphen, joiners, separators, marks.
const special = new RegExp("['\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u0600-\\u0604\\u070f\\u17b4\\u17b5" +
    '\\u200c-\\u200f\\u2028-\\u202f\\u2060-\\u206f\\ufeff\\ufff0-\\uffff]', 'g');

function escapeOne(character) {
    return escapes[character] || '\\u' + character.charCodeAt(0).toString(16).padStart(4, '0');
}

function showString(text, room) {
    return `'${cut(text.replace(special, escapeOne), room - 2)}'`;
}

function showNumber(value, room) {
    return cut(value !== 0 ? String(value) : Object.is(value, -0) ? '-0' : '+0', room);
}

function showKey(key, room) {
    if (typeof key === 'symbol')
        return `[${String(key)}]`;
    return /^[a-zA-Z_][a-zA-Z_0-9]*$/.test(key) ? key : showString(key, room);
}

function typeTag(value) {
    return Object.prototype.toString.call(value).slice(8, -1);
}

function ownSymbols(value) {
    return Object.getOwnPropertySymbols(value).filter(
        symbol => Object.prototype.propertyIsEnumerable.call(value, symbol));
}

function showEntries(entries, room, level) {
    return joinFitting(entries, ([key, value], left) => {
        const name = showKey(key, left - 4);
        return `${name}: ${show(value, left - 4 - name.length + 2, level)}`;
    }, room);
}

function showArray(value, room, level) {
    const extra = Object.keys(value).slice(value.length).map(key => [key, value[key]]);
    if (value.length === 0 && extra.length === 0)
        return '[]';
    let text = joinFitting(Array.from(value), (item, left) => show(item, left, level), room - 4);
    if (extra.length > 0)
        text += (text ? ', ' : '') + showEntries(extra, room - 4 - text.length, level);
    return `[ ${text} ]`;
}

function showObject(value, room, level) {
    const keys = [...Object.keys(value), ...ownSymbols(value)];
    if (keys.length === 0)
        return '{}';
    return `{ ${showEntries(keys.map(key => [key, value[key]]), room - 4, level)} }`;
}

function showInstance(value, room, level) {
    if (squall.PostmanResponse && value instanceof squall.PostmanResponse)
        return `PostmanResponse{ …(${value.code === undefined ? 5 : 10}) }`; // Postman's own has other members
    const tag = value[Symbol.toStringTag];
    const maker = value.constructor;
    const name = tag || (maker && maker.name) || '<Anonymous Class>';
    const cutName = name === '' ? '<Anonymous Class>' : name;
    return cutName + showObject(value, room - cutName.length, level);
}

function showFunction(value, room) {
    return value.name ? `[Function ${cut(value.name, room - 11)}]` : '[Function]';
}

function showError(value, room, level) {
    const keys = Object.keys(value).filter(key => !errorKeys.has(key));
    const message = typeof value.message === 'string' && value.message
        ? ': ' + cut(value.message, room - value.name.length)
        : '';
    const more = showEntries(keys.map(key => [key, value[key]]), room - value.name.length - 5 - message.length,
                             level);
    return value.name + message + (more ? ` { ${more} }` : '');
}
// What engines put on errors of their own.
const errorKeys = new Set(['stack', 'line', 'column', 'name', 'message', 'fileName', 'lineNumber',
                           'columnNumber', 'number', 'description', 'sourceURL']);

function showDate(value, room) {
    const text = isNaN(value) ? 'Invalid Date' : value.toJSON();
    const [day, time] = text.split('T');
    return time === undefined ? day : `${day}T${cut(time, room - day.length - 1)}`;
}

/* chai's printer takes a map of one entry for empty. */
function showMap(value, room, level) {
    if (value.size < 2)
        return 'Map{}';
    return `Map{ ${joinFitting([...value], ([key, item], left) => {
        const name = show(key, left - 4, level);
        return `${name} => ${show(item, left - 4 - name.length + 2, level)}`;
    }, room - 7)} }`;
}

function showSet(value, room, level) {
    if (value.size === 0)
        return 'Set{}';
    return `Set{ ${joinFitting([...value], (item, left) => show(item, left, level), room - 7)} }`;
}

function showTyped(value, room, level) {
    const name = typeTag(value);
    if (value.length === 0)
        return `${name}[]`;
    const text = joinFitting(Array.from(value), (item, left) => show(item, left, level),
                             room - name.length - 4);
    return `${name}[ ${text} ]`;
}

const byTag = {
    Array: showArray,
    Date: showDate,
    RegExp: (value, room) => {
        const flags = value.flags;
        return `/${cut(value.source, room - 2 - flags.length)}/${flags}`;
    },
    Map: showMap,
    Set: showSet,
    Error: showError,
    Arguments: (value, room, level) => value.length === 0
        ? 'Arguments[]'
        : `Arguments[ ${joinFitting(Array.from(value), (item, left) => show(item, left, level), room - 13)} ]`,
    Promise: () => 'Promise{…}',
    WeakSet: () => 'WeakSet{…}',
    WeakMap: () => 'WeakMap{…}',
    DataView: () => '',
    ArrayBuffer: () => '',
    Generator: () => '',
};

function show(value, room, level) {
    switch (typeof value) {
    case 'string':
        return showString(value, room);
    case 'number':
        return showNumber(value, room);
    case 'boolean':
    case 'undefined':
        return String(value);
    case 'bigint': {
        const digits = cut(value.toString() + 'n', room - 1);
        return digits === MARK ? digits : digits;
    }
    case 'symbol':
        return value.description ? `Symbol(${value.description})` : 'Symbol()';
    case 'function':
        return showFunction(value, room);
    default:
        break;
    }
    if (value === null)
        return 'null';
    if (level.includes(value))
        return '[Circular]';
    const tag = typeTag(value);
    const deeper = [...level, value];
    if (byTag[tag])
        return byTag[tag](value, room, deeper);
    if (ArrayBuffer.isView(value))
        return showTyped(value, room, deeper);
    if (value instanceof Error)
        return showError(value, room, deeper);
    if (typeof value.valueOf === 'function' && (tag === 'String' || tag === 'Number' || tag === 'Boolean'))
        return show(value.valueOf(), room, deeper);
    const maker = Object.getPrototypeOf(value) === null ? null : value.constructor;
    return maker && maker !== Object && tag === 'Object' || value[Symbol.toStringTag] !== undefined
        ? showInstance(value, room, deeper)
        : showObject(value, room, deeper);
}

squall.chaiConfig = config;
squall.inspect = value => show(value, config.truncateThreshold || Infinity, []);

/* In a message: what is still as long as that becomes its kind alone. */
squall.display = function (value) {
    const text = squall.inspect(value);
    if (!config.truncateThreshold || text.length < config.truncateThreshold)
        return text;
    switch (typeTag(value)) {
    case 'Function':
        return value.name ? `[Function: ${value.name}]` : '[Function]';
    case 'Array':
        return `[ Array(${value.length}) ]`;
    case 'Object': {
        const keys = Object.keys(value);
        return `{ Object (${keys.length > 2 ? keys.slice(0, 2).join(', ') + ', ...' : keys.join(', ')}) }`;
    }
    default:
        return text;
    }
};
squall.typeTag = typeTag;
})
