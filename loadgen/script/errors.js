/*
 * Error texts that people know from Postman, whose scripts run in V8 with a JSON reader of its own:
 * JavaScriptCore's texts are put into those words, and JSON errors say where.
 */
(function (squall) {
'use strict';

/* --- what the engine says ------------------------------------------------------------------------- */

/* The last step of "a.b['c']", as V8 names it. */
function lastStep(expression) {
    const plain = expression.replace(/\s*\([^()]*\)\s*$/, '');
    for (const text of [expression, plain]) {
        const found = /(?:\.|\?\.)([\w$]+)\s*$/.exec(text) ||
                      /\[\s*(?:'([^']*)'|"([^"]*)"|(\d+))\s*\]\s*$/.exec(text);
        if (found)
            return found.slice(1).find(part => part !== undefined);
    }
    return null;
}

const redeclared = name => `Identifier '${name}' has already been declared`;

const rewordings = [
    [/^(undefined|null) is not an object \(evaluating '([^]*)'\)$/, (value, expression) => {
        const assignment = /^([^=]*[\w$\])])\s*=(?!=)/.exec(expression);
        const step = lastStep(assignment ? assignment[1].trim() : expression);
        if (step === null)
            return `Cannot ${assignment ? 'set' : 'read'} properties of ${value}`;
        return assignment ? `Cannot set properties of ${value} (setting '${step}')`
                          : `Cannot read properties of ${value} (reading '${step}')`;
    }],
    [/^([^]*) is not a (function|constructor)\. \(In '[^]*$/, (what, kind) => `${what} is not a ${kind}`],
    [/^([^]*) is not a (function|constructor) \(evaluating '[^]*$/, (what, kind) => `${what} is not a ${kind}`],
    [/^Can't find variable: (.*)$/, name => `${name} is not defined`],
    [/^Attempted to assign to readonly property\.$/, () => 'Assignment to constant variable.'],
    [/^Cannot access '?([\w$]+)'? before initialization\.?$/, name => `Cannot access '${name}' before initialization`],
    [/^([^]*) is not iterable[^]*$/, what => `${what.replace(/^.*evaluating '/, '')} is not iterable`],
    [/^Cannot declare an? [^]* (?:twice|variable): '([^']*)'\.$/, redeclared],
    [/^Cannot declare a function that shadows [^]* '([^']*)'\.$/, redeclared],
    [/^Unexpected identifier '[^']*'\. Cannot declare a lexical variable twice: '([^']*)'\.$/, redeclared],
    [/ Expected '\)' to end an argument list\.$/, () => 'missing ) after argument list'],
    [/ must have an initializer\.$/, () => 'Missing initializer in const declaration'],
    [/ must have at least a catch or finally block\.$/, () => 'Missing catch or finally after try'],
    [/^Left side of assignment is not a reference\.$/, () => 'Invalid left-hand side in assignment'],
    [/^Function statements must have a name\.$/, () => 'Function statements require a function name'],
    [/^'break' is only valid /, () => 'Illegal break statement'],
    [/^'continue' is only valid /, () => 'Illegal continue statement: no surrounding iteration statement'],
    [/^(?:Unexpected EOF|Invalid character[^]*|No identifiers allowed directly after numeric literal)$/,
     () => 'Invalid or unexpected token'],
    [/^Unexpected end of script$/, () => 'Unexpected end of input'],
    [/^Parser error$/, () => "Unexpected token '}'"],
    [/^Unexpected (number|string)\b/, kind => `Unexpected ${kind}`],
    [/^Unexpected (keyword|token|identifier) '([^]*?)'(?:\. [^]*)?$/,
     (kind, what) => `Unexpected ${kind === 'keyword' ? 'token' : kind} '${what}'`],
    [/^Proxy object's 'set' trap returned falsy value for property '([^]*)'$/,
     name => `'set' on proxy: trap returned falsish for property '${name}'`],
    [/^Maximum call stack size exceeded\.$/, () => 'Maximum call stack size exceeded'],
];

function reword(message) {
    for (const [pattern, words] of rewordings) {
        const found = pattern.exec(message);
        if (found)
            return words(...found.slice(1));
    }
    return message;
}

/* --- JSON ----------------------------------------------------------------------------------------- */

class JSONError extends Error {}
Object.defineProperty(JSONError.prototype, 'name', { value: 'JSONError', configurable: true, writable: true });

/* Where reading stops: the offset of the first character that no JSON text may have there, and a
 * word for it where there is one. */
function badOffset(text) {
    let at = 0;
    const space = () => { while (/[ \t\r\n]/.test(text[at] || '')) at++; };
    const string = () => {
        at++;
        while (at < text.length && text[at] !== '"') {
            if (text[at] < ' ')
                throw at;
            if (text[at] === '\\') {
                at++;
                if (!/["\\/bfnrtu]/.test(text[at] || ''))
                    throw at;
                for (let i = 0; text[at - i] === 'u' && i === 0 || (i > 0 && i <= 4 && text[at - i] === 'u'); i++) {
                    if (i > 0 && !/[0-9a-fA-F]/.test(text[at] || ''))
                        throw at;
                    at++;
                }
                continue;
            }
            at++;
        }
        if (at >= text.length)
            throw at;
        at++;
    };
    const value = () => {
        space();
        const rest = text.slice(at, at + 40);
        const literal = /^(true|false|null|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?)/.exec(rest);
        if (text[at] === '"')
            return string();
        if (text[at] === '{' || text[at] === '[')
            return list(text[at] === '{');
        if (!literal)
            throw at;
        at += literal[0].length;
    };
    const list = isObject => {
        const close = isObject ? '}' : ']';
        at++;
        space();
        if (text[at] === close) {
            at++;
            return;
        }
        for (;;) {
            if (isObject) {
                space();
                if (text[at] !== '"')
                    throw at;
                string();
                space();
                if (text[at] !== ':')
                    throw at;
                at++;
            }
            value();
            space();
            if (text[at] === close)
                break;
            if (text[at] !== ',')
                throw isObject && at >= text.length ? at + 1 : at; // as Postman's reader counts
            at++;
            space();
            if (text[at] === close)
                throw `Trailing comma in ${isObject ? 'object' : 'array'}`;
        }
        at++;
    };
    try {
        value();
        space();
    } catch (reason) {
        if (reason instanceof Error)
            throw reason;
        return typeof reason === 'string' ? { at, what: reason } : { at: reason };
    }
    return { at };
}

function jsonError(text) {
    const bad = badOffset(text);
    const at = Math.min(bad.at, text.length);
    const before = text.slice(0, at).split('\n');
    const column = before[before.length - 1].length;
    const line = text.split('\n')[before.length - 1];
    const what = bad.what ? bad.what : text.length === 0 ? 'No data, empty input'
               : at >= text.length ? 'Unexpected end of input' : `Unexpected token '${text[at]}'`;
    return new JSONError(`${what} at ${before.length}:${column + 1 + bad.at - at}\n${line}\n${' '.repeat(column)}^`);
}

const nativeParse = JSON.parse;
function parse(text, reviver) {
    try {
        return nativeParse(text, reviver);
    } catch (error) {
        if (!(error instanceof SyntaxError))
            throw error;
        if (typeof text !== 'string')
            throw new JSONError(`"${text}" is not valid JSON`);
        if (text.charCodeAt(0) === 0xFEFF)
            return parse(text.slice(1), reviver);
        throw jsonError(text);
    }
}
JSON.parse = parse;

/* For texts that the host or the runtime made, and for answers: whatever scripts do to JSON. */
squall.readJson = nativeParse;
squall.writeJson = JSON.stringify;
squall.parseJson = parse;

/* --- what a failure is, for reports ---------------------------------------------------------------- */

const engineKinds = new Set(['TypeError', 'ReferenceError', 'RangeError', 'SyntaxError']);

/* Any thrown value as {name, message}. */
squall.describeError = function (thrown) {
    if (thrown === null || (typeof thrown !== 'object' && typeof thrown !== 'function'))
        return null;
    try {
        const name = thrown.name === undefined ? undefined : String(thrown.name);
        let message = thrown.message === undefined ? undefined : String(thrown.message);
        if (engineKinds.has(name) && message !== undefined)
            message = reword(message);
        return { name, message };
    } catch (other) { // its members are functions that throw
        return { name: 'Error', message: 'what was thrown cannot be read' };
    }
};
squall.JSONError = JSONError;
})
