/* The names of Postman's first sandbox: tests[...], postman.*, responseBody and the like. They are
 * accessors, so that scripts that do not use them do not pay for them; a script may assign to them. */
(function (squall) {
'use strict';

const { host, state } = squall;
const { responseOf, requestOf, takeIndex, conclude } = squall.parts;

const alternatives = {
    tests: 'pm.test()', globals: 'pm.globals', environment: 'pm.environment', data: 'pm.iterationData',
    request: 'pm.request', responseCookies: 'pm.cookies', responseHeaders: 'pm.response.headers',
    responseCode: 'pm.response.code', postman: 'pm.execution.setNextRequest()', _: "require('lodash')",
    CryptoJS: "require('crypto-js')", tv4: "require('ajv')", xml2Json: "require('xml2js')",
};

/* newman says so once a script. */
function warn(name) {
    if (!state.detailed || !alternatives[name] || state.now.warned.has(name))
        return;
    state.now.warned.add(name);
    console.warn(`Using "${name === 'postman' ? 'postman.setNextRequest' : name}" is deprecated. ` +
                 `Use "${alternatives[name]}" instead.`);
}

/* When somebody listens, an old object speaks up when it is used; texts and numbers cannot. */
function warning(name, value) {
    if (!state.detailed || value === null || typeof value !== 'object')
        return value;
    return new Proxy(value, {
        get(target, member) {
            warn(name);
            return target[member];
        },
        set(target, member, assigned) {
            warn(name);
            target[member] = assigned;
            return true;
        },
    });
}

/* The old objects `environment` and `globals` follow what the old functions do. */
function shown(which) {
    return state.now.oldNames !== null && state.now.oldNames.get(which) || {};
}

function setText(which, name, value) {
    const text = value === false || value ? String(value) : value;
    state.now.user[which].set(name, text);
    shown(which)[name] = text;
}

function unset(which, name) {
    state.now.user[which].unset(name);
    delete shown(which)[name];
}

function clear(which) {
    state.now.user[which].clear();
    const old = shown(which);
    for (const name of Object.keys(old))
        delete old[name];
}

const postman = {
    setEnvironmentVariable: (name, value) => setText('environment', name, value),
    getEnvironmentVariable: name => state.now.user.environment.get(name),
    clearEnvironmentVariable: name => unset('environment', name),
    clearEnvironmentVariables: () => clear('environment'),
    setGlobalVariable: (name, value) => setText('globals', name, value),
    getGlobalVariable: name => state.now.user.globals.get(name),
    clearGlobalVariable: name => unset('globals', name),
    clearGlobalVariables: () => clear('globals'),
    setNextRequest: name => squall.pm.execution.setNextRequest(name),
    getResponseHeader: name => responseOf(state.now).headers.get(name),
    getResponseCookie: name => state.now.cookies().one(String(name)),
};

/* A raw body's text, a form's fields (a list where a name comes again), else an empty object. */
function oldData(body) {
    const content = body && !body.isEmpty() && body.mode !== 'graphql' ? body[body.mode] : {};
    if (!(content instanceof squall.PropertyList))
        return typeof content === 'string' ? content : {};
    const data = {};
    for (const { key, value = '', disabled } of content.members) {
        if (!disabled)
            data[key] = data[key] ? [].concat(data[key], value) : value;
    }
    return data;
}

function oldRequest(execution) {
    const request = requestOf(execution);
    const { description } = request;
    return { id: execution.item.id, name: execution.item.name,
             ...(description === undefined || description === null ? {}
                 : { description: typeof description === 'object' ? description.content || '' : String(description) }),
             headers: request.headers.toObject(true, false, true), method: request.method, url: request.url.toString(),
             data: oldData(request.body) };
}

/* What each name is in an execution; `false` marks those of test scripts only. */
const values = {
    tests: [() => ({}), true],
    environment: [execution => execution.user.environment.toObject(), true],
    globals: [execution => execution.user.globals.toObject(), true],
    data: [execution => execution.user.data.toObject(), true],
    request: [oldRequest, true],
    iteration: [execution => execution.user.iteration, true],
    postman: [() => postman, true],
    responseBody: [execution => responseOf(execution).text(), false],
    responseTime: [execution => execution.time, false],
    responseCode: [execution => responseOf(execution).details(), false],
    responseHeaders: [execution => responseOf(execution).headers.toObject(true, true), false],
    responseCookies: [execution => execution.cookies().all(), false],
};

for (const name of Object.keys(values)) {
    const [make, everywhere] = values[name];
    Object.defineProperty(globalThis, name, {
        configurable: true,
        get() {
            const execution = state.now;
            if (execution === null || (!everywhere && execution.phase === 0))
                return undefined;
            if (!execution.legacy.has(name))
                execution.legacy.set(name, warning(name, make(execution)));
            return execution.legacy.get(name);
        },
        set(value) {
            if (state.now !== null)
                state.now.legacy.set(name, value);
        },
    });
}

for (const name of Object.keys(squall.libraries)) {
    Object.defineProperty(globalThis, name, {
        configurable: true,
        get() {
            if (state.now !== null)
                warn(name);
            return squall.require(squall.libraries[name]);
        },
        set(value) {
            Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
        },
    });
}

function xml2Json(text) {
    if (state.now !== null)
        warn('xml2Json');
    return squall.xml2Json(text);
}
Object.defineProperty(globalThis, 'xml2Json', { value: xml2Json, writable: true, configurable: true });

for (const name of ['cheerio', 'Backbone']) {
    const missing = () => {
        throw new Error(`${name} is not available here`);
    };
    Object.defineProperty(globalThis, name, { value: { load: missing, Model: missing }, writable: true, configurable: true });
}

/* tests["name"] = true, told when the script has run. */
squall.concludeOldTests = function (execution) {
    const tests = execution.legacy.get('tests');
    if (tests === undefined || tests === null)
        return;
    for (const name of Object.keys(tests)) {
        const value = tests[name];
        conclude(execution, name, takeIndex(execution), value ? null
            : { name: 'AssertionError', message: `expected ${String(value)} to be truthy` }, false);
    }
    execution.legacy.delete('tests');
};
})
