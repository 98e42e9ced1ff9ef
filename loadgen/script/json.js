/*
 * JSON.parse() of scripts: what is wrong with a text is told in the words of the reader that Postman's
 * sandbox asks when the language's own has refused it, with line, column and a mark below the line.
 *
 * Source: newman 6.2.2, whose words for 130 broken texts are in tests/data/postman/run-json.json.
 */
(function (squall) {
'use strict';

/* Whatever fails there bears the name, a reviver's and toJSON()'s errors too. */
function named(error) {
    if (error !== null && typeof error === 'object')
        error.name = 'JSONError';
    return error;
}

function jsonError(message, place) {
    const error = new SyntaxError(message);
    for (const own of ['line', 'column', 'sourceURL']) // the engine's, in this file
        delete error[own];
    return named(Object.assign(error, place));
}

const SHOWN_BEFORE = 70, SHOWN = 78; // characters of the line

const NOTHING = Symbol('no value begins here');
const escapes = new Set(['"', '\\', '/', 'b', 'f', 'n', 'r', 't']);
const isDigit = one => one >= '0' && one <= '9';
const isBreak = one => one === '\n' || one === '\r';

/* Finds the first fault; the places that it names are that reader's, also where they are one too far. */
class FaultFinder {
    constructor(text) {
        this.text = text;
        this.at = 0;
        this.line = 0;
        this.lineStart = 0;
    }

    isOver() {
        return this.at >= this.text.length;
    }

    fail(words) {
        const column = this.at - this.lineStart, place = { column: column + 1, row: this.line + 1 };
        throw jsonError(`${words || this.unexpected()} at ${place.row}:${place.column}\n${this.picture(column)}`, place);
    }
    unexpected() {
        if (this.isOver())
            return 'Unexpected end of input';
        const shown = squall.writeJson(this.text[this.at]).slice(1, -1);
        return `Unexpected token '${shown === '\\"' ? '"' : shown.replace("'", "\\'")}'`;
    }
    /* The line up to where it is shown, and the mark under the place, or behind the line's end. */
    picture(column) {
        let line = '', mark = '';
        for (let at = Math.max(this.at - column, this.at - SHOWN_BEFORE + 1); ; at++) {
            const one = this.text[at];
            if (at === this.text.length || isBreak(one) || one === undefined)
                return `${line}\n${mark}${this.at >= at ? '^' : ''}`;
            line += one;
            mark += at === this.at ? '^' : at > this.at ? '' : one === '\t' ? '\t' : ' ';
            if (line.length > SHOWN)
                return `${line}\n${mark}`;
        }
    }

    skipBlanks() {
        for (; !this.isOver(); this.at++) {
            const one = this.text[this.at];
            if (isBreak(one)) {
                this.at += one === '\r' && this.text[this.at + 1] === '\n' ? 1 : 0;
                this.line++;
                this.lineStart = this.at + 1;
            } else if (one !== ' ' && one !== '\t') {
                return;
            }
        }
    }

    whole() {
        this.skipBlanks();
        const value = this.value();
        if (value === NOTHING && this.isOver())
            this.fail(this.at > 0 ? 'No data, only a whitespace' : 'No data, empty input');
        this.skipBlanks();
        if (!this.isOver())
            this.fail();
    }

    value() {
        const one = this.text[this.at];
        switch (one) {
        case '"': return this.string();
        case '{': return this.object();
        case '[': return this.array();
        case 'n': return this.word('null');
        case 't': return this.word('true');
        case 'f': return this.word('false');
        default: return one === '-' || one === '.' || isDigit(one) ? this.number() : NOTHING;
        }
    }

    word(wanted) {
        if (!this.text.startsWith(wanted, this.at))
            this.fail();
        this.at += wanted.length;
        return wanted;
    }

    key() {
        const one = this.text[this.at];
        return one === '-' || one === 'n' || one === 't' || one === 'f' ? NOTHING : this.value();
    }

    object() {
        let holds = false;
        for (this.at++; !this.isOver();) {
            this.skipBlanks();
            const key = this.key();
            this.skipBlanks();
            const one = this.text[this.at];
            if (one === '}' && key === NOTHING) {
                if (holds)
                    this.fail('Trailing comma in object');
                this.at++;
                return {};
            }
            if (one !== ':' || key === NOTHING)
                this.fail();
            this.at++;
            this.skipBlanks();
            if (this.value() === NOTHING)
                this.fail(`No value found for key ${key}`);
            if (typeof key !== 'string')
                this.fail(`Wrong key type: ${key}`);
            holds = holds || !(key in Object.prototype);
            this.skipBlanks();
            const next = this.text[this.at++];
            if (next === '}')
                return {};
            if (next !== ',')
                this.fail();
        }
        return this.fail();
    }

    array() {
        let count = 0;
        for (this.at++; !this.isOver(); this.at++) {
            this.skipBlanks();
            const item = this.value();
            this.skipBlanks();
            const one = this.text[this.at];
            if (one === ']') {
                if (item === NOTHING && count > 0)
                    this.fail('Trailing comma in array');
                this.at++;
                return [];
            }
            if (one !== ',')
                this.fail();
            if (item === NOTHING) {
                this.at++;
                this.fail('Elisions are not supported');
            }
            count++;
        }
        return NOTHING;
    }

    number() {
        const start = this.at, take = () => this.text[this.at++];
        const digits = () => {
            while (isDigit(this.text[this.at]))
                this.at++;
        };
        let one = take();
        if (one === '-')
            one = take();
        if (one >= '1' && one <= '9') {
            digits();
            one = take();
        }
        if (one === '0')
            one = take();
        if (one === '.') {
            digits();
            one = take();
        }
        if (one === 'e' || one === 'E') {
            one = take();
            if (one === '-' || one === '+')
                this.at++;
            digits();
            take();
        }
        this.at--;
        const text = this.text.slice(start, this.at);
        const strict = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?(e[+-]?[0-9]+)?$/i.test(text);
        if (!strict) {
            this.at--;
            this.fail(`${Number.isNaN(Number(text)) ? 'Bad' : 'Non-json'} numeric literal - "${text}"`);
        }
        return Number(text);
    }

    string() {
        const start = ++this.at;
        while (!this.isOver()) {
            const one = this.text[this.at++];
            if (one === '"')
                return this.text.slice(start, this.at - 1);
            if (isBreak(one))
                this.fail();
            if (one < ' ') {
                this.at--;
                this.fail('Unexpected control character');
            }
            if (one === '\\')
                this.escape();
        }
        return this.fail();
    }
    escape() {
        const one = this.text[this.at];
        if (one !== 'u' && !escapes.has(one))
            this.fail();
        this.at++;
        for (let left = one === 'u' ? 4 : 0; left > 0; left--, this.at++) {
            if (!this.isOver() && !/[0-9a-fA-F]/.test(this.text[this.at]))
                this.fail('Bad escape sequence');
            if (this.isOver())
                this.fail();
        }
    }
}

const marks = ['\ufeff', '\ubbbf', '\u00fe\u00ff', '\u00ff\u00fe', '\u00ef\u00bb\u00bf']; // of byte order

const nativeParse = JSON.parse, nativeWrite = JSON.stringify;
function parse(text, reviver) {
    const mark = typeof text === 'string' ? marks.find(one => text.startsWith(one)) : undefined;
    if (mark !== undefined)
        text = text.slice(mark.length);
    try {
        return nativeParse(text, reviver);
    } catch (error) {
        if (!(error instanceof SyntaxError))
            throw named(error);
        if (text === undefined)
            throw jsonError('"undefined" is not valid JSON');
        new FaultFinder(String(text)).whole();
        throw jsonError(error.message);
    }
}
JSON.parse = parse;

/* The engine's words, and V8's or their first line. */
const refusals = {
    'JSON.stringify cannot serialize cyclic structures.': 'Converting circular structure to JSON',
    'JSON.stringify cannot serialize BigInt.': 'Do not know how to serialize a BigInt',
};

JSON.stringify = function stringify(value, replacer, space) {
    try {
        return nativeWrite(value, replacer, space);
    } catch (error) {
        const words = error instanceof TypeError ? refusals[error.message] : undefined;
        throw named(words === undefined ? error : new TypeError(words));
    }
};

/* For texts that the host or the runtime made, and for answers: whatever scripts do to JSON. */
squall.readJson = nativeParse;
squall.writeJson = nativeWrite;
squall.parseJson = parse;
squall.isJsonError = error => error instanceof SyntaxError && error.name === 'JSONError';
})
