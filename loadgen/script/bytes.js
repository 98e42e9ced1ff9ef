/*
 * Bytes and their texts: base64, hexadecimal digits, UTF-8, and as much of Node's Buffer as scripts use.
 */
(function (squall) {
'use strict';

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

Object.assign(squall, { Buffer, base64, fromBase64, hexOf, fromHex, utf8Bytes, utf8Text, atob, btoa });
})
