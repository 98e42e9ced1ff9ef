/*
 * More of Node's modules, as far as scripts use them: events, assert, timers, util, string_decoder; and
 * csv-parse, json of Postman's sandbox.
 *
 * Source: nodejs.org/api; csv-parse 1.2's documentation.
 */
(function (squall) {
'use strict';

/* --- events --------------------------------------------------------------------------------------- */

class EventEmitter {
    heard(name) {
        if (!Object.prototype.hasOwnProperty.call(this, '_events'))
            Object.defineProperty(this, '_events', { value: new Map(), writable: true, configurable: true });
        return this._events.get(name) || [];
    }
    add(name, listener, first, shown = listener) {
        if (typeof listener !== 'function')
            throw new TypeError('listener must be a function');
        const rows = this.heard(name), row = { listener, shown };
        this._events.set(name, first ? [row, ...rows] : [...rows, row]);
        return this;
    }
    on(name, listener) { return this.add(name, listener, false); }
    addListener(name, listener) { return this.add(name, listener, false); }
    prependListener(name, listener) { return this.add(name, listener, true); }
    once(name, listener) {
        if (typeof listener !== 'function')
            throw new TypeError('listener must be a function');
        const emitter = this;
        return this.add(name, function once(...values) {
            emitter.removeListener(name, listener);
            listener.apply(this, values);
        }, false, listener);
    }
    removeListener(name, listener) {
        const rows = this.heard(name).slice(), at = rows.findLastIndex(row => row.shown === listener || row.listener === listener);
        if (at >= 0)
            rows.splice(at, 1);
        if (rows.length > 0)
            this._events.set(name, rows);
        else
            this._events.delete(name);
        return this;
    }
    off(name, listener) { return this.removeListener(name, listener); }
    removeAllListeners(name) {
        this.heard(name);
        if (name === undefined)
            this._events.clear();
        else
            this._events.delete(name);
        return this;
    }
    emit(name, ...values) {
        const rows = this.heard(name);
        if (rows.length === 0 && name === 'error')
            throw values[0] instanceof Error ? values[0] : new Error(`Uncaught, unspecified "error" event. (${values[0]})`);
        for (const row of rows)
            row.listener.apply(this, values);
        return rows.length > 0;
    }
    listeners(name) { return this.heard(name).map(row => row.shown); }
    listenerCount(name) { return this.heard(name).length; }
    setMaxListeners() { return this; }
}
/* Older code calls it as a function, for `util.inherits`. */
const events = new Proxy(EventEmitter, { apply() {} });
Object.assign(EventEmitter, { EventEmitter: events, defaultMaxListeners: 10, listenerCount: (emitter, name) => emitter.listenerCount(name) });

/* --- assert --------------------------------------------------------------------------------------- */

const text = value => squall.format(value);

class AssertionError extends Error {
    constructor({ message, actual, expected, operator }) {
        super(message);
        this.name = 'AssertionError';
        Object.assign(this, { actual, expected, operator, code: 'ERR_ASSERTION', generatedMessage: false });
    }
}

function check(holds, message, words, actual, expected, operator) {
    if (holds)
        return;
    if (message instanceof Error)
        throw message;
    throw new AssertionError({ message: message === undefined ? words() : message, actual, expected, operator });
}

const loose = (left, right) => left == right || (left !== left && right !== right); // eslint-disable-line eqeqeq
const looseDeep = (left, right) => {
    if (left === null || right === null || typeof left !== 'object' || typeof right !== 'object')
        return loose(left, right);
    const keys = Object.keys(left);
    return Array.isArray(left) === Array.isArray(right) && keys.length === Object.keys(right).length &&
        (left instanceof Date && right instanceof Date ? left.getTime() === right.getTime() : true) &&
        keys.every(key => key in right && looseDeep(left[key], right[key]));
};
const compared = (words, sign) => (left, right) => () => `${words}\n\n${text(left)} ${sign} ${text(right)}\n`;

function throwsOne(body) {
    try {
        body();
    } catch (error) {
        return { error };
    }
    return null;
}
function fitsError(error, expected) {
    if (expected === undefined || typeof expected === 'string')
        return true;
    if (expected instanceof RegExp)
        return expected.test(String(error));
    if (typeof expected === 'function')
        return expected.prototype !== undefined && error instanceof expected ? true
            : Object.prototype.isPrototypeOf.call(Error, expected) ? false : expected.call({}, error) === true;
    return Object.keys(expected).every(key => expected[key] instanceof RegExp ? expected[key].test(error[key])
                                                                             : squall.equal(error[key], expected[key]));
}

function assert(value, message) {
    check(value, message, () => 'The expression evaluated to a falsy value:\n\n  assert(' + text(value) + ')\n', value, true, '==');
}
Object.assign(assert, {
    AssertionError,
    ok(value, message) {
        check(value, message, () => 'The expression evaluated to a falsy value:\n\n  assert.ok(' + text(value) + ')\n', value, true, '==');
    },
    fail(message = 'Failed') { check(false, message, null, undefined, undefined, 'fail'); },
    equal: (left, right, message) => check(loose(left, right), message, () => `${text(left)} == ${text(right)}`, left, right, '=='),
    notEqual: (left, right, message) => check(!loose(left, right), message, () => `${text(left)} != ${text(right)}`, left, right, '!='),
    strictEqual: (left, right, message) => check(Object.is(left, right), message,
        compared('Expected values to be strictly equal:', '!==')(left, right), left, right, 'strictEqual'),
    notStrictEqual: (left, right, message) => check(!Object.is(left, right), message,
        () => `Expected "actual" to be strictly unequal to: ${text(right)}`, left, right, 'notStrictEqual'),
    deepEqual: (left, right, message) => check(looseDeep(left, right), message,
        () => `Expected values to be loosely deep-equal:\n\n${text(left)}\n\nshould loosely deep-equal\n\n${text(right)}`, left, right, 'deepEqual'),
    notDeepEqual: (left, right, message) => check(!looseDeep(left, right), message,
        () => `Expected "actual" not to be loosely deep-equal to: ${text(right)}`, left, right, 'notDeepEqual'),
    deepStrictEqual: (left, right, message) => check(squall.equal(left, right), message,
        () => `Expected values to be strictly deep-equal:\n\n${text(left)}\n\nshould equal\n\n${text(right)}`, left, right, 'deepStrictEqual'),
    notDeepStrictEqual: (left, right, message) => check(!squall.equal(left, right), message,
        () => `Expected "actual" not to be strictly deep-equal to: ${text(right)}`, left, right, 'notDeepStrictEqual'),
    throws(body, expected, message) {
        const thrown = throwsOne(body);
        check(thrown !== null, undefined, () => typeof expected === 'string' ? `Missing expected exception: ${expected}`
            : message ? `Missing expected exception: ${message}` : 'Missing expected exception.', undefined, expected, 'throws');
        if (!fitsError(thrown.error, expected))
            throw thrown.error;
    },
    doesNotThrow(body, message) {
        const thrown = throwsOne(body);
        check(thrown === null, typeof message === 'string' ? message : undefined,
              () => `Got unwanted exception.\nActual message: "${thrown.error && thrown.error.message}"`, undefined, undefined, 'doesNotThrow');
    },
    async rejects(promise, expected, message) {
        const thrown = await (typeof promise === 'function' ? promise() : promise).then(() => null, error => ({ error }));
        check(thrown !== null, message, () => 'Missing expected rejection.', undefined, expected, 'rejects');
        if (!fitsError(thrown.error, expected))
            throw thrown.error;
    },
    async doesNotReject(promise, message) {
        const thrown = await (typeof promise === 'function' ? promise() : promise).then(() => null, error => ({ error }));
        check(thrown === null, message, () => `Got unwanted rejection.\nActual message: "${thrown.error && thrown.error.message}"`);
    },
    ifError(value) {
        if (value !== null && value !== undefined)
            throw new AssertionError({ message: `ifError got unwanted exception: ${value instanceof Error ? value.message : text(value)}` });
    },
});
assert.strict = Object.assign((value, message) => assert(value, message), assert, {
    equal: assert.strictEqual, notEqual: assert.notStrictEqual, deepEqual: assert.deepStrictEqual, notDeepEqual: assert.notDeepStrictEqual,
});
assert.strict.strict = assert.strict;

/* --- util ----------------------------------------------------------------------------------------- */

function format(first, ...values) {
    if (typeof first !== 'string')
        return [first, ...values].map(value => text(value)).join(' ');
    let at = 0;
    const out = first.replace(/%[sdj%]/g, mark => {
        if (mark === '%%')
            return '%';
        if (at >= values.length)
            return mark;
        const value = values[at++];
        if (mark === '%j') {
            try {
                return JSON.stringify(value);
            } catch (error) {
                return '[Circular]';
            }
        }
        return mark === '%s' ? String(value) : String(Number(value));
    });
    return [out, ...values.slice(at).map(value => value === null || typeof value !== 'object' ? String(value) : text(value))].join(' ');
}

const kindOf = value => Object.prototype.toString.call(value).slice(8, -1);
const util = {
    format, inspect: value => text(value), isDeepStrictEqual: (left, right) => squall.equal(left, right),
    deprecate: body => body, debuglog: () => () => {}, log: (...values) => console.log(format(...values)),
    isArray: Array.isArray, isBoolean: value => typeof value === 'boolean', isNull: value => value === null,
    isNullOrUndefined: value => value === null || value === undefined, isNumber: value => typeof value === 'number',
    isString: value => typeof value === 'string', isSymbol: value => typeof value === 'symbol', isUndefined: value => value === undefined,
    isRegExp: value => kindOf(value) === 'RegExp', isObject: value => value !== null && typeof value === 'object',
    isDate: value => kindOf(value) === 'Date', isError: value => value instanceof Error || kindOf(value) === 'Error',
    isFunction: value => typeof value === 'function', isPrimitive: value => value === null || !/^(object|function)$/.test(typeof value),
    isBuffer: value => squall.Buffer.isBuffer(value),
    inherits(child, parent) {
        child.super_ = parent;
        Object.setPrototypeOf(child.prototype, parent.prototype);
    },
    _extend: (to, from) => Object.assign(to, from),
    promisify: body => (...values) => new Promise((resolve, reject) => body(...values, (error, value) => error ? reject(error) : resolve(value))),
};

/* --- string_decoder, timers, json ------------------------------------------------------------------ */

class StringDecoder {
    constructor(encoding = 'utf8') {
        this.encoding = encoding;
        this.kept = squall.Buffer.alloc(0);
    }
    write(bytes) {
        const whole = squall.Buffer.concat([this.kept, bytes]);
        let end = whole.length;
        if (/^utf-?8$/i.test(this.encoding)) {
            let lead = end - 1;
            while (lead >= 0 && end - lead < 4 && (whole[lead] & 0xc0) === 0x80)
                lead--;
            const needs = lead < 0 ? 0 : whole[lead] >= 0xf0 ? 4 : whole[lead] >= 0xe0 ? 3 : whole[lead] >= 0xc0 ? 2 : 1;
            end = lead >= 0 && end - lead < needs ? lead : end;
        }
        this.kept = squall.Buffer.from(whole.slice(end));
        return squall.Buffer.from(whole.slice(0, end)).toString(this.encoding);
    }
    end(bytes) {
        const out = bytes ? this.write(bytes) : '', rest = this.kept.length > 0 ? '\ufffd' : '';
        this.kept = squall.Buffer.alloc(0);
        return out + rest;
    }
}

const outer = globalThis;
const timers = () => Object.fromEntries(['setTimeout', 'setInterval', 'clearInterval', 'clearTimeout', 'setImmediate', 'clearImmediate']
    .map(name => [name, outer[name]]));

/* --- csv-parse/lib/sync --------------------------------------------------------------------------- */

/* Cells of one row after the other; a row knows which of its cells were quoted. */
function csvRows(source, options) {
    const { delimiter, quote, escape, comment } = options;
    const breaks = options.rowDelimiter ? [].concat(options.rowDelimiter) : ['\r\n', '\n', '\r'];
    const rows = [];
    let row = [], cell = '', quoted = false, inside = false, begun = false;
    const endCell = () => {
        const trimmed = quoted ? cell : (options.trim || options.ltrim ? cell.trimStart() : cell);
        row.push({ text: quoted ? cell : options.trim || options.rtrim ? trimmed.trimEnd() : trimmed, quoted });
        cell = '';
        quoted = begun = false;
    };
    const endRow = () => {
        endCell();
        rows.push(row);
        row = [];
    };
    for (let at = 0; at < source.length;) {
        const line = breaks.find(one => source.startsWith(one, at));
        if (inside) {
            if (escape && source.startsWith(escape, at) && source.startsWith(quote, at + escape.length)) {
                cell += quote;
                at += escape.length + quote.length;
            } else if (source.startsWith(quote, at)) {
                inside = false;
                at += quote.length;
                if (at < source.length && !options.relax && !source.startsWith(delimiter, at) && !breaks.some(one => source.startsWith(one, at)))
                    throw new Error(`Invalid closing quote at line ${rows.length + 1}; found ${JSON.stringify(source[at])} instead of ` +
                                    `delimiter ${JSON.stringify(delimiter)}`);
            } else {
                cell += source[at++];
            }
        } else if (quote && !begun && source.startsWith(quote, at) && (cell === '' || ((options.trim || options.ltrim) && cell.trim() === ''))) {
            inside = quoted = begun = true;
            cell = '';
            at += quote.length;
        } else if (source.startsWith(delimiter, at)) {
            endCell();
            at += delimiter.length;
        } else if (line !== undefined) {
            endRow();
            at += line.length;
        } else if (comment && row.length === 0 && cell === '' && source.startsWith(comment, at)) {
            while (at < source.length && !breaks.some(one => source.startsWith(one, at)))
                at++;
            at += (breaks.find(one => source.startsWith(one, at)) || '').length;
        } else {
            if (quoted && !(options.trim || options.rtrim) || !quoted || source[at].trim() !== '')
                cell += source[at];
            at++;
        }
    }
    if (inside)
        throw new Error(`Quoted field not terminated at line ${rows.length + 1}`);
    if (cell !== '' || quoted || row.length > 0)
        endRow();
    return rows;
}

function csvValue({ text: value, quoted }, options) {
    if (!options.auto_parse || quoted)
        return value;
    if (typeof options.auto_parse === 'function')
        return options.auto_parse(value);
    return /^(-|\+)?([1-9]+[0-9]*|0)$/.test(value) && /^(-|\+)?([1-9]+[0-9]*)$/.test(value) ? parseInt(value, 10)
        : value !== '' && value - parseFloat(value) + 1 >= 0 ? parseFloat(value) : value;
}

function csvParse(source, given) {
    const options = { delimiter: ',', quote: '"', escape: '"', comment: '', ...given };
    let rows = csvRows(String(source), options), names = options.columns || null;
    const isBlank = row => row.length === 1 && row[0].text === '' && !row[0].quoted;
    rows = rows.filter((row, at) => !(options.skip_empty_lines && (isBlank(row) || (options.trim && row.every(cell => cell.text === '' && row.length === 1)))) &&
                                    !(isBlank(row) && at === rows.length - 1));
    if (options.skip_lines_with_empty_values)
        rows = rows.filter(row => row.some(cell => cell.text.trim() !== ''));
    if (names === true || typeof names === 'function') {
        const first = (rows.shift() || []).map(cell => cell.text);
        names = typeof names === 'function' ? names(first) : first;
    }
    const width = names ? names.length : rows.length > 0 ? rows[0].length : 0;
    const out = rows.map((row, at) => {
        if (row.length !== width && !options.relax_column_count)
            throw new Error(names ? `Number of columns on line ${at + 2} does not match header`
                                  : `Number of columns is inconsistent on line ${at + 1}`);
        const values = row.map(cell => csvValue(cell, options));
        return names ? Object.fromEntries(names.map((name, place) => [name, values[place]])
            .filter(([name], place) => name !== false && place < values.length)) : values;
    });
    const kept = options.from || options.to ? out.slice((options.from || 1) - 1, options.to) : out;
    return options.objname ? Object.fromEntries(kept.map(one => [one[options.objname], one])) : kept;
}

Object.assign(squall.nodeModules, {
    events, assert, util, string_decoder: { StringDecoder }, 'csv-parse/lib/sync': csvParse,
    json: { parse: (...values) => JSON.parse(...values), stringify: (...values) => JSON.stringify(...values) },
});
Object.defineProperty(squall.nodeModules, 'timers', { get: timers, enumerable: true });
})
