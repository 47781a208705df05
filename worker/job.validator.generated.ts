// Generated from schemas/preview-job.schema.json by `npm run generate`. Do not edit.
// @ts-nocheck
import func2Module from 'ajv/dist/runtime/ucs2length.js';
import func0Module from 'ajv/dist/runtime/equal.js';
export const validate = validate20;

const schema31 = {"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"https://previews.mobius.dev/schemas/preview-job.schema.json","title":"PreviewJob","description":"The data of one BullMQ job: a source file and the previews wanted of it. Readers accept this version and the one before; a newer one is put off until a newer worker takes it.","type":"object","additionalProperties":false,"required":["version","source","outputs"],"properties":{"version":{"const":1},"source":{"type":"object","additionalProperties":false,"required":["uri"],"properties":{"uri":{"description":"Where the file is, as far as the pool allows it: file:///…, s3://bucket/key with the key percent-encoded, http or https.","type":"string","maxLength":4096,"pattern":"^(file:///|s3://[^/]|https?://[^/])"},"sha256":{"description":"The file must have this content; with it a known preview is answered without a download.","type":"string","pattern":"^[0-9a-f]{64}$"},"etag":{"type":"string","minLength":1,"maxLength":256},"versionId":{"type":"string","minLength":1,"maxLength":1024},"mediaType":{"description":"A hint, never trusted.","type":"string","minLength":1,"maxLength":127}}},"outputs":{"type":"array","minItems":1,"maxItems":32,"items":{"anyOf":[{"$ref":"#/$defs/presetOutput"},{"$ref":"#/$defs/customOutput"}]}},"destination":{"description":"A folder under the pool's sink; the sink itself when absent.","type":"object","additionalProperties":false,"required":["uri"],"properties":{"uri":{"type":"string","maxLength":4096,"pattern":"^(file:///|s3://[^/])"}}},"placeholder":{"description":"Tiny stand-ins for the first output, in the manifest and the result.","type":"array","uniqueItems":true,"maxItems":2,"items":{"enum":["thumbhash","blurhash"]}},"limits":{"description":"Tighter limits than the pool's; what is looser than the pool's counts for nothing.","type":"object","additionalProperties":false,"properties":{"timeoutSeconds":{"type":"integer","minimum":1,"maximum":9007199254740991},"memoryBytes":{"type":"integer","minimum":1,"maximum":9007199254740991},"sourceBytes":{"type":"integer","minimum":1,"maximum":9007199254740991},"pixels":{"type":"integer","minimum":1,"maximum":9007199254740991},"pages":{"type":"integer","minimum":1,"maximum":9007199254740991},"frames":{"type":"integer","minimum":1,"maximum":9007199254740991},"outputBytes":{"type":"integer","minimum":1,"maximum":9007199254740991}}},"dryRun":{"description":"Validate, plan and record; render nothing and write nothing.","type":"boolean","default":false},"force":{"description":"Render again, although the previews exist or the file is in quarantine.","type":"boolean","default":false},"tenant":{"description":"Who the job is for.","type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$"},"metadata":{"description":"Echoed in the result and in the record of the request; no part of the job's identity.","type":"object","maxProperties":16,"propertyNames":{"type":"string","minLength":1,"maxLength":64},"additionalProperties":{"type":"string","maxLength":256}}},"$defs":{"presetOutput":{"title":"PresetOutput","description":"An output that the pool's configuration names; its name is the preset's unless given.","type":"object","additionalProperties":false,"required":["preset"],"properties":{"preset":{"type":"string","pattern":"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"},"name":{"type":"string","pattern":"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"},"page":{"$ref":"#/$defs/page"},"timeSeconds":{"$ref":"#/$defs/timeSeconds"}}},"customOutput":{"title":"CustomOutput","description":"An output described in full. It is never larger than the source.","type":"object","additionalProperties":false,"required":["name","width","height"],"properties":{"name":{"type":"string","pattern":"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"},"width":{"description":"Pixels.","type":"integer","minimum":1,"maximum":16384},"height":{"description":"Pixels.","type":"integer","minimum":1,"maximum":16384},"fit":{"enum":["cover","contain","inside","fill"],"default":"inside"},"format":{"enum":["jpeg","png","webp","avif"],"default":"webp"},"quality":{"type":"integer","minimum":1,"maximum":100,"default":80},"position":{"description":"Which part stays when cover cuts: the middle, where people look first, or where most detail is. Animations are cut in the middle.","enum":["centre","attention","entropy"],"default":"centre"},"background":{"description":"Behind transparency and around contain; absent: nothing where the format can, else white.","type":"string","pattern":"^#[0-9a-f]{6}$"},"effort":{"description":"CPU spent on fewer bytes; formats that know less take their most.","type":"integer","minimum":0,"maximum":9,"default":2},"lossless":{"description":"webp and avif without loss; quality then matters little.","type":"boolean","default":false},"sharpen":{"description":"Gently, after the picture was shrunk.","type":"boolean","default":false},"animated":{"description":"Keep the motion of an animation where the format can (webp); else the page asked for is shown.","type":"boolean","default":false},"copyright":{"description":"Carry the source's EXIF copyright and artist over; everything else of EXIF is left behind.","type":"boolean","default":false},"page":{"$ref":"#/$defs/page"},"timeSeconds":{"$ref":"#/$defs/timeSeconds"}}},"page":{"description":"Page of a document, counted from 1.","type":"integer","minimum":1,"maximum":10000,"default":1},"timeSeconds":{"description":"Moment of a video, in seconds from its start.","type":"number","minimum":0,"maximum":86400,"default":0}}};
const func1 = Object.prototype.hasOwnProperty;
const func2 = func2Module.default;
const func0 = func0Module.default;
const pattern4 = new RegExp("^(file:///|s3://[^/]|https?://[^/])", "u");
const pattern5 = new RegExp("^[0-9a-f]{64}$", "u");
const pattern10 = new RegExp("^(file:///|s3://[^/])", "u");
const pattern11 = new RegExp("^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$", "u");
const schema32 = {"title":"PresetOutput","description":"An output that the pool's configuration names; its name is the preset's unless given.","type":"object","additionalProperties":false,"required":["preset"],"properties":{"preset":{"type":"string","pattern":"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"},"name":{"type":"string","pattern":"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"},"page":{"$ref":"#/$defs/page"},"timeSeconds":{"$ref":"#/$defs/timeSeconds"}}};
const schema33 = {"description":"Page of a document, counted from 1.","type":"integer","minimum":1,"maximum":10000,"default":1};
const schema34 = {"description":"Moment of a video, in seconds from its start.","type":"number","minimum":0,"maximum":86400,"default":0};
const pattern6 = new RegExp("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$", "u");

function validate21(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate21.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((data.preset === undefined) && (missing0 = "preset")){
validate21.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0},message:"must have required property '"+missing0+"'",schema:schema32.required,parentSchema:schema32,data}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!((((key0 === "preset") || (key0 === "name")) || (key0 === "page")) || (key0 === "timeSeconds"))){
validate21.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema32,data}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.preset !== undefined){
let data0 = data.preset;
const _errs2 = errors;
if(errors === _errs2){
if(typeof data0 === "string"){
if(!pattern6.test(data0)){
validate21.errors = [{instancePath:instancePath+"/preset",schemaPath:"#/properties/preset/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"},message:"must match pattern \""+"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"+"\"",schema:"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$",parentSchema:schema32.properties.preset,data:data0}];
return false;
}
}
else {
validate21.errors = [{instancePath:instancePath+"/preset",schemaPath:"#/properties/preset/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema32.properties.preset.type,parentSchema:schema32.properties.preset,data:data0}];
return false;
}
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.name !== undefined){
let data1 = data.name;
const _errs4 = errors;
if(errors === _errs4){
if(typeof data1 === "string"){
if(!pattern6.test(data1)){
validate21.errors = [{instancePath:instancePath+"/name",schemaPath:"#/properties/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"},message:"must match pattern \""+"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"+"\"",schema:"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$",parentSchema:schema32.properties.name,data:data1}];
return false;
}
}
else {
validate21.errors = [{instancePath:instancePath+"/name",schemaPath:"#/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema32.properties.name.type,parentSchema:schema32.properties.name,data:data1}];
return false;
}
}
var valid0 = _errs4 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.page !== undefined){
let data2 = data.page;
const _errs6 = errors;
const _errs7 = errors;
if(!(((typeof data2 == "number") && (!(data2 % 1) && !isNaN(data2))) && (isFinite(data2)))){
validate21.errors = [{instancePath:instancePath+"/page",schemaPath:"#/$defs/page/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema33.type,parentSchema:schema33,data:data2}];
return false;
}
if(errors === _errs7){
if((typeof data2 == "number") && (isFinite(data2))){
if(data2 > 10000 || isNaN(data2)){
validate21.errors = [{instancePath:instancePath+"/page",schemaPath:"#/$defs/page/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10000},message:"must be <= 10000",schema:10000,parentSchema:schema33,data:data2}];
return false;
}
else {
if(data2 < 1 || isNaN(data2)){
validate21.errors = [{instancePath:instancePath+"/page",schemaPath:"#/$defs/page/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema33,data:data2}];
return false;
}
}
}
}
var valid0 = _errs6 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.timeSeconds !== undefined){
let data3 = data.timeSeconds;
const _errs9 = errors;
const _errs10 = errors;
if(errors === _errs10){
if((typeof data3 == "number") && (isFinite(data3))){
if(data3 > 86400 || isNaN(data3)){
validate21.errors = [{instancePath:instancePath+"/timeSeconds",schemaPath:"#/$defs/timeSeconds/maximum",keyword:"maximum",params:{comparison: "<=", limit: 86400},message:"must be <= 86400",schema:86400,parentSchema:schema34,data:data3}];
return false;
}
else {
if(data3 < 0 || isNaN(data3)){
validate21.errors = [{instancePath:instancePath+"/timeSeconds",schemaPath:"#/$defs/timeSeconds/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema34,data:data3}];
return false;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/timeSeconds",schemaPath:"#/$defs/timeSeconds/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema34.type,parentSchema:schema34,data:data3}];
return false;
}
}
var valid0 = _errs9 === errors;
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
else {
validate21.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema32.type,parentSchema:schema32,data}];
return false;
}
}
validate21.errors = vErrors;
return errors === 0;
}
validate21.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

const schema35 = {"title":"CustomOutput","description":"An output described in full. It is never larger than the source.","type":"object","additionalProperties":false,"required":["name","width","height"],"properties":{"name":{"type":"string","pattern":"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"},"width":{"description":"Pixels.","type":"integer","minimum":1,"maximum":16384},"height":{"description":"Pixels.","type":"integer","minimum":1,"maximum":16384},"fit":{"enum":["cover","contain","inside","fill"],"default":"inside"},"format":{"enum":["jpeg","png","webp","avif"],"default":"webp"},"quality":{"type":"integer","minimum":1,"maximum":100,"default":80},"position":{"description":"Which part stays when cover cuts: the middle, where people look first, or where most detail is. Animations are cut in the middle.","enum":["centre","attention","entropy"],"default":"centre"},"background":{"description":"Behind transparency and around contain; absent: nothing where the format can, else white.","type":"string","pattern":"^#[0-9a-f]{6}$"},"effort":{"description":"CPU spent on fewer bytes; formats that know less take their most.","type":"integer","minimum":0,"maximum":9,"default":2},"lossless":{"description":"webp and avif without loss; quality then matters little.","type":"boolean","default":false},"sharpen":{"description":"Gently, after the picture was shrunk.","type":"boolean","default":false},"animated":{"description":"Keep the motion of an animation where the format can (webp); else the page asked for is shown.","type":"boolean","default":false},"copyright":{"description":"Carry the source's EXIF copyright and artist over; everything else of EXIF is left behind.","type":"boolean","default":false},"page":{"$ref":"#/$defs/page"},"timeSeconds":{"$ref":"#/$defs/timeSeconds"}}};
const pattern9 = new RegExp("^#[0-9a-f]{6}$", "u");

function validate23(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate23.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((((data.name === undefined) && (missing0 = "name")) || ((data.width === undefined) && (missing0 = "width"))) || ((data.height === undefined) && (missing0 = "height"))){
validate23.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0},message:"must have required property '"+missing0+"'",schema:schema35.required,parentSchema:schema35,data}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!(func1.call(schema35.properties, key0))){
validate23.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema35,data}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.name !== undefined){
let data0 = data.name;
const _errs2 = errors;
if(errors === _errs2){
if(typeof data0 === "string"){
if(!pattern6.test(data0)){
validate23.errors = [{instancePath:instancePath+"/name",schemaPath:"#/properties/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"},message:"must match pattern \""+"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"+"\"",schema:"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$",parentSchema:schema35.properties.name,data:data0}];
return false;
}
}
else {
validate23.errors = [{instancePath:instancePath+"/name",schemaPath:"#/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema35.properties.name.type,parentSchema:schema35.properties.name,data:data0}];
return false;
}
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.width !== undefined){
let data1 = data.width;
const _errs4 = errors;
if(!(((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1))) && (isFinite(data1)))){
validate23.errors = [{instancePath:instancePath+"/width",schemaPath:"#/properties/width/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema35.properties.width.type,parentSchema:schema35.properties.width,data:data1}];
return false;
}
if(errors === _errs4){
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 > 16384 || isNaN(data1)){
validate23.errors = [{instancePath:instancePath+"/width",schemaPath:"#/properties/width/maximum",keyword:"maximum",params:{comparison: "<=", limit: 16384},message:"must be <= 16384",schema:16384,parentSchema:schema35.properties.width,data:data1}];
return false;
}
else {
if(data1 < 1 || isNaN(data1)){
validate23.errors = [{instancePath:instancePath+"/width",schemaPath:"#/properties/width/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema35.properties.width,data:data1}];
return false;
}
}
}
}
var valid0 = _errs4 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.height !== undefined){
let data2 = data.height;
const _errs6 = errors;
if(!(((typeof data2 == "number") && (!(data2 % 1) && !isNaN(data2))) && (isFinite(data2)))){
validate23.errors = [{instancePath:instancePath+"/height",schemaPath:"#/properties/height/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema35.properties.height.type,parentSchema:schema35.properties.height,data:data2}];
return false;
}
if(errors === _errs6){
if((typeof data2 == "number") && (isFinite(data2))){
if(data2 > 16384 || isNaN(data2)){
validate23.errors = [{instancePath:instancePath+"/height",schemaPath:"#/properties/height/maximum",keyword:"maximum",params:{comparison: "<=", limit: 16384},message:"must be <= 16384",schema:16384,parentSchema:schema35.properties.height,data:data2}];
return false;
}
else {
if(data2 < 1 || isNaN(data2)){
validate23.errors = [{instancePath:instancePath+"/height",schemaPath:"#/properties/height/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema35.properties.height,data:data2}];
return false;
}
}
}
}
var valid0 = _errs6 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.fit !== undefined){
let data3 = data.fit;
const _errs8 = errors;
if(!((((data3 === "cover") || (data3 === "contain")) || (data3 === "inside")) || (data3 === "fill"))){
validate23.errors = [{instancePath:instancePath+"/fit",schemaPath:"#/properties/fit/enum",keyword:"enum",params:{allowedValues: schema35.properties.fit.enum},message:"must be equal to one of the allowed values",schema:schema35.properties.fit.enum,parentSchema:schema35.properties.fit,data:data3}];
return false;
}
var valid0 = _errs8 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.format !== undefined){
let data4 = data.format;
const _errs9 = errors;
if(!((((data4 === "jpeg") || (data4 === "png")) || (data4 === "webp")) || (data4 === "avif"))){
validate23.errors = [{instancePath:instancePath+"/format",schemaPath:"#/properties/format/enum",keyword:"enum",params:{allowedValues: schema35.properties.format.enum},message:"must be equal to one of the allowed values",schema:schema35.properties.format.enum,parentSchema:schema35.properties.format,data:data4}];
return false;
}
var valid0 = _errs9 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.quality !== undefined){
let data5 = data.quality;
const _errs10 = errors;
if(!(((typeof data5 == "number") && (!(data5 % 1) && !isNaN(data5))) && (isFinite(data5)))){
validate23.errors = [{instancePath:instancePath+"/quality",schemaPath:"#/properties/quality/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema35.properties.quality.type,parentSchema:schema35.properties.quality,data:data5}];
return false;
}
if(errors === _errs10){
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 > 100 || isNaN(data5)){
validate23.errors = [{instancePath:instancePath+"/quality",schemaPath:"#/properties/quality/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100},message:"must be <= 100",schema:100,parentSchema:schema35.properties.quality,data:data5}];
return false;
}
else {
if(data5 < 1 || isNaN(data5)){
validate23.errors = [{instancePath:instancePath+"/quality",schemaPath:"#/properties/quality/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema35.properties.quality,data:data5}];
return false;
}
}
}
}
var valid0 = _errs10 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.position !== undefined){
let data6 = data.position;
const _errs12 = errors;
if(!(((data6 === "centre") || (data6 === "attention")) || (data6 === "entropy"))){
validate23.errors = [{instancePath:instancePath+"/position",schemaPath:"#/properties/position/enum",keyword:"enum",params:{allowedValues: schema35.properties.position.enum},message:"must be equal to one of the allowed values",schema:schema35.properties.position.enum,parentSchema:schema35.properties.position,data:data6}];
return false;
}
var valid0 = _errs12 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.background !== undefined){
let data7 = data.background;
const _errs13 = errors;
if(errors === _errs13){
if(typeof data7 === "string"){
if(!pattern9.test(data7)){
validate23.errors = [{instancePath:instancePath+"/background",schemaPath:"#/properties/background/pattern",keyword:"pattern",params:{pattern: "^#[0-9a-f]{6}$"},message:"must match pattern \""+"^#[0-9a-f]{6}$"+"\"",schema:"^#[0-9a-f]{6}$",parentSchema:schema35.properties.background,data:data7}];
return false;
}
}
else {
validate23.errors = [{instancePath:instancePath+"/background",schemaPath:"#/properties/background/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema35.properties.background.type,parentSchema:schema35.properties.background,data:data7}];
return false;
}
}
var valid0 = _errs13 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.effort !== undefined){
let data8 = data.effort;
const _errs15 = errors;
if(!(((typeof data8 == "number") && (!(data8 % 1) && !isNaN(data8))) && (isFinite(data8)))){
validate23.errors = [{instancePath:instancePath+"/effort",schemaPath:"#/properties/effort/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema35.properties.effort.type,parentSchema:schema35.properties.effort,data:data8}];
return false;
}
if(errors === _errs15){
if((typeof data8 == "number") && (isFinite(data8))){
if(data8 > 9 || isNaN(data8)){
validate23.errors = [{instancePath:instancePath+"/effort",schemaPath:"#/properties/effort/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9},message:"must be <= 9",schema:9,parentSchema:schema35.properties.effort,data:data8}];
return false;
}
else {
if(data8 < 0 || isNaN(data8)){
validate23.errors = [{instancePath:instancePath+"/effort",schemaPath:"#/properties/effort/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema35.properties.effort,data:data8}];
return false;
}
}
}
}
var valid0 = _errs15 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.lossless !== undefined){
let data9 = data.lossless;
const _errs17 = errors;
if(typeof data9 !== "boolean"){
validate23.errors = [{instancePath:instancePath+"/lossless",schemaPath:"#/properties/lossless/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema35.properties.lossless.type,parentSchema:schema35.properties.lossless,data:data9}];
return false;
}
var valid0 = _errs17 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.sharpen !== undefined){
let data10 = data.sharpen;
const _errs19 = errors;
if(typeof data10 !== "boolean"){
validate23.errors = [{instancePath:instancePath+"/sharpen",schemaPath:"#/properties/sharpen/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema35.properties.sharpen.type,parentSchema:schema35.properties.sharpen,data:data10}];
return false;
}
var valid0 = _errs19 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.animated !== undefined){
let data11 = data.animated;
const _errs21 = errors;
if(typeof data11 !== "boolean"){
validate23.errors = [{instancePath:instancePath+"/animated",schemaPath:"#/properties/animated/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema35.properties.animated.type,parentSchema:schema35.properties.animated,data:data11}];
return false;
}
var valid0 = _errs21 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.copyright !== undefined){
let data12 = data.copyright;
const _errs23 = errors;
if(typeof data12 !== "boolean"){
validate23.errors = [{instancePath:instancePath+"/copyright",schemaPath:"#/properties/copyright/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema35.properties.copyright.type,parentSchema:schema35.properties.copyright,data:data12}];
return false;
}
var valid0 = _errs23 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.page !== undefined){
let data13 = data.page;
const _errs25 = errors;
const _errs26 = errors;
if(!(((typeof data13 == "number") && (!(data13 % 1) && !isNaN(data13))) && (isFinite(data13)))){
validate23.errors = [{instancePath:instancePath+"/page",schemaPath:"#/$defs/page/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema33.type,parentSchema:schema33,data:data13}];
return false;
}
if(errors === _errs26){
if((typeof data13 == "number") && (isFinite(data13))){
if(data13 > 10000 || isNaN(data13)){
validate23.errors = [{instancePath:instancePath+"/page",schemaPath:"#/$defs/page/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10000},message:"must be <= 10000",schema:10000,parentSchema:schema33,data:data13}];
return false;
}
else {
if(data13 < 1 || isNaN(data13)){
validate23.errors = [{instancePath:instancePath+"/page",schemaPath:"#/$defs/page/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema33,data:data13}];
return false;
}
}
}
}
var valid0 = _errs25 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.timeSeconds !== undefined){
let data14 = data.timeSeconds;
const _errs28 = errors;
const _errs29 = errors;
if(errors === _errs29){
if((typeof data14 == "number") && (isFinite(data14))){
if(data14 > 86400 || isNaN(data14)){
validate23.errors = [{instancePath:instancePath+"/timeSeconds",schemaPath:"#/$defs/timeSeconds/maximum",keyword:"maximum",params:{comparison: "<=", limit: 86400},message:"must be <= 86400",schema:86400,parentSchema:schema34,data:data14}];
return false;
}
else {
if(data14 < 0 || isNaN(data14)){
validate23.errors = [{instancePath:instancePath+"/timeSeconds",schemaPath:"#/$defs/timeSeconds/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema34,data:data14}];
return false;
}
}
}
else {
validate23.errors = [{instancePath:instancePath+"/timeSeconds",schemaPath:"#/$defs/timeSeconds/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema34.type,parentSchema:schema34,data:data14}];
return false;
}
}
var valid0 = _errs28 === errors;
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
}
}
}
}
}
}
}
}
else {
validate23.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema35.type,parentSchema:schema35,data}];
return false;
}
}
validate23.errors = vErrors;
return errors === 0;
}
validate23.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};


function validate20(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
/*# sourceURL="https://previews.mobius.dev/schemas/preview-job.schema.json" */;
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
if((((data.version === undefined) && (missing0 = "version")) || ((data.source === undefined) && (missing0 = "source"))) || ((data.outputs === undefined) && (missing0 = "outputs"))){
validate20.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0},message:"must have required property '"+missing0+"'",schema:schema31.required,parentSchema:schema31,data}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!(func1.call(schema31.properties, key0))){
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
if(data.source !== undefined){
let data1 = data.source;
const _errs3 = errors;
if(errors === _errs3){
if(data1 && typeof data1 == "object" && !Array.isArray(data1)){
let missing1;
if((data1.uri === undefined) && (missing1 = "uri")){
validate20.errors = [{instancePath:instancePath+"/source",schemaPath:"#/properties/source/required",keyword:"required",params:{missingProperty: missing1},message:"must have required property '"+missing1+"'",schema:schema31.properties.source.required,parentSchema:schema31.properties.source,data:data1}];
return false;
}
else {
const _errs5 = errors;
for(const key1 in data1){
if(!(((((key1 === "uri") || (key1 === "sha256")) || (key1 === "etag")) || (key1 === "versionId")) || (key1 === "mediaType"))){
validate20.errors = [{instancePath:instancePath+"/source",schemaPath:"#/properties/source/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.source,data:data1}];
return false;
break;
}
}
if(_errs5 === errors){
if(data1.uri !== undefined){
let data2 = data1.uri;
const _errs6 = errors;
if(errors === _errs6){
if(typeof data2 === "string"){
if(func2(data2) > 4096){
validate20.errors = [{instancePath:instancePath+"/source/uri",schemaPath:"#/properties/source/properties/uri/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters",schema:4096,parentSchema:schema31.properties.source.properties.uri,data:data2}];
return false;
}
else {
if(!pattern4.test(data2)){
validate20.errors = [{instancePath:instancePath+"/source/uri",schemaPath:"#/properties/source/properties/uri/pattern",keyword:"pattern",params:{pattern: "^(file:///|s3://[^/]|https?://[^/])"},message:"must match pattern \""+"^(file:///|s3://[^/]|https?://[^/])"+"\"",schema:"^(file:///|s3://[^/]|https?://[^/])",parentSchema:schema31.properties.source.properties.uri,data:data2}];
return false;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/source/uri",schemaPath:"#/properties/source/properties/uri/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.source.properties.uri.type,parentSchema:schema31.properties.source.properties.uri,data:data2}];
return false;
}
}
var valid1 = _errs6 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data1.sha256 !== undefined){
let data3 = data1.sha256;
const _errs8 = errors;
if(errors === _errs8){
if(typeof data3 === "string"){
if(!pattern5.test(data3)){
validate20.errors = [{instancePath:instancePath+"/source/sha256",schemaPath:"#/properties/source/properties/sha256/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{64}$"},message:"must match pattern \""+"^[0-9a-f]{64}$"+"\"",schema:"^[0-9a-f]{64}$",parentSchema:schema31.properties.source.properties.sha256,data:data3}];
return false;
}
}
else {
validate20.errors = [{instancePath:instancePath+"/source/sha256",schemaPath:"#/properties/source/properties/sha256/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.source.properties.sha256.type,parentSchema:schema31.properties.source.properties.sha256,data:data3}];
return false;
}
}
var valid1 = _errs8 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data1.etag !== undefined){
let data4 = data1.etag;
const _errs10 = errors;
if(errors === _errs10){
if(typeof data4 === "string"){
if(func2(data4) > 256){
validate20.errors = [{instancePath:instancePath+"/source/etag",schemaPath:"#/properties/source/properties/etag/maxLength",keyword:"maxLength",params:{limit: 256},message:"must NOT have more than 256 characters",schema:256,parentSchema:schema31.properties.source.properties.etag,data:data4}];
return false;
}
else {
if(func2(data4) < 1){
validate20.errors = [{instancePath:instancePath+"/source/etag",schemaPath:"#/properties/source/properties/etag/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema31.properties.source.properties.etag,data:data4}];
return false;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/source/etag",schemaPath:"#/properties/source/properties/etag/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.source.properties.etag.type,parentSchema:schema31.properties.source.properties.etag,data:data4}];
return false;
}
}
var valid1 = _errs10 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data1.versionId !== undefined){
let data5 = data1.versionId;
const _errs12 = errors;
if(errors === _errs12){
if(typeof data5 === "string"){
if(func2(data5) > 1024){
validate20.errors = [{instancePath:instancePath+"/source/versionId",schemaPath:"#/properties/source/properties/versionId/maxLength",keyword:"maxLength",params:{limit: 1024},message:"must NOT have more than 1024 characters",schema:1024,parentSchema:schema31.properties.source.properties.versionId,data:data5}];
return false;
}
else {
if(func2(data5) < 1){
validate20.errors = [{instancePath:instancePath+"/source/versionId",schemaPath:"#/properties/source/properties/versionId/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema31.properties.source.properties.versionId,data:data5}];
return false;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/source/versionId",schemaPath:"#/properties/source/properties/versionId/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.source.properties.versionId.type,parentSchema:schema31.properties.source.properties.versionId,data:data5}];
return false;
}
}
var valid1 = _errs12 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data1.mediaType !== undefined){
let data6 = data1.mediaType;
const _errs14 = errors;
if(errors === _errs14){
if(typeof data6 === "string"){
if(func2(data6) > 127){
validate20.errors = [{instancePath:instancePath+"/source/mediaType",schemaPath:"#/properties/source/properties/mediaType/maxLength",keyword:"maxLength",params:{limit: 127},message:"must NOT have more than 127 characters",schema:127,parentSchema:schema31.properties.source.properties.mediaType,data:data6}];
return false;
}
else {
if(func2(data6) < 1){
validate20.errors = [{instancePath:instancePath+"/source/mediaType",schemaPath:"#/properties/source/properties/mediaType/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema31.properties.source.properties.mediaType,data:data6}];
return false;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/source/mediaType",schemaPath:"#/properties/source/properties/mediaType/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.source.properties.mediaType.type,parentSchema:schema31.properties.source.properties.mediaType,data:data6}];
return false;
}
}
var valid1 = _errs14 === errors;
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
else {
validate20.errors = [{instancePath:instancePath+"/source",schemaPath:"#/properties/source/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.source.type,parentSchema:schema31.properties.source,data:data1}];
return false;
}
}
var valid0 = _errs3 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.outputs !== undefined){
let data7 = data.outputs;
const _errs16 = errors;
if(errors === _errs16){
if(Array.isArray(data7)){
if(data7.length > 32){
validate20.errors = [{instancePath:instancePath+"/outputs",schemaPath:"#/properties/outputs/maxItems",keyword:"maxItems",params:{limit: 32},message:"must NOT have more than 32 items",schema:32,parentSchema:schema31.properties.outputs,data:data7}];
return false;
}
else {
if(data7.length < 1){
validate20.errors = [{instancePath:instancePath+"/outputs",schemaPath:"#/properties/outputs/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema31.properties.outputs,data:data7}];
return false;
}
else {
var valid2 = true;
const len0 = data7.length;
for(let i0=0; i0<len0; i0++){
let data8 = data7[i0];
const _errs18 = errors;
const _errs19 = errors;
let valid3 = false;
const _errs20 = errors;
if(!(validate21(data8, {instancePath:instancePath+"/outputs/" + i0,parentData:data7,parentDataProperty:i0,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate21.errors : vErrors.concat(validate21.errors);
errors = vErrors.length;
}
var _valid0 = _errs20 === errors;
valid3 = valid3 || _valid0;
if(_valid0){
var props0 = true;
}
const _errs21 = errors;
if(!(validate23(data8, {instancePath:instancePath+"/outputs/" + i0,parentData:data7,parentDataProperty:i0,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate23.errors : vErrors.concat(validate23.errors);
errors = vErrors.length;
}
var _valid0 = _errs21 === errors;
valid3 = valid3 || _valid0;
if(_valid0){
if(props0 !== true){
props0 = true;
}
}
if(!valid3){
const err0 = {instancePath:instancePath+"/outputs/" + i0,schemaPath:"#/properties/outputs/items/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf",schema:schema31.properties.outputs.items.anyOf,parentSchema:schema31.properties.outputs.items,data:data8};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
validate20.errors = vErrors;
return false;
}
else {
errors = _errs19;
if(vErrors !== null){
if(_errs19){
vErrors.length = _errs19;
}
else {
vErrors = null;
}
}
}
var valid2 = _errs18 === errors;
if(!valid2){
break;
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/outputs",schemaPath:"#/properties/outputs/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema31.properties.outputs.type,parentSchema:schema31.properties.outputs,data:data7}];
return false;
}
}
var valid0 = _errs16 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.destination !== undefined){
let data9 = data.destination;
const _errs22 = errors;
if(errors === _errs22){
if(data9 && typeof data9 == "object" && !Array.isArray(data9)){
let missing2;
if((data9.uri === undefined) && (missing2 = "uri")){
validate20.errors = [{instancePath:instancePath+"/destination",schemaPath:"#/properties/destination/required",keyword:"required",params:{missingProperty: missing2},message:"must have required property '"+missing2+"'",schema:schema31.properties.destination.required,parentSchema:schema31.properties.destination,data:data9}];
return false;
}
else {
const _errs24 = errors;
for(const key2 in data9){
if(!(key2 === "uri")){
validate20.errors = [{instancePath:instancePath+"/destination",schemaPath:"#/properties/destination/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.destination,data:data9}];
return false;
break;
}
}
if(_errs24 === errors){
if(data9.uri !== undefined){
let data10 = data9.uri;
const _errs25 = errors;
if(errors === _errs25){
if(typeof data10 === "string"){
if(func2(data10) > 4096){
validate20.errors = [{instancePath:instancePath+"/destination/uri",schemaPath:"#/properties/destination/properties/uri/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters",schema:4096,parentSchema:schema31.properties.destination.properties.uri,data:data10}];
return false;
}
else {
if(!pattern10.test(data10)){
validate20.errors = [{instancePath:instancePath+"/destination/uri",schemaPath:"#/properties/destination/properties/uri/pattern",keyword:"pattern",params:{pattern: "^(file:///|s3://[^/])"},message:"must match pattern \""+"^(file:///|s3://[^/])"+"\"",schema:"^(file:///|s3://[^/])",parentSchema:schema31.properties.destination.properties.uri,data:data10}];
return false;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/destination/uri",schemaPath:"#/properties/destination/properties/uri/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.destination.properties.uri.type,parentSchema:schema31.properties.destination.properties.uri,data:data10}];
return false;
}
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/destination",schemaPath:"#/properties/destination/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.destination.type,parentSchema:schema31.properties.destination,data:data9}];
return false;
}
}
var valid0 = _errs22 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.placeholder !== undefined){
let data11 = data.placeholder;
const _errs27 = errors;
if(errors === _errs27){
if(Array.isArray(data11)){
if(data11.length > 2){
validate20.errors = [{instancePath:instancePath+"/placeholder",schemaPath:"#/properties/placeholder/maxItems",keyword:"maxItems",params:{limit: 2},message:"must NOT have more than 2 items",schema:2,parentSchema:schema31.properties.placeholder,data:data11}];
return false;
}
else {
var valid5 = true;
const len1 = data11.length;
for(let i1=0; i1<len1; i1++){
let data12 = data11[i1];
const _errs29 = errors;
if(!((data12 === "thumbhash") || (data12 === "blurhash"))){
validate20.errors = [{instancePath:instancePath+"/placeholder/" + i1,schemaPath:"#/properties/placeholder/items/enum",keyword:"enum",params:{allowedValues: schema31.properties.placeholder.items.enum},message:"must be equal to one of the allowed values",schema:schema31.properties.placeholder.items.enum,parentSchema:schema31.properties.placeholder.items,data:data12}];
return false;
}
var valid5 = _errs29 === errors;
if(!valid5){
break;
}
}
if(valid5){
let i2 = data11.length;
let j0;
if(i2 > 1){
outer0:
for(;i2--;){
for(j0 = i2; j0--;){
if(func0(data11[i2], data11[j0])){
validate20.errors = [{instancePath:instancePath+"/placeholder",schemaPath:"#/properties/placeholder/uniqueItems",keyword:"uniqueItems",params:{i: i2, j: j0},message:"must NOT have duplicate items (items ## "+j0+" and "+i2+" are identical)",schema:true,parentSchema:schema31.properties.placeholder,data:data11}];
return false;
break outer0;
}
}
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/placeholder",schemaPath:"#/properties/placeholder/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema31.properties.placeholder.type,parentSchema:schema31.properties.placeholder,data:data11}];
return false;
}
}
var valid0 = _errs27 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.limits !== undefined){
let data13 = data.limits;
const _errs30 = errors;
if(errors === _errs30){
if(data13 && typeof data13 == "object" && !Array.isArray(data13)){
const _errs32 = errors;
for(const key3 in data13){
if(!(((((((key3 === "timeoutSeconds") || (key3 === "memoryBytes")) || (key3 === "sourceBytes")) || (key3 === "pixels")) || (key3 === "pages")) || (key3 === "frames")) || (key3 === "outputBytes"))){
validate20.errors = [{instancePath:instancePath+"/limits",schemaPath:"#/properties/limits/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.limits,data:data13}];
return false;
break;
}
}
if(_errs32 === errors){
if(data13.timeoutSeconds !== undefined){
let data14 = data13.timeoutSeconds;
const _errs33 = errors;
if(!(((typeof data14 == "number") && (!(data14 % 1) && !isNaN(data14))) && (isFinite(data14)))){
validate20.errors = [{instancePath:instancePath+"/limits/timeoutSeconds",schemaPath:"#/properties/limits/properties/timeoutSeconds/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.limits.properties.timeoutSeconds.type,parentSchema:schema31.properties.limits.properties.timeoutSeconds,data:data14}];
return false;
}
if(errors === _errs33){
if((typeof data14 == "number") && (isFinite(data14))){
if(data14 > 9007199254740991 || isNaN(data14)){
validate20.errors = [{instancePath:instancePath+"/limits/timeoutSeconds",schemaPath:"#/properties/limits/properties/timeoutSeconds/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991},message:"must be <= 9007199254740991",schema:9007199254740991,parentSchema:schema31.properties.limits.properties.timeoutSeconds,data:data14}];
return false;
}
else {
if(data14 < 1 || isNaN(data14)){
validate20.errors = [{instancePath:instancePath+"/limits/timeoutSeconds",schemaPath:"#/properties/limits/properties/timeoutSeconds/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.limits.properties.timeoutSeconds,data:data14}];
return false;
}
}
}
}
var valid7 = _errs33 === errors;
}
else {
var valid7 = true;
}
if(valid7){
if(data13.memoryBytes !== undefined){
let data15 = data13.memoryBytes;
const _errs35 = errors;
if(!(((typeof data15 == "number") && (!(data15 % 1) && !isNaN(data15))) && (isFinite(data15)))){
validate20.errors = [{instancePath:instancePath+"/limits/memoryBytes",schemaPath:"#/properties/limits/properties/memoryBytes/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.limits.properties.memoryBytes.type,parentSchema:schema31.properties.limits.properties.memoryBytes,data:data15}];
return false;
}
if(errors === _errs35){
if((typeof data15 == "number") && (isFinite(data15))){
if(data15 > 9007199254740991 || isNaN(data15)){
validate20.errors = [{instancePath:instancePath+"/limits/memoryBytes",schemaPath:"#/properties/limits/properties/memoryBytes/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991},message:"must be <= 9007199254740991",schema:9007199254740991,parentSchema:schema31.properties.limits.properties.memoryBytes,data:data15}];
return false;
}
else {
if(data15 < 1 || isNaN(data15)){
validate20.errors = [{instancePath:instancePath+"/limits/memoryBytes",schemaPath:"#/properties/limits/properties/memoryBytes/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.limits.properties.memoryBytes,data:data15}];
return false;
}
}
}
}
var valid7 = _errs35 === errors;
}
else {
var valid7 = true;
}
if(valid7){
if(data13.sourceBytes !== undefined){
let data16 = data13.sourceBytes;
const _errs37 = errors;
if(!(((typeof data16 == "number") && (!(data16 % 1) && !isNaN(data16))) && (isFinite(data16)))){
validate20.errors = [{instancePath:instancePath+"/limits/sourceBytes",schemaPath:"#/properties/limits/properties/sourceBytes/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.limits.properties.sourceBytes.type,parentSchema:schema31.properties.limits.properties.sourceBytes,data:data16}];
return false;
}
if(errors === _errs37){
if((typeof data16 == "number") && (isFinite(data16))){
if(data16 > 9007199254740991 || isNaN(data16)){
validate20.errors = [{instancePath:instancePath+"/limits/sourceBytes",schemaPath:"#/properties/limits/properties/sourceBytes/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991},message:"must be <= 9007199254740991",schema:9007199254740991,parentSchema:schema31.properties.limits.properties.sourceBytes,data:data16}];
return false;
}
else {
if(data16 < 1 || isNaN(data16)){
validate20.errors = [{instancePath:instancePath+"/limits/sourceBytes",schemaPath:"#/properties/limits/properties/sourceBytes/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.limits.properties.sourceBytes,data:data16}];
return false;
}
}
}
}
var valid7 = _errs37 === errors;
}
else {
var valid7 = true;
}
if(valid7){
if(data13.pixels !== undefined){
let data17 = data13.pixels;
const _errs39 = errors;
if(!(((typeof data17 == "number") && (!(data17 % 1) && !isNaN(data17))) && (isFinite(data17)))){
validate20.errors = [{instancePath:instancePath+"/limits/pixels",schemaPath:"#/properties/limits/properties/pixels/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.limits.properties.pixels.type,parentSchema:schema31.properties.limits.properties.pixels,data:data17}];
return false;
}
if(errors === _errs39){
if((typeof data17 == "number") && (isFinite(data17))){
if(data17 > 9007199254740991 || isNaN(data17)){
validate20.errors = [{instancePath:instancePath+"/limits/pixels",schemaPath:"#/properties/limits/properties/pixels/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991},message:"must be <= 9007199254740991",schema:9007199254740991,parentSchema:schema31.properties.limits.properties.pixels,data:data17}];
return false;
}
else {
if(data17 < 1 || isNaN(data17)){
validate20.errors = [{instancePath:instancePath+"/limits/pixels",schemaPath:"#/properties/limits/properties/pixels/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.limits.properties.pixels,data:data17}];
return false;
}
}
}
}
var valid7 = _errs39 === errors;
}
else {
var valid7 = true;
}
if(valid7){
if(data13.pages !== undefined){
let data18 = data13.pages;
const _errs41 = errors;
if(!(((typeof data18 == "number") && (!(data18 % 1) && !isNaN(data18))) && (isFinite(data18)))){
validate20.errors = [{instancePath:instancePath+"/limits/pages",schemaPath:"#/properties/limits/properties/pages/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.limits.properties.pages.type,parentSchema:schema31.properties.limits.properties.pages,data:data18}];
return false;
}
if(errors === _errs41){
if((typeof data18 == "number") && (isFinite(data18))){
if(data18 > 9007199254740991 || isNaN(data18)){
validate20.errors = [{instancePath:instancePath+"/limits/pages",schemaPath:"#/properties/limits/properties/pages/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991},message:"must be <= 9007199254740991",schema:9007199254740991,parentSchema:schema31.properties.limits.properties.pages,data:data18}];
return false;
}
else {
if(data18 < 1 || isNaN(data18)){
validate20.errors = [{instancePath:instancePath+"/limits/pages",schemaPath:"#/properties/limits/properties/pages/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.limits.properties.pages,data:data18}];
return false;
}
}
}
}
var valid7 = _errs41 === errors;
}
else {
var valid7 = true;
}
if(valid7){
if(data13.frames !== undefined){
let data19 = data13.frames;
const _errs43 = errors;
if(!(((typeof data19 == "number") && (!(data19 % 1) && !isNaN(data19))) && (isFinite(data19)))){
validate20.errors = [{instancePath:instancePath+"/limits/frames",schemaPath:"#/properties/limits/properties/frames/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.limits.properties.frames.type,parentSchema:schema31.properties.limits.properties.frames,data:data19}];
return false;
}
if(errors === _errs43){
if((typeof data19 == "number") && (isFinite(data19))){
if(data19 > 9007199254740991 || isNaN(data19)){
validate20.errors = [{instancePath:instancePath+"/limits/frames",schemaPath:"#/properties/limits/properties/frames/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991},message:"must be <= 9007199254740991",schema:9007199254740991,parentSchema:schema31.properties.limits.properties.frames,data:data19}];
return false;
}
else {
if(data19 < 1 || isNaN(data19)){
validate20.errors = [{instancePath:instancePath+"/limits/frames",schemaPath:"#/properties/limits/properties/frames/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.limits.properties.frames,data:data19}];
return false;
}
}
}
}
var valid7 = _errs43 === errors;
}
else {
var valid7 = true;
}
if(valid7){
if(data13.outputBytes !== undefined){
let data20 = data13.outputBytes;
const _errs45 = errors;
if(!(((typeof data20 == "number") && (!(data20 % 1) && !isNaN(data20))) && (isFinite(data20)))){
validate20.errors = [{instancePath:instancePath+"/limits/outputBytes",schemaPath:"#/properties/limits/properties/outputBytes/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.limits.properties.outputBytes.type,parentSchema:schema31.properties.limits.properties.outputBytes,data:data20}];
return false;
}
if(errors === _errs45){
if((typeof data20 == "number") && (isFinite(data20))){
if(data20 > 9007199254740991 || isNaN(data20)){
validate20.errors = [{instancePath:instancePath+"/limits/outputBytes",schemaPath:"#/properties/limits/properties/outputBytes/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991},message:"must be <= 9007199254740991",schema:9007199254740991,parentSchema:schema31.properties.limits.properties.outputBytes,data:data20}];
return false;
}
else {
if(data20 < 1 || isNaN(data20)){
validate20.errors = [{instancePath:instancePath+"/limits/outputBytes",schemaPath:"#/properties/limits/properties/outputBytes/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.limits.properties.outputBytes,data:data20}];
return false;
}
}
}
}
var valid7 = _errs45 === errors;
}
else {
var valid7 = true;
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
validate20.errors = [{instancePath:instancePath+"/limits",schemaPath:"#/properties/limits/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.limits.type,parentSchema:schema31.properties.limits,data:data13}];
return false;
}
}
var valid0 = _errs30 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.dryRun !== undefined){
let data21 = data.dryRun;
const _errs47 = errors;
if(typeof data21 !== "boolean"){
validate20.errors = [{instancePath:instancePath+"/dryRun",schemaPath:"#/properties/dryRun/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema31.properties.dryRun.type,parentSchema:schema31.properties.dryRun,data:data21}];
return false;
}
var valid0 = _errs47 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.force !== undefined){
let data22 = data.force;
const _errs49 = errors;
if(typeof data22 !== "boolean"){
validate20.errors = [{instancePath:instancePath+"/force",schemaPath:"#/properties/force/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema31.properties.force.type,parentSchema:schema31.properties.force,data:data22}];
return false;
}
var valid0 = _errs49 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.tenant !== undefined){
let data23 = data.tenant;
const _errs51 = errors;
if(errors === _errs51){
if(typeof data23 === "string"){
if(!pattern11.test(data23)){
validate20.errors = [{instancePath:instancePath+"/tenant",schemaPath:"#/properties/tenant/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$"},message:"must match pattern \""+"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$"+"\"",schema:"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$",parentSchema:schema31.properties.tenant,data:data23}];
return false;
}
}
else {
validate20.errors = [{instancePath:instancePath+"/tenant",schemaPath:"#/properties/tenant/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.tenant.type,parentSchema:schema31.properties.tenant,data:data23}];
return false;
}
}
var valid0 = _errs51 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.metadata !== undefined){
let data24 = data.metadata;
const _errs53 = errors;
if(errors === _errs53){
if(data24 && typeof data24 == "object" && !Array.isArray(data24)){
if(Object.keys(data24).length > 16){
validate20.errors = [{instancePath:instancePath+"/metadata",schemaPath:"#/properties/metadata/maxProperties",keyword:"maxProperties",params:{limit: 16},message:"must NOT have more than 16 properties",schema:16,parentSchema:schema31.properties.metadata,data:data24}];
return false;
}
else {
for(const key4 in data24){
const _errs55 = errors;
if(errors === _errs55){
if(typeof key4 === "string"){
if(func2(key4) > 64){
const err1 = {instancePath:instancePath+"/metadata",schemaPath:"#/properties/metadata/propertyNames/maxLength",keyword:"maxLength",params:{limit: 64},message:"must NOT have more than 64 characters",schema:64,parentSchema:schema31.properties.metadata.propertyNames,data:key4,propertyName:key4};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
else {
if(func2(key4) < 1){
const err2 = {instancePath:instancePath+"/metadata",schemaPath:"#/properties/metadata/propertyNames/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema31.properties.metadata.propertyNames,data:key4,propertyName:key4};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
}
else {
const err3 = {instancePath:instancePath+"/metadata",schemaPath:"#/properties/metadata/propertyNames/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.metadata.propertyNames.type,parentSchema:schema31.properties.metadata.propertyNames,data:key4,propertyName:key4};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
var valid8 = _errs55 === errors;
if(!valid8){
const err4 = {instancePath:instancePath+"/metadata",schemaPath:"#/properties/metadata/propertyNames",keyword:"propertyNames",params:{propertyName: key4},message:"property name must be valid",schema:schema31.properties.metadata.propertyNames,parentSchema:schema31.properties.metadata,data:data24};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
validate20.errors = vErrors;
return false;
break;
}
}
if(valid8){
for(const key5 in data24){
let data25 = data24[key5];
const _errs58 = errors;
if(errors === _errs58){
if(typeof data25 === "string"){
if(func2(data25) > 256){
validate20.errors = [{instancePath:instancePath+"/metadata/" + key5.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/metadata/additionalProperties/maxLength",keyword:"maxLength",params:{limit: 256},message:"must NOT have more than 256 characters",schema:256,parentSchema:schema31.properties.metadata.additionalProperties,data:data25}];
return false;
}
}
else {
validate20.errors = [{instancePath:instancePath+"/metadata/" + key5.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/metadata/additionalProperties/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.metadata.additionalProperties.type,parentSchema:schema31.properties.metadata.additionalProperties,data:data25}];
return false;
}
}
var valid9 = _errs58 === errors;
if(!valid9){
break;
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/metadata",schemaPath:"#/properties/metadata/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.metadata.type,parentSchema:schema31.properties.metadata,data:data24}];
return false;
}
}
var valid0 = _errs53 === errors;
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
