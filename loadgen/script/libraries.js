/*
 * What require() knows, and the names of Postman's old sandbox (_, CryptoJS, tv4, atob). lodash and
 * moment are the system's own packages, read when a script asks for them.
 */
(function (squall) {
'use strict';

const { host, Buffer, atob, btoa } = squall;
const outer = globalThis;

/* --- uuid ----------------------------------------------------------------------------------------- */

const uuid = () => host.dynamic('$guid');
uuid.v4 = uuid;
uuid.validate = text => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
uuid.NIL = '00000000-0000-0000-0000-000000000000';

/* --- require -------------------------------------------------------------------------------------- */

function systemLibrary(name, packageName) {
    const text = host.library(name);
    if (text === null)
        throw new Error(`require('${name}'): install the package ${packageName}, or leave the library out`);
    const module = { exports: {} };
    new Function('module', 'exports', 'global', text).call(outer, module, module.exports, outer);
    return module.exports;
}

const makers = {
    lodash: () => systemLibrary('lodash', 'libjs-lodash'),
    moment: () => systemLibrary('moment', 'libjs-moment'),
    uuid: () => uuid,
    atob: () => atob,
    btoa: () => btoa,
    buffer: () => ({ Buffer }),
    chai: () => squall.chai,
    'crypto-js': squall.makeCryptoJS,
    tv4: () => squall.tv4,
    ajv: () => squall.Ajv,
    xml2js: () => squall.xml2js,
    'postman-collection': () => ({ Request: squall.PostmanRequest, Response: squall.PostmanResponse, Url: squall.Url,
                                   PropertyList: squall.PropertyList, VariableScope: squall.VariableScope }),
};
for (const name of Object.keys(squall.nodeModules))
    makers[name] = () => squall.nodeModules[name];
const loaded = new Map();

squall.require = function (name) {
    if (!Object.prototype.hasOwnProperty.call(makers, name)) {
        const known = Object.keys(makers).join(', ');
        throw new Error(`Cannot find module '${name}': scripts may require ${known}`);
    }
    if (!loaded.has(name)) {
        loaded.set(name, undefined); // lodash looks for an older `_`, and would be asked for again
        try {
            loaded.set(name, makers[name]());
        } catch (error) {
            loaded.delete(name);
            throw error;
        }
    }
    return loaded.get(name);
};

let lodash3 = null;

/* The first sandbox's names of libraries. */
squall.libraries = {
    _: () => lodash3 || (lodash3 = squall.makeLodash3()), CryptoJS: () => squall.require('crypto-js'), tv4: () => squall.tv4,
    atob: () => atob, btoa: () => btoa, xml2Json: () => squall.xml2Json,
    cheerio: () => absent('cheerio'), Backbone: () => absent('Backbone'),
};

function absent(name) {
    const missing = () => {
        throw new Error(`${name} is not available here`);
    };
    return name === 'cheerio' ? Object.assign(missing, { load: missing }) : { Model: missing, Collection: missing, View: missing };
}

Object.defineProperty(outer, 'Buffer', { value: Buffer, writable: true, configurable: true });
})
