/* Lists of named things as scripts meet them: headers, query parameters, cookies. A name may be there
 * more than once; headers are found whatever their case. */
(function (squall) {
'use strict';

class PropertyList {
    members = null;
    constructor(members, options = {}) {
        this.members = members;
        Object.defineProperty(this, 'options', { value: options });
    }

    nameOf(member) {
        return this.options.nocase ? String(member.key).toLowerCase() : String(member.key);
    }

    indexFor(key) {
        if (this.options.nocase)
            key = String(key).toLowerCase();
        for (let at = this.members.length; at > 0; at--) {
            if (this.nameOf(this.members[at - 1]) === key && !this.members[at - 1].disabled)
                return at - 1;
        }
        return -1;
    }

    one(key) {
        const at = this.indexFor(key);
        return at < 0 ? undefined : this.members[at];
    }

    get(key) {
        const member = this.one(key);
        return member === undefined ? undefined : member.value;
    }

    has(key, value) {
        const member = typeof key === 'string' ? this.one(key) : this.members.includes(key) ? key : undefined;
        return member !== undefined && (arguments.length < 2 || value === undefined || member.value === value);
    }

    static member(given, value) {
        if (typeof given !== 'string')
            return given;
        if (value !== undefined)
            return { key: given, value };
        const colon = given.indexOf(':');
        return colon < 0 ? { key: given.trim(), value: '' }
                         : { key: given.slice(0, colon).trim(), value: given.slice(colon + 1).trim() };
    }

    add(given, value) {
        this.members.push(PropertyList.member(given, value));
    }
    append(given) { this.add(given); }
    insert(given) { this.add(given); }
    prepend(given) {
        this.members.unshift(PropertyList.member(given));
    }

    upsert(given, value) {
        const member = PropertyList.member(given, value);
        const at = this.indexFor(member.key);
        if (at < 0)
            this.members.push(member);
        else
            Object.assign(this.members[at], member);
        return at < 0;
    }

    remove(what) {
        const test = typeof what === 'function' ? what
            : typeof what === 'string' ? member => this.nameOf(member) === (this.options.nocase ? what.toLowerCase() : what)
                                       : member => member === what;
        this.members = this.members.filter(member => !test(member));
    }

    clear() {
        this.members = [];
    }
    assimilate(list) {
        for (const member of list.members || list)
            this.upsert(member);
    }
    populate(list) {
        for (const member of list)
            this.add(member);
    }
    repopulate(list) {
        this.members = [];
        this.populate(list);
    }

    all() { return this.members.slice(); }
    count() { return this.members.length; }
    idx(at) { return this.members[at]; }
    indexOf(what) { return typeof what === 'string' ? this.indexFor(what) : this.members.indexOf(what); }
    each(run, context) { this.members.forEach(run, context); }
    map(run, context) { return this.members.map(run, context); }
    filter(run, context) { return this.members.filter(run, context); }
    reduce(run, start) { return this.members.reduce(run, start); }
    find(run, context) { return this.members.find(run, context); }
    [Symbol.iterator]() { return this.members[Symbol.iterator](); }

    toObject(excludeDisabled, caseSensitive, multiValue) {
        const object = {};
        for (const member of this.members) {
            if (excludeDisabled && member.disabled)
                continue;
            const key = this.options.nocase && !caseSensitive ? this.nameOf(member) : member.key;
            if (multiValue && Object.prototype.hasOwnProperty.call(object, key))
                object[key] = [].concat(object[key], member.value);
            else
                object[key] = member.value;
        }
        return object;
    }
    toJSON() { return this.members; }
    toString() {
        return this.members.filter(member => !member.disabled)
            .map(member => this.options.text ? this.options.text(member) : `${member.key}: ${member.value}\n`)
            .join(this.options.separator === undefined ? '' : this.options.separator);
    }
}

/* "Name: value" lines as one list. */
function headerList(head) {
    const members = [];
    let at = 0;
    while (at < head.length) {
        let end = head.indexOf('\n', at);
        if (end < 0)
            end = head.length;
        const colon = head.indexOf(':', at);
        if (colon >= at && colon < end)
            members.push({ key: head.slice(at, colon), value: head.slice(colon + 1, end).trim() });
        at = end + 1;
    }
    return new PropertyList(members, { nocase: true });
}

squall.PropertyList = PropertyList;
squall.headerList = headerList;
})
