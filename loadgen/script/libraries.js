/*
 * What require() knows, and the names of Postman's old sandbox (_, CryptoJS, tv4, atob). lodash and
 * moment are the system's own packages, read when a script asks for them.
 */
(function (squall) {
'use strict';

const { host } = squall;

/* --- base64 and bytes ----------------------------------------------------------------------------- */

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function base64(bytes) {
    let out = '';
    for (let at = 0; at < bytes.length; at += 3) {
        const word = bytes[at] << 16 | (bytes[at + 1] || 0) << 8 | (bytes[at + 2] || 0);
        const left = bytes.length - at;
        out += digits[word >> 18] + digits[word >> 12 & 63] + (left > 1 ? digits[word >> 6 & 63] : '=') +
               (left > 2 ? digits[word & 63] : '=');
    }
    return out;
}

function fromBase64(text) {
    const clean = String(text).replace(/-/g, '+').replace(/_/g, '/').replace(/[^A-Za-z0-9+/]/g, '');
    const out = [];
    for (let at = 0; at + 1 < clean.length; at += 4) {
        const part = [0, 1, 2, 3].map(step => at + step < clean.length ? digits.indexOf(clean[at + step]) : 0);
        const word = part[0] << 18 | part[1] << 12 | part[2] << 6 | part[3];
        out.push(word >> 16 & 255);
        if (at + 2 < clean.length)
            out.push(word >> 8 & 255);
        if (at + 3 < clean.length)
            out.push(word & 255);
    }
    return Uint8Array.from(out);
}

function utf8Bytes(text) {
    const binary = unescape(encodeURIComponent(String(text).toWellFormed()));
    return Uint8Array.from(binary, character => character.charCodeAt(0));
}

function utf8Text(bytes) {
    const binary = Array.from(bytes, byte => String.fromCharCode(byte)).join('');
    try {
        return decodeURIComponent(escape(binary));
    } catch (error) {
        return binary;
    }
}

function btoa(text) {
    text = String(text);
    for (const character of text) {
        if (character.charCodeAt(0) > 255)
            return base64(utf8Bytes(text));
    }
    return base64(Uint8Array.from(text, character => character.charCodeAt(0)));
}
const atob = text => Array.from(fromBase64(text), byte => String.fromCharCode(byte)).join('');

const hexOf = bytes => Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
const fromHex = text => Uint8Array.from((String(text).match(/../g) || []).map(pair => parseInt(pair, 16)));

/* As much of Node's Buffer as scripts use: text in and out. */
class Buffer extends Uint8Array {
    static from(what, encoding = 'utf8') {
        const bytes = typeof what !== 'string' ? what
            : /^base64/.test(encoding) ? fromBase64(what) : encoding === 'hex' ? fromHex(what)
            : /^(latin1|binary|ascii)$/.test(encoding) ? Uint8Array.from(what, one => one.charCodeAt(0))
                                                       : utf8Bytes(what);
        const buffer = new Buffer(bytes.byteLength === undefined ? bytes.length : bytes.byteLength);
        buffer.set(bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes);
        return buffer;
    }
    static alloc(size, fill = 0) { return new Buffer(size).fill(fill); }
    static isBuffer(what) { return what instanceof Buffer; }
    static byteLength(text) { return utf8Bytes(text).length; }
    static concat(list) {
        const whole = new Buffer(list.reduce((sum, one) => sum + one.length, 0));
        let at = 0;
        for (const one of list) {
            whole.set(one, at);
            at += one.length;
        }
        return whole;
    }
    toString(encoding = 'utf8') {
        return encoding === 'base64' ? base64(this) : encoding === 'hex' ? hexOf(this)
            : /^(latin1|binary|ascii)$/.test(encoding) ? Array.from(this, one => String.fromCharCode(one)).join('')
                                                       : utf8Text(this);
    }
    toJSON() { return { type: 'Buffer', data: Array.from(this) }; }
}

/* --- uuid ----------------------------------------------------------------------------------------- */

const uuid = () => host.dynamic('$guid');
uuid.v4 = uuid;
uuid.validate = text => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
uuid.NIL = '00000000-0000-0000-0000-000000000000';

/* --- CryptoJS: hashes, HMAC and encodings ---------------------------------------------------------- */

const encoders = {
    Hex: { stringify: words => hexOf(words.bytes), parse: text => new WordArray(fromHex(text)) },
    Base64: { stringify: words => base64(words.bytes), parse: text => new WordArray(fromBase64(text)) },
    Utf8: { stringify: words => utf8Text(words.bytes), parse: text => new WordArray(utf8Bytes(text)) },
    Latin1: { stringify: words => Array.from(words.bytes, one => String.fromCharCode(one)).join(''),
              parse: text => new WordArray(Uint8Array.from(text, one => one.charCodeAt(0))) },
};
encoders.Base64url = { stringify: words => base64(words.bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, ''),
                       parse: encoders.Base64.parse };

class WordArray {
    constructor(bytes) {
        this.bytes = bytes;
    }
    get sigBytes() { return this.bytes.length; }
    get words() {
        const words = [];
        for (let at = 0; at < this.bytes.length; at += 4)
            words.push(this.bytes[at] << 24 | (this.bytes[at + 1] || 0) << 16 | (this.bytes[at + 2] || 0) << 8 | (this.bytes[at + 3] || 0));
        return words;
    }
    toString(encoder = encoders.Hex) { return encoder.stringify(this); }
    concat(other) {
        this.bytes = Uint8Array.from([...this.bytes, ...other.bytes]);
        return this;
    }
}

const bytesOf = what => what instanceof WordArray ? what.bytes : utf8Bytes(what);

function makeCryptoJS() {
    const library = { enc: encoders, lib: { WordArray: {
        create: words => new WordArray(Uint8Array.from((words || []).flatMap(
            one => [one >>> 24, one >>> 16 & 255, one >>> 8 & 255, one & 255]))),
        random: size => new WordArray(fromHex(host.randomHex(size * 2))),
    } } };
    for (const name of ['MD5', 'SHA1', 'SHA224', 'SHA256', 'SHA384', 'SHA512']) {
        library[name] = message => new WordArray(fromHex(host.digest(name, hexOf(bytesOf(message)))));
        library[`Hmac${name}`] = (message, key) => new WordArray(
            fromHex(host.hmac(name, hexOf(bytesOf(key)), hexOf(bytesOf(message)))));
    }
    for (const name of ['AES', 'DES', 'TripleDES', 'RC4', 'Rabbit', 'PBKDF2', 'SHA3', 'RIPEMD160', 'HmacSHA3']) {
        Object.defineProperty(library, name, { get() {
            throw new Error(`CryptoJS.${name} is not available here: MD5, SHA1, SHA224 to SHA512 and their Hmac are`);
        } });
    }
    return library;
}

/* --- require -------------------------------------------------------------------------------------- */

function systemLibrary(name, packageName) {
    const text = host.library(name);
    if (text === null)
        throw new Error(`require('${name}'): install the package ${packageName}, or leave the library out`);
    const module = { exports: {} };
    new Function('module', 'exports', 'global', text).call(globalThis, module, module.exports, globalThis);
    return module.exports;
}

const makers = {
    lodash: () => systemLibrary('lodash', 'libjs-lodash'),
    moment: () => systemLibrary('moment', 'libjs-moment'),
    uuid: () => uuid,
    atob: () => atob,
    btoa: () => btoa,
    buffer: () => ({ Buffer }),
    chai: () => ({ expect: squall.expect, AssertionError: squall.AssertionError }),
    'crypto-js': makeCryptoJS,
    tv4: () => squall.tv4,
    ajv: () => squall.Ajv,
    xml2js: () => squall.xml2js,
    'postman-collection': () => ({ Request: squall.PostmanRequest, Response: squall.PostmanResponse, Url: squall.Url,
                                   PropertyList: squall.PropertyList, VariableScope: squall.VariableScope }),
    util: () => ({ inspect: value => squall.format(value), isDeepStrictEqual: squall.equal }),
};
const loaded = new Map();

squall.require = function (name) {
    if (!Object.prototype.hasOwnProperty.call(makers, name)) {
        const known = Object.keys(makers).join(', ');
        throw new Error(`Cannot find module '${name}': scripts may require ${known}`);
    }
    if (!loaded.has(name)) {
        loaded.set(name, undefined); // lodash looks for an older `_`, and would be asked for again
        try {
            loaded.set(name, makers[name]());
        } catch (error) {
            loaded.delete(name);
            throw error;
        }
    }
    return loaded.get(name);
};

squall.Buffer = Buffer;
squall.base64 = base64;
squall.fromBase64 = fromBase64;
squall.libraries = { _: 'lodash', CryptoJS: 'crypto-js', tv4: 'tv4' };

Object.assign(globalThis, { atob, btoa, Buffer, structuredClone: value => JSON.parse(JSON.stringify(value)) });
})
