/*
 * Error texts that people know from Postman, whose scripts run in V8: JavaScriptCore's texts are put
 * into those words.
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
})
