/*
 * Variables as scripts see them. A user's scopes begin as everybody's and become its own with the
 * first change; a name that any script has changed is reported once, since requests that were
 * compiled with its value must be compiled at each send from then on.
 */
(function (squall) {
'use strict';

const touched = new Set();

function touch(name) {
    if (!touched.has(name)) {
        touched.add(name);
        squall.host.touched(name);
    }
}

/* What {{name}} becomes. */
function asText(value) {
    return typeof value === 'string' ? value : value === undefined ? '' : String(value);
}

/* Values of a variable that has a type are made so; "any" has none. */
const parsed = (text, fits) => {
    try {
        const value = squall.readJson(text);
        return fits(value) ? value : undefined;
    } catch (error) {
        return undefined;
    }
};
const asJson = value => typeof value === 'string' ? value : squall.writeJson(value);
const types = {
    any: value => value, string: String, number: Number, boolean: Boolean,
    array: value => parsed(asJson(value), Array.isArray),
    object: value => parsed(asJson(value), one => one instanceof Object && !Array.isArray(one)),
};

/*
 * Postman's scripts run in a world of their own, from which variables come back as JSON: undefined,
 * NaN and functions as null, dates as text. Until then a script finds what it has set.
 */
const unsettled = [];

function isSettled(value) {
    return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value) || value === null;
}

/* Also what has no JSON: a circle, a toJSON() that throws. */
function settled(value) {
    try {
        const text = squall.writeJson(value);
        return text === undefined ? null : squall.readJson(text);
    } catch (error) {
        return null;
    }
}

squall.settleValues = function () {
    for (const [scope, name, given, held] of unsettled.splice(0)) {
        if (Object.is(scope.map().get(name), held) && scope.map().has(name)) // and nothing else since
            scope.ownMap().set(name, types[scope.type(name)](settled(given)));
    }
};

class VariableScope {
    shared = null;
    own = null;
    name = undefined;
    /* values: Map; types: Map of those that are not "any". */
    constructor(values, name, layers, typed) {
        this.shared = values;
        this.name = name;
        Object.defineProperty(this, 'typed', { value: typed || new Map(), writable: true });
        Object.defineProperty(this, 'layers', { value: layers || [] });
        Object.defineProperty(this, 'isRow', { value: false, writable: true });
        Object.defineProperty(this, 'isLocal', { value: Boolean(layers && layers.length) });
        Object.preventExtensions(this); // a method that a script replaced would outlive the script
    }

    map() {
        return this.own || this.shared;
    }
    ownMap() {
        if (this.own === null)
            this.own = new Map(this.shared);
        return this.own;
    }

    get(name) {
        const map = this.map();
        if (map.has(name))
            return map.get(name);
        for (const layer of this.layers) {
            if (layer.map().has(name))
                return layer.map().get(name);
        }
        return undefined;
    }

    has(name) {
        return this.map().has(name) || this.layers.some(layer => layer.map().has(name));
    }

    set(name, value) {
        name = String(name);
        const held = types[this.type(name)](value);
        this.ownMap().set(name, held);
        touch(name);
        if (!isSettled(value) && !(this.isLocal && value === undefined))
            unsettled.push([this, name, value, held]);
    }

    type(name) {
        return this.typed.get(name) || 'any';
    }

    unset(name) {
        name = String(name);
        this.ownMap().delete(name);
        if (this.typed.has(name)) {
            this.typed = new Map(this.typed);
            this.typed.delete(name);
        }
        touch(name);
    }

    clear() {
        this.typed = new Map();
        for (const name of this.map().keys())
            touch(name);
        this.own = new Map();
    }

    toObject() {
        const object = {};
        for (const layer of [...this.layers].reverse())
            Object.assign(object, Object.fromEntries(layer.map()));
        return Object.assign(object, Object.fromEntries(this.map()));
    }

    /* What {{name}} stands for; undefined: it stays. A data row's null is no value. */
    valueFor(name) {
        for (const scope of [this, ...this.layers]) {
            const value = scope.map().get(name);
            if (value !== undefined ? value !== null || !scope.isRow : scope.map().has(name))
                return value === undefined ? '' : value;
        }
        return undefined;
    }
    text(name) {
        const value = this.valueFor(name);
        return value === undefined ? undefined : asText(value);
    }

    replaceIn(template) {
        if (typeof template === 'string')
            return squall.substitute(template, name => this.text(name));
        if (template !== null && typeof template === 'object')
            return Array.isArray(template) ? template.map(one => this.replaceIn(one))
                : Object.fromEntries(Object.entries(template).map(([key, value]) => [key, this.replaceIn(value)]));
        return template;
    }

    get values() {
        const members = [...this.map()].map(([key, value]) => ({ key, value, type: this.type(key) }));
        return new squall.PropertyList(members);
    }
    toJSON() {
        return { name: this.name, values: this.values.all() };
    }
}

const TEXT_MAX = 16 << 20; // characters, as where a request is built

// As Postman: innermost names first, 19 passes at most, unknown names stay.
squall.substitute = function (text, find) {
    for (let pass = 0; pass < 19; pass++) {
        let replaced = false, left = TEXT_MAX;
        text = text.replace(/\{\{([^{}]*?)\}\}/g, (whole, name) => {
            let value = find(name);
            if (value === undefined && name[0] === '$')
                value = squall.host.dynamic(name);
            if (value === undefined)
                return whole;
            replaced = true;
            left -= value.length;
            if (left < 0)
                throw new RangeError('variables make a text of more than 16 MB');
            return value;
        });
        if (!replaced)
            break;
    }
    return text;
};

squall.VariableScope = VariableScope;
})
