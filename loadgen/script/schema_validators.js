/* What scripts call: pm.response.to.have.jsonSchema's check, require('ajv') and tv4 over one validator. */
(function (squall) {
'use strict';

/* Errors of Ajv 6; throws where it throws. */
squall.ajvErrors = function (schema, value, options) {
    squall.schemaMustBeOne(schema, options);
    return squall.schemaErrors(schema, value, options);
};

squall.Ajv = class Ajv {
    constructor(options) {
        this.options = { ...options };
        this.errors = null;
        this.schemas = new Map();
    }
    validate(schema, value) {
        const meant = typeof schema === 'string' ? this.schemas.get(schema) : schema;
        if (meant === undefined)
            throw new Error(`no schema with key or ref "${schema}"`);
        const errors = squall.ajvErrors(meant, value, this.options);
        this.errors = errors.length > 0 ? errors : null;
        return errors.length === 0;
    }
    compile(schema) {
        squall.schemaMustBeOne(schema, this.options);
        const check = value => {
            const errors = squall.schemaErrors(schema, value, this.options);
            check.errors = errors.length > 0 ? errors : null;
            return errors.length === 0;
        };
        check.errors = null;
        check.schema = schema;
        return check;
    }
    addSchema(schema, key) {
        for (const one of [].concat(schema))
            this.schemas.set(key || one.$id, one);
        return this;
    }
    getSchema(key) {
        return this.schemas.has(key) ? this.compile(this.schemas.get(key)) : undefined;
    }
    addFormat(name, format) {
        this.options.formats = { ...this.options.formats, [name]: format };
        return this;
    }
    validateSchema(schema) {
        try {
            squall.schemaMustBeOne(schema, this.options);
            return true;
        } catch (error) {
            return false;
        }
    }
    errorsText(errors = this.errors, options) {
        return squall.schemaErrorsText(errors, options);
    }
};

/* --- tv4 ------------------------------------------------------------------------------------------ */

/* tv4 takes any schema, knows no formats, and has codes and words of its own. */
const lenient = { allErrors: true, format: false, lenient: true };
const plain = value => value !== null && typeof value === 'object' ? value : JSON.stringify(value);
const count = value => value === null || typeof value !== 'object' ? String(value).length : Object.keys(value).length;
const kind = value => value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
const words = {
    __proto__: null,
    type: (p, value) => [0, `Invalid type: ${kind(value)} (expected ${p.type.replace(/,/g, '/')})`],
    enum: (p, value) => [1, `No enum match for: ${plain(value)}`],
    anyOf: () => [10, 'Data does not match any schemas from "anyOf"'],
    oneOf: p => p.passingSchemas === null ? [11, 'Data does not match any schemas from "oneOf"']
        : [12, `Data is valid against more than one schema from "oneOf": indices ${p.passingSchemas.join(' and ')}`],
    not: () => [13, 'Data matches schema from "not"'],
    multipleOf: (p, value) => [100, `Value ${value} is not a multiple of ${p.multipleOf}`],
    minimum: (p, value) => [101, `Value ${value} is less than minimum ${p.limit}`],
    exclusiveMinimum: (p, value) => value < p.limit ? words.minimum(p, value)
        : [102, `Value ${value} is equal to exclusive minimum ${p.limit}`],
    maximum: (p, value) => [103, `Value ${value} is greater than maximum ${p.limit}`],
    exclusiveMaximum: (p, value) => value > p.limit ? words.maximum(p, value)
        : [104, `Value ${value} is equal to exclusive maximum ${p.limit}`],
    minLength: (p, value) => [200, `String is too short (${count(value)} chars), minimum ${p.limit}`],
    maxLength: (p, value) => [201, `String is too long (${count(value)} chars), maximum ${p.limit}`],
    pattern: p => [202, `String does not match pattern: ${p.pattern}`],
    minProperties: (p, value) => [300, `Too few properties defined (${count(value)}), minimum ${p.limit}`],
    maxProperties: (p, value) => [301, `Too many properties defined (${count(value)}), maximum ${p.limit}`],
    required: p => [302, `Missing required property: ${p.missingProperty}`],
    additionalProperties: () => [303, 'Additional properties not allowed'],
    dependencies: p => [304, `Dependency failed - key must exist: ${p.missingProperty} (due to key: ${p.property})`],
    minItems: (p, value) => [400, `Array is too short (${count(value)}), minimum ${p.limit}`],
    maxItems: (p, value) => [401, `Array is too long (${count(value)}), maximum ${p.limit}`],
    uniqueItems: p => [402, `Array items are not unique (indices ${p.j} and ${p.i})`],
    additionalItems: () => [403, 'Additional items not allowed'],
};

/* "a", "0", "b c" of ".a[0]['b c']". */
function stepsOf(path) {
    const steps = [];
    for (const [, name, index, quoted] of path.matchAll(/\.([\w$]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]/g))
        steps.push(name || index || quoted.replace(/\\(.)/g, '$1'));
    return steps;
}

class ValidationError extends Error {
    toJSON() { return { type: 'Error', name: this.name, message: this.message }; } // as Postman's scripts have errors
}
ValidationError.prototype.name = 'ValidationError';

function forTv4(error, root) {
    const steps = stepsOf(error.dataPath);
    const value = steps.reduce((at, name) => at === null || at === undefined ? undefined : at[name], root);
    const [code, message] = words[error.keyword] ? words[error.keyword](error.params, value) : [1, error.message];
    if (error.keyword === 'additionalProperties')
        steps.push(error.params.additionalProperty);
    return Object.assign(new ValidationError(message), {
        code, dataPath: steps.map(one => `/${one}`).join(''), schemaPath: error.schemaPath.slice(1), subErrors: null,
    });
}

/* What a keyword says that tries schemas stands for what those said: errors before it, at its place. */
function errorsForTv4(schema, value) {
    const kept = [];
    for (const error of squall.schemaErrors(schema, value, lenient)) {
        const isTried = ['anyOf', 'oneOf'].includes(error.keyword);
        while (isTried && kept.length > 0 && kept[kept.length - 1].schemaPath.startsWith(error.schemaPath))
            kept.pop();
        kept.push(error);
    }
    const rank = error => ['type', 'enum'].includes(error.keyword) ? 0 : /^min/.test(error.keyword) ? 1 : 2;
    return kept.sort((a, b) => a.dataPath === b.dataPath ? rank(a) - rank(b) : 0).map(error => forTv4(error, value));
}

squall.tv4 = {
    error: null,
    missing: [],
    validate(value, schema) {
        const errors = errorsForTv4(schema, value);
        this.error = errors.length > 0 ? errors[0] : null;
        this.valid = errors.length === 0;
        return this.valid;
    },
    validateResult(value, schema) {
        const valid = this.validate(value, schema);
        return { valid, error: this.error, missing: [] };
    },
    validateMultiple(value, schema) {
        const errors = errorsForTv4(schema, value);
        return { valid: errors.length === 0, errors, missing: [] };
    },
};
})
