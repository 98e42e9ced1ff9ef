/* pm.response.to.have.status(200), pm.response.to.be.json: assertions about requests and responses,
 * with the texts of Postman's own extension of chai. */
(function (squall) {
'use strict';

const { Assertion, PostmanResponse, PostmanRequest, display, inspect, parseJson } = squall;
const { flagsOf, word, noted, hasFlag, derive } = squall.assertionParts;
const proto = Assertion.prototype;

function needsResponse(assertion) {
    if (!(assertion.subject instanceof PostmanResponse))
        assertion.misuse(`expecting a postman response object but got ${display(assertion.subject)}`);
    return assertion.subject;
}

/* --- status --------------------------------------------------------------------------------------- */

function needsCode(assertion, member) {
    const response = needsResponse(assertion);
    if (response.code === undefined)
        assertion.fail(`expected {this} to have property '${member}'`);
    return response;
}

function checkCode(assertion, wanted) {
    const { code } = needsCode(assertion, 'code');
    return assertion.check(code === wanted, 'expected response to have status code {exp} but got {act}',
                           'expected response to not have status code {act}', wanted, code);
}

function checkReason(assertion, wanted, actual) {
    return assertion.check(actual === wanted, 'expected response to have status reason {exp} but got {act}',
                           'expected response to not have status reason {act}', wanted, actual);
}

proto.status = function (wanted) {
    return typeof wanted === 'number' ? checkCode(this, wanted)
        : checkReason(this, wanted, needsCode(this, 'status').reason());
};
proto.statusCode = function (wanted) {
    return checkCode(this, Number(wanted));
};
proto.statusReason = function (wanted) {
    return checkReason(this, String(wanted), needsResponse(this).reason());
};
proto.statusCodeClass = function (wanted) {
    const { code } = needsCode(this, 'code');
    return this.check(Math.floor(code / 100) === wanted, `expected response code to be ${wanted}XX but found ${code}`,
                      `expected response code to not be ${wanted}XX`);
};

function codeClass(names, first, last, shown) {
    for (const name of names) {
        word(name, function () {
            const code = needsResponse(this).code;
            return this.check(code >= first * 100 && code < last * 100 + 100,
                              `expected response code to be ${shown} but found ${code}`,
                              `expected response code to not be ${shown}`);
        });
    }
}
codeClass(['info'], 1, 1, '1XX');
codeClass(['success'], 2, 2, '2XX');
codeClass(['redirection'], 3, 3, '3XX');
codeClass(['clientError'], 4, 4, '4XX');
codeClass(['serverError'], 5, 5, '5XX');
codeClass(['error'], 4, 5, '4XX or 5XX');

/* `ok` is chai's, too: of anything but a response it asks for truth. */
const plainOk = Object.getOwnPropertyDescriptor(proto, 'ok').get;
// chai-postman's own words: unauthorised and notAcceptable want reasons that no server says.
for (const [name, code, reason] of [['ok', 200, 'OK'], ['accepted', 202, 'ACCEPTED'], ['withoutContent', 204, 'NO CONTENT'],
                                    ['badRequest', 400, 'BAD REQUEST'], ['unauthorized', 401, 'UNAUTHORIZED'],
                                    ['unauthorised', 401, 'UNAUTHORISED'], ['forbidden', 403, 'FORBIDDEN'],
                                    ['notFound', 404, 'NOT FOUND'], ['notAcceptable', 406, 'ACCEPTABLE'],
                                    ['rateLimited', 429, 'TOO MANY REQUESTS']]) {
    word(name, function () {
        if (name === 'ok' && !(this.subject instanceof PostmanResponse))
            return plainOk.call(this);
        checkReason(this, reason, String(needsResponse(this).reason()).toUpperCase());
        return checkCode(this, code);
    });
}

/* --- headers -------------------------------------------------------------------------------------- */

proto.header = function (name, value) {
    const holder = this.subject;
    const kind = holder instanceof PostmanRequest ? 'request' : 'response';
    if (kind === 'response')
        needsResponse(this);
    const has = holder.headers.has(name);
    this.check(has, `expected ${kind} to have header with key {exp}`,
               `expected ${kind} to not have header with key {exp}`, String(name));
    if (arguments.length < 2 || hasFlag(this, flagsOf.NEGATE))
        return this;
    const actual = holder.headers.get(name);
    return this.check(actual === value, `expected ${inspect(String(name))} ${kind} header to be {exp} but got {act}`,
                      `expected ${inspect(String(name))} ${kind} header to not be {act}`, value, actual);
};

/* --- body ----------------------------------------------------------------------------------------- */

word('withBody', function () {
    const text = needsResponse(this).text();
    return this.check(typeof text === 'string' && text.length > 0, 'expected response to have content in body',
                      'expected response to not have content in body');
});
/* What is wrong with the body as JSON, or null. */
function whyNoJson(response) {
    try {
        squall.parseJson(response.text());
        return null;
    } catch (error) {
        if (!squall.isJsonError(error))
            throw error;
        return error.message.split('\n')[0];
    }
}

function assertValidJson(assertion) {
    const why = whyNoJson(needsResponse(assertion));
    return assertion.check(why === null, `expected response body to be a valid json but got error ${why}`,
                           'expected response body not to be a valid json');
}
word('json', function () {
    return assertValidJson(this);
});
word('postmanResponse', function () {
    return this.check(this.subject instanceof PostmanResponse, 'expecting a postman response object but got {this}',
                      'not expecting a postman response object');
});
word('postmanRequest', function () {
    return this.check(this.subject instanceof PostmanRequest, 'expecting a postman request object but got {this}',
                      'not expecting a postman request object');
});
word('postmanRequestOrResponse', function () {
    return this.check(this.subject instanceof PostmanResponse || this.subject instanceof PostmanRequest,
                      'expecting a postman request or response object but got {this}',
                      'not expecting a postman request or response object');
});

function assertBody(wanted) {
    const text = needsResponse(this).text();
    if (wanted instanceof RegExp)
        return this.check(wanted.test(text), `expected response body text to match ${wanted} but got {act}`,
                          `expected response body text {act} to not match ${wanted}`, wanted, text);
    return this.check(text === wanted, 'expected response body to equal {exp} but got {act}',
                      'expected response body to not equal {exp}', wanted, text);
}

const missing = {};
function atPath(value, path) {
    for (const step of String(path).replace(/\[(\w+)\]/g, '.$1').split('.')) {
        if (value === null || value === undefined || !(step in Object(value)))
            return missing;
        value = value[step];
    }
    return value;
}

function bodyTree(response) {
    try {
        return response.json();
    } catch (error) {
        if (!squall.isJsonError(error))
            throw error;
        return undefined;
    }
}

/* Postman looks for nothing but a path, and then at its value. */
function assertJsonBody(path, value) {
    if (arguments.length === 0)
        return assertValidJson(this);
    const tree = bodyTree(needsResponse(this));
    if (typeof path !== 'string')
        return this;
    const found = atPath(tree, path);
    this.check(found !== missing, 'expected {act} in response to contain property {exp}',
               'expected {act} in response to not contain property {exp}', path, tree);
    if (arguments.length === 1)
        return this;
    const actual = found === missing ? undefined : found;
    return this.check(squall.equal(actual, value),
                      `expected response body json at "${path}" to contain {exp} but got {act}`,
                      `expected response body json at "${path}" to not contain {exp} but got {act}`, value, actual);
}

proto.jsonSchema = function (schema, options) {
    const subject = this.subject;
    if (typeof schema !== 'object' || schema === null || Array.isArray(schema))
        new Assertion(schema, undefined, 0).an('object');
    const tree = subject instanceof PostmanResponse ? subject.json() : subject;
    const errors = squall.ajvErrors(schema, tree, { allErrors: true, ...options });
    return this.check(errors.length === 0,
                      `expected data to satisfy schema but found following errors: \n${squall.schemaErrorsText(errors)}`,
                      'expected data to not satisfy schema', true, false);
};

/* --- figures -------------------------------------------------------------------------------------- */

function measured(read, text) {
    return {
        call(wanted) {
            const actual = read(needsResponse(this));
            return text(this, wanted, actual);
        },
        subject: assertion => read(needsResponse(assertion)),
    };
}
const figures = {
    responseTime: measured(response => response.responseTime,
                           (assertion, wanted, actual) => assertion.check(
                               actual === wanted, 'expected response to have a valid response time but got {act}',
                               'expected response to not have a valid response time but got {act}', wanted, actual)),
    responseSize: measured(response => response.size().total, (assertion, wanted, actual) => assertion.check(
        actual === wanted, 'expected response size to equal {act} but got {exp}',
        'expected response size to not equal {act}', wanted, actual)),
};

/*
 * `to.have.responseTime.below(200)` goes on with the figure, `to.have.responseTime(20)` compares it,
 * `to.have.body` and `to.have.jsonBody` may stand alone: functions with the figure's own assertions.
 */
for (const name of Object.keys(figures)) {
    word(name, function () {
        const go = figures[name].call.bind(this);
        return Object.setPrototypeOf(go, derive(this, figures[name].subject(this)));
    });
}
for (const [name, call] of [['body', assertBody], ['jsonBody', assertJsonBody]]) {
    word(name, function () {
        needsResponse(this);
        return Object.setPrototypeOf(call.bind(this), this);
    });
}
})
