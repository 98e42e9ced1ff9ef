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
    return typeof value === 'string' ? value : String(value);
}

class VariableScope {
    constructor(values, name, layers) {
        this.shared = values;
        this.own = null;
        this.name = name;
        Object.defineProperty(this, 'layers', { value: layers || [] });
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
        this.ownMap().set(name, value);
        touch(name);
    }

    unset(name) {
        this.ownMap().delete(String(name));
        touch(String(name));
    }

    clear() {
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

    replaceIn(template) {
        if (typeof template === 'string')
            return squall.substitute(template, name => this.has(name) ? asText(this.get(name)) : undefined);
        if (template !== null && typeof template === 'object')
            return Array.isArray(template) ? template.map(one => this.replaceIn(one))
                : Object.fromEntries(Object.entries(template).map(([key, value]) => [key, this.replaceIn(value)]));
        return template;
    }

    get values() {
        const members = [...this.map()].map(([key, value]) => ({ key, value, type: 'any' }));
        return new squall.PropertyList(members);
    }
    toJSON() {
        return { name: this.name, values: this.values.all() };
    }
}

// As Postman: innermost names first, 19 passes at most, unknown names stay.
squall.substitute = function (text, find) {
    for (let pass = 0; pass < 19; pass++) {
        let replaced = false;
        text = text.replace(/\{\{([^{}]*?)\}\}/g, (whole, name) => {
            let value = find(name);
            if (value === undefined && name[0] === '$')
                value = squall.host.dynamic(name);
            if (value === undefined)
                return whole;
            replaced = true;
            return value;
        });
        if (!replaced)
            break;
    }
    return text;
};

squall.VariableScope = VariableScope;
squall.asText = asText;
})
