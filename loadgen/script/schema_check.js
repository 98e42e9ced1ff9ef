/*
 * What Ajv 6 looks at before it validates: whether the schema is one (draft-07's own schema), which
 * "$schema" it names, whether references lead somewhere and formats are known. And those formats, as
 * loose as Ajv has them by default.
 *
 * Source: json-schema.org/draft-07/schema; RFC 3339, 3986, 6901, 4122, 1123 for the formats.
 */
(function (squall) {
'use strict';

const { Check, groups, isUsed, uses, asks, step } = squall.schemaParts;

/* --- formats -------------------------------------------------------------------------------------- */

const matches = (text, flags) => {
    const pattern = new RegExp(`^(?:${text})$`, flags);
    return value => pattern.test(value);
};
const day = '\\d{4}-[01]\\d-[0-3]\\d', clock = '(?:[0-2]\\d:[0-5]\\d:[0-5]\\d|23:59:60)(?:\\.\\d+)?';
const zone = '(?:z|[+-]\\d\\d(?::?\\d\\d)?)', scheme = '[a-z][a-z0-9+.-]*:';
const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const part = '(?:[a-z0-9_]|%[0-9a-f]{2})+(?::[1-9]\\d{0,3}|\\*)?'; // of a URI template
const pointer = '(?:/(?:[^~/]|~[01])*)*', uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

function isIpv4(value) {
    const parts = value.split('.');
    return parts.length === 4 && parts.every(one => /^\d{1,3}$/.test(one) && Number(one) < 256);
}

/* Eight groups of which "::" stands for the missing; the last two may be an IPv4 address. */
function isIpv6(value) {
    const halves = value.trim().replace(/%.+$/, '').split('::');
    const lists = halves.map(half => half === '' ? [] : half.split(':'));
    const last = lists[lists.length - 1];
    let count = lists.reduce((sum, list) => sum + list.length, 0);
    if (last.length > 0 && last[last.length - 1].includes('.')) {
        if (!isIpv4(last.pop()))
            return false;
        count++;
    }
    const fits = halves.length === 1 ? count === 8 : halves.length === 2 && count < 8;
    return fits && lists.flat().every(one => /^[0-9a-f]{1,4}$/i.test(one));
}

function isRegex(value) {
    try {
        return !/[^\\]\\Z/.test(value) && Boolean(new RegExp(value));
    } catch (error) {
        return false;
    }
}

const isHostname = matches(`${label}(?:\\.${label})*\\.?`, 'i');

squall.schemaFormats = {
    __proto__: null,
    date: matches(day),
    time: matches(`${clock}${zone}?`, 'i'),
    'date-time': matches(`${day}[t\\s]${clock}${zone}`, 'i'),
    uri: matches(`${scheme}\\S*`, 'i'),
    'uri-reference': matches('(?:[^\\\\\\s#]\\S*?)?(?:#[^\\\\\\s]*)?', 'i'),
    'uri-template': matches('(?:[^\\x00-\\x20"\'<>%\\\\^`{|}]|%[0-9a-f]{2}|' +
                            `\\{[+#./;?&=,!@|]?${part}(?:,${part})*\\})*`, 'i'),
    url: matches('(?:https?|ftp)://(?:\\S+(?::\\S*)?@)?' +
                 '(?:(?:\\d{1,3}\\.){3}\\d{1,3}|(?:[a-z0-9\\u00a1-\\uffff-]+\\.)+[a-z\\u00a1-\\uffff]{2,})' +
                 '(?::\\d{2,5})?(?:[/?#]\\S*)?', 'i'),
    email: matches(`[\\w.!#$%&'*+/=?^\`{|}~-]+@${label}(?:\\.${label})*`, 'i'),
    hostname: value => value.length < 254 && isHostname(value),
    ipv4: isIpv4,
    ipv6: isIpv6,
    regex: isRegex,
    uuid: matches(`(?:urn:uuid:)?${uuid}`, 'i'),
    'json-pointer': matches(pointer),
    'json-pointer-uri-fragment': matches('#(?:/(?:[a-z0-9_.!$&\'()*+,;:=@-]|%[0-9a-f]{2}|~[01])*)*', 'i'),
    'relative-json-pointer': matches(`(?:0|[1-9]\\d*)(?:#|${pointer})`),
};

/* --- the schema of schemas ------------------------------------------------------------------------ */

const NAME = 'http://json-schema.org/draft-07/schema';
const some = { $ref: '#/definitions/nonNegativeInteger' }, least = { allOf: [some, { default: 0 }] };
const one = { $ref: '#' }, map = { type: 'object', additionalProperties: one, default: {} };
const simple = { $ref: '#/definitions/simpleTypes' };
const list = { $ref: '#/definitions/schemaArray' }, strings = { $ref: '#/definitions/stringArray' };
const metaschema = {
    definitions: {
        schemaArray: { type: 'array', minItems: 1, items: one },
        nonNegativeInteger: { type: 'integer', minimum: 0 },
        simpleTypes: { enum: ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'] },
        stringArray: { type: 'array', items: { type: 'string' }, uniqueItems: true, default: [] },
    },
    type: ['object', 'boolean'],
    properties: {
        $id: { type: 'string', format: 'uri-reference' }, $schema: { type: 'string', format: 'uri' },
        $ref: { type: 'string', format: 'uri-reference' }, $comment: { type: 'string' }, title: { type: 'string' },
        description: { type: 'string' }, default: true, readOnly: { type: 'boolean', default: false },
        examples: { type: 'array', items: true }, multipleOf: { type: 'number', exclusiveMinimum: 0 },
        maximum: { type: 'number' }, exclusiveMaximum: { type: 'number' }, minimum: { type: 'number' },
        exclusiveMinimum: { type: 'number' }, maxLength: some, minLength: least,
        pattern: { type: 'string', format: 'regex' },
        additionalItems: one, items: { anyOf: [one, list], default: true }, maxItems: some, minItems: least,
        uniqueItems: { type: 'boolean', default: false }, contains: one, maxProperties: some, minProperties: least,
        required: strings, additionalProperties: one, definitions: map, properties: map,
        patternProperties: { ...map, propertyNames: { format: 'regex' } },
        dependencies: { type: 'object', additionalProperties: { anyOf: [one, strings] } },
        propertyNames: one, const: true,
        enum: { type: 'array', items: true, minItems: 1, uniqueItems: true },
        type: { anyOf: [simple, { type: 'array', items: simple, minItems: 1, uniqueItems: true }] },
        format: { type: 'string' }, contentMediaType: { type: 'string' }, contentEncoding: { type: 'string' },
        if: one, then: one, else: one, allOf: list, anyOf: list, oneOf: list, not: one,
    },
    default: true,
};

/* --- references ----------------------------------------------------------------------------------- */

function byId(schema, id, depth) {
    if (typeof schema !== 'object' || schema === null || depth > 50)
        return undefined;
    if (schema.$id === id)
        return schema;
    for (const key of Object.keys(schema)) {
        const found = byId(schema[key], id, depth + 1);
        if (found !== undefined)
            return found;
    }
    return undefined;
}

/* The schema that a "$ref" means, or undefined. */
squall.schemaReference = function (root, reference) {
    const [address, fragment = ''] = String(reference).split('#');
    if (address === NAME && fragment === '')
        return metaschema;
    const base = address === '' || address === root.$id ? root : byId(root, address, 0);
    if (base === undefined || (fragment !== '' && fragment[0] !== '/'))
        return byId(root, String(reference), 0);
    let found = base;
    for (const part of fragment.split('/').slice(1)) {
        const name = decodeURIComponent(part).replace(/~1/g, '/').replace(/~0/g, '~');
        const leadsOn = typeof found === 'object' && found !== null;
        found = leadsOn && Object.prototype.hasOwnProperty.call(found, name) ? found[name] : undefined;
    }
    return found;
};

/* --- before validation ---------------------------------------------------------------------------- */

const isSchema = value => typeof value === 'object' && value !== null && !Array.isArray(value);

const parts = {
    __proto__: null, properties: ['additionalProperties', 'properties', 'patternProperties'],
    items: ['items', 'additionalItems'], if: ['if', 'then', 'else'],
};

/* The schemas of a keyword, in the order in which Ajv compiles them: [schema, its path]. */
function within(schema, rule, at) {
    const rows = [], [names] = rule;
    const each = (name, value) => isSchema(value) && rows.push([value, `${at}/${name}`]);
    for (const name of parts[names[0]] || names) {
        const value = schema[name];
        if (Array.isArray(value))
            value.forEach((one, i) => each(`${name}/${i}`, one));
        else if (['properties', 'patternProperties', 'dependencies'].includes(name) && isSchema(value))
            Object.keys(value).forEach(key => each(`${name}/${step(key)}`, value[key]));
        else if (!['const', 'enum'].includes(name))
            each(name, value);
    }
    return rows;
}

/* What can find nothing is not looked into. */
function isIdle(schema, name) {
    return name === 'if' ? !asks(schema.then) && !asks(schema.else) : name === 'anyOf' && !schema.anyOf.every(asks);
}

class Compilation {
    constructor(root, options) {
        this.root = root;
        this.options = options;
        this.seen = new Set();
    }
    format(name, at) {
        const ignored = this.options.unknownFormats;
        const given = this.options.formats || {}, isOff = typeof name !== 'string' || this.options.format === false;
        const known = isOff || name in squall.schemaFormats || name in given;
        if (!known && ignored !== 'ignore' && !(Array.isArray(ignored) && ignored.includes(name)))
            throw new Error(`unknown format "${name}" is used in schema at path "${at}"`);
    }
    node(schema, at) {
        if (this.seen.has(schema))
            return;
        this.seen.add(schema);
        if (schema.$ref !== undefined) {
            const found = squall.schemaReference(this.root, schema.$ref);
            if (found === undefined)
                throw new Error(`can't resolve reference ${schema.$ref} from id ${this.root.$id || '#'}`);
            if (isSchema(found) && found !== metaschema)
                this.node(found, schema.$ref);
            return;
        }
        for (const group of groups.filter(one => uses(schema, one))) {
            for (const rule of group.rules.filter(one => isUsed(schema, one) && !isIdle(schema, one[0][0]))) {
                if (rule[0][0] === 'format')
                    this.format(schema.format, at);
                for (const [inner, path] of within(schema, rule, at))
                    this.node(inner, path);
            }
        }
    }
}

/* Throws what Ajv throws for a schema that is none. */
squall.schemaMustBeOne = function (schema, options) {
    if (typeof schema !== 'object' && typeof schema !== 'boolean')
        throw new Error('schema should be object or boolean');
    if (!isSchema(schema))
        return;
    if (schema.$schema !== undefined && typeof schema.$schema !== 'string')
        throw new Error('$schema must be a string');
    const known = [undefined, NAME, `${NAME}#`, 'http://json-schema.org/schema', 'http://json-schema.org/schema#'];
    if (!known.includes(schema.$schema))
        throw new Error(`no schema with key or ref "${schema.$schema}"`);
    const check = new Check(metaschema, { ...options, nullable: false });
    check.node(schema === metaschema ? true : metaschema, schema, 'data', '#');
    if (check.errors.length > 0)
        throw new Error(`schema is invalid: ${squall.schemaErrorsText(check.errors)}`);
    new Compilation(schema, options).node(schema, '#');
};

squall.schemaErrorsText = function (errors, { separator = ', ', dataVar = 'data' } = {}) {
    return errors && errors.length > 0 ? errors.map(one => `${dataVar}${one.dataPath} ${one.message}`).join(separator)
                                       : 'No errors';
};
})
