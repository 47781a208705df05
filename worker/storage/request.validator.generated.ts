// Generated from schemas/preview-request.schema.json by `npm run generate`. Do not edit.
// @ts-nocheck
import func2Module from 'ajv/dist/runtime/ucs2length.js';
export const validate = validate20;

const schema31 = {"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"https://previews.mobius.dev/schemas/preview-request.schema.json","title":"PreviewRequest","description":"requests/<requestKey>.json in the sink: leads from what a producer asked for to the manifest, also after the queue has dropped the job.","type":"object","additionalProperties":false,"required":["version","manifest","recipe","renderer","sourceSha256","job","answeredAt"],"properties":{"version":{"const":1},"manifest":{"description":"Name of the manifest below the sink.","type":"string","minLength":1,"maxLength":2048},"recipe":{"description":"SHA-256 of the outputs with presets and defaults resolved: a changed preset is no hit.","type":"string","pattern":"^[0-9a-f]{64}$"},"renderer":{"description":"name@version.","type":"string","minLength":1,"maxLength":257},"sourceSha256":{"type":"string","pattern":"^[0-9a-f]{64}$"},"sourceEtag":{"description":"As the job pinned it and the source proved it.","type":"string","maxLength":256},"sourceVersionId":{"description":"As sourceEtag.","type":"string","maxLength":1024},"job":{"description":"The payload without force: what renders it again when the renderer has changed.","type":"object"},"metadata":{"type":"object","additionalProperties":{"type":"string","maxLength":256}},"answeredAt":{"description":"RFC 3339, UTC.","type":"string","maxLength":32}}};
const func1 = Object.prototype.hasOwnProperty;
const func2 = func2Module.default;
const pattern4 = new RegExp("^[0-9a-f]{64}$", "u");

function validate20(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
/*# sourceURL="https://previews.mobius.dev/schemas/preview-request.schema.json" */;
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
if((((((((data.version === undefined) && (missing0 = "version")) || ((data.manifest === undefined) && (missing0 = "manifest"))) || ((data.recipe === undefined) && (missing0 = "recipe"))) || ((data.renderer === undefined) && (missing0 = "renderer"))) || ((data.sourceSha256 === undefined) && (missing0 = "sourceSha256"))) || ((data.job === undefined) && (missing0 = "job"))) || ((data.answeredAt === undefined) && (missing0 = "answeredAt"))){
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
if(data.manifest !== undefined){
let data1 = data.manifest;
const _errs3 = errors;
if(errors === _errs3){
if(typeof data1 === "string"){
if(func2(data1) > 2048){
validate20.errors = [{instancePath:instancePath+"/manifest",schemaPath:"#/properties/manifest/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters",schema:2048,parentSchema:schema31.properties.manifest,data:data1}];
return false;
}
else {
if(func2(data1) < 1){
validate20.errors = [{instancePath:instancePath+"/manifest",schemaPath:"#/properties/manifest/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema31.properties.manifest,data:data1}];
return false;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/manifest",schemaPath:"#/properties/manifest/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.manifest.type,parentSchema:schema31.properties.manifest,data:data1}];
return false;
}
}
var valid0 = _errs3 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.recipe !== undefined){
let data2 = data.recipe;
const _errs5 = errors;
if(errors === _errs5){
if(typeof data2 === "string"){
if(!pattern4.test(data2)){
validate20.errors = [{instancePath:instancePath+"/recipe",schemaPath:"#/properties/recipe/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{64}$"},message:"must match pattern \""+"^[0-9a-f]{64}$"+"\"",schema:"^[0-9a-f]{64}$",parentSchema:schema31.properties.recipe,data:data2}];
return false;
}
}
else {
validate20.errors = [{instancePath:instancePath+"/recipe",schemaPath:"#/properties/recipe/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.recipe.type,parentSchema:schema31.properties.recipe,data:data2}];
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
let data3 = data.renderer;
const _errs7 = errors;
if(errors === _errs7){
if(typeof data3 === "string"){
if(func2(data3) > 257){
validate20.errors = [{instancePath:instancePath+"/renderer",schemaPath:"#/properties/renderer/maxLength",keyword:"maxLength",params:{limit: 257},message:"must NOT have more than 257 characters",schema:257,parentSchema:schema31.properties.renderer,data:data3}];
return false;
}
else {
if(func2(data3) < 1){
validate20.errors = [{instancePath:instancePath+"/renderer",schemaPath:"#/properties/renderer/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema31.properties.renderer,data:data3}];
return false;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/renderer",schemaPath:"#/properties/renderer/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.renderer.type,parentSchema:schema31.properties.renderer,data:data3}];
return false;
}
}
var valid0 = _errs7 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.sourceSha256 !== undefined){
let data4 = data.sourceSha256;
const _errs9 = errors;
if(errors === _errs9){
if(typeof data4 === "string"){
if(!pattern4.test(data4)){
validate20.errors = [{instancePath:instancePath+"/sourceSha256",schemaPath:"#/properties/sourceSha256/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{64}$"},message:"must match pattern \""+"^[0-9a-f]{64}$"+"\"",schema:"^[0-9a-f]{64}$",parentSchema:schema31.properties.sourceSha256,data:data4}];
return false;
}
}
else {
validate20.errors = [{instancePath:instancePath+"/sourceSha256",schemaPath:"#/properties/sourceSha256/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.sourceSha256.type,parentSchema:schema31.properties.sourceSha256,data:data4}];
return false;
}
}
var valid0 = _errs9 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.sourceEtag !== undefined){
let data5 = data.sourceEtag;
const _errs11 = errors;
if(errors === _errs11){
if(typeof data5 === "string"){
if(func2(data5) > 256){
validate20.errors = [{instancePath:instancePath+"/sourceEtag",schemaPath:"#/properties/sourceEtag/maxLength",keyword:"maxLength",params:{limit: 256},message:"must NOT have more than 256 characters",schema:256,parentSchema:schema31.properties.sourceEtag,data:data5}];
return false;
}
}
else {
validate20.errors = [{instancePath:instancePath+"/sourceEtag",schemaPath:"#/properties/sourceEtag/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.sourceEtag.type,parentSchema:schema31.properties.sourceEtag,data:data5}];
return false;
}
}
var valid0 = _errs11 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.sourceVersionId !== undefined){
let data6 = data.sourceVersionId;
const _errs13 = errors;
if(errors === _errs13){
if(typeof data6 === "string"){
if(func2(data6) > 1024){
validate20.errors = [{instancePath:instancePath+"/sourceVersionId",schemaPath:"#/properties/sourceVersionId/maxLength",keyword:"maxLength",params:{limit: 1024},message:"must NOT have more than 1024 characters",schema:1024,parentSchema:schema31.properties.sourceVersionId,data:data6}];
return false;
}
}
else {
validate20.errors = [{instancePath:instancePath+"/sourceVersionId",schemaPath:"#/properties/sourceVersionId/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.sourceVersionId.type,parentSchema:schema31.properties.sourceVersionId,data:data6}];
return false;
}
}
var valid0 = _errs13 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.job !== undefined){
let data7 = data.job;
const _errs15 = errors;
if(!(data7 && typeof data7 == "object" && !Array.isArray(data7))){
validate20.errors = [{instancePath:instancePath+"/job",schemaPath:"#/properties/job/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.job.type,parentSchema:schema31.properties.job,data:data7}];
return false;
}
var valid0 = _errs15 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.metadata !== undefined){
let data8 = data.metadata;
const _errs17 = errors;
if(errors === _errs17){
if(data8 && typeof data8 == "object" && !Array.isArray(data8)){
for(const key1 in data8){
let data9 = data8[key1];
const _errs20 = errors;
if(errors === _errs20){
if(typeof data9 === "string"){
if(func2(data9) > 256){
validate20.errors = [{instancePath:instancePath+"/metadata/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/metadata/additionalProperties/maxLength",keyword:"maxLength",params:{limit: 256},message:"must NOT have more than 256 characters",schema:256,parentSchema:schema31.properties.metadata.additionalProperties,data:data9}];
return false;
}
}
else {
validate20.errors = [{instancePath:instancePath+"/metadata/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/metadata/additionalProperties/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.metadata.additionalProperties.type,parentSchema:schema31.properties.metadata.additionalProperties,data:data9}];
return false;
}
}
var valid1 = _errs20 === errors;
if(!valid1){
break;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/metadata",schemaPath:"#/properties/metadata/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.metadata.type,parentSchema:schema31.properties.metadata,data:data8}];
return false;
}
}
var valid0 = _errs17 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.answeredAt !== undefined){
let data10 = data.answeredAt;
const _errs22 = errors;
if(errors === _errs22){
if(typeof data10 === "string"){
if(func2(data10) > 32){
validate20.errors = [{instancePath:instancePath+"/answeredAt",schemaPath:"#/properties/answeredAt/maxLength",keyword:"maxLength",params:{limit: 32},message:"must NOT have more than 32 characters",schema:32,parentSchema:schema31.properties.answeredAt,data:data10}];
return false;
}
}
else {
validate20.errors = [{instancePath:instancePath+"/answeredAt",schemaPath:"#/properties/answeredAt/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.answeredAt.type,parentSchema:schema31.properties.answeredAt,data:data10}];
return false;
}
}
var valid0 = _errs22 === errors;
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
