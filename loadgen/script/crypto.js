/*
 * CryptoJS as Postman's sandbox has it (3.3): hashes, HMAC, AES, DES, TripleDES and RC4 with its
 * modes, paddings, formats, key derivation and encodings. Digests and blocks are OpenSSL's; the
 * rest, CryptoJS's own ways included (a missing key byte is 0, an iv's words count, not its bytes),
 * is here. Rabbit is absent.
 *
 * Source: CryptoJS's documentation, and what version 3.3.0 answers (tests/data/postman/run-crypto).
 */
(function (squall) {
'use strict';

const { host, base64, fromBase64, hexOf, fromHex } = squall;

/* --- words ---------------------------------------------------------------------------------------- */

const bytesOfWords = (words, count) => {
    const bytes = new Uint8Array(Math.max(0, count));
    for (let at = 0; at < count; at++)
        bytes[at] = words[at >>> 2] >>> (24 - at % 4 * 8);
    return bytes;
};

const wordsOfBytes = bytes => {
    const words = [];
    for (let at = 0; at < bytes.length; at++)
        words[at >>> 2] |= bytes[at] << (24 - at % 4 * 8);
    return words;
};

class WordArray {
    constructor(words, sigBytes) {
        if (words instanceof ArrayBuffer || ArrayBuffer.isView(words)) {
            const bytes = words instanceof ArrayBuffer ? new Uint8Array(words)
                                                       : new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
            this.words = wordsOfBytes(bytes);
            this.sigBytes = bytes.length;
        } else {
            this.words = words || [];
            this.sigBytes = sigBytes === undefined || sigBytes === null ? this.words.length * 4 : sigBytes;
        }
    }
    static create(words, sigBytes) { return new WordArray(words, sigBytes); }
    static random(count) {
        let digits = '';
        while (digits.length < count * 2)
            digits += host.randomHex(512);
        return ofBytes(fromHex(digits).subarray(0, count));
    }
    toString(encoder) { return (encoder || enc.Hex).stringify(this); }
    concat(other) {
        const bytes = new Uint8Array(this.sigBytes + other.sigBytes);
        bytes.set(bytesOf(this));
        bytes.set(bytesOf(other), this.sigBytes);
        const words = wordsOfBytes(bytes);
        this.words.length = 0;
        for (const word of words)
            this.words.push(word);
        this.sigBytes = bytes.length;
        return this;
    }
    clamp() {
        const words = wordsOfBytes(bytesOf(this));
        this.words.length = 0;
        for (const word of words)
            this.words.push(word);
    }
    clone() { return new WordArray(this.words.slice(), this.sigBytes); }
}
const ofBytes = bytes => new WordArray(wordsOfBytes(bytes), bytes.length);
const bytesOf = what => typeof what === 'string' ? bytesOf(enc.Utf8.parse(what)) : bytesOfWords(what.words, what.sigBytes);

/* --- encodings ------------------------------------------------------------------------------------ */

const utf16 = swap => ({
    stringify: array => Array.from({ length: Math.ceil(array.sigBytes / 2) }, (unused, at) => {
        const code = array.words[at >>> 1] >>> (16 - at % 2 * 16) & 0xffff;
        return String.fromCharCode(swap ? code << 8 & 0xff00 | code >>> 8 : code);
    }).join(''),
    parse: text => ofBytes(Uint8Array.from([...Array(text.length * 2).keys()], at => {
        const code = text.charCodeAt(at >> 1);
        return (at % 2 === 0) === swap ? code & 255 : code >> 8;
    })),
});

const latin1 = bytes => Array.from(bytes, byte => String.fromCharCode(byte)).join('');
const enc = {
    Hex: {
        stringify: array => hexOf(bytesOf(array)),
        parse: text => ofBytes(Uint8Array.from({ length: Math.ceil(text.length / 2) },
                                               (unused, at) => parseInt(text.substr(at * 2, 2), 16))),
    },
    Latin1: {
        stringify: array => latin1(bytesOf(array)),
        parse: text => ofBytes(Uint8Array.from(text, character => character.charCodeAt(0))),
    },
    Utf8: {
        stringify(array) {
            try {
                return decodeURIComponent(escape(latin1(bytesOf(array))));
            } catch (error) {
                throw new Error('Malformed UTF-8 data');
            }
        },
        parse: text => enc.Latin1.parse(unescape(encodeURIComponent(text))),
    },
    Base64: {
        stringify: array => base64(bytesOf(array)),
        parse: text => ofBytes(fromBase64(text.split('=')[0])),
    },
    Base64url: {
        stringify: array => base64(bytesOf(array)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, ''),
        parse: text => ofBytes(fromBase64(text)),
    },
    Utf16: utf16(false), Utf16BE: utf16(false), Utf16LE: utf16(true),
};

/* --- Keccak, as it was before it became SHA-3 ------------------------------------------------------ */

const WORD = (1n << 64n) - 1n;
const rotate = (word, by) => by === 0n ? word : (word << by | word >> 64n - by) & WORD;

/* The step's constants by their own rules (FIPS 202, section 3.2): offsets and round constants. */
const offsets = [], rounds = [];
{
    let x = 1, y = 0, register = 1;
    for (let t = 0; t < 24; t++) {
        offsets[x + 5 * y] = BigInt((t + 1) * (t + 2) / 2 % 64);
        [x, y] = [y, (2 * x + 3 * y) % 5];
    }
    offsets[0] = 0n;
    for (let round = 0; round < 24; round++) {
        let constant = 0n;
        for (let j = 0; j < 7; j++) {
            if (register & 1)
                constant |= 1n << BigInt((1 << j) - 1);
            register = register & 0x80 ? register << 1 & 0xff ^ 0x71 : register << 1;
        }
        rounds.push(constant);
    }
}

function permute(state) {
    for (const constant of rounds) {
        const columns = [0, 1, 2, 3, 4].map(x => state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20]);
        for (let at = 0; at < 25; at++)
            state[at] ^= columns[(at + 4) % 5] ^ rotate(columns[(at + 1) % 5], 1n);
        const moved = [];
        for (let x = 0; x < 5; x++) {
            for (let y = 0; y < 5; y++)
                moved[y + 5 * ((2 * x + 3 * y) % 5)] = rotate(state[x + 5 * y], offsets[x + 5 * y]);
        }
        for (let at = 0; at < 25; at++) {
            const row = at - at % 5;
            state[at] = moved[at] ^ (~moved[row + (at + 1) % 5] & WORD & moved[row + (at + 2) % 5]);
        }
        state[0] ^= constant;
    }
}

function keccak(bytes, bits) {
    const rate = 200 - bits / 4, state = Array(25).fill(0n);
    const padded = new Uint8Array(Math.ceil((bytes.length + 1) / rate) * rate);
    padded.set(bytes);
    padded[bytes.length] |= 1;
    padded[padded.length - 1] |= 0x80;
    for (let begin = 0; begin < padded.length; begin += rate) {
        for (let at = 0; at < rate; at++)
            state[at >> 3] ^= BigInt(padded[begin + at]) << BigInt(at % 8 * 8);
        permute(state);
    }
    return Uint8Array.from({ length: bits / 8 }, (unused, at) => Number(state[at >> 3] >> BigInt(at % 8 * 8) & 255n));
}

/* --- hashes --------------------------------------------------------------------------------------- */

/* What is fed is kept, and hashed at the end. */
class Hasher {
    constructor(kind, cfg) {
        this.kind = kind;
        this.cfg = cfg || {};
        this.reset();
    }
    reset() { this.data = new WordArray(); }
    update(more) {
        this.data.concat(typeof more === 'string' ? enc.Utf8.parse(more) : more);
        return this;
    }
    finalize(more) {
        if (more)
            this.update(more);
        return ofBytes(this.kind.digest(bytesOf(this.data), this.cfg));
    }
    clone() {
        const copy = new Hasher(this.kind, this.cfg);
        copy.data = this.data.clone();
        return copy;
    }
    get blockSize() { return this.kind.block(this.cfg) / 4; }
}

class Hmac {
    constructor(algorithm, key) {
        this.algorithm = algorithm;
        let bytes = bytesOf(key);
        const block = algorithm.create().blockSize * 4;
        if (bytes.length > block)
            bytes = bytesOf(algorithm.create().finalize(ofBytes(bytes)));
        const pad = value => ofBytes(Uint8Array.from({ length: block }, (unused, at) => (bytes[at] || 0) ^ value));
        this.inner = pad(0x36);
        this.outer = pad(0x5c);
        this.reset();
    }
    reset() { this.hasher = this.algorithm.create().update(this.inner); }
    update(more) {
        this.hasher.update(more);
        return this;
    }
    finalize(more) {
        return this.algorithm.create().update(this.outer).finalize(this.hasher.finalize(more));
    }
}

const openssl = name => bytes => {
    const digest = host.digest(name, hexOf(bytes));
    if (digest === undefined)
        throw new Error(`CryptoJS.${name} is not available here: this OpenSSL has it not`);
    return fromHex(digest);
};
const digests = {};
for (const [name, block] of [['MD5', 64], ['SHA1', 64], ['SHA224', 64], ['SHA256', 64], ['SHA384', 128], ['SHA512', 128],
                             ['RIPEMD160', 64]])
    digests[name] = { digest: openssl(name), block: () => block };
const lengthOf = cfg => cfg.outputLength || 512;
digests.SHA3 = { digest: (bytes, cfg) => keccak(bytes, lengthOf(cfg)), block: cfg => 200 - lengthOf(cfg) / 4 };

/* --- key derivation ------------------------------------------------------------------------------- */

const nameOf = hasher => Object.keys(digests).find(name => algo[name] === hasher);

const evpKdf = (password, salt, cfg) => {
    const { keySize = 4, hasher = algo.MD5, iterations = 1 } = cfg || {};
    const key = new WordArray();
    let block = null;
    while (key.sigBytes < keySize * 4) {
        const hash = hasher.create();
        if (block)
            hash.update(block);
        block = hash.update(password).finalize(salt);
        for (let round = 1; round < iterations; round++)
            block = hasher.create().finalize(block);
        key.concat(block);
    }
    key.sigBytes = keySize * 4;
    return key;
};

const pbkdf2 = (password, salt, cfg) => {
    const { keySize = 4, hasher = algo.SHA1, iterations = 1 } = cfg || {};
    const key = host.pbkdf2(nameOf(hasher) || '', hexOf(bytesOf(password)), hexOf(bytesOf(salt)), iterations, keySize * 4);
    if (key === undefined)
        throw new Error('CryptoJS.PBKDF2 is available here with MD5, SHA1, SHA224 to SHA512 and RIPEMD160');
    return ofBytes(fromHex(key));
};

/* --- modes ---------------------------------------------------------------------------------------- */

const xor = (left, right) => left.map((byte, at) => byte ^ right[at]);

/* A mode holds what leads from one block to the next, and takes whole blocks. */
class Mode {
    constructor(cipher, iv, encrypts) {
        this.cipher = cipher;
        this.encrypts = encrypts;
        this.state = iv && bytesOfWords(iv.words, cipher.blockBytes);
    }
    needState() {
        if (!this.state)
            throw new TypeError("Cannot read properties of undefined (reading '0')"); // as without an iv there
    }
}
class ECB extends Mode {
    run(bytes) { return this.cipher.blocks('ECB', this.encrypts, null, bytes); }
}
class Chained extends Mode { // CBC, CFB
    run(bytes) {
        this.needState();
        const out = this.cipher.blocks(this.kind, this.encrypts, this.state, bytes);
        this.state = (this.encrypts ? out : bytes).slice(-this.cipher.blockBytes);
        return out;
    }
}
class CBC extends Chained {
    get kind() { return 'CBC'; }
}
class CFB extends Chained {
    get kind() { return 'CFB'; }
}
class OFB extends Mode {
    run(bytes) {
        this.needState();
        const out = this.cipher.blocks('OFB', true, this.state, bytes);
        const size = this.cipher.blockBytes;
        this.state = xor(out.slice(-size), bytes.slice(-size));
        return out;
    }
}
class CTR extends Mode {
    run(bytes) {
        this.needState();
        const size = this.cipher.blockBytes, counters = new Uint8Array(bytes.length), view = new DataView(this.state.buffer);
        for (let at = 0; at < bytes.length; at += size) {
            counters.set(this.state, at);
            view.setUint32(size - 4, view.getUint32(size - 4) + 1); // the last word alone, and round
        }
        return xor(bytes, this.cipher.blocks('ECB', true, null, counters));
    }
}
const mode = {};
for (const [name, kind] of Object.entries({ CBC, CFB, CTR, ECB, OFB }))
    mode[name] = { kind };

/* --- paddings ------------------------------------------------------------------------------------- */

const missing = (data, blockSize) => blockSize * 4 - data.sigBytes % (blockSize * 4);
const unpadByte = data => { data.sigBytes -= data.words[data.sigBytes - 1 >>> 2] & 255; };
const filled = (count, fill) => ofBytes(Uint8Array.from({ length: count }, (unused, at) => fill(count, at)));

const pad = {
    Pkcs7: { pad: (data, size) => data.concat(filled(missing(data, size), count => count)), unpad: unpadByte },
    AnsiX923: { pad: (data, size) => data.concat(filled(missing(data, size), (count, at) => at === count - 1 ? count : 0)),
                unpad: unpadByte },
    Iso10126: {
        pad(data, size) {
            const count = missing(data, size);
            data.concat(WordArray.random(count - 1)).concat(new WordArray([count << 24], 1));
        },
        unpad: unpadByte,
    },
    Iso97971: {
        pad(data, size) {
            data.concat(new WordArray([0x80000000], 1));
            pad.ZeroPadding.pad(data, size);
        },
        unpad(data) {
            pad.ZeroPadding.unpad(data);
            data.sigBytes--;
        },
    },
    ZeroPadding: {
        pad: (data, size) => data.concat(filled(missing(data, size) % (size * 4), () => 0)),
        unpad(data) {
            const bytes = bytesOf(data);
            let end = bytes.length;
            while (end > 0 && bytes[end - 1] === 0)
                end--;
            data.sigBytes = end;
        },
    },
    NoPadding: { pad() {}, unpad() {} },
};

/* --- ciphers -------------------------------------------------------------------------------------- */

/* A block cipher at work: what is fed waits until there are whole blocks. */
class BlockCipher {
    constructor(kind, encrypts, key, cfg) {
        this.cfg = { mode: mode.CBC, padding: pad.Pkcs7, ...cfg };
        this.kind = kind;
        this.encrypts = encrypts;
        this.key = kind.key(bytesOf(key));
        this.blockBytes = kind.blockSize * 4;
        this.reset();
    }
    reset() {
        const Kind = this.cfg.mode.kind;
        if (Kind === undefined)
            throw new Error('this mode of CryptoJS is not available here: CBC, CFB, CTR, ECB and OFB are');
        this.mode = new Kind(this, this.cfg.iv, this.encrypts);
        this.data = new WordArray();
    }
    blocks(name, encrypts, iv, bytes) {
        const out = host.cipher(`${this.kind.name(this.key)}-${name}`, encrypts, hexOf(this.key), hexOf(iv || []), hexOf(bytes));
        if (out === undefined)
            throw new Error(`CryptoJS: OpenSSL has no ${this.kind.name(this.key)}-${name} for these bytes`);
        return fromHex(out);
    }
    take(count) {
        const bytes = bytesOf(this.data), whole = new Uint8Array(Math.ceil(count / this.blockBytes) * this.blockBytes);
        whole.set(bytes.subarray(0, count));
        this.data = ofBytes(bytes.subarray(count));
        const out = new WordArray(wordsOfBytes(whole.length === 0 ? whole : this.mode.run(whole)), count);
        return out;
    }
    append(more) { this.data.concat(typeof more === 'string' ? enc.Utf8.parse(more) : more); }
    process(more) {
        this.append(more);
        const ready = Math.floor(this.data.sigBytes / this.blockBytes) - (this.encrypts ? 0 : 1);
        return this.take(Math.max(0, ready) * this.blockBytes);
    }
    finalize(more) {
        if (more)
            this.append(more);
        const { padding } = this.cfg;
        if (this.encrypts)
            padding.pad(this.data, this.kind.blockSize);
        const out = this.take(this.data.sigBytes);
        if (!this.encrypts)
            padding.unpad(out);
        return out;
    }
}

class Rc4 {
    constructor(kind, encrypts, key, cfg) {
        this.cfg = { ...cfg };
        this.kind = kind;
        this.key = bytesOf(key);
        this.reset();
    }
    reset() {
        const box = Array.from({ length: 256 }, (unused, at) => at), { key } = this;
        for (let i = 0, j = 0; i < 256; i++) {
            j = (j + box[i] + (key.length === 0 ? 0 : key[i % key.length])) % 256;
            [box[i], box[j]] = [box[j], box[i]];
        }
        this.box = box;
        this.i = this.j = 0;
        if (this.kind.drops)
            this.run(new Uint8Array((this.cfg.drop === undefined ? 192 : this.cfg.drop) * 4));
    }
    run(bytes) {
        const { box } = this;
        return bytes.map(byte => {
            this.i = (this.i + 1) % 256;
            this.j = (this.j + box[this.i]) % 256;
            [box[this.i], box[this.j]] = [box[this.j], box[this.i]];
            return byte ^ box[(box[this.i] + box[this.j]) % 256];
        });
    }
    process(more) { return ofBytes(this.run(bytesOf(more))); }
    finalize(more) { return more ? this.process(more) : new WordArray(); }
}

/* A key that is too short goes on with zeros, one that is too long ends early. */
const sized = size => bytes => Uint8Array.from({ length: size }, (unused, at) => bytes[at] || 0);
const ciphers = {
    AES: {
        Kind: BlockCipher, keySize: 8, ivSize: 4, blockSize: 4, name: key => `AES-${key.length * 8}`,
        key(bytes) {
            if (bytes.length !== 16 && bytes.length !== 24 && bytes.length !== 32)
                throw new Error(`CryptoJS.AES: a key of ${bytes.length} bytes is not available here: 16, 24 and 32 are`);
            return bytes;
        },
    },
    DES: { Kind: BlockCipher, keySize: 2, ivSize: 2, blockSize: 2, name: () => 'DES-EDE3',
           key: bytes => { const one = sized(8)(bytes); return Uint8Array.from([...one, ...one, ...one]); } },
    TripleDES: { Kind: BlockCipher, keySize: 6, ivSize: 2, blockSize: 2, name: () => 'DES-EDE3', key: sized(24) },
    RC4: { Kind: Rc4, keySize: 8, ivSize: 0 },
    RC4Drop: { Kind: Rc4, keySize: 8, ivSize: 0, drops: true },
};

class CipherParams {
    constructor(members) { Object.assign(this, members); }
    static create(members) { return new CipherParams(members); }
    toString(formatter) { return (formatter || this.formatter || format.OpenSSL).stringify(this); }
}

const format = {
    OpenSSL: {
        stringify: ({ salt, ciphertext }) => enc.Base64.stringify(
            salt ? new WordArray([0x53616c74, 0x65645f5f]).concat(salt).concat(ciphertext) : ciphertext),
        parse(text) {
            const ciphertext = enc.Base64.parse(text);
            if (ciphertext.words[0] !== 0x53616c74 || ciphertext.words[1] !== 0x65645f5f)
                return CipherParams.create({ ciphertext, salt: undefined });
            const salt = new WordArray(ciphertext.words.slice(2, 4));
            ciphertext.words.splice(0, 4);
            ciphertext.sigBytes -= 16;
            return CipherParams.create({ ciphertext, salt });
        },
    },
    Hex: {
        stringify: ({ ciphertext }) => ciphertext.toString(enc.Hex),
        parse: text => CipherParams.create({ ciphertext: enc.Hex.parse(text) }),
    },
};

const kdf = {
    OpenSSL: {
        execute(password, keySize, ivSize, salt) {
            salt = salt || WordArray.random(8);
            const key = evpKdf(password, salt, { keySize: keySize + ivSize });
            const iv = new WordArray(key.words.slice(keySize), ivSize * 4);
            key.sigBytes = keySize * 4;
            return CipherParams.create({ key, iv, salt });
        },
    },
};

/* --- the library ---------------------------------------------------------------------------------- */

const algo = { HMAC: { create: (algorithm, key) => new Hmac(algorithm, key) },
               EvpKDF: { create: cfg => ({ compute: (password, salt) => evpKdf(password, salt, cfg) }) },
               PBKDF2: { create: cfg => ({ compute: (password, salt) => pbkdf2(password, salt, cfg) }) } };

/* A text as the key is a password. */
function helper(kind, algorithm) {
    const at = (key, cfg, salt) => {
        cfg = { format: format.OpenSSL, kdf: kdf.OpenSSL, ...cfg };
        if (typeof key !== 'string')
            return { key, cfg };
        const derived = cfg.kdf.execute(key, kind.keySize, kind.ivSize, salt);
        return { key: derived.key, cfg: { ...cfg, iv: derived.iv }, derived };
    };
    return {
        encrypt(message, key, cfg) {
            const begun = at(key, cfg);
            const worker = new kind.Kind(kind, true, begun.key, begun.cfg);
            return CipherParams.create({ ciphertext: worker.finalize(message), key: begun.key, iv: worker.cfg.iv, algorithm,
                                         mode: worker.cfg.mode, padding: worker.cfg.padding, blockSize: kind.blockSize || 1,
                                         formatter: begun.cfg.format, ...begun.derived });
        },
        decrypt(ciphertext, key, cfg) {
            const parser = (cfg && cfg.format) || format.OpenSSL;
            const params = typeof ciphertext === 'string' ? parser.parse(ciphertext) : ciphertext;
            const begun = at(key, cfg, params.salt);
            return new kind.Kind(kind, false, begun.key, begun.cfg).finalize(params.ciphertext);
        },
    };
}

squall.makeCryptoJS = function () {
    const library = { enc, mode, pad, format, kdf, algo, lib: { WordArray, CipherParams }, EvpKDF: evpKdf, PBKDF2: pbkdf2 };
    for (const name of Object.keys(digests)) {
        algo[name] = { create: cfg => new Hasher(digests[name], cfg) };
        library[name] = (message, cfg) => algo[name].create(cfg).finalize(message);
        library[`Hmac${name}`] = (message, key) => new Hmac(algo[name], key).finalize(message);
    }
    for (const name of Object.keys(ciphers)) {
        const kind = ciphers[name];
        algo[name] = { keySize: kind.keySize, ivSize: kind.ivSize, blockSize: kind.blockSize || 1,
                       createEncryptor: (key, cfg) => new kind.Kind(kind, true, key, cfg),
                       createDecryptor: (key, cfg) => new kind.Kind(kind, false, key, cfg) };
        library[name] = helper(kind, algo[name]);
    }
    for (const name of ['Rabbit', 'RabbitLegacy']) {
        Object.defineProperty(library, name, { get() {
            throw new Error(`CryptoJS.${name} is not available here: AES, DES, TripleDES and RC4 are`);
        } });
    }
    return library;
};
})
