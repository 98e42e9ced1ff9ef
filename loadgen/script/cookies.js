/*
 * pm.cookies: the cookies that go with the request's URL, and the user's jar. A cookie's value is kept
 * percent-encoded, and read decoded.
 *
 * Source: Postman's collection SDK, "CookieList"; the jar's order of events is newman's, see after().
 */
(function (squall) {
'use strict';

const { PropertyList, host, readJson } = squall;

/* --- one cookie ----------------------------------------------------------------------------------- */

function encoded(value) {
    try {
        return encodeURIComponent(decodeURIComponent(value));
    } catch (error) {
        return encodeURIComponent(value); // it was not encoded
    }
}

const attributes = { httponly: 'httpOnly', secure: 'secure', domain: 'domain', path: 'path', 'max-age': 'maxAge',
                     session: 'session', expires: 'expires' };
const members = {
    name: given => given.name || given.key,
    expires: given => typeof given.expires === 'string' ? new Date(given.expires) : given.expires,
    maxAge: given => 'maxAge' in given ? Number(given.maxAge) : undefined,
    domain: given => given.domain,
    path: given => given.path,
    secure: given => 'secure' in given ? Boolean(given.secure) : undefined,
    httpOnly: given => 'httpOnly' in given ? Boolean(given.httpOnly) : undefined,
    hostOnly: given => 'hostOnly' in given ? Boolean(given.hostOnly) : undefined,
    session: given => 'session' in given ? Boolean(given.session) : undefined,
    value: given => given.value ? encoded(given.value) : undefined,
    extensions: given => given.extensions || undefined,
};

/* "a=b; Path=/; HttpOnly", as the SDK reads what scripts put into a list. */
function readText(text) {
    const [first, ...rest] = text.split(/; */).map(part => {
        const [key, value] = part.split('=');
        return { key: key.trim(), value: value === undefined ? true : value.trim().replace(/^"(.*).$/, '$1') };
    });
    const given = { ...first };
    for (const one of rest) {
        const known = attributes[one.key.toLowerCase()];
        if (known)
            given[known] = one.value;
        else
            given.extensions = [...given.extensions || [], one];
    }
    if (!given.domain)
        given.hostOnly = true;
    return given;
}

class PostmanCookie {
    constructor(given) {
        if (given)
            this.update(typeof given === 'string' ? readText(given) : given);
    }
    update(given) {
        for (const name of Object.keys(members)) {
            const value = members[name](given);
            if (value !== undefined)
                this[name] = value;
        }
    }
    valueOf() {
        try {
            return decodeURIComponent(this.value);
        } catch (error) {
            return this.value;
        }
    }
    pair() {
        const value = this.value === undefined || this.value === null ? '' : this.value;
        return this.name ? `${this.name}=${value}` : value;
    }
    toString() {
        const { expires } = this;
        const until = !(expires instanceof Date) ? expires : isNaN(expires) ? '' : expires.toUTCString();
        return this.pair() + (until ? `; Expires=${until}` : '') +
            (this.maxAge && this.maxAge !== Infinity ? `; Max-Age=${this.maxAge}` : '') +
            (this.domain && !this.hostOnly ? `; Domain=${this.domain}` : '') + (this.path ? `; Path=${this.path}` : '') +
            (this.secure ? '; Secure' : '') + (this.httpOnly ? '; HttpOnly' : '') +
            (this.extensions || []).map(one => `; ${one.key}` + (one.value === true ? '' : `=${one.value}`)).join('');
    }
}

/* --- lists ---------------------------------------------------------------------------------------- */

class CookieList extends PropertyList {
    nameOf(cookie) {
        return cookie.name && String(cookie.name).toLowerCase();
    }
    indexFor(name) {
        name = String(name).toLowerCase();
        return this.members.findLastIndex(cookie => this.nameOf(cookie) === name);
    }
    get(name) {
        const cookie = this.one(name);
        return cookie && cookie.valueOf();
    }
    has(what, value) {
        const found = typeof what === 'string' ? this.members.filter(cookie => this.nameOf(cookie) === what.toLowerCase())
                                               : this.members.filter(cookie => cookie === what);
        return arguments.length < 2 ? found.length > 0 : found.some(cookie => cookie.valueOf() === value);
    }
    add(given) {
        if (given !== null && given !== undefined && given === given)
            this.members.push(given instanceof PostmanCookie ? given : new PostmanCookie(given));
    }
    upsert(given) {
        if (given === null || given === undefined || given !== given)
            return null;
        const cookie = this.one(given.name);
        if (cookie)
            cookie.update(given);
        else
            this.add(given);
        return !cookie;
    }
    remove(what) {
        super.remove(typeof what === 'string' ? cookie => cookie.name.toLowerCase() === what.toLowerCase() : what);
    }
    toObject(excludeDisabled, caseSensitive) {
        const object = {};
        for (const cookie of this.members) {
            if (!('name' in cookie) || (excludeDisabled && cookie.disabled))
                continue;
            const name = caseSensitive ? cookie.name : this.nameOf(cookie);
            object[name] = Object.hasOwn(object, name) ? [].concat(object[name], cookie.valueOf()) : cookie.valueOf();
        }
        return object;
    }
    toString() {
        return this.members.map(cookie => cookie.pair()).join('; ');
    }
}
squall.cookieList = cookies => new CookieList(cookies);

/* What the host's jar has for a URL. Of an answer's cookies an age says when they expire. */
function cookiesOf(user, url, ofAnswer) {
    return readJson(host.cookies(user, url)).map(({ created, ...given }) => new PostmanCookie({
        ...given, maxAge: given.maxAge === undefined ? null : given.maxAge,
        expires: ofAnswer && given.maxAge !== undefined ? new Date(created * 1000 + given.maxAge * 1000) : given.expires || null }));
}
squall.cookiesOfAnswer = (user, url) => new CookieList(cookiesOf(user, url, true));

/* --- the jar --------------------------------------------------------------------------------------- */

function addressOf(url) {
    return url instanceof squall.Url ? url : url && typeof url === 'string' ? new squall.Url(url) : null;
}
function textOf(address) {
    const text = address.toString();
    return address.protocol ? text : `http://${text}`;
}

function needs(holds, what) {
    if (!holds)
        throw new TypeError(`CookieJar.${what}`);
}

/*
 * newman's jar lies in another process: what it is asked is answered one round after the other, and a
 * cookie is looked for before it is put there, so that what reads at once does not see it yet.
 */
function after(rounds, run) {
    squall.later(() => rounds > 1 ? after(rounds - 1, run) : run());
}

function tell(callback, error, value) {
    if (typeof callback === 'function')
        callback(error, value);
}

/* A Set-Cookie header's text, or null. */
function readHeader(text) {
    const [pair, ...rest] = text.split(';').map(part => part.trim());
    if (pair === '' || pair === '=')
        return null;
    const at = pair.indexOf('=');
    const given = { key: at < 0 ? '' : pair.slice(0, at).trim(), value: pair.slice(at + 1).trim() };
    for (const part of rest.filter(one => one !== '')) {
        const [name, ...values] = part.split('='), known = attributes[name.trim().toLowerCase()], value = values.join('=').trim();
        if (known === 'secure' || known === 'httpOnly')
            given[known] = true;
        else if (known && known !== 'session' ? value !== '' && (known !== 'path' || value[0] === '/') : false)
            given[known] = known === 'domain' ? value.replace(/^\./, '').toLowerCase() : value;
        else if (!known && !/^samesite$/i.test(name.trim()))
            given.extensions = [...given.extensions || [], part];
    }
    return given;
}

function headerOf(cookie) {
    return `${cookie.key}=${cookie.value}` + (cookie.expires ? `; Expires=${cookie.expires.toUTCString()}` : '') +
        (cookie.maxAge !== null ? `; Max-Age=${cookie.maxAge}` : '') + (cookie.hostOnly ? '' : `; Domain=${cookie.domain}`) +
        `; Path=${cookie.path}` + (cookie.secure ? '; Secure' : '') + (cookie.httpOnly ? '; HttpOnly' : '') +
        (cookie.extensions || []).map(one => `; ${one}`).join('');
}

/* With the members that a jar gives it; `error` when it may not be set from there. */
function placed(given, address) {
    const from = address.getHost().toLowerCase(), path = address.getPath();
    const domain = given.domain ? String(given.domain).toLowerCase() : from, bare = domain.replace(/^\./, '');
    if (bare !== from && !from.endsWith(`.${bare}`))
        return { error: new Error(`Cookie not in this host's domain. Cookie:${bare} Request:${from}`) };
    const { value } = given;
    return { cookie: {
        key: given.key, value: value === undefined || value === null ? '' : value,
        expires: given.expires ? new Date(given.expires) : null, maxAge: given.maxAge === undefined ? null : given.maxAge,
        domain, path: given.path || path.slice(0, path.lastIndexOf('/')) || '/', secure: given.secure || false,
        httpOnly: given.httpOnly || false, hostOnly: !given.domain, extensions: given.extensions } };
}

class PostmanCookieJar {
    #user = squall.state.now.user.index;

    get(url, name, callback) {
        const address = addressOf(url);
        needs(address, 'get() requires a valid url');
        needs(typeof callback === 'function', 'get() requires a callback function');
        needs(typeof name === 'string', 'get() requires cookie name to be a string');
        after(1, () => {
            const cookie = this.#named(address, name);
            tell(callback, null, cookie ? cookie.valueOf() : null);
        });
    }

    getAll(url, options, callback) {
        const address = addressOf(url);
        needs(address, 'getAll() requires a valid url');
        if (typeof options === 'function' && !callback) {
            callback = options;
            options = {};
        }
        needs(typeof callback === 'function', 'getAll() requires a callback function');
        needs(typeof options === 'object', 'getAll() requires options to be an object');
        const http = Object.hasOwn(options, 'http') ? Boolean(options.http) : true;
        const secure = Object.hasOwn(options, 'secure') ? Boolean(options.secure) : undefined;
        after(1, () => {
            const text = textOf(address), all = cookiesOf(this.#user, secure ? text.replace(/^http:/, 'https:') : text, false);
            tell(callback, null, new CookieList(all.filter(one => (http || !one.httpOnly) && (secure !== false || !one.secure))));
        });
    }

    set(url, name, value, callback) {
        const address = addressOf(url);
        needs(address, 'set() requires a valid url');
        if (typeof value === 'function' && !callback) {
            callback = value;
            value = null;
        }
        const pair = name && value;
        needs(pair || typeof name === 'object' || typeof name === 'string', 'set() requires a valid set cookie arguments');
        const given = pair ? { key: name, value } : typeof name === 'string' ? readHeader(name)
            : name && { ...name, key: name.name || name.key || '' };
        if (!given)
            return tell(callback, new Error(typeof name === 'string' ? 'Cookie failed to parse'
                : 'First argument to setCookie must be a Cookie object or string'));
        const { cookie, error } = placed(given, address);
        if (error)
            return tell(callback, error);
        after(2, () => {
            if (cookie.domain[0] !== '.') // which is nobody's
                host.setCookie(this.#user, textOf(address), headerOf(cookie));
            const { key, ...rest } = cookie;
            tell(callback, null, new PostmanCookie({ name: key, ...rest }));
        });
        return undefined;
    }

    unset(url, name, callback) {
        const address = addressOf(url);
        needs(address, 'unset() requires a valid url');
        needs(typeof name === 'string', 'unset() requires cookie name to be a string');
        after(1, () => {
            const cookie = this.#named(address, name);
            if (!cookie)
                return tell(callback, null);
            return after(1, () => {
                this.#remove(address, cookie);
                tell(callback, null);
            });
        });
    }

    clear(url, callback) {
        const address = addressOf(url);
        needs(address, 'clear() requires a valid url');
        after(1, () => {
            const cookies = cookiesOf(this.#user, textOf(address), false);
            const over = () => {
                for (const cookie of cookies)
                    this.#remove(address, cookie);
                tell(callback, null);
            };
            return cookies.length > 0 ? after(cookies.length, over) : over();
        });
    }

    #named(address, name) {
        return cookiesOf(this.#user, textOf(address), false).find(cookie => cookie.name === name);
    }
    #remove(address, cookie) {
        host.setCookie(this.#user, textOf(address), `${cookie.name || ''}=${cookie.name ? '' : cookie.valueOf()}; Path=${cookie.path}; ` +
            `Max-Age=0${cookie.hostOnly ? '' : `; Domain=${cookie.domain}`}`);
    }
}
squall.CookieJar = PostmanCookieJar;
})
