/*
 * `_` of Postman's first sandbox is lodash 3.10: names and arguments that lodash 4 has given up, over a
 * copy of the system's lodash 4. require('lodash') is untouched by it.
 *
 * Source: lodash's changelog of 4.0.0 ("Compatibility notes"); compared with newman's in run-lodash.json.
 */
(function (squall) {
'use strict';

/* What a third argument means to functions of a collection: a property's value, or `this`. */
function iteratee(given, third) {
    if (third === undefined)
        return given;
    return typeof given === 'function' ? given.bind(third) : typeof given === 'string' ? [given, third] : given;
}

const ofCollections = ['forEach', 'each', 'forEachRight', 'eachRight', 'map', 'filter', 'reject', 'groupBy', 'countBy', 'partition',
                       'forOwn', 'forIn', 'mapValues', 'mapKeys', 'sortBy', 'times', 'dropWhile', 'takeWhile'];
const asking = ['find', 'findLast', 'findIndex', 'findLastIndex', 'findKey', 'some', 'every'];

/* New name: lodash 4's. */
const lists = { collect: 'map', compose: 'flowRight', backflow: 'flowRight', callback: 'iteratee', invoke: 'invokeMap',
                methods: 'functions', modArgs: 'overArgs', pairs: 'toPairs', rest: 'tail', restParam: 'rest', select: 'filter',
                sortByAll: 'sortBy', where: 'filter', pluck: 'map' };
const values = { all: 'every', any: 'some', contains: 'includes', include: 'includes', detect: 'find', foldl: 'reduce', inject: 'reduce',
                 foldr: 'reduceRight', findWhere: 'find', padLeft: 'padStart', padRight: 'padEnd', trimLeft: 'trimStart',
                 trimRight: 'trimEnd', trunc: 'truncate' };

function changed(_) {
    const by = (plain, with_) => (list, what, third) => what === undefined || what === null ? plain(list)
        : with_(list, iteratee(what, third));
    const chosen = (plain, with_) => (object, ...what) => typeof what[0] === 'function' ? with_(object, iteratee(...what))
                                                                                    : plain(object, ...what);
    const uniq = (list, sorted, what, third) => typeof sorted === 'boolean' || sorted === undefined || sorted === null
        ? what === undefined || what === null ? _.uniq(list) : _.uniqBy(list, iteratee(what, third))
        : _.uniqBy(list, iteratee(sorted, what));
    return {
        lists: {
            pick: chosen(_.pick, _.pickBy), omit: chosen(_.omit, _.omitBy), uniq, unique: uniq,
            flatten: (list, deep) => deep === true ? _.flattenDeep(list) : _.flatten(list),
            object: (names, given) => given === undefined ? _.fromPairs(names) : _.zipObject(names, given),
            zipObject: (names, given) => given === undefined && Array.isArray(_.head(names)) ? _.fromPairs(names) : _.zipObject(names, given),
            indexBy: (list, what, third) => _.keyBy(list, iteratee(what, third)),
            sortByOrder: (list, what, orders) => _.orderBy(list, what, _.castArray(orders === undefined ? [] : orders)
                .map(order => typeof order === 'boolean' ? order ? 'asc' : 'desc' : order)),
        },
        values: {
            max: by(_.max, _.maxBy), min: by(_.min, _.minBy), sum: by(_.sum, _.sumBy),
            clone: (value, deep, with_) => deep === true ? _.cloneDeep(value) : typeof deep === 'function' ? _.cloneWith(value, deep)
                : typeof with_ === 'function' ? _.cloneDeepWith(value, with_) : _.clone(value),
            first: _.head,
        },
    };
}

let making = false;
squall.makeLodash3 = function () {
    const old = making ? undefined : squall.require('lodash');
    if (old === undefined)
        return undefined; // lodash is being read, and looks for an older `_` itself
    making = true;
    const _ = old.runInContext();
    making = false;
    const pick = (names, make) => Object.fromEntries(names.map(name => [name, make(name)]));
    const withThird = name => (list, what, third, ...more) => old[name](list, iteratee(what, third), ...more);
    const rows = changed(old);
    _.mixin({ ...pick(Object.keys(lists), name => ofCollections.includes(lists[name]) ? withThird(lists[name]) : old[lists[name]]),
              ...pick(ofCollections, withThird), ...rows.lists });
    _.mixin({ ...pick(Object.keys(values), name => asking.includes(values[name]) ? withThird(values[name]) : old[values[name]]),
              ...pick(asking, withThird), ...rows.values }, { chain: false });
    _.VERSION = '3.10.2';
    return _;
};
})
