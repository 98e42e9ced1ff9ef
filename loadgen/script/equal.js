/* Deep equality as chai's eql has it: same types, same own and inherited enumerable keys, NaN equals
 * NaN, -0 differs from 0, cycles compared once. */
(function (squall) {
'use strict';

function kindOf(value) {
    if (value === null)
        return 'null';
    const type = typeof value;
    if (type !== 'object' && type !== 'function')
        return type;
    const tag = value[Symbol.toStringTag];
    return typeof tag === 'string' ? tag : Array.isArray(value) ? 'Array' : squall.typeTag(value);
}

function sameLists(a, b, seen) {
    if (a.length !== b.length)
        return false;
    for (let i = 0; i < a.length; i++) {
        if (!same(a[i], b[i], seen))
            return false;
    }
    return true;
}

function entriesInOrder(collection) {
    const list = [];
    collection.forEach((value, key) => list.push([key, value]));
    return list.sort();
}

function keysOf(value) {
    const keys = [];
    for (const key in value)
        keys.push(key);
    for (const symbol of Object.getOwnPropertySymbols(value)) {
        if (Object.getOwnPropertyDescriptor(value, symbol).enumerable)
            keys.push(symbol);
    }
    return keys;
}

function sameObjects(a, b, seen) {
    const left = keysOf(a), right = keysOf(b);
    if (left.length !== right.length)
        return false;
    const names = new Set(right);
    if (left.length > 0)
        return left.every(key => names.has(key)) && left.every(key => same(a[key], b[key], seen));
    if (typeof a[Symbol.iterator] === 'function' && typeof b[Symbol.iterator] === 'function')
        return sameLists([...a], [...b], seen);
    return true;
}

const byKind = {
    String: (a, b) => same(a.valueOf(), b.valueOf()),
    Number: (a, b) => same(a.valueOf(), b.valueOf()),
    Boolean: (a, b) => same(a.valueOf(), b.valueOf()),
    Date: (a, b) => same(a.valueOf(), b.valueOf()),
    Promise: (a, b) => a === b,
    Symbol: (a, b) => a === b,
    function: (a, b) => a === b,
    WeakMap: (a, b) => a === b,
    WeakSet: (a, b) => a === b,
    Error: (a, b) => ['name', 'message', 'code'].every(key => same(a[key], b[key])),
    RegExp: (a, b) => String(a) === String(b),
    Arguments: sameLists,
    Array: sameLists,
    Set: (a, b, seen) => a.size === b.size && sameLists(entriesInOrder(a), entriesInOrder(b), seen),
    Map: (a, b, seen) => a.size === b.size && sameLists(entriesInOrder(a), entriesInOrder(b), seen),
    DataView: (a, b, seen) => sameLists(new Uint8Array(a.buffer, a.byteOffset, a.byteLength),
                                        new Uint8Array(b.buffer, b.byteOffset, b.byteLength), seen),
    ArrayBuffer: (a, b, seen) => sameLists(new Uint8Array(a), new Uint8Array(b), seen),
};

function same(a, b, seen) {
    if (a === b)
        return a !== 0 || 1 / a === 1 / b;
    if (a !== a && b !== b)
        return true;
    if (a === null || b === null || (typeof a !== 'object' && typeof a !== 'function') ||
        (typeof b !== 'object' && typeof b !== 'function'))
        return false;
    const kind = kindOf(a);
    if (kind !== kindOf(b))
        return false;
    seen = seen || [];
    if (seen.some(pair => pair[0] === a && pair[1] === b))
        return true;
    const deeper = [...seen, [a, b]];
    if (byKind[kind])
        return byKind[kind](a, b, deeper);
    return ArrayBuffer.isView(a) ? sameLists(a, b, deeper) : sameObjects(a, b, deeper);
}

squall.equal = (a, b) => same(a, b, null);
squall.kindOf = kindOf;
})
