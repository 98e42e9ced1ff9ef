/*
 * pm.request of a test script: what was on the wire, in the form that the collection gave it. Headers
 * and address are the wire's; a body keeps its mode and its list of fields, with the values sent.
 */
(function (squall) {
'use strict';

const { host, OwnRequest, readJson, writeJson } = squall;

/* The request as it was before variables had values: a script may have changed it. */
function definitionOf(execution) {
    const { user, item } = execution;
    const changed = user.requestItem === item ? user.request : null;
    const own = readJson(changed ? writeJson(changed) : host.definition(item.index));
    return typeof own === 'string' ? { url: own } : changed ? { ...own, description: changed.description } : own;
}

function addTo(map, name, value) {
    if (!map.has(name))
        map.set(name, []);
    map.get(name).push(value);
}

function decoded(text) {
    try {
        return decodeURIComponent(text.replace(/\+/g, ' '));
    } catch (error) {
        return text;
    }
}

function urlencodedFields(text) {
    const fields = new Map();
    for (const part of text.split('&').filter(part => part !== '')) {
        const at = part.indexOf('=');
        addTo(fields, decoded(at < 0 ? part : part.slice(0, at)), at < 0 ? '' : decoded(part.slice(at + 1)));
    }
    return fields;
}

/* The text parts; files keep the path that names them. */
function multipartFields(text, type) {
    const fields = new Map();
    const boundary = /boundary="?([^";]+)/.exec(type || '');
    for (const part of boundary ? `\r\n${text}`.split(`\r\n--${boundary[1]}`).slice(1, -1) : []) {
        const body = part.indexOf('\r\n\r\n');
        const head = /name="([^"]*)"(; filename=)?/.exec(part.slice(0, body));
        if (head && !head[2])
            addTo(fields, head[1], part.slice(body + 4));
    }
    return fields;
}

/* Each field's value as sent; what was not sent has its value from the variables. */
function filled(list, fields, resolve) {
    return (list || []).map(one => {
        const field = { ...one, key: resolve(one.key) };
        if (one.type === 'file')
            return field;
        const values = one.disabled ? undefined : fields.get(field.key);
        field.value = values && values.length > 0 ? values.shift() : one.disabled ? one.value : resolve(one.value);
        return field;
    });
}

function sentBody(body, sent, type, resolve) {
    const text = sent.body === undefined ? undefined : sent.body.raw;
    const list = Array.isArray(body[body.mode]);
    switch (body.mode) {
    case 'raw':
        return { ...body, raw: text === undefined ? resolve(body.raw) : text };
    case 'urlencoded':
        return list ? { ...body, urlencoded: filled(body.urlencoded, urlencodedFields(text || ''), resolve) } : body;
    case 'formdata':
        return list ? { ...body, formdata: filled(body.formdata, multipartFields(text || '', type), resolve) } : body;
    case 'graphql': {
        const query = text && /\{\{\$/.test(writeJson(body.graphql)) ? readJson(text).query : undefined;
        const given = resolve(body.graphql);
        return { ...body, graphql: query === undefined ? given : { ...given, query } };
    }
    default:
        return body;
    }
}

/* Postman does not list what its HTTP library adds for the body: its type. */
function shownHeaders(headers, own, mode) {
    const given = new Set(squall.readHeaders(own).filter(one => !one.disabled).map(one => String(one.key).toLowerCase()));
    return headers
        .filter(one => mode === undefined || mode === 'raw' || mode === 'graphql' || given.has('content-type') ||
                       one.key.toLowerCase() !== 'content-type')
        .map(one => given.has(one.key.toLowerCase()) && one.key.toLowerCase() !== 'content-length' ? one : { ...one, system: true });
}

squall.sentRequest = function (execution) {
    const sent = readJson(host.sent(execution.user.index));
    const own = definitionOf(execution);
    const resolve = value => execution.user.locals.replaceIn(value);
    const type = (sent.header || []).find(one => one.key.toLowerCase() === 'content-type');
    const body = own.body ? sentBody(own.body, sent, type && type.value, resolve) : undefined;
    return new OwnRequest({ ...sent, header: shownHeaders(sent.header || [], own.header || [], own.body && own.body.mode),
                            body, description: own.description });
};
})
