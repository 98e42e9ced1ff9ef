/*
 * The `pm` of scripts, one for all users of a loop: its members look at the execution that runs now,
 * so that a user costs its variables and no context of its own.
 */
(function (squall) {
'use strict';

const { OwnResponse, OwnRequest, PostmanRequest, host, readJson, writeJson } = squall;

/* What is looked at all the time, in an object of its own: `squall` has too many members to be quick. */
const state = squall.state = {
    now: null, // the Execution whose script or callback runs
    detailed: false,
};

/* --- the answer and the request ------------------------------------------------------------------- */

class Answer {
    constructor(user) { this.user = user; }
    reason() { return host.reason(this.user); }
    head() { return host.head(this.user); }
    body() { return host.body(this.user); }
    json() { return host.json(this.user); }
    bytes() { return squall.fromBase64(host.bytes(this.user)); }
    size() { return host.size(this.user); }
}

function responseOf(execution) {
    if (execution.response === null)
        execution.response = new OwnResponse(execution.code, execution.time, new Answer(execution.user.index));
    return execution.response;
}

/* Before it is sent: the collection's, and changes count. Afterwards: as it went out. */
function requestOf(execution) {
    if (execution.request === null) {
        const user = execution.user;
        if (execution.phase === 0) {
            execution.request = user.request = new OwnRequest(readJson(host.definition(execution.item.index)));
            user.requestItem = execution.item;
            user.requestText = writeJson(user.request);
        } else {
            execution.request = squall.sentRequest(execution);
        }
    }
    return execution.request;
}

/* --- tests ---------------------------------------------------------------------------------------- */

const passed = null;

/* What is no error has no message: the test's name stands for it, as in newman. */
function thrownBy(error, name) {
    const known = squall.describeError(error) || {};
    return { name: known.name || 'AssertionError', message: known.message === undefined ? name : known.message };
}

/* One outcome: counted, and told when somebody listens or when it failed. */
function conclude(execution, name, index, failure, skipped) {
    if (failure !== passed)
        execution.failures++;
    if (failure !== passed || state.detailed)
        host.assertion(execution.user.index,
                       writeJson({ name, index, skipped, passed: failure === passed, error: failure }),
                       failure !== passed);
}

function takeIndex(execution) {
    execution.testCount++;
    return execution.assertionIndex++;
}

function runAsync(execution, name, index, body) {
    let over = false;
    const end = failure => {
        if (over)
            return;
        over = true;
        conclude(execution, name, index, failure, false);
    };
    try {
        body(error => end(error ? thrownBy(error, name) : passed));
    } catch (error) {
        end(thrownBy(error, name));
    }
}

function test(name, body) {
    const execution = state.now;
    const index = takeIndex(execution);
    name = String(name);
    if (typeof body !== 'function') {
        conclude(execution, name, index, passed, false);
        return pm;
    }
    if (body.length > 0) {
        runAsync(execution, name, index, body);
        return pm;
    }
    let failure = passed;
    try {
        const result = body();
        if (result !== undefined && result !== null && typeof result.then === 'function') {
            result.then(() => conclude(execution, name, index, passed, false),
                        error => conclude(execution, name, index, thrownBy(error, name), false));
            return pm;
        }
    } catch (error) {
        failure = thrownBy(error, name);
    }
    conclude(execution, name, index, failure, false);
    return pm;
}
test.skip = function (name) {
    conclude(state.now, String(name), takeIndex(state.now), passed, true);
    return pm;
};
test.index = () => state.now.assertionIndex;

/* --- sendRequest ---------------------------------------------------------------------------------- */

/* As it was given: {{names}} of a script's request are nobody's. */
function textOf(request) {
    return writeJson({ ...request.toJSON(), url: request.url.toString() });
}

function sendRequest(given, callback) {
    const execution = state.now;
    if (!given) {
        const error = new Error('sendrequest: nothing to request');
        if (typeof callback === 'function')
            callback.call(pm, error);
        return typeof callback === 'function' ? undefined : Promise.reject(error);
    }
    if (execution.readsCookies)
        execution.cookies(); // before an answer adds to them
    const request = given instanceof PostmanRequest ? given : new PostmanRequest(given);
    const text = textOf(request);
    const url = request.url.toString();
    if (typeof callback === 'function') {
        execution.await(id => host.send(execution.user.index, id, text), callback.bind(pm), -1, url);
        return pm;
    }
    return new Promise((resolve, reject) => {
        execution.await(id => host.send(execution.user.index, id, text),
                        (error, response) => error ? reject(error) : resolve(response), -1, url);
    });
}

/* --- pm ------------------------------------------------------------------------------------------- */

const lazy = (object, members) => {
    for (const name of Object.keys(members))
        Object.defineProperty(object, name, { get: members[name], enumerable: true, configurable: true });
    return object;
};

const info = lazy({}, {
    eventName: () => state.now.phase === 0 ? 'prerequest' : 'test',
    iteration: () => state.now.user.iteration,
    iterationCount: () => squall.config.iterationCount,
    requestName: () => state.now.item.name,
    requestId: () => state.now.item.id,
});

const visualizer = {
    set(template) {
        if (typeof template !== 'string')
            throw new Error(`Invalid template. Template must be of type string, found ${typeof template}`);
        host.notice('pm.visualizer: pictures are not drawn here');
    },
    clear() {},
};

const execution = lazy({
    setNextRequest(name) {
        state.now.user.next = { name: name === null || name === undefined ? null : String(name) };
    },
    skipRequest() {
        if (state.now.phase !== 0)
            throw new TypeError('pm.execution.skipRequest is not a function');
        state.now.skipped = true;
        throw squall.stop;
    },
}, {
    location() {
        const path = state.now.item.path.slice();
        path.current = state.now.holder;
        return path;
    },
});
squall.stop = Symbol('the script ends here');

const pm = lazy({
    test, sendRequest, info, visualizer, execution,
    expect: squall.expect,
    require(name) {
        throw new Error(`pm.require('${name}') is not available here: packages live in Postman's cloud`);
    },
    datasets() {
        throw new Error("pm.datasets is not available here: they live in Postman's cloud");
    },
}, {
    environment: () => state.now.user.environment,
    globals: () => state.now.user.globals,
    collectionVariables: () => state.now.user.collectionVariables,
    variables: () => state.now.user.locals,
    iterationData: () => state.now.user.data,
    request: () => requestOf(state.now),
    response: () => state.now.phase === 0 ? undefined : responseOf(state.now),
    cookies: () => state.now.cookies(),
});

/* --- console and timers --------------------------------------------------------------------------- */

function log(level, values) {
    if (!state.detailed)
        return;
    for (const value of values)
        void (value !== null && typeof value === 'object' && value.toJSON); // an old name speaks up first
    host.console(state.now.user.index, level, values.map(value => squall.format(value, 44)).join(', '));
}
const console = { clear() {} };
for (const level of ['log', 'warn', 'debug', 'info', 'error'])
    console[level] = (...values) => log(level, values);
console.trace = console.dir = console.table = console.log;
console.time = console.timeEnd = console.group = console.groupEnd = console.assert = () => {};

/* What else was given is not passed on, as in newman. */
function setTimer(run, ms, repeats) {
    if (typeof run !== 'function')
        return undefined;
    const execution = state.now;
    const wait = Math.max(0, Number(ms) || 0);
    return execution.await(id => host.timer(execution.user.index, id, wait), () => run(), repeats ? wait : -1);
}

Object.assign(globalThis, {
    setTimeout: (run, ms) => setTimer(run, ms, false),
    setInterval: (run, ms) => setTimer(run, ms, true),
    setImmediate: run => setTimer(run, 0, false),
    clearTimeout: id => state.now.forget(id),
    clearInterval: id => state.now.forget(id),
    clearImmediate: id => state.now.forget(id),
});
squall.later = run => setTimer(run, 0, false);

for (const [name, value] of [['pm', pm], ['console', console], ['require', squall.require]])
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });

Object.assign(squall, { pm, test, sendRequest });
squall.parts = { responseOf, requestOf, takeIndex, conclude };
})
