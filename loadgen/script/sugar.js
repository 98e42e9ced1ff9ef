/*
 * Methods of texts, numbers, lists and functions that Postman's sandbox has from SugarJS 1.4, those that
 * scripts are seen to use. Dates' and Objects' are absent. Nothing that the language has is replaced.
 *
 * Source: sugarjs.com, API of 1.4; newman 6.2 for what is not written there.
 */
(function (squall) {
'use strict';

/* What `any` and its like take: a function, an expression for texts, or a value to be equal to. */
function matcher(wanted) {
    if (typeof wanted === 'function')
        return wanted;
    if (wanted instanceof RegExp)
        return one => wanted.test(one);
    return one => squall.equal(one, wanted);
}

/* A member's name, a function, or nothing for the member itself. */
function reader(what) {
    return typeof what === 'function' ? what : what === undefined ? one => one : one => one[what];
}

function best(list, what, isBetter) {
    const read = reader(what);
    return list.reduce((found, one) => found === undefined || isBetter(read(one), read(found)) ? one : found, undefined);
}

const lists = {
    none(wanted) { return !this.some(matcher(wanted)); },
    any(wanted) { return this.some(matcher(wanted)); },
    all(wanted) { return this.every(matcher(wanted)); },
    count(wanted) { return arguments.length === 0 ? this.length : this.filter(matcher(wanted)).length; },
    sum(what) { return this.map(reader(what)).reduce((sum, one) => sum + one, 0); },
    average(what) { return this.length === 0 ? 0 : this.sum(what) / this.length; },
    min(what) { return best(this, what, (one, other) => one < other); },
    max(what) { return best(this, what, (one, other) => one > other); },
    first(count) { return count === undefined ? this[0] : this.slice(0, Math.max(count, 0)); },
    last(count) { return count === undefined ? this[this.length - 1] : this.slice(Math.max(this.length - count, 0)); },
    from(at) { return this.slice(at); },
    to(end) { return this.slice(0, end); },
    isEmpty() { return this.compact().length === 0; },
    compact(all) {
        return this.filter(one => all ? Boolean(one) : one !== undefined && one !== null && !Number.isNaN(one));
    },
    unique(what) {
        const read = reader(what), kept = [];
        for (const one of this) {
            if (!kept.some(other => squall.equal(read(one), read(other))))
                kept.push(one);
        }
        return kept;
    },
    union(...others) { return this.concat(...others).unique(); },
    intersect(...others) { return this.unique().filter(one => others.flat().some(matcher(one))); },
    subtract(...others) { return this.filter(one => !others.flat().some(matcher(one))); },
    include(...others) { return this.concat(...others); },
    exclude(...wanted) { return this.filter(one => !wanted.some(each => matcher(each)(one))); },
    remove(...wanted) {
        for (let at = this.length - 1; at >= 0; at--) {
            if (wanted.some(each => matcher(each)(this[at])))
                this.splice(at, 1);
        }
        return this;
    },
    clone() { return this.slice(); },
    groupBy(what) {
        const read = reader(what), groups = {};
        for (const one of this)
            (groups[read(one)] = groups[read(one)] || []).push(one);
        return groups;
    },
    sortBy(what, falling) {
        const read = reader(what), step = falling ? -1 : 1;
        return this.slice().sort((one, other) => read(one) < read(other) ? -step : read(one) > read(other) ? step : 0);
    },
};

function underscored(text) {
    return text.replace(/[-\s]+/g, '_').replace(/([A-Z\d]+)([A-Z][a-z])/g, '$1_$2').replace(/([a-z\d])([A-Z])/g, '$1_$2')
        .toLowerCase();
}
const capital = text => text.charAt(0).toUpperCase() + text.slice(1);

const texts = {
    has(wanted) {
        return wanted instanceof RegExp ? wanted.test(this) : String(this).includes(String(wanted));
    },
    isBlank() { return this.trim() === ''; },
    first(count = 1) { return this.slice(0, count); },
    last(count = 1) { return count < this.length ? this.slice(this.length - count) : String(this); },
    from(at) { return this.slice(at); },
    to(end) { return this.slice(0, end); },
    add(text, at = this.length) { return this.slice(0, at) + text + this.slice(at); },
    insert(text, at) { return this.add(text, at); },
    remove(what) { return this.replace(what, ''); },
    reverse() { return [...this].reverse().join(''); },
    compact() { return this.trim().replace(/\s+/g, ' '); },
    chars() { return [...this]; },
    words() { return this.trim().split(/\s+/); },
    lines() { return this.trim().split('\n'); },
    codes() { return [...this].map(one => one.charCodeAt(0)); },
    shift(step) { return [...this].map(one => String.fromCharCode(one.charCodeAt(0) + step)).join(''); },
    capitalize(all) {
        return all ? this.toLowerCase().replace(/\b\w/g, one => one.toUpperCase()) : capital(this.toLowerCase());
    },
    camelize(upper) {
        const parts = underscored(String(this)).split('_').filter(part => part !== '');
        return parts.map((part, at) => at === 0 && upper === false ? part : capital(part)).join('');
    },
    underscore() { return underscored(String(this)); },
    dasherize() { return underscored(String(this)).replace(/_/g, '-'); },
    spacify() { return underscored(String(this)).replace(/_/g, ' '); },
    toNumber(base) {
        const plain = this.replace(/,/g, '');
        return base === undefined ? parseFloat(plain) : parseInt(plain, base);
    },
    truncate(length, from, mark = '...') {
        return this.length <= length ? String(this) : this.slice(0, length) + mark;
    },
    escapeHTML() { return this.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;'); },
    escapeURL(all) { return all ? encodeURIComponent(this) : encodeURI(this); },
    unescapeURL(all) { return all ? decodeURI(this) : decodeURIComponent(this); },
    encodeBase64() { return squall.btoa(String(this)); },
    decodeBase64() { return squall.atob(String(this)); },
    stripTags() { return this.replace(/<\/?[^<>]*>/g, ''); },
};

function padded(value, width, sign, base = 10) {
    const text = Math.abs(value).toString(base).padStart(width, '0');
    return (value < 0 ? '-' : sign ? '+' : '') + text;
}

/* Places may be negative: hundreds, thousands. */
const roundedBy = round => function (places = 0) {
    const scale = Math.pow(10, Math.abs(places));
    return places < 0 ? round(this / scale) * scale : round(this * scale) / scale;
};

const numbers = {
    isEven() { return this % 2 === 0; },
    isOdd() { return Math.abs(this % 2) === 1; },
    isMultipleOf(other) { return this % other === 0; },
    hex(width = 1) { return padded(this, width, false, 16); },
    pad(width, sign, base) { return padded(this, width, sign, base); },
    chr() { return String.fromCharCode(this); },
    abs() { return Math.abs(this); },
    round: roundedBy(Math.round),
    ceil: roundedBy(Math.ceil),
    floor: roundedBy(Math.floor),
    ordinalize() {
        const last = Math.abs(this) % 100;
        const ending = last >= 11 && last <= 13 ? 'th' : ({ 1: 'st', 2: 'nd', 3: 'rd' })[last % 10] || 'th';
        return this + ending;
    },
    format(places, thousands = ',', decimal = '.') {
        const [whole, rest] = (places === undefined ? String(this) : Number(this).toFixed(places)).split('.');
        return whole.replace(/\B(?=(\d{3})+$)/g, thousands) + (rest === undefined ? '' : decimal + rest);
    },
    times(run) {
        for (let at = 0; at < this; at++)
            run(at);
        return Number(this);
    },
    upto(end, run, step = 1) {
        const passed = [];
        for (let at = Number(this); at <= end; at += step) {
            passed.push(at);
            if (run)
                run(at);
        }
        return passed;
    },
    downto(end, run, step = 1) {
        const passed = [];
        for (let at = Number(this); at >= end; at -= step) {
            passed.push(at);
            if (run)
                run(at);
        }
        return passed;
    },
};

const functions = {
    once() {
        const run = this;
        let ran = false, result;
        return function (...values) {
            if (!ran) {
                ran = true;
                result = run.apply(this, values);
            }
            return result;
        };
    },
};

for (const [proto, methods] of [[Array.prototype, lists], [String.prototype, texts], [Number.prototype, numbers],
                                [Function.prototype, functions]]) {
    for (const name of Object.keys(methods)) {
        if (!(name in proto))
            Object.defineProperty(proto, name, { value: methods[name], writable: true, configurable: true });
    }
}
})
