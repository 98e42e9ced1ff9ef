/* The names of Postman's first sandbox: tests[...], postman.*, responseBody and the like. They are
 * accessors, so that scripts that do not use them do not pay for them; a script may assign to them. */
(function (squall) {
'use strict';

const { host, state } = squall;
const { responseOf, requestOf, takeIndex, conclude } = squall.parts;
const outer = globalThis;

const alternatives = {
    tests: 'pm.test()', globals: 'pm.globals', environment: 'pm.environment', data: 'pm.iterationData',
    request: 'pm.request', responseCookies: 'pm.cookies', responseHeaders: 'pm.response.headers',
    responseCode: 'pm.response.code', postman: 'pm.execution.setNextRequest()', _: "require('lodash')",
    CryptoJS: "require('crypto-js')", atob: "require('atob')", btoa: "require('btoa')", tv4: "require('ajv')",
    xml2Json: "require('xml2js')", Backbone: "require('backbone')", cheerio: "require('cheerio')",
};

/* newman says so once a script, and no more when only callbacks of it are left. */
function warn(name) {
    if (state.now === null || state.now.callsBack || state.now.warned.has(name))
        return;
    state.now.warned.add(name);
    console.warn(`Using "${name === 'postman' ? 'postman.setNextRequest' : name}" is deprecated. ` +
                 `Use "${alternatives[name]}" instead.`);
}

/*
 * When somebody listens, an old object or function speaks up when it is used; texts and numbers cannot.
 * newman's answers nothing to an assignment, which is a TypeError in strict code; a library's own code is.
 */
const bare = new WeakMap();
function warning(name, value, assigns = false) {
    if (!state.detailed || value === null || (typeof value !== 'object' && typeof value !== 'function'))
        return value;
    const proxy = new Proxy(value, {
        get(target, member) {
            warn(name);
            return target[member];
        },
        set(target, member, assigned) {
            warn(name);
            target[member] = assigned;
            return assigns;
        },
        apply(target, self, values) {
            warn(name);
            return Reflect.apply(target, self, values);
        },
    });
    bare.set(proxy, value);
    return proxy;
}

/* What stands for an old name; `make` when no script has asked for it yet. */
function oldValue(execution, name, make) {
    if (execution.knowsNoOld)
        return undefined;
    if (!execution.legacy.has(name))
        execution.legacy.set(name, warning(name, make(execution)));
    return execution.legacy.get(name);
}

/* The old objects `environment` and `globals` follow what the old functions do. */
function shown(which) {
    const one = state.now.oldNames !== null && state.now.oldNames.get(which);
    return one !== null && typeof one === 'object' ? bare.get(one) || one : {};
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
    tests: [execution => execution.tests = {}, true],
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
    responseCookies: [execution => execution.cookies(), false],
};

/* A script may put something else in an old name's place, which is its own. */
function assign(name, value) {
    if (state.now === null)
        return;
    if (name === 'tests')
        void outer.tests; // those that count are the first ones
    state.now.legacy.set(name, value);
}

for (const name of Object.keys(values)) {
    const [make, everywhere] = values[name];
    Object.defineProperty(outer, name, {
        configurable: true,
        get() {
            const execution = state.now;
            return execution === null || (!everywhere && execution.phase === 0) ? undefined : oldValue(execution, name, make);
        },
        set: value => assign(name, value),
    });
}

for (const name of Object.keys(squall.libraries)) {
    const find = squall.libraries[name];
    let known;
    Object.defineProperty(outer, name, {
        configurable: true,
        get() {
            const execution = state.now;
            if (execution !== null && (execution.knowsNoOld || execution.oldNames !== null && execution.oldNames.has(name)))
                return execution.knowsNoOld ? undefined : execution.oldNames.get(name);
            return known || (known = warning(name, find(), true));
        },
        set: value => assign(name, value),
    });
}

/* tests["name"] = true, told when the script has run. */
squall.concludeOldTests = function (execution) {
    const { tests } = execution;
    if (tests === null)
        return;
    for (const name of Object.keys(tests)) {
        const value = tests[name];
        conclude(execution, name, takeIndex(execution), value ? null
            : { name: 'AssertionError', message: `expected ${String(value)} to be truthy` }, false);
    }
    execution.tests = null;
    execution.legacy.delete('tests');
};
})
