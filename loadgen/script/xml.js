/*
 * XML as scripts get it: xml2Json(text), and as much of xml2js as they use. An element is its text, or
 * an object of its attributes ($), text (_) and elements; those of one name together are a list.
 *
 * Source: xml2js 0.4's documentation; newman 6.2 for what blanks and empty elements become.
 */
(function (squall) {
'use strict';

const entities = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescapeXml(text) {
    return text.replace(/&(#x?)?([^;&\s]*);?/g, (whole, number, name) => {
        if (!whole.endsWith(';') || (!number && !Object.prototype.hasOwnProperty.call(entities, name)))
            throw new Error('Invalid character entity');
        return number ? String.fromCodePoint(parseInt(name, number === '#x' ? 16 : 10)) : entities[name];
    });
}

const token = /<!--[^]*?-->|<\?[^]*?\?>|<!\[CDATA\[([^]*?)\]\]>|<!DOCTYPE(?:[^[>]|\[[^\]]*\])*>|<\/([^\s<>]+)\s*>|<([^\s<>/!?=]+)((?:\s+[^\s=<>/]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|([^<]+)/gy;
const attribute = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/* The next piece of the text: {open, attributes, ends}, {close}, {text, kept}, or nothing to know. */
function* pieces(text) {
    token.lastIndex = 0;
    for (let at = 0; at < text.length; at = token.lastIndex) {
        token.lastIndex = at;
        const found = token.exec(text);
        if (found === null)
            throw new Error('Unencoded <');
        const [, cdata, close, open, attributes, ends, plain] = found;
        const next = token.lastIndex;
        if (cdata !== undefined)
            yield { text: cdata, kept: true };
        else if (close !== undefined)
            yield { close };
        else if (open !== undefined)
            yield { open, attributes: [...attributes.matchAll(attribute)], ends: ends !== '' };
        else if (plain !== undefined)
            yield { text: unescapeXml(plain), kept: false };
        token.lastIndex = next;
    }
}

const defaults = { explicitArray: true, explicitRoot: true, ignoreAttrs: false, mergeAttrs: false, trim: false,
                   normalize: false, emptyTag: '', attrkey: '$', charkey: '_' };

function begin(piece, options) {
    const element = { name: piece.open, value: { [options.charkey]: '' }, kept: false };
    for (const [, name, one, other] of options.ignoreAttrs ? [] : piece.attributes) {
        const value = unescapeXml(one === undefined ? other : one);
        if (options.mergeAttrs)
            put(element.value, name, value, options);
        else
            (element.value[options.attrkey] = element.value[options.attrkey] || {})[name] = value;
    }
    return element;
}

function put(object, name, value, options) {
    if (!Object.prototype.hasOwnProperty.call(object, name))
        object[name] = options.explicitArray ? [value] : value;
    else
        object[name] = [].concat(object[name], [value]);
}

/* What an element that is whole becomes: blanks alone count only when there is nothing else. */
function ended(element, options) {
    const { value, kept } = element, text = value[options.charkey];
    let blank = '';
    if (/^\s*$/.test(text) && !kept) {
        blank = text;
        delete value[options.charkey];
    } else {
        const shown = options.trim ? text.trim() : text;
        value[options.charkey] = options.normalize ? shown.replace(/\s{2,}/g, ' ').trim() : shown;
        if (Object.keys(value).length === 1)
            return value[options.charkey];
    }
    return Object.keys(value).length > 0 ? value : options.emptyTag !== '' ? options.emptyTag : blank;
}

function parse(text, options) {
    const open = [];
    let root = null;
    text = String(text).replace(/^\uFEFF/, '').trim();
    for (const piece of pieces(text)) {
        const top = open[open.length - 1];
        if (piece.text !== undefined) {
            if (top === undefined && piece.text.trim() !== '')
                throw new Error('Text data outside of root node.');
            if (top !== undefined) {
                top.value[options.charkey] += piece.text;
                top.kept = top.kept || piece.kept;
            }
            continue;
        }
        if (piece.open !== undefined) {
            open.push(begin(piece, options));
            if (!piece.ends)
                continue;
        } else if (top === undefined || top.name !== piece.close) {
            throw new Error('Unexpected close tag');
        }
        const element = open.pop();
        const value = ended(element, options);
        if (open.length > 0)
            put(open[open.length - 1].value, element.name, value, options);
        else if (root === null)
            root = options.explicitRoot ? { [element.name]: value } : value;
    }
    if (open.length > 0)
        throw new Error('Unclosed root tag');
    return root;
}

function parseString(text, options, callback) {
    if (typeof options === 'function')
        [options, callback] = [{}, options];
    let result, failure = null;
    try {
        result = parse(text, { ...defaults, ...options });
    } catch (error) {
        failure = error;
    }
    callback(failure, result);
}

function parseStringPromise(text, options) {
    return new Promise((done, fail) => parseString(text, options || {}, (error, value) => error ? fail(error) : done(value)));
}

class Parser {
    constructor(options) { this.options = options || {}; }
    parseString(text, callback) { parseString(text, this.options, callback); }
    parseStringPromise(text) { return parseStringPromise(text, this.options); }
}

squall.xml2js = { parseString, parseStringPromise, Parser };
squall.xml2Json = function (text) {
    let value;
    parseString(text, { explicitArray: false, trim: true }, (error, result) => { value = result; });
    return value;
};
})
