/*
 * pm.request: method, URL, headers and body of the request, as Postman's SDK shows them. What a
 * pre-request script changes is what is sent.
 */
(function (squall) {
'use strict';

const { PropertyList } = squall;

const queryOptions = {
    separator: '&',
    text: one => fieldText(one.key, true) + (one.value === null || one.value === undefined ? '' : `=${fieldText(one.value, false)}`),
};

/* What would end a field is encoded. */
function fieldText(text, isName) {
    const plain = String(text).replace(/&/g, '%26').replace(/#/g, '%23');
    return isName ? plain.replace(/=/g, '%3D') : plain;
}

function readQuery(text) {
    return text === '' ? [] : text.split('&').map(part => {
        const at = part.indexOf('=');
        return at < 0 ? { key: part, value: null } : { key: part.slice(0, at), value: part.slice(at + 1) };
    });
}

/* "https://host:1/a/:b?c=d#e", any part may be missing or hold {{names}}. */
function readUrl(text) {
    const url = { path: [], query: [], variable: [] };
    let rest = String(text).trim();
    const cut = (mark, set) => {
        const at = rest.indexOf(mark);
        if (at >= 0) {
            set(rest.slice(at + mark.length));
            rest = rest.slice(0, at);
        }
    };
    cut('#', value => { url.hash = value; });
    cut('?', value => { url.query = readQuery(value); });
    const scheme = rest.indexOf('://');
    if (scheme >= 0) {
        url.protocol = rest.slice(0, scheme);
        rest = rest.slice(scheme + 3);
    }
    const slash = rest.indexOf('/');
    if (slash >= 0) {
        url.path = rest.slice(slash + 1).split('/');
        rest = rest.slice(0, slash);
    }
    const port = /:(\d+|\{\{[^{}]*\}\})$/.exec(rest);
    if (port) {
        url.port = port[1];
        rest = rest.slice(0, port.index);
    }
    url.host = /\{\{/.test(rest) ? [rest] : rest.split('.');
    return url;
}

class Url {
    constructor(given) {
        const parts = typeof given === 'string' ? readUrl(given) : given || {};
        if (parts.protocol !== undefined)
            this.protocol = parts.protocol;
        if (parts.port !== undefined)
            this.port = parts.port;
        this.path = typeof parts.path === 'string' ? parts.path.replace(/^\//, '').split('/')
            : (parts.path || []).map(one => typeof one === 'object' && one ? one.value : one);
        if (parts.hash !== undefined)
            this.hash = parts.hash;
        this.host = typeof parts.host === 'string' ? parts.host.split('.') : parts.host || [];
        const query = typeof parts.query === 'string' ? readQuery(parts.query) : parts.query || [];
        this.query = new PropertyList(query.map(one => ({ ...one })), queryOptions);
        this.variables = new PropertyList((parts.variable || []).map(one => ({ ...one, key: one.key || one.id })));
    }

    getHost() { return this.host.join('.'); }
    getRemote() { return this.getHost() + (this.port ? `:${this.port}` : ''); }
    getPath() {
        const known = new Map(this.variables.members.filter(one => !one.disabled).map(one => [one.key, one.value]));
        return '/' + this.path.map(step => {
            const name = /^:(.+)/.exec(step);
            return name && known.has(name[1]) && known.get(name[1]) !== '' ? known.get(name[1]) : step;
        }).join('/');
    }
    getQueryString() { return this.query.toString(); }
    getPathWithQuery() {
        const query = this.getQueryString();
        return this.getPath() + (query ? `?${query}` : '');
    }
    getOAuth1BaseUrl() { return `${this.protocol || 'http'}://${this.getRemote().toLowerCase()}${this.getPath()}`; }
    addQueryParams(given) {
        for (const one of typeof given === 'string' ? readQuery(given) : given)
            this.query.add(one);
    }
    removeQueryParams(names) {
        for (const one of [].concat(names))
            this.query.remove(typeof one === 'string' ? one : one.key);
    }
    update(given) {
        Object.assign(this, new Url(given));
    }
    toString() {
        const path = this.path.length > 0 ? this.getPath() : '';
        const query = this.getQueryString();
        return (this.protocol ? `${this.protocol.replace(/:\/\/$/, '')}://` : '') + this.getRemote() + path +
               (query ? `?${query}` : '') + (this.hash === undefined ? '' : `#${this.hash}`);
    }
    toJSON() {
        const json = { protocol: this.protocol, port: this.port, path: this.path, hash: this.hash, host: this.host,
                       query: this.query.members, variable: this.variables.members };
        return Object.fromEntries(Object.entries(json).filter(([, value]) => value !== undefined));
    }
}

/* As Postman's SDK lists a field. */
function withDisabledFirst(one) {
    return one.disabled ? { disabled: true, ...one } : { ...one };
}

class RequestBody {
    constructor(given) {
        Object.assign(this, typeof given === 'string' ? { mode: 'raw', raw: given } : given);
        for (const mode of ['urlencoded', 'formdata']) {
            const list = typeof this[mode] === 'string' ? readQuery(this[mode]) : this[mode];
            if (list)
                this[mode] = new PropertyList(Array.isArray(list) ? list.map(withDisabledFirst)
                    : Object.keys(list).map(key => ({ key, value: list[key] })), queryOptions);
        }
    }
    isEmpty() {
        const content = this[this.mode];
        return !content || (content instanceof PropertyList && content.count() === 0);
    }
    update(given) {
        const next = new RequestBody(given);
        for (const key of Object.keys(this))
            delete this[key];
        Object.assign(this, next);
    }
    toString() {
        const content = this[this.mode];
        return content === undefined || content === null || (this.mode !== 'raw' && this.mode !== 'urlencoded') ? ''
                                                                                                              : String(content);
    }
}

/* Whatever is assigned to its members becomes what they are: a text a URL, a list headers. */
class PostmanRequest {
    constructor(given) {
        const source = typeof given === 'string' ? { url: given, method: 'GET' } : given || {};
        let url = new Url(source.url instanceof Url ? source.url.toJSON() : source.url);
        let body = source.body ? new RequestBody(source.body) : undefined;
        let list = new PropertyList(readHeaders(source.header || source.headers || []), { nocase: true });
        const member = (name, get, set) => Object.defineProperty(this, name, { enumerable: true, get, set });
        member('url', () => url, value => { url = new Url(value instanceof Url ? value.toJSON() : value); });
        this.method = source.method ? String(source.method).toUpperCase() : 'GET';
        member('headers', () => list, value => { list = new PropertyList(readHeaders(value), { nocase: true }); });
        member('body', () => body, value => {
            body = value === undefined || value === null ? undefined : new RequestBody(value);
        });
        this.auth = source.auth;
        Object.defineProperty(this, 'description', { value: source.description, writable: true });
    }

    addHeader(header) { this.headers.add(header); }
    removeHeader(name) { this.headers.remove(name); }
    upsertHeader(header) { this.headers.upsert(header); }
    getHeaders(options = {}) { return this.headers.toObject(options.enabled, !options.ignoreCase); }
    forEachHeader(run) { this.headers.each(run); }
    addQueryParams(given) { this.url.addQueryParams(given); }
    removeQueryParams(names) { this.url.removeQueryParams(names); }
    update(given) {
        const next = new PostmanRequest(given);
        Object.assign(this, { url: next.url, method: next.method, headers: next.headers, body: next.body });
    }
    size() {
        const text = this.body ? this.body.toString() : '';
        return { body: text.length, header: 0, total: text.length };
    }
    clone() { return new PostmanRequest(this.toJSON()); }
    toJSON() {
        const json = { url: this.url.toJSON(), header: this.headers.all(), method: this.method };
        if (this.body)
            json.body = this.body;
        if (this.auth)
            json.auth = this.auth;
        return json;
    }
}

function readHeaders(given) {
    if (given instanceof PropertyList)
        return given.all();
    if (typeof given === 'string')
        return given.split(/\r?\n/).filter(line => line.includes(':')).map(line => PropertyList.member(line));
    if (Array.isArray(given))
        return given.map(one => typeof one === 'string' ? PropertyList.member(one) : { ...one });
    return Object.keys(given).map(key => ({ key, value: given[key] }));
}

squall.Url = Url;
squall.PostmanRequest = PostmanRequest;
squall.OwnRequest = squall.asserting(PostmanRequest);
squall.readUrl = readUrl;
squall.readHeaders = readHeaders;
})
