/*
 * One phase of one request of one user: its scripts in order, each over when it has ended and nothing
 * that it waits for is left. The host calls in here; every answer says how to go on.
 */
(function (squall) {
'use strict';

const { VariableScope, host, state, frame, readJson, writeJson } = squall;

const DONE = 0, WAITING = 1, AGAIN = 2;          // the lowest bits of an answer
const SKIPPED = 4, CHANGED = 8, NEXT = 16, ERRED = 32; // what else there is to know
const FAILURES = 64, FAILURES_MAX = 0xFFFFFF;    // the rest counts failed tests

const AWAITED_MAX = 5000;

const ANSWER = 0, USER = 1, REQUEST = 2, PHASE = 3, STATUS = 4, TIME_MS = 5, TESTS = 6; // places in the frame

function scopeOf(which, name) {
    const { values, types } = squall.config.scopes[which];
    return new VariableScope(values, name, [], types);
}

/* Fields, not assignments, in what scripts never see: an accessor in Object.prototype would take those. */
class User {
    data = new VariableScope(new Map());
    environment = scopeOf('environment', squall.config.environmentName);
    collectionVariables = scopeOf('collection');
    globals = scopeOf('globals', squall.config.globalsName);
    locals = new VariableScope(new Map(), undefined,
                               [this.data, this.environment, this.collectionVariables, this.globals]);
    iteration = 0;
    row = -1;
    execution = null;
    next = null;
    request = null; // what scripts before the request made of that item's
    requestItem = null;
    requestText = ''; // before scripts could change it
    requestChanged = false;
    index = 0;
    constructor(index) {
        this.index = index;
        this.data.isRow = true;
    }
}

class Execution {
    user = null;
    item = null;
    phase = 0;
    code = undefined; // there may have been no answer
    time = undefined;
    response = null;
    request = null;
    cookieList = null;
    readsCookies = false;
    at = 0;
    started = false;
    testCount = 0; // of all its scripts, as failures are
    failures = 0;
    erred = false;
    error = null;
    skipped = false;
    holder = '';
    assertionIndex = 0; // within one of them
    tests = null; // what the first sandbox's `tests` was at first
    knowsNoOld = false; // "use sandbox2";
    callsBack = false; // the script has run, and only what it waits for is left
    awaited = null;
    oldNames = null;
    oldWarned = null;
    constructor(user, item, phase, code, time) {
        this.user = user;
        this.item = item;
        this.phase = phase;
        if (code > 0) {
            this.code = code;
            this.time = time;
        }
        if (phase === 0)
            this.request = user.request;
    }

    get legacy() {
        return this.oldNames || (this.oldNames = new Map());
    }
    get warned() {
        return this.oldWarned || (this.oldWarned = new Set());
    }

    /* As they were when the answer came. */
    cookies() {
        if (this.cookieList === null) {
            this.cookieList = this.phase === 0 ? squall.cookieList([])
                                               : squall.cookiesOfAnswer(this.user.index, squall.parts.requestOf(this).url.toString());
            this.cookieList.jar = () => new squall.CookieJar();
        }
        return this.cookieList;
    }

    /* Something will call back; ids are the user's, so that a late call finds nothing. */
    await(begin, run, repeatMs = -1, url = '') {
        this.awaited = this.awaited || new Map();
        if (this.awaited.size >= AWAITED_MAX)
            throw new Error(`a script may wait for ${AWAITED_MAX} timers and requests at once, and no more`);
        const id = ++squall.lastAwaited;
        this.awaited.set(id, { run, repeatMs, url });
        begin(id);
        return id;
    }
    forget(id) {
        if (this.awaited !== null && this.awaited.delete(id))
            host.forget(this.user.index, id);
    }
    forgetAll() {
        for (const id of this.awaited === null ? [] : [...this.awaited.keys()])
            this.forget(id);
    }
}
squall.lastAwaited = 0;

/* --- scripts -------------------------------------------------------------------------------------- */

const scripts = [];

/* Keeps a script under the next number; whether its time must be watched. */
squall.compile = function (text, holder) {
    scripts.push({ ...squall.compileScript(text), self: squall.thisOf(text), mayGoOn: /\b(await|async|Promise|then|sendRequest)\b/.test(text),
                   holder, runs: 0, spoils: false, readsCookies: /cookie/i.test(text) });
    return mayLoop(text);
};

const loops = new RegExp('\\b(for|while|do|class|eval|Function|constructor|callee|require|function|replace|replaceAll|' +
    'forEach|map|flatMap|filter|reduce|reduceRight|some|every|find\\w*|sort|toSorted|from|fill|flat|concat|join|' +
    'keys|entries|values|repeat|padStart|padEnd|then|replaceIn)\\b');

/*
 * Whether the script may run for long: it has a loop, a call that makes one of a function or a large
 * thing of a small one, or a function that could call itself. The time limit costs half a microsecond
 * a call, more than most scripts, so the others go without; for what is overlooked there is guard.h.
 */
function mayLoop(text) {
    const plain = text.replace(/\bfunction\s*\([^()]*\)/g, ' ');
    return loops.test(plain) ||
           /[=:]\s*(async\s*)?(\([^()]*\)|[\w$]+)\s*=>/.test(plain) || /[=:]\s*(async\s*)?\s*function\b/.test(text) ||
           /[{,]\s*(async\s+|get\s+|set\s+|\*\s*)?(?!(if|switch|catch)\b)[\w$]+\s*\([^()]*\)\s*\{/.test(plain);
}

function tellError(execution, error) {
    if (error === squall.stop)
        return;
    execution.erred = true;
    const known = squall.describeError(error) || { name: 'Error', message: String(error) };
    execution.error = execution.error || known;
}

function startScript(execution, script) {
    execution.started = true;
    execution.holder = script.holder;
    execution.assertionIndex = 0;
    execution.error = null;
    execution.oldNames = execution.oldWarned = execution.tests = null;
    execution.callsBack = false;
    execution.knowsNoOld = script.isNew;
    execution.readsCookies = script.readsCookies;
    if (script.error !== null) {
        tellError(execution, script.error);
        return;
    }
    try {
        const result = script.run.call(script.self());
        if (result !== undefined && result !== null && typeof result.then === 'function')
            result.then(undefined, error => tellError(execution, error));
    } catch (error) {
        tellError(execution, error);
    }
    script.runs++;
    squall.afterScript(script);
    execution.callsBack = true;
    if (execution.oldNames !== null)
        squall.concludeOldTests(execution);
    if (script.runs < 3)
        squall.findLeaks();
}

function endScript(execution) {
    if (execution.error !== null || state.detailed)
        host.script(execution.user.index, execution.item.scripts[execution.phase][execution.at],
                    execution.error === null ? '' : writeJson(execution.error));
    if (execution.skipped)
        execution.forgetAll();
    squall.settleValues();
    execution.started = false;
    execution.at++;
}

function answer(execution, state) {
    const user = execution.user;
    frame[ANSWER] = state | (execution.skipped ? SKIPPED : 0) | (user.requestChanged ? CHANGED : 0) |
                    (user.next !== null ? NEXT : 0) | (execution.erred ? ERRED : 0) |
                    (execution.failures < FAILURES_MAX ? execution.failures : FAILURES_MAX) * FAILURES;
    frame[TESTS] = execution.testCount;
}

/* However deep in the request: scripts assign to pm.request.body.raw and push to its lists. */
function isChanged(user) {
    try {
        return writeJson(user.request) !== user.requestText;
    } catch (error) {
        return true; // and who asks for the request hears why it is none
    }
}

/* Goes on until something must be waited for. */
function advance(execution, settled) {
    const { user } = execution;
    const list = execution.item.scripts[execution.phase];
    state.now = execution;
    while (execution.at < list.length && !(execution.skipped && !execution.started)) {
        const script = scripts[list[execution.at]];
        if (!execution.started) {
            startScript(execution, script);
            settled = false;
            if (script.mayGoOn)
                return answer(execution, AGAIN);
        }
        if (execution.awaited !== null && execution.awaited.size > 0 && !execution.skipped)
            return answer(execution, settled ? WAITING : AGAIN);
        endScript(execution);
    }
    if (execution.phase === 0 && user.request !== null)
        user.requestChanged = isChanged(user);
    state.now = null;
    return answer(execution, DONE);
}

/* --- names that scripts leave behind --------------------------------------------------------------- */

const LEAKS_TOLD_MAX = 20;
const outer = globalThis;
let known = null, leaksTold = 0;
squall.findLeaks = function () {
    const names = Object.getOwnPropertyNames(outer);
    if (known === null || names.length === known.size) {
        known = known || new Set(names);
        return;
    }
    for (const name of names) {
        if (known.has(name))
            continue;
        known.add(name);
        if (squall.config.users > 1 && ++leaksTold <= LEAKS_TOLD_MAX)
            host.notice(`a script assigns to the undeclared name '${name}': all users share it`);
    }
};

/* --- what the host calls -------------------------------------------------------------------------- */

const users = [];
let items = [];

function userOf(index) {
    return users[index] || (users[index] = new User(index));
}

const entries = {
    begin() {
        const user = userOf(frame[USER]), phase = frame[PHASE];
        if (phase === 0) {
            user.request = user.requestItem = null;
            user.requestChanged = false;
        }
        user.execution = new Execution(user, items[frame[REQUEST]], phase, frame[STATUS], frame[TIME_MS]);
        return advance(user.execution, false);
    },

    /* Callbacks and promises that were due have run. */
    settle(userIndex) {
        return advance(users[userIndex].execution, true);
    },

    timer(userIndex, id) {
        const execution = users[userIndex].execution;
        const one = execution.awaited && execution.awaited.get(id);
        if (!one)
            return answer(execution, AGAIN);
        state.now = execution;
        if (one.repeatMs < 0)
            execution.awaited.delete(id);
        try {
            one.run();
        } catch (error) {
            tellError(execution, error);
        }
        if (one.repeatMs >= 0 && execution.awaited.has(id))
            host.timer(userIndex, id, one.repeatMs);
        return answer(execution, AGAIN);
    },

    /* error: its members as JSON, or empty; then the answer. */
    answered(userIndex, id, error, code, time, reason, head, body, size) {
        const execution = users[userIndex].execution;
        const one = execution.awaited && execution.awaited.get(id);
        if (!one)
            return answer(execution, AGAIN);
        state.now = execution;
        execution.awaited.delete(id);
        // As newman has it: what went wrong is a plain object, beside an answer that knows nothing.
        const response = new squall.PostmanResponse(error ? undefined : code, error ? undefined : time, {
            reason: () => reason, head: () => head, body: () => body, bytes: () => squall.Buffer.from(body), size: () => size,
        });
        try {
            if (error)
                one.run(readJson(error), response);
            else
                one.run(null, response, { cookies: squall.cookiesOfAnswer(userIndex, one.url) });
        } catch (thrown) {
            tellError(execution, thrown);
        }
        return answer(execution, AGAIN);
    },

    /* The script has had its time: nothing that it waits for counts any more. */
    abandon(userIndex, message) {
        squall.mendShared();
        const execution = users[userIndex].execution;
        state.now = execution;
        tellError(execution, new Error(message));
        execution.forgetAll();
        return answer(execution, AGAIN);
    },

    iteration(userIndex, iteration, row) {
        const user = userOf(userIndex);
        user.iteration = iteration;
        user.next = null;
        if (row === user.row)
            return;
        user.row = row;
        user.data.own = null;
        user.data.shared = new Map(row < 0 ? [] : Object.entries(readJson(host.row(row))));
    },

    /* What {{name}} is for the user; undefined when nothing gives it a value, null when a script
     * has a say in its text. */
    lookup(userIndex, name) {
        const value = userOf(userIndex).locals.valueFor(name);
        return typeof value === 'string' || value === undefined ? value
            : typeof value === 'object' || typeof value === 'function' ? null : String(value);
    },
    lookupText(userIndex, name) {
        return userOf(userIndex).locals.text(name);
    },

    /* The name that setNextRequest was given, once; null ends the iteration. */
    next(userIndex) {
        const user = users[userIndex];
        const name = user.next.name;
        user.next = null;
        return name;
    },

    request(userIndex) {
        return writeJson({ ...users[userIndex].request.toJSON() });
    },

    exported(userIndex, scope) {
        return writeJson(userOf(userIndex)[scope].values.all(),
                         (name, value) => name === 'value' && (value === undefined || typeof value === 'function') ? null : value);
    },
};

squall.start = function (configText) {
    const config = readJson(configText);
    const scope = list => ({ values: new Map(list), types: new Map(list.filter(row => row.length > 2).map(row => [row[0], row[2]])) });
    config.scopes = { environment: scope(config.environment), collection: scope(config.collection),
                      globals: scope(config.globals) };
    squall.config = config;
    items = config.items;
    state.detailed = config.detailed;
    squall.finishAssertions();
    squall.takeOtherNames();
    squall.findLeaks();
    squall.keepShared();
    return entries;
};
})
