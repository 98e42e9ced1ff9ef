/*
 * How console.log shows a value in newman's report: Node's util.inspect, depth 25, 100 items of an
 * array, lines of at most `width` characters.
 */
(function (squall) {
'use strict';

const DEPTH_MAX = 25, ITEMS_MAX = 100;

function quote(text) {
    const mark = !text.includes("'") ? "'" : !text.includes('"') ? '"' : !text.includes('`') && !text.includes('${') ? '`' : "'";
    return mark + text.replace(/[\\\n\r\t\b\f\v\u0000-\u001f\u007f-\u009f]/g, one => ({
        '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\b': '\\b', '\f': '\\f', '\v': '\\v',
    })[one] || '\\x' + one.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0'))
        .replace(new RegExp(mark === "'" ? "'" : '(?!)', 'g'), "\\'") + mark;
}

function primitive(value) {
    switch (typeof value) {
    case 'string':
        return quote(value);
    case 'number':
        return String(value); // -0 does not travel
    case 'bigint':
        return `${value}n`;
    case 'symbol':
    case 'undefined':
    case 'boolean':
        return String(value);
    default:
        return 'null';
    }
}

const keyText = key => /^[a-zA-Z_][a-zA-Z_0-9]*$/.test(key) ? key : quote(key);

/* Short items share lines as columns, numbers to the right. */
function grouped(parts, value, state) {
    const count = value.length > ITEMS_MAX ? parts.length - 1 : parts.length;
    const lengths = parts.slice(0, count).map(part => part.length);
    const longest = Math.max(...lengths), widest = longest + 2;
    const total = lengths.reduce((sum, length) => sum + length + 2, 0);
    if (widest * 3 + state.indent >= state.width || !(total / widest > 5 || longest <= 6))
        return parts;
    const biased = Math.max(widest - 3 - Math.sqrt(widest - total / parts.length), 1);
    const columns = Math.min(Math.round(Math.sqrt(2.5 * biased * count) / biased),
                             Math.floor((state.width - state.indent) / widest), 12, 15);
    if (columns <= 1)
        return parts;
    const widths = Array.from({ length: columns }, (unused, column) =>
        2 + lengths.reduce((most, length, at) => at % columns === column ? Math.max(most, length) : most, 0));
    const pad = Array.from(value).every(one => typeof one === 'number' || typeof one === 'bigint') ? 'padStart' : 'padEnd';
    const rows = [];
    for (let at = 0; at < count; at += columns) {
        const row = parts.slice(at, Math.min(at + columns, count));
        rows.push(row.map((part, column) => column < row.length - 1 ? `${part}, `[pad](widths[column])
            : pad === 'padStart' ? part.padStart(widths[column] - 2) : part).join(''));
    }
    return rows.concat(parts.slice(count));
}

/* On one line where it fits and at most three levels are inside, else a line each. */
function assemble(state, level, parts, open, close, prefix, list) {
    const entries = parts.length;
    const start = prefix ? `${prefix} ${open}` : open;
    if (list && entries > 6)
        parts = grouped(parts, list, state);
    if (state.latest - level < 3 && entries === parts.length) {
        const length = parts.reduce((sum, part) => sum + part.length, 2 * parts.length + state.indent + start.length + 10);
        const joined = parts.join(', ');
        if (length <= state.width && !joined.includes('\n'))
            return `${start} ${joined} ${close}`;
    }
    const pad = `\n${' '.repeat(state.indent)}`;
    return `${start}${pad}  ${parts.join(`,${pad}  `)}${pad}${close}`;
}

/* Without the members that have no value, as the collection's own objects travel. */
function defined(value) {
    if (value === null || typeof value !== 'object' || Array.isArray(value))
        return value;
    return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));
}

const BUFFER_BYTES_MAX = 50;

function showBuffer(bytes) {
    const shown = Array.from(bytes.subarray(0, BUFFER_BYTES_MAX), byte => ' ' + byte.toString(16).padStart(2, '0')).join('');
    const more = bytes.length - BUFFER_BYTES_MAX;
    return `<Buffer${shown}${more > 0 ? ` ... ${more} more byte${more > 1 ? 's' : ''}` : ''}>`;
}

/* What is left of a value when it comes to newman's report: it travels as JSON, with what JSON lacks
 * marked (teleport-javascript), functions and the weak as their names. */
function travelled(value) {
    if (typeof value === 'function') {
        const kind = (value.constructor && value.constructor.name) || 'Function';
        return value.name ? `[${kind}: ${value.name}]` : `[${kind}]`;
    }
    if (value === null || typeof value !== 'object')
        return value;
    if (squall.Buffer && value instanceof squall.Buffer)
        return value;
    if (!(value instanceof Date) && typeof value.toJSON === 'function')
        return defined(value.toJSON());
    if (value instanceof Error)
        return plain(value);
    if (value instanceof WeakMap || value instanceof WeakSet)
        return value instanceof WeakMap ? '[WeakMap]' : '[WeakSet]';
    return value instanceof ArrayBuffer ? `[ArrayBuffer { byteLength: ${value.byteLength} }]` : value;
}

function show(value, state, level, path) {
    value = travelled(value);
    if (typeof value === 'string' && value.length > 16 && value.length > state.width - state.indent - 4)
        return value.split(/(?<=\n)/).map(quote).join(` +\n${' '.repeat(state.indent + 2)}`);
    if (value === null || typeof value !== 'object')
        return primitive(value);
    if (path.includes(value))
        return '[Circular *1]';
    if (value instanceof Date)
        return isNaN(value) ? 'Invalid Date' : value.toISOString();
    if (value instanceof RegExp)
        return String(value);
    if (squall.Buffer && value instanceof squall.Buffer)
        return showBuffer(value);
    const isTyped = ArrayBuffer.isView(value) && !(value instanceof DataView);
    const isArray = Array.isArray(value) || isTyped;
    if (level > DEPTH_MAX)
        return isArray ? '[Array]' : '[Object]';
    const deeper = [...path, value];
    const one = (item, extra) => {
        const before = state.indent;
        state.indent += extra;
        const text = show(item, state, level + 1, deeper);
        state.indent = before;
        return text;
    };
    let open = '{', close = '}', prefix = '', parts;
    if (isArray ? value.length === 0 : value instanceof Map || value instanceof Set ? value.size === 0
                                                                                    : Object.keys(value).length === 0)
        return isTyped ? `${value.constructor.name}(0) []` : isArray ? '[]' : value instanceof Map ? 'Map(0) {}' : value instanceof Set ? 'Set(0) {}' : '{}';
    state.latest = level;
    if (isArray) {
        open = '[';
        close = ']';
        prefix = isTyped ? `${value.constructor.name}(${value.length})` : '';
        parts = Array.from(value.slice(0, ITEMS_MAX)).map(item => one(item, 2));
        const more = value.length - ITEMS_MAX;
        if (more > 0)
            parts.push(`... ${more} more item${more > 1 ? 's' : ''}`);
    } else if (value instanceof Map) {
        prefix = `Map(${value.size})`;
        parts = [...value].map(([key, item]) => `${one(key, 2)} => ${one(item, 2)}`);
    } else if (value instanceof Set) {
        prefix = `Set(${value.size})`;
        parts = [...value].map(item => one(item, 2));
    } else {
        parts = Object.keys(value).map(key => `${keyText(key)}: ${one(value[key], 2)}`);
    }
    return assemble(state, level, parts, open, close, prefix, isArray ? value : null);
}

/* Errors travel to newman's report as plain objects. */
function plain(value) {
    const known = squall.describeError(value);
    return { type: 'Error', name: known.name, message: known.message };
}

squall.format = function (value, width = 80) {
    return show(value, { width, indent: 0, latest: 0 }, 0, []);
};
})
