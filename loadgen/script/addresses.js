/*
 * Node's modules of paths and addresses, as Postman's sandbox offers them to require(): path,
 * querystring, url (the older parse, format and resolve), punycode.
 *
 * Source: nodejs.org/api (path, querystring, url "Legacy URL API"); RFC 3492 for punycode.
 */
(function (squall) {
'use strict';

/* --- path ----------------------------------------------------------------------------------------- */

function normalParts(text, climbs) {
    const parts = [];
    for (const part of text.split('/')) {
        if (part === '' || part === '.')
            continue;
        if (part !== '..')
            parts.push(part);
        else if (parts.length > 0 && parts[parts.length - 1] !== '..')
            parts.pop();
        else if (climbs)
            parts.push(part);
    }
    return parts.join('/');
}

const path = {
    sep: '/', delimiter: ':',
    isAbsolute: text => text[0] === '/',
    normalize(text) {
        const absolute = path.isAbsolute(text);
        let normal = normalParts(text, !absolute) || (absolute ? '' : '.');
        if (normal !== '' && text.endsWith('/'))
            normal += '/';
        return (absolute ? '/' : '') + normal;
    },
    join: (...parts) => path.normalize(parts.filter(part => {
        if (typeof part !== 'string')
            throw new TypeError('Arguments to path.join must be strings');
        return part !== '';
    }).join('/')),
    resolve(...parts) {
        const texts = ['/', ...parts].filter(part => part !== '');
        let from = texts.length - 1;
        while (!path.isAbsolute(texts[from]))
            from--;
        return `/${normalParts(texts.slice(from).join('/'), false)}`;
    },
    relative(from, to) {
        const here = path.resolve(from).split('/').filter(Boolean), there = path.resolve(to).split('/').filter(Boolean);
        let same = 0;
        while (same < here.length && same < there.length && here[same] === there[same])
            same++;
        return [...here.slice(same).map(() => '..'), ...there.slice(same)].join('/');
    },
    dirname(text) {
        const bare = text.replace(/(.)\/+$/, '$1'), slash = bare.lastIndexOf('/');
        return slash < 0 ? '.' : bare.slice(0, slash) || '/';
    },
    basename(text, extension) {
        const name = text.replace(/\/+$/, '').replace(/^.*\//s, '');
        return extension && name.endsWith(extension) ? name.slice(0, -extension.length) : name;
    },
    extname(text) {
        const name = path.basename(text), dot = name.lastIndexOf('.');
        return dot <= 0 || /^\.+$/.test(name) && name.length < 3 ? '' : name.slice(dot);
    },
};

/* --- querystring ---------------------------------------------------------------------------------- */

const plain = value => typeof value === 'string' ? value : typeof value === 'boolean' || Number.isFinite(value) ? String(value) : '';

function decoded(text) {
    try {
        return decodeURIComponent(text);
    } catch (error) {
        throw new URIError('URI malformed');
    }
}

const querystring = {
    parse(text, separator, equals, options) {
        const values = {};
        separator = separator || '&';
        equals = equals || '=';
        if (typeof text !== 'string' || text === '')
            return values;
        const most = options && typeof options.maxKeys === 'number' ? options.maxKeys : 1000;
        const parts = text.split(separator);
        for (const part of most > 0 ? parts.slice(0, most) : parts) {
            const whole = part.replace(/\+/g, '%20'), at = whole.indexOf(equals);
            const name = decoded(at < 0 ? whole : whole.slice(0, at));
            const value = at < 0 ? '' : decoded(whole.slice(at + equals.length));
            if (!Object.prototype.hasOwnProperty.call(values, name))
                values[name] = value;
            else if (Array.isArray(values[name]))
                values[name].push(value);
            else
                values[name] = [values[name], value];
        }
        return values;
    },
    stringify(values, separator, equals, name) {
        separator = separator || '&';
        equals = equals || '=';
        const pair = (key, value) => encodeURIComponent(plain(key)) + equals + encodeURIComponent(plain(value));
        if (values !== null && typeof values === 'object')
            return Object.keys(values).map(key => Array.isArray(values[key])
                ? values[key].map(value => pair(key, value)).join(separator) : pair(key, values[key])).join(separator);
        return name ? pair(name, values) : '';
    },
};
querystring.decode = querystring.parse;
querystring.encode = querystring.stringify;

/* --- punycode ------------------------------------------------------------------------------------- */

const BASE = 36, TMIN = 1, TMAX = 26, SKEW = 38, DAMP = 700, BIAS = 72, FIRST = 128;

function adapt(delta, count, first) {
    let k = 0;
    delta = first ? Math.floor(delta / DAMP) : delta >> 1;
    delta += Math.floor(delta / count);
    for (; delta > (BASE - TMIN) * TMAX >> 1; k += BASE)
        delta = Math.floor(delta / (BASE - TMIN));
    return Math.floor(k + (BASE - TMIN + 1) * delta / (delta + SKEW));
}
const threshold = (k, bias) => k <= bias ? TMIN : k >= bias + TMAX ? TMAX : k - bias;
const digitOf = value => String.fromCharCode(value < 26 ? value + 97 : value + 22);

function encodeLabel(text) {
    const points = Array.from(text, one => one.codePointAt(0));
    let out = text.replace(/[^\0-\x7f]/gu, ''), n = FIRST, delta = 0, bias = BIAS;
    const basic = out.length;
    let handled = basic;
    if (basic > 0)
        out += '-';
    while (handled < points.length) {
        const next = Math.min(...points.filter(point => point >= n));
        delta += (next - n) * (handled + 1);
        n = next;
        for (const point of points) {
            if (point < n)
                delta++;
            if (point !== n)
                continue;
            let q = delta;
            for (let k = BASE; ; k += BASE) {
                const t = threshold(k, bias);
                if (q < t)
                    break;
                out += digitOf(t + (q - t) % (BASE - t));
                q = Math.floor((q - t) / (BASE - t));
            }
            out += digitOf(q);
            bias = adapt(delta, handled + 1, handled === basic);
            delta = 0;
            handled++;
        }
        delta++;
        n++;
    }
    return out;
}

function decodeLabel(text) {
    const dash = text.lastIndexOf('-'), points = Array.from(dash > 0 ? text.slice(0, dash) : '', one => one.codePointAt(0));
    let n = FIRST, i = 0, bias = BIAS;
    if (points.some(point => point > 127))
        throw new RangeError('Illegal input >= 0x80 (not a basic code point)');
    for (let at = dash > 0 ? dash + 1 : 0; at < text.length;) {
        const before = i;
        for (let w = 1, k = BASE; ; k += BASE) {
            const code = at < text.length ? text.charCodeAt(at++) : 0;
            const digit = code >= 48 && code < 58 ? code - 22 : code >= 65 && code < 91 ? code - 65 : code >= 97 && code < 123 ? code - 97 : BASE;
            if (digit >= BASE)
                throw new RangeError('Invalid input');
            i += digit * w;
            const t = threshold(k, bias);
            if (digit < t)
                break;
            w *= BASE - t;
            if (w > 0x7fffffff || i > 0x7fffffff)
                throw new RangeError('Overflow: input needs wider integers to process');
        }
        bias = adapt(i - before, points.length + 1, before === 0);
        n += Math.floor(i / (points.length + 1));
        i %= points.length + 1;
        points.splice(i++, 0, n);
    }
    return String.fromCodePoint(...points);
}

function mapLabels(text, change) {
    const at = text.indexOf('@') + 1;
    return text.slice(0, at) + text.slice(at).replace(/[\u3002\uff0e\uff61]/g, '.').split('.').map(change).join('.');
}
const punycode = {
    version: '1.4.1',
    ucs2: { decode: text => Array.from(text, one => one.codePointAt(0)), encode: points => String.fromCodePoint(...points) },
    encode: encodeLabel, decode: decodeLabel,
    toASCII: text => mapLabels(text, label => /[^\0-\x7e]/.test(label) ? `xn--${encodeLabel(label)}` : label),
    toUnicode: text => mapLabels(text, label => label.startsWith('xn--') ? decodeLabel(label.slice(4).toLowerCase()) : label),
};

/* --- url ------------------------------------------------------------------------------------------ */

const SLASHED = /^(https?|ftp|gopher|file):$/;
const escaped = /[\s<>"`{}|\\^']/g;
const escapeOne = character => encodeURIComponent(character) === character ? `%${character.charCodeAt(0).toString(16).toUpperCase()}`
                                                                          : encodeURIComponent(character);

class Url {
    constructor() {
        for (const name of ['protocol', 'slashes', 'auth', 'host', 'port', 'hostname', 'hash', 'search', 'query', 'pathname', 'path', 'href'])
            this[name] = null;
    }
    readHost(text) {
        const end = text.search(/[/?#]/), authority = end < 0 ? text : text.slice(0, end), at = authority.lastIndexOf('@');
        if (at >= 0)
            this.auth = decodeURIComponent(authority.slice(0, at));
        let host = authority.slice(at + 1);
        const bad = host.search(/[<>"` \r\n\t{}|\\^']/); // what cannot be a host's begins the path
        const rest = bad < 0 ? '' : host.slice(bad);
        host = bad < 0 ? host : host.slice(0, bad);
        const port = /:(\d*)$/.exec(host);
        this.port = port && port[1] !== '' ? port[1] : null;
        this.hostname = (port ? host.slice(0, -port[0].length) : host).toLowerCase();
        const bracketed = /^\[.*\]$/.test(this.hostname);
        this.hostname = bracketed ? this.hostname.slice(1, -1) : punycode.toASCII(this.hostname);
        this.host = (bracketed ? `[${this.hostname}]` : this.hostname) + (this.port === null ? '' : `:${this.port}`);
        return rest + (end < 0 ? '' : text.slice(end));
    }
    parse(text, readsQuery, slashesAreHost) {
        if (typeof text !== 'string')
            throw new TypeError(`Parameter 'url' must be a string, not ${typeof text}`);
        const mark = text.indexOf('?'), head = mark < 0 || mark > text.indexOf('#') && text.includes('#') ? text : text.slice(0, mark);
        let rest = (head.replace(/\\/g, '/') + text.slice(head.length)).trim();
        const scheme = /^([a-z0-9.+-]+:)/i.exec(rest);
        if (scheme) {
            this.protocol = scheme[1].toLowerCase();
            rest = rest.slice(scheme[1].length);
        }
        const slashes = rest.startsWith('//') && (scheme || slashesAreHost || /^\/\/[^@/]+@[^@/]+/.test(rest));
        if (this.protocol !== 'javascript:' && (slashes || (scheme && !SLASHED.test(this.protocol)))) {
            this.slashes = slashes ? true : null;
            rest = this.readHost(slashes ? rest.slice(2) : rest);
        }
        rest = rest.replace(escaped, escapeOne);
        const hash = rest.indexOf('#');
        if (hash >= 0) {
            this.hash = rest.slice(hash);
            rest = rest.slice(0, hash);
        }
        const query = rest.indexOf('?');
        if (query >= 0) {
            this.search = rest.slice(query);
            this.query = readsQuery ? querystring.parse(rest.slice(query + 1)) : rest.slice(query + 1);
            rest = rest.slice(0, query);
        } else if (readsQuery) {
            this.search = '';
            this.query = {};
        }
        this.pathname = rest !== '' ? rest : SLASHED.test(this.protocol || '') && this.hostname ? '/' : null;
        this.path = this.pathname !== null || this.search ? (this.pathname || '') + (this.search || '') : null;
        this.href = this.format();
        return this;
    }
    format() {
        const auth = this.auth ? `${encodeURIComponent(this.auth).replace(/%3A/i, ':')}@` : '';
        let protocol = this.protocol || '', pathname = this.pathname || '', hash = this.hash || '', host = false;
        if (this.host)
            host = auth + this.host;
        else if (this.hostname)
            host = auth + (this.hostname.includes(':') ? `[${this.hostname}]` : this.hostname) + (this.port ? `:${this.port}` : '');
        const made = this.query !== null && typeof this.query === 'object' && Object.keys(this.query).length > 0
            ? querystring.stringify(this.query) : '';
        let search = this.search || (made && `?${made}`) || '';
        if (protocol && !protocol.endsWith(':'))
            protocol += ':';
        if (this.slashes || ((!protocol || SLASHED.test(protocol)) && host !== false)) {
            host = `//${host || ''}`;
            if (pathname && pathname[0] !== '/')
                pathname = `/${pathname}`;
        } else {
            host = host || '';
        }
        if (hash && hash[0] !== '#')
            hash = `#${hash}`;
        if (search && search[0] !== '?')
            search = `?${search}`;
        return protocol + host + pathname.replace(/[?#]/g, encodeURIComponent) + search.replace('#', '%23') + hash;
    }
}

/* Section 5.2.4 of RFC 3986; a path that begins nowhere may climb. */
function withoutDots(whole, hasHost) {
    const open = /(^|\/)\.{0,2}$/.test(whole), parts = [];
    for (const part of whole.split('/').filter(one => one !== '.')) {
        if (part !== '..')
            parts.push(part);
        else if (parts.length > 1 || (parts.length === 1 && parts[0] !== ''))
            parts.pop();
        else if (!hasHost && parts.length === 0)
            parts.push('..');
    }
    const path = parts.join('/') || (whole[0] === '/' ? '/' : '');
    return open && path !== '' && !path.endsWith('/') ? `${path}/` : path;
}

/* RFC 3986, section 5.2, on what parse() has found. */
function resolveObject(from, to) {
    const base = from instanceof Url ? from : new Url().parse(from, false, true);
    const relative = to instanceof Url ? to : new Url().parse(to, false, true);
    const out = Object.assign(new Url(), base, { hash: relative.hash });
    if (relative.href === '')
        return Object.assign(out, { href: out.format() });
    if (relative.protocol && relative.protocol !== base.protocol)
        return Object.assign(new Url(), relative);
    const replaces = relative.slashes || relative.host;
    if (replaces)
        Object.assign(out, relative, { protocol: relative.protocol || base.protocol, slashes: true });
    if (replaces || relative.pathname || relative.search !== null) {
        out.search = relative.search;
        out.query = relative.query;
    }
    let whole = (replaces ? relative.pathname : base.pathname) || (out.host ? '/' : '');
    if (!replaces && relative.pathname)
        whole = relative.pathname[0] === '/' ? relative.pathname : whole.replace(/[^/]*$/, '') + relative.pathname;
    out.pathname = withoutDots(whole, out.host);
    out.path = (out.pathname || '') + (out.search || '') || null;
    out.href = out.format();
    return out;
}

const url = {
    parse: (text, readsQuery, slashesAreHost) => text instanceof Url ? text : new Url().parse(text, readsQuery, slashesAreHost),
    format: what => (typeof what === 'string' ? new Url().parse(what) : what instanceof Url ? what : Object.assign(new Url(), what)).format(),
    resolve: (from, to) => resolveObject(from, to).format(),
    resolveObject: (from, to) => from ? resolveObject(from, to) : to,
    Url,
};

squall.nodeModules = { path, querystring, punycode, url };
})
