/*
 * JSON Schema (draft-07's assertions) with the texts of Ajv 6, which pm.response.to.have.jsonSchema
 * shows, and tv4's entry points over it. `format` is an annotation here, as in JSON Schema by default.
 */
(function (squall) {
'use strict';

const { equal } = squall;

function typeOf(value) {
    return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
}

function isType(value, type) {
    return type === 'integer' ? Number.isInteger(value) : type === 'number' ? typeof value === 'number'
                                                                            : typeOf(value) === type;
}

const isObject = value => typeOf(value) === 'object';
const lengthOf = text => [...text].length;

function at(path, key) {
    return typeof key === 'number' ? `${path}[${key}]` : /^[a-zA-Z_$][\w$]*$/.test(key) ? `${path}.${key}`
                                                                                       : `${path}['${key}']`;
}

/* Each keyword: (wanted, value, context, path, schema) adds texts to context.errors. */
const keywords = {
    type(wanted, value, context, path) {
        if (![].concat(wanted).some(type => isType(value, type)))
            context.add(path, `should be ${[].concat(wanted).join(',')}`);
    },
    enum(wanted, value, context, path) {
        if (!wanted.some(one => equal(one, value)))
            context.add(path, 'should be equal to one of the allowed values');
    },
    const(wanted, value, context, path) {
        if (!equal(wanted, value))
            context.add(path, 'should be equal to constant');
    },
    required(wanted, value, context, path) {
        if (isObject(value) && Array.isArray(wanted)) {
            for (const name of wanted) {
                if (!Object.prototype.hasOwnProperty.call(value, name))
                    context.add(path, `should have required property '${name}'`);
            }
        }
    },
    properties(wanted, value, context, path) {
        if (!isObject(value))
            return;
        for (const name of Object.keys(wanted)) {
            if (value[name] !== undefined)
                context.check(wanted[name], value[name], at(path, name));
        }
    },
    patternProperties(wanted, value, context, path) {
        for (const pattern of isObject(value) ? Object.keys(wanted) : []) {
            for (const name of Object.keys(value).filter(one => new RegExp(pattern, 'u').test(one)))
                context.check(wanted[pattern], value[name], at(path, name));
        }
    },
    additionalProperties(wanted, value, context, path, schema) {
        if (!isObject(value))
            return;
        const patterns = Object.keys(schema.patternProperties || {}).map(one => new RegExp(one, 'u'));
        for (const name of Object.keys(value)) {
            if ((schema.properties && name in schema.properties) || patterns.some(one => one.test(name)))
                continue;
            if (wanted === false)
                context.add(path, 'should NOT have additional properties');
            else
                context.check(wanted, value[name], at(path, name));
        }
    },
    propertyNames(wanted, value, context, path) {
        for (const name of isObject(value) ? Object.keys(value) : []) {
            if (context.errorsOf(wanted, name, path).length > 0)
                context.add(path, `property name '${name}' is invalid`);
        }
    },
    minProperties(wanted, value, context, path) {
        if (isObject(value) && Object.keys(value).length < wanted)
            context.add(path, `should NOT have fewer than ${wanted} properties`);
    },
    maxProperties(wanted, value, context, path) {
        if (isObject(value) && Object.keys(value).length > wanted)
            context.add(path, `should NOT have more than ${wanted} properties`);
    },
    dependencies(wanted, value, context, path) {
        for (const name of isObject(value) ? Object.keys(wanted).filter(one => one in value) : []) {
            const rule = wanted[name];
            if (!Array.isArray(rule))
                context.check(rule, value, path);
            else if (rule.some(other => !(other in value)))
                context.add(path, `should have ${rule.length > 1 ? 'properties' : 'property'} ${rule.join(', ')} when property ${name} is present`);
        }
    },
    items(wanted, value, context, path, schema) {
        if (!Array.isArray(value))
            return;
        value.forEach((item, index) => {
            const rule = Array.isArray(wanted) ? wanted[index] : wanted;
            if (rule !== undefined)
                context.check(rule, item, at(path, index));
            else if (schema.additionalItems === false && index === wanted.length)
                context.add(path, `should NOT have more than ${wanted.length} items`);
            else if (isObject(schema.additionalItems))
                context.check(schema.additionalItems, item, at(path, index));
        });
    },
    contains(wanted, value, context, path) {
        if (Array.isArray(value) && !value.some(item => context.errorsOf(wanted, item, path).length === 0))
            context.add(path, 'should contain a valid item');
    },
    minItems(wanted, value, context, path) {
        if (Array.isArray(value) && value.length < wanted)
            context.add(path, `should NOT have fewer than ${wanted} items`);
    },
    maxItems(wanted, value, context, path) {
        if (Array.isArray(value) && value.length > wanted)
            context.add(path, `should NOT have more than ${wanted} items`);
    },
    uniqueItems(wanted, value, context, path) {
        if (!wanted || !Array.isArray(value))
            return;
        for (let i = value.length - 1; i > 0; i--) {
            for (let j = i - 1; j >= 0; j--) {
                if (equal(value[i], value[j])) {
                    context.add(path, `should NOT have duplicate items (items ## ${j} and ${i} are identical)`);
                    return;
                }
            }
        }
    },
    minLength(wanted, value, context, path) {
        if (typeof value === 'string' && lengthOf(value) < wanted)
            context.add(path, `should NOT be shorter than ${wanted} characters`);
    },
    maxLength(wanted, value, context, path) {
        if (typeof value === 'string' && lengthOf(value) > wanted)
            context.add(path, `should NOT be longer than ${wanted} characters`);
    },
    pattern(wanted, value, context, path) {
        if (typeof value === 'string' && !new RegExp(wanted, 'u').test(value))
            context.add(path, `should match pattern "${wanted}"`);
    },
    minimum(wanted, value, context, path, schema) {
        const strict = schema.exclusiveMinimum === true;
        if (typeof value === 'number' && (strict ? value <= wanted : value < wanted))
            context.add(path, `should be ${strict ? '>' : '>='} ${wanted}`);
    },
    maximum(wanted, value, context, path, schema) {
        const strict = schema.exclusiveMaximum === true;
        if (typeof value === 'number' && (strict ? value >= wanted : value > wanted))
            context.add(path, `should be ${strict ? '<' : '<='} ${wanted}`);
    },
    exclusiveMinimum(wanted, value, context, path) {
        if (typeof value === 'number' && typeof wanted === 'number' && value <= wanted)
            context.add(path, `should be > ${wanted}`);
    },
    exclusiveMaximum(wanted, value, context, path) {
        if (typeof value === 'number' && typeof wanted === 'number' && value >= wanted)
            context.add(path, `should be < ${wanted}`);
    },
    multipleOf(wanted, value, context, path) {
        if (typeof value === 'number' && !Number.isInteger(value / wanted))
            context.add(path, `should be multiple of ${wanted}`);
    },
    allOf(wanted, value, context, path) {
        for (const one of wanted)
            context.check(one, value, path);
    },
    anyOf(wanted, value, context, path) {
        const failures = wanted.map(one => context.errorsOf(one, value, path));
        if (failures.every(errors => errors.length > 0)) {
            context.errors.push(...failures.flat());
            context.add(path, 'should match some schema in anyOf');
        }
    },
    oneOf(wanted, value, context, path) {
        const failures = wanted.map(one => context.errorsOf(one, value, path));
        const passing = failures.filter(errors => errors.length === 0).length;
        if (passing === 0)
            context.errors.push(...failures.flat());
        if (passing !== 1)
            context.add(path, 'should match exactly one schema in oneOf');
    },
    not(wanted, value, context, path) {
        if (context.errorsOf(wanted, value, path).length === 0)
            context.add(path, 'should NOT be valid');
    },
    if(wanted, value, context, path, schema) {
        const branch = context.errorsOf(wanted, value, path).length === 0 ? 'then' : 'else';
        const errors = schema[branch] === undefined ? [] : context.errorsOf(schema[branch], value, path);
        if (errors.length > 0) {
            context.errors.push(...errors);
            context.add(path, `should match "${branch}" schema`);
        }
    },
    $ref(wanted, value, context, path) {
        context.check(context.resolve(wanted), value, path);
    },
};

const DEPTH_MAX = 200;

class Context {
    constructor(root, depth = 0) {
        this.root = root;
        this.errors = [];
        this.depth = depth;
    }
    add(path, text) {
        this.errors.push({ path, text });
    }
    errorsOf(schema, value, path) {
        const context = new Context(this.root, this.depth);
        context.check(schema, value, path);
        return context.errors;
    }
    resolve(reference) {
        if (!String(reference).startsWith('#'))
            throw new Error(`can't resolve reference ${reference}: only references within the schema are followed`);
        let found = this.root;
        for (const step of reference.slice(1).split('/').filter(one => one !== ''))
            found = found && found[decodeURIComponent(step).replace(/~1/g, '/').replace(/~0/g, '~')];
        if (found === undefined)
            throw new Error(`can't resolve reference ${reference} from id #`);
        return found;
    }
    check(schema, value, path) {
        if (schema === false)
            this.add(path, 'boolean schema is false');
        if (typeof schema !== 'object' || schema === null)
            return;
        if (++this.depth > DEPTH_MAX)
            throw new Error('the schema is nested too deeply');
        const names = schema.$ref === undefined ? Object.keys(schema) : ['$ref'];
        for (const name of names) {
            if (Object.prototype.hasOwnProperty.call(keywords, name))
                keywords[name](schema[name], value, this, path, schema);
        }
        this.depth--;
    }
}

function validate(schema, value) {
    const context = new Context(schema);
    context.check(schema, value, 'data');
    return context.errors;
}

/* Texts as Ajv's errorsText() joins them; one only, unless `allErrors` is asked for. */
squall.schemaErrors = function (schema, value, options) {
    const errors = validate(schema, value);
    return (options && options.allErrors ? errors : errors.slice(0, 1)).map(one => `${one.path} ${one.text}`);
};

squall.tv4 = {
    error: null,
    validate(value, schema) {
        const errors = validate(schema, value);
        this.error = errors.length > 0 ? { message: errors[0].text, dataPath: errors[0].path.slice(4).replace(/\./g, '/') } : null;
        return errors.length === 0;
    },
    validateResult(value, schema) {
        const valid = this.validate(value, schema);
        return { valid, error: this.error, missing: [] };
    },
    validateMultiple(value, schema) {
        const errors = validate(schema, value).map(one => ({ message: one.text, dataPath: one.path.slice(4).replace(/\./g, '/') }));
        return { valid: errors.length === 0, errors, missing: [] };
    },
};

squall.Ajv = class Ajv {
    constructor(options) {
        this.options = options || {};
        this.errors = null;
    }
    validate(schema, value) {
        const errors = validate(schema, value);
        const shown = this.options.allErrors ? errors : errors.slice(0, 1);
        this.errors = errors.length > 0 ? shown.map(one => ({ dataPath: one.path.slice(4), message: one.text })) : null;
        return errors.length === 0;
    }
    compile(schema) {
        const check = value => {
            const valid = this.validate(schema, value);
            check.errors = this.errors;
            return valid;
        };
        return check;
    }
    errorsText(errors = this.errors) {
        return (errors || []).map(one => `data${one.dataPath} ${one.message}`).join(', ') || 'No errors';
    }
};
})
