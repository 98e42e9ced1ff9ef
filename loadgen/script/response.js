/*
 * pm.response and the answers of pm.sendRequest. Head and body come from the host when a script asks
 * for them, and are read once.
 */
(function (squall) {
'use strict';

const { PropertyList, headerList, parseJson } = squall;

class PostmanResponse {
    #source;
    #headers = null;
    #text = null;
    #id = null;
    #cookies = null;

    /* source: {reason(), head(): header lines, body(): text, json(): its tree or undefined,
     * bytes(): Uint8Array, size()} */
    constructor(code, responseTime, source) {
        this.code = code;
        this.responseTime = responseTime;
        this.#source = source;
    }

    get status() {
        return this.reason();
    }

    get headers() {
        if (this.#headers === null)
            this.#headers = headerList(this.#source.head());
        return this.#headers;
    }

    get responseSize() {
        return this.#source.size();
    }

    get body() {
        return undefined;
    }

    get stream() {
        const bytes = this.#source.bytes();
        return squall.Buffer ? squall.Buffer.from(bytes) : bytes;
    }

    /* None, as newman has it: those that it sets are in pm.cookies. */
    get cookies() {
        return this.#cookies || (this.#cookies = squall.cookieList([]));
    }

    text() {
        if (this.code === undefined)
            return undefined; // there was no answer
        if (this.#text === null)
            this.#text = this.#source.body();
        return this.#text;
    }

    /* Each call answers a tree of its own, as a script may change what it got; most ask once. */
    json(reviver) {
        if (reviver === undefined && this.#text === null && this.#source.json && this.code !== undefined) {
            const tree = this.#source.json();
            if (tree !== undefined)
                return tree;
        }
        return parseJson(this.text(), reviver); // and says what is wrong with it
    }

    jsonp(reviver) {
        return parseJson(this.text().replace(/^[^{(].*\(/, '').replace(/\)[^}].*$|\)$/, ''), reviver);
    }

    reason() {
        return this.code === undefined ? undefined : this.#source.reason() || standardName(this.code);
    }

    details() {
        if (this.code === undefined)
            return {};
        const name = this.reason();
        const known = squall.statusDetails(this.code);
        return { name, detail: known.detail, code: this.code, standardName: known.name };
    }

    size() {
        const body = this.#source.size();
        const header = `HTTP/X.X ${this.code} ${this.reason()}\r\n\r\n`.length + this.headers.reduce(
            (sum, one) => sum + one.key.length + one.value.length + 4, 0);
        return { body, header, total: body + header };
    }

    encoding() {
        const format = this.headers.get('Content-Encoding');
        return format ? { format, source: 'header' } : {};
    }

    contentInfo() {
        return squall.contentInfo(this.headers.get('Content-Type'), this.headers.get('Content-Disposition'));
    }

    dataURI() {
        return `data:${this.contentInfo().contentType};base64, ${squall.base64(this.#source.bytes())}`;
    }

    get id() {
        if (this.#id === null)
            this.#id = squall.host.dynamic('$guid');
        return this.#id;
    }

    toJSON() {
        const header = this.headers.all();
        if (this.code === undefined)
            return { id: this.id, header, cookie: [] };
        return { id: this.id, status: this.status, code: this.code, header,
                 stream: { type: 'Buffer', data: Array.from(this.#source.bytes()) }, cookie: [],
                 responseTime: this.responseTime, responseSize: this.responseSize };
    }
}

/* --- status codes --------------------------------------------------------------------------------- */

// RFC 9110 and the IANA registry of status codes.
const names = {
    100: 'Continue', 101: 'Switching Protocols', 102: 'Processing', 103: 'Early Hints', 200: 'OK', 201: 'Created',
    202: 'Accepted', 203: 'Non-Authoritative Information', 204: 'No Content', 205: 'Reset Content',
    206: 'Partial Content', 207: 'Multi-Status', 208: 'Already Reported', 226: 'IM Used', 300: 'Multiple Choices',
    301: 'Moved Permanently', 302: 'Found', 303: 'See Other', 304: 'Not Modified', 305: 'Use Proxy',
    307: 'Temporary Redirect', 308: 'Permanent Redirect', 400: 'Bad Request', 401: 'Unauthorized',
    402: 'Payment Required', 403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed', 406: 'Not Acceptable',
    407: 'Proxy Authentication Required', 408: 'Request Timeout', 409: 'Conflict', 410: 'Gone',
    411: 'Length Required', 412: 'Precondition Failed', 413: 'Request Entity Too Large', 414: 'Request-URI Too Long',
    415: 'Unsupported Media Type', 416: 'Requested Range Not Satisfiable', 417: 'Expectation Failed',
    418: "I'm a teapot", 421: 'Misdirected Request', 422: 'Unprocessable Entity', 423: 'Locked',
    424: 'Failed Dependency', 425: 'Too Early', 426: 'Upgrade Required', 428: 'Precondition Required',
    429: 'Too Many Requests', 431: 'Request Header Fields Too Large', 451: 'Unavailable For Legal Reasons',
    500: 'Internal Server Error', 501: 'Not Implemented', 502: 'Bad Gateway', 503: 'Service Unavailable',
    504: 'Gateway Timeout', 505: 'HTTP Version Not Supported', 506: 'Variant Also Negotiates',
    507: 'Insufficient Storage', 508: 'Loop Detected', 510: 'Not Extended', 511: 'Network Authentication Required',
};

function standardName(code) {
    return names[code] || '';
}
squall.statusDetails = code => ({ name: standardName(code), detail: standardName(code) });

/* --- what a Content-Type says --------------------------------------------------------------------- */

const formats = [
    [/[/+]json|javascript.*json/, 'text', 'json', 'json'], [/javascript/, 'text', 'script', 'js'],
    [/html/, 'text', 'html', 'html'], [/[/+]xml/, 'text', 'xml', 'xml'], [/css/, 'text', 'stylesheet', 'css'],
    [/^text\//, 'text', 'plain', 'txt'], [/^image\/(.*)/, 'image', '', ''], [/^audio\/(.*)/, 'audio', '', ''],
    [/^video\/(.*)/, 'video', '', ''], [/pdf/, 'embed', 'pdf', 'pdf'],
];
squall.contentInfo = function (type, disposition) {
    const contentType = (type || 'text/plain').split(';')[0].trim().toLowerCase();
    const charset = /charset=["']?([\w-]+)/i.exec(type || '');
    const row = formats.find(one => one[0].test(contentType)) || [null, 'unknown', 'raw', ''];
    const subtype = contentType.split('/')[1] || '';
    const name = /filename="?([^";]+)/i.exec(disposition || '');
    const extension = row[3] || (row[1] === 'unknown' ? '' : subtype);
    return { contentType, mimeType: row[1], mimeFormat: row[2] || subtype,
             charset: charset ? charset[1].toLowerCase().replace(/^utf-8$/, 'utf8') : 'utf8',
             fileExtension: extension, fileName: name ? name[1] : 'response' + (extension ? `.${extension}` : '') };
};

/* pm.response and pm.request alone have a `to`: what a script makes or is answered is for expect(). */
squall.asserting = function (Base) {
    const Own = class extends Base {
        get to() {
            return new squall.Assertion(this, undefined, 0);
        }
    };
    Object.defineProperty(Own, 'name', { value: Base.name });
    return Own;
};

squall.PostmanResponse = PostmanResponse;
squall.OwnResponse = squall.asserting(PostmanResponse);
squall.standardName = standardName;
})
