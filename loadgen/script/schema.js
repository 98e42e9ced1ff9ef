/*
 * JSON Schema (draft-07's assertions) in the order and with the texts of Ajv 6, which people know from
 * pm.response.to.have.jsonSchema: keywords go by the kind of value that they are about, and a wrong
 * type is told where its kind has its turn. `schema_check.js` has what is looked at beforehand,
 * `schema_validators.js` what scripts call.
 *
 * Source: JSON Schema draft-07 (json-schema.org), Ajv 6's documentation of its messages.
 */
(function (squall) {
'use strict';

const { equal } = squall;
const has = (object, key) => Object.prototype.hasOwnProperty.call(object, key);

function typeOf(value) {
    return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
}

function isType(value, type) {
    return type === 'integer' ? Number.isInteger(value) : typeOf(value) === type;
}

const lengthOf = text => [...text].length;
const quoted = text => String(text).replace(/['\\]/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r');
const member = key => /^[a-z$_][a-z$_0-9]*$/i.test(key) ? `.${key}` : `['${quoted(key)}']`;
const step = key => encodeURIComponent(String(key).replace(/~/g, '~0').replace(/\//g, '~1'));

/* A schema without a keyword that is a rule asks nothing. */
const isTree = value => typeof value === 'object' && value !== null;
const asks = schema => schema === false || (isTree(schema) && Object.keys(schema).some(key => ruleNames.has(key)));

/* --- keywords ------------------------------------------------------------------------------------- */

/*
 * Each keyword: (check, schema, value, path, at) tells check.fail() what is wrong. `path` leads to the
 * value ("data.a[0]"), `at` to the schema ("#/properties/a").
 */
function limit(name, exclusive, sign, isWorse) {
    return (check, schema, value, path, at) => {
        let wanted = schema[name], strict = schema[exclusive] === true; // true: draft-04's
        if (typeof schema[exclusive] === 'number' && !check.options.lenient && (wanted === undefined || !isWorse(schema[exclusive], wanted))) {
            strict = true;
            wanted = schema[exclusive];
        }
        if (wanted !== undefined && (isWorse(value, wanted) || (strict && value === wanted) || Number.isNaN(value)))
            check.fail(strict ? exclusive : name, path, at,
                       { comparison: sign + (strict ? '' : '='), limit: wanted, exclusive: strict },
                       `should be ${sign}${strict ? '' : '='} ${wanted}`);
    };
}

function size(name, measure, isWrong, text) {
    return (check, schema, value, path, at) => {
        if (isWrong(measure(value), schema[name]))
            check.fail(name, path, at, { limit: schema[name] }, text(schema[name]));
    };
}
const less = (a, b) => a < b, more = (a, b) => a > b;
const mostOf = things => count => `should NOT have more than ${count} ${things}`;
const leastOf = things => count => `should NOT have fewer than ${count} ${things}`;
const keysOf = value => Object.keys(value).length;

function checkPattern(check, schema, value, path, at) {
    if (!new RegExp(schema.pattern).test(value))
        check.fail('pattern', path, at, { pattern: schema.pattern }, `should match pattern "${schema.pattern}"`);
}

function checkFormat(check, schema, value, path, at) {
    const format = squall.schemaFormats[schema.format];
    if (check.options.format !== false && typeof value === 'string' && format !== undefined && !format(value))
        check.fail('format', path, at, { format: schema.format }, `should match format "${schema.format}"`);
}

function checkItems(check, schema, value, path, at) {
    const { items, additionalItems: rest } = schema;
    if (!Array.isArray(items)) {
        for (let i = 0; i < value.length && asks(items) && !check.isOver(); i++)
            check.node(items, value[i], `${path}[${i}]`, `${at}/items`);
        return;
    }
    if (rest === false && value.length > items.length)
        check.fail('additionalItems', path, at, { limit: items.length },
                   `should NOT have more than ${items.length} items`);
    for (let i = 0; i < Math.min(items.length, value.length) && !check.isOver(); i++)
        check.node(items[i], value[i], `${path}[${i}]`, `${at}/items/${i}`);
    for (let i = items.length; typeof rest === 'object' && i < value.length && !check.isOver(); i++)
        check.node(rest, value[i], `${path}[${i}]`, `${at}/additionalItems`);
}

function checkContains(check, schema, value, path, at) {
    const tried = [];
    for (let i = 0; i < value.length; i++) {
        const errors = check.errorsOf(schema.contains, value[i], `${path}[${i}]`, `${at}/contains`);
        if (errors.length === 0)
            return;
        tried.push(...errors);
    }
    if (check.all || check.isPart)
        check.errors.push(...tried);
    check.fail('contains', path, at, {}, 'should contain a valid item');
}

/* From the end on; of simple items (when the schema says so) the first that comes again, else pairs. */
function findTwins(items, types) {
    if (types.length === 0 || types.includes('object') || types.includes('array')) {
        for (let i = items.length - 1; i > 0; i--) {
            for (let j = i - 1; j >= 0; j--) {
                if (equal(items[i], items[j]))
                    return { i, j };
            }
        }
        return null;
    }
    const seen = new Map();
    for (let i = items.length - 1; i >= 0; i--) {
        if (!types.some(type => isType(items[i], type)))
            continue;
        if (seen.has(items[i]))
            return { i, j: seen.get(items[i]) };
        seen.set(items[i], i);
    }
    return null;
}

function checkUnique(check, schema, value, path, at) {
    const types = [].concat((schema.items && schema.items.type) || []);
    const twins = schema.uniqueItems === true && value.length > 1 ? findTwins(value, types) : null;
    if (twins !== null)
        check.fail('uniqueItems', path, at, twins,
                   `should NOT have duplicate items (items ## ${twins.j} and ${twins.i} are identical)`);
}

/* What has rules of its own is missed when it comes to the rules. */
const isOwnTurn = (schema, name) => schema.properties && has(schema.properties, name) && asks(schema.properties[name]);

function checkRequired(check, schema, value, path, at) {
    for (const name of schema.required) {
        if (check.isOver())
            return;
        if (value[name] !== undefined || (isOwnTurn(schema, name) && schema.properties[name] !== false))
            continue;
        check.fail('required', path, at, { missingProperty: check.all ? name : member(name) },
                   `should have required property '${check.all ? name : member(name)}'`);
    }
}

function checkDependencies(check, schema, value, path, at) {
    const names = Object.keys(schema.dependencies);
    for (const name of names.filter(one => Array.isArray(schema.dependencies[one]))) {
        const wanted = schema.dependencies[name];
        const missing = value[name] === undefined ? [] : wanted.filter(other => value[other] === undefined);
        for (const other of check.all ? missing : missing.slice(0, 1))
            check.fail('dependencies', path, at,
                       { property: name, missingProperty: other, depsCount: wanted.length, deps: wanted.join(', ') },
                       `should have ${wanted.length === 1 ? 'property' : 'properties'} ${wanted.join(', ')} ` +
                       `when property ${name} is present`);
        if (check.isOver())
            return;
    }
    for (const name of names.filter(one => !Array.isArray(schema.dependencies[one]) && value[one] !== undefined))
        check.node(schema.dependencies[name], value, path, `${at}/dependencies/${step(name)}`);
}

function checkNames(check, schema, value, path, at) {
    for (const name of asks(schema.propertyNames) ? Object.keys(value) : []) {
        const errors = check.errorsOf(schema.propertyNames, name, path, `${at}/propertyNames`);
        check.errors.push(...errors.map(one => ({ ...one, propertyName: name })));
        if (errors.length > 0)
            check.fail('propertyNames', path, at, { propertyName: name }, `property name '${name}' is invalid`);
        if (check.isOver())
            return;
    }
}

function checkRest(check, schema, value, path, at) {
    const rest = schema.additionalProperties;
    const patterns = Object.keys(schema.patternProperties || {}).map(one => new RegExp(one));
    const isKnown = name => (schema.properties && has(schema.properties, name)) || patterns.some(one => one.test(name));
    if (rest === undefined || rest === true)
        return;
    for (const name of Object.keys(value)) {
        if (isKnown(name) || check.isOver())
            continue;
        if (rest === false)
            check.fail('additionalProperties', path, at, { additionalProperty: name },
                       'should NOT have additional properties');
        else
            check.node(rest, value[name], `${path}['${name}']`, `${at}/additionalProperties`);
    }
}

function checkProperties(check, schema, value, path, at) {
    checkRest(check, schema, value, path, at);
    for (const name of Object.keys(schema.properties || {})) {
        if (check.isOver())
            return;
        if (value[name] !== undefined)
            check.node(schema.properties[name], value[name], path + member(name), `${at}/properties/${step(name)}`);
        else if (isOwnTurn(schema, name) && (schema.required || []).includes(name))
            check.fail('required', path, at, { missingProperty: name }, `should have required property '${name}'`);
    }
    for (const pattern of Object.keys(schema.patternProperties || {})) {
        for (const name of Object.keys(value).filter(one => new RegExp(pattern).test(one))) {
            if (!check.isOver())
                check.node(schema.patternProperties[pattern], value[name], `${path}['${name}']`,
                           `${at}/patternProperties/${step(pattern)}`);
        }
    }
}

function checkNot(check, schema, value, path, at) {
    if (check.errorsOf(schema.not, value, path, `${at}/not`).length === 0)
        check.fail('not', path, at, {}, 'should NOT be valid');
}

function checkAny(check, schema, value, path, at) {
    const tried = [];
    for (let i = 0; i < schema.anyOf.length; i++) {
        const errors = check.errorsOf(schema.anyOf[i], value, path, `${at}/anyOf/${i}`);
        if (errors.length === 0)
            return;
        tried.push(...errors);
    }
    check.errors.push(...tried);
    check.fail('anyOf', path, at, {}, 'should match some schema in anyOf');
}

function checkOne(check, schema, value, path, at) {
    const tried = [];
    let passing = null;
    for (let i = 0; i < schema.oneOf.length && !Array.isArray(passing); i++) {
        const errors = check.errorsOf(schema.oneOf[i], value, path, `${at}/oneOf/${i}`);
        tried.push(...errors);
        if (errors.length === 0)
            passing = passing === null ? i : [passing, i];
    }
    if (typeof passing === 'number')
        return;
    check.errors.push(...tried);
    check.fail('oneOf', path, at, { passingSchemas: passing }, 'should match exactly one schema in oneOf');
}

function checkAll(check, schema, value, path, at) {
    for (let i = 0; i < schema.allOf.length && !check.isOver(); i++)
        check.node(schema.allOf[i], value, path, `${at}/allOf/${i}`);
}

function checkIf(check, schema, value, path, at) {
    if (!asks(schema.then) && !asks(schema.else))
        return;
    const branch = check.errorsOf(schema.if, value, path, `${at}/if`).length === 0 ? 'then' : 'else';
    const before = check.errors.length;
    if (asks(schema[branch]))
        check.node(schema[branch], value, path, `${at}/${branch}`);
    if (check.errors.length > before && (check.all || check.isPart))
        check.fail('if', path, at, { failingKeyword: branch }, `should match "${branch}" schema`);
}

/* Kinds of values and the keywords about them, in Ajv's order. Keywords beside the first of a row are its own. */
const groups = [
    { type: 'number', rules: [
        [['maximum', 'exclusiveMaximum'], limit('maximum', 'exclusiveMaximum', '<', more)],
        [['minimum', 'exclusiveMinimum'], limit('minimum', 'exclusiveMinimum', '>', less)],
        [['multipleOf'], (check, schema, value, path, at) => {
            if (!Number.isInteger(value / schema.multipleOf))
                check.fail('multipleOf', path, at, { multipleOf: schema.multipleOf },
                           `should be multiple of ${schema.multipleOf}`);
        }],
        [['format'], checkFormat],
    ] },
    { type: 'string', rules: [
        [['maxLength'], size('maxLength', lengthOf, more, count => `should NOT be longer than ${count} characters`)],
        [['minLength'], size('minLength', lengthOf, less, count => `should NOT be shorter than ${count} characters`)],
        [['pattern'], checkPattern],
        [['format'], checkFormat],
    ] },
    { type: 'array', rules: [
        [['maxItems'], size('maxItems', value => value.length, more, mostOf('items'))],
        [['minItems'], size('minItems', value => value.length, less, leastOf('items'))],
        [['items'], checkItems],
        [['contains'], checkContains],
        [['uniqueItems'], checkUnique],
    ] },
    { type: 'object', rules: [
        [['maxProperties'], size('maxProperties', keysOf, more, mostOf('properties'))],
        [['minProperties'], size('minProperties', keysOf, less, leastOf('properties'))],
        [['required'], checkRequired],
        [['dependencies'], checkDependencies],
        [['propertyNames'], checkNames],
        [['properties', 'additionalProperties', 'patternProperties'], checkProperties],
    ] },
    { type: null, rules: [
        [['$ref'], (check, schema, value, path) => check.node(check.resolve(schema.$ref), value, path, schema.$ref)],
        [['const'], (check, schema, value, path, at) => {
            if (!equal(schema.const, value))
                check.fail('const', path, at, { allowedValue: schema.const }, 'should be equal to constant');
        }],
        [['enum'], (check, schema, value, path, at) => {
            if (!schema.enum.some(one => equal(one, value)))
                check.fail('enum', path, at, { allowedValues: schema.enum },
                           'should be equal to one of the allowed values');
        }],
        [['not'], checkNot],
        [['anyOf'], checkAny],
        [['oneOf'], checkOne],
        [['allOf'], checkAll],
        [['if'], checkIf],
    ] },
];
const groupOf = Object.fromEntries(groups.filter(one => one.type !== null).map(one => [one.type, one]));
const ruleNames = new Set(['type', '$comment', ...groups.flatMap(group => group.rules.flatMap(([names]) => names))]);
const isUsed = (schema, [names]) => names.some(name => schema[name] !== undefined);
const uses = (schema, group) => isTree(schema) && group.rules.some(rule => isUsed(schema, rule));

/* --- the walk ------------------------------------------------------------------------------------- */

const DEPTH_MAX = 200;

/* The types that a schema asks for, or none. */
function typesOf(schema, options) {
    let types = schema.type === undefined ? [] : [].concat(schema.type);
    if (types.length > 0 && options.nullable && schema.nullable === true && !types.includes('null'))
        types = types.concat('null');
    return types;
}

class Check {
    constructor(root, options, depth = 0) {
        this.root = root;
        this.options = options;
        this.all = Boolean(options.allErrors);
        this.errors = [];
        this.depth = depth;
        this.entered = 0;
        this.isPart = false; // of a keyword that tries schemas: only the first error of those is told
    }
    fail(keyword, path, at, params, message) {
        this.errors.push({ keyword, dataPath: path.slice(4), schemaPath: `${at}/${keyword}`, params, message });
    }
    /* Without `allErrors` a level ends with its first error. */
    isOver() {
        return !this.all && this.errors.length > this.entered;
    }
    errorsOf(schema, value, path, at) {
        const check = new Check(this.root, this.options, this.depth);
        check.isPart = true;
        check.node(schema, value, path, at);
        return check.errors;
    }
    resolve(reference) {
        const found = squall.schemaReference(this.root, reference);
        if (found === undefined && this.options.lenient)
            return true;
        if (found === undefined)
            throw new Error(`can't resolve reference ${reference} from id #`);
        return found;
    }
    node(schema, value, path, at) {
        if (schema === false)
            this.fail('false schema', path, at, {}, 'boolean schema is false');
        if (typeof schema !== 'object' || schema === null)
            return;
        if (++this.depth > DEPTH_MAX)
            throw new Error('the schema is nested too deeply');
        const entered = this.entered;
        this.entered = this.errors.length;
        this.rules(schema, value, path, at);
        this.entered = entered;
        this.depth--;
    }
    rules(schema, value, path, at) {
        if (schema.$ref !== undefined) {
            groups[groups.length - 1].rules[0][1](this, schema, value, path, at); // alone, whatever is beside it
            return;
        }
        const types = typesOf(schema, this.options);
        const own = types.length === 1 ? groupOf[types[0]] : undefined;
        const wrongType = () => this.fail('type', path, at, { type: types.join(',') }, `should be ${types.join(',')}`);
        if (types.length > 0 && (own === undefined || !uses(schema, own)) && !types.some(type => isType(value, type))) {
            wrongType();
            this.entered += this.isPart ? 1 : 0; // Ajv goes on there
        }
        for (const group of groups) {
            if (this.isOver())
                return;
            if (!uses(schema, group))
                continue;
            if (group.type !== null && !isType(value, group.type)) {
                if (group === own)
                    wrongType();
                continue;
            }
            for (const rule of group.rules) {
                if (isUsed(schema, rule) && !this.isOver())
                    rule[1](this, schema, value, path, at);
            }
        }
    }
}

squall.schemaParts = { Check, groups, uses, isUsed, asks, step };

/* Errors as Ajv has them: {keyword, dataPath, schemaPath, params, message}; options: allErrors, nullable, format. */
squall.schemaErrors = function (schema, value, options) {
    const check = new Check(schema, options);
    check.node(schema, value, 'data', '#');
    return check.errors;
};
})
