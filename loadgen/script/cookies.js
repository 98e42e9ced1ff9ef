/* pm.cookies: the cookies that go with the request's URL, and the user's jar. */
(function (squall) {
'use strict';

const { PropertyList, host, readJson } = squall;

/* "a=b; Path=/; HttpOnly" as an object. */
squall.readCookie = function (text) {
    const [pair, ...attributes] = text.split(';').map(part => part.trim());
    const at = pair.indexOf('=');
    const cookie = { key: at < 0 ? '' : pair.slice(0, at), name: at < 0 ? '' : pair.slice(0, at),
                     value: pair.slice(at + 1) };
    for (const attribute of attributes) {
        const [name, value] = attribute.split('=');
        if (/^(domain|path|expires|max-age|samesite)$/i.test(name))
            cookie[name.toLowerCase().replace('max-age', 'maxAge')] = value;
        else if (/^(secure|httponly)$/i.test(name))
            cookie[/^secure$/i.test(name) ? 'secure' : 'httpOnly'] = true;
    }
    return cookie;
};

class CookieList extends PropertyList {
    nameOf(member) {
        return member.name;
    }
    one(name) {
        return super.one(name);
    }
    toObject() {
        return Object.fromEntries(this.members.map(one => [one.name, one.value]));
    }
}
squall.cookieList = members => new CookieList(members);

/* Calls back, or answers a promise when nobody is to be called. */
function settle(callback, work) {
    let error = null, value;
    try {
        value = work();
    } catch (thrown) {
        error = thrown;
    }
    if (typeof callback !== 'function')
        return error === null ? Promise.resolve(value) : Promise.reject(error);
    squall.later(() => callback(error, value));
    return undefined;
}

function cookiesOf(url) {
    if (typeof url !== 'string' || url === '')
        throw new TypeError('CookieJar.getAll() requires a url');
    return readJson(host.cookies(squall.state.now.user.index, String(url)));
}

class CookieJar {
    set(url, name, value, callback) {
        if (typeof value === 'function') {
            callback = value;
            value = undefined;
        }
        const cookie = typeof name === 'object' ? name
            : value !== null && typeof value === 'object' ? { ...value, name } : { name, value };
        return settle(callback, () => {
            const text = typeof name === 'string' && value === undefined && name.includes('=') ? name
                : `${cookie.name || cookie.key}=${cookie.value === undefined ? '' : cookie.value}` +
                  (cookie.domain ? `; Domain=${cookie.domain}` : '') + `; Path=${cookie.path || '/'}` +
                  (cookie.expires ? `; Expires=${new Date(cookie.expires).toUTCString()}` : '') +
                  (cookie.maxAge !== undefined ? `; Max-Age=${cookie.maxAge}` : '') +
                  (cookie.secure ? '; Secure' : '') + (cookie.httpOnly ? '; HttpOnly' : '');
            host.setCookie(squall.state.now.user.index, String(url), text);
            return squall.readCookie(text);
        });
    }
    get(url, name, callback) {
        return settle(callback, () => {
            const found = cookiesOf(url).find(one => one.name === name);
            return found === undefined ? undefined : found.value;
        });
    }
    getAll(url, options, callback) {
        return settle(typeof options === 'function' ? options : callback, () => squall.cookieList(cookiesOf(url)));
    }
    unset(url, name, callback) {
        return settle(callback, () => { host.setCookie(squall.state.now.user.index, String(url), `${name}=; Path=/; Max-Age=0`); });
    }
    clear(url, callback) {
        return settle(callback, () => {
            for (const one of cookiesOf(url))
                host.setCookie(squall.state.now.user.index, String(url), `${one.name}=; Path=${one.path}; Max-Age=0` +
                               (one.hostOnly ? '' : `; Domain=${one.domain}`));
        });
    }
}
squall.CookieJar = CookieJar;
})
