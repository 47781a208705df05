// Generated from schemas/preview-manifest.schema.json by `npm run generate`. Do not edit.
// @ts-nocheck
import func2Module from 'ajv/dist/runtime/ucs2length.js';
export const validate = validate20;

const schema31 = {"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"https://previews.mobius.dev/schemas/preview-manifest.schema.json","title":"PreviewManifest","description":"artifacts/<contentKey>/manifest.json in the sink: written last, its presence says that every preview it names is there in full.","type":"object","additionalProperties":false,"required":["version","contentKey","source","renderer","outputs","createdAt"],"properties":{"version":{"const":1},"contentKey":{"type":"string","pattern":"^c[0-9a-f]{64}$"},"source":{"type":"object","additionalProperties":false,"required":["mediaType","bytes","sha256","width","height"],"properties":{"mediaType":{"description":"By the file's own bytes.","type":"string","minLength":1,"maxLength":128},"bytes":{"type":"integer","minimum":0},"sha256":{"type":"string","pattern":"^[0-9a-f]{64}$"},"width":{"description":"Pixels, upright.","type":"integer","minimum":0},"height":{"description":"Pixels, upright.","type":"integer","minimum":0},"pages":{"type":"integer","minimum":0},"durationSeconds":{"type":"number","minimum":0},"frames":{"description":"Of an animation.","type":"integer","minimum":1},"alpha":{"description":"Whether it has transparency.","type":"boolean"}}},"renderer":{"type":"object","additionalProperties":false,"required":["name","version"],"properties":{"name":{"type":"string","minLength":1,"maxLength":128},"version":{"type":"string","minLength":1,"maxLength":128}}},"outputs":{"type":"array","minItems":1,"maxItems":32,"items":{"title":"PreviewOutput","type":"object","additionalProperties":false,"required":["name","uri","mediaType","width","height","bytes","sha256"],"properties":{"name":{"type":"string","minLength":1,"maxLength":63},"uri":{"type":"string","minLength":1,"maxLength":8192},"mediaType":{"type":"string","minLength":1,"maxLength":128},"width":{"description":"Pixels.","type":"integer","minimum":1},"height":{"description":"Pixels.","type":"integer","minimum":1},"bytes":{"type":"integer","minimum":0},"sha256":{"type":"string","pattern":"^[0-9a-f]{64}$"}}}},"placeholder":{"title":"Placeholders","description":"Stand-ins for the first output while it loads.","type":"object","additionalProperties":false,"properties":{"thumbhash":{"description":"Base64 of at most 25 bytes.","type":"string","maxLength":64},"blurhash":{"description":"4 × 3 components.","type":"string","maxLength":64}}},"createdAt":{"description":"RFC 3339, UTC.","type":"string","maxLength":32}}};
const pattern4 = new RegExp("^c[0-9a-f]{64}$", "u");
const pattern5 = new RegExp("^[0-9a-f]{64}$", "u");
const func1 = Object.prototype.hasOwnProperty;
const func2 = func2Module.default;

function validate20(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
/*# sourceURL="https://previews.mobius.dev/schemas/preview-manifest.schema.json" */;
let vErrors = null;
let errors = 0;
const evaluated0 = validate20.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if(((((((data.version === undefined) && (missing0 = "version")) || ((data.contentKey === undefined) && (missing0 = "contentKey"))) || ((data.source === undefined) && (missing0 = "source"))) || ((data.renderer === undefined) && (missing0 = "renderer"))) || ((data.outputs === undefined) && (missing0 = "outputs"))) || ((data.createdAt === undefined) && (missing0 = "createdAt"))){
validate20.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0},message:"must have required property '"+missing0+"'",schema:schema31.required,parentSchema:schema31,data}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!(((((((key0 === "version") || (key0 === "contentKey")) || (key0 === "source")) || (key0 === "renderer")) || (key0 === "outputs")) || (key0 === "placeholder")) || (key0 === "createdAt"))){
validate20.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema31,data}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.version !== undefined){
let data0 = data.version;
const _errs2 = errors;
if(1 !== data0){
validate20.errors = [{instancePath:instancePath+"/version",schemaPath:"#/properties/version/const",keyword:"const",params:{allowedValue: 1},message:"must be equal to constant",schema:1,parentSchema:schema31.properties.version,data:data0}];
return false;
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.contentKey !== undefined){
let data1 = data.contentKey;
const _errs3 = errors;
if(errors === _errs3){
if(typeof data1 === "string"){
if(!pattern4.test(data1)){
validate20.errors = [{instancePath:instancePath+"/contentKey",schemaPath:"#/properties/contentKey/pattern",keyword:"pattern",params:{pattern: "^c[0-9a-f]{64}$"},message:"must match pattern \""+"^c[0-9a-f]{64}$"+"\"",schema:"^c[0-9a-f]{64}$",parentSchema:schema31.properties.contentKey,data:data1}];
return false;
}
}
else {
validate20.errors = [{instancePath:instancePath+"/contentKey",schemaPath:"#/properties/contentKey/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.contentKey.type,parentSchema:schema31.properties.contentKey,data:data1}];
return false;
}
}
var valid0 = _errs3 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.source !== undefined){
let data2 = data.source;
const _errs5 = errors;
if(errors === _errs5){
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
let missing1;
if((((((data2.mediaType === undefined) && (missing1 = "mediaType")) || ((data2.bytes === undefined) && (missing1 = "bytes"))) || ((data2.sha256 === undefined) && (missing1 = "sha256"))) || ((data2.width === undefined) && (missing1 = "width"))) || ((data2.height === undefined) && (missing1 = "height"))){
validate20.errors = [{instancePath:instancePath+"/source",schemaPath:"#/properties/source/required",keyword:"required",params:{missingProperty: missing1},message:"must have required property '"+missing1+"'",schema:schema31.properties.source.required,parentSchema:schema31.properties.source,data:data2}];
return false;
}
else {
const _errs7 = errors;
for(const key1 in data2){
if(!(func1.call(schema31.properties.source.properties, key1))){
validate20.errors = [{instancePath:instancePath+"/source",schemaPath:"#/properties/source/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.source,data:data2}];
return false;
break;
}
}
if(_errs7 === errors){
if(data2.mediaType !== undefined){
let data3 = data2.mediaType;
const _errs8 = errors;
if(errors === _errs8){
if(typeof data3 === "string"){
if(func2(data3) > 128){
validate20.errors = [{instancePath:instancePath+"/source/mediaType",schemaPath:"#/properties/source/properties/mediaType/maxLength",keyword:"maxLength",params:{limit: 128},message:"must NOT have more than 128 characters",schema:128,parentSchema:schema31.properties.source.properties.mediaType,data:data3}];
return false;
}
else {
if(func2(data3) < 1){
validate20.errors = [{instancePath:instancePath+"/source/mediaType",schemaPath:"#/properties/source/properties/mediaType/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema31.properties.source.properties.mediaType,data:data3}];
return false;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/source/mediaType",schemaPath:"#/properties/source/properties/mediaType/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.source.properties.mediaType.type,parentSchema:schema31.properties.source.properties.mediaType,data:data3}];
return false;
}
}
var valid1 = _errs8 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data2.bytes !== undefined){
let data4 = data2.bytes;
const _errs10 = errors;
if(!(((typeof data4 == "number") && (!(data4 % 1) && !isNaN(data4))) && (isFinite(data4)))){
validate20.errors = [{instancePath:instancePath+"/source/bytes",schemaPath:"#/properties/source/properties/bytes/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.source.properties.bytes.type,parentSchema:schema31.properties.source.properties.bytes,data:data4}];
return false;
}
if(errors === _errs10){
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 < 0 || isNaN(data4)){
validate20.errors = [{instancePath:instancePath+"/source/bytes",schemaPath:"#/properties/source/properties/bytes/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema31.properties.source.properties.bytes,data:data4}];
return false;
}
}
}
var valid1 = _errs10 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data2.sha256 !== undefined){
let data5 = data2.sha256;
const _errs12 = errors;
if(errors === _errs12){
if(typeof data5 === "string"){
if(!pattern5.test(data5)){
validate20.errors = [{instancePath:instancePath+"/source/sha256",schemaPath:"#/properties/source/properties/sha256/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{64}$"},message:"must match pattern \""+"^[0-9a-f]{64}$"+"\"",schema:"^[0-9a-f]{64}$",parentSchema:schema31.properties.source.properties.sha256,data:data5}];
return false;
}
}
else {
validate20.errors = [{instancePath:instancePath+"/source/sha256",schemaPath:"#/properties/source/properties/sha256/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.source.properties.sha256.type,parentSchema:schema31.properties.source.properties.sha256,data:data5}];
return false;
}
}
var valid1 = _errs12 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data2.width !== undefined){
let data6 = data2.width;
const _errs14 = errors;
if(!(((typeof data6 == "number") && (!(data6 % 1) && !isNaN(data6))) && (isFinite(data6)))){
validate20.errors = [{instancePath:instancePath+"/source/width",schemaPath:"#/properties/source/properties/width/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.source.properties.width.type,parentSchema:schema31.properties.source.properties.width,data:data6}];
return false;
}
if(errors === _errs14){
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 < 0 || isNaN(data6)){
validate20.errors = [{instancePath:instancePath+"/source/width",schemaPath:"#/properties/source/properties/width/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema31.properties.source.properties.width,data:data6}];
return false;
}
}
}
var valid1 = _errs14 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data2.height !== undefined){
let data7 = data2.height;
const _errs16 = errors;
if(!(((typeof data7 == "number") && (!(data7 % 1) && !isNaN(data7))) && (isFinite(data7)))){
validate20.errors = [{instancePath:instancePath+"/source/height",schemaPath:"#/properties/source/properties/height/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.source.properties.height.type,parentSchema:schema31.properties.source.properties.height,data:data7}];
return false;
}
if(errors === _errs16){
if((typeof data7 == "number") && (isFinite(data7))){
if(data7 < 0 || isNaN(data7)){
validate20.errors = [{instancePath:instancePath+"/source/height",schemaPath:"#/properties/source/properties/height/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema31.properties.source.properties.height,data:data7}];
return false;
}
}
}
var valid1 = _errs16 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data2.pages !== undefined){
let data8 = data2.pages;
const _errs18 = errors;
if(!(((typeof data8 == "number") && (!(data8 % 1) && !isNaN(data8))) && (isFinite(data8)))){
validate20.errors = [{instancePath:instancePath+"/source/pages",schemaPath:"#/properties/source/properties/pages/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.source.properties.pages.type,parentSchema:schema31.properties.source.properties.pages,data:data8}];
return false;
}
if(errors === _errs18){
if((typeof data8 == "number") && (isFinite(data8))){
if(data8 < 0 || isNaN(data8)){
validate20.errors = [{instancePath:instancePath+"/source/pages",schemaPath:"#/properties/source/properties/pages/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema31.properties.source.properties.pages,data:data8}];
return false;
}
}
}
var valid1 = _errs18 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data2.durationSeconds !== undefined){
let data9 = data2.durationSeconds;
const _errs20 = errors;
if(errors === _errs20){
if((typeof data9 == "number") && (isFinite(data9))){
if(data9 < 0 || isNaN(data9)){
validate20.errors = [{instancePath:instancePath+"/source/durationSeconds",schemaPath:"#/properties/source/properties/durationSeconds/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema31.properties.source.properties.durationSeconds,data:data9}];
return false;
}
}
else {
validate20.errors = [{instancePath:instancePath+"/source/durationSeconds",schemaPath:"#/properties/source/properties/durationSeconds/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema31.properties.source.properties.durationSeconds.type,parentSchema:schema31.properties.source.properties.durationSeconds,data:data9}];
return false;
}
}
var valid1 = _errs20 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data2.frames !== undefined){
let data10 = data2.frames;
const _errs22 = errors;
if(!(((typeof data10 == "number") && (!(data10 % 1) && !isNaN(data10))) && (isFinite(data10)))){
validate20.errors = [{instancePath:instancePath+"/source/frames",schemaPath:"#/properties/source/properties/frames/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.source.properties.frames.type,parentSchema:schema31.properties.source.properties.frames,data:data10}];
return false;
}
if(errors === _errs22){
if((typeof data10 == "number") && (isFinite(data10))){
if(data10 < 1 || isNaN(data10)){
validate20.errors = [{instancePath:instancePath+"/source/frames",schemaPath:"#/properties/source/properties/frames/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.source.properties.frames,data:data10}];
return false;
}
}
}
var valid1 = _errs22 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data2.alpha !== undefined){
let data11 = data2.alpha;
const _errs24 = errors;
if(typeof data11 !== "boolean"){
validate20.errors = [{instancePath:instancePath+"/source/alpha",schemaPath:"#/properties/source/properties/alpha/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema31.properties.source.properties.alpha.type,parentSchema:schema31.properties.source.properties.alpha,data:data11}];
return false;
}
var valid1 = _errs24 === errors;
}
else {
var valid1 = true;
}
}
}
}
}
}
}
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/source",schemaPath:"#/properties/source/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.source.type,parentSchema:schema31.properties.source,data:data2}];
return false;
}
}
var valid0 = _errs5 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.renderer !== undefined){
let data12 = data.renderer;
const _errs26 = errors;
if(errors === _errs26){
if(data12 && typeof data12 == "object" && !Array.isArray(data12)){
let missing2;
if(((data12.name === undefined) && (missing2 = "name")) || ((data12.version === undefined) && (missing2 = "version"))){
validate20.errors = [{instancePath:instancePath+"/renderer",schemaPath:"#/properties/renderer/required",keyword:"required",params:{missingProperty: missing2},message:"must have required property '"+missing2+"'",schema:schema31.properties.renderer.required,parentSchema:schema31.properties.renderer,data:data12}];
return false;
}
else {
const _errs28 = errors;
for(const key2 in data12){
if(!((key2 === "name") || (key2 === "version"))){
validate20.errors = [{instancePath:instancePath+"/renderer",schemaPath:"#/properties/renderer/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.renderer,data:data12}];
return false;
break;
}
}
if(_errs28 === errors){
if(data12.name !== undefined){
let data13 = data12.name;
const _errs29 = errors;
if(errors === _errs29){
if(typeof data13 === "string"){
if(func2(data13) > 128){
validate20.errors = [{instancePath:instancePath+"/renderer/name",schemaPath:"#/properties/renderer/properties/name/maxLength",keyword:"maxLength",params:{limit: 128},message:"must NOT have more than 128 characters",schema:128,parentSchema:schema31.properties.renderer.properties.name,data:data13}];
return false;
}
else {
if(func2(data13) < 1){
validate20.errors = [{instancePath:instancePath+"/renderer/name",schemaPath:"#/properties/renderer/properties/name/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema31.properties.renderer.properties.name,data:data13}];
return false;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/renderer/name",schemaPath:"#/properties/renderer/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.renderer.properties.name.type,parentSchema:schema31.properties.renderer.properties.name,data:data13}];
return false;
}
}
var valid2 = _errs29 === errors;
}
else {
var valid2 = true;
}
if(valid2){
if(data12.version !== undefined){
let data14 = data12.version;
const _errs31 = errors;
if(errors === _errs31){
if(typeof data14 === "string"){
if(func2(data14) > 128){
validate20.errors = [{instancePath:instancePath+"/renderer/version",schemaPath:"#/properties/renderer/properties/version/maxLength",keyword:"maxLength",params:{limit: 128},message:"must NOT have more than 128 characters",schema:128,parentSchema:schema31.properties.renderer.properties.version,data:data14}];
return false;
}
else {
if(func2(data14) < 1){
validate20.errors = [{instancePath:instancePath+"/renderer/version",schemaPath:"#/properties/renderer/properties/version/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema31.properties.renderer.properties.version,data:data14}];
return false;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/renderer/version",schemaPath:"#/properties/renderer/properties/version/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.renderer.properties.version.type,parentSchema:schema31.properties.renderer.properties.version,data:data14}];
return false;
}
}
var valid2 = _errs31 === errors;
}
else {
var valid2 = true;
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/renderer",schemaPath:"#/properties/renderer/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.renderer.type,parentSchema:schema31.properties.renderer,data:data12}];
return false;
}
}
var valid0 = _errs26 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.outputs !== undefined){
let data15 = data.outputs;
const _errs33 = errors;
if(errors === _errs33){
if(Array.isArray(data15)){
if(data15.length > 32){
validate20.errors = [{instancePath:instancePath+"/outputs",schemaPath:"#/properties/outputs/maxItems",keyword:"maxItems",params:{limit: 32},message:"must NOT have more than 32 items",schema:32,parentSchema:schema31.properties.outputs,data:data15}];
return false;
}
else {
if(data15.length < 1){
validate20.errors = [{instancePath:instancePath+"/outputs",schemaPath:"#/properties/outputs/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema31.properties.outputs,data:data15}];
return false;
}
else {
var valid3 = true;
const len0 = data15.length;
for(let i0=0; i0<len0; i0++){
let data16 = data15[i0];
const _errs35 = errors;
if(errors === _errs35){
if(data16 && typeof data16 == "object" && !Array.isArray(data16)){
let missing3;
if((((((((data16.name === undefined) && (missing3 = "name")) || ((data16.uri === undefined) && (missing3 = "uri"))) || ((data16.mediaType === undefined) && (missing3 = "mediaType"))) || ((data16.width === undefined) && (missing3 = "width"))) || ((data16.height === undefined) && (missing3 = "height"))) || ((data16.bytes === undefined) && (missing3 = "bytes"))) || ((data16.sha256 === undefined) && (missing3 = "sha256"))){
validate20.errors = [{instancePath:instancePath+"/outputs/" + i0,schemaPath:"#/properties/outputs/items/required",keyword:"required",params:{missingProperty: missing3},message:"must have required property '"+missing3+"'",schema:schema31.properties.outputs.items.required,parentSchema:schema31.properties.outputs.items,data:data16}];
return false;
}
else {
const _errs37 = errors;
for(const key3 in data16){
if(!(((((((key3 === "name") || (key3 === "uri")) || (key3 === "mediaType")) || (key3 === "width")) || (key3 === "height")) || (key3 === "bytes")) || (key3 === "sha256"))){
validate20.errors = [{instancePath:instancePath+"/outputs/" + i0,schemaPath:"#/properties/outputs/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.outputs.items,data:data16}];
return false;
break;
}
}
if(_errs37 === errors){
if(data16.name !== undefined){
let data17 = data16.name;
const _errs38 = errors;
if(errors === _errs38){
if(typeof data17 === "string"){
if(func2(data17) > 63){
validate20.errors = [{instancePath:instancePath+"/outputs/" + i0+"/name",schemaPath:"#/properties/outputs/items/properties/name/maxLength",keyword:"maxLength",params:{limit: 63},message:"must NOT have more than 63 characters",schema:63,parentSchema:schema31.properties.outputs.items.properties.name,data:data17}];
return false;
}
else {
if(func2(data17) < 1){
validate20.errors = [{instancePath:instancePath+"/outputs/" + i0+"/name",schemaPath:"#/properties/outputs/items/properties/name/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema31.properties.outputs.items.properties.name,data:data17}];
return false;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/outputs/" + i0+"/name",schemaPath:"#/properties/outputs/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.outputs.items.properties.name.type,parentSchema:schema31.properties.outputs.items.properties.name,data:data17}];
return false;
}
}
var valid4 = _errs38 === errors;
}
else {
var valid4 = true;
}
if(valid4){
if(data16.uri !== undefined){
let data18 = data16.uri;
const _errs40 = errors;
if(errors === _errs40){
if(typeof data18 === "string"){
if(func2(data18) > 8192){
validate20.errors = [{instancePath:instancePath+"/outputs/" + i0+"/uri",schemaPath:"#/properties/outputs/items/properties/uri/maxLength",keyword:"maxLength",params:{limit: 8192},message:"must NOT have more than 8192 characters",schema:8192,parentSchema:schema31.properties.outputs.items.properties.uri,data:data18}];
return false;
}
else {
if(func2(data18) < 1){
validate20.errors = [{instancePath:instancePath+"/outputs/" + i0+"/uri",schemaPath:"#/properties/outputs/items/properties/uri/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema31.properties.outputs.items.properties.uri,data:data18}];
return false;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/outputs/" + i0+"/uri",schemaPath:"#/properties/outputs/items/properties/uri/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.outputs.items.properties.uri.type,parentSchema:schema31.properties.outputs.items.properties.uri,data:data18}];
return false;
}
}
var valid4 = _errs40 === errors;
}
else {
var valid4 = true;
}
if(valid4){
if(data16.mediaType !== undefined){
let data19 = data16.mediaType;
const _errs42 = errors;
if(errors === _errs42){
if(typeof data19 === "string"){
if(func2(data19) > 128){
validate20.errors = [{instancePath:instancePath+"/outputs/" + i0+"/mediaType",schemaPath:"#/properties/outputs/items/properties/mediaType/maxLength",keyword:"maxLength",params:{limit: 128},message:"must NOT have more than 128 characters",schema:128,parentSchema:schema31.properties.outputs.items.properties.mediaType,data:data19}];
return false;
}
else {
if(func2(data19) < 1){
validate20.errors = [{instancePath:instancePath+"/outputs/" + i0+"/mediaType",schemaPath:"#/properties/outputs/items/properties/mediaType/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema31.properties.outputs.items.properties.mediaType,data:data19}];
return false;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/outputs/" + i0+"/mediaType",schemaPath:"#/properties/outputs/items/properties/mediaType/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.outputs.items.properties.mediaType.type,parentSchema:schema31.properties.outputs.items.properties.mediaType,data:data19}];
return false;
}
}
var valid4 = _errs42 === errors;
}
else {
var valid4 = true;
}
if(valid4){
if(data16.width !== undefined){
let data20 = data16.width;
const _errs44 = errors;
if(!(((typeof data20 == "number") && (!(data20 % 1) && !isNaN(data20))) && (isFinite(data20)))){
validate20.errors = [{instancePath:instancePath+"/outputs/" + i0+"/width",schemaPath:"#/properties/outputs/items/properties/width/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.outputs.items.properties.width.type,parentSchema:schema31.properties.outputs.items.properties.width,data:data20}];
return false;
}
if(errors === _errs44){
if((typeof data20 == "number") && (isFinite(data20))){
if(data20 < 1 || isNaN(data20)){
validate20.errors = [{instancePath:instancePath+"/outputs/" + i0+"/width",schemaPath:"#/properties/outputs/items/properties/width/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.outputs.items.properties.width,data:data20}];
return false;
}
}
}
var valid4 = _errs44 === errors;
}
else {
var valid4 = true;
}
if(valid4){
if(data16.height !== undefined){
let data21 = data16.height;
const _errs46 = errors;
if(!(((typeof data21 == "number") && (!(data21 % 1) && !isNaN(data21))) && (isFinite(data21)))){
validate20.errors = [{instancePath:instancePath+"/outputs/" + i0+"/height",schemaPath:"#/properties/outputs/items/properties/height/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.outputs.items.properties.height.type,parentSchema:schema31.properties.outputs.items.properties.height,data:data21}];
return false;
}
if(errors === _errs46){
if((typeof data21 == "number") && (isFinite(data21))){
if(data21 < 1 || isNaN(data21)){
validate20.errors = [{instancePath:instancePath+"/outputs/" + i0+"/height",schemaPath:"#/properties/outputs/items/properties/height/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.outputs.items.properties.height,data:data21}];
return false;
}
}
}
var valid4 = _errs46 === errors;
}
else {
var valid4 = true;
}
if(valid4){
if(data16.bytes !== undefined){
let data22 = data16.bytes;
const _errs48 = errors;
if(!(((typeof data22 == "number") && (!(data22 % 1) && !isNaN(data22))) && (isFinite(data22)))){
validate20.errors = [{instancePath:instancePath+"/outputs/" + i0+"/bytes",schemaPath:"#/properties/outputs/items/properties/bytes/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.outputs.items.properties.bytes.type,parentSchema:schema31.properties.outputs.items.properties.bytes,data:data22}];
return false;
}
if(errors === _errs48){
if((typeof data22 == "number") && (isFinite(data22))){
if(data22 < 0 || isNaN(data22)){
validate20.errors = [{instancePath:instancePath+"/outputs/" + i0+"/bytes",schemaPath:"#/properties/outputs/items/properties/bytes/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema31.properties.outputs.items.properties.bytes,data:data22}];
return false;
}
}
}
var valid4 = _errs48 === errors;
}
else {
var valid4 = true;
}
if(valid4){
if(data16.sha256 !== undefined){
let data23 = data16.sha256;
const _errs50 = errors;
if(errors === _errs50){
if(typeof data23 === "string"){
if(!pattern5.test(data23)){
validate20.errors = [{instancePath:instancePath+"/outputs/" + i0+"/sha256",schemaPath:"#/properties/outputs/items/properties/sha256/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{64}$"},message:"must match pattern \""+"^[0-9a-f]{64}$"+"\"",schema:"^[0-9a-f]{64}$",parentSchema:schema31.properties.outputs.items.properties.sha256,data:data23}];
return false;
}
}
else {
validate20.errors = [{instancePath:instancePath+"/outputs/" + i0+"/sha256",schemaPath:"#/properties/outputs/items/properties/sha256/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.outputs.items.properties.sha256.type,parentSchema:schema31.properties.outputs.items.properties.sha256,data:data23}];
return false;
}
}
var valid4 = _errs50 === errors;
}
else {
var valid4 = true;
}
}
}
}
}
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/outputs/" + i0,schemaPath:"#/properties/outputs/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.outputs.items.type,parentSchema:schema31.properties.outputs.items,data:data16}];
return false;
}
}
var valid3 = _errs35 === errors;
if(!valid3){
break;
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/outputs",schemaPath:"#/properties/outputs/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema31.properties.outputs.type,parentSchema:schema31.properties.outputs,data:data15}];
return false;
}
}
var valid0 = _errs33 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.placeholder !== undefined){
let data24 = data.placeholder;
const _errs52 = errors;
if(errors === _errs52){
if(data24 && typeof data24 == "object" && !Array.isArray(data24)){
const _errs54 = errors;
for(const key4 in data24){
if(!((key4 === "thumbhash") || (key4 === "blurhash"))){
validate20.errors = [{instancePath:instancePath+"/placeholder",schemaPath:"#/properties/placeholder/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.placeholder,data:data24}];
return false;
break;
}
}
if(_errs54 === errors){
if(data24.thumbhash !== undefined){
let data25 = data24.thumbhash;
const _errs55 = errors;
if(errors === _errs55){
if(typeof data25 === "string"){
if(func2(data25) > 64){
validate20.errors = [{instancePath:instancePath+"/placeholder/thumbhash",schemaPath:"#/properties/placeholder/properties/thumbhash/maxLength",keyword:"maxLength",params:{limit: 64},message:"must NOT have more than 64 characters",schema:64,parentSchema:schema31.properties.placeholder.properties.thumbhash,data:data25}];
return false;
}
}
else {
validate20.errors = [{instancePath:instancePath+"/placeholder/thumbhash",schemaPath:"#/properties/placeholder/properties/thumbhash/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.placeholder.properties.thumbhash.type,parentSchema:schema31.properties.placeholder.properties.thumbhash,data:data25}];
return false;
}
}
var valid5 = _errs55 === errors;
}
else {
var valid5 = true;
}
if(valid5){
if(data24.blurhash !== undefined){
let data26 = data24.blurhash;
const _errs57 = errors;
if(errors === _errs57){
if(typeof data26 === "string"){
if(func2(data26) > 64){
validate20.errors = [{instancePath:instancePath+"/placeholder/blurhash",schemaPath:"#/properties/placeholder/properties/blurhash/maxLength",keyword:"maxLength",params:{limit: 64},message:"must NOT have more than 64 characters",schema:64,parentSchema:schema31.properties.placeholder.properties.blurhash,data:data26}];
return false;
}
}
else {
validate20.errors = [{instancePath:instancePath+"/placeholder/blurhash",schemaPath:"#/properties/placeholder/properties/blurhash/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.placeholder.properties.blurhash.type,parentSchema:schema31.properties.placeholder.properties.blurhash,data:data26}];
return false;
}
}
var valid5 = _errs57 === errors;
}
else {
var valid5 = true;
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/placeholder",schemaPath:"#/properties/placeholder/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.placeholder.type,parentSchema:schema31.properties.placeholder,data:data24}];
return false;
}
}
var valid0 = _errs52 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.createdAt !== undefined){
let data27 = data.createdAt;
const _errs59 = errors;
if(errors === _errs59){
if(typeof data27 === "string"){
if(func2(data27) > 32){
validate20.errors = [{instancePath:instancePath+"/createdAt",schemaPath:"#/properties/createdAt/maxLength",keyword:"maxLength",params:{limit: 32},message:"must NOT have more than 32 characters",schema:32,parentSchema:schema31.properties.createdAt,data:data27}];
return false;
}
}
else {
validate20.errors = [{instancePath:instancePath+"/createdAt",schemaPath:"#/properties/createdAt/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.createdAt.type,parentSchema:schema31.properties.createdAt,data:data27}];
return false;
}
}
var valid0 = _errs59 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
}
}
}
else {
validate20.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.type,parentSchema:schema31,data}];
return false;
}
}
validate20.errors = vErrors;
return errors === 0;
}
validate20.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};
