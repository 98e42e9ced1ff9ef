/*
 * The names that a script finds without declaring them, and how its text becomes a function. In newman
 * they are the parameters of that function: a script may not declare them anew with let, const or class.
 * Here they are the global object's, which costs a call nothing.
 *
 * Source: what newman 6.2.2 says of each (tests/data/postman/run-names.json).
 */
(function (squall) {
'use strict';

const words = text => text.trim().split(/\s+/);

/* Of the language, those that it lets through. */
const language = words(`
    Array ArrayBuffer Atomics BigInt BigInt64Array BigUint64Array Boolean DataView Date Error EvalError Float32Array
    Float64Array Function Infinity Int16Array Int32Array Int8Array JSON Map Math NaN Number Object Promise Proxy
    RangeError ReferenceError Reflect RegExp Set SharedArrayBuffer String Symbol SyntaxError TypeError URIError
    Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakSet decodeURI decodeURIComponent encodeURI
    encodeURIComponent escape isFinite isNaN parseFloat parseInt undefined unescape`);
/* Postman's; the first sandbox's are not there for a script that begins with "use sandbox2";. */
const now = words(`Buffer clearImmediate clearInterval clearTimeout console pm setImmediate setInterval setTimeout
    arguments bridge`);
const old = words(`Backbone CryptoJS _ atob btoa cheerio data environment globals iteration postman request responseBody
    responseCode responseCookies responseHeaders responseTime tests tv4 xml2Json`);
const free = ['eval', 'require']; // these may be declared

const outer = globalThis;
const AsyncFunction = (async () => {}).constructor;

/* The script as a function in `run`; a SyntaxError in `error` when it is none. What is before its text
 * keeps a "use strict" of its first line from having an effect, as in newman. */
squall.compileScript = function (text) {
    const isNew = /^(['"])use sandbox2\1;/.test(text);
    const Kind = /\bawait\b/.test(text) ? AsyncFunction : Function;
    const body = `${/\barguments\b/.test(text) ? ';var arguments = undefined;' : ';'}\n${text}\n;`;
    try {
        if (/\b(const|let|class)\b/.test(text))
            new Kind(...language, ...now, ...(isNew ? [] : old), body);
        return { run: new Kind(body), error: null, isNew };
    } catch (error) {
        return { run: null, error, isNew };
    }
};

/* What `this` is to a script that looks at it: nothing that it puts there is another's. */
squall.thisOf = text => /\bthis\b/.test(text) ? () => Object.create(outer) : () => undefined;

/* No names but these: scripts ask which there are before they use one. */
squall.takeOtherNames = function () {
    const known = new Set([...language, ...now, ...old, ...free]);
    for (const name of Object.getOwnPropertyNames(outer)) {
        if (!known.has(name))
            delete outer[name];
    }
};
})
